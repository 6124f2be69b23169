"""Resolves what is distinct: one slot per way of emitting, over all regions and years.

A *slot* is one (method, source, item, technology, …) on one basis, with amounts of one
dimension. Its routes are tried in the order of the document; each input becomes an array
over regions × years, filled by the library's vectorised ladder, and each equation runs
once on those arrays at amount 1. A row of activity data then needs one look-up. Records of
factors are made only when a line is traced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc import units
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.request import FactorRequest, Matched
from carboncalc.inventory.fill import Filled, fill_inputs, grade_of
from carboncalc.inventory.substances import gas_shares
from carboncalc.methods.rounding import RoundingPolicy, half_up
from carboncalc.methods.route import MethodSource, Route
from carboncalc.model.method import Basis, Edition
from carboncalc.provenance import Policy

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

#: Why a cell has no coefficient (``Slot.reason``).
FOUND, NO_VALUE, NO_EDITION, NO_UNIT = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class SlotKey:
    """What a slot is the resolution of.

    ``dimension`` is that of the amount's unit; ``texts`` are text parameters such as
    ``(("abatement_technology", "selective_reduction"),)``; ``basis`` is the scope 2 basis.
    ``gwp_set`` is the set that its lines are weighed with, named where a result may be known
    only as CO2e: such a factor is refused under another set.
    """

    method: str
    source: str
    item: str
    dimension: units.Dimension
    technology: str | None = None
    instrument: str = "none"
    certified: bool = False
    sector: str | None = None
    texts: tuple[tuple[str, str], ...] = ()
    basis: str = "method"
    gwp_set: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """One route of one edition with its inputs over regions × the edition's years."""

    edition: Edition
    route: Route
    variant: int
    years: slice
    inputs: Mapping[str, Filled]


@dataclass(frozen=True)
class Slot:
    """Coefficients per gas over regions × years, and what they were made of.

    ``coefficient[gas]`` is tonnes of gas per ``amount_unit``, with the source's sign, NaN
    where the gas does not arise or a factor is missing; ``grade[gas]`` is the worst grade
    behind it. ``cell`` indexes ``cells``; ``reason`` is 0 where a route was found.
    """

    key: SlotKey
    source: MethodSource
    amount_unit: str
    coefficient: Mapping[str, Floats]
    grade: Mapping[str, Codes]
    cell: Codes
    fallback: Codes
    reason: Codes
    cells: tuple[Cells, ...]
    tried: tuple[Cells, ...]
    linear: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What resolving needs besides the key: the data, the rules and the axes."""

    library: FactorLibrary
    policy: Policy
    rounding: RoundingPolicy
    regions: Sequence[str | None]
    years: Sequence[int]
    answers: dict[FactorRequest, Matched] = field(default_factory=dict)


def resolve_slot(
    key: SlotKey,
    source: MethodSource,
    editions: Sequence[tuple[Edition | None, slice]],
    basis: Basis | None,
    context: Context,
) -> Slot:
    """Resolve one slot for every region and year at once.

    Parameters
    ----------
    editions
        The editions of the document and the slice of ``context.years`` each one governs;
        None where no edition is held.
    basis
        The instruments that decide the default of one input, for electricity.
    """
    shape = (len(context.regions), len(context.years))
    reason: Codes = np.full(shape, NO_VALUE, dtype=np.int8)
    fallback: Codes = np.zeros(shape, dtype=np.int8)
    cell: Codes = np.full(shape, -1, dtype=np.int8)
    coefficient: dict[str, Floats] = {}
    grade: dict[str, Codes] = {}
    taken: list[Cells] = []
    tried: list[Cells] = []
    amount_unit = ""
    for edition, span in editions:
        if edition is None:
            reason[:, span] = NO_EDITION
            continue
        open_ = np.ones((shape[0], span.stop - span.start), dtype=bool)
        for route, variant in fitting_routes(source, key):
            if not route.printed_in(edition):
                continue
            inputs = fill_inputs(route, variant, key, edition, basis, span, context)
            cells = Cells(edition, route, variant, span, inputs)
            tried.append(cells)
            amount_unit = amount_unit or route.inputs["amount"].unit(variant)
            ready = open_ & present(route, inputs, open_.shape)
            if not ready.any():
                continue
            if route.linear:
                _write(coefficient, grade, key, source, cells, ready, amount_unit, context, shape)
            for filled in inputs.values():
                fallback[:, span] |= np.where(ready, filled.fallback, 0).astype(np.int8)
            reason[:, span][ready] = FOUND
            cell[:, span][ready] = len(taken)
            taken.append(cells)
            open_ &= ~ready
            if not open_.any():
                break
    if not tried:
        reason[reason == NO_VALUE] = NO_UNIT
    return Slot(
        key, source, amount_unit, coefficient, grade, cell, fallback, reason, tuple(taken),
        tuple(tried), all(cells.route.linear for cells in taken),
    )  # fmt: skip


def fitting_routes(source: MethodSource, key: SlotKey) -> list[tuple[Route, int]]:
    """The source's routes for the item, text parameters and unit, in order, with the variant."""
    texts = dict(key.texts)
    found = []
    for route in source.routes:
        if route.items is not None and key.item not in route.items:
            continue
        if route.bases is not None and key.basis not in route.bases:
            continue
        if any(texts.get(name, "") not in values for name, values in route.when.items()):
            continue
        wanted = route.inputs["amount"].units
        variant = next(
            (i for i, unit in enumerate(wanted) if units.dimension(unit) == key.dimension), None
        )
        if variant is not None:
            found.append((route, variant))
    return found


