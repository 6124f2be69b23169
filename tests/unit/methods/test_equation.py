"""Equations: what the grammar takes, what it refuses, and that order and bits are kept."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carboncalc.errors import MethodError
from carboncalc.methods.equation import Equation

NUMBERS = st.floats(min_value=1e-6, max_value=1e6)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "amount.real",
        "amount[0]",
        "amount if 1 else 0",
        "lambda: 1",
        "amount ** 0.5",
        "amount ** -1",
        "amount ** 99",
        "1 ** amount",
        "amount // 2",
        "amount % 2",
        "amount @ b",
        "max(amount)",
        "max(amount, key=b)",
        "abs(amount)",
        "a and b",
        "a < b",
        "'text'",
        "True",
        "1j",
        "(a, b)",
        "a := b",
        "",
        "a +",
        "f'{a}'",
        "[a for a in b]",
        "-" * 100_000 + "a",
    ],
)
def test_anything_beyond_plain_arithmetic_is_refused_with_its_code(text: str) -> None:
    with pytest.raises(MethodError) as caught:
        Equation(text)
    assert caught.value.code == "M-004"


def test_names_come_in_the_order_written_and_once_each() -> None:
    equation = Equation("a * b + max(c, a) / min(d, b) - e ** 2")
    assert equation.names == ("a", "b", "c", "d", "e")


@given(a=NUMBERS, b=NUMBERS, c=NUMBERS)
def test_values_are_those_of_python_to_the_bit(a: float, b: float, c: float) -> None:
    values = {"a": a, "b": b, "c": c}
    assert Equation("a * b / c - a + b").evaluate(values) == a * b / c - a + b
    assert Equation("a - (b - c)").evaluate(values) == a - (b - c)
    assert Equation("max(a, b, c) * min(a, b)").evaluate(values) == max(a, b, c) * min(a, b)
    assert Equation("-a + b").evaluate(values) == -a + b


@given(a=NUMBERS)
def test_powers_are_multiplied_out(a: float) -> None:
    assert Equation("a ** 3").evaluate({"a": a}) == a * a * a


@given(st.lists(NUMBERS, min_size=1, max_size=50))
def test_arrays_give_the_bits_of_scalars(numbers: list[float]) -> None:
    equation = Equation("a * b / (1 - c) + min(a, b)")
    array = np.array(numbers)
    got = equation.evaluate({"a": array, "b": 3.7, "c": 0.3})
    one_by_one = [equation.evaluate({"a": x, "b": 3.7, "c": 0.3}) for x in numbers]
    assert got.tolist() == one_by_one


def test_a_division_by_zero_gives_infinity_or_nan_and_no_exception() -> None:
    assert Equation("a / b").evaluate({"a": 1.0, "b": 0.0}) == math.inf
    assert math.isnan(Equation("a / b").evaluate({"a": 0.0, "b": 0.0}))


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("amount * a / b", True),
        ("a * (amount * b - amount)", True),
        ("-amount", True),
        ("amount * a + b", False),
        ("amount * amount", False),
        ("amount ** 2 / amount", False),
        ("a / amount", False),
        ("max(amount, a)", False),
        ("amount * max(a, b)", True),
        ("a * b", False),
        ("amount * a + amount ** 2", False),
    ],
)
def test_linear_in_the_amount_is_proven_by_structure(text: str, linear: bool) -> None:
    assert Equation(text).linear_in("amount") is linear


@given(
    a=st.integers(1, 1000),
    b=st.integers(1, 1000),
    amount=st.integers(1, 10**6),
)
def test_what_is_called_linear_is_amount_times_its_value_at_one(
    a: int, b: int, amount: int
) -> None:
    equation = Equation("a * (amount * b - amount / b)")
    whole = _exact(a, b, Fraction(amount))
    assert whole == amount * _exact(a, b, Fraction(1))
    got = equation.evaluate({"a": float(a), "b": float(b), "amount": float(amount)})
    assert got == pytest.approx(float(whole), rel=1e-12)


def _exact(a: int, b: int, amount: Fraction) -> Fraction:
    return a * (amount * b - amount / b)


def test_the_numbers_of_an_equation_are_found_but_not_its_powers() -> None:
    assert Equation("amount * 0.11 + (1 - a) ** 2").numbers() == (0.11, 1.0)
