"""Turns checked activity rows into rows that can be computed one by one.

Two things happen here, each visible afterwards: method and region come from the entity
where the row is silent; a period that crosses a factor year is split by days into parts of
the same row. Purchases and stocks are folded by ``balances``, measured parameters are written
beside their rows by ``measured``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import IssueLog
from carboncalc.provenance import Policy

_OPTIONAL_TEXT = (
    "facility", "process", "record_kind", "method", "region", "counterparty", "instrument",
    "meter", "technology", "gas_reference", "scope", "category", "file", "sheet",
)  # fmt: skip


def with_defaults(rows: pd.DataFrame, entities: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Rows with every optional text column present, and the entity's method and region filled in.

    Parameters
    ----------
    rows
        Canonical activity rows.
    entities
        Per entity id: ``method`` (an id, or a mapping from source id to method id),
        ``region`` and ``sector``, each optional.

    Examples
    --------
    >>> rows = pd.DataFrame({"entity": ["P1"], "source": ["fossil_combustion"]})
    >>> out = with_defaults(rows, {"P1": {"method": "other-industry", "region": "CN-35"}})
    >>> out.method[0], out.region[0]
    ('other-industry', 'CN-35')
    """
    out = rows.reset_index(drop=True).copy()
    for name in _OPTIONAL_TEXT:
        if name not in out:
            out[name] = pd.Series([None] * len(out), dtype="str")
    if "row" not in out:
        out["row"] = np.arange(2, len(out) + 2)
    codes, names = pd.factorize(out["entity"])
    for column in ("region", "sector"):
        default = pd.Series([_text(entities.get(n, {}).get(column)) for n in names], dtype="str")
        filled = default.take(codes).set_axis(out.index) if len(default) else out["entity"]
        out[column] = out[column].fillna(filled) if column in out else filled
    out["method"] = _methods(out, codes, list(names), entities)
    out["instrument"] = out["instrument"].fillna("none")
    return out


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _methods(
    rows: pd.DataFrame, codes: Any, names: list[str], entities: Mapping[str, Mapping[str, Any]]
) -> pd.Series:
    """The row's method, else the entity's for that source, else the entity's general one."""
    sources, source_names = pd.factorize(rows["source"])
    table = np.empty((max(len(names), 1), max(len(source_names), 1)), dtype=object)
    for i, name in enumerate(names):
        chosen = entities.get(name, {}).get("method")
        for j, source in enumerate(source_names):
            table[i, j] = (
                chosen.get(source, chosen.get("default")) if isinstance(chosen, Mapping) else chosen
            )
    found = pd.Series(table[codes, sources], index=rows.index, dtype="str")
    return rows["method"].fillna(found)


def split_years(rows: pd.DataFrame, policy: Policy, log: IssueLog) -> pd.DataFrame:
    """Rows whose period lies within one calendar year, with ``year`` and ``part`` columns.

    A row that crosses a year becomes two rows with amounts in proportion to days; the last
    part is the remainder, so that the parts add up to the whole. With
    ``policy.split_year == "refuse"`` it is an issue instead.

    Examples
    --------
    >>> rows = pd.DataFrame({"amount": [31.0], "row": [2], "sheet": [None],
    ...     "period_start": pd.to_datetime(["2024-12-16"]),
    ...     "period_end": pd.to_datetime(["2025-01-16"])})
    >>> split_years(rows, Policy(), IssueLog()).amount.tolist()
    [16.0, 15.0]
    """
    start = pd.to_datetime(rows["period_start"])
    end = pd.to_datetime(rows["period_end"])
    first = start.dt.year.to_numpy()
    last = (end - pd.Timedelta(days=1)).dt.year.to_numpy()
    rows = rows.assign(period_start=start, period_end=end, year=first, part=0)
    crossing = last > first
    if not crossing.any():
        return rows
    if policy.split_year == "refuse":
        for row, sheet in zip(rows["row"][crossing], rows["sheet"][crossing], strict=True):
            log.add("I-014", {}, sheet=sheet, row=int(row), column="period")
        return rows[~crossing]
    parts = [rows[~crossing]]
    whole = rows[crossing]
    days = (whole["period_end"] - whole["period_start"]).dt.days
    left = whole["amount"].copy()
    for step in range(int((last - first).max()) + 1):
        year = whole["year"] + step
        begin = whole["period_start"] if step == 0 else _january(year)
        stop = np.minimum(whole["period_end"], _january(year + 1))
        here = begin < whole["period_end"]
        final = stop == whole["period_end"]
        share = whole["amount"] * (stop - begin).dt.days / days
        amount = share.where(~final, left)
        left = left - share
        part = whole.assign(
            period_start=begin, period_end=stop, year=year, part=step, amount=amount
        )
        parts.append(part[here])
    return pd.concat(parts).sort_values(["row", "part"], kind="stable").reset_index(drop=True)


def _january(year: pd.Series) -> pd.Series:
    return pd.to_datetime(pd.DataFrame({"year": year, "month": 1, "day": 1}))
