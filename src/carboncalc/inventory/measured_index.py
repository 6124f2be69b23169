"""Measured values by place and period, as the block path looks them up.

The rows of a parameter table become one column per parameter over (period of a row) × place,
a place being an entity (with its facility, where the table names any), a source and an item.
A period that rows use is worked out once, for all places: the measurement of exactly that
period, else the shortest one that covers it. Nothing is averaged here; where shorter
measurements would have to be put together, the ledger path does it (``measured.py``).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from carboncalc import units
from carboncalc.activity.text import tidy
from carboncalc.inventory.given_cells import NOTHING, Pattern
from carboncalc.inventory.paths import NeedsLedger
from carboncalc.vocabulary.periods import parse_period

Ints = npt.NDArray[np.intp]

_TEXTS = ("entity", "facility", "source", "item", "parameter", "unit", "period")

#: Codes that are renumbered by marking them; beyond, they are hashed.
_MOST_MARKS = 1 << 24


class MeasuredIndex:
    """A parameter table, ready to be looked up in blocks; safe to share between threads.

    ``place`` is by ``entity code + pair code``; ``pattern`` and ``values[parameter]`` are by
    ``period code + place``. The last entity, pair and place stand for "not measured".

    Parameters
    ----------
    rows
        The good rows of a parameter table, with ``period_start`` and ``period_end``.
    name
        From a row's entity to its id.

    Raises
    ------
    NeedsLedger
        If a measurement leaves its item open, or one place measures a parameter in two kinds
        of unit: which one a row takes is then decided on the ledger path.
    """

    def __init__(self, rows: pd.DataFrame, name: Callable[[Any], str]) -> None:
        self._name = name
        texts = _encoded(rows)
        self.by_facility = "facility" in texts and bool((texts["facility"].codes >= 0).any())
        owner = ["entity", "facility"] if self.by_facility else ["entity"]
        needed = {*owner, *_TEXTS} - {"facility" if not self.by_facility else ""}
        if any((texts[column].codes < 0).any() for column in needed):
            raise NeedsLedger
        owners = _together([texts[column] for column in owner])
        pairs = _together([texts["source"], texts["item"]])
        self._owners = {names: number for number, names in enumerate(owners.texts)}
        self._pairs = {names: number for number, names in enumerate(pairs.texts)}
        self.width = len(self._pairs) + 1
        size = (len(self._owners) + 1) * self.width
        place, known = _numbered(owners.codes * self.width + pairs.codes, size)
        self.places = len(known) + 1
        self.place: Ints = np.full(size, len(known), dtype=np.intp)
        self.place[known] = np.arange(len(known))
        columns = _Columns(
            place, rows["value"].to_numpy(dtype=np.float64), texts["unit"].codes,
            texts["period"].codes,
        )  # fmt: skip
        spans = [parse_period(str(text)) for text in texts["period"].texts]
        days = np.array([[p.start, p.end] for p in spans], dtype="datetime64[D]").astype(np.int64)
        parameter, units_of = texts["parameter"], tuple(map(str, texts["unit"].texts))
        self._tables = {
            str(text): _Measured(
                columns.at(np.flatnonzero(parameter.codes == number)), days, units_of, self.places
            )
            for text, number in sorted(zip(parameter.texts, itertools.count(), strict=False))
        }
        self._patterns: dict[tuple[str | None, ...], int] = {}
        self.patterns: list[Pattern] = []
        self._spans: dict[tuple[Any, Any], int] = {}
        self.pattern: Ints = np.zeros(0, dtype=np.intp)
        self.values: dict[str, npt.NDArray[np.float64]] = {n: np.zeros(0) for n in self._tables}
        self._lock = threading.Lock()
        self._pattern_code((None,) * len(self._tables))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that were measured anywhere."""
        return tuple(self._tables)

    @property
    def unmeasured(self) -> int:
        """The owner code of what was not measured anywhere."""
        return len(self._owners) * self.width

    def owner_code(self, *names: Any) -> int:
        """The code of an entity, or of an entity and a facility."""
        entity, *facility = names
        given = (self._name(entity), *("" if f is None else tidy(str(f)) for f in facility))
        found = self._owners.get(given)
        return self.unmeasured if found is None else found * self.width

    def pair_codes(self, pairs: Mapping[tuple[str, str], int]) -> Ints:
        """The codes of (source, item) pairs, in the order of their numbers."""
        out = np.full(len(pairs), self.width - 1, dtype=np.intp)
        for pair, number in pairs.items():
            out[number] = self._pairs.get(pair, self.width - 1)
        return out

    def period_code(self, text: Any) -> int:
        """The code of a row's period; a new one is worked out for all places."""
        period = parse_period(str(text))
        span = np.datetime64(period.start, "D"), np.datetime64(period.end, "D")
        with self._lock:
            code = self._spans.get(span)
            if code is None:
                code = len(self._spans) * self.places
                self._work_out(span)
                self._spans[span] = code
            return code

    def _work_out(self, span: tuple[Any, Any]) -> None:
        """Values and patterns of all places in one period."""
        given = np.zeros(self.places, dtype=np.intp)
        values = dict(self.values)
        for name, table in self._tables.items():
            value, unit = table.at(span)
            values[name] = np.append(values[name], value)
            given = given * (len(table.units) + 1) + np.where(np.isnan(value), 0, unit + 1)
        kind_of, kinds = pd.factorize(given)
        codes = [self._pattern_code(self._units_of(kind)) for kind in kinds.tolist()]
        self.values = values
        self.pattern = np.append(self.pattern, np.array(codes, dtype=np.intp)[kind_of])

    def _units_of(self, given: int) -> tuple[str | None, ...]:
        """The unit of each parameter, taken out of one number again."""
        out = []
        for table in reversed(self._tables.values()):
            given, digit = divmod(given, len(table.units) + 1)
            out.append(table.units[digit - 1] if digit else None)
        return tuple(reversed(out))

    def _pattern_code(self, units_of: tuple[str | None, ...]) -> int:
        code = self._patterns.get(units_of)
        if code is None:
            code = self._patterns[units_of] = len(self.patterns)
            given = zip(self._tables, units_of, strict=True)
            pattern = tuple((name, unit) for name, unit in given if unit is not None)
            self.patterns.append(pattern or NOTHING)
        return code


