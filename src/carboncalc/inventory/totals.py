"""Sums of an inventory: by anything, on any basis, the four totals, and rounded reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.inventory.coded import Coded, combined
from carboncalc.inventory.exact import exact_sum
from carboncalc.inventory.ledger import BASES, GHG_PROTOCOL, OUTSIDE, Ledger
from carboncalc.inventory.placement import TOTALS
from carboncalc.inventory.potentials import CARBON_DIOXIDE, Potentials
from carboncalc.methods.rounding import RoundingPolicy, half_up
from carboncalc.provenance import GRADE_ORDER


def key_column(ledger: Ledger, name: str) -> Any:
    """One key per entry: a column of the rows, or gas, scope, year, month, period."""
    if name == "scope":
        return ledger.scope.astype(np.int32)
    if name in ledger.rows and ledger.rows[name].dtype.kind in "iu":
        return ledger.column(name)
    return key_codes(ledger, name).texts()


def key_codes(ledger: Ledger, name: str) -> Coded:
    """The same keys as codes; an empty text where a column of the rows has none."""
    if name == "gas":
        return Coded(ledger.gas, list(ledger.gases))
    if name == "scope":
        return Coded(ledger.scope, list(range(int(ledger.scope.max(initial=0)) + 1)))
    if name == "scope2_basis":
        return Coded(ledger.basis, list(BASES))
    if name == "account":
        return Coded(ledger.account, list(ledger.accounts))
    if name == "category":
        return Coded(ledger.category, list(ledger.categories))
    if name in ("month", "period"):
        return _spans(ledger, name).take(ledger.row)
    if ledger.rows[name].dtype.kind == "f":
        column = ledger.column(name)
        return Coded.of(pd.Series(np.where(np.isnan(column), "", column)))
    return ledger.entries(name).filled("")


def _spans(ledger: Ledger, name: str) -> Coded:
    """The month, or the days from start to end, of each activity row."""
    columns = [ledger.coded["period_start"], ledger.coded["period_end"]]
    numbers, firsts = combined(columns, len(ledger.rows))
    start, end = (column.take(firsts).texts() for column in columns)
    if name == "month":
        texts = [f"{day:%Y-%m}" for day in start]
    else:
        texts = [f"{s:%Y-%m-%d}/{e:%Y-%m-%d}" for s, e in zip(start, end, strict=True)]
    names = dict.fromkeys(texts)
    position = {text: code for code, text in enumerate(names)}
    return Coded(np.array([position[text] for text in texts], dtype=np.int32)[numbers], list(names))


def rounded_items(ledger: Ledger, where: Any, policy: RoundingPolicy) -> pd.Series | None:
    """Rounded sums by the policy's items; None where the policy rounds no items."""
    if policy.items is None or policy.items.decimals is None:
        return None
    sums = ledger.sums([key_codes(ledger, name) for name in policy.items.by], where)
    return pd.Series(half_up(sums.to_numpy(), policy.items.decimals), index=sums.index)


def reported_total(ledger: Ledger, where: Any, policy: RoundingPolicy) -> float:
    """The total as the rounding policy reports it; the exact sum under the policy ``none``.

    Sums of rounded items are added in decimal, so that 6.86 + 3.80 is 10.66.
    """
    items = rounded_items(ledger, where, policy)
    if items is None:
        total = ledger.total(where)
    else:
        assert policy.items is not None
        total = _decimal_sum(items, policy.items.decimals or 0)
    rule = policy.total
    if rule is None or rule.decimals is None:
        return total
    return float(half_up(np.array([total]), rule.decimals)[0])


def _decimal_sum(items: pd.Series, decimals: int) -> float:
    whole = np.rint(items.to_numpy() * 10.0**decimals).astype(object)
    return float(sum(int(v) for v in whole) / 10**decimals)