def present(route: Route, inputs: Mapping[str, Filled], shape: tuple[int, ...]) -> Any:
    """Where every required input of a route has a value."""
    ready = np.ones(shape, dtype=bool)
    for name, filled in inputs.items():
        if route.inputs[name].required:
            ready &= ~np.isnan(filled.value)
    return ready


def run_route(
    cells: Cells, values: Mapping[str, Any], key: SlotKey, source: MethodSource, context: Context
) -> dict[str, tuple[Any, str]]:
    """Signed tonnes per gas, blends expanded, each with the result it comes from.

    ``values`` holds the amount and the inputs in their declared units; inputs that are
    absent as a whole are left out, so that results which need them do not exist.
    """
    _, results = run_steps(cells, rounded_inputs(cells, values, source, context), context)
    out: dict[str, tuple[Any, str]] = {}
    for name, value in results.items():
        signed = value if source.sign > 0 else -value
        shares = gas_shares(context.library, key.item) if name == "item" else ((name, None),)
        for gas, share in shares:
            out[gas] = (signed if share is None else signed * share, name)
    return out


def rounded_inputs(
    cells: Cells, values: Mapping[str, Any], source: MethodSource, context: Context
) -> dict[str, Any]:
    """Inputs as the rounding policy takes them; the amount is rounded before it comes here."""
    rounded = dict(values)
    if context.rounding.changes_lines:
        for name, wanted in cells.route.inputs.items():
            decimals = context.rounding.parameter(name, wanted.unit(cells.variant), source.id)
            if decimals is not None and name in rounded and name != "amount":
                rounded[name] = half_up(rounded[name], decimals)
    return rounded


def run_steps(cells: Cells, values: Mapping[str, Any], context: Context) -> Any:
    """The steps and the unsigned results of a route, with steps rounded as the policy says."""
    return cells.route.run(values, _rounding_of_steps(cells, values, context))


def _rounding_of_steps(cells: Cells, values: Mapping[str, Any], context: Context) -> Any:
    """The hook that rounds named steps; a product is rounded as the product of its decimals."""
    if not context.rounding.steps:
        return None

    def rounded(name: str, value: Any) -> Any:
        decimals = context.rounding.step(name)
        if decimals is None:
            return value
        rule = cells.route.steps[name].rule
        text = getattr(rule, "text", "")
        product = bool(text) and all(part.strip() in values for part in text.split("*"))
        factors = [values[part.strip()] for part in text.split("*")] if product else None
        return half_up(value, decimals, factors)

    return rounded


def _write(
    coefficient: dict[str, Floats],
    grade: dict[str, Codes],
    key: SlotKey,
    source: MethodSource,
    cells: Cells,
    ready: Any,
    amount_unit: str,
    context: Context,
    shape: tuple[int, int],
) -> None:
    """Run a linear route at amount 1 and write what is ready into the slot's tables."""
    values: dict[str, Any] = {
        name: f.value for name, f in cells.inputs.items() if not np.isnan(f.value).all()
    }
    values["amount"] = one_in_route_unit(cells, amount_unit)
    for gas, (value, result) in run_route(cells, values, key, source, context).items():
        target = coefficient.setdefault(gas, np.full(shape, np.nan))
        marks = grade.setdefault(gas, np.zeros(shape, dtype=np.int8))
        block = np.broadcast_to(value, ready.shape)
        target[:, cells.years][ready] = block[ready]
        worst = grade_of(cells.route.needs(result), cells.inputs, context.library, ready.shape)
        marks[:, cells.years][ready] = worst[ready]


def one_in_route_unit(cells: Cells, amount_unit: str) -> float:
    """One unit of the slot's amount in the unit of the route (1 where they are the same)."""
    multiply, divide = units.conversion(
        amount_unit, cells.route.inputs["amount"].unit(cells.variant)
    )
    return multiply / divide
