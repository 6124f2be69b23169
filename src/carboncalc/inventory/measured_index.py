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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc import units
from carboncalc.activity.text import tidy
from carboncalc.inventory.given_cells import NOTHING, Pattern
from carboncalc.inventory.paths import NeedsLedger
from carboncalc.vocabulary.periods import parse_period

Ints = npt.NDArray[np.intp]

#: More than the days of any period.
_DAYS = 1 << 20


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
        self.by_facility = "facility" in rows and bool(rows["facility"].notna().any())
        owner = ["entity", "facility"] if self.by_facility else ["entity"]
        if rows[[*owner, "source", "item"]].isna().any(axis=None):
            raise NeedsLedger
        owners, self._owners = _coded(rows, owner)
        pairs, self._pairs = _coded(rows, ["source", "item"])
        self.width = len(self._pairs) + 1
        places, names = pd.factorize(owners * self.width + pairs)
        self.places = len(names) + 1
        self.place: Ints = np.full((len(self._owners) + 1) * self.width, len(names), dtype=np.intp)
        self.place[names] = np.arange(len(names))
        unit, units_of = pd.factorize(rows["unit"])
        columns = _Columns(
            places, rows["value"].to_numpy(dtype=np.float64), unit,
            rows["period_start"].to_numpy(dtype="datetime64[D]").astype(np.int64),
            rows["period_end"].to_numpy(dtype="datetime64[D]").astype(np.int64),
        )  # fmt: skip
        parameter, names_of = pd.factorize(rows["parameter"], sort=True)
        self._tables = {
            str(name): _Measured(
                columns.at(np.flatnonzero(parameter == number)), tuple(units_of), self.places
            )
            for number, name in enumerate(names_of)
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
class _Columns:
    """Rows of a parameter table as arrays: codes, values, and days since 1970."""

    place: Ints
    value: npt.NDArray[np.float64]
    unit: Ints
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def at(self, rows: Ints) -> _Columns:
        return _Columns(*(getattr(self, name)[rows] for name in self.__slots__))


class _Measured:
    """One parameter: its values by span and place, each place in one unit."""

    def __init__(self, rows: _Columns, names: tuple[str, ...], size: int) -> None:
        self._size, self._places, self.units = size, rows.place, names
        # a place speaks in the unit of its first measurement, as on the ledger path
        first = np.full(size, -1, dtype=np.intp)
        first[rows.place[::-1]] = rows.unit[::-1]
        self._unit = first
        self._value = _in_unit_of_place(rows.value, rows.unit, first[rows.place], names)
        span_of, spans = pd.factorize(rows.start * _DAYS + (rows.end - rows.start))
        self._begins, length = np.divmod(spans, _DAYS)
        self._stops = self._begins + length
        order = np.argsort(span_of, kind="stable")
        bounds = np.searchsorted(span_of[order], np.arange(len(spans) + 1))
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


def _coded(rows: pd.DataFrame, columns: list[str]) -> tuple[Ints, dict[tuple[Any, ...], int]]:
    """Row codes of some text columns together, and the code of each combination."""
    code = np.zeros(len(rows), dtype=np.intp)
    names: list[tuple[Any, ...]] = [()]
    for column in columns:
        digit, texts = pd.factorize(rows[column])
        joint, distinct = pd.factorize(code * len(texts) + digit)
        before = [divmod(int(number), len(texts)) for number in distinct]
        names = [(*names[old], str(texts[new])) for old, new in before]
        code = joint.astype(np.intp)
    return code, {name: number for number, name in enumerate(names)}


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
