"""The exact sums: integers that add up in any order."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.exact import GRID, ExactSums, exact_sum, on_grid

tonnes = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


@given(st.lists(tonnes, max_size=50), st.randoms(use_true_random=False))
def test_the_sum_is_the_rational_sum_rounded_once_in_every_order(values, rng: random.Random):
    grid = [float(v) for v in on_grid(values)]
    expected = float(sum((Fraction(v) for v in grid), Fraction(0)))
    shuffled = grid[:]
    rng.shuffle(shuffled)
    assert exact_sum(grid) == exact_sum(shuffled) == expected


@given(tonnes)
def test_the_grid_changes_a_value_by_at_most_half_a_step_and_then_no_more(value):
    once = float(on_grid(value))
    assert abs(Fraction(once) - Fraction(value)) <= Fraction(1, int(2 * GRID))
    assert float(on_grid(once)) == once


@given(tonnes)
def test_a_single_line_is_the_total_of_itself(value):
    line = float(on_grid(value))
    assert exact_sum([line]) == line


@given(st.lists(tonnes, min_size=1, max_size=80), st.integers(1, 20), st.integers(1, 4))
def test_sums_by_key_do_not_depend_on_blocks_or_merging(values, block, parts):
    column = on_grid(values)
    keys = np.arange(len(column)) % 3
    whole = ExactSums(3)
    whole.add_block(keys, column)
    split = [ExactSums(3) for _ in range(parts)]
    for number, start in enumerate(range(0, len(column), block)):
        stop = start + block
        split[number % parts].add_block(keys[start:stop], column[start:stop])
    for other in split[1:]:
        split[0].merge(other)
    assert whole.values().tolist() == split[0].values().tolist()
    assert (whole.high == split[0].high).all()
    assert (whole.low == split[0].low).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2.0**53])
def test_values_that_cannot_be_added_exactly_are_refused(value):
    with pytest.raises(CarbonCalcError, match="I-001"):
        exact_sum([1.0, value])


def test_a_running_bound_refuses_before_integers_wrap():
    sums = ExactSums(1)
    large = np.full(1000, 2.0**40)
    with pytest.raises(CarbonCalcError, match="I-001"):
        sums.add_block(np.zeros(1000, dtype=int), large)


def test_coarser_keys_give_the_same_exact_total():
    rng = np.random.default_rng(3)
    column = on_grid(rng.lognormal(3, 2, 10_000))
    keys = rng.integers(0, 50, 10_000)
    sums = ExactSums(50)
    sums.add(keys, column)
    assert sums.total() == exact_sum(column)
    coarse = sums.regroup(np.arange(50) % 5, 5)
    assert coarse.values().tolist() == [exact_sum(column[keys % 5 == k]) for k in range(5)]


def test_one_large_line_among_many_small_ones_is_summed_and_not_refused():
    column = np.full(70_000, 0.5)
    column[40_000] = 1e9  # a nation's year beside meter readings: 65,536 × 1e9 t passes the bound
    assert exact_sum(column) == 1e9 + 69_999 * 0.5
    with pytest.raises(CarbonCalcError, match="I-001"):
        exact_sum(np.full(70_000, 1e9))
