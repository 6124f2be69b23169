"""Rows that bring values of their own: grouped by what they give, computed as columns.

A value that a row gives is never passed over in favour of a default: among the routes that
can be taken, one that uses more of the given values goes first, then the order of the
document. A linear equation is evaluated at amount 1 and then multiplied by the amount, so
that a given value equal to the default gives the same bits as the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc import units
from carboncalc.inventory.fill import GRADE_S, Filled, fill_inputs, grade_of
from carboncalc.inventory.placement import Placement, editions_by_year
from carboncalc.inventory.plan import Placed, Plan
from carboncalc.inventory.resolutions import Variant
from carboncalc.inventory.slots import (
    Cells,
    SlotKey,
    fitting_routes,
    one_in_route_unit,
    run_route,
)
from carboncalc.methods.route import MethodSource, Route


@dataclass(frozen=True)
class Evaluated:
    """What one group of rows came to under one route.

    ``rows`` indexes the group; ``given`` are the values the rows gave, by input and in its
    unit; ``value[gas]`` is tonnes per unit of amount where the route
    is linear, else tonnes; ``missing`` rows could not be computed by any route.
    """

    rows: npt.NDArray[np.intp]
    variant: Variant
    given: Mapping[str, npt.NDArray[np.float64]]
    value: Mapping[str, Any]
    grade: Mapping[str, Any]
    fallback: npt.NDArray[np.int8]
    linear: bool
    unused: tuple[str, ...]


def evaluate_group(
    placed: Placed,
    given_units: Mapping[str, str],
    given: Mapping[str, npt.NDArray[np.float64]],
    amount: npt.NDArray[np.float64],
    region: npt.NDArray[Any],
    year: npt.NDArray[Any],
    plan: Plan,
) -> tuple[list[Evaluated], npt.NDArray[np.intp]]:
    """Compute the rows of one slot that give the same parameters in the same units.

    Parameters
    ----------
    given_units, given
        Unit text and values of each parameter the rows give, by column name.
    amount
        Amounts in the slot's unit.
    region, year
        Codes on the plan's axes.

    Returns
    -------
    evaluated, missing
        One entry per route that was taken, and the rows no route could take.
    """
    taken, left = taken_routes(placed, given_units, region, year, plan)
    out = [
        _run(cells, used, given_units, given, rows, amount, region, year, placed, plan)
        for cells, used, rows in taken
    ]
    return out, left


def taken_routes(
    placed: Placed,
    given_units: Mapping[str, str],
    region: npt.NDArray[Any],
    year: npt.NDArray[Any],
    plan: Plan,
) -> tuple[list[tuple[Cells, dict[str, str], npt.NDArray[np.intp]]], npt.NDArray[np.intp]]:
    """The route that serves each place and year of a slot, given the same parameters.

    Returns
    -------
    taken, left
        Per route and edition: its cells, which given column serves which input, and the
        positions it serves; then the positions that no route can serve.
    """
    slot = placed.slot
    candidates = []
    for route, variant in fitting_routes(slot.source, slot.key):
        if any(name in given_units for name in route.without):
            continue
        used = _used(route, variant, given_units)
        candidates.append((route, variant, used))
    candidates.sort(key=lambda entry: -len(entry[2]))  # stable: ties go by the document
    left = np.arange(len(region))
    taken = []
    for route, variant, used in candidates:
        if not len(left):
            break
        for cells in cells_of(route, variant, placed.placement, placed, plan):
            ready = (year[left] >= cells.years.start) & (year[left] < cells.years.stop)
            ready[ready] = _ready(cells, used, left[ready], region, year)
            here = left[ready]
            if len(here):
                taken.append((cells, used, here))
                left = left[~ready]
    return taken, left


def unfit_units(
    source: MethodSource, key: SlotKey, given_units: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Given parameters that a route knows by name and none takes in that unit: what they take.

    Such a value is refused, not passed over in favour of a default.
    """
    accepted: dict[str, dict[str, None]] = {}
    for route, variant in fitting_routes(source, key):
        for name, wanted in route.inputs.items():
            for column in (name, *wanted.aliases) if name != "amount" else ():
                if column in given_units:
                    accepted.setdefault(column, {})[wanted.unit(variant)] = None
    return {
        column: tuple(taken)
        for column, taken in accepted.items()
        if not any(units.same_dimension(given_units[column], unit) for unit in taken)
    }


