"""Rounding half up against exact decimal arithmetic."""

import math
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carboncalc.errors import MethodError
from carboncalc.methods.rounding import half_up, load_rounding, rounding_names


def decimal_half_up(text: str, decimals: int) -> float:
    quantum = Decimal(1).scaleb(-decimals)
    return float(Decimal(text).quantize(quantum, rounding=ROUND_HALF_UP))


@given(
    st.decimals(min_value=-(10**7), max_value=10**7, places=5, allow_nan=False),
    st.integers(0, 5),
)
def test_a_typed_decimal_is_rounded_as_a_person_would(number: Decimal, decimals: int) -> None:
    assert half_up(float(number), decimals) == decimal_half_up(str(float(number)), decimals)


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30),
    st.integers(0, 3),
)
def test_ties_go_away_from_zero_in_arrays_too(numbers: list[int], decimals: int) -> None:
    ties = [(n * 10 + 5) / 10 ** (decimals + 1) for n in numbers]
    got = half_up(ties, decimals)
    assert got.tolist() == [decimal_half_up(repr(t), decimals) for t in ties]


@given(st.integers(1, 10**5), st.integers(1, 10**4))
def test_the_product_of_the_decimals_decides_near_a_tie(a: int, b: int) -> None:
    left, right = a / 1000, b / 100
    exact = Decimal(repr(left)) * Decimal(repr(right))
    want = float(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
    assert half_up(left * right, 2, factors=[left, right]) == want


def test_a_product_just_below_a_tie_needs_its_factors() -> None:
    # 1.1 × 1.15 is 1.265 in decimals, but 1.2649999999999999 in binary
    assert half_up(1.1 * 1.15, 2, factors=[1.1, 1.15]) == 1.27


def test_nothing_and_infinity_pass_through() -> None:
    got = half_up([math.nan, math.inf, -math.inf, 1e300], 2)
    assert math.isnan(got[0])
    assert got[1:].tolist() == [math.inf, -math.inf, 1e300]


def test_tens_and_hundreds_can_be_kept() -> None:
    assert half_up([1250.0, 1349.9, -150.0], -2).tolist() == [1300.0, 1300.0, -200.0]


def test_the_shape_is_kept() -> None:
    assert half_up(np.ones((2, 3)), 1).shape == (2, 3)
    assert half_up(0.25, 1).shape == ()


def test_the_shipped_policies_say_what_the_contract_says() -> None:
    assert rounding_names() == ("mee-guide", "ndrc-report", "none", "platform-form")
    form, report, guide = map(load_rounding, ("platform-form", "ndrc-report", "mee-guide"))
    assert form.step("carbon_per_unit") == 2
    assert report.step("carbon_per_unit") == 4
    assert report.items is not None
    assert report.items.by == ("entity", "source", "item", "year")
    assert guide.step("carbon_per_unit") is None
    assert guide.parameter("carbon_content", "t C/GJ") == 5
    assert guide.parameter("carbon_content", "t C/t") == 4
    assert guide.parameter("carbon_content", "t C/10^4 Nm3") is None
    assert guide.total is not None
    assert guide.total.decimals == 0


def test_one_writes_a_policy_of_ones_own_as_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "months.yaml"
    mine.write_text("items: {by: [period], decimals: 1}\n", encoding="utf-8")
    policy = load_rounding(str(mine))
    assert policy.id == "months"
    assert policy.items is not None
    assert policy.items.decimals == 1


def test_a_policy_that_does_not_exist_or_is_wrong_says_so(tmp_path: Path) -> None:
    with pytest.raises(MethodError, match="M-020"):
        load_rounding("to-the-moon")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("steps: {carbon_per_unit: many}\n", encoding="utf-8")
    with pytest.raises(MethodError, match="M-021"):
        load_rounding(str(wrong))
