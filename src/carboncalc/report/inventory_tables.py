"""The figures of an inventory as tables: totals, and the total taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.exact import exact_sum
from carboncalc.inventory.totals import key_column
from carboncalc.report.table import Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Rows of a table on a page; what follows is one row of the rest, so that the sum closes.
MOST_ROWS = 60


def total_or_reason(inv: Inventory, words: Words) -> tuple[float | None, str]:
    """The total in t CO2e, or None and why there is none."""
    try:
        return inv.co2e_t, ""
    except CarbonCalcError as error:
        return None, error.text(words.lang)


def headline_table(inv: Inventory, total: float | None, refused: str, words: Words) -> Table:
    """The total with its basis, and the exact total where rounding makes it another."""
    rows: list[tuple[Any, ...]] = [(words("headline"), total, "t CO2e", refused)]
    if total is not None and inv.rounding_residual_t:
        rows.append((words("exact_total"), total - inv.rounding_residual_t, "t CO2e", ""))
    rows.append((words("policy_scope2"), None, "", words(f"basis_{inv.policy.scope2}")))
    rows.append((words("run_digest"), None, "", inv.run.digest))
    return table(
        "headline", words("key_figures"),
        [("what", words("what")), ("value", words("value"), "number"), ("unit", words("unit")),
         ("remark", words("remark"))],
        rows,
    )  # fmt: skip


def totals_table(inv: Inventory, words: Words) -> Table:
    """The four totals, each with its gases, or with the reason why it cannot be had."""
    rows = []
    for name, found in inv.totals_with_gases.items():
        gases = ", ".join(found["gases"]) if found else ""
        remark = words(f"total_{name}_is") if found else null_reason(inv, name, words)
        rows.append(
            (words(f"total_{name}"), None if found is None else found["co2e_t"], gases, remark)
        )
    return table(
        "totals", words("four_totals"),
        [("total", words("total")), ("co2e_t", "t CO2e", "tonnes"), ("gases", words("gases")),
         ("remark", words("what_it_is"))],
        rows, words("four_totals_note"),
    )  # fmt: skip


def null_reason(inv: Inventory, name: str, words: Words) -> str:
    """Why one of the four totals is null."""
    if name == "document":
        return words("null_document")
    if name == "ets_compliance":
        return words("null_ets")
    basis = name.removeprefix("ghgp_")
    return words("null_ghgp", count=f"{inv.missing_basis.get(basis, 0):,}")


def scope_table(inv: Inventory, words: Words) -> Table:
    """Totals by scope; scope 2 on every basis, with what is in the total marked."""
    chosen = _bases_in_total(inv)
    rows = []
    for key, value in inv.by_scope().items():
        scope, _, basis = key.partition("_")
        counts = scope != "2" or basis in chosen
        mark = "" if value is None else words("yes") if counts else words("no")
        remark = ""
        if value is None:
            remark = _null_scope2(inv, basis, words) if scope == "2" else words("null_scope3")
        rows.append((words(f"scope_{key}"), value, mark, remark))
    return table(
        "by-scope", words("by_scope"),
        [("scope", words("scope")), ("co2e_t", "t CO2e", "tonnes"),
         ("counts", words("in_total")), ("remark", words("remark"))],
        rows, words("by_scope_note", bases=" / ".join(words(f"basis_{b}") for b in chosen)),
    )  # fmt: skip


def _null_scope2(inv: Inventory, basis: str, words: Words) -> str:
    lacking = inv.missing_basis.get(basis, 0)
    return words("null_ghgp", count=f"{lacking:,}") if lacking else words("null_scope2")


def _bases_in_total(inv: Inventory) -> list[str]:
    """The scope 2 bases that stand in the total: under ``method`` each document's own."""
    ledger = inv.ledger
    found = np.unique(key_column(ledger, "scope2_basis")[ledger.counted & (ledger.basis > 0)])
    return [str(basis) for basis in found] or [inv.policy.scope2]


