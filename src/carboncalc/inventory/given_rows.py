"""What the rows of a block give themselves: their own cells first, then what was measured.

Each row gets the code of its pattern, which parameters it gives in which units; the values
stay in the columns they came in, and an evaluator takes from them what it needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from carboncalc import units
from carboncalc.activity.measures import FRACTIONS, NEEDS_UNIT, NEVER_NEGATIVE
from carboncalc.errors import UnitError
from carboncalc.inventory.encode import Encoded, TextCodes
from carboncalc.inventory.given_cells import Given, Pattern, pattern_of_columns
from carboncalc.inventory.paths import NeedsLedger

if TYPE_CHECKING:
    from carboncalc.inventory.coders import Buffers, Combinations, Local
    from carboncalc.inventory.measured_index import MeasuredIndex
    from carboncalc.inventory.tables import Tables

Ints = npt.NDArray[np.intp]

#: Codes of what rows give that one table holds; beyond, those that occur are renumbered.
_MOST_CODES = 1 << 16


class GivenRows:
    """The parameter columns of a table, and the measured values beside it.

    Parameters
    ----------
    columns
        The parameters that the table has a column for.
    measured
        The parameter table, where there is one.
    """

    def __init__(self, columns: Sequence[str], measured: MeasuredIndex | None) -> None:
        self.columns = tuple(columns)
        self.measured = measured


class GivenBlock:
    """A view of the block that is added: pattern codes, and values by column."""

    def __init__(self, given: GivenRows, tables: Tables) -> None:
        self._given, self._tables = given, tables
        self._codes: dict[tuple[Pattern, int], int] = {}
        self._columns: Mapping[str, Any] = {}
        self._record: Ints = np.zeros(0, dtype=np.intp)
        self._owners: dict[tuple[Any, ...], int] = {}
        self.pattern: Ints = self._record
        measured = given.measured
        if measured is not None:
            self._period = TextCodes(measured.period_code)
            self._entity = TextCodes(measured.owner_code)

    def read(
        self,
        columns: Mapping[str, Any],
        code: Ints,
        local: Local,
        combinations: Combinations,
        buffers: Buffers,
    ) -> None:
        """Find out what each row of a block gives.

        Raises
        ------
        NeedsLedger
            If a value or its unit would be refused on the ledger path.
        """
        self._columns = columns
        rows = len(code)
        own, patterns, pattern_of = self._own(columns, rows)
        measured = self._given.measured
        if measured is None:
            codes = np.array([self._code(pattern, 0) for pattern in patterns], dtype=np.intp)
            self.pattern = np.take(codes[pattern_of], own, mode="clip")
            return
        place = self._places(columns, rows)
        pairs = measured.pair_codes(combinations.pairs)
        place += np.take(pairs[local.pair], code, out=buffers.spare[:rows], mode="clip")
        record = np.take(measured.place, place, out=buffers.spare[:rows], mode="clip")
        record += self._period.of(columns["period"], buffers.place)
        self._record = record = record.copy()
        kind = np.take(measured.pattern, record)
        kinds = len(measured.patterns)
        if len(patterns) > 1:
            kind += np.take(pattern_of * kinds, own, mode="clip")
        occurs = np.zeros(len(patterns) * kinds, dtype=bool)
        occurs[kind] = True
        table = np.zeros(len(occurs), dtype=np.intp)
        for joint in np.flatnonzero(occurs).tolist():
            mine, theirs = divmod(joint, kinds)
            table[joint] = self._code(patterns[mine], theirs)
        self.pattern = np.take(table, kind)

    def _places(self, columns: Mapping[str, Any], rows: int) -> Ints:
        """The code of each row's entity, or of its entity and facility."""
        measured, entity = self._given.measured, columns["entity"]
        assert measured is not None
        if not measured.by_facility:
            return self._entity.of(entity)
        if "facility" not in columns:
            return np.full(rows, measured.unmeasured, dtype=np.intp)
        facility = columns["facility"]
        width = facility.width
        joint = entity.indices.astype(np.intp) * width + facility.indices
        distinct, inverse = np.unique(joint, return_inverse=True)
        names = [(entity.texts[k // width], facility.texts[k % width]) for k in distinct.tolist()]
        return np.array([measured.owner_code(*name) for name in names], dtype=np.intp)[inverse]

    def _own(self, columns: Mapping[str, Any], rows: int) -> tuple[Ints, list[Pattern], Ints]:
        """What the rows' own cells give: a code per row, the patterns, and the one of a code.

        A code packs, column by column, the unit's text and whether the cell is empty.
        """
        code = np.zeros(rows, dtype=np.intp)
        known: list[dict[str, str | None]] = [{}]
        parts: list[tuple[str, Sequence[str | None]]] = []
        size = 1
        for name in self._given.columns:
            values = columns[name]
            absent = np.isnan(values)
            if absent.all():
                continue
            unit = columns.get(f"{name}_unit")
            texts = (None,) if unit is None else tuple(unit.texts)
            _check_values(name, values, unit, texts)
            if size * 2 * len(texts) > _MOST_CODES:
                present, code = np.unique(code, return_inverse=True)
                known = [_unpacked(number, parts, known) for number in present.tolist()]
                parts, size = [], len(known)
            if unit is not None:
                code *= len(texts)
                code += unit.indices
            code *= 2
            code += absent
            size *= 2 * len(texts)
            parts.append((name, texts))
        occurs = np.zeros(size, dtype=bool)
        occurs[code] = True
        numbers: dict[Pattern, int] = {}
        pattern_of = np.zeros(size, dtype=np.intp)
        for number in np.flatnonzero(occurs).tolist():
            given = dict(sorted(_unpacked(number, parts, known).items()))
            pattern = pattern_of_columns(given, NEEDS_UNIT)
            pattern_of[number] = numbers.setdefault(pattern, len(numbers))
        return code, list(numbers), pattern_of

    def _code(self, own: Pattern, measured: int) -> int:
        """The code of a pattern: a row's own cells go before what was measured."""
        known = self._codes.get((own, measured))
        if known is None:
            index = self._given.measured
            there = {} if index is None else dict(index.patterns[measured])
            whole = tuple(sorted({**there, **dict(own)}.items()))
            known = self._codes[own, measured] = self._tables.pattern_code(whole)
        return known

    def values(self, given: Given, rows: Any) -> Any:
        """The values of a column for some rows of the block, in the declared unit.

        Raises
        ------
        NeedsLedger
            If one lies outside its limits: the ledger path refuses it by name.
        """
        own = self._columns.get(given.column)
        value = None if own is None else own[rows]
        index = self._given.measured
        if index is not None and given.column in index.values:
            measured = np.take(index.values[given.column], self._record[rows])
            value = measured if value is None else np.where(np.isnan(value), measured, value)
        assert value is not None  # the pattern says that one of the two gives it
        if given.multiply != 1.0:
            value = value * given.multiply
        if given.divide != 1.0:
            value = value / given.divide
        if not (value.min() >= given.low and value.max() <= given.high):
            raise NeedsLedger
        return value


def _unpacked(
    code: int,
    parts: Sequence[tuple[str, Sequence[str | None]]],
    known: Sequence[dict[str, str | None]],
) -> dict[str, str | None]:
    """The columns that a code says are given, with their units, and those known before."""
    given = {}
    for name, texts in reversed(parts):
        code, absent = divmod(code, 2)
        code, unit = divmod(code, len(texts))
        if not absent:
            given[name] = texts[unit]
    return {**known[code], **given}


def _check_values(
    name: str, values: Any, unit: Encoded | None, texts: Sequence[str | None]
) -> None:
    """Leave the fast path where reading would refuse a value (A-032, A-037, A-038)."""
    if np.isinf(values).any() or (name.partition("[")[0] in NEVER_NEGATIVE and (values < 0).any()):
        raise NeedsLedger
    if name in FRACTIONS and (values > 1).any():
        scale = np.array([_share(text) for text in texts])
        factor = scale[0] if unit is None else scale[unit.indices]
        if (values * factor > 1).any():
            raise NeedsLedger


def _share(unit: str | None) -> float:
    try:
        return units.scale(unit or "1", "1")
    except UnitError:
        return float("nan")
