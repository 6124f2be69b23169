"""What has to be said about figures that stand: old editions, defaults, instruments, holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue
from carboncalc.inventory.fill import GWP_SETS
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.slots import Cells, Slot, SlotKey
from carboncalc.methods.catalogue import load_method
from carboncalc.vocabulary import items, names


def findings_of(
    ledger: Ledger, resolutions: Resolutions, plan: Plan, potentials: Potentials, today: date
) -> list[Issue]:
    """One finding per code, document, source and item, with the first row it concerns.

    ``params["count"]`` says how many activity rows it concerns.
    """
    chosen = np.flatnonzero(ledger.primary)
    used, first = np.unique(ledger.resolution[chosen], return_index=True)
    counts = np.bincount(ledger.resolution[chosen], minlength=len(resolutions))
    found: dict[tuple[str, str, str, str], Issue] = {}
    for index, position in zip(used.tolist(), chosen[first].tolist(), strict=True):
        key = resolutions.slots[int(resolutions.slot[index])].key
        for code, column in _codes(index, resolutions, plan):
            # What an edition says of itself concerns the document, not each of its sources.
            whole = column == "period"
            name = (code, key.method, "" if whole else key.source, "" if whole else key.item)
            held = found.get(name)
            count = int(counts[index]) + (held.params["count"] if held else 0)
            row = ledger.rows.iloc[int(ledger.row[position])] if held is None else None
            found[name] = _issue(code, column, key, count, row, held)
    out = list(found.values())
    for method in dict.fromkeys(ledger.rows["method"].take(np.unique(ledger.row[chosen]))):
        params = {"method": method, "document": method, "count": 0}
        codes = load_method(method).notes(today)
        out += [Issue(code, params, severity="finding") for code in codes]
    out += _filled_potentials(ledger, potentials)
    return out


def _issue(code: str, column: str, key: Any, count: int, row: Any, held: Issue | None) -> Issue:
    params = {
        "method": key.method, "source": key.source, "item": key.item, "count": count,
        "document": key.method, "gwp_set": key.gwp_set,
    }  # fmt: skip
    if held is not None:
        return Issue(code, params, held.file, held.sheet, held.row, held.column, "finding")
    file, sheet = (None if pd.isna(value) else value for value in (row["file"], row["sheet"]))
    return Issue(code, params, file, sheet, int(row["row"]), column, "finding")


def _codes(index: int, resolutions: Resolutions, plan: Plan) -> Iterator[tuple[str, str]]:
    cells, given = resolutions.cells(index)
    slot = resolutions.slots[int(resolutions.slot[index])]
    region, year = int(resolutions.region[index]), int(resolutions.year[index])
    named = plan.context.policy.edition is not None
    for code in cells.edition.codes(plan.context.years[year], named):
        yield code, "period"
    basis = slot.source.bases.get(slot.key.basis)
    if basis is not None and basis.input_name not in given:
        instrument = basis.instruments.get(slot.key.instrument)
        for code in instrument.findings(slot.key.certified) if instrument is not None else ():
            yield code, "instrument"
    spot = (region, year - cells.years.start)
    if _set_unknown(cells, given, slot.key, spot, plan):
        yield "M-203", "gwp_set"
    if _heat_of_a_gas(slot, cells):
        yield "M-204", "unit"
    for name, filled in cells.inputs.items():
        if name in given:
            continue
        query = int(filled.query[spot])
        finding = filled.queries[query].finding if query >= 0 else None
        if finding:
            yield finding, name
        if name in _unstated(cells, given, spot):
            yield "M-031", name
        if cells.route.inputs[name].absent == "note" and np.isnan(filled.value[spot]):
            yield "I-046", name


def _heat_of_a_gas(slot: Slot, cells: Cells) -> bool:
    """Whether a gaseous fuel is given as heat: bills are often on the gross value."""
    unit = cells.route.inputs["amount"].unit(cells.variant)
    if slot.source.block not in ("combustion", "mobile") or not units.same_dimension(unit, "GJ"):
        return False
    found = names.lookup("item", slot.key.item)
    return isinstance(found, names.Resolved) and items.record(found.id).state == "gas"


def _set_unknown(
    cells: Cells, given: Mapping[str, str], key: SlotKey, spot: tuple[int, int], plan: Plan
) -> bool:
    """Whether a CO2e rests on a figure that does not say which GWP set weighed it."""
    if "CO2e" not in cells.route.results or "gwp_set" in dict(key.texts):
        return False
    needed = cells.route.needs("CO2e") - {"amount"}
    library = plan.context.library
    rows = [int(cells.inputs[name].row[spot]) for name in needed if name not in given]
    return not any(row >= 0 and library.cell(row, "basis") in GWP_SETS for row in rows)


def _unstated(cells: Cells, given: Mapping[str, str], spot: tuple[int, int]) -> set[str]:
    """Abatement nobody states, where the row states some: it is taken as none (M-031)."""
    wanted = cells.route.inputs
    paired = {name for name, item in wanted.items() if item.needs}
    if not paired & set(given):
        return set()
    arising = {
        name
        for gas in cells.route.results
        if not any(
            np.isnan(cells.inputs[n].value[spot]) and n not in given
            for n in cells.route.needs(gas) - {"amount"}
        )
        for name in cells.route.needs(gas)
    }
    return {n for n in paired & arising - set(given) if cells.inputs[n].row[spot] < 0}


def _filled_potentials(ledger: Ledger, potentials: Potentials) -> list[Issue]:
    """Gases that took their potential from another set than the document's own."""
    out = []
    methods = ledger.rows["method"].to_numpy()[ledger.row]
    for code, gas in enumerate(ledger.gases):
        for method_id in dict.fromkeys(methods[ledger.gas == code]):
            _, used, row = potentials.value(gas, method_id)
            own = potentials.set_name(method_id)
            finding = load_method(method_id).gwp_finding
            if row >= 0 and used != own and finding:
                params = {"method": method_id, "gas": gas, "gwp_set": own, "used": used, "count": 0}
                out.append(Issue(finding, params, severity="finding"))
    return out
