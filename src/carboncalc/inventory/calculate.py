"""From prepared rows to the ledger: combine, resolve, run.

Rows without values of their own are amount × scale × coefficient, whatever the method;
rows with values of their own are computed group by group at amount 1 and then multiplied
in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue, IssueLog
from carboncalc.inventory.collect import (
    Run,
    Tonnes,
    add,
    add_evaluated,
    note_finding,
    note_row,
    resolutions_of,
    shared_resolutions,
)
from carboncalc.inventory.combinations import Combination, combine
from carboncalc.inventory.ledger import Ledger, assemble
from carboncalc.inventory.own_values import evaluate_group, unfit_units
from carboncalc.inventory.parameters import Given, given_groups, text_parameters
from carboncalc.inventory.plan import FIRST_YEAR, LAST_YEAR, Placed, Plan
from carboncalc.inventory.plausible import refuse_implausible, refuse_unbalanced
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.reasons import missing_issues
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.slots import FOUND
from carboncalc.methods.rounding import half_up


@dataclass(frozen=True)
class Computed:
    """The ledger of a table with its resolutions and the rows that did not get in."""

    ledger: Ledger
    resolutions: Resolutions
    failed: Any
    findings: tuple[Issue, ...]
    missing_basis: Mapping[str, int]


def calculate(rows: pd.DataFrame, plan: Plan, log: IssueLog) -> Computed:
    """Compute prepared rows (see ``prepare``) with the plan's library and policy.

    Problems are noted in ``log`` with their row; such rows are in ``Computed.failed`` and in
    no part of the ledger.
    """
    failed = np.zeros(len(rows), dtype=bool)
    run = Run(plan, rows, log, failed, rows["method"].to_numpy(dtype=object))
    texts = text_parameters(rows)
    codes, combinations = combine(rows, texts, plan, log)
    failed |= np.array([combinations[code] is None for code in codes], dtype=bool)
    amount = rows["amount"].to_numpy(dtype=np.float64)
    _refuse(run, ~(np.isfinite(amount) & (amount >= 0)), "I-027", "amount")
    year = rows["year"].to_numpy(dtype=np.int64)
    outside = (year < FIRST_YEAR) | (year > LAST_YEAR)
    _refuse(run, outside, "I-019", "period", {"first": FIRST_YEAR, "last": LAST_YEAR})
    year = np.where(outside, 0, year - FIRST_YEAR)
    region = region_codes(rows["region"], plan)
    x, scale, divisor, no_density = scaled_amounts(rows, codes, combinations)
    _refuse(run, no_density, "I-023", "density")
    run.rows = rows.assign(scale=scale, scale_divisor=divisor)
    groups = given_groups(run.rows, log)
    failed |= groups.refused
    refuse_unbalanced(run)
    x = _rounded_amounts(x, codes, combinations, plan)
    columns = Columns(x, region, year, groups, Potentials(plan))
    missing_basis: dict[str, int] = {}
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(combinations) + 1))
    for code, combination in enumerate(combinations):
        rows_here = order[bounds[code] : bounds[code + 1]]
        for placed in combination.placed if combination is not None else ():
            here = rows_here[~failed[rows_here]]
            lost = _place_rows(run, placed, here, columns)
            if placed.placement.primary:
                failed[lost] = True
            elif len(lost):
                basis = placed.placement.basis
                missing_basis[basis] = missing_basis.get(basis, 0) + len(lost)
    reached = np.zeros(len(rows), dtype=bool)
    for part in run.parts:
        reached[part["row"]] = True
    # a kernel outside its domain gives no value: such a row must not vanish
    _refuse(run, ~reached & ~failed, "M-016", "item")
    _fail_whole(failed, rows)
    ledger = assemble(run.rows, run.parts, list(run.gases), list(run.accounts), failed)
    return Computed(ledger, resolutions_of(run), failed, tuple(run.findings), missing_basis)


def _fail_whole(failed: Any, rows: pd.DataFrame) -> None:
    """Fail the other parts of a row that was split by years and failed in one of them."""
    if not failed.any() or not (rows["part"] > 0).any():
        return
    number = rows.groupby(["sheet", "row"], dropna=False, sort=False).ngroup().to_numpy()
    failed |= np.isin(number, number[failed])


@dataclass(frozen=True)
class Columns:
    """Per activity row: amount in the slot's unit, axis codes, and what the row gives itself."""

    x: Any
    region: Any
    year: Any
    groups: Given
    potentials: Potentials


def _refuse(
    run: Run, where: Any, code: str, column: str, params: dict[str, Any] | None = None
) -> None:
    """Note the rows and fail them, unless they failed already."""
    for position in np.flatnonzero(where & ~run.failed):
        row = run.rows.iloc[int(position)]
        known = {"item": row["item"], "year": int(row["year"]), **(params or {})}
        note_row(run, int(position), code, column, known)
    run.failed |= where


def region_codes(column: pd.Series, plan: Plan) -> Any:
    """Codes on the plan's region axis; 0 where none is given."""
    codes, names = pd.factorize(column)
    table = np.array([plan.region_code.get(name, 0) for name in names] + [0], dtype=np.int64)
    return table[codes]


