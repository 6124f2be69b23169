"""Look-up tables of the fast path: from codes to slots, scales and coefficients.

Text columns become codes (``encode``), codes become positions in these tables, and every
row is ``amount × scale × coefficient``, or goes to the evaluator of its cell where it gives
values itself. A position not seen before is resolved under the lock; arrays only grow, and
grown arrays replace the old ones whole.
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
from carboncalc.inventory.given_cells import NOTHING, GivenCells, Pattern
from carboncalc.inventory.ledger import COUNTED
from carboncalc.inventory.paths import TablesFull
from carboncalc.inventory.plan import Placed, Plan
from carboncalc.inventory.potentials import CARBON_DIOXIDE, Potentials
from carboncalc.inventory.slots import FOUND

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

#: Capacity of the axes, and of keys: beyond it new tables are made, which hold less.
UNITS, REGIONS, YEARS, PATTERNS, KEYS = 64, 64, 32, 256, 1 << 14

#: Codes in the tables: not looked at yet, and looked at without success.
UNSEEN, REFUSED = -1, -2

#: Among the decimals of amounts: the policy does not round them.
UNROUNDED = 99


@dataclass(frozen=True, slots=True)
class Key:
    """The texts behind one packed code: what a combination needs besides the unit."""

    method: str | None
    source: str
    item: str
    technology: str | None = None
    instrument: str | None = None
    texts: tuple[tuple[str, str], ...] = ()
    sector: str | None = None
    gas_reference: str | None = None
    certified: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """A slot under one pattern of given values."""

    placed: Placed
    method: str
    pattern: Pattern


class Tables:
    """Growable tables for one plan; safe to read from several threads while they grow.

    ``scale``, ``divisor``, ``decimals`` (of a rounding policy) and ``by_volume`` (a density
    is needed) are by ``key × UNITS + unit``; ``slot`` is the number of the slot there, and
    ``given`` by ``number × PATTERNS + pattern`` the number of the same slot with given values.
    ``cell`` is by ``number × REGIONS × YEARS + region × YEARS + year`` and gives a position in
    ``coefficient[gas]`` (t per unit), ``gwp[gas]`` and the columns of ``own``. ``counts`` marks
    the cells from which anything counts, and ``gases_of`` says which gases arise by a
    coefficient: a position in ``gases``.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.potentials = Potentials(plan)
        self.own = GivenCells(plan)
        self.lock = threading.RLock()
        self.keys: dict[Key, int] = {}
        self.key_list: list[Key] = []
        self.unit_list: list[str] = []
        self.region_list: list[str | None] = []
        self.year_list: list[int] = []
        self.pattern_list: list[Pattern] = [NOTHING]
        self.units: dict[str, int] = {}
        self.regions: dict[str | None, int] = {}
        self.years: dict[int, int] = {}
        self.patterns: dict[Pattern, int] = {NOTHING: 0}
        self.slot: Ints = np.full(0, UNSEEN, dtype=np.intp)
        self.scale: Floats = np.zeros(0)
        self.divisor: Floats = np.ones(0)
        self.divides = False
        self.decimals: npt.NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self.rounds_amounts = False
        self.by_volume: npt.NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.needs_density = False
        self.numbered: list[Numbered] = []
        self.given: Ints = np.full(0, UNSEEN, dtype=np.intp)
        self.cell: Ints = np.full(0, UNSEEN, dtype=np.intp)
        self.cells = 0
        self.number_of_cell: Ints = np.zeros(0, dtype=np.intp)
        self.counts: npt.NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.gases: tuple[frozenset[str], ...] = (frozenset(),)
        self.gases_of: Ints = np.zeros(0, dtype=np.intp)
        self.coefficient: dict[str, Floats] = {}
        self.gwp: dict[str, Floats] = {}
        self.reasons: dict[int, CarbonCalcError] = {}
        self.unit_gwp = frozenset(CARBON_DIOXIDE)
        self.may_be_zero = False  # negative or zero coefficients: sums do not show every group
        self.evaluates = False  # some cell has an evaluator

    # -- codes -------------------------------------------------------------------------

    def key_code(self, key: Key) -> int:
        """The code of a key; new ones extend the tables."""
        with self.lock:
            code = self.keys.get(key)
            if code is None:
                code = len(self.key_list)
                if code >= KEYS:
                    raise TablesFull
                if (code + 1) * UNITS > len(self.slot):
                    size = max(256, 2 * (code + 1)) * UNITS
                    self.slot = _grown(self.slot, size, UNSEEN)
                    self.scale = _grown(self.scale, size, np.nan)
                    self.divisor = _grown(self.divisor, size, 1.0)
                    self.decimals = _grown(self.decimals, size, UNROUNDED)
                    self.by_volume = _grown(self.by_volume, size, False)
                self.key_list.append(key)
                self.keys[key] = code
            return code

    def unit_code(self, text: str) -> int:
        """The code of a unit's spelling."""
        return self._axis(self.units, self.unit_list, text, UNITS)

    def region_code(self, region: str | None) -> int:
        """The code of a region id."""
        return self._axis(self.regions, self.region_list, region, REGIONS)

    def year_code(self, year: int) -> int:
        """The code of a data year."""
        return self._axis(self.years, self.year_list, year, YEARS)

    def pattern_code(self, pattern: Pattern) -> int:
        """The code of what a row gives itself; 0 is nothing."""
        return self._axis(self.patterns, self.pattern_list, pattern, PATTERNS)

    def _axis(self, known: dict[Any, int], names: list[Any], value: Any, capacity: int) -> int:
        with self.lock:
            code = known.get(value)
            if code is None:
                if len(names) >= capacity:
                    raise TablesFull
                code = len(names)
                names.append(value)
                known[value] = code
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
        if combination.scale.needs_density:
            self.by_volume[position] = self.needs_density = True
        self.may_be_zero = self.may_be_zero or placed.slot.source.sign < 0
        decimals = self.plan.context.rounding.parameter("amount", combination.scale.unit)
        if decimals is not None:
            self.decimals[position], self.rounds_amounts = decimals, True
        number = self._numbered(Numbered(placed, str(key.method), NOTHING))
        self.given[number * PATTERNS] = number
        self.slot[position] = number  # last: a reader that sees it finds the rest in place

    def _numbered(self, entry: Numbered) -> int:
        number = len(self.numbered)
        if (number + 1) * REGIONS * YEARS > len(self.cell):
            room = max(64, 2 * (number + 1))
            self.cell = _grown(self.cell, room * REGIONS * YEARS, UNSEEN)
            self.given = _grown(self.given, room * PATTERNS, UNSEEN)
        self.numbered.append(entry)
        return number

    def _combination(self, key: Key, unit: str) -> Combination:
        combination = resolve_combination(
            method=key.method, source=key.source, item=key.item, unit=unit,
            technology=key.technology, instrument=key.instrument, sector=key.sector,
            gas_reference=key.gas_reference, texts=key.texts, certified=key.certified,
            plan=self.plan, only_primary=True,
        )  # fmt: skip
        source = combination.placed[0].slot.source
        if source.requires or source.alternatives:  # what a row may be depends on the others
            raise CarbonCalcError("I-044", source=key.source)
        return combination

    def resolve_given(self, positions: Any) -> None:
        """Fill ``given`` at positions not looked at before."""
        with self.lock:
            for position in np.unique(positions).tolist():
                if self.given[position] != UNSEEN:
                    continue
                number, code = divmod(position, PATTERNS)
                base = self.numbered[number]
                foreign = base.placed.placement.foreign_columns
                pattern = tuple(g for g in self.pattern_list[code] if g[0] not in foreign)
                if pattern != NOTHING:
                    number = self._numbered(Numbered(base.placed, base.method, pattern))
                self.given[position] = number

    def resolve_cells(self, positions: Any) -> None:
        """Fill ``cell`` and the coefficients at positions not looked at before."""
        with self.lock:
            wanted = np.unique(positions)
            wanted = wanted[self.cell[wanted] == UNSEEN]
            if not len(wanted):
                return
            numbers = wanted // (REGIONS * YEARS)
            region, year = self._plan_axes(wanted)
            start = self.cells
            self.cells += len(wanted)
            self._reserve_cells()
            codes = np.arange(start, start + len(wanted), dtype=np.intp)
            self.number_of_cell[codes] = numbers
            found = np.zeros(len(wanted), dtype=bool)
            for number in np.unique(numbers):
                here = np.flatnonzero(numbers == number)
                found[here] = self._write(int(number), codes[here], region[here], year[here])
            self.cell[wanted] = np.where(found, codes, REFUSED)

    def _reserve_cells(self) -> None:
        if len(self.counts) < self.cells:
            size = max(1024, 2 * self.cells)
            self.number_of_cell = _grown(self.number_of_cell, size, 0)
            self.counts = _grown(self.counts, size, False)
            self.gases_of = _grown(self.gases_of, size, 0)
            self.own.reserve(size)
            self.coefficient = {g: _grown(c, size, 0.0) for g, c in self.coefficient.items()}
            self.gwp = {g: _grown(c, size, np.nan) for g, c in self.gwp.items()}

    def _plan_axes(self, positions: Any) -> tuple[Any, Any]:
        """Positions of regions and years on the plan's own axes."""
        plan = self.plan
        regions = np.array([plan.region_code.get(r, 0) for r in self.region_list])
        first = plan.context.years[0]
        years = np.array([year - first for year in self.year_list])
        rest = positions % (REGIONS * YEARS)
        return regions[rest // YEARS], years[rest % YEARS]

    def _write(self, number: int, at: Any, region: Any, year: Any) -> Any:
        """Fill some cells of one slot; True where the cell can be computed."""
        entry = self.numbered[number]
        good = (year >= 0) & (year < len(self.plan.context.years))
        inside = np.where(good, year, 0)
        if entry.pattern == NOTHING and entry.placed.slot.linear:
            return self._write_plain(entry, at, region, inside, good)
        try:
            good &= self.own.write(entry.placed, entry.pattern, at, region, inside)
        except CarbonCalcError as error:
            self.reasons[number] = error
            return np.zeros(len(at), dtype=bool)
        for code in np.unique(self.own.evaluator[at[good]]).tolist():
            evaluator = self.own.evaluators[code]
            here = at[good & (self.own.evaluator[at] == code)]
            for gas in evaluator.gases if evaluator is not None else ():
                if np.isnan(self._characterise(gas, entry.method, here)):
                    return np.zeros(len(at), dtype=bool)
            self.counts[here] = evaluator is not None and bool(evaluator.gases)
        self.evaluates = self.may_be_zero = True
        return good

    def _write_plain(self, entry: Numbered, at: Any, region: Any, year: Any, good: Any) -> Any:
        slot = entry.placed.slot
        found = good & (slot.reason[region, year] == FOUND)
        gases = [g for g in slot.coefficient if entry.placed.placement.account_of(g) == COUNTED]
        arises = np.zeros((len(gases), len(at)), dtype=bool)
        for k, gas in enumerate(gases):
            values = slot.coefficient[gas][region, year]
            there = arises[k] = found & ~np.isnan(values)
            self._coefficients(gas)[at[there]] = values[there]
            self.may_be_zero = self.may_be_zero or bool((values[there] == 0.0).any())
            if np.isnan(self._characterise(gas, entry.method, at)):
                found &= ~there
        kinds, kind_of = np.unique(arises, axis=1, return_inverse=True)
        for kind in range(kinds.shape[1]):
            names = frozenset(g for g, there in zip(gases, kinds[:, kind], strict=True) if there)
            self.gases_of[at[kind_of.ravel() == kind]] = self._gases_code(names)
        self.counts[at] = arises.any(axis=0)
        return found

    def _gases_code(self, names: frozenset[str]) -> int:
        if names not in self.gases:
            self.gases = (*self.gases, names)
        return self.gases.index(names)

    def _characterise(self, gas: str, method: str, at: Any) -> float:
        potential = self.potentials.value(gas, method)[0]
        if gas not in self.gwp:
            self.gwp = {**self.gwp, gas: np.full(len(self.counts), np.nan)}
        self.gwp[gas][at] = potential
        return potential

    def _coefficients(self, gas: str) -> Floats:
        """The column of a gas; dictionaries are replaced whole, for other threads read them."""
        if gas not in self.coefficient:
            self.coefficient = {**self.coefficient, gas: np.zeros(len(self.counts))}
        return self.coefficient[gas]

    def gwp_sets(self, used: Mapping[str, Any]) -> set[str]:
        """The names of the sets that the used cells' gases were characterised with."""
        return {
            self.potentials.set_name(self.numbered[number].method)
            for marks in used.values()
            for number in np.unique(self.number_of_cell[np.flatnonzero(marks)]).tolist()
        }

    def labels(self, name: str) -> list[Any]:
        """Per slot number: its scope, source, item or category, for grouping."""
        with self.lock:
            return [_label(name, entry) for entry in self.numbered]


def _label(name: str, entry: Numbered) -> Any:
    slot = entry.placed.slot
    labels: Mapping[str, Any] = {
        "scope": slot.source.scope,
        "source": slot.key.source,
        "item": slot.key.item,
        "category": slot.source.category,
        "method": entry.method,
    }
    return labels[name]


def _grown(array: Any, size: int, fill: Any) -> Any:
    if size <= len(array):
        return array
    out = np.full(size, fill, dtype=array.dtype)
    out[: len(array)] = array
    return out
