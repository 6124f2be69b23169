"""Look-up tables of the fast path: from codes to slots, scales and coefficients.

Text columns become codes (``encode``), codes become positions in these tables, and every
row is ``amount × scale × coefficient``. A position not seen before is resolved under the
lock; arrays only grow, and grown arrays replace the old ones whole.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.combinations import Combination, resolve_combination
from carboncalc.inventory.ledger import COUNTED
from carboncalc.inventory.plan import Placed, Plan
from carboncalc.inventory.potentials import CARBON_DIOXIDE, Potentials
from carboncalc.inventory.slots import FOUND
from carboncalc.inventory.substances import outside_the_seven

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

#: Capacity of the axes; a code beyond it sends the table to the ledger path.
UNITS, REGIONS, YEARS = 64, 64, 32

#: Codes in the tables: not looked at yet, and looked at without success.
UNSEEN, REFUSED = -1, -2


@dataclass(frozen=True, slots=True)
class Key:
    """The texts behind one packed code: what a combination needs besides the unit."""

    method: str | None
    source: str
    item: str
    technology: str | None = None
    instrument: str | None = None
    sector: str | None = None


class Tables:
    """Growable tables for one plan; safe to read from several threads while they grow.

    ``scale`` and ``divisor`` are by ``key × UNITS + unit``; ``slot`` is the slot there.
    ``cell`` is by ``slot × REGIONS × YEARS + region × YEARS + year`` and gives a position
    in ``coefficient[gas]`` (t per unit) with ``gwp[gas]``.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.potentials = Potentials(plan)
        self.lock = threading.RLock()
        self.keys: dict[Key, int] = {}
        self.key_list: list[Key] = []
        self.unit_list: list[str] = []
        self.region_list: list[str | None] = []
        self.year_list: list[int] = []
        self.units: dict[str, int] = {}
        self.regions: dict[str | None, int] = {}
        self.years: dict[int, int] = {}
        self.slot: Ints = np.full(0, UNSEEN, dtype=np.intp)
        self.scale: Floats = np.zeros(0)
        self.divisor: Floats = np.ones(0)
        self.divides = False
        self.placed: list[Placed] = []
        self.methods: list[str] = []
        self.cell: Ints = np.full(0, UNSEEN, dtype=np.intp)
        self.cells = 0
        self.coefficient: dict[str, Floats] = {}
        self.gwp: dict[str, Floats] = {}
        self.reasons: dict[int, CarbonCalcError] = {}
        self.unit_gwp = frozenset(CARBON_DIOXIDE)
        self.has_memo = False
        self.has_negative = False

    # -- codes -------------------------------------------------------------------------

    def key_code(self, key: Key) -> int:
        """The code of a key; new ones extend the tables."""
        with self.lock:
            code = self.keys.get(key)
            if code is None:
                code = self.keys[key] = len(self.key_list)
                self.key_list.append(key)
                if (code + 1) * UNITS > len(self.slot):
                    size = max(256, 2 * (code + 1)) * UNITS
                    self.slot = _grown(self.slot, size, UNSEEN)
                    self.scale = _grown(self.scale, size, np.nan)
                    self.divisor = _grown(self.divisor, size, 1.0)
            return code

    def unit_code(self, text: str) -> int:
        """The code of a unit's spelling."""
        return self._axis(self.units, self.unit_list, text, UNITS, "unit")

    def region_code(self, region: str | None) -> int:
        """The code of a region id."""
        return self._axis(self.regions, self.region_list, region, REGIONS, "region")

    def year_code(self, year: int) -> int:
        """The code of a data year."""
        return self._axis(self.years, self.year_list, year, YEARS, "period")

    def _axis(
        self, known: dict[Any, int], names: list[Any], value: Any, capacity: int, column: str
    ) -> int:
        with self.lock:
            code = known.get(value)
            if code is None:
                if len(names) >= capacity:
                    raise CarbonCalcError("I-043", column=column, limit=capacity)
                code = known[value] = len(names)
                names.append(value)
            return code

    # -- resolving ---------------------------------------------------------------------

    def resolve_scales(self, positions: Any) -> None:
        """Fill ``slot``, ``scale`` and ``divisor`` at positions not looked at before."""
        with self.lock:
            for position in np.unique(positions):
                if self.slot[position] == UNSEEN:
                    self._resolve_scale(int(position))

    def _resolve_scale(self, position: int) -> None:
        key = self.key_list[position // UNITS]
        unit = self.unit_list[position % UNITS]
        try:
            combination = self._combination(key, unit)
        except CarbonCalcError as error:
            self.reasons[position] = error
            self.slot[position] = REFUSED
            return
        placed = combination.placed[0]
        self.scale[position] = combination.scale.multiply
        self.divisor[position] = combination.scale.divide
        self.divides = self.divides or combination.scale.divide != 1.0
        number = len(self.placed)
        self.placed.append(placed)
        self.methods.append(str(key.method))
        if (number + 1) * REGIONS * YEARS > len(self.cell):
            size = max(64, 2 * (number + 1)) * REGIONS * YEARS
            self.cell = _grown(self.cell, size, UNSEEN)
        self.has_memo = self.has_memo or placed.placement.account != COUNTED
        self.has_negative = self.has_negative or placed.slot.source.sign < 0
        self.slot[position] = number  # last: a reader that sees it finds the rest in place

    def _combination(self, key: Key, unit: str) -> Combination:
        combination = resolve_combination(
            method=key.method, source=key.source, item=key.item, unit=unit,
            technology=key.technology, instrument=key.instrument, sector=key.sector,
            gas_reference=None, texts=(), certified=False, plan=self.plan, only_primary=True,
        )  # fmt: skip
        if combination.scale.needs_density or not combination.placed[0].slot.linear:
            raise CarbonCalcError("I-044", source=key.source)
        return combination

    def resolve_cells(self, positions: Any) -> None:
        """Fill ``cell`` and the coefficients at positions not looked at before."""
        with self.lock:
            wanted = np.unique(positions)
            wanted = wanted[self.cell[wanted] == UNSEEN]
            if not len(wanted):
                return
            numbers = wanted // (REGIONS * YEARS)
            axes = self._plan_axes(wanted)
            start = self.cells
            self.cells += len(wanted)
            for gas in self.coefficient:
                self._reserve(gas)
            found = np.zeros(len(wanted), dtype=bool)
            for number in np.unique(numbers):
                here = np.flatnonzero(numbers == number)
                found[here] = self._write(int(number), here + start, axes[0][here], axes[1][here])
            codes = np.arange(start, start + len(wanted), dtype=np.intp)
            self.cell[wanted] = np.where(found, codes, REFUSED)

    def _plan_axes(self, positions: Any) -> tuple[Any, Any]:
        """Positions of regions and years on the plan's own axes."""
        plan = self.plan
        regions = np.array([plan.region_code.get(r, 0) for r in self.region_list])
        first = plan.context.years[0]
        years = np.array([year - first for year in self.year_list])
        rest = positions % (REGIONS * YEARS)
        return regions[rest // YEARS], years[rest % YEARS]

    def _write(self, number: int, at: Any, region: Any, year: Any) -> Any:
        slot = self.placed[number].slot
        good = (year >= 0) & (year < slot.reason.shape[1])
        inside = np.where(good, year, 0)
        found = good & (slot.reason[region, inside] == FOUND)
        for gas, table in slot.coefficient.items():
            if outside_the_seven(gas):
                continue  # such a gas stands in the memo, and sums are of what counts
            self._reserve(gas)
            values = np.nan_to_num(table[region, inside], nan=0.0)
            self.coefficient[gas][at] = np.where(found, values, 0.0)
            potential = self.potentials.value(gas, self.methods[number])[0]
            self.gwp[gas][at] = potential
            if np.isnan(potential):
                found &= values == 0.0
        return found

    def _reserve(self, gas: str) -> None:
        size = max(1024, 2 * self.cells)
        held = self.coefficient.get(gas, np.zeros(0))
        if len(held) < self.cells:
            grown = dict(self.coefficient), dict(self.gwp)
            grown[0][gas] = _grown(held, size, 0.0)
            grown[1][gas] = _grown(self.gwp.get(gas, np.zeros(0)), size, 0.0)
            self.coefficient, self.gwp = grown

    def labels(self, name: str) -> list[Any]:
        """Per slot number: its scope, source, item or category, for grouping."""
        with self.lock:
            return [_label(name, p, m) for p, m in zip(self.placed, self.methods, strict=True)]


def _label(name: str, placed: Placed, method: str) -> Any:
    slot = placed.slot
    labels: Mapping[str, Any] = {
        "scope": slot.source.scope,
        "source": slot.key.source,
        "item": slot.key.item,
        "category": slot.source.category,
        "method": method,
    }
    return labels[name]


def _grown(array: Any, size: int, fill: Any) -> Any:
    if size <= len(array):
        return array
    out = np.full(size, fill, dtype=array.dtype)
    out[: len(array)] = array
    return out
