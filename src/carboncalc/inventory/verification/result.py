"""All that a verifier's file holds, worked out once from an inventory and its control plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.verification.completeness import (
    completeness,
    completeness_findings,
    month_starts,
)
from carboncalc.inventory.verification.control import control_findings, control_table
from carboncalc.inventory.verification.cross_checks import cross_checks
from carboncalc.inventory.verification.determination import determination
from carboncalc.inventory.verification.findings import (
    Finding,
    findings_of_inventory,
    findings_of_places,
    judged,
    measured_in_part,
)
from carboncalc.inventory.verification.materiality import Materiality, materiality_of
from carboncalc.inventory.verification.monthly import monthly_table
from carboncalc.inventory.verification.plan_file import QualityPlan, read_quality_plan
from carboncalc.inventory.verification.points import review_points
from carboncalc.inventory.verification.power_units import power_units
from carboncalc.inventory.verification.supplement import by_place, detail, outputs_table
from carboncalc.inventory.verification.used import used_outputs, used_values

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory


@dataclass(frozen=True)
class Verification:
    """The tables of a verifier's file; amounts in t CO2e unless a unit column says otherwise.

    ``control`` is the plan beside what was used, ``checks`` the cross-checks, ``months`` the
    matrix of completeness, ``findings`` the judged list, ``aggregate`` the level in tonnes
    and what stays below it together, ``facilities`` and ``processes`` emissions by place,
    ``detail``, ``outputs``, ``units`` (of power plants) and ``monthly`` the supplementary data,
    ``determination`` how each measured parameter got its value in every month, ``points`` what
    the run has to say to each point of a document review.
    """

    control: pd.DataFrame
    checks: pd.DataFrame
    months: pd.DataFrame
    findings: pd.DataFrame
    aggregate: dict[str, Any]
    facilities: pd.DataFrame
    processes: pd.DataFrame
    detail: pd.DataFrame
    outputs: pd.DataFrame
    units: pd.DataFrame
    monthly: pd.DataFrame
    determination: pd.DataFrame
    points: pd.DataFrame
    materiality: Materiality
    has_plan: bool


def verification(
    inv: Inventory,
    *,
    plan: Any = None,
    materiality: Any = 0.05,
    period: str | None = None,
) -> Verification:
    """Everything a verifier asks of a run, each figure taken from the inventory itself.

    Parameters
    ----------
    inv
        The inventory.
    plan
        A :class:`QualityPlan`, or what :func:`carboncalc.read_quality_plan` reads; its
        problems are findings, and the rows they concern are as if not planned.
    materiality
        A share of the total, a mapping with ``share`` and ``absolute_t``, or a
        :class:`Materiality`.
    period
        The months of the matrix; by default the whole calendar years the data touch.

    Raises
    ------
    CarbonCalcError
        ``V-106`` for a materiality level that is none.
    ActivityDataError
        ``A-110`` for a period that is none; for a plan no table can be made of.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.examples.minimal()
    >>> made = verification(inv, materiality=0.05)
    >>> bool(made.facilities.co2e_t.iloc[-1] == inv.co2e_t)
    True
    """
    level = materiality_of(materiality)
    if plan is not None and not isinstance(plan, QualityPlan):
        plan = read_quality_plan(plan, entities=getattr(inv.activity, "entities", None))
    used = used_values(inv)
    everything = (
        pd.concat([used, used_outputs(inv)], ignore_index=True) if _has_outputs(inv) else used
    )
    months = month_starts(inv, period)
    control = control_table(everything, plan)
    checks = cross_checks(inv)
    matrix, unplaced = completeness(inv, everything, months)
    said = _all_findings(inv, used, control, checks, matrix, unplaced, plan)
    table, aggregate = judged(inv, said, level, _total(inv))
    outputs = outputs_table(inv)
    tables = {
        "control": control, "checks": checks, "months": matrix, "findings": table,
        "outputs": outputs,
    }  # fmt: skip
    return Verification(
        control=control,
        checks=checks,
        months=matrix,
        findings=table,
        aggregate=aggregate,
        facilities=by_place(inv, ("entity", "facility")),
        processes=by_place(inv, ("entity", "process")),
        detail=detail(inv, used),
        outputs=outputs,
        units=power_units(inv),
        monthly=monthly_table(inv, used, months),
        determination=determination(inv, used),
        points=review_points(inv, used, tables),
        materiality=level,
        has_plan=plan is not None,
    )


def _has_outputs(inv: Inventory) -> bool:
    outputs = getattr(inv.activity, "outputs", None)
    return outputs is not None and len(outputs) > 0


def _total(inv: Inventory) -> float | None:
    """The exact total; None where lines of different GWP sets may not be added.

    A document that fills the gaps of its own GWP set from another one has a total all the
    same: that of the document.
    """
    try:
        _ = inv.co2e_t
    except CarbonCalcError:
        return inv.totals["document"]
    return inv.ledger.total(inv.ledger.counted)


def _all_findings(
    inv: Inventory, used: pd.DataFrame, control: pd.DataFrame, checks: pd.DataFrame,
    matrix: pd.DataFrame, unplaced: int, plan: QualityPlan | None,
) -> Iterator[Finding]:  # fmt: skip
    yield from findings_of_inventory(inv, used, checks)
    if plan is not None:
        for issue in (*plan.issues, *plan.findings):
            yield Finding("plan", issue, {})
    disagreements = control_findings(control, plan is not None)
    yield from findings_of_places(inv, "plan", used, disagreements)
    holes = completeness_findings(matrix, unplaced)
    yield from findings_of_places(inv, "completeness", used, holes)
    yield from measured_in_part(inv, used)
