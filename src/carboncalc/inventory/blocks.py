"""Runs blocks of rows through the tables into exact sums: the fast path's inner loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.encode import BLOCK_ROWS, TextCodes, blocks
from carboncalc.inventory.exact import GRID, ExactSums
from carboncalc.inventory.groups import Groups
from carboncalc.inventory.ledger import COUNTED
from carboncalc.inventory.tables import REGIONS, UNITS, YEARS, Key, Tables
from carboncalc.vocabulary.names import Resolved, lookup

#: Capacities of one thread's packed key: documents, sources, items, and the rest.
METHODS, SOURCES, ITEMS, OTHERS = 16, 64, 256, 64

_UNSEEN = -1

#: Combinations of shared dictionaries that are looked up in one table.
MAX_JOINT = 1 << 16


class NeedsLedger(Exception):  # noqa: N818 - a change of path, not an error
    """The table has something that only the full path computes or explains."""


class Partial:
    """Exact sums per gas over group keys, of one thread."""

    def __init__(self) -> None:
        self.sums: dict[str, ExactSums] = {}
        self.seen: npt.NDArray[np.bool_] = np.zeros(0, dtype=bool)

    def of(self, gas: str, size: int) -> ExactSums:
        """The sums of a gas, with room for ``size`` keys."""
        sums = self.sums.get(gas)
        if sums is None:
            sums = self.sums[gas] = ExactSums(size)
        sums.grow(size)
        return sums

    def mark(self, keys: Any, size: int) -> None:
        """Note that groups occur, though their sum may be zero."""
        if len(self.seen) < size:
            self.seen = np.append(self.seen, np.zeros(size - len(self.seen), dtype=bool))
        self.seen[keys] = True

    def merge(self, other: Partial) -> None:
        """Add the sums of another thread."""
        for gas, sums in other.sums.items():
            self.of(gas, sums.size).merge(sums)
        self.mark(np.flatnonzero(other.seen), len(other.seen))


class Coders:
    """One thread's codes of the text columns; the codes behind them are shared."""

    def __init__(self, tables: Tables, groups: Groups, columns: Sequence[str]) -> None:
        self.tables = tables
        self.texts: dict[str, list[Any]] = {"method": [], "source": [], "item": [], "other": []}
        self.known: dict[str, dict[Any, int]] = {name: {} for name in self.texts}
        self.packed = np.full(METHODS * SOURCES * ITEMS, _UNSEEN, dtype=np.intp)
        self.others = np.full(0, _UNSEEN, dtype=np.intp)
        size = SOURCES * ITEMS
        self.make: dict[str, TextCodes] = {
            "method": TextCodes(lambda text: self._code("method", text, METHODS) * size),
            "source": TextCodes(lambda text: self._code("source", text, SOURCES) * ITEMS),
            "item": TextCodes(lambda text: self._code("item", text, ITEMS)),
            "unit": TextCodes(lambda text: tables.unit_code(str(text))),
            "region": TextCodes(lambda text: tables.region_code(_named("region", text)) * YEARS),
            "year": TextCodes(groups.year_of),
            "period_group": TextCodes(groups.period),
            "region_group": TextCodes(groups.region),
            "entity_group": TextCodes(groups.entity),
            "technology": TextCodes(lambda text: self._code("other", ("technology", text), OTHERS)),
            "instrument": TextCodes(lambda text: self._code("other", ("instrument", text), OTHERS)),
        }
        self.joint: tuple[Any, Any] | None = None
        self.extra = [name for name in ("technology", "instrument") if name in columns]

    def _code(self, kind: str, text: Any, capacity: int) -> int:
        value = text if kind == "other" else _named(kind, text)
        known = self.known[kind]
        code = known.get(value)
        if code is None:
            if len(known) >= capacity:
                raise NeedsLedger
            code = known[value] = len(known)
            self.texts[kind].append(value)
        return code

    def positions(self, columns: Mapping[str, Any], buffers: Buffers) -> Any:
        """Where each row of a block stands in the shared tables (key × UNITS + unit)."""
        joint = self._joint(columns, buffers)
        if joint is not None:
            return joint
        position = self._key_codes(columns, buffers)
        position *= UNITS
        position += self.make["unit"].of(columns["unit"], buffers.first)
        return position

    def _joint(self, columns: Mapping[str, Any], buffers: Buffers) -> Any:
        """The same through one table over the dictionaries that all blocks share.

        Categoricals bring their own small codes: combining those is plain arithmetic, and
        one look-up replaces five. None where the columns are not like that.
        """
        names = [name for name in ("method", "source", "item", "unit") if name in columns]
        if self.extra or any(columns[name].shared is None for name in names):
            return None
        widths = [len(columns[name].texts) for name in names]
        size = int(np.prod(widths))
        identity = tuple(columns[name].shared for name in names)
        if size > MAX_JOINT:
            return None
        if self.joint is None or self.joint[0] != identity:
            self.joint = (identity, np.full(size, _UNSEEN, dtype=np.intp))
        table = self.joint[1]
        rows = len(columns["unit"].indices)
        code = buffers.first[:rows]
        np.copyto(code, columns[names[0]].indices)
        for name, width in zip(names[1:], widths[1:], strict=True):
            code *= width
            code += columns[name].indices
        found = np.take(table, code, out=buffers.third[:rows], mode="clip")
        if found.min() < 0:
            for value in np.unique(code[found < 0]).tolist():
                table[value] = self._position_of(value, names, widths, columns)
            np.take(table, code, out=found, mode="clip")
        return found

    def _position_of(
        self, joint: int, names: list[str], widths: list[int], columns: Mapping[str, Any]
    ) -> int:
        texts = {}
        for name, width in zip(reversed(names), reversed(widths), strict=True):
            joint, code = divmod(joint, width)
            texts[name] = columns[name].texts[code]
        source, item = _named("source", texts["source"]), _named("item", texts["item"])
        if source is None or item is None:
            raise NeedsLedger
        key = Key(_named("method", texts.get("method")), source, item)
        return self.tables.key_code(key) * UNITS + self.tables.unit_code(str(texts["unit"]))

    def _key_codes(self, columns: Mapping[str, Any], buffers: Buffers) -> Any:
        """The shared key code of each row of a block."""
        packed = self.make["source"].of(columns["source"], buffers.first)
        packed += self.make["item"].of(columns["item"], buffers.second)
        if "method" in columns:
            packed += self.make["method"].of(columns["method"], buffers.second)
        else:
            packed += self.make["method"].code(None)
        if self.extra:
            return self._with_extras(packed, columns)
        keys = np.take(self.packed, packed, out=buffers.third[: len(packed)], mode="clip")
        if keys.min() < 0:
            for code in np.unique(packed[keys < 0]):
                self.packed[code] = self.tables.key_code(self._key(int(code), {}))
            np.take(self.packed, packed, out=keys, mode="clip")
        return keys

    def _key(self, packed: int, others: dict[str, Any]) -> Key:
        method, rest = divmod(packed, SOURCES * ITEMS)
        source, item = divmod(rest, ITEMS)
        return Key(
            self.texts["method"][method], self.texts["source"][source],
            self.texts["item"][item], **others,
        )  # fmt: skip

    def _with_extras(self, packed: Any, columns: Mapping[str, Any]) -> Any:
        """Keys with technology or instrument: distinct combinations per block, then a look-up."""
        whole = packed.astype(np.int64)
        for name in self.extra:
            whole = whole * OTHERS + self.make[name].of(columns[name])
        distinct, inverse = np.unique(whole, return_inverse=True)
        codes = np.empty(len(distinct), dtype=np.intp)
        for position, value in enumerate(distinct.tolist()):
            rest, others = value, {}
            for _ in self.extra:
                rest, code = divmod(rest, OTHERS)
                kind, text = self.texts["other"][code]
                others[kind] = None if text is None else str(text)
            codes[position] = self.tables.key_code(self._key(rest, others))
        return codes[inverse]


