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
    """Fill one parameter from the most exact measurement that covers a row."""
    empty = out[column].isna().to_numpy()
    start, end = out["period_start"].to_numpy(), out["period_end"].to_numpy()
    for unit, part in table.groupby("unit", sort=True):
        keys = [name for name in ("entity", *_PLACE) if name in part and name in out]
        for place, group in part.groupby(keys, dropna=False, sort=False):
            here = empty & _at_place(out, keys, place)
            if not here.any():
                continue
            values = group["value"].to_numpy(dtype=float)
            weights = _weights(group)
            begins = pd.to_datetime(group["period_start"]).to_numpy()
            stops = pd.to_datetime(group["period_end"]).to_numpy()
            for position in np.flatnonzero(here):
                inside = (begins >= start[position]) & (stops <= end[position])
                exact = (begins <= start[position]) & (stops >= end[position])
                chosen = exact if exact.any() else inside
                covered = (stops[inside] - begins[inside]).sum() if inside.any() else None
                whole = end[position] - start[position]
                if not exact.any() and (covered is None or covered < whole):
                    continue  # months are missing: the document's own rule decides
                total = weights[chosen].sum()
                value = values[chosen]
                mean = value[0] if len(value) == 1 else (value * weights[chosen]).sum() / total
                label = out.index[int(position)]
                out.loc[label, column] = mean
                out.loc[label, f"{column}_unit"] = str(unit)
                out.loc[label, f"{column}_origin"] = _origin(group[chosen])
                empty[position] = False


def _at_place(out: pd.DataFrame, keys: Sequence[str], place: Any) -> Any:
    values = place if isinstance(place, tuple) else (place,)
    here = np.ones(len(out), dtype=bool)
    for name, value in zip(keys, values, strict=True):
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
