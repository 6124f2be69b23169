"""What the check of a tape has found, put together from all workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.errors import Issue
from carboncalc.finance.arrays import day_number
from carboncalc.finance.check import REASONS, SUM_COLUMNS, Checker
from carboncalc.finance.coverage import Reconciliation
from carboncalc.finance.duplicates import locate
from carboncalc.finance.problems import Note, ProblemLog, merged
from carboncalc.finance.rates import RateTable
from carboncalc.finance.scan import Aside, Gathered
from carboncalc.finance.source import TapeSource, encoded


@dataclass(frozen=True)
class RowCheck:
    """Rows set aside (sorted by position, reason as a place in ``REASONS``), dates and issues.

    ``days`` holds for each date the number of good rows and their balance in 分 of CNY.
    """

    position: NDArray[np.int64]
    reason: NDArray[np.int16]
    day: NDArray[np.int32]
    cny: NDArray[np.int64]
    unreadable: NDArray[np.bool_]
    issues: tuple[Issue, ...]
    counts: Mapping[str, int]
    days: Mapping[int, NDArray[np.int64]]
    banks: tuple[str, ...]

    def reconciliation(
        self, as_of: str | None, control: Mapping[int | None, int]
    ) -> Reconciliation:
        """Amounts kept and set aside at a date, or of all dates, beside the control total."""
        day = None if as_of is None else day_number(as_of)
        rows = np.ones(len(self.day), dtype=bool) if day is None else self.day == day
        aside: dict[str, tuple[int, int]] = {}
        readable = rows & ~self.unreadable
        for number in np.unique(self.reason[readable]).tolist():
            hits = readable & (self.reason == number)
            aside[REASONS[number]] = (int(hits.sum()), int(self.cny[hits].sum()))
        kept = sum(int(pair[1]) for at, pair in self.days.items() if day is None or at == day)
        total = control.get(day)
        if total is None and (day is None or len(self.days) <= 1):
            total = control.get(None, sum(control.values()) if control and day is None else None)
        return Reconciliation(kept, aside, int((rows & self.unreadable).sum()), total)


def settled(
    source: TapeSource,
    rates: RateTable,
    gathered: Sequence[Gathered],
    repeated: NDArray[np.uint64],
) -> RowCheck:
    """The check of all rows, with loans that stand twice at a date found and set aside."""
    logs = [part.log for part in gathered]
    aside = [piece for part in gathered for piece in part.aside]
    days: dict[int, NDArray[np.int64]] = {}
    for part in gathered:
        for day, pair in part.days.items():
            days[day] = days.get(day, np.zeros(2, dtype=np.int64)) + pair
    if len(repeated):
        skip = [piece.position for piece in aside] + [
            left for part in gathered for left in part.left
        ]
        log, twice = _twice(source, rates, repeated, np.unique(np.concatenate([*skip, _NONE])))
        logs.append(log)
        if twice is not None:
            aside.append(twice)
            for day in np.unique(twice.day).tolist():
                hits = twice.day == day
                days[day] = days[day] - np.array([hits.sum(), twice.cny[hits].sum()])
    whole = _joined(aside)
    order = np.argsort(whole.position, kind="stable")
    issues, counts = merged(logs, source.row_numbers, source.file, source.sheet)
    banks = sorted({bank for part in gathered for bank in part.banks})
    return RowCheck(
        whole.position[order],
        whole.reason[order],
        whole.day[order],
        whole.cny[order],
        whole.unreadable[order],
        issues,
        counts,
        {day: pair for day, pair in sorted(days.items()) if pair[0]},
        tuple(banks),
    )


_NONE = np.empty(0, dtype=np.int64)


def _twice(
    source: TapeSource, rates: RateTable, repeated: NDArray[np.uint64], skip: NDArray[np.int64]
) -> tuple[ProblemLog, Aside | None]:
    alike, apart = locate(source, repeated, skip)
    log = ProblemLog(Counter(), [])
    reason: dict[int, str] = {}
    for position, first in sorted(alike):
        shown = int(source.row_numbers(np.array([first]))[0])
        log.add(Note(position, 0, "L-024", "loan_id", {"first": shown}))
        reason[position] = "L-024"
    for group in sorted(apart):
        numbers = source.row_numbers(np.array(group)).tolist()
        for position in group:
            others = ", ".join(map(str, numbers[:5]))
            log.add(Note(position, 0, "L-025", "loan_id", {"rows": others}))
            reason[position] = "L-025"
    if not reason:
        return log, None
    positions = np.array(sorted(reason), dtype=np.int64)
    taken = source.take(positions)
    names = [name for name in SUM_COLUMNS if name in source.headers]
    arrays = [encoded(name, _array(taken.column(name))) for name in names]
    block = Checker(source.headers, rates, identifiers=False).check(
        0, pa.RecordBatch.from_arrays(arrays, names=names)
    )
    numbers = np.array([REASONS.index(reason[at]) for at in positions.tolist()], dtype=np.int16)
    unreadable = np.zeros(len(positions), dtype=np.bool_)
    return log, Aside(positions, numbers, block.day, block.cny, unreadable)


def _array(column: pa.ChunkedArray) -> pa.Array:
    found = column.unify_dictionaries().combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found


def _joined(pieces: Sequence[Aside]) -> Aside:
    return Aside(
        np.concatenate([_NONE, *(piece.position for piece in pieces)]),
        np.concatenate([np.empty(0, np.int16), *(piece.reason for piece in pieces)]),
        np.concatenate([np.empty(0, np.int32), *(piece.day for piece in pieces)]),
        np.concatenate([_NONE, *(piece.cny for piece in pieces)]),
        np.concatenate([np.empty(0, bool), *(piece.unreadable for piece in pieces)]),
    )
