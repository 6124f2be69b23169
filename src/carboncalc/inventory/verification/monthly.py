"""The form a plant reports in: every parameter month by month, with the year beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.totals import key_column
from carboncalc.inventory.verification.supplement import TOTAL
from carboncalc.inventory.verification.used import PLACE

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: The parameter names of emissions and of the heat of a fuel in the table.
EMISSIONS = "co2e_t"
HEAT = "heat_gj"
#: The parameter name of the last row: all emissions that count.
COUNTED = "counted_co2e_t"
#: What is added up over months; everything else is a mean.
_ADDED = ("amount", HEAT)


def monthly_table(inv: Inventory, used: pd.DataFrame, months: pd.DatetimeIndex) -> pd.DataFrame:
    """Amounts, inputs and emissions per place and month, as in the annexes of the guidelines.

    Amounts, heat and emissions of a month are sums; an input is the mean weighted by what it
    is multiplied with: a calorific value by the amount, what is per GJ by the heat, an
    oxidation factor by the carbon. So the product of a column is its emissions, as
    appendix C asks (G = A × B × E × F × 44/12).
    After three months stands their quarter (``2024Q1``), as in appendix C of the power
    guideline: of all records that lie in it. Records that cover more than one month stand
    under ``longer``. ``whole`` is the sum or
    the weighted mean of everything in the row. The rows of a place stand together: amount,
    inputs, heat (amount × net calorific value), emissions. The last row is the sum of the
    counted emissions, to the bit that of the inventory.

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
    labels = with_quarters(months)
    keys = [*PLACE, "document", "account", "parameter", "unit"]
    account = _account_of_row(inv)
    values = used.assign(account=used["entry_row"].map(account))
    for name in keys:
        values[name] = values[name].astype("object").where(values[name].notna(), "")
    values["weight"] = _weights(values)
    values = pd.concat([values, _heat(values)], ignore_index=True)
    values["month"] = _label(values["period_start"], values["period_end"])
    amount = values["parameter"].isin(_ADDED)
    weight = np.where(amount, 1.0, values["weight"])
    values = values.assign(weight=weight, weighted=values["value"] * weight)
    by_month = _means(values, [*keys, "month"]).unstack("month")
    inside = values.assign(month=_quarter(values["period_start"], values["period_end"]))
    by_quarter = _means(inside[inside["month"] != ""], [*keys, "month"]).unstack("month")
    whole = _means(values, keys)
    table = by_month.join(by_quarter).reindex(columns=[*labels, "longer"])
    table = table.assign(whole=whole).reset_index()
    if not len(inv.ledger):
        return table
    emissions = _emissions(inv, values, keys, labels)
    total = emissions[emissions["entity"] == TOTAL]
    together = pd.concat([table, emissions[emissions["entity"] != TOTAL]], ignore_index=True)
    place = pd.MultiIndex.from_frame(together[[*PLACE, "document", "account"]])
    order = np.argsort(pd.factorize(place)[0], kind="stable")
    return pd.concat([together.take(order), total], ignore_index=True)


def _weights(values: pd.DataFrame) -> Any:
    """What each value is multiplied with, so that a mean times its weights is the sum."""
    weight = values["weight"].to_numpy(dtype=float).copy()
    given, name, unit = values["value"], values["parameter"], values["unit"].astype("str")
    row = values["entry_row"]

    def of_row(chosen: pd.Series) -> pd.Series:
        product = pd.Series(given[chosen].to_numpy() * weight[chosen.to_numpy()], row[chosen])
        return row.map(product[~product.index.duplicated()])

    heat = of_row(name == "net_calorific_value")
    per_gj = (unit.str.endswith("/GJ") & heat.notna()).to_numpy()
    weight[per_gj] = heat[per_gj]
    carbon = of_row(name == "carbon_content")
    oxidised = ((name == "oxidation_factor") & carbon.notna()).to_numpy()
    weight[oxidised] = carbon[oxidised]
    return weight


def _heat(values: pd.DataFrame) -> pd.DataFrame:
    """The heat of each fuel record in GJ, where its route uses a net calorific value."""
    burnt = values[values["parameter"] == "net_calorific_value"]
    return burnt.assign(
        parameter=HEAT, unit="GJ", value=burnt["value"] * burnt["weight"], label_zh="", label_en=""
    )


def _means(values: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Sums of amounts, weighted means of everything else; plain means where nothing weighs."""
    parts = values.groupby(keys, sort=False)
    sums = parts[["weighted", "weight", "value"]].sum()
    plain = parts["value"].mean()
    means = (sums["weighted"] / sums["weight"].where(sums["weight"] != 0)).fillna(plain)
    is_amount = sums.index.get_level_values("parameter").isin(_ADDED)
    # a value that is the same in every record is shown as it is, not as a mean of itself
    low, high = parts["value"].min(), parts["value"].max()
    found: pd.Series = means.where(low != high, low).where(~is_amount, sums["value"])
    return found


def with_quarters(months: pd.DatetimeIndex) -> list[str]:
    """The labels of months, each quarter after its last month.

    Examples
    --------
    >>> with_quarters(pd.date_range("2024-01-01", "2024-04-01", freq="MS"))
    ['2024-01', '2024-02', '2024-03', '2024Q1', '2024-04', '2024Q2']
    """
    out: list[str] = []
    for at, month in enumerate(months):
        out.append(f"{month:%Y-%m}")
        if at + 1 == len(months) or months[at + 1].quarter != month.quarter:
            out.append(f"{month.year}Q{month.quarter}")
    return out


def _quarter(start: Any, end: Any) -> pd.Series:
    """The quarter a record lies in, empty where it lies in several."""
    begin = pd.to_datetime(start).dt
    last = (pd.to_datetime(end) - pd.Timedelta(days=1)).dt
    same = (begin.year == last.year) & (begin.quarter == last.quarter)
    label: pd.Series = begin.year.astype("str") + "Q" + begin.quarter.astype("str")
    return label.where(same, "")


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
    """Exact sums of t CO2e by place, account and month, and of all that counts."""
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
    quarter = _quarter(first["period_start"], first["period_end"]).reindex(ledger.row)
    inside = where & (quarter != "").to_numpy() & quarter.notna().to_numpy()
    by_quarter = ledger.sums([*columns, quarter.to_numpy(dtype=object)], inside)
    by_quarter.index.names = by_month.index.names
    whole = ledger.sums(columns, where)
    whole.index.names = [*place, "account"]
    table = by_month.unstack("month").join(by_quarter.unstack("month"))
    table = table.reindex(columns=[*labels, "longer"]).assign(whole=whole)
    table = table.reset_index().assign(parameter=EMISSIONS, unit="t CO2e")
    shown = [*keys, *labels, "longer", "whole"]
    everything: dict[str, Any] = dict.fromkeys(keys, "") | {
        "entity": TOTAL, "parameter": COUNTED, "unit": "t CO2e",
    }  # fmt: skip
    counted = where & ledger.counted
    for names, chosen in ((month, counted), (quarter.to_numpy(dtype=object), inside & counted)):
        sums = ledger.sums([names], chosen)
        everything |= dict(zip(map(str, sums.index), sums.to_list(), strict=True))
    everything["whole"] = ledger.total(counted)
    last = pd.DataFrame([everything]).reindex(columns=shown)
    out: pd.DataFrame = pd.concat([table[shown], last], ignore_index=True)
    return out
