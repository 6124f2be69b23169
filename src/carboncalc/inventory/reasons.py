"""Says why a row could not be computed: what is missing, for which route, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from carboncalc.errors import CarbonCalcError, FactorNotFoundError
from carboncalc.factors.miss import explain_miss
from carboncalc.factors.request import FactorRequest
from carboncalc.inventory.collect import Run, note_row
from carboncalc.inventory.plan import FIRST_YEAR, Placed
from carboncalc.inventory.slots import NO_EDITION, Cells

if TYPE_CHECKING:
    from carboncalc.inventory.calculate import Columns


def missing_issues(
    run: Run, placed: Placed, rows: Any, columns: Columns, given_units: dict[str, str] | Any
) -> None:
    """Note one issue per row, its reason worked out once per distinct region and year."""
    region, year = columns.region[rows], columns.year[rows]
    pairs, inverse = np.unique(np.stack([region, year]), axis=1, return_inverse=True)
    for index in range(pairs.shape[1]):
        code, params, column = _reason(
            run, placed, int(pairs[0, index]), int(pairs[1, index]), given_units
        )
        for position in rows[inverse.ravel() == index]:
            note_row(run, int(position), code, column, params)


def _reason(
    run: Run, placed: Placed, region: int, year: int, given: dict[str, str]
) -> tuple[str, dict[str, Any], str]:
    slot = placed.slot
    method = placed.placement.method
    if slot.reason[region, year] == NO_EDITION:
        why = method.no_edition(run.plan.context.policy.edition)
        params = {"method": method.id, "year": year + FIRST_YEAR}
        return "I-026", {**params, "reason": why["en"], "reason_zh": why["zh"]}, "period"
    lacking: dict[str, str] = {}
    detail = ""
    column = "item"
    held: tuple[CarbonCalcError, str] | None = None
    for cells in slot.tried:
        if not cells.years.start <= year < cells.years.stop:
            continue
        for name, filled in cells.inputs.items():
            wanted = cells.route.inputs[name]
            spot = (region, year - cells.years.start)
            if not wanted.required or name in given or not np.isnan(filled.value[spot]):
                continue
            known = slot.source.technologies
            if wanted.asks_technology and known and slot.key.technology not in known:
                asked = {
                    "source": slot.source.id, "technologies": ", ".join(known), "parameter": name,
                }  # fmt: skip
                return "M-022", asked, "technology"
            unit = wanted.unit(cells.variant)
            label = wanted.label.get("zh")
            lacking[f"{name} [{unit}]"] = (
                f"{label}({name}) [{unit}]" if label else f"{name} [{unit}]"
            )
            # what the library holds and may not give says more than what a first route lacks
            if held is None:
                held = _miss(run, placed, cells, name, region, year)
            if not detail:
                detail, column = f"{name}", name
    if held is not None:
        return held[0].code, {**held[0].params, "source": slot.source.id}, held[1]
    lacks = {
        "source": slot.source.id, "source_zh": slot.source.name.get("zh", slot.source.id),
        "missing": "; ".join(lacking) or "-", "missing_zh": ";".join(lacking.values()) or "-",
        "detail": detail,
    }  # fmt: skip
    return "I-025", lacks, column


def _miss(
    run: Run, placed: Placed, cells: Cells, name: str, region: int, year: int
) -> tuple[CarbonCalcError, str] | None:
    """The library's own account of a miss, and the column it concerns.

    A value that is held but refused for its grade goes before one that is not held at all.
    """
    context = run.plan.context
    key = placed.slot.key
    hole = int(cells.inputs[name].hole[region, year - cells.years.start])
    found: list[tuple[CarbonCalcError, str]] = []
    for query in cells.inputs[name].queries:
        bound = query.bind(
            item=key.item, technology=key.technology, sector=key.sector,
            parameters=cells.edition.parameters, policy=context.policy,
            data_year=year + FIRST_YEAR,
        )  # fmt: skip
        if bound is None:
            continue
        anywhere = bound.region_rule == "none" and bound.year_rule == "none"
        if anywhere and hole <= 1:
            continue
        request = FactorRequest(
            bound.set, bound.item, bound.parameter, bound.technology, bound.gas,
            bound.region_rule, bound.year_rule,
        )  # fmt: skip
        error: FactorNotFoundError = explain_miss(
            context.library, request, context.regions[region], year + FIRST_YEAR, context.policy
        )
        found.append((error, name if anywhere else "region"))
    return next((f for f in found if f[0].code == "F-007"), found[0] if found else None)
