"""Which measurements stand for a period."""

import numpy as np
import pytest

from carboncalc.inventory import covering as module
from carboncalc.inventory.covering import Spans, covering


def spans(*triples):
    group, start, stop = np.array(triples).T
    return Spans(group.astype(np.intp), start, stop)


def found_for(period, *measured):
    """The positions of the measurements that stand for one period of group 0."""
    found = covering(spans((0, *period)), spans(*((0, *span) for span in measured)))
    if found.single[0] >= 0:
        assert not len(found.filled)
        return [int(found.single[0])]
    return found.by.tolist()


YEAR, WINTER, JANUARY, FEBRUARY, MARCH = (0, 365), (0, 90), (0, 31), (31, 59), (59, 90)


@pytest.mark.parametrize(
    ("period", "measured", "expected"),
    [
        (JANUARY, [YEAR, JANUARY, WINTER], [1]),
        (JANUARY, [YEAR, WINTER], [1]),
        (JANUARY, [WINTER, (0, 90)], [0]),
        (WINTER, [MARCH, JANUARY, FEBRUARY], [0, 1, 2]),
        (WINTER, [JANUARY, MARCH], []),
        (WINTER, [JANUARY, FEBRUARY], []),
        (WINTER, [JANUARY, FEBRUARY, MARCH, FEBRUARY], []),
        (WINTER, [JANUARY, FEBRUARY, MARCH, YEAR], [3]),
        ((365, 396), [YEAR], []),
    ],
)
def test_the_shortest_that_covers_goes_before_those_that_fill_without_a_gap(
    period, measured, expected
):
    assert found_for(period, *measured) == expected


def test_groups_do_not_lend_each_other_measurements():
    found = covering(spans((0, *WINTER), (1, *WINTER)), spans((0, *JANUARY), (1, *FEBRUARY)))
    assert found.single.tolist() == [-1, -1]
    assert found.filled.tolist() == []


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_the_answer_does_not_depend_on_how_many_pairs_are_looked_at_in_one_go(monkeypatch, at_once):
    rng = np.random.default_rng(4)
    start = rng.integers(0, 10, 60)
    periods = Spans(rng.integers(0, 6, 60), start, start + rng.integers(1, 6, 60))
    start = rng.integers(0, 10, 90)
    measured = Spans(rng.integers(0, 6, 90), start, start + rng.integers(1, 4, 90))
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    found = covering(periods, measured)
    for k in range(60):
        assert standing(found, k) == one_by_one(periods, measured, k)


def standing(found, k):
    if found.single[k] >= 0:
        return [int(found.single[k])]
    place = np.flatnonzero(found.filled == k)
    return (
        found.by[found.bounds[place[0]] : found.bounds[place[0] + 1]].tolist() if len(place) else []
    )


def one_by_one(periods, measured, k):
    """The rule said for one period, measurement by measurement."""
    start, stop = periods.start[k], periods.stop[k]
    mine = np.flatnonzero(measured.group == periods.group[k]).tolist()
    covers = [m for m in mine if measured.start[m] <= start and measured.stop[m] >= stop]
    if covers:
        return [min(covers, key=lambda m: measured.stop[m] - measured.start[m])]
    inside = [m for m in mine if measured.start[m] >= start and measured.stop[m] <= stop]
    day = start
    for m in sorted(inside, key=lambda m: measured.start[m]):
        if measured.start[m] != day:
            return []
        day = measured.stop[m]
    return inside if day == stop else []