def cells_of(
    route: Route, variant: int, placement: Placement, placed: Placed, plan: Plan
) -> list[Cells]:
    """The route under each edition, with its inputs filled; kept for the next group."""
    key = (placed.index, route.id, variant)
    found = plan.route_cells.get(key)
    if found is None:
        found = []
        context = plan.context
        for edition, span in editions_by_year(
            placement.method, context.years, context.policy.edition
        ):
            if edition is not None and route.printed_in(edition):
                inputs = fill_inputs(
                    route, variant, placed.slot.key, edition, placement.instruments, span, context
                )
                found.append(Cells(edition, route, variant, span, inputs))
        plan.route_cells[key] = found
    return found


def _used(route: Route, variant: int, given_units: Mapping[str, str]) -> dict[str, str]:
    """Which given column serves which input: the names match and so do the dimensions."""
    used: dict[str, str] = {}
    for name, wanted in route.inputs.items():
        if name == "amount":
            continue
        for column in (name, *wanted.aliases):
            if column in given_units and units.same_dimension(
                given_units[column], wanted.unit(variant)
            ):
                used[name] = column
                break
    return used


def _ready(cells: Cells, used: Mapping[str, str], rows: Any, region: Any, year: Any) -> Any:
    ready = np.ones(len(rows), dtype=bool)
    for name, filled in cells.inputs.items():
        if name not in used and cells.route.inputs[name].required:
            ready &= ~np.isnan(_at(filled, rows, region, year, cells))
    for name in {other for given in used for other in cells.route.inputs[given].needs} - set(used):
        filled = cells.inputs[name]
        ready &= filled.row[region[rows], year[rows] - cells.years.start] >= 0
    return ready


def _at(filled: Filled, rows: Any, region: Any, year: Any, cells: Cells) -> Any:
    return filled.value[region[rows], year[rows] - cells.years.start]


def _run(
    cells: Cells,
    used: Mapping[str, str],
    given_units: Mapping[str, str],
    given: Mapping[str, Any],
    rows: Any,
    amount: Any,
    region: Any,
    year: Any,
    placed: Placed,
    plan: Plan,
) -> Evaluated:
    slot, route = placed.slot, cells.route
    values: dict[str, Any] = {}
    spot = (region[rows], year[rows] - cells.years.start)
    defaults: dict[str, Filled] = {}
    for name, filled in cells.inputs.items():
        if name in used:
            column = used[name]
            multiply, divide = units.conversion(
                given_units[column], route.inputs[name].unit(cells.variant)
            )
            values[name] = given[column][rows] * multiply / divide
            continue
        value = filled.value[spot]
        if not np.isnan(value).all():
            values[name] = value
            defaults[name] = filled
    one = one_in_route_unit(cells, slot.amount_unit)
    values["amount"] = one if route.linear else amount[rows] * one
    out: dict[str, Any] = {}
    grade: dict[str, Any] = {}
    for gas, (value, result) in run_route(
        cells, values, slot.key, slot.source, plan.context
    ).items():
        out[gas] = np.broadcast_to(value, rows.shape)
        needed = route.needs(result)
        shape = next(iter(cells.inputs.values())).row.shape if cells.inputs else (1, 1)
        worst = grade_of(needed, defaults, plan.context.library, shape)[spot] if defaults else 0
        floor = GRADE_S if needed & set(used) else 0
        grade[gas] = np.broadcast_to(np.maximum(worst, floor), rows.shape)
    fallback = np.zeros(len(rows), dtype=np.int8)
    for filled in defaults.values():
        fallback |= filled.fallback[spot]
    unused = tuple(column for column in given_units if column not in used.values())
    own = {name: values[name] for name in used}
    variant = Variant(cells, dict(used))
    return Evaluated(rows, variant, own, out, grade, fallback, route.linear, unused)
