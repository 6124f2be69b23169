"""What is collected while a table is computed: entries, resolutions, problems, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.errors import Issue, IssueLog
from carboncalc.inventory.coded import CodedRows
from carboncalc.inventory.exact import BOUND, on_grid
from carboncalc.inventory.ledger import BASES, Part
from carboncalc.inventory.own_values import Evaluated
from carboncalc.inventory.plan import Placed, Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions, Variant
from carboncalc.methods.kernels import Kernel
from carboncalc.vocabulary import names

if TYPE_CHECKING:
    from carboncalc.inventory.calculate import Columns


#: The basis of a coal's carbon in words, and the moistures that bring it to as received.
_MOISTURES = {
    "ad": ("空气干燥基", "air-dried", ("moisture_received", "moisture_air_dried")),
    "d": ("干燥基", "dry", ("moisture_received",)),
}


_MOISTURE_NAMES = {"moisture_received": "全水分", "moisture_air_dried": "空气干燥基水分"}


@dataclass
class Run:
    """What is collected while a table is computed."""

    plan: Plan
    rows: pd.DataFrame
    coded: CodedRows
    log: IssueLog
    failed: Any
    findings: list[Issue] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    tables: list[tuple[int, Any, Any, Any, int]] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    shared: dict[int, Any] = field(default_factory=dict)
    count: int = 0
    gases: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=lambda: {"counted": 0})
    categories: dict[str, int] = field(default_factory=dict)


def add_evaluated(
    run: Run, method: str, placed: Placed, rows: Any, part: Evaluated, columns: Columns
) -> None:
    """Entries of rows that bring values of their own, each with a resolution of its own."""
    x, region, year = columns.x, columns.region, columns.year
    run.variants.append(part.variant)
    resolution = np.arange(run.count, run.count + len(rows), dtype=np.int32)
    run.count += len(rows)
    run.tables.append((placed.index, region[rows], year[rows], rows, len(run.variants) - 1))
    key, route = placed.slot.key, part.variant.cells.route
    texts = dict(key.texts)
    asked = [name for name, items in route.text_required.items() if key.item in items]
    if part.variant.given and any(not texts.get(name) for name in asked):
        params = {"method": key.method, "source": key.source, "item": key.item}
        for position in rows:
            note_row(run, int(position), "M-012", asked[0], params)
        run.failed[rows] = True
        return
    basis = texts.get("carbon_basis", "")
    if basis in _MOISTURES and "carbon_content" in part.unused:
        _refuse_without_moisture(run, placed, rows, part, basis)
        return
    elsewhere = {n for r in placed.slot.source.routes if r.bases is not None for n in r.inputs}
    for column in (name for name in part.unused if name not in elsewhere):
        params = {"parameter": column, "route": part.variant.cells.route.id}
        for position in rows[:100]:
            note_finding(run, int(position), "I-024", column, params)
    _outside_domain(run, rows, part)
    for gas, value in part.value.items():
        tonnes = x[rows] * value if part.linear else value
        here = Tonnes(gas, rows, resolution, tonnes, part.grade[gas], part.fallback)
        there = ~np.isnan(value) & ~run.failed[rows]
        if not there.all():
            here = here.where(there)
        if len(here.rows):
            add(run, method, placed, here, columns.potentials)


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


def _refuse_without_moisture(
    run: Run, placed: Placed, rows: Any, part: Evaluated, basis: str
) -> None:
    """Refuse measured carbon that cannot be brought to as received: no default replaces it."""
    given = {*part.variant.given.values(), *part.unused}
    lacking = [name for name in _MOISTURES[basis][2] if name not in given]
    zh, en, _ = _MOISTURES[basis]
    params = {
        "item": placed.slot.key.item, "item_zh": names.label("item", placed.slot.key.item, "zh"),
        "basis": en, "basis_zh": zh, "missing": ", ".join(lacking),
        "missing_zh": "、".join(f"{_MOISTURE_NAMES[name]}({name})" for name in lacking),
    }  # fmt: skip
    for position in rows:
        note_row(run, int(position), "M-032", "carbon_content", params)
    run.failed[rows] = True


def shared_resolutions(run: Run, placed: Placed, cell: Any) -> Any:
    """One resolution per distinct slot and cell, numbered as they appear.

    ``cell`` is the position in the slot's table over regions × years.
    """
    shape = placed.slot.reason.shape
    numbers = run.shared.setdefault(placed.index, np.full(shape[0] * shape[1], -1, dtype=np.int32))
    seen = np.zeros(len(numbers), dtype=bool)
    seen[cell] = True
    fresh = np.flatnonzero(seen & (numbers < 0))
    if len(fresh):
        numbers[fresh] = np.arange(run.count, run.count + len(fresh))
        run.count += len(fresh)
        nothing = np.full(len(fresh), -1)
        run.tables.append((placed.index, *np.divmod(fresh, shape[1]), nothing, -1))
    return numbers[cell]


@dataclass(frozen=True, slots=True)
class Tonnes:
    """Tonnes of one gas of some rows, with the grade and the fallback behind them."""

    gas: str
    rows: Any
    resolution: Any
    tonnes: Any
    grade: Any
    fallback: Any

    def where(self, chosen: Any) -> Tonnes:
        """Only some of the rows."""
        columns = (self.rows, self.resolution, self.tonnes, self.grade, self.fallback)
        return Tonnes(self.gas, *(column[chosen] for column in columns))


def add(run: Run, method: str, placed: Placed, part: Tonnes, potentials: Potentials) -> None:
    """Put tonnes of a gas into the ledger: on the grid, characterised, with their account."""
    placement, source = placed.placement, placed.placement.source
    rows, gas = part.rows, part.gas
    mass = on_grid(part.tonnes)
    gwp, grade = potentials.with_grade(gas, method)
    if np.isnan(gwp):
        run.failed[rows] = True
        params = {"gas": gas, "gwp_set": potentials.set_name(method)}
        for position in rows:
            note_row(run, int(position), "I-022", "item", params)
    co2e = on_grid(mass * gwp)
    if not (np.isnan(gwp) or (_within_bound(mass) and _within_bound(co2e))):
        inside = (np.abs(mass) < BOUND) & (np.abs(co2e) < BOUND)
        too_large = rows[~inside & ~run.failed[rows]]
        for position in too_large:
            note_row(run, int(position), "I-001", "amount", {"bound": BOUND})
        run.failed[too_large] = True
    run.parts.append(
        Part(
            row=rows,
            resolution=part.resolution,
            mass=mass,
            co2e=co2e,
            grade=np.maximum(part.grade, np.int8(grade)),
            fallback=part.fallback,
            gas=run.gases.setdefault(gas, len(run.gases)),
            gwp=gwp,
            scope=source.scope,
            account=_account(run, placed, gas),
            basis=BASES.index(placement.basis),
            primary=placement.primary,
            totals=placement.totals,
            category=run.categories.setdefault(source.category, len(run.categories)),
        )
    )


def _within_bound(values: Any) -> bool:
    """Whether all magnitudes are below the bound; false where one is NaN."""
    return bool(values.max() < BOUND and values.min() > -BOUND)


def _account(run: Run, placed: Placed, gas: str) -> int:
    """The memo account of a result: the route's own for that gas, else the placement's."""
    name = placed.placement.account_of(gas)
    return run.accounts.setdefault(name, len(run.accounts))


def resolutions_of(run: Run) -> Resolutions:
    """The table of resolutions, in the order they were numbered."""
    sizes = [len(table[1]) for table in run.tables]
    slot = np.repeat(np.array([t[0] for t in run.tables], dtype=np.int32), sizes)
    variant = np.repeat(np.array([t[4] for t in run.tables], dtype=np.int32), sizes)
    nothing = np.empty(0, dtype=np.int64)
    region, year, row = (np.concatenate([nothing, *(t[k] for t in run.tables)]) for k in (1, 2, 3))
    return Resolutions(
        slot, region.astype(np.int32), year.astype(np.int32), row, variant,
        tuple(run.plan.slots), tuple(run.variants),
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
    return Issue(code, params, **run.coded.place(position), column=column, severity=severity)
