"""Purchases and stocks folded into net consumption, and every row that stands behind it.

Net consumption = opening stock + purchases − closing stock − sold out (contract section 1).
A balance is one record made of several rows, so what they say must agree: a value that only
one of them gives holds for the balance, two different ones refuse it. A balance that is
refused is refused with all its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue, IssueLog, UnitError
from carboncalc.inventory.coded import Coded, combined

#: Sign of each record kind in the stock balance.
STOCK_SIGNS = {"purchase": 1.0, "opening_stock": 1.0, "closing_stock": -1.0, "sold_out": -1.0}

#: What makes records of purchases and stocks belong together.
STOCK_KEY = [
    "entity", "facility", "process", "period", "source", "item", "method", "region",
    "technology", "instrument", "counterparty",
]  # fmt: skip

#: What tells the rows of a balance apart, or stands beside the figure without entering it.
_OF_THE_ROW = frozenset({
    *STOCK_KEY, "record_kind", "amount", "unit", "period_start", "period_end", "row", "sheet",
    "file", "meter", "evidence_type", "evidence_no", "note", "certificate_id", "data_quality",
    "uncertainty_pct", "check_amount", "check_source", "amount_reported", "check_difference",
    "sector",
})  # fmt: skip


def balance_of(rows: pd.DataFrame) -> Any:
    """The number of the balance each row belongs to; -1 for rows that are no part of one."""
    kind = rows["record_kind"].fillna("consumption")
    stocked = kind.isin(list(STOCK_SIGNS)).to_numpy(dtype=bool)
    if not stocked.any():
        return np.full(len(rows), -1)
    keys = [Coded.of(rows[name]) for name in STOCK_KEY if name in rows]
    group, _ = combined(keys, len(rows))
    return np.where(np.isin(group, group[stocked]), group, -1)


def fold_stocks(rows: pd.DataFrame, log: IssueLog) -> pd.DataFrame:
    """Net consumption from purchase and stock records; other rows pass unchanged.

    A consumption row beside the stock records of the same key must agree with them within
    0.5 %; the stock balance is then the record and the other row is dropped as a check.
    Amounts are converted to the unit of the first record. ``folded_rows`` of the new record
    writes the balance out with its rows. Refused, each with an issue: a stated consumption
    that differs (I-012), a negative balance (I-013), values that differ between the rows of
    one balance (I-047), units that do not convert.

    Examples
    --------
    >>> from carboncalc.inventory.prepare import with_defaults
    >>> rows = with_defaults(pd.DataFrame({"entity": "P", "period": "2024", "source": "s",
    ...     "item": "coke", "amount": [10.0, 90.0, 20.0], "unit": "t",
    ...     "record_kind": ["opening_stock", "purchase", "closing_stock"]}), {})
    >>> folded = fold_stocks(rows, IssueLog())
    >>> float(folded.amount.iloc[0]), folded.folded_rows.iloc[0]
    (80.0, 'opening_stock 10 (row 2) + purchase 90 (row 3) - closing_stock 20 (row 4)')
    """
    group = balance_of(rows)
    if not (group >= 0).any():
        return rows
    inside = group >= 0
    kind = rows["record_kind"].fillna("consumption")
    part = rows[inside].assign(_group=group[inside], _kind=kind[inside])
    first = part.groupby("_group", sort=False).head(1).set_index("_group")
    refused: set[int] = set()
    amount = _in_unit_of(part, part["_group"].map(first["unit"]), log, refused)
    signed = amount * part["_kind"].map(STOCK_SIGNS)
    # A fixed order of addition: the balance may not depend on the order of the sheet.
    order = np.lexsort((amount.to_numpy(), part["_kind"].to_numpy(dtype=str)))
    balance = signed.iloc[order].groupby(part["_group"].iloc[order]).sum()
    stated = amount[part["_kind"] == "consumption"].groupby(part["_group"]).sum()
    out = first.assign(
        amount=balance.reindex(first.index),
        record_kind="consumption",
        folded_rows=_written_out(part, amount, signed).reindex(first.index),
    )
    out = _agreed_values(out, part, log, refused)
    _check_balances(out, stated, log, refused)
    good = out[~out.index.isin(list(refused))].drop(columns="_kind")
    both: pd.DataFrame = pd.concat([rows[~inside], good], ignore_index=True)
    return both.sort_values("row", kind="stable")


def _written_out(part: pd.DataFrame, amount: pd.Series, signed: pd.Series) -> pd.Series:
    """The balance as it is struck, with the row of each amount."""
    sheets = part["sheet"].astype("object").where(part["sheet"].notna(), "").tolist()
    several = len(set(sheets)) > 1
    texts = []
    for kind, value, effect, sheet, row in zip(
        part["_kind"].tolist(), amount.tolist(), signed.tolist(), sheets, part["row"].tolist(),
        strict=True,
    ):  # fmt: skip
        sign = "=" if kind == "consumption" else "-" if effect < 0 else "+"
        place = f"sheet {sheet} row {row}" if several else f"row {row}"
        texts.append(f"{sign} {kind} {value:.15g} ({place})")
    text = pd.Series(texts, part.index, dtype="str")
    order = part["_kind"].map([*_ORDER].index).sort_values(kind="stable").index
    joined: pd.Series = text.loc[order].groupby(part["_group"].loc[order]).agg(" ".join)
    return joined.str.removeprefix("+ ")


_ORDER = ("opening_stock", "purchase", "closing_stock", "sold_out", "consumption")


def _agreed_values(
    out: pd.DataFrame, part: pd.DataFrame, log: IssueLog, refused: set[int]
) -> pd.DataFrame:
    """Give each balance the values that its rows give, where they agree."""
    for name in part.columns:
        told = str(name).endswith("_unit") and str(name).removesuffix("_unit") in part
        if name in _OF_THE_ROW or str(name).startswith("_") or told:
            continue
        value = part[name]
        if f"{name}_unit" in part:
            spelled = part[f"{name}_unit"].fillna("").astype("str")
            value = value.astype("object").where(value.isna(), value.astype("str") + " " + spelled)
        by_group = value.groupby(part["_group"])
        differing = by_group.nunique()
        for group in differing.index[differing > 1]:
            given = ", ".join(dict.fromkeys(map(str, value[part["_group"] == group].dropna())))
            _note(log, "I-047", {"parameter": name, "values": given}, out.loc[group], str(name))
            refused.add(int(group))
        for column in (name, f"{name}_unit"):
            if column in out and part[column].notna().any():
                # the unit of a value stands in its row, so the first of each belong together
                said = part[column].where(part[name].notna()).groupby(part["_group"]).first()
                out[column] = out[column].fillna(said)
    return out


def _check_balances(out: pd.DataFrame, stated: pd.Series, log: IssueLog, refused: set[int]) -> None:
    for group in out.index[out["amount"] < 0]:
        if group in refused:
            continue
        record = out.loc[group]
        params = {"item": record["item"], "amount": float(record["amount"])}
        _note(log, "I-013", params, record, "amount")
        refused.add(int(group))
    balances = out["amount"].reindex(stated.index)
    for group, balance, value in zip(stated.index, balances.tolist(), stated.tolist(), strict=True):
        if group in refused or abs(balance - value) <= 0.005 * max(abs(balance), abs(value)):
            continue
        record = out.loc[group]
        params = {"item": record["item"], "stated": value, "balance": balance}
        _note(log, "I-012", params, record, "amount")
        refused.add(int(group))


def _note(log: IssueLog, code: str, params: dict[str, Any], record: pd.Series, column: str) -> None:
    log.add(
        code, params, file=record["file"], sheet=record["sheet"], row=int(record["row"]),
        column=column,
    )  # fmt: skip


def _in_unit_of(
    rows: pd.DataFrame, target: pd.Series, log: IssueLog, refused: set[int]
) -> pd.Series:
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
            for position in np.flatnonzero(here):
                _note(log, error.code, error.params, rows.iloc[int(position)], "unit")
            refused.update(rows["_group"][here].tolist())
            out[here] = np.nan
            continue
        out[here] = out[here] * multiply / divide
    return pd.Series(out, index=rows.index)


def with_partners(
    rows: pd.DataFrame, first: Mapping[tuple[Any, Any], Issue]
) -> dict[tuple[Any, Any], Issue]:
    """Issues by (sheet, row), with those of a balance holding for every row of the balance.

    Parameters
    ----------
    rows
        The rows before folding.
    first
        The first issue of each place.
    """
    group = balance_of(rows)
    out = dict(first)
    if not (group >= 0).any():
        return out
    sheets = [None if pd.isna(sheet) else sheet for sheet in rows["sheet"].tolist()]
    places = list(zip(sheets, rows["row"].tolist(), strict=True))
    of_group: dict[int, Issue] = {}
    for place, number in zip(places, group.tolist(), strict=True):
        if number >= 0 and place in first:
            of_group.setdefault(number, first[place])
    for place, number in zip(places, group.tolist(), strict=True):
        if number in of_group:
            out.setdefault(place, of_group[number])
    return out