def grouped(ledger: Ledger, where: Any, by: str, policy: RoundingPolicy) -> dict[Any, float]:
    """Totals by one key, under the rounding policy."""
    keys = key_codes(ledger, by)
    if policy.items is None:
        return {_plain(k): v for k, v in ledger.sums([keys], where).items()}
    present = keys.take(where).present
    return {
        _plain(name): reported_total(ledger, where & (keys.codes == code), policy)
        for code, name in sorted(enumerate(keys.values), key=lambda entry: str(entry[1]))
        if present[code]
    }


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def four_totals(ledger: Ledger, missing_basis: dict[str, int]) -> dict[str, dict[str, Any] | None]:
    """The four totals of contract section 5, each with its gases; None where one cannot be had.

    A total that would add carbon dioxide equivalents of different GWP sets, or that has rows
    without a factor on its basis, is None with the reason in ``missing``.
    """
    counted = ledger.account == 0
    own = counted & ((ledger.basis == 0) | (ledger.basis == 1))
    generic = _method_is(ledger, lambda name: name == GHG_PROTOCOL)
    document = own & _bit(ledger, "document") & ~generic
    outside = (
        ledger.account == ledger.accounts.index(OUTSIDE)
        if OUTSIDE in ledger.accounts
        else np.zeros(len(ledger), dtype=bool)
    )
    ghgp = (counted | outside) & _bit(ledger, "ghgp")
    traded = _traded(ledger).any()
    out: dict[str, dict[str, Any] | None] = {
        "document": None if generic.any() else _total(ledger, document),
        "ets_compliance": _total(ledger, compliance_entries(ledger)) if traded else None,
    }
    for basis, code in (("location", 2), ("market", 3)):
        where = ghgp & ((ledger.basis == 0) | (ledger.basis == code))
        out[f"ghgp_{basis}"] = None if missing_basis.get(basis) else _total(ledger, where)
    return out


def compliance_entries(ledger: Ledger) -> Any:
    """The entries of the carbon market's total: what its documents count, on their own basis."""
    own = (ledger.account == 0) & ((ledger.basis == 0) | (ledger.basis == 1))
    return own & _bit(ledger, "ets") & _traded(ledger)


def _bit(ledger: Ledger, name: str) -> Any:
    return (ledger.totals & TOTALS[name]) > 0


def _traded(ledger: Ledger) -> Any:
    """Entries under a document of the carbon market."""
    return _method_is(ledger, lambda name: name.endswith("-cets"))


def _method_is(ledger: Ledger, test: Callable[[str], bool]) -> Any:
    methods = ledger.coded["method"]
    return methods.mapped([test(str(name)) for name in methods.values], False)[ledger.row]


def _total(ledger: Ledger, where: Any) -> dict[str, Any]:
    gases = [ledger.gases[code] for code in np.flatnonzero(np.bincount(ledger.gas[where]))]
    return {"co2e_t": ledger.total(where), "gases": gases}


def gwp_sets(ledger: Ledger, where: Any, potentials: Potentials) -> set[str]:
    """The GWP sets of the documents whose non-CO2 entries stand in a total.

    A gas that a document's set lacks and that takes another one, as the document says, is
    part of that document's own characterisation. A figure known only as CO2e was weighed too.
    """
    methods = ledger.coded["method"]
    found = set()
    for code in np.flatnonzero(np.bincount(ledger.gas[where])):
        gas = ledger.gases[code]
        if gas == "CO2e" or gas not in CARBON_DIOXIDE:
            here = where & (ledger.gas == code) & (ledger.co2e != 0)
            present = methods.take(ledger.row[here]).present
            used = [name for name, there in zip(methods.values, present, strict=True) if there]
            found |= {potentials.set_name(name) for name in used}
    return found


def evidence_share(ledger: Ledger, where: Any) -> dict[str, float]:
    """Share of the total's magnitude by the worst grade behind each entry; sums to 1.

    Magnitudes, because negative entries rest on evidence too.
    """
    sizes = {
        grade: exact_sum(np.abs(ledger.co2e[where & (ledger.grade == code)]))
        for code, grade in enumerate(GRADE_ORDER)
    }
    whole = sum(sizes.values())
    if whole == 0:
        return dict.fromkeys("ABCDS", 0.0)
    return {grade: sizes[grade] / whole for grade in "ABCDS"}
