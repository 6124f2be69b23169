"""Equations that an auditor can read and a machine can prove: names and plain arithmetic.

The grammar is names, the number 1, ``+ - * /``, integer powers, ``min`` and ``max``. Text
is parsed by Python's own parser into a tree, and the tree is walked here; nothing is ever
executed. Values are computed in the order written, left to right, with IEEE operations
only, so scalars and arrays give the same bits everywhere; integer powers are multiplied
out.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from carboncalc.errors import MethodError

Value = Any  # float or numpy array: equations treat both alike
_MAX_POWER = 8


@dataclass(frozen=True)
class Equation:
    """One equation: its text, the names it needs and how to evaluate it.

    Parameters
    ----------
    text
        The right-hand side as written in the method file.

    Raises
    ------
    MethodError
        M-004 when the text uses anything outside the grammar.

    Examples
    --------
    >>> equation = Equation("amount * net_calorific_value * (1 - heel)")
    >>> equation.names
    ('amount', 'net_calorific_value', 'heel')
    >>> equation.evaluate({"amount": 2.0, "net_calorific_value": 10.0, "heel": 0.1})
    18.0
    >>> equation.linear_in("amount")
    True
    """

    text: str
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        tree = parse(self.text)
        seen = dict.fromkeys(_names(tree))
        object.__setattr__(self, "names", tuple(seen))

    @property
    def tree(self) -> ast.expr:
        """The checked syntax tree, for provers and printers."""
        return parse(self.text)

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """The value of the equation, of the same shape as the values broadcast together.

        Raises
        ------
        KeyError
            When a name has no value.
        """
        return _compiled(self.text)(values)

    def linear_in(self, name: str) -> bool:
        """Whether the equation is ``name`` times something free of ``name``.

        Then the value at amount *a* is *a* times the value at amount 1.
        """
        return self.degree({name: 1}) == 1

    def degree(self, degrees: Mapping[str, int | None]) -> int | None:
        """The degree of the value when the named values have these degrees in something.

        ``None`` where it is not homogeneous; a name that is not listed has degree 0.
        """
        return _degree(self.tree, degrees)

    def numbers(self) -> tuple[float, ...]:
        """The number literals in the text; only 1 belongs in a method file."""
        return tuple(
            _number(node)
            for node in _walk(self.tree, powers=False)
            if isinstance(node, ast.Constant)
        )


@functools.cache
def parse(text: str) -> ast.expr:
    """The syntax tree of an equation after checking it against the grammar.

    Examples
    --------
    >>> type(parse("a * b")).__name__
    'BinOp'
    """
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise MethodError("M-004", equation=text, detail=str(error)) from None
    for node in _walk(tree, powers=True):
        _check(node, text)
    return tree


def _check(node: ast.expr, text: str) -> None:
    if isinstance(node, ast.Name):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            _refuse(text, f"{node.value!r}")
        return
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            _power(node, text)
        elif not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            _refuse(text, type(node.op).__name__)
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("min", "max")
        and not node.keywords
        and len(node.args) >= 2
    ):
        return
    _refuse(text, ast.unparse(node))


def _power(node: ast.BinOp, text: str = "") -> int:
    exponent = node.right
    if (
        isinstance(exponent, ast.Constant)
        and isinstance(exponent.value, int)
        and not isinstance(exponent.value, bool)
        and 1 <= exponent.value <= _MAX_POWER
    ):
        return exponent.value
    raise MethodError("M-004", equation=text, detail=f"power {ast.unparse(exponent)}")


def _number(node: ast.Constant) -> float:
    assert isinstance(node.value, int | float)  # the grammar has seen to it
    return float(node.value)


def _refuse(text: str, detail: str) -> NoReturn:
    raise MethodError("M-004", equation=text, detail=detail)


def _walk(node: ast.expr, *, powers: bool) -> Iterator[ast.expr]:
    """All expression nodes in the order written, function names and exponents left out."""
    yield node
    if isinstance(node, ast.BinOp):
        yield from _walk(node.left, powers=powers)
        if powers or not isinstance(node.op, ast.Pow):
            yield from _walk(node.right, powers=powers)
    elif isinstance(node, ast.UnaryOp):
        yield from _walk(node.operand, powers=powers)
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from _walk(argument, powers=powers)


def _names(tree: ast.expr) -> Iterator[str]:
    return (node.id for node in _walk(tree, powers=False) if isinstance(node, ast.Name))


def _degree(node: ast.expr, name: Mapping[str, int | None]) -> int | None:
    """The degree when homogeneous (0 = free of it), else ``None``."""
    if isinstance(node, ast.Name):
        return name.get(node.id, 0)
    if isinstance(node, ast.Constant):
        return 0
    if isinstance(node, ast.UnaryOp):
        return _degree(node.operand, name)
    if isinstance(node, ast.BinOp):
        left = _degree(node.left, name)
        if isinstance(node.op, ast.Pow):
            return None if left is None else left * _power(node)
        right = _degree(node.right, name)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Mult):
            return left + right
        if isinstance(node.op, ast.Div):
            return left if right == 0 else None
        return left if left == right else None
    degrees = {_degree(argument, name) for argument in getattr(node, "args", [])}
    return 0 if degrees == {0} else None


@functools.cache
def _compiled(text: str) -> Callable[[Mapping[str, Value]], Value]:
    return _closure(parse(text))


def _closure(node: ast.expr) -> Callable[[Mapping[str, Value]], Value]:
    """A function that computes the node; divisions by zero give inf or nan, checked later."""
    if isinstance(node, ast.Name):
        name = node.id
        return lambda values: values[name]
    if isinstance(node, ast.Constant):
        number = _number(node)
        return lambda values: number
    if isinstance(node, ast.UnaryOp):
        operand = _closure(node.operand)
        return lambda values: -operand(values)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            return _repeated(_closure(node.left), _power(node))
        left, right = _closure(node.left), _closure(node.right)
        if isinstance(node.op, ast.Add):
            return lambda values: left(values) + right(values)
        if isinstance(node.op, ast.Sub):
            return lambda values: left(values) - right(values)
        if isinstance(node.op, ast.Mult):
            return lambda values: left(values) * right(values)
        return lambda values: _divide(left(values), right(values))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    pick = np.minimum if node.func.id == "min" else np.maximum
    parts = [_closure(argument) for argument in node.args]
    return lambda values: functools.reduce(pick, [part(values) for part in parts])


def _repeated(base: Callable[[Mapping[str, Value]], Value], power: int) -> Callable[..., Value]:
    def multiplied(values: Mapping[str, Value]) -> Value:
        value = base(values)
        product = value
        for _ in range(power - 1):
            product = product * value
        return product

    return multiplied


def _divide(left: Value, right: Value) -> Value:
    """IEEE division for scalars too: 1/0 is inf and 0/0 is nan, never an exception."""
    if isinstance(left, float) and isinstance(right, float) and right != 0.0:
        return left / right
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(left, right)
