"""Which measurements stand for a period: the shortest that covers it, or those that fill it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc.inventory.coded import first_rows

Ints = npt.NDArray[np.int64]
Positions = npt.NDArray[np.intp]

#: Pairs of a period and a measurement that are looked at in one go.
_AT_ONCE = 1 << 21


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of time by group: ``start`` and ``stop`` (exclusive) as integers."""

    group: Positions
    start: Ints
    stop: Ints

    def __len__(self) -> int:
        return len(self.group)

    def take(self, chosen: Any) -> Spans:
        """Some of the spans."""
        return Spans(self.group[chosen], self.start[chosen], self.stop[chosen])


@dataclass(frozen=True, slots=True)
class Covering:
    """The measurements that stand for each period.

    ``single[k]`` is the one that covers period ``k``, −1 where none does. The others that
    are filled without a gap are in ``filled``, and ``by`` are their measurements in the order of
    the table: ``by[bounds[i] : bounds[i + 1]]`` fill the period ``filled[i]``.
    """

    single: Positions
    filled: Positions
    by: Positions
    bounds: Positions


def covering(periods: Spans, measured: Spans) -> Covering:
    """For each period the measurements of its group that stand for it.

    It is the shortest measurement that covers the period (the first of several), else those
    that fill it without a gap; none where neither is there.

    Examples
    --------
    >>> def spans(*pairs):
    ...     start, stop = np.array(pairs).T
    ...     return Spans(np.zeros(len(pairs), dtype=np.intp), start, stop)
    >>> found = covering(spans((0, 31), (0, 59), (0, 90)), spans((0, 31), (31, 59)))
    >>> found.single.tolist(), found.filled.tolist(), found.by.tolist()
    ([0, -1, -1], [1], [0, 1])
    """
    single = _exact(periods, measured)
    filled: list[Positions] = []
    by: list[Positions] = []
    sizes: list[Positions] = []
    for pair, member in _meetings(periods, measured, np.flatnonzero(single < 0)):
        begin, stop = measured.start[member], measured.stop[member]
        start, end = periods.start[pair], periods.stop[pair]
        covers = np.flatnonzero((begin <= start) & (stop >= end))
        order = covers[np.lexsort(((stop - begin)[covers], pair[covers]))]
        shortest = order[_firsts(pair[order])]
        single[pair[shortest]] = member[shortest]
        inside = np.flatnonzero((begin >= start) & (stop <= end) & (single[pair] < 0))
        whole = _without_gap(pair[inside], begin[inside], stop[inside], periods)
        kept = inside[np.isin(pair[inside], whole)]
        filled.append(whole)
        by.append(member[kept])
        sizes.append(np.diff(np.flatnonzero(_firsts(pair[kept])), append=len(kept)))
    nothing = np.zeros(0, dtype=np.intp)
    bounds = np.cumsum(np.concatenate([[0], *sizes]), dtype=np.intp)
    return Covering(
        single, np.concatenate([nothing, *filled]), np.concatenate([nothing, *by]), bounds
    )


def _exact(periods: Spans, measured: Spans) -> Positions:
    """The first measurement of exactly the period; −1 where there is none."""
    both = [
        np.concatenate([getattr(measured, name), getattr(periods, name)])
        for name in ("group", "start", "stop")
    ]
    order = np.lexsort(both)
    changes = np.zeros(len(order), dtype=bool)
    for column in both:
        changes[1:] |= column[order[1:]] != column[order[:-1]]
    number = np.empty(len(order), dtype=np.intp)
    number[order] = np.cumsum(changes)
    first = first_rows(number[: len(measured)], len(order) + 1)
    found: Positions = first[number[len(measured) :]]
    return found


def _meetings(
    periods: Spans, measured: Spans, chosen: Positions
) -> Iterator[tuple[Positions, Positions]]:
    """Every period with every measurement of its group, in the order of the table, in pieces."""
    order = np.argsort(measured.group, kind="stable")
    groups = measured.group[order]
    low = np.searchsorted(groups, periods.group[chosen], side="left")
    count = np.searchsorted(groups, periods.group[chosen], side="right") - low
    piece = np.cumsum(count) // _AT_ONCE
    for number in np.unique(piece):
        here = np.flatnonzero(piece == number)
        ends = np.cumsum(count[here])
        offset = np.arange(int(ends[-1])) - np.repeat(ends - count[here], count[here])
        yield (
            np.repeat(chosen[here], count[here]),
            order[np.repeat(low[here], count[here]) + offset],
        )


def _without_gap(pair: Positions, begin: Ints, stop: Ints, periods: Spans) -> Positions:
    """The periods whose measurements lie end to end from the first day to the last."""
    order = np.lexsort((begin, pair))
    pair, begin, stop = pair[order], begin[order], stop[order]
    first = _firsts(pair)
    last = np.append(first[1:], True)[: len(first)]
    before = np.where(first, periods.start[pair], np.roll(stop, 1))
    broken = (begin != before) | (last & (stop != periods.stop[pair]))
    whole: Positions = np.setdiff1d(pair, pair[broken])
    return whole


def _firsts(numbers: Positions) -> npt.NDArray[np.bool_]:
    """Where a sorted column changes, its first element included."""
    first = np.ones(len(numbers), dtype=np.bool_)
    first[1:] = numbers[1:] != numbers[:-1]
    return first
