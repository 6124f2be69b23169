"""Measured values of the parameter table, written beside the rows they belong to.

Precedence (contract section 7): the activity row, then the month, then the
consumption-weighted year, then the document's default. A month that was not measured takes
no mean of the measured ones: it falls through to the document's own rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.vocabulary.periods import parse_period

_PLACE = ("facility", "source", "item")


def with_measured_values(rows: pd.DataFrame, measured: pd.DataFrame | None) -> pd.DataFrame:
    """Rows with the measured parameters they do not give themselves.

    Parameters
    ----------
    measured
        Columns ``entity, facility, period, source, item, parameter, value, unit, weight,
        evidence``; an empty facility, source or item means any.

    Returns
    -------
    pandas.DataFrame
        With ``<parameter>``, ``<parameter>_unit`` and ``<parameter>_origin`` columns.
    """
    if measured is None or not len(measured):
        return rows
    out = rows.copy()
    measured = _with_dates(measured.reset_index(drop=True))
    for name, table in measured.groupby("parameter", sort=True):
        column = str(name)
        if column not in out:
            out[column] = np.nan
        for extra in (f"{column}_unit", f"{column}_origin"):
            if extra not in out:
                out[extra] = pd.Series([None] * len(out), dtype="str")
        _write(out, column, table)
    return out


def _with_dates(measured: pd.DataFrame) -> pd.DataFrame:
    """First day and day after the last of each period, worked out once per distinct text."""
    spans = {text: parse_period(str(text)) for text in measured["period"].unique()}
    return measured.assign(
        period_start=pd.to_datetime([spans[text].start for text in measured["period"]]),
        period_end=pd.to_datetime([spans[text].end for text in measured["period"]]),
    )


def _write(out: pd.DataFrame, column: str, table: pd.DataFrame) -> None:
    """Fill one parameter from the most exact measurement that covers a row's period.

    Rows are looked at by distinct place and period, never one by one.
    """
    empty = out[column].isna().to_numpy(copy=True)
    start, end = out["period_start"].to_numpy(), out["period_end"].to_numpy()
    spans, span_of = np.unique(np.stack([start, end]), axis=1, return_inverse=True)
    value = out[column].to_numpy(dtype=np.float64, copy=True)
    units = out[f"{column}_unit"].to_numpy(dtype=object, copy=True)
    origins = out[f"{column}_origin"].to_numpy(dtype=object, copy=True)
    keys = [
        name for name in ("unit", "entity", *_PLACE) if name in table and name in (*out, "unit")
    ]
    for place, group in table.groupby(keys, dropna=False, sort=True):
        here = empty & _at_place(out, keys[1:], place[1:])
        for span in np.unique(span_of.ravel()[here]):
            chosen = _covering(group, spans[0, span], spans[1, span])
            if chosen is None:
                continue  # months are missing: the document's own rule decides
            rows = here & (span_of.ravel() == span)
            value[rows], units[rows], origins[rows] = chosen[0], str(place[0]), chosen[1]
            empty[rows] = False
    out[column] = value
    out[f"{column}_unit"] = pd.Series(units, index=out.index, dtype="str")
    out[f"{column}_origin"] = pd.Series(origins, index=out.index, dtype="str")


def _covering(group: pd.DataFrame, start: Any, end: Any) -> tuple[float, str] | None:
    """The measured value for a period, and where it stands; None where there is none.

    It is the shortest measurement that covers the period, else the weighted mean of those
    that fill it without a gap.
    """
    begins, stops = group["period_start"].to_numpy(), group["period_end"].to_numpy()
    covers = np.flatnonzero((begins <= start) & (stops >= end))
    values = group["value"].to_numpy(dtype=float)
    if len(covers):
        best = covers[np.argmin(stops[covers] - begins[covers])]
        return float(values[best]), _origin(group.iloc[[best]])
    inside = np.flatnonzero((begins >= start) & (stops <= end))
    if not len(inside) or (stops[inside] - begins[inside]).sum() < end - start:
        return None
    weights = _weights(group)[inside]
    mean = (values[inside] * weights).sum() / weights.sum()
    return float(mean), _origin(group.iloc[inside])


def _at_place(out: pd.DataFrame, keys: Sequence[str], place: Any) -> Any:
    here = np.ones(len(out), dtype=bool)
    for name, value in zip(keys, place, strict=True):
        if not pd.isna(value) and value != "":
            here &= (out[name] == value).fillna(False).to_numpy(dtype=bool)
    return here


def _weights(group: pd.DataFrame) -> Any:
    """Consumption as the weight; without weights, months weigh alike only if there is one."""
    if "weight" not in group:
        return np.ones(len(group))
    return group["weight"].astype(float).fillna(1.0).to_numpy()


def _origin(group: pd.DataFrame) -> str:
    rows = ", ".join(str(row) for row in group["row"]) if "row" in group else ""
    evidence = "; ".join(str(e) for e in group.get("evidence", pd.Series()).dropna().unique())
    return f"parameter table row {rows} {evidence}".strip()
