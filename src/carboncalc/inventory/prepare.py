"""Turns checked activity rows into rows that can be computed one by one.

Two things happen here, each visible afterwards: method and region come from the entity
where the row is silent; a period that crosses a factor year is split by days into parts of
the same row. Purchases and stocks are folded by ``balances``, measured parameters are written
beside their rows by ``measured``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.errors import IssueLog
from carboncalc.inventory.coded import Coded
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
    out = rows.reset_index(drop=True)  # a new frame over the same columns
    nothing = pd.Series(None, index=out.index, dtype="str")
    for name in _OPTIONAL_TEXT:
        if name not in out:
            out[name] = nothing
    if "row" not in out:
        out["row"] = np.arange(2, len(out) + 2)
    entity = Coded.of(out["entity"])
    for column in ("region", "sector"):
        given = out.get(column, nothing)
        known = [_text(entities.get(name, {}).get(column)) for name in entity.values]
        out[column] = _else(given, entity.codes, known)
    out["method"] = _methods(out, entity, entities)
    out["instrument"] = out["instrument"].fillna("none")
    return out


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _else(given: pd.Series, codes: Any, known: Sequence[str | None]) -> pd.Series:
    """A column with its missing cells taken from a table; untouched where that says nothing."""
    if not any(value is not None for value in known) or not given.isna().any():
        return given
    return given.fillna(pd.Series([*known, None], dtype="str").take(codes).set_axis(given.index))


def _methods(
    rows: pd.DataFrame, entity: Coded, entities: Mapping[str, Mapping[str, Any]]
) -> pd.Series:
    """The row's method, else the entity's for that source, else the entity's general one."""
    source = Coded.of(rows["source"])
    known: list[str | None] = []
    for name in entity.values:
        chosen = entities.get(name, {}).get("method")
        for of in source.values:
            found = chosen.get(of, chosen.get("default")) if isinstance(chosen, Mapping) else chosen
            known.append(_text(found))
    return _else(rows["method"], entity.codes * len(source.values) + source.codes, known)


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
    first = _years(start.to_numpy())
    last = _years((end - pd.Timedelta(days=1)).to_numpy())
    rows = rows.assign(period_start=start, period_end=end, year=first, part=0)
    crossing: npt.NDArray[np.bool_] = last > first
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


def _years(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int32]:
    return (days.astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int32)


def _january(year: pd.Series) -> pd.Series:
    return pd.to_datetime(pd.DataFrame({"year": year, "month": 1, "day": 1}))
