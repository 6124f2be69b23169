"""From prepared rows to the ledger: combine, resolve, run.

Rows without values of their own are amount × scale × coefficient, whatever the method;
rows with values of their own are computed group by group at amount 1 and then multiplied
in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue, IssueLog
from carboncalc.inventory.coded import Coded, CodedRows, combined
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
from carboncalc.inventory.ledger import COUNTED, Ledger, assemble
from carboncalc.inventory.own_values import evaluate_group, unfit_units
from carboncalc.inventory.parameters import Given, given_groups, text_parameters
from carboncalc.inventory.plan import FIRST_YEAR, LAST_YEAR, Placed, Plan
from carboncalc.inventory.plausible import (
    refuse_alternatives,
    refuse_implausible,
    refuse_unbalanced,
)
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.reasons import missing_issues
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.scopes import refuse_scopes
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
    coded = CodedRows(rows)
    run = Run(plan, rows, coded, log, np.zeros(len(rows), dtype=bool))
    codes, combinations = combine(rows, coded, text_parameters(rows, coded), plan, log)
    run.failed |= _by_combination(combinations, lambda c: False, True)[codes]
    amount = rows["amount"].to_numpy(dtype=np.float64)
    _refuse(run, ~(np.isfinite(amount) & (amount >= 0)), "I-027", "amount")
    year = rows["year"].to_numpy()
    outside = (year < FIRST_YEAR) | (year > LAST_YEAR)
    _refuse(run, outside, "I-019", "period", {"first": FIRST_YEAR, "last": LAST_YEAR})
    year = np.where(outside, 0, year - FIRST_YEAR).astype(np.int32)
    region = region_codes(coded["region"], plan)
    x, scale, divisor, no_density = scaled_amounts(rows, codes, combinations)
    _refuse(run, no_density, "I-023", "density")
    run.rows = rows.assign(scale=scale, scale_divisor=divisor)
    groups = given_groups(rows, coded, log)
    run.failed |= groups.refused
    refuse_scopes(run, _by_combination(combinations, _scope_of, 0)[codes])
    refuse_unbalanced(run)
    refuse_alternatives(run)
    x = _rounded_amounts(x, codes, combinations, plan)
    cell = region * (LAST_YEAR - FIRST_YEAR + 1) + year
    columns = Columns(x, region, year, cell, groups, Potentials(plan))
    missing_basis: dict[str, int] = {}
    order, bounds = _rows_by_code(codes, len(combinations))
    for code, combination in enumerate(combinations):
        if combination is None:
            continue
        rows_here = order[bounds[code] : bounds[code + 1]]
        for placed in combination.placed:
            here = rows_here[~run.failed[rows_here]]
            lost = _place_rows(run, combination.method, placed, here, columns)
            if placed.placement.primary:
                run.failed[lost] = True
            elif len(lost) and placed.placement.account == COUNTED:
                basis = placed.placement.basis
                missing_basis[basis] = missing_basis.get(basis, 0) + len(lost)
    reached = np.zeros(len(rows), dtype=bool)
    for part in run.parts:
        reached[part.row] = True
    # a kernel outside its domain gives no value: such a row must not vanish
    _refuse(run, ~reached & ~run.failed, "M-016", "item")
    _fail_whole(run.failed, rows)
    names = (list(run.gases), list(run.accounts), list(run.categories))
    ledger = assemble(run.rows, coded, run.parts, *names, run.failed)
    return Computed(ledger, resolutions_of(run), run.failed, tuple(run.findings), missing_basis)


def _by_combination(
    combinations: Sequence[Combination | None], value: Callable[[Combination], Any], unusable: Any
) -> Any:
    """One value per combination, and a last one so that a table without any can be looked up."""
    return np.array([unusable if c is None else value(c) for c in combinations] + [unusable])


def _scope_of(combination: Combination) -> int:
    return combination.placed[0].placement.source.scope


def _rows_by_code(codes: Any, size: int) -> tuple[Any, Any]:
    """Row positions sorted by code, and where each code begins and ends."""
    # 16-bit integers are sorted by radix, ten times as fast
    narrow = codes.astype(np.int16) if size < 2**15 else codes
    counts = np.bincount(codes, minlength=size)
    return np.argsort(narrow, kind="stable"), np.concatenate([[0], np.cumsum(counts)])


def _fail_whole(failed: Any, rows: pd.DataFrame) -> None:
    """Fail the other parts of a row that was split by years and failed in one of them."""
    if not failed.any() or not (rows["part"] > 0).any():
        return
    number, _ = combined([Coded.of(rows[name]) for name in ("sheet", "row")], len(rows))
    failed |= np.isin(number, number[failed])


@dataclass(frozen=True)
class Columns:
    """Per activity row: amount in the slot's unit, axis codes, and what the row gives itself.

    ``cell`` is the position in a slot's tables over regions × years, read row by row.
    """

    x: Any
    region: Any
    year: Any
    cell: Any
    groups: Given
    potentials: Potentials


def _refuse(
    run: Run, where: Any, code: str, column: str, params: dict[str, Any] | None = None
) -> None:
    """Note the rows and fail them, unless they failed already."""
    refused = np.flatnonzero(where & ~run.failed)
    if not len(refused):
        return
    items = run.coded["item"].take(refused).texts(None)
    years = run.rows["year"].to_numpy()[refused]
    for position, item, year in zip(refused, items, years.tolist(), strict=True):
        known = {"item": item, "year": year, **(params or {})}
        note_row(run, int(position), code, column, known)
    run.failed |= where


def region_codes(column: Coded, plan: Plan) -> Any:
    """Codes on the plan's region axis; 0 where none is given."""
    return column.mapped([plan.region_code.get(name, 0) for name in column.values], 0, np.int32)


