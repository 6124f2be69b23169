"""Supplementary data tables (补充数据表): by unit or facility, by process, and what was made.

Counted emissions by place add up to the inventory's own totals, to the bit. Figures of a
process (工序) that a document asks for stand in a column beside them and are never added:
what one process hands to the next would count twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.ledger import COUNTED, Ledger
from carboncalc.inventory.totals import compliance_entries, key_column
from carboncalc.inventory.verification.used import PLACE

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: The account of figures of single processes.
PROCESS = "process"
#: What the last row of a table says in its first column.
TOTAL = "(total)"


def by_place(inv: Inventory, keys: tuple[str, ...]) -> pd.DataFrame:
    """Emissions by entity and facility, or entity and process, with a last row of totals.

    Columns: the keys; ``co2e_t`` (counted, on the chosen scope 2 basis); ``ets_compliance_t``
    if a market document is in the run; one ``memo_<account>_t`` per memo account. The total
    of ``memo_process_t`` is left empty: it is no sum of the enterprise.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.examples.minimal()
    >>> table = by_place(inv, ("entity", "facility"))
    >>> bool(table.co2e_t.iloc[-1] == inv.lines.co2e_t.pipe(cc.exact_sum))
    True
    """
    ledger = inv.ledger
    columns = [key_column(ledger, key) for key in keys]
    masks: dict[str, Any] = {"co2e_t": ledger.counted}
    if inv.totals["ets_compliance"] is not None:
        masks["ets_compliance_t"] = compliance_entries(ledger)
    for code, account in enumerate(ledger.accounts):
        where = ledger.primary & (ledger.account == code)
        if code and where.any():
            masks[f"memo_{account}_t"] = where
    parts = {name: ledger.sums(columns, where) for name, where in masks.items()}
    table = pd.DataFrame(parts)
    table.index.names = list(keys)
    totals = {
        name: np.nan if name == f"memo_{PROCESS}_t" else ledger.total(where)
        for name, where in masks.items()
    }
    table = table.reset_index()
    last = pd.DataFrame([{keys[0]: TOTAL, **dict.fromkeys(keys[1:], ""), **totals}])
    return pd.concat([table, last], ignore_index=True) if len(table) else last


def detail(inv: Inventory, used: pd.DataFrame) -> pd.DataFrame:
    """Quantity, heat and emissions per place, document, source, item and account.

    ``amount`` is in ``unit`` (places that mix units are told apart by it), ``heat_gj`` the
    amount × net calorific value where the route uses one, ``co2e_t`` exact sums. The
    counted rows add up to the inventory's total.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.used import used_values
    >>> inv = cc.examples.minimal()
    >>> table = detail(inv, used_values(inv))
    >>> table[["source", "amount", "unit"]].values.tolist()[0]
    ['fossil_combustion', 5.5, 't']
    """
    ledger = inv.ledger
    keys = [*PLACE, "document", "account", "unit"]
    if not len(ledger):
        return pd.DataFrame(columns=[*keys, "amount", "heat_gj", "co2e_t"])
    rows = _per_row(used)
    of_row = {row: position for position, row in enumerate(rows["entry_row"].tolist())}
    position = np.array([of_row.get(row, -1) for row in ledger.row.tolist()])
    names = [rows[name].to_numpy(dtype=object)[position] for name in (*PLACE, "document", "unit")]
    columns = [np.where(pd.isna(name), "", name) for name in names]
    columns.insert(6, key_column(ledger, "account"))
    where = ledger.primary & (position >= 0)
    emissions = ledger.sums(columns, where)
    emissions.index.names = keys
    once = _first_of_row(ledger, where)
    index = pd.MultiIndex.from_arrays([column[once] for column in columns], names=keys)
    quantities = pd.DataFrame(
        {
            "amount": rows["value"].to_numpy()[position[once]],
            "heat_gj": rows["heat_gj"].to_numpy()[position[once]],
        },
        index=index,
    )
    sums = quantities.groupby(level=keys, sort=True).sum(min_count=1)
    return sums.join(emissions.rename("co2e_t"), how="right").reset_index()


def _per_row(used: pd.DataFrame) -> pd.DataFrame:
    """The amount of each activity row, and its heat in GJ where a calorific value was used."""
    amounts = used[used["parameter"] == "amount"].reset_index(drop=True)
    heat = used[used["parameter"] == "net_calorific_value"].drop_duplicates("entry_row")
    gj = (heat["weight"] * heat["value"]).set_axis(heat["entry_row"])
    found = amounts["entry_row"].map(gj)
    direct = amounts["unit"].isin(["GJ"])
    return amounts.assign(heat_gj=found.where(found.notna(), amounts["value"].where(direct)))


def _first_of_row(ledger: Any, where: Any) -> Any:
    """The first entry of each activity row and account: amounts are counted once per gas set."""
    chosen = np.flatnonzero(where)
    pairs = pd.DataFrame({"row": ledger.row[chosen], "account": ledger.account[chosen]})
    return chosen[~pairs.duplicated().to_numpy()]


def outputs_table(inv: Inventory) -> pd.DataFrame:
    """What was produced, by place and year, beside the counted emissions of the same place.

    A row without facility and process stands beside the whole entity, one with a facility
    beside that facility, one with a process beside the counted lines of that process.
    ``intensity`` is t CO2e per unit of output. It is missing where nothing counted stands at
    that place. Where a document asks for figures of single processes (工序), the process's own
    figure follows in a row with ``account`` ``process``: it is never part of a counted one.

    Examples
    --------
    >>> import carboncalc as cc
    >>> table = cc.read_activity([{"entity": "P", "period": "2023", "method": "other-industry",
    ...     "source": "purchased_electricity", "item": "electricity", "amount": 100,
    ...     "unit": "MWh"}], outputs=[{"entity": "P", "period": "2023", "measure": "clinker",
    ...     "amount": 1000, "unit": "t"}])
    >>> outputs_table(cc.compute(table)).intensity.round(5).tolist()
    [0.05306]
    """
    columns = [
        "entity", "facility", "process", "year", "measure", "statistic", "amount", "unit",
        "account", "co2e_t", "intensity", "intensity_unit",
    ]  # fmt: skip
    outputs = getattr(inv.activity, "outputs", None)
    if outputs is None or not len(outputs):
        return pd.DataFrame(columns=columns)
    made = outputs.copy()
    for name in ("facility", "process", "statistic"):
        given = made[name] if name in made else pd.Series([None] * len(made))
        made[name] = given.astype("object").where(given.notna(), "")
    made["year"] = pd.to_datetime(made["period_start"]).dt.year
    keys = ["entity", "facility", "process", "year", "measure", "statistic", "unit"]
    table = made.groupby(keys, sort=True)["amount"].sum().reset_index()
    ledger = inv.ledger
    known = {name: key_column(ledger, name) for name in keys[:4]}
    own = ledger.primary & (key_column(ledger, "account") == PROCESS)
    places = table[keys[:4]].to_numpy().tolist()
    counted = [_at(ledger, ledger.counted, known, place) for place in places]
    single = [_at(ledger, own, known, place) if place[2] else np.nan for place in places]
    table = pd.concat(
        [
            table.assign(account=COUNTED, co2e_t=counted, order=range(len(table))),
            table.assign(account=PROCESS, co2e_t=single, order=range(len(table))),
        ]
    )
    kept = (table["account"] == COUNTED) | table["co2e_t"].notna()
    table = table[kept].sort_values(["order", "account"], kind="stable", ignore_index=True)
    amounts = table["amount"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["intensity"] = np.where(amounts > 0, table["co2e_t"] / amounts, np.nan)
    table["intensity_unit"] = "t CO2e/" + table["unit"].astype("str")
    out: pd.DataFrame = table[columns]
    return out


def _at(ledger: Ledger, where: Any, known: dict[str, Any], place: list[Any]) -> float:
    """Emissions at a place and year; nan where none stand there."""
    for name, value in zip(known, place, strict=True):
        where = where & (known[name] == value) if value != "" else where
    return ledger.total(where) if where.any() else np.nan
