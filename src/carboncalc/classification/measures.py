"""Turns the measure columns of a table of entries into plain numbers with their words.

A measure column is named by its metric, in English or Chinese; its unit stands in the
header (``rated_power [MW]``), in a column ``rated_power_unit`` or in the cell. A cell that
cannot be read is left out and listed: the entry stays and lacks that evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from carboncalc.classification.criteria import Floats, Metric
from carboncalc.classification.words import UnreadableError, plain, read_cell, scale

#: Tells the caller of a bad cell: code, parameters, the row positions that hold it.
Report = Callable[[str, dict[str, Any], np.ndarray[Any, Any]], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of all entries: numbers in the metric's unit, and what was written."""

    metric: Metric
    values: Floats
    texts: pa.StringArray

    def take(self, rows: np.ndarray[Any, np.dtype[np.int64]]) -> Measure:
        """The same measure for some of the entries."""
        return Measure(self.metric, self.values[rows], self.texts.take(rows))


def factorise(column: pd.Series) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[str]]:
    """Codes and the distinct texts of a column; blank cells have code −1.

    Examples
    --------
    >>> codes, texts = factorise(pd.Series(["a", None, " a ", ""]))
    >>> codes.tolist(), texts
    ([0, -1, 0, -1], ['a'])
    """
    raw_codes, raw = pd.factorize(column)
    index: dict[str, int] = {}
    mapped = np.full(len(raw) + 1, -1, dtype=np.int64)
    for position, value in enumerate(raw):
        text = plain(_whole(value))
        if text:
            mapped[position] = index.setdefault(text, len(index))
    return mapped[raw_codes], list(index)


def _whole(value: Any) -> Any:
    """Excel and Parquet hand whole numbers over as floats: 3811.0 was typed as 3811."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)
    return value


def read_measure(
    metric: Metric,
    column: pd.Series,
    unit_column: pd.Series | None,
    header_unit: str | None,
    report: Report,
) -> Measure:
    """The numbers of one measure column; each unreadable cell is reported and becomes NaN.

    Examples
    --------
    >>> from carboncalc.classification.criteria import metrics
    >>> bad = []
    >>> read_measure(metrics()["rated_power"], pd.Series(["4.5 MW", "6 t"]), None, None,
    ...              lambda code, params, rows: bad.append((code, rows.tolist()))).values
    array([4.5, nan])
    >>> bad
    [('C-111', [1])]
    """
    if metric.kind == "number" and pd.api.types.is_numeric_dtype(column.dtype):
        return _numbers(metric, column, unit_column, header_unit, report)
    codes, texts = factorise(column)
    units = [header_unit]
    unit_codes = np.zeros(len(codes), dtype=np.int64)
    if unit_column is not None:
        given, found = factorise(unit_column)
        unit_codes, units = given + 1, [header_unit, *found]
    pairs = np.where(codes < 0, -1, codes * len(units) + unit_codes)
    distinct, inverse = np.unique(pairs, return_inverse=True)
    numbers = np.full(len(distinct), np.nan)
    for position, pair in enumerate(distinct.tolist()):
        if pair < 0:
            continue
        text, unit = texts[pair // len(units)], units[pair % len(units)]
        try:
            numbers[position] = read_cell(metric, text, unit)
        except UnreadableError as problem:
            report(problem.code, problem.params, np.flatnonzero(inverse == position))
    return Measure(metric, numbers[inverse], _shown(texts, codes, units, unit_codes))


def _numbers(
    metric: Metric,
    column: pd.Series,
    unit_column: pd.Series | None,
    header_unit: str | None,
    report: Report,
) -> Measure:
    given = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.full(len(given), np.nan)
    units: list[str | None] = [header_unit]
    codes = np.zeros(len(given), dtype=np.int64)
    if unit_column is not None:
        found_codes, found = factorise(unit_column)
        codes, units = found_codes + 1, [header_unit, *found]
    known = ~np.isnan(given)
    infinite = known & ~np.isfinite(given)
    if infinite.any():
        report("C-110", {"metric": metric.id, "value": "inf"}, np.flatnonzero(infinite))
    known &= np.isfinite(given)
    for position, unit in enumerate(units):
        rows = np.flatnonzero(known & (codes == position))
        if not len(rows):
            continue
        try:
            multiply, divide = scale(metric, unit)
        except UnreadableError as problem:
            report(problem.code, problem.params, rows)
            continue
        values[rows] = given[rows] * multiply / divide
    texts = pa.array(given, from_pandas=True).cast(pa.string())
    labels = pa.array([f" {u}" if u else "" for u in units]).take(pa.array(codes))
    return Measure(metric, values, pc.binary_join_element_wise(texts, labels, ""))


def _shown(
    texts: list[str],
    codes: np.ndarray[Any, Any],
    units: list[str | None],
    unit_codes: np.ndarray[Any, Any],
) -> pa.StringArray:
    written = pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0))
    if not any(units):
        return written
    # A unit already written in the cell is not repeated: only bare numbers take it.
    labels = pa.array([f" {u}" if u else "" for u in units]).take(pa.array(unit_codes))
    bare = pc.match_substring_regex(written, r"^[-+0-9.,eE]+$")
    return pc.if_else(bare, pc.binary_join_element_wise(written, labels, ""), written)
