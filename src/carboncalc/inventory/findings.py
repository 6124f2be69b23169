"""What has to be said about figures that stand: old editions, defaults, instruments, holes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from carboncalc.errors import Issue
from carboncalc.inventory.coded import first_rows
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.methods.catalogue import load_method


def findings_of(
    ledger: Ledger, resolutions: Resolutions, plan: Plan, potentials: Potentials, today: date
) -> list[Issue]:
    """One finding per code, document, source and item, with the first row it concerns.

    ``params["count"]`` says how many activity rows it concerns.
    """
    chosen = np.flatnonzero(ledger.primary)
    first = first_rows(ledger.resolution[chosen], len(resolutions))
    used = np.flatnonzero(first >= 0)
    counts = np.bincount(ledger.resolution[chosen], minlength=len(resolutions))
    found: dict[tuple[str, str, str, str], Issue] = {}
    for index, position in zip(used.tolist(), chosen[first[used]].tolist(), strict=True):
        key = resolutions.slots[int(resolutions.slot[index])].key
        for code, column in _codes(index, resolutions, plan):
            # What an edition says of itself concerns the document, not each of its sources.
            whole = column == "period"
            name = (code, key.method, "" if whole else key.source, "" if whole else key.item)
            held = found.get(name)
            count = int(counts[index]) + (held.params["count"] if held else 0)
            place = ledger.coded.place(int(ledger.row[position])) if held is None else None
            found[name] = _issue(code, column, key, count, place, held)
    out = list(found.values())
    for method in _methods(ledger, ledger.primary):
        params = {"method": method, "document": method, "count": 0}
        codes = load_method(method).notes(today)
        out += [Issue(code, params, severity="finding") for code in codes]
    out += _filled_potentials(ledger, potentials)
    return out


def _issue(code: str, column: str, key: Any, count: int, place: Any, held: Issue | None) -> Issue:
    params = {
        "method": key.method, "source": key.source, "item": key.item, "count": count,
        "document": key.method,
    }  # fmt: skip
    if held is not None:
        return Issue(code, params, held.file, held.sheet, held.row, held.column, "finding")
    assert place is not None
    return Issue(code, params, **place, column=column, severity="finding")


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
    for name, filled in cells.inputs.items():
        if name in given:
            continue
        query = int(filled.query[spot])
        finding = filled.queries[query].finding if query >= 0 else None
        if finding:
            yield finding, name
        if cells.route.inputs[name].absent == "note" and np.isnan(filled.value[spot]):
            yield "I-046", name


def _filled_potentials(ledger: Ledger, potentials: Potentials) -> list[Issue]:
    """Gases that took their potential from another set than the document's own."""
    out = []
    for code, gas in enumerate(ledger.gases):
        for method_id in _methods(ledger, ledger.gas == code):
            _, used, row = potentials.value(gas, method_id)
            own = potentials.set_name(method_id)
            finding = load_method(method_id).gwp_finding
            if row >= 0 and used != own and finding:
                params = {"method": method_id, "gas": gas, "gwp_set": own, "used": used, "count": 0}
                out.append(Issue(finding, params, severity="finding"))
    return out


def _methods(ledger: Ledger, where: Any) -> list[str]:
    """The documents of some entries, in the order in which they come first."""
    methods = ledger.coded["method"]
    first = first_rows(methods.codes[ledger.row[where]], len(methods.values))
    return [methods.values[code] for code in np.argsort(first, kind="stable") if first[code] >= 0]
