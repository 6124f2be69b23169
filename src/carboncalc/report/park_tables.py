"""The figures of a footprint as tables: tenants, months, internal supply, the boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.errors import BoundaryError
from carboncalc.footprint.explain import node_label
from carboncalc.footprint.flows import TRANSFER_SOURCES
from carboncalc.inventory.exact import exact_sum
from carboncalc.inventory.totals import key_column
from carboncalc.report.inventory_tables import period_names
from carboncalc.report.table import Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.footprint.members import Members
    from carboncalc.footprint.result import Footprint

#: Kinds of own emissions that the months are stacked by, in the order of the stack.
CATEGORIES = ("stationary", "mobile", "process", "fugitive", "waste", "electricity", "heat")

#: Measures of the output table that are coefficients, not something produced or used.
_NOT_OUTPUT = {"tce_primary_coefficient"}


def totals_table(fp: Footprint, words: Words) -> Table:
    """The four totals of a footprint with their gases; internal supply is eliminated in three."""
    rows = []
    for name, value in fp.totals.items():
        gases = ", ".join(fp.gases.get(name, []))
        key = f"park_total_{name}_is" if value is not None else f"park_null_{name}"
        rows.append((words(f"total_{name}"), value, gases, words(key)))
    return table(
        "totals", words("four_totals"),
        [("total", words("total")), ("co2e_t", "t CO2e", "tonnes"), ("gases", words("gases")),
         ("remark", words("what_it_is"))],
        rows, words("four_totals_note"),
    )  # fmt: skip


def scope_table(fp: Footprint, words: Words) -> Table:
    """Totals by scope, internal supply eliminated; which scope 2 is in the total is marked."""
    by_scope = fp.by_scope()
    own = fp.statement.scope("2")
    rows = []
    for key, value in by_scope.items():
        basis = {"2_location": "ghgp_location", "2_market": "ghgp_market", "2_method": "document"}
        other = fp.statements.get(basis.get(key, ""))
        counts = key in ("1", "3") or (other is not None and other.scope("2") == own)
        mark = "" if value is None else words("yes" if counts else "no")
        rows.append((words(f"scope_{key}"), value, mark))
    return table(
        "by-scope", words("by_scope"),
        [("scope", words("scope")), ("co2e_t", "t CO2e", "tonnes"), ("counts", words("in_total"))],
        rows, words("park_scope_note"),
    )  # fmt: skip


def tenant_table(fp: Footprint, words: Words) -> Table:
    """Tenants ranked by what they are responsible for, and what stays with shared plants."""
    parts = ("scope1", "scope2", "scope3", "allocated", "passed_on")
    kept = [p for p in parts if p != "scope3" or fp.by_tenant()["scope3"].any()]
    rows = [
        (
            words("unallocated") if tenant == "(unallocated)" else f"{row['name']} ({tenant})",
            *(float(row[part]) for part in kept),
            float(row["co2e_t"]),
        )
        for tenant, row in fp.by_tenant().to_dict("index").items()
    ]
    columns: list[Any] = [("tenant", words("tenant"))]
    columns += [(part, words(f"tenant_{part}"), "tonnes") for part in kept]
    columns.append(("co2e_t", words("total"), "tonnes"))
    return table("tenants", words("tenants"), columns, rows, words("tenants_note"))


def entity_table(fp: Footprint, words: Words) -> Table:
    """Every member: what it emits, is charged, passes on, and is responsible for."""
    columns = ("scope1", "scope2_external", "scope2_internal", "scope3", "allocated", "passed_on",
               "co2e_t")  # fmt: skip
    heads: list[Any] = [("entity", words("entity")), ("kind", words("kind")),
                        ("weight", words("weight"), "number")]  # fmt: skip
    heads += [(c, words(f"member_{c}"), "tonnes") for c in columns]
    rows = [
        (f"{row['name']} ({entity})", words(f"kind_{row['kind']}"), float(row["weight"]),
         *(float(row[c]) for c in columns))
        for entity, row in fp.by_entity().to_dict("index").items()
    ]  # fmt: skip
    return table("members", words("members"), heads, rows, words("members_note"))


def own_entries(fp: Footprint) -> Any:
    """Which entries of the inventory's ledger are the members' own: no internal transfer.

    What a member takes from another is charged by the internal factor instead, and is not
    among its lines.
    """
    ledger = fp.inventory.ledger
    rows = ledger.rows
    inside = np.asarray(fp.members.belonging(rows["entity"], rows["period_start"]), dtype=bool)
    keep = inside & ~internal_rows(rows, fp.members)
    return ledger.counted & keep[ledger.row]


def internal_rows(rows: pd.DataFrame, members: Members) -> Any:
    """Which activity rows are energy that a member takes from or gives to another member."""
    given = rows["counterparty"] if "counterparty" in rows else pd.Series([None] * len(rows))
    internal = rows["source"].isin(list(TRANSFER_SOURCES)) & members.belonging(
        given, rows["period_start"]
    )
    return np.asarray(internal, dtype=bool)


def month_table(fp: Footprint, words: Words) -> Table:
    """The footprint by month and kind of emission; sales of energy count negative."""
    ledger = fp.inventory.ledger
    where = own_entries(fp)
    names = period_names(ledger.rows["period_start"], ledger.rows["period_end"])
    kinds = _categories(fp)
    entity = key_column(ledger, "entity")
    weights = {name: float(weight.weight) for name, weight in fp.weights.items()}
    sums = ledger.sums([names[ledger.row], kinds, entity], where)
    cells: dict[str, dict[str, float]] = {}
    for (period, kind, name), value in sums.items():
        month = cells.setdefault(str(period), {})
        month[str(kind)] = month.get(str(kind), 0.0) + float(value) * weights.get(str(name), 1.0)
    held = [c for c in CATEGORIES if any(c in month for month in cells.values())]
    held += sorted({c for month in cells.values() for c in month} - set(held))
    rows = [
        (period, *(month.get(kind) for kind in held), exact_sum(list(month.values())))
        for period, month in sorted(cells.items())
    ]
    rest = fp.co2e_t - exact_sum([row[-1] for row in rows])
    note = words("months_note")
    if abs(rest) > 1e-6 * max(abs(fp.co2e_t), 1.0):
        note = words("months_rest", rest=f"{rest:,.2f}") + note
    columns: list[Any] = [("period", words("period"))]
    columns += [(kind, words.either(f"category_{kind}", kind), "tonnes") for kind in held]
    columns.append(("co2e_t", words("total"), "tonnes"))
    return table("by-month", words("by_month"), columns, rows, note)


def _categories(fp: Footprint) -> Any:
    """The category of each ledger entry, from the source of its slot."""
    resolutions = fp.inventory.resolutions
    by_slot = np.array([slot.source.category for slot in resolutions.slots] or [""], dtype=object)
    return by_slot[resolutions.slot[fp.inventory.ledger.resolution]]


def supply_table(fp: Footprint, words: Words) -> Table:
    """Internal factors: what a shared plant emitted, supplied, and the factor that follows."""
    rows = []
    for row in fp.internal_factors().to_dict("records"):
        main, sub = row.get("main_meter"), row.get("reconciliation_factor")
        rows.append(
            (
                node_label(row["supplier"], fp.members, words.lang),
                words.name("item", row["carrier"]), str(row["year"]), row["own_t"], row["taken_t"],
                row["supplied"], row["outside"], row["factor"], f"t CO2e/{row['unit']}",
                words.either(f"factor_{row['method']}", str(row["method"])),
                None if pd.isna(main) else main, None if pd.isna(sub) else sub,
            )
        )  # fmt: skip
    columns: list[Any] = [
        ("supplier", words("supplier")), ("carrier", words("carrier")),
        ("year", words("year")), ("own_t", words("emitted"), "tonnes"),
        ("taken_t", words("taken_inside"), "tonnes"),
        ("supplied", words("supplied"), "number"), ("outside", words("sold_outside"), "number"),
        ("factor", words("internal_factor"), "number"), ("unit", words("unit")),
        ("method", words("rule")), ("main_meter", words("main_meter"), "number"),
        ("reconciliation", words("reconciliation"), "number"),
    ]  # fmt: skip
    return table("supplies", words("supplies"), columns, rows, words("supplies_note"))


def transfer_table(fp: Footprint, words: Words) -> Table:
    """Both sides of each internal transfer, and whether they agree."""
    rows = [
        (
            node_label(row["seller"], fp.members, words.lang),
            node_label(row["buyer"], fp.members, words.lang),
            words.name("item", row["carrier"]), str(row["year"]), row["bought"],
            None if pd.isna(row["sold"]) else row["sold"], row["unit"],
            words(f"transfer_{str(row['status']).replace(' ', '_')}"),
        )
        for row in fp.transfers().to_dict("records")
    ]  # fmt: skip
    columns: list[Any] = [
        ("seller", words("seller")), ("buyer", words("buyer")), ("carrier", words("carrier")),
        ("year", words("year")), ("bought", words("bought"), "number"),
        ("sold", words("sold"), "number"), ("unit", words("unit")), ("status", words("status")),
    ]  # fmt: skip
    return table("transfers", words("transfers"), columns, rows, words("transfers_note"))


def unallocated_table(fp: Footprint, words: Words) -> Table:
    """What stays with the shared plants, by plant and service."""
    rows = [
        (
            node_label(row["entity"], fp.members, words.lang),
            words.either(f"service_{row['service']}", words.name("item", row["service"])),
            row["co2e_t"],
        )
        for row in fp.unallocated().to_dict("records")
    ]
    return table(
        "unallocated", words("unallocated"),
        [("entity", words("entity")), ("service", words("service")),
         ("co2e_t", "t CO2e", "tonnes")],
        rows, words("unallocated_note"),
    )  # fmt: skip


def excluded_table(fp: Footprint, words: Words) -> Table:
    """What the boundary leaves out."""
    rows = [
        (node_label(row["entity"], fp.members, words.lang), row["excluded_share"],
         str(row["category"] or ""), row["co2e_t"])
        for row in fp.excluded().to_dict("records")
    ]  # fmt: skip
    return table(
        "excluded", words("excluded"),
        [("entity", words("entity")), ("share", words("share"), "share"),
         ("category", words("scope3_category")), ("co2e_t", "t CO2e", "tonnes")],
        rows,
    )  # fmt: skip


def intensity_table(fp: Footprint, words: Words) -> Table:
    """Emissions per unit of every measure that members report."""
    outputs = getattr(fp.inventory.activity, "outputs", None)
    measures = [] if outputs is None else sorted(set(outputs["measure"].dropna()) - _NOT_OUTPUT)
    rows: list[tuple[Any, ...]] = []
    for measure in measures:
        try:
            found = fp.intensity(str(measure)).to_dict("records")[0]
        except BoundaryError as error:
            rows.append((str(measure), None, "", None, "", None, error.text(words.lang)))
            continue
        label = words.either(f"measure_{measure}", words.name("item", measure))
        rows.append((
            label, found["amount"], found["unit"], found["intensity"], found["intensity_unit"],
            found["coverage"], str(found["statistic"] or ""),
        ))  # fmt: skip
    columns: list[Any] = [
        ("measure", words("measure")), ("amount", words("amount"), "number"),
        ("unit", words("unit")), ("intensity", words("intensity"), "number"),
        ("per", words("unit")), ("coverage", words("covered"), "share"),
        ("statistic", words("remark")),
    ]  # fmt: skip
    return table("intensity", words("intensities"), columns, rows, words("intensities_note"))
