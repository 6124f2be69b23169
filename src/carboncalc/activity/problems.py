"""Collects what is wrong with rows, in columns of positions rather than row by row.

A check hands over the positions of the rows it refuses and one set of parameters per
distinct cause. Issue records are made at the end, for the first 10,000 only; the counts
are exact however many there were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carboncalc.errors import Issue, IssueLog, Severity
from carboncalc.messages.catalogue import language, message

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Where each row of the joined input stands in the user's files.

    ``piece`` numbers the sheet of a row; ``files``, ``sheets`` and ``labels`` (canonical
    column → header as the user wrote it) are per sheet.
    """

    row: Positions
    piece: NDArray[np.int32]
    files: tuple[str | None, ...]
    sheets: tuple[str | None, ...]
    labels: tuple[Mapping[str, str], ...]

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class _Entry:
    code: str
    positions: Positions
    column: str | None
    params: tuple[Mapping[str, Any], ...]
    which: NDArray[np.int64] | None
    severity: Severity

    def params_of(self, k: int) -> Mapping[str, Any]:
        return self.params[0 if self.which is None else int(self.which[k])]


class Problems:
    """The problems (rows to quarantine) and findings (figures that stand, flagged) of a table.

    Examples
    --------
    >>> places = Places(np.array([2, 3]), np.zeros(2, np.int32), (None,), ("Fuel",), ({},))
    >>> problems = Problems(places)
    >>> problems.add("A-033", np.array([1]), column="amount", params={"value": "-3"})
    >>> [(i.row, i.code) for i in problems.issues()], problems.bad.tolist()
    ([(3, 'A-033')], [False, True])
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self.bad: NDArray[np.bool_] = np.zeros(len(places), dtype=np.bool_)
        self._entries: list[_Entry] = []
        self._loose: list[Issue] = []

    def add(
        self,
        code: str,
        rows: NDArray[Any],
        *,
        column: str | None = None,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        which: NDArray[Any] | None = None,
        severity: Severity = "problem",
    ) -> None:
        """Note one cause for many rows.

        Parameters
        ----------
        code
            The message code.
        rows
            A mask over all rows, or their positions.
        column
            The canonical name of the column that is at fault.
        params
            The message's parameters, or one set per distinct cause.
        which
            With several sets: the index of the set that each of ``rows`` belongs to.
        severity
            A problem quarantines the row, a finding does not.
        """
        positions = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.int64)
        if not len(positions):
            return
        sets = tuple(params) if isinstance(params, Sequence) else (params or {},)
        group = None if which is None else which.astype(np.int64)
        self._entries.append(_Entry(code, positions, column, sets, group, severity))
        if severity == "problem":
            self.bad[positions] = True

    def refused(self, column: str) -> NDArray[np.bool_]:
        """The rows that have a problem in a column."""
        found = np.zeros(len(self.places), dtype=np.bool_)
        names = {column, *(labels.get(column) for labels in self.places.labels)}
        for entry in self._entries:
            if entry.column in names and entry.severity == "problem":
                found[entry.positions] = True
        return found

    def note(self, issue: Issue) -> None:
        """Note something about a whole file, sheet or column."""
        self._loose.append(issue)

    def issues(self, severity: Severity = "problem") -> tuple[Issue, ...]:
        """The first 10,000 of a severity, those about whole sheets first, then by row."""
        log = IssueLog()
        log.extend([issue for issue in self._loose if issue.severity == severity][: IssueLog.LIMIT])
        room = IssueLog.LIMIT - len(log)
        entries = [entry for entry in self._entries if entry.severity == severity]
        if room > 0 and entries:
            positions = np.concatenate([entry.positions for entry in entries])
            sizes = [len(entry.positions) for entry in entries]
            owner = np.repeat(np.arange(len(sizes)), sizes)
            offset = np.concatenate([np.arange(size) for size in sizes])
            first = np.argsort(positions, kind="stable")[:room]
            log.extend([self._issue(entries[owner[k]], int(offset[k])) for k in first])
        return log.issues

    def counts(self) -> dict[str, int]:
        """How many there were of each code, beyond the limit too."""
        found: dict[str, int] = {}
        for issue in self._loose:
            found[issue.code] = found.get(issue.code, 0) + 1
        for entry in self._entries:
            found[entry.code] = found.get(entry.code, 0) + len(entry.positions)
        return found

    def reasons(self) -> tuple[Positions, list[str], list[str]]:
        """Positions of the quarantined rows with their codes and messages, joined by `; `."""
        positions = np.flatnonzero(self.bad)
        slot = np.full(len(self.places), -1, dtype=np.int64)
        slot[positions] = np.arange(len(positions))
        lang = language()
        codes: list[list[str]] = [[] for _ in positions]
        texts: list[list[str]] = [[] for _ in positions]
        for entry in self._entries:
            if entry.severity != "problem":
                continue
            words = [message(entry.code, params, lang) for params in entry.params]
            groups = (
                np.zeros(len(entry.positions), np.int64) if entry.which is None else entry.which
            )
            for place, group in zip(slot[entry.positions].tolist(), groups.tolist(), strict=True):
                codes[place].append(entry.code)
                texts[place].append(words[group])
        return positions, ["; ".join(c) for c in codes], ["; ".join(t) for t in texts]

    def _issue(self, entry: _Entry, k: int) -> Issue:
        position = int(entry.positions[k])
        piece = int(self.places.piece[position])
        column = entry.column
        if column is not None:
            column = self.places.labels[piece].get(column, column)
        return Issue(
            entry.code,
            dict(entry.params_of(k)),
            file=self.places.files[piece],
            sheet=self.places.sheets[piece],
            row=int(self.places.row[position]),
            column=column,
            severity=entry.severity,
        )
