"""Runs blocks of rows through the tables into exact sums: the fast path's inner loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.coders import Buffers, Combinations, Local, named
from carboncalc.inventory.encode import TextCodes, Words, blocks
from carboncalc.inventory.exact import GRID
from carboncalc.inventory.given_rows import GivenBlock, GivenRows
from carboncalc.inventory.groups import Groups
from carboncalc.inventory.inherit import Heirs, Inheritance
from carboncalc.inventory.partial import Partial
from carboncalc.inventory.paths import NeedsLedger
from carboncalc.inventory.tables import PATTERNS, REGIONS, UNROUNDED, YEARS, Tables
from carboncalc.methods.rounding import half_up
from carboncalc.units import conversion

#: Below this magnitude a line may become nothing on the grid of 2⁻⁴⁵ t.
_TINY = 2.0**-46


class BlockRunner:
    """One table against one set of look-up tables; ``run`` may be called from threads.

    Threads encode their blocks beside each other, outside of the interpreter's lock; the
    short array operations that follow are done by one at a time, so that they neither wait
    for each other in the middle nor need codes and sums of their own.

    Parameters
    ----------
    inheritance
        What rows take over from their entities.
    given
        What rows and the parameter table give themselves; None where nothing is given.
    texts
        The text parameters that the table has a column for.
    """

    def __init__(
        self,
        tables: Tables,
        table: pa.Table,
        groups: Groups,
        inheritance: Inheritance,
        given: GivenRows | None = None,
        texts: Sequence[str] = (),
    ) -> None:
        self.tables, self.table, self.groups = tables, table, groups
        self.rows = table.num_rows
        self.partial = Partial()
        self._numbers = {"amount", "density", *(() if given is None else given.columns)}
        self._words = {name: Words() for name in table.column_names}
        combinations = Combinations(tables, inheritance.profiles, texts)
        self._adder = _Adder(tables, groups, inheritance, given, combinations, self.partial)
        self._turn = threading.Lock()

    def run(self, first: int, stop: int) -> None:
        """Add rows ``first`` to ``stop`` to ``partial``.

        Raises
        ------
        NeedsLedger
            If a row cannot be computed here; the ledger path then computes or explains it.
        """
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # found by its result, and refused
                for several in blocks(self.table, first, stop, self._numbers, self._words):
                    with self._turn:
                        for columns in several:
                            self._adder.add(columns)
        except (CarbonCalcError, pa.ArrowException):
            raise NeedsLedger from None


class _Adder:
    """Codes, scratch arrays and sums of one run."""

    def __init__(
        self,
        tables: Tables,
        groups: Groups,
        inheritance: Inheritance,
        given: GivenRows | None,
        combinations: Combinations,
        partial: Partial,
    ) -> None:
        self.tables, self.groups, self.partial = tables, groups, partial
        self.given = None if given is None else GivenBlock(given, tables)
        self.buffers = Buffers()
        self.heirs = Heirs(inheritance)
        self.combinations = combinations
        self.year = TextCodes(groups.year_of)
        self.region = TextCodes(lambda text: tables.region_code(named("region", text)) * YEARS)
        self.period_group = TextCodes(groups.period)
        self.region_group = TextCodes(groups.region)
        self.entity_group = TextCodes(groups.entity)

    def add(self, columns: Mapping[str, Any]) -> None:
        """Add the rows of one block."""
        tables, buffers = self.tables, self.buffers
        columns = self.heirs.complete(columns)
        amount = columns["amount"]
        rows = len(amount)
        code, slot, local = self.combinations.of(columns, buffers)
        x, y = buffers.x[:rows], buffers.y[:rows]
        np.take(local.scale, code, out=x, mode="clip")
        if tables.needs_density:
            self._by_volume(x, np.take(local.by_volume, code), columns)
        np.multiply(amount, x, out=x)
        if tables.divides:
            np.take(local.divisor, code, out=y, mode="clip")
            np.divide(x, y, out=x)
        if tables.rounds_amounts:
            _round(x, np.take(local.decimals, code))
        smallest, largest = float(x.min()), float(x.max())
        if not (smallest >= 0.0 and largest < np.inf):  # also NaN
            raise NeedsLedger
        cell = buffers.cell[:rows]
        if self.given is None:
            np.multiply(slot, REGIONS * YEARS, out=cell)
        else:
            self.given.read(columns, code, local, self.combinations, buffers)
            place = buffers.place[:rows]
            np.multiply(slot, PATTERNS, out=place)
            place += self.given.pattern
            number = self._looked_up("given", place, tables.resolve_given, buffers.at)
            np.multiply(number, REGIONS * YEARS, out=cell)
        where, year, table = self._region_and_year(columns)
        cell += np.take(table, where, out=buffers.spare[:rows], mode="clip")
        group = self._group_keys(columns, code, local, year)
        at = self._looked_up("cell", cell, tables.resolve_cells, buffers.at)
        size = self.groups.size
        if smallest <= _TINY or tables.may_be_zero:
            self.partial.mark(group[np.take(tables.counts, at)], size)
        if tables.evaluates:
            self._add_evaluated(x, at, group, size)
        self._add_plain(x, at, group, size)

    def _by_volume(self, scale: Any, needed: Any, columns: Mapping[str, Any]) -> None:
        """Multiply the scale of liquids in litres by their density in t/m3."""
        here = np.flatnonzero(needed)
        if not len(here):
            return
        if "density" not in columns:
            raise NeedsLedger
        density, given = columns["density"][here], columns.get("density_unit")
        units_of = ("kg/L",) if given is None else tuple(text or "kg/L" for text in given.texts)
        factors = np.array([conversion(unit, "t/m3") for unit in units_of])
        multiply, divide = (factors[0] if given is None else factors[given.indices[here]]).T
        density = density * multiply / divide
        if not density.min() > 0:  # also NaN
            raise NeedsLedger
        scale[here] = scale[here] * density

    def _looked_up(
        self, name: str, positions: Any, resolve: Callable[[Any], None], out: Any
    ) -> Any:
        """Values of a table at positions; those not looked at before are resolved once."""
        buffer = out[: len(positions)]
        found = np.take(getattr(self.tables, name), positions, out=buffer, mode="clip")
        if found.min() < 0:
            resolve(positions[found < 0])
            found = np.take(getattr(self.tables, name), positions, out=buffer, mode="clip")
            if found.min() < 0:
                raise NeedsLedger
        return found

    def _region_and_year(self, columns: Mapping[str, Any]) -> tuple[Any, Any, Any]:
        """Per row a combination of region and period, with the table of their cells' digits."""
        period = columns["period"]
        year = self.year.codes(period)
        where = self.buffers.place[: len(period.indices)]
        if "region" not in columns:
            np.copyto(where, period.indices)
            return where, year, year + self.region.code(None)
        region = columns["region"]
        np.copyto(where, region.indices)
        where *= len(year)
        where += period.indices
        return where, year, (self.region.codes(region)[:, None] + year[None, :]).ravel()

    def _group_keys(self, columns: Mapping[str, Any], code: Any, local: Local, year: Any) -> Any:
        groups, tables, buffers = self.groups, self.tables, self.buffers
        rows = len(code)
        key, spare = buffers.group[:rows], buffers.spare
        self.entity_group.of(columns["entity"], key)  # each name is checked, grouped by or not
        if "entity" not in groups.by:
            key[:] = 0
        if groups.by_year_only:
            groups.check_years(tables)
            key += np.take(year * groups.slots, columns["period"].indices, out=spare[:rows],
                           mode="clip")  # fmt: skip
        elif groups.by_period:
            key += self.period_group.of(columns["period"], spare)
        if "region" in groups.by and "region" in columns:
            key += self.region_group.of(columns["region"], spare)
        if groups.by_slot:
            digit = np.take(groups.slot_table(tables), local.slot, mode="clip")
            key += np.take(digit, code, out=spare[:rows], mode="clip")
        return key

    def _add_plain(self, x: Any, at: Any, group: Any, size: int) -> None:
        """Rows without an evaluator: amount × coefficient of their cell, gas by gas."""
        buffers, tables, rows = self.buffers, self.tables, len(x)
        kind = np.take(tables.gases_of, at, out=buffers.spare[:rows], mode="clip")
        counts = np.bincount(kind, minlength=len(tables.gases))
        here = [gases for gases, count in zip(tables.gases, counts.tolist(), strict=True) if count]
        chosen: dict[tuple[bool, ...], Any] = {}
        for gas in sorted(frozenset().union(*here)):
            emits = tuple(gas in gases for gases in tables.gases)
            if all(gas in gases for gases in here):
                factor = np.take(tables.coefficient[gas], at, out=buffers.z[:rows], mode="clip")
                mass = np.multiply(x, factor, out=buffers.y[:rows])
                self._add_gas(gas, mass, at, group, size)
                continue
            if emits not in chosen:
                some = np.flatnonzero(np.array(emits)[kind])
                chosen[emits] = (x[some], at[some], group[some])
            amount, cells, keys = chosen[emits]
            mass = np.take(tables.coefficient[gas], cells, mode="clip")
            np.multiply(amount, mass, out=mass)
            self._add_gas(gas, mass, cells, keys, size)

    def _add_evaluated(self, x: Any, at: Any, group: Any, size: int) -> None:
        """Rows with values of their own: each evaluator's rows as columns."""
        own = self.tables.own
        which = np.take(own.evaluator, at, mode="clip")
        for number in np.flatnonzero(np.bincount(which)).tolist():
            evaluator = own.evaluators[number]
            if evaluator is None:
                continue
            here = np.flatnonzero(which == number)
            cells, amount = at[here], x[here]
            values = {name: own.default[name][cells] for name in evaluator.defaults}
            if self.given is not None:
                for name, given in evaluator.given.items():
                    values[name] = self.given.values(given, here)
            for gas, tonnes in evaluator.run(values, amount).items():
                if np.isnan(tonnes).any():  # a kernel outside its domain gives no value
                    raise NeedsLedger
                self._add_gas(gas, np.array(tonnes), cells, group[here], size)

    def _add_gas(self, gas: str, mass: Any, at: Any, group: Any, size: int) -> None:
        """Put tonnes of a gas on the grid, characterise them, and add them; ``mass`` is spent."""
        np.multiply(mass, GRID, out=mass)
        np.rint(mass, out=mass)
        if gas not in self.tables.unit_gwp:
            np.multiply(mass, np.take(self.tables.gwp[gas], at, mode="clip"), out=mass)
            np.rint(mass, out=mass)
        if gas == "CO2e" or gas not in self.tables.unit_gwp:
            self.partial.use(gas, at[mass != 0.0], len(self.tables.counts))
        self.partial.of(gas, size).add_whole(group, mass)


def _round(x: Any, decimals: Any) -> None:
    """Round amounts in place, each to the decimals of its unit."""
    for number in np.unique(decimals).tolist():
        if number != UNROUNDED:
            here = np.flatnonzero(decimals == number)
            x[here] = half_up(x[here], number)
