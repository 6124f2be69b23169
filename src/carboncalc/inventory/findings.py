"""What has to be said about figures that stand: old editions, defaults, instruments, holes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc.errors import Issue
from carboncalc.inventory.coded import first_rows
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions, Way
from carboncalc.inventory.slots import SlotKey
from carboncalc.methods.catalogue import load_method


def findings_of(
    ledger: Ledger, resolutions: Resolutions, plan: Plan, potentials: Potentials, today: date
) -> list[Issue]:
    """One finding per code, document, source and item, with the first row it concerns.

    ``params["count"]`` says how many activity rows it concerns.
    """
    chosen = np.flatnonzero(ledger.primary)
    first = first_rows(ledger.resolution[chosen], len(resolutions))
    counts = np.bincount(ledger.resolution[chosen], minlength=len(resolutions))
    found: dict[tuple[str, str, str, str], Issue] = {}
    for index, said in _said(np.flatnonzero(first >= 0), resolutions, plan):
        # What an edition says of itself concerns the document, not each of its sources.
        key, whole = said.key, said.column == "period"
        name = (said.code, key.method, "" if whole else key.source, "" if whole else key.item)
        held = found.get(name)
        count = int(counts[said.where].sum()) + (held.params["count"] if held else 0)
        position = int(ledger.row[chosen[first[index]]])
        place = ledger.coded.place(position) if held is None else None
        found[name] = _issue(said.code, said.column, key, count, place, held)
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


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of some resolutions (``where``) of one slot, about one column."""

    code: str
    column: str
    key: SlotKey
    where: npt.NDArray[np.intp]


def _said(
    used: npt.NDArray[np.intp], resolutions: Resolutions, plan: Plan
) -> list[tuple[int, _Said]]:
    """What is said, each with the first resolution it is said of, in the order of these.

    Resolutions that went the same way are looked at together.
    """
    out = []
    for way in resolutions.ways(used):
        here = used[way.positions]
        for code, column, where in _codes(way, here, resolutions, plan):
            if where.any():
                said = _Said(code, column, way.slot.key, here[where])
                out.append((int(said.where[0]), said))
    return sorted(out, key=lambda entry: entry[0])  # stable: within one, as it was said


def _codes(
    way: Way, here: npt.NDArray[np.intp], resolutions: Resolutions, plan: Plan
) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
    """Codes and columns, and which of the resolutions ``here`` each concerns."""
    cells, given, slot = way.cells, way.given, way.slot
    region, year = resolutions.region[here], resolutions.year[here]
    every = np.ones(len(here), dtype=bool)
    named = plan.context.policy.edition is not None
    for seen in np.flatnonzero(np.bincount(year)).tolist():
        for code in cells.edition.codes(plan.context.years[seen], named):
            yield code, "period", year == seen
    basis = slot.source.bases.get(slot.key.basis)
    if basis is not None and basis.input_name not in given:
        instrument = basis.instruments.get(slot.key.instrument)
        for code in instrument.findings(slot.key.certified) if instrument is not None else ():
            yield code, "instrument", every
    spot = (region, year - cells.years.start)
    for name, filled in cells.inputs.items():
        if name in given:
            continue
        query = filled.query[spot]
        for number, asked in enumerate(filled.queries):
            if asked.finding:
                yield asked.finding, name, query == number
        if cells.route.inputs[name].absent == "note":
            yield "I-046", name, np.isnan(filled.value[spot])


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
