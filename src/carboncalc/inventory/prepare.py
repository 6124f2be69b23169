"""Turns checked activity rows into rows that can be computed one by one.

Four things happen here, each visible afterwards: method and region come from the entity
where the row is silent; purchases and stocks are folded into net consumption (contract
section 1, opening + purchased − closing − sold out); measured parameters of the parameter
table are written beside the rows they belong to; a period that crosses a factor year is
split by days into parts of the same row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import IssueLog, UnitError
from carboncalc.provenance import Policy

#: Sign of each record kind in the stock balance.
STOCK_SIGNS = {"purchase": 1.0, "opening_stock": 1.0, "closing_stock": -1.0, "sold_out": -1.0}

#: What makes records of purchases and stocks belong together.
STOCK_KEY = [
    "entity", "facility", "process", "period", "source", "item", "method", "region",
    "technology", "instrument", "counterparty",
]  # fmt: skip

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


def fold_stocks(rows: pd.DataFrame, log: IssueLog) -> pd.DataFrame:
    """Net consumption from purchase and stock records; other rows pass unchanged.

    A consumption row beside the stock records of the same key must agree with them within
    0.5 %; the stock balance is then the record and the other row is dropped as a check.
    Amounts are converted to the unit of the first record. A negative balance is an issue.

    Examples
    --------
    >>> rows = with_defaults(pd.DataFrame({"entity": "P", "period": "2024", "source": "s",
    ...     "item": "coke", "amount": [10.0, 90.0, 20.0], "unit": "t",
    ...     "record_kind": ["opening_stock", "purchase", "closing_stock"]}), {})
    >>> float(fold_stocks(rows, IssueLog()).amount.iloc[0])
    80.0
    """
    kind = rows["record_kind"].fillna("consumption")
    stocked = kind.isin(list(STOCK_SIGNS))
    if not stocked.any():
        return rows
    keys = [name for name in STOCK_KEY if name in rows]
    group = rows.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    with_stock = np.isin(group, group[stocked.to_numpy()])
    part = rows[with_stock].assign(_group=group[with_stock], _kind=kind[with_stock])
    first = part.groupby("_group", sort=False).head(1).set_index("_group")
    amount = _in_unit_of(part, part["_group"].map(first["unit"]), log)
    signed = amount * part["_kind"].map(STOCK_SIGNS)
    # A fixed order of addition: the balance may not depend on the order of the sheet.
    order = np.lexsort((amount.to_numpy(), part["_kind"].to_numpy(dtype=str)))
    balance = signed.iloc[order].groupby(part["_group"].iloc[order]).sum()
    stated = amount[part["_kind"] == "consumption"].groupby(part["_group"]).sum()
    row_texts = part["row"].astype("str").groupby(part["_group"]).agg("; ".join)
    out = first.assign(
        amount=balance.reindex(first.index), record_kind="consumption", folded_rows=row_texts
    )
    _check_balances(out, stated, log)
    good = out[out["amount"] >= 0].drop(columns="_kind")
    rest = rows[~with_stock]
    return pd.concat([rest, good], ignore_index=True).sort_values("row", kind="stable")


def _check_balances(out: pd.DataFrame, stated: pd.Series, log: IssueLog) -> None:
    for group in out.index[(out["amount"] < 0) | out["amount"].isna()]:
        record = out.loc[group]
        log.add(
            "I-013",
            {"item": record["item"], "amount": float(record["amount"])},
            sheet=record["sheet"], row=int(record["row"]), column="amount",
        )  # fmt: skip
    balances = out["amount"].reindex(stated.index)
    for group, balance, value in zip(stated.index, balances.tolist(), stated.tolist(), strict=True):
        if abs(balance - value) > 0.005 * max(abs(balance), abs(value)):
            record = out.loc[group]
            log.add(
                "I-012",
                {"item": record["item"], "stated": value, "balance": balance},
                sheet=record["sheet"], row=int(record["row"]), column="amount",
            )  # fmt: skip


def _in_unit_of(rows: pd.DataFrame, target: pd.Series, log: IssueLog) -> pd.Series:
    """Amounts in another unit, one conversion per distinct pair of units."""
    out = rows["amount"].to_numpy(dtype=np.float64, copy=True)
    pairs, names = pd.factorize(pd.MultiIndex.from_arrays([rows["unit"], target]))
    for code, (given, wanted) in enumerate(names):
        if given == wanted:
            continue
        here = pairs == code
        try:
            multiply, divide = units.conversion(given, wanted)
        except UnitError as error:
            for row, sheet in zip(rows["row"][here], rows["sheet"][here], strict=True):
                log.add(error.code, error.params, sheet=sheet, row=int(row), column="unit")
            out[here] = np.nan
            continue
        out[here] = out[here] * multiply / divide
    return pd.Series(out, index=rows.index)


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