def group_table(inv: Inventory, key: str, words: Words, most: int = MOST_ROWS) -> Table:
    """The total by source, entity, item or gas, largest first, with each part's share."""
    parts: dict[Any, float] = getattr(inv, f"by_{key}")()
    order = sorted(parts, key=lambda name: (-abs(parts[name]), str(name)))
    whole = sum(abs(v) for v in parts.values())
    columns: list[Any] = [(key, words(key)), ("co2e_t", "t CO2e", "tonnes"),
                          ("share", words("share_of_magnitudes"), "share")]  # fmt: skip
    masses = _masses(inv) if key == "gas" else {}
    if masses:
        columns.append(("mass_t", words("mass_t"), "tonnes"))
    names = entity_names(inv) if key == "entity" else {}

    def row(name: Any, label: str, value: float) -> tuple[Any, ...]:
        cells = (label, value, abs(value) / whole if whole else None)
        return (*cells, masses.get(name)) if masses else cells

    def label(name: Any) -> str:
        if key == "entity":
            return names.get(str(name), str(name))
        said = words.name(key, name)
        return said if said == str(name) or key != "gas" else f"{said} {name}"

    rows = [row(name, label(name), parts[name]) for name in order[:most]]
    rest = order[most:]
    if rest:
        value = exact_sum([parts[name] for name in rest])
        rows.append(row(None, words("the_rest", count=f"{len(rest):,}"), value))
    return table(f"by-{key}", words(f"by_{key}"), columns, rows, words.either(f"by_{key}_note", ""))


def _masses(inv: Inventory) -> dict[str, float]:
    ledger = inv.ledger
    sums = ledger.sums([key_column(ledger, "gas")], ledger.counted, ledger.mass)
    return {str(gas): float(value) for gas, value in sums.items()}


def entity_names(inv: Inventory) -> dict[str, str]:
    """The display name of each entity that has one: ``name (id)``."""
    entities = getattr(inv.activity, "entities", None)
    if entities is None:
        return {}
    return {e.id: f"{e.name} ({e.id})" for e in entities.entities if e.name and e.name != e.id}


def period_table(inv: Inventory, words: Words) -> Table:
    """The total by month and scope; longer periods stand under their own name, undivided."""
    ledger = inv.ledger
    names = period_names(ledger.rows["period_start"], ledger.rows["period_end"])
    sums = ledger.sums([names[ledger.row], key_column(ledger, "scope")], ledger.counted)
    frame = sums.unstack() if len(sums) else pd.DataFrame()
    scopes = [scope for scope in (1, 2, 3) if scope in frame.columns]
    rows = [
        (name, *(None if pd.isna(v) else float(v) for v in frame.loc[name, scopes]),
         float(exact_sum(frame.loc[name].dropna())))
        for name in frame.index
    ]  # fmt: skip
    columns: list[Any] = [("period", words("period"))]
    columns += [(str(s), words(f"scope_{s}_short"), "tonnes") for s in scopes]
    columns += [("co2e_t", words("total"), "tonnes")]
    long = [name for name in frame.index if not _is_month(str(name))]
    note = words("by_month_note") if long else ""
    return table("by-month", words("by_month"), columns, rows, note)


def period_names(start: pd.Series, end: pd.Series) -> Any:
    """A name per row: the month that holds the period, else the year, quarter or days.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-01-01", "2024-03-05"]))
    >>> ends = pd.to_datetime(pd.Series(["2025-01-01", "2024-04-01"]))
    >>> period_names(days, ends).tolist()
    ['2024', '2024-03']
    """
    first = pd.to_datetime(start).reset_index(drop=True)
    stop = pd.to_datetime(end).reset_index(drop=True)
    last = stop - pd.Timedelta(days=1)
    names = first.dt.strftime("%Y-%m-%d") + "/" + stop.dt.strftime("%Y-%m-%d")
    opens = first.dt.day == 1
    closes = stop.dt.day == 1
    months = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month + 1
    year = opens & closes & (months == 12) & (first.dt.month == 1)
    quarter = opens & closes & (months == 3) & (first.dt.month % 3 == 1)
    names = names.mask(year, first.dt.strftime("%Y"))
    names = names.mask(
        quarter, first.dt.strftime("%Y") + "Q" + first.dt.quarter.astype("Int64").astype("str")
    )
    return names.mask(months == 1, first.dt.strftime("%Y-%m")).to_numpy(dtype=object)


def _is_month(name: str) -> bool:
    return len(name) == 7 and name[4] == "-"


def memo_table(inv: Inventory, words: Words) -> Table:
    """What does not count, by account, with the reason."""
    ledger = inv.ledger
    held = {ledger.accounts[code] for code in np.unique(ledger.account[ledger.primary])}
    rows = []
    for key, value in inv.memo_totals().items():
        account = "biogenic" if key == "biogenic_co2_t" else key.removesuffix("_t")
        if account not in held:
            continue
        unit = "t CO2" if account == "biogenic" else "t CO2e"
        label = words.either(f"account_{account}", account)
        rows.append((label, value, unit, words.either(f"account_{account}_is", "")))
    return table(
        "memo", words("memo"),
        [("account", words("account")), ("amount", words("amount"), "tonnes"),
         ("unit", words("unit")), ("remark", words("why_not_counted"))],
        rows, words("memo_note"),
    )  # fmt: skip
