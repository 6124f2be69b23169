"""The form a plant reports in: every parameter month by month, with the year beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.totals import key_column
from carboncalc.inventory.verification.used import PLACE

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: The parameter name of emissions in the table.
EMISSIONS = "co2e_t"


def monthly_table(inv: Inventory, used: pd.DataFrame, months: pd.DatetimeIndex) -> pd.DataFrame:
    """Amounts, inputs and emissions per place and month, as in the annexes of the guidelines.

    Amounts and emissions of a month are sums; an input is the mean weighted by the amount.
    Records that cover more than one month stand under ``longer``. ``whole`` is the sum or
    the weighted mean of everything in the row, so the ``co2e_t`` rows of counted accounts
    add up to the inventory's total over all places.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.used import used_values
    >>> inv = cc.examples.minimal()
    >>> months = pd.date_range("2023-01-01", "2023-12-01", freq="MS")
    >>> table = monthly_table(inv, used_values(inv), months)
    >>> float(table[table.parameter == "net_calorific_value"].whole.iloc[0])
    389.31
    """
    labels = [f"{month:%Y-%m}" for month in months]
    keys = [*PLACE, "document", "account", "parameter", "unit"]
    account = _account_of_row(inv)
    values = used.assign(account=used["entry_row"].map(account))
    for name in keys:
        values[name] = values[name].astype("object").where(values[name].notna(), "")
    values["month"] = _label(values["period_start"], values["period_end"])
    amount = values["parameter"] == "amount"
    weight = np.where(amount, 1.0, values["weight"])
    values = values.assign(weight=weight, weighted=values["value"] * weight)
    by_month = _means(values, [*keys, "month"]).unstack("month")
    whole = _means(values, keys)
    table = by_month.reindex(columns=[*labels, "longer"]).assign(whole=whole).reset_index()
    if not len(inv.ledger):
        return table
    return pd.concat([table, _emissions(inv, values, keys, labels)], ignore_index=True)


def _means(values: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Sums of amounts, weighted means of everything else; plain means where nothing weighs."""
    parts = values.groupby(keys, sort=False)
    sums = parts[["weighted", "weight", "value"]].sum()
    plain = parts["value"].mean()
    means = (sums["weighted"] / sums["weight"].where(sums["weight"] != 0)).fillna(plain)
    is_amount = sums.index.get_level_values("parameter") == "amount"
    # a value that is the same in every record is shown as it is, not as a mean of itself
    low, high = parts["value"].min(), parts["value"].max()
    found: pd.Series = means.where(low != high, low).where(~is_amount, sums["value"])
    return found


def _label(start: Any, end: Any) -> pd.Series:
    """The month of a record, ``longer`` where it covers several."""
    begin = pd.to_datetime(start)
    last = pd.to_datetime(end) - pd.Timedelta(days=1)
    same = (begin.dt.year == last.dt.year) & (begin.dt.month == last.dt.month)
    label: pd.Series = begin.dt.strftime("%Y-%m").where(same, "longer")
    return label


def _account_of_row(inv: Inventory) -> dict[int, str]:
    """The account of each activity row; counted where any of its gases counts."""
    ledger = inv.ledger
    chosen = np.flatnonzero(ledger.primary)
    chosen = chosen[np.argsort(-ledger.account[chosen], kind="stable")]
    names = [ledger.accounts[code] for code in ledger.account[chosen]]
    return dict(zip(ledger.row[chosen].tolist(), names, strict=True))


def _emissions(
    inv: Inventory, values: pd.DataFrame, keys: list[str], labels: list[str]
) -> pd.DataFrame:
    """Exact sums of t CO2e by place, account and month."""
    ledger = inv.ledger
    first = values[values["parameter"] == "amount"].drop_duplicates("entry_row")
    first = first.set_index("entry_row")
    where = ledger.primary & np.isin(ledger.row, first.index.to_numpy())
    place = [*PLACE, "document"]
    rows = first.reindex(ledger.row)
    columns = [rows[name].to_numpy(dtype=object) for name in place]
    columns.append(key_column(ledger, "account"))
    month = rows["month"].to_numpy(dtype=object)
    by_month = ledger.sums([*columns, month], where)
    by_month.index.names = [*place, "account", "month"]
    whole = ledger.sums(columns, where)
    whole.index.names = [*place, "account"]
    table = by_month.unstack("month").reindex(columns=[*labels, "longer"]).assign(whole=whole)
    table = table.reset_index().assign(parameter=EMISSIONS, unit="t CO2e")
    out: pd.DataFrame = table[[*keys, *labels, "longer", "whole"]]
    return out
