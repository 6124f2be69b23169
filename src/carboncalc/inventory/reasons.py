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
    lacking: dict[str, None] = {}
    detail = ""
    column = "item"
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
            lacking[f"{name} [{wanted.unit(cells.variant)}]"] = None
            if not detail:
                error = _miss(run, placed, cells, name, region, year)
                if error is not None:
                    return error.code, {**error.params, "source": slot.source.id}, "region"
                detail, column = f"{name}", name
    lacks = {"source": slot.source.id, "missing": "; ".join(lacking) or "-", "detail": detail}
    return "I-025", lacks, column


def _miss(
    run: Run, placed: Placed, cells: Cells, name: str, region: int, year: int
) -> CarbonCalcError | None:
    """The library's own account of a miss, where a factor of some region or year was asked."""
    context = run.plan.context
    key = placed.slot.key
    for query in cells.inputs[name].queries:
        bound = query.bind(
            item=key.item, technology=key.technology, sector=key.sector,
            parameters=cells.edition.parameters, policy=context.policy,
            data_year=year + FIRST_YEAR,
        )  # fmt: skip
        if bound is None:
            continue
        hole = int(cells.inputs[name].hole[region, year - cells.years.start])
        if bound.region_rule == "none" and bound.year_rule == "none" and hole <= 1:
            continue
        request = FactorRequest(
            bound.set, bound.item, bound.parameter, bound.technology, bound.gas,
            bound.region_rule, bound.year_rule,
        )  # fmt: skip
        found: FactorNotFoundError = explain_miss(
            context.library, request, context.regions[region], year + FIRST_YEAR, context.policy
        )
        return found
    return None
