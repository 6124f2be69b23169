"""Collects the problems of millions of cells without making millions of objects."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from carboncalc.errors import Issue, IssueLog, Severity

#: Parameters of the message for the row at a place of the block.
Params = Callable[[int], Mapping[str, object]]


@dataclass(order=True, frozen=True)
class Note:
    """One problem at a position of the tape."""

    position: int
    order: int
    code: str = field(compare=False)
    column: str = field(compare=False)
    params: Mapping[str, object] = field(compare=False)
    severity: Severity = field(compare=False, default="problem")


@dataclass
class ProblemLog:
    """Counts problems by code and keeps the first of them, in the order of the rows.

    Examples
    --------
    >>> log = ProblemLog()
    >>> hit = np.array([False, True])
    >>> log.note("L-014", "principal_outstanding", 100, hit, lambda row: {"value": row})
    >>> log.counts["L-014"], log.notes[0].position
    (1, 101)
    """

    counts: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)

    def note(
        self,
        code: str,
        column: str,
        start: int,
        mask: NDArray[np.bool_],
        params: Params,
        *,
        severity: Severity = "problem",
    ) -> None:
        """Note a problem for the rows of a mask over a block that begins at ``start``."""
        rows = np.flatnonzero(mask)
        if not len(rows):
            return
        self.counts[code] += len(rows)
        # Blocks of one worker come in order, so the first to fill the list are the first.
        for row in rows[: max(0, IssueLog.LIMIT - len(self.notes))].tolist():
            order = len(self.notes)
            self.notes.append(Note(start + row, order, code, column, params(row), severity))

    def add(self, note: Note) -> None:
        """Note one problem."""
        self.counts[note.code] += 1
        if len(self.notes) < IssueLog.LIMIT:
            self.notes.append(note)


def merged(
    logs: Iterable[ProblemLog],
    rows_of: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    file: str | None,
    sheet: str | None,
) -> tuple[tuple[Issue, ...], dict[str, int]]:
    """The issues of several logs in the order of the rows, and how many of each code."""
    logs = list(logs)
    counts: Counter[str] = Counter()
    for log in logs:
        counts.update(log.counts)
    first = heapq.nsmallest(IssueLog.LIMIT, (note for log in logs for note in log.notes))
    numbers = rows_of(np.array([note.position for note in first], dtype=np.int64))
    issues = tuple(
        Issue(note.code, dict(note.params), file, sheet, int(row), note.column, note.severity)
        for note, row in zip(first, numbers, strict=True)
    )
    return issues, dict(sorted(counts.items()))
