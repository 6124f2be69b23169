"""What is collected while a table is computed: entries, resolutions, problems, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.errors import Issue, IssueLog
from carboncalc.inventory.exact import BOUND, on_grid
from carboncalc.inventory.ledger import BASES
from carboncalc.inventory.own_values import Evaluated
from carboncalc.inventory.plan import FIRST_YEAR, LAST_YEAR, Placed, Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions, Variant
from carboncalc.inventory.substances import OTHER_GASES, outside_the_seven
from carboncalc.methods.kernels import Kernel

if TYPE_CHECKING:
    from carboncalc.inventory.calculate import Columns


@dataclass
class Run:
    """What is collected while a table is computed."""

    plan: Plan
    rows: pd.DataFrame
    log: IssueLog
    failed: Any
    methods: Any
    findings: list[Issue] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    tables: list[tuple[Any, Any, Any, Any, Any]] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    shared: dict[int, int] = field(default_factory=dict)
    count: int = 0
    gases: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=lambda: {"counted": 0})


def add_evaluated(run: Run, placed: Placed, rows: Any, part: Evaluated, columns: Columns) -> None:
    """Entries of rows that bring values of their own, each with a resolution of its own."""
    x, region, year = columns.x, columns.region, columns.year
    run.variants.append(part.variant)
    resolution = np.arange(run.count, run.count + len(rows))
    run.count += len(rows)
    variant = np.full(len(rows), len(run.variants) - 1)
    run.tables.append((np.full(len(rows), placed.index), region[rows], year[rows], rows, variant))
    elsewhere = {n for r in placed.slot.source.routes if r.bases is not None for n in r.inputs}
    for column in (name for name in part.unused if name not in elsewhere):
        params = {"parameter": column, "route": part.variant.cells.route.id}
        for position in rows[:100]:
            note_finding(run, int(position), "I-024", column, params)
    _outside_domain(run, rows, part)
    for gas, value in part.value.items():
        there = ~np.isnan(value) & ~run.failed[rows]
        if there.any():
            tonnes = x[rows][there] * value[there] if part.linear else value[there]
            here = Tonnes(
                gas, rows[there], resolution[there], tonnes,
                part.grade[gas][there], part.fallback[there],
            )  # fmt: skip
            add(run, placed, here, columns.potentials)


def _outside_domain(run: Run, rows: Any, part: Evaluated) -> None:
    """Fail the rows for which a kernel has no value, each with what that kernel works with."""
    kernels = [
        step.rule for step in part.variant.cells.route.steps.values()
        if isinstance(step.rule, Kernel)
    ]  # fmt: skip
    if not kernels or not part.value:
        return
    nothing = np.isnan(np.stack(list(part.value.values()))).all(axis=0) & ~run.failed[rows]
    for position in rows[nothing]:
        params = {"item": run.rows["item"].iloc[int(position)]}
        note_row(run, int(position), kernels[0].domain_code, kernels[0].names[0], params)
    run.failed[rows[nothing]] = True


def shared_resolutions(run: Run, placed: Placed, region: Any, year: Any) -> Any:
    """One resolution per distinct (slot, region, year), numbered as they appear."""
    span = LAST_YEAR - FIRST_YEAR + 1
    key = (placed.index * len(run.plan.context.regions) + region) * span + year
    distinct, inverse = np.unique(key, return_inverse=True)
    fresh = [int(k) for k in distinct if int(k) not in run.shared]
    for k in fresh:
        run.shared[k] = run.count
        run.count += 1
    if fresh:
        keys = np.array(fresh)
        regions = (keys // span) % len(run.plan.context.regions)
        nothing = np.full(len(keys), -1)
        run.tables.append(
            (np.full(len(keys), placed.index), regions, keys % span, nothing, nothing)
        )
    return np.array([run.shared[int(k)] for k in distinct])[inverse]


@dataclass(frozen=True, slots=True)
class Tonnes:
    """Tonnes of one gas of some rows, with the grade and the fallback behind them."""

    gas: str
    rows: Any
    resolution: Any
    tonnes: Any
    grade: Any
    fallback: Any


def add(run: Run, placed: Placed, part: Tonnes, potentials: Potentials) -> None:
    """Put tonnes of a gas into the ledger: on the grid, characterised, with their account."""
    placement, source = placed.placement, placed.placement.source
    rows, gas = part.rows, part.gas
    mass = on_grid(part.tonnes)
    gwp, grade = potentials.of(gas, run.methods[rows])
    without = np.isnan(gwp)
    if without.any():
        run.failed[rows[without]] = True
        for position in rows[without]:
            params = {"gas": gas, "gwp_set": potentials.set_name(run.methods[position])}
            note_row(run, int(position), "I-022", "item", params)
    co2e = on_grid(mass * gwp)
    too_large = ~without & ~((np.abs(mass) < BOUND) & (np.abs(co2e) < BOUND)) & ~run.failed[rows]
    for position in rows[too_large]:
        note_row(run, int(position), "I-001", "amount", {"bound": BOUND})
    run.failed[rows[too_large]] = True
    run.parts.append(
        {
            "row": rows,
            "resolution": part.resolution,
            "gas": np.full(len(rows), run.gases.setdefault(gas, len(run.gases))),
            "mass": mass,
            "gwp": gwp,
            "co2e": co2e,
            "scope": np.full(len(rows), source.scope),
            "account": np.full(len(rows), _account(run, placed, gas)),
            "basis": np.full(len(rows), BASES.index(placement.basis)),
            "primary": np.full(len(rows), placement.primary),
            "totals": np.full(len(rows), placement.totals),
            "grade": np.maximum(part.grade, grade),
            "fallback": part.fallback,
        }
    )


def _account(run: Run, placed: Placed, gas: str) -> int:
    """The memo account of a result: the route's own for that gas, else the placement's."""
    placement = placed.placement
    if outside_the_seven(gas):
        return run.accounts.setdefault(OTHER_GASES, len(run.accounts))
    named = placement.source.account_of(gas)
    # the placement's own account stands unless a route sends this gas to a memo
    name = named if named != placement.source.account else placement.account
    return run.accounts.setdefault(name, len(run.accounts))


def resolutions_of(run: Run) -> Resolutions:
    """The table of resolutions, in the order they were numbered."""
    columns = [
        np.concatenate([t[i] for t in run.tables]) if run.tables else np.empty(0) for i in range(5)
    ]
    slot, region, year, row, variant = columns
    return Resolutions(
        slot.astype(np.int32), region.astype(np.int32), year.astype(np.int32),
        row.astype(np.int64), variant.astype(np.int32), tuple(run.plan.slots), tuple(run.variants),
    )  # fmt: skip


def note_row(run: Run, position: int, code: str, column: str, params: dict[str, Any]) -> None:
    """Note a problem of one activity row."""
    run.log.extend([_issue(run, position, code, column, params, "problem")])


def note_finding(run: Run, position: int, code: str, column: str, params: dict[str, Any]) -> None:
    """Note a finding about one activity row: the figure stands, and this is said of it."""
    run.findings.append(_issue(run, position, code, column, params, "finding"))


def _issue(
    run: Run, position: int, code: str, column: str, params: dict[str, Any], severity: Any
) -> Issue:
    row = run.rows.iloc[position]
    file, sheet = (None if pd.isna(row[name]) else str(row[name]) for name in ("file", "sheet"))
    return Issue(code, params, file, sheet, int(row["row"]), column, severity)
