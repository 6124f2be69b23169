"""Problems and findings of a sheet, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from carboncalc.cli.session import Session
from carboncalc.errors import Issue
from carboncalc.vocabulary.spoken import in_words

SHOWN = 50


def listed(session: Session, issues: Sequence[Issue], limit: int = SHOWN) -> list[str]:
    """One block per issue: where, what, and what to do; then how many more there are.

    The same said of several rows of a column is said once, with all the rows.
    """
    lines: list[str] = []
    told = _told_once([in_words(issue, session.lang) for issue in issues])
    for issue, rows in told[:limit]:
        place = " ".join(part for part in (issue.file, _place(issue, rows, session)) if part)
        lines.append(f"{place}: " * bool(place) + f"[{issue.code}] {issue.message(session.lang)}")
        if advice := issue.hint(session.lang):
            lines.append(f"    → {advice}")
    if len(told) > limit:
        more = len(told) - limit
        lines.append(session.text(zh=f"…另有 {more} 条", en=f"… and {more} more"))
    return lines


def records(session: Session, issues: Iterable[Issue]) -> list[dict[str, Any]]:
    """The issues as flat records for JSON: messages in words, columns as the sheet has them."""
    return [
        in_words(issue, session.lang).record(session.lang) | {"column": issue.column}
        for issue in issues
    ]


def _told_once(issues: Sequence[Issue]) -> list[tuple[Issue, list[int]]]:
    """Issues in order, those that differ by their row alone together with all the rows."""
    found: dict[Any, tuple[Issue, list[int]]] = {}
    for issue in issues:
        key = (issue.code, issue.file, issue.sheet, issue.column, str(issue.params))
        found.setdefault(key, (issue, []))
        if issue.row is not None:
            found[key][1].append(issue.row)
    return list(found.values())


def _place(issue: Issue, rows: list[int], session: Session) -> str:
    if len(rows) < 2:
        return issue.place(session.lang)
    text = rows_text(rows)
    bare = replace(issue, row=None, column=None).place(session.lang)
    column = replace(issue, row=None, sheet=None).place(session.lang)
    said = session.text(zh=f"第 {text} 行", en=f"rows {text}")
    return " ".join(part for part in (bare, said, column) if part)


def rows_text(rows: Sequence[int]) -> str:
    """Row numbers in a few characters: runs are joined.

    Examples
    --------
    >>> rows_text([5, 6, 7, 9])
    '5–7, 9'
    """
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1][1:] = [row]
        else:
            runs.append([row])
    return ", ".join("–".join(map(str, run)) for run in runs)


def distinct(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Issues in order, each once: a finding may be made by reading and by computing."""
    seen: dict[tuple[object, ...], Issue] = {}
    for issue in issues:
        key = (issue.code, issue.file, issue.sheet, issue.row, issue.column, str(issue.params))
        seen.setdefault(key, issue)
    return tuple(seen.values())