def scaled_amounts(
    rows: pd.DataFrame, codes: Any, combinations: list[Combination | None]
) -> tuple[Any, Any, Any, Any]:
    """Amounts in the unit of their slot, the scale and its divisor, and rows lacking a density."""
    multiply = _by_combination(combinations, lambda c: c.scale.multiply, 1.0)
    divide = _by_combination(combinations, lambda c: c.scale.divide, 1.0)
    needs = _by_combination(combinations, lambda c: c.scale.needs_density, False)
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


def _place_rows(run: Run, method: str, placed: Placed, here: Any, columns: Columns) -> Any:
    """Compute the rows of one combination under one placement; returns those that failed."""
    if not len(here):
        return here
    slot, groups = placed.slot, columns.groups
    asked = len(groups.units) > 1
    not_here = placed.placement.foreign_columns if asked else frozenset()
    own_units: Sequence[Mapping[str, str]] = groups.units
    own = groups.code[here] if asked else np.zeros(len(here), dtype=np.int32)
    if not_here:
        own_units = [{n: u for n, u in g.items() if n not in not_here} for g in groups.units]
        own = np.array([code if given else 0 for code, given in enumerate(own_units)])[own]
        if placed.placement.primary:
            _say_unused(run, here, groups, not_here, placed.placement.basis)
    lost = []
    plain = here[own == 0] if slot.linear else here[:0]
    if len(plain):
        lost.append(_run_plain(run, method, placed, plain, columns))
    for code in np.flatnonzero(np.bincount(own)):
        if code == 0 and slot.linear:
            continue
        rows = here[own == code]
        given_units = own_units[int(code)]
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
        refuse_implausible(run, placed, rows, evaluated)
        for part in evaluated:
            add_evaluated(run, method, placed, rows[part.rows], part, columns)
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


def _run_plain(run: Run, method: str, placed: Placed, rows: Any, columns: Columns) -> Any:
    """Rows without values of their own: amount × coefficient of their cell."""
    slot = placed.slot
    cell = columns.cell[rows]
    good = slot.reason.ravel()[cell] == FOUND
    lost = rows[~good]
    if len(lost):
        if placed.placement.primary:
            missing_issues(run, placed, lost, columns, {})
        rows, cell = rows[good], cell[good]
    if not len(rows):
        return lost
    resolution = shared_resolutions(run, placed, cell)
    x, fallback = columns.x[rows], slot.fallback.ravel()[cell]
    for gas, table in slot.coefficient.items():
        coefficient = table.ravel()[cell]
        part = Tonnes(
            gas, rows, resolution, x * coefficient, slot.grade[gas].ravel()[cell], fallback
        )
        there = ~np.isnan(coefficient)
        if not there.all():
            part = part.where(there)
        if len(part.rows):
            add(run, method, placed, part, columns.potentials)
    return lost