def _named(kind: str, text: Any) -> str | None:
    """The id of a source, item, method or region; None stays None where it may."""
    if text is None:
        if kind in ("method", "region"):
            return None
        raise NeedsLedger
    found = lookup(kind, str(text))
    if not isinstance(found, Resolved):
        raise NeedsLedger
    return found.id


class Buffers:
    """Scratch arrays of one thread: fresh temporaries cost more than the arithmetic."""

    def __init__(self) -> None:
        self.first, self.second, self.third, self.fourth, self.group, self.year = (
            np.empty(BLOCK_ROWS, dtype=np.intp) for _ in range(6)
        )
        self.x, self.y, self.z = (np.empty(BLOCK_ROWS) for _ in range(3))


class BlockRunner:
    """One table against one set of look-up tables; ``run`` may be called from threads."""

    def __init__(self, tables: Tables, table: pa.Table, groups: Groups) -> None:
        self.tables, self.table, self.groups = tables, table, groups
        self.rows = table.num_rows
        self._lock = threading.Lock()

    def run(self, first: int, stop: int) -> Partial:
        """The exact sums of rows ``first`` to ``stop``.

        Raises
        ------
        NeedsLedger
            If a row cannot be computed here; the full path then computes or explains it.
        """
        coders = Coders(self.tables, self.groups, self.table.column_names)
        partial, buffers = Partial(), Buffers()
        try:
            for columns in blocks(self.table, first, stop):
                self._block(columns, coders, partial, buffers)
        except (CarbonCalcError, pa.ArrowInvalid):
            raise NeedsLedger from None
        return partial

    def _block(
        self, columns: Mapping[str, Any], coders: Coders, partial: Partial, buffers: Buffers
    ) -> None:
        tables, make = self.tables, coders.make
        amount = columns["amount"]
        rows = len(amount)
        position = coders.positions(columns, buffers)
        slot = self._looked_up("slot", position, tables.resolve_scales, buffers.second)
        x, y = buffers.x[:rows], buffers.y[:rows]
        np.take(tables.scale, position, out=x, mode="clip")
        np.multiply(amount, x, out=x)
        if tables.divides:
            np.take(tables.divisor, position, out=y, mode="clip")
            np.divide(x, y, out=x)
        smallest, largest = float(x.min()), float(x.max())
        if not (smallest >= 0.0 and largest < np.inf):  # also NaN
            raise NeedsLedger
        cell = np.multiply(slot, REGIONS * YEARS, out=buffers.first[:rows])
        year = make["year"].of(columns["period"], buffers.year)
        cell += year
        if "region" in columns:
            cell += make["region"].of(columns["region"], buffers.fourth)
        else:
            cell += make["region"].code(None)
        at = self._looked_up("cell", cell, tables.resolve_cells, buffers.fourth)
        group = self._group_keys(columns, coders, slot, year, buffers)
        size = self.groups.size
        self._add_gases(partial, x, at, group, size, smallest, slot, buffers)

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

    def _group_keys(
        self, columns: Mapping[str, Any], coders: Coders, slot: Any, year: Any, buffers: Buffers
    ) -> Any:
        groups, make = self.groups, coders.make
        rows = len(slot)
        key = buffers.group[:rows]
        if "entity" in groups.by:
            make["entity_group"].of(columns["entity"], buffers.group)
        else:
            key[:] = 0
        scratch = buffers.third
        if groups.by_year_only:
            groups.check_years(self.tables)
            key += np.multiply(year, groups.slots, out=scratch[:rows])
        elif groups.by_period:
            key += make["period_group"].of(columns["period"], scratch)
        if "region" in groups.by and "region" in columns:
            key += make["region_group"].of(columns["region"], scratch)
        if groups.by_slot:
            table = groups.slot_table(self.tables)
            key += np.take(table, slot, out=scratch[:rows], mode="clip")
        return key

    def _add_gases(
        self, partial: Partial, x: Any, at: Any, group: Any, size: int, smallest: float, slot: Any,
        buffers: Buffers,
    ) -> None:  # fmt: skip
        tables = self.tables
        if tables.has_memo:
            counted = np.array([p.placement.account == COUNTED for p in tables.placed])[slot]
            x, at, group = x[counted], at[counted], group[counted]
        rows = len(x)
        if smallest <= 2.0**-46 or tables.has_negative:
            partial.mark(group, size)
        mass, factor = buffers.y[:rows], buffers.z[:rows]
        for gas, coefficient in tables.coefficient.items():
            np.take(coefficient, at, out=factor, mode="clip")
            if not factor.any():
                continue
            np.multiply(x, factor, out=mass)
            _to_grid(mass)
            if gas not in tables.unit_gwp:
                np.take(tables.gwp[gas], at, out=factor, mode="clip")
                np.multiply(mass, factor, out=mass)
                _to_grid(mass)
            partial.of(gas, size).add_block(group, mass)


def _to_grid(values: Any) -> None:
    """Round to the grid of 2⁻⁴⁵ t in place (see ``exact.on_grid``)."""
    np.multiply(values, GRID, out=values)
    np.rint(values, out=values)
    np.multiply(values, 1.0 / GRID, out=values)
