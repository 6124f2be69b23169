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
from collections.abc import Mapping
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


class MeasuredIndex:
    """A parameter table, ready to be looked up in blocks; safe to share between threads.

    ``place`` is by ``entity code + pair code``; ``pattern`` and ``values[parameter]`` are by
    ``period code + place``. The last entity, pair and place stand for "not measured".

    Parameters
    ----------
    rows
        The good rows of a parameter table, with ``period_start`` and ``period_end``.

    Raises
    ------
    NeedsLedger
        If a measurement leaves its item open, or one place measures a parameter in two kinds
        of unit: which one a row takes is then decided on the ledger path.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
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
        self._tables = {
            str(name): _Measured(rows.iloc[here], places[here], self.places)
            for name, here in rows.groupby("parameter", sort=True).indices.items()
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

    def owner_code(self, *names: Any) -> int:
        """The code of an entity, or of an entity and a facility."""
        given = tuple("" if name is None else tidy(str(name)) for name in names)
        return self._owners.get(given, len(self._owners)) * self.width

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
        units_of: list[Any] = []
        for name, table in self._tables.items():
            value, unit = table.at(span)
            self.values = {**self.values, name: np.append(self.values[name], value)}
            units_of.append(np.where(np.isnan(value), -1, unit))
        kinds, kind_of = np.unique(np.stack(units_of), axis=1, return_inverse=True)
        codes = [
            self._pattern_code(
                tuple(
                    None if unit < 0 else table.units[unit]
                    for unit, table in zip(kind, self._tables.values(), strict=True)
                )
            )
            for kind in kinds.T.tolist()
        ]
        self.pattern = np.append(self.pattern, np.array(codes, dtype=np.intp)[kind_of.ravel()])

    def _pattern_code(self, units_of: tuple[str | None, ...]) -> int:
        code = self._patterns.get(units_of)
        if code is None:
            code = self._patterns[units_of] = len(self.patterns)
            given = zip(self._tables, units_of, strict=True)
            pattern = tuple((name, unit) for name, unit in given if unit is not None)
            self.patterns.append(pattern or NOTHING)
        return code


class _Measured:
    """One parameter: its values by span and place, each place in one unit."""

    def __init__(self, rows: pd.DataFrame, places: Ints, size: int) -> None:
        self._size = size
        unit, names = pd.factorize(rows["unit"])
        self.units = tuple(str(name) for name in names)
        value = rows["value"].to_numpy(dtype=np.float64)
        # a place speaks in the unit of its first measurement, as on the ledger path
        first = np.full(size, -1, dtype=np.intp)
        first[places[::-1]] = unit[::-1]
        self._unit = first
        self._value = _in_unit_of_place(value, unit, first[places], self.units)
        start = rows["period_start"].to_numpy(dtype="datetime64[D]")
        end = rows["period_end"].to_numpy(dtype="datetime64[D]")
        stacked = np.stack([start.astype(np.int64), end.astype(np.int64)])
        self._spans, span_of = np.unique(stacked, axis=1, return_inverse=True)
        self._places = places
        order = np.argsort(span_of.ravel(), kind="stable")
        bounds = np.searchsorted(span_of.ravel()[order], np.arange(self._spans.shape[1] + 1))
        self._rows = [order[a:b] for a, b in itertools.pairwise(bounds.tolist())]

    def at(self, span: tuple[Any, Any]) -> tuple[Any, Any]:
        """Values and units of all places in a period; nan where none covers it."""
        start, end = (int(day.astype(np.int64)) for day in span)
        begins, stops = self._spans
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
    pairs = np.unique(np.stack([unit, wanted])[:, unit != wanted], axis=1)
    for given, target in pairs.T.tolist():
        if not units.same_dimension(names[given], names[target]):
            raise NeedsLedger
        multiply, divide = units.conversion(names[given], names[target])
        here = (unit == given) & (wanted == target)
        out[here] = value[here] * multiply / divide
    return out
