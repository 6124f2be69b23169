"""Proves that an equation's units hold: dimension and exact scale, not by trying numbers.

Every declared unit is a dimension vector and an exact fraction of base units. They are
carried through the equation: sums need equal dimensions *and* equal scales, and a result
must be exactly one tonne of its gas. So a forgotten 44/12, a kWh in place of a tonne and a
kg in place of a t all fail when the method loads.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from carboncalc import units
from carboncalc.errors import MethodError
from carboncalc.methods.equation import Equation
from carboncalc.methods.kernels import Kernel
from carboncalc.methods.route import Route
from carboncalc.model.method import Input

#: Result ids that are the same substance as another for the purpose of units.
_SAME_SUBSTANCE = {"CO2_biogenic": "CO2"}


@dataclass(frozen=True)
class Measure:
    """What a value measures: dimension vector and exact scale to base units.

    Examples
    --------
    >>> Measure.of("kWh").scale / Measure.of("MWh").scale
    Fraction(1, 1000)
    """

    dimension: units.Dimension
    scale: Fraction

    @classmethod
    def of(cls, unit: str) -> Measure:
        """The measure of a unit text."""
        parsed = units.parse(unit)
        return cls(parsed.dimension, Fraction(parsed.numerator, parsed.denominator))

    def times(self, other: Measure, power: int = 1) -> Measure:
        """The product with another measure to an integer power."""
        dimension = units.power_dimension(other.dimension, power)
        return Measure(
            units.multiply_dimensions(self.dimension, dimension), self.scale * other.scale**power
        )


ONE = Measure(units.DIMENSIONLESS, Fraction(1))


def prove_equation(equation: Equation, measures: Mapping[str, Measure]) -> Measure:
    """The measure of an equation's value.

    Raises
    ------
    MethodError
        M-005 naming the part that does not hold.

    Examples
    --------
    >>> prove_equation(Equation("a * b"), {"a": Measure.of("t"), "b": Measure.of("GJ/t")}) == (
    ...     Measure.of("GJ"))
    True
    """
    return _measure(equation.tree, equation, measures)


def _measure(node: ast.expr, equation: Equation, known: Mapping[str, Measure]) -> Measure:
    if isinstance(node, ast.Name):
        if node.id not in known:
            raise MethodError("M-005", equation=equation.text, detail=f"{node.id} is not declared")
        return known[node.id]
    if isinstance(node, ast.Constant):
        return ONE
    if isinstance(node, ast.UnaryOp):
        return _measure(node.operand, equation, known)
    if isinstance(node, ast.BinOp):
        left = _measure(node.left, equation, known)
        if isinstance(node.op, ast.Pow):
            assert isinstance(node.right, ast.Constant)
            return ONE.times(left, int(node.right.value))  # type: ignore[arg-type]
        right = _measure(node.right, equation, known)
        if isinstance(node.op, ast.Mult):
            return left.times(right)
        if isinstance(node.op, ast.Div):
            return left.times(right, -1)
        return _same([left, right], node, equation)
    assert isinstance(node, ast.Call)
    return _same([_measure(part, equation, known) for part in node.args], node, equation)


def _same(parts: list[Measure], node: ast.expr, equation: Equation) -> Measure:
    first = parts[0]
    for part in parts[1:]:
        if part.dimension != first.dimension:
            _fail(equation, f"{ast.unparse(node)}: {_show(first)} with {_show(part)}")
        if part.scale != first.scale:
            _fail(equation, f"{ast.unparse(node)}: scales differ by {part.scale / first.scale}")
    return first


def _fail(equation: Equation | Kernel, detail: str) -> None:
    raise MethodError("M-005", equation=equation.text, detail=detail)


def _show(measure: Measure) -> str:
    return " ".join(f"{base}^{power}" for base, power in measure.dimension) or "1"


def input_measure(wanted: Input, variant: int) -> Measure:
    """The measure of an input with its substance put on."""
    unit = wanted.unit(variant)
    if wanted.substance is not None:
        unit = units.tagged(unit, wanted.substance)
    return Measure.of(unit)


def prove_route(route: Route, constants: Mapping[str, str]) -> None:
    """Prove every step and result of a route, under each variant of its amount.

    Parameters
    ----------
    route
        The route.
    constants
        Unit text of each named constant.

    Raises
    ------
    MethodError
        M-005 naming the equation and what does not hold.
    """
    for variant in range(route.variants):
        known = {name: Measure.of(unit) for name, unit in constants.items()}
        known |= {name: input_measure(item, variant) for name, item in route.inputs.items()}
        for step in route.steps.values():
            measure = _step_measure(step.rule, known)
            declared = Measure.of(step.unit(variant))
            _equal(step.rule, measure, declared, f"step {step.name}", step.unit(variant))
            known[step.name] = declared
        for gas, equation in route.results.items():
            target = units.tagged("t", _SAME_SUBSTANCE.get(gas, gas))
            measure = prove_equation(equation, known)
            _equal(equation, measure, Measure.of(target), f"result {gas}", target)


def _step_measure(rule: Equation | Kernel, known: Mapping[str, Measure]) -> Measure:
    if isinstance(rule, Equation):
        return prove_equation(rule, known)
    for name, unit in zip(rule.names, rule.input_units, strict=True):
        if name not in known:
            _fail(rule, f"{name} is not declared")
        _equal(rule, known[name], Measure.of(unit), name, unit)
    return Measure.of(rule.unit)


def _equal(rule: Equation | Kernel, found: Measure, wanted: Measure, what: str, unit: str) -> None:
    if found.dimension != wanted.dimension:
        _fail(rule, f"{what} measures {_show(found)}, not {unit}")
    if found.scale != wanted.scale:
        _fail(rule, f"{what} is {found.scale / wanted.scale} {unit}")


def linear_in_amount(route: Route) -> bool:
    """Whether every result is the amount times something free of it, through all steps.

    Examples
    --------
    >>> from carboncalc.methods.catalogue import load_method
    >>> linear_in_amount(load_method("other-industry").sources["fossil_combustion"].routes[0])
    True
    """
    degrees: dict[str, int | None] = {"amount": 1}
    for step in route.steps.values():
        degrees[step.name] = _degree_with(step.rule, degrees)
    return all(_degree_with(equation, degrees) == 1 for equation in route.results.values())


def _degree_with(rule: Equation | Kernel, degrees: Mapping[str, int | None]) -> int | None:
    if isinstance(rule, Kernel):
        return None if any(degrees.get(name, 0) != 0 for name in rule.names) else 0
    return rule.degree(degrees)
