"""Cells of the block path whose rows give values themselves, or whose equation is not linear.

Rows of one slot that give the same parameters in the same units take the same route. Where
the equations, the inputs given and the limits are the same, one *evaluator* serves many
slots: the inputs that rows do not give lie in columns over the cells, and the equations run
once per block on whole columns, at amount 1 as on the ledger path, so the bits are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from carboncalc import units
from carboncalc.errors import CarbonCalcError, MethodError
from carboncalc.inventory.ledger import COUNTED
from carboncalc.inventory.own_values import taken_routes, unfit_units
from carboncalc.inventory.plan import Placed, Plan
from carboncalc.inventory.slots import Cells, one_in_route_unit, run_route
from carboncalc.methods.checks import limit_of

if TYPE_CHECKING:
    from carboncalc.inventory.slots import Context, SlotKey
    from carboncalc.methods.route import MethodSource

#: What a group of rows gives: (column, unit), in the order of the columns.
Pattern = tuple[tuple[str, str], ...]
NOTHING: Pattern = ()


@dataclass(frozen=True, slots=True)
class Given:
    """How a given column enters an equation: its conversion and the span it may lie in."""

    column: str
    multiply: float
    divide: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Equations to run on columns of given values and of defaults.

    ``given`` maps an input to the column that serves it, ``defaults`` names the inputs taken
    from the cells, ``gases`` are the results that count.
    """

    cells: Cells
    key: SlotKey
    source: MethodSource
    context: Context
    given: Mapping[str, Given]
    defaults: tuple[str, ...]
    gases: tuple[str, ...]
    one: float

    def run(self, values: Mapping[str, Any], amount: Any) -> dict[str, Any]:
        """Signed tonnes per gas from inputs in their declared units.

        Parameters
        ----------
        values
            Arrays by input name.
        amount
            Amounts in the slot's unit.
        """
        linear = self.cells.route.linear
        inputs = {**values, "amount": self.one if linear else amount * self.one}
        found = run_route(self.cells, inputs, self.key, self.source, self.context)
        tonnes = {gas: value for gas, (value, _) in found.items() if gas in self.gases}
        return {g: amount * v if linear else v for g, v in tonnes.items()}


class GivenCells:
    """Evaluators, and per cell the evaluator that serves it with the inputs it holds.

    ``evaluator`` is 0 for plain cells, else a position in ``evaluators``; ``default[name]``
    are columns over the cells.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[Any, int] = {}
        self.evaluators: list[Evaluator | None] = [None]
        self.evaluator: npt.NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self.default: dict[str, npt.NDArray[np.float64]] = {}

    def reserve(self, size: int) -> None:
        """Make room for as many cells."""
        more = size - len(self.evaluator)
        if more > 0:
            self.evaluator = np.append(self.evaluator, np.zeros(more, dtype=np.intp))
            self.default = {
                name: np.append(column, np.full(more, np.nan))
                for name, column in self.default.items()
            }

    def write(self, placed: Placed, pattern: Pattern, at: Any, region: Any, year: Any) -> Any:
        """Fill the cells of a slot at places and years; True where a route can be taken.

        Raises
        ------
        MethodError
            ``M-012`` if a coal's measured carbon comes without its basis.
        """
        if unfit_units(placed.slot.source, placed.slot.key, dict(pattern)):
            raise CarbonCalcError("I-044", source=placed.slot.key.source)  # I-028, by row
        taken, left = taken_routes(placed, dict(pattern), region, year, self._plan)
        for cells, used, rows in taken:
            _require_basis(cells, used, placed, dict(pattern))
            held = {
                name: filled.value[region[rows], year[rows] - cells.years.start]
                for name, filled in cells.inputs.items()
                if name not in used
            }
            present = np.array([~np.isnan(value) for value in held.values()]).reshape(
                len(held), len(rows)
            )
            kinds, kind_of = np.unique(present, axis=1, return_inverse=True)
            for kind in range(kinds.shape[1]):
                here = kind_of.ravel() == kind
                names = tuple(n for n, there in zip(held, kinds[:, kind], strict=True) if there)
                evaluator = self._evaluator(placed, cells, used, dict(pattern), names)
                for name in names:
                    self._column(name)[at[rows[here]]] = held[name][here]
                self.evaluator[at[rows[here]]] = evaluator
        found = np.ones(len(region), dtype=bool)
        found[left] = False
        return found

    def _column(self, name: str) -> npt.NDArray[np.float64]:
        if name not in self.default:
            fresh = np.full(len(self.evaluator), np.nan)
            self.default = {**self.default, name: fresh}
        return self.default[name]

    def _evaluator(
        self,
        placed: Placed,
        cells: Cells,
        used: Mapping[str, str],
        given_units: Mapping[str, str],
        defaults: tuple[str, ...],
    ) -> int:
        """The number of the evaluator with these equations, inputs and limits."""
        slot, route = placed.slot, cells.route
        given = {
            name: _given(name, column, given_units[column], cells, slot.key.item)
            for name, column in used.items()
        }
        one = one_in_route_unit(cells, slot.amount_unit)
        probe = {name: np.ones(1) for name in (*given, *defaults)} | {"amount": 1.0}
        with np.errstate(all="ignore"):  # only the names of the results are wanted
            results = run_route(cells, probe, slot.key, slot.source, self._plan.context)
        gases = tuple(g for g in results if placed.placement.account_of(g) == COUNTED)
        context = self._plan.context
        identity = (
            tuple((name, step.rule) for name, step in route.steps.items()),
            tuple(route.results.items()), tuple(route.constants.items()), route.linear,
            slot.source.sign, tuple(given.items()), defaults, gases, one,
            slot.key.item if "item" in route.results else None,
            (slot.key.method, slot.source.id, route.id, cells.variant)
            if context.rounding.changes_lines
            else None,
        )  # fmt: skip
        number = self._known.get(identity)
        if number is None:
            self.evaluators.append(
                Evaluator(cells, slot.key, slot.source, context, given, defaults, gases, one)
            )
            number = self._known[identity] = len(self.evaluators) - 1
        return number


def _given(name: str, column: str, unit: str, cells: Cells, item: str) -> Given:
    wanted = cells.route.inputs[name]
    declared = wanted.unit(cells.variant)
    multiply, divide = units.conversion(unit, declared)
    limit = limit_of(name, declared, item, wanted)
    low, high = (-np.inf, np.inf) if limit is None else limit.span
    return Given(column, multiply, divide, low, high)


def _require_basis(
    cells: Cells, used: Mapping[str, str], placed: Placed, given_units: Mapping[str, str]
) -> None:
    """Refuse a coal's measured carbon without its basis, or without the moisture of its basis."""
    key = placed.slot.key
    texts = dict(key.texts)
    for name, items in cells.route.text_required.items():
        if used and key.item in items and not texts.get(name):
            raise MethodError("M-012", method=key.method, source=key.source, item=key.item)
    measured = "carbon_content" in given_units and "carbon_content" not in used.values()
    if measured and texts.get("carbon_basis") in ("ad", "d"):
        raise CarbonCalcError("I-044", source=key.source)  # M-032 names the moisture, by row


def pattern_of_columns(columns: Mapping[str, str | None], needs_unit: frozenset[str]) -> Pattern:
    """What some columns give, from their unit texts; a number without a unit is a pure one.

    Raises
    ------
    CarbonCalcError
        If a unit cannot be read, or a quantity comes without one.
    """
    out = []
    for column, unit in columns.items():
        if unit is None and column.partition("[")[0] in needs_unit:
            raise CarbonCalcError("I-044", source=column)
        out.append((column, units.parse(unit or "1").text))
    return tuple(out)
