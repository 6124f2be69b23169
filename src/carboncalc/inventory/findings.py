"""What has to be said about figures that stand: old editions, defaults, instruments, holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc import units
from carboncalc.errors import Issue
from carboncalc.inventory.coded import first_rows
from carboncalc.inventory.fill import GWP_SETS
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions, Way
from carboncalc.inventory.slots import Cells, Slot, SlotKey
from carboncalc.methods.catalogue import load_method
from carboncalc.vocabulary import items, names

#: The one thing an edition says of itself that concerns fuels alone: whose table they take.
_FUEL_TABLE = "M-110"


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
        "document": key.method, "gwp_set": key.gwp_set,
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
            if code != _FUEL_TABLE or slot.source.block in ("combustion", "mobile"):
                yield code, "period", year == seen
    basis = slot.source.bases.get(slot.key.basis)
    if basis is not None and basis.input_name not in given:
        instrument = basis.instruments.get(slot.key.instrument)
        for code in instrument.findings(slot.key.certified) if instrument is not None else ():
            yield code, "instrument", every
    spot = (region, year - cells.years.start)
    yield "M-203", "gwp_set", _set_unknown(cells, given, slot.key, spot, plan)
    if _heat_of_a_gas(slot, cells):
        yield "M-204", "unit", every
    unstated = _unstated(cells, given, spot)
    for name, filled in cells.inputs.items():
        if name in given:
            continue
        query = filled.query[spot]
        for number, asked in enumerate(filled.queries):
            if asked.finding:
                yield asked.finding, name, query == number
        if name in unstated:
            yield "M-031", name, unstated[name]
        if cells.route.inputs[name].absent == "note":
            yield "I-046", name, np.isnan(filled.value[spot])


def _heat_of_a_gas(slot: Slot, cells: Cells) -> bool:
    """Whether a gaseous fuel is given as heat: bills are often on the gross value."""
    unit = cells.route.inputs["amount"].unit(cells.variant)
    if slot.source.block not in ("combustion", "mobile") or not units.same_dimension(unit, "GJ"):
        return False
    found = names.lookup("item", slot.key.item)
    return isinstance(found, names.Resolved) and items.record(found.id).state == "gas"


def _set_unknown(
    cells: Cells, given: Mapping[str, str], key: SlotKey, spot: tuple[Any, Any], plan: Plan
) -> Any:
    """Where a CO2e rests on a figure that does not say which GWP set weighed it."""
    unknown = np.ones(np.broadcast(*spot).shape, dtype=bool)
    if "CO2e" not in cells.route.results or "gwp_set" in dict(key.texts):
        return ~unknown
    library = plan.context.library
    for name in cells.route.needs("CO2e") - {"amount"} - set(given):
        rows = cells.inputs[name].row[spot]
        for row in np.unique(rows[rows >= 0]).tolist():
            if library.cell(row, "basis") in GWP_SETS:
                unknown &= rows != row
    return unknown


def _unstated(
    cells: Cells, given: Mapping[str, str], spot: tuple[Any, Any]
) -> dict[str, npt.NDArray[np.bool_]]:
    """Abatement nobody states, where the row states some: it is taken as none (M-031)."""
    paired = {name for name, item in cells.route.inputs.items() if item.needs}
    if not paired & set(given):
        return {}
    out = {n: np.zeros(np.broadcast(*spot).shape, dtype=bool) for n in paired - set(given)}
    for gas in cells.route.results:
        needed = cells.route.needs(gas) - {"amount"} - set(given)
        arises = ~np.any([np.isnan(cells.inputs[n].value[spot]) for n in needed], axis=0)
        for name in needed & set(out):
            out[name] |= arises & (cells.inputs[name].row[spot] < 0)
    return out


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
