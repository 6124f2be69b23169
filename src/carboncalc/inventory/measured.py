"""Measured values of the parameter table, written beside the rows they belong to.

Precedence (contract section 7): the activity row, then the month, then the
consumption-weighted year, then the document's default. A month that was not measured takes
no mean of the measured ones: it falls through to the document's own rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue
from carboncalc.vocabulary.periods import parse_period

_PLACE = ("facility", "source", "item")


def with_measured_values(
    rows: pd.DataFrame, measured: pd.DataFrame | None, findings: list[Issue] | None = None
) -> pd.DataFrame:
    """Rows with the measured parameters they do not give themselves.

    Parameters
    ----------
    measured
        Columns ``entity, facility, period, source, item, parameter, value, unit, weight,
        evidence``; an empty facility, source or item means any, and the more exactly named
        place goes first. Months make up a year by their weights alone.
    findings
        Takes up what has to be said: measured values that reach no row (I-048), months
        without weights (I-049), and rows that were not measured while others of the same
        place were (I-050).

    Returns
    -------
    pandas.DataFrame
        With ``<parameter>``, ``<parameter>_unit`` and ``<parameter>_origin`` columns.
    """
    if measured is None or not len(measured):
        return rows
    said = [] if findings is None else findings
    out = rows.copy()
    measured = _with_dates(measured.reset_index(drop=True))
    for name, table in measured.groupby("parameter", sort=True):
        column = str(name)
        if column not in out:
            out[column] = np.nan
        for extra in (f"{column}_unit", f"{column}_origin"):
            if extra not in out:
                out[extra] = pd.Series([None] * len(out), dtype="str")
        _write(out, column, table, said)
    return out


def _with_dates(measured: pd.DataFrame) -> pd.DataFrame:
    """First day and day after the last of each period, worked out once per distinct text."""
    spans = {text: parse_period(str(text)) for text in measured["period"].unique()}
    return measured.assign(
        period_start=pd.to_datetime([spans[text].start for text in measured["period"]]),
        period_end=pd.to_datetime([spans[text].end for text in measured["period"]]),
    )


def _write(out: pd.DataFrame, column: str, table: pd.DataFrame, said: list[Issue]) -> None:
    """Fill one parameter from the most exact measurement that covers a row's period.

    Rows are looked at by distinct place and period, never one by one.
    """
    empty = out[column].isna().to_numpy(copy=True)
    start, end = out["period_start"].to_numpy(), out["period_end"].to_numpy()
    spans, span_of = np.unique(np.stack([start, end]), axis=1, return_inverse=True)
    value = out[column].to_numpy(dtype=np.float64, copy=True)
    spelled = out[f"{column}_unit"].to_numpy(dtype=object, copy=True)
    origins = out[f"{column}_origin"].to_numpy(dtype=object, copy=True)
    reached: set[int] = set()
    unweighted: set[int] = set()
    measured_here = np.zeros(len(out), dtype=bool)
    for keys, place, group in _places(out, table):
        unit, numbers = _in_one_unit(group)
        here = _at_place(out, keys, place)
        measured_here |= here
        for span in np.unique(span_of.ravel()[here]):
            used, weights = _covering(group, spans[0, span], spans[1, span])
            if not len(used):
                continue  # months are missing: the document's own rule decides
            found = set(group.index[used])
            if weights is None:
                unweighted |= found
                continue
            reached |= found
            rows = here & empty & (span_of.ravel() == span)
            value[rows] = float((numbers[used] * weights).sum() / weights.sum())
            spelled[rows], origins[rows] = unit, _origin(group.iloc[used])
            empty[rows] = False
    out[column] = value
    out[f"{column}_unit"] = pd.Series(spelled, index=out.index, dtype="str")
    out[f"{column}_origin"] = pd.Series(origins, index=out.index, dtype="str")
    unweighted -= reached
    _say(said, "I-049", column, table, sorted(unweighted))
    unused = [i for i in table.index if i not in reached and i not in unweighted]
    _say(said, "I-048", column, table, unused)
    lacking = out[measured_here & empty]
    if len(lacking):
        periods = list(dict.fromkeys(lacking["period"].astype("str")))
        said.append(_finding("I-050", column, str(lacking["entity"].iloc[0]), periods))


def _places(
    out: pd.DataFrame, table: pd.DataFrame
) -> Iterator[tuple[list[str], tuple[Any, ...], pd.DataFrame]]:
    """Measurements of one place and one kind of unit, the most exactly named place first."""
    keys = ["entity", *(name for name in _PLACE if name in table and name in out)]
    kinds = {unit: units.dimension(str(unit)) for unit in table["unit"].dropna().unique()}
    kind = table["unit"].map({unit: str(kinds[unit]) for unit in kinds})
    groups = [
        (place[1:], group) for place, group in table.groupby([kind, *keys], dropna=False, sort=True)
    ]
    exactness = [sum(isinstance(name, str) and name != "" for name in place) for place, _ in groups]
    for position in sorted(range(len(groups)), key=lambda k: -exactness[k]):
        place, group = groups[position]
        yield keys, place, group


def _in_one_unit(group: pd.DataFrame) -> tuple[str, Any]:
    """The values of a group in the unit of its first."""
    wanted = str(group["unit"].iloc[0])
    values = group["value"].to_numpy(dtype=np.float64, copy=True)
    for given in group["unit"].unique():
        if given != wanted:
            multiply, divide = units.conversion(str(given), wanted)
            here = (group["unit"] == given).to_numpy()
            values[here] = values[here] * multiply / divide
    return wanted, values


def _covering(group: pd.DataFrame, start: Any, end: Any) -> tuple[Any, Any]:
    """Positions of the measurements for a period, and their weights.

    It is the shortest measurement that covers the period, else those that fill it without a
    gap; none where neither is there. Several without weights have no mean: weights None.
    """
    begins, stops = group["period_start"].to_numpy(), group["period_end"].to_numpy()
    covers = np.flatnonzero((begins <= start) & (stops >= end))
    if len(covers):
        best = covers[np.argmin(stops[covers] - begins[covers])]
        return np.array([best]), np.ones(1)
    inside = np.flatnonzero((begins >= start) & (stops <= end))
    if not _fills(begins[inside], stops[inside], start, end):
        return inside[:0], None
    if "weight" not in group:
        return inside, None
    weights = group["weight"].to_numpy(dtype=np.float64)[inside]
    return inside, weights if weights.sum() > 0 else None


def _fills(begins: Any, stops: Any, start: Any, end: Any) -> bool:
    """Whether spans lie end to end from ``start`` to ``end``."""
    order = np.argsort(begins, kind="stable")
    joints = np.concatenate([stops[order], [start]])
    joints = np.concatenate([joints[-1:], joints[:-1]])
    return bool(len(begins)) and bool((joints == np.concatenate([begins[order], [end]])).all())


def _say(said: list[Issue], code: str, column: str, table: pd.DataFrame, index: list[int]) -> None:
    """One finding for the measurements of a parameter, by entity."""
    if not index:
        return
    for entity, group in table.loc[index].groupby("entity", sort=True, dropna=False):
        periods = list(dict.fromkeys(group["period"].astype("str")))
        said.append(_finding(code, column, str(entity), periods))


def _finding(code: str, column: str, entity: str, periods: list[str]) -> Issue:
    shown = ", ".join(periods[:12]) + (" …" if len(periods) > 12 else "")
    params = {"parameter": column, "entity": entity, "periods": shown, "count": len(periods)}
    return Issue(code, params, column=column, severity="finding")


def _at_place(out: pd.DataFrame, keys: Sequence[str], place: Any) -> Any:
    here = np.ones(len(out), dtype=bool)
    for name, value in zip(keys, place, strict=True):
        if not pd.isna(value) and value != "":
            here &= (out[name] == value).fillna(False).to_numpy(dtype=bool)
    return here


def _origin(group: pd.DataFrame) -> str:
    rows = ", ".join(str(row) for row in group["row"]) if "row" in group else ""
    evidence = "; ".join(str(e) for e in group.get("evidence", pd.Series()).dropna().unique())
    return f"parameter table row {rows} {evidence}".strip()