@dataclass(frozen=True, slots=True)
class _Coded:
    """A column, or several together, as codes into what they say; −1 where a cell is empty."""

    codes: Ints
    texts: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Rows of a parameter table: codes of place, unit and period, and values."""

    place: Ints
    value: npt.NDArray[np.float64]
    unit: Ints
    period: Ints

    def at(self, rows: Ints) -> _Columns:
        return _Columns(*(getattr(self, name)[rows] for name in self.__slots__))


class _Measured:
    """One parameter: its values by period and place, each place in one unit."""

    def __init__(self, rows: _Columns, days: Any, names: tuple[str, ...], size: int) -> None:
        self._size, self._places, self.units = size, rows.place, names
        # a place speaks in the unit of its first measurement, as on the ledger path
        first = np.full(size, -1, dtype=np.intp)
        first[rows.place[::-1]] = rows.unit[::-1]
        self._unit = first
        self._value = _in_unit_of_place(rows.value, rows.unit, first[rows.place], names)
        period, used = _numbered(rows.period, len(days))
        self._begins, self._stops = days[used].T
        # sorting short integers is a matter of counting them
        short = period.astype(np.int16) if len(used) < 1 << 15 else period
        order = np.argsort(short, kind="stable")
        bounds = np.searchsorted(short[order], np.arange(len(used) + 1))
        self._rows = [order[a:b] for a, b in itertools.pairwise(bounds.tolist())]

    def at(self, span: tuple[Any, Any]) -> tuple[Any, Any]:
        """Values and units of all places in a period; nan where none covers it."""
        start, end = (int(day.astype(np.int64)) for day in span)
        begins, stops = self._begins, self._stops
        inside = (begins >= start) & (stops <= end) & ~((begins == start) & (stops == end))
        if inside.any():
            raise NeedsLedger
        covering = np.flatnonzero((begins <= start) & (stops >= end))
        lengths = (stops - begins)[covering]
        if len(np.unique(lengths)) < len(lengths):
            raise NeedsLedger
        value = np.full(self._size, np.nan)
        for number in covering[np.argsort(-lengths)].tolist():  # the shortest is written last
            rows = self._rows[number][::-1]
            value[self._places[rows]] = self._value[rows]
        return value, self._unit


def _encoded(rows: pd.DataFrame) -> dict[str, _Coded]:
    """The text columns as codes; Arrow encodes two beside each other."""
    names = [name for name in _TEXTS if name in rows]

    def encode(name: str) -> _Coded:
        column = pa.array(rows[name].array, from_pandas=True)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return _Coded(codes, column.dictionary.to_pylist())

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(names, pool.map(encode, names), strict=True))


def _numbered(codes: Ints, size: int) -> tuple[Ints, Ints]:
    """Codes renumbered without gaps, and which of them there were."""
    if size > _MOST_MARKS:
        numbers, known = pd.factorize(codes)
        return numbers, known
    occurs = np.zeros(size, dtype=bool)
    occurs[codes] = True
    return (np.cumsum(occurs) - 1)[codes], np.flatnonzero(occurs)


def _together(columns: Sequence[_Coded]) -> _Coded:
    """Several columns as one, over the combinations that occur."""
    code = columns[0].codes.astype(np.intp)
    names: list[tuple[Any, ...]] = [(text,) for text in columns[0].texts]
    for column in columns[1:]:
        width = len(column.texts)
        code, known = _numbered(code * width + column.codes, len(names) * width)
        names = [(*names[k // width], column.texts[k % width]) for k in known.tolist()]
    return _Coded(code, names)


def _in_unit_of_place(value: Any, unit: Any, wanted: Any, names: tuple[str, ...]) -> Any:
    """Values in the unit of the first measurement of their place.

    Raises
    ------
    NeedsLedger
        If the two units are of different kinds.
    """
    out = value.copy()
    width = len(names)
    for pair in pd.unique(unit * width + wanted).tolist():
        given, target = divmod(pair, width)
        if given == target:
            continue
        if not units.same_dimension(names[given], names[target]):
            raise NeedsLedger
        multiply, divide = units.conversion(names[given], names[target])
        here = (unit == given) & (wanted == target)
        out[here] = value[here] * multiply / divide
    return out