def scaled_amounts(
    rows: pd.DataFrame, codes: Any, combinations: list[Combination | None]
) -> tuple[Any, Any, Any, Any]:
    """Amounts in the unit of their slot, the scale and its divisor, and rows lacking a density."""
    multiply = np.array([1.0 if c is None else c.scale.multiply for c in combinations] or [1.0])
    divide = np.array([1.0 if c is None else c.scale.divide for c in combinations] or [1.0])
    needs = np.array([c is not None and c.scale.needs_density for c in combinations] or [False])
    amount = rows["amount"].to_numpy(dtype=np.float64)
    scale, divisor = multiply[codes], divide[codes]
    lacking = np.zeros(len(rows), dtype=bool)
    if needs.any():
        density = _density(rows)
        by_volume = needs[codes]
        lacking = by_volume & ~(density > 0)
        scale = np.where(by_volume, scale * density, scale)
    return amount * scale / divisor, scale, divisor, lacking


def _rounded_amounts(x: Any, codes: Any, combinations: list[Combination | None], plan: Plan) -> Any:
    """Amounts rounded in the unit of their equation, where the policy says so."""
    policy = plan.context.rounding
    for code, combination in enumerate(combinations):
        if combination is None or not policy.parameters:
            continue
        decimals = policy.parameter("amount", combination.scale.unit)
        if decimals is not None:
            here = codes == code
            x[here] = half_up(x[here], decimals)
    return x


def _density(rows: pd.DataFrame) -> Any:
    """Densities in t/m3, NaN where none is given."""
    if "density" not in rows:
        return np.full(len(rows), np.nan)
    out = rows["density"].to_numpy(dtype=np.float64, copy=True)
    given = rows["density_unit"] if "density_unit" in rows else pd.Series("kg/L", rows.index)
    codes, names = pd.factorize(given)
    for code, name in enumerate(names):
        multiply, divide = units.conversion(str(name), "t/m3")
        here = codes == code
        out[here] = out[here] * multiply / divide
    out[codes < 0] = np.nan
    return out


def _place_rows(run: Run, placed: Placed, here: Any, columns: Columns) -> Any:
    """Compute the rows of one combination under one placement; returns those that failed."""
    if not len(here):
        return here
    slot, groups = placed.slot, columns.groups
    not_here = _of_the_other_basis(placed, run)
    own_units, own = groups.units, groups.code[here]
    if not_here:
        own_units = tuple(
            {n: u for n, u in given.items() if n not in not_here} for given in groups.units
        )
        own = np.array([code if given else 0 for code, given in enumerate(own_units)])[own]
    if not_here and placed.placement.primary:
        _say_unused(run, here, groups, not_here, placed.placement.basis)
    lost = []
    plain = here[own == 0] if slot.linear else here[:0]
    if len(plain):
        lost.append(_run_plain(run, placed, plain, columns))
    for code in np.unique(own):
        if code == 0 and slot.linear:
            continue
        rows = here[own == code]
        given_units = own_units[code]
        if placed.placement.primary:
            unfit = unfit_units(slot.source, slot.key, given_units)
            for column, taken in unfit.items():
                params = {"parameter": column, "unit": given_units[column]}
                params["accepted"] = ", ".join(taken)
                for position in rows:
                    note_row(run, int(position), "I-028", column, params)
            if unfit:
                lost.append(rows)
                continue
        given = {name: groups.values[name][rows] for name in given_units}
        evaluated, missing = evaluate_group(
            placed, given_units, given, columns.x[rows], columns.region[rows],
            columns.year[rows], run.plan,
        )  # fmt: skip
        refuse_implausible(run, placed, rows, evaluated, given_units, given)
        for part in evaluated:
            add_evaluated(run, placed, rows[part.rows], part, columns)
        if len(missing):
            lost.append(rows[missing])
            if placed.placement.primary:
                missing_issues(run, placed, rows[missing], columns, given_units)
    return np.concatenate(lost) if lost else here[:0]


def _say_unused(run: Run, rows: Any, groups: Given, names: frozenset[str], basis: str) -> None:
    """Note that a row's own grid factor is not the factor of this basis."""
    for code in np.unique(groups.code[rows]):
        for column in sorted(names & set(groups.units[code])):
            params = {"parameter": column, "route": f"scope 2 {basis}"}
            for position in rows[groups.code[rows] == code][:100]:
                note_finding(run, int(position), "I-024", column, params)


def _of_the_other_basis(placed: Placed, run: Run) -> frozenset[str]:
    """The columns of a row's own electricity factor, where this is not its document's figure.

    A factor that a row brings belongs to the document it was computed for; by location and by
    market the power takes theirs.
    """
    placement = placed.placement
    basis = placement.instruments
    if placement.basis not in ("location", "market") or basis is None:
        return frozenset()
    if placement.primary and run.plan.context.policy.scope2 == "method":
        return frozenset()
    inputs = (route.inputs.get(basis.input_name) for route in placement.source.routes)
    return frozenset({basis.input_name}.union(*(i.aliases for i in inputs if i is not None)))


def _run_plain(run: Run, placed: Placed, rows: Any, columns: Columns) -> Any:
    """Rows without values of their own: amount × coefficient of their cell."""
    slot, region, year = placed.slot, columns.region, columns.year
    good = slot.reason[region[rows], year[rows]] == FOUND
    lost = rows[~good]
    if len(lost) and placed.placement.primary:
        missing_issues(run, placed, lost, columns, {})
    rows = rows[good]
    if not len(rows):
        return lost
    resolution = shared_resolutions(run, placed, region[rows], year[rows])
    for gas, table in slot.coefficient.items():
        coefficient = table[region[rows], year[rows]]
        there = ~np.isnan(coefficient)
        if there.any():
            spot = (region[rows[there]], year[rows[there]])
            part = Tonnes(
                gas, rows[there], resolution[there], columns.x[rows][there] * coefficient[there],
                slot.grade[gas][spot], slot.fallback[spot],
            )  # fmt: skip
            add(run, placed, part, columns.potentials)
    return lost
