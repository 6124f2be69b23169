"""Problems and findings of a sheet, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from carboncalc.cli.session import Session
from carboncalc.errors import Issue

SHOWN = 50


def listed(session: Session, issues: Sequence[Issue], limit: int = SHOWN) -> list[str]:
    """One block per issue: where, what, and what to do; then how many more there are."""
    lines: list[str] = []
    for issue in issues[:limit]:
        place = " ".join(part for part in (issue.file, issue.place(session.lang)) if part)
        lines.append(f"{place}: " * bool(place) + f"[{issue.code}] {issue.message(session.lang)}")
        if advice := issue.hint(session.lang):
            lines.append(f"    → {advice}")
    if len(issues) > limit:
        more = len(issues) - limit
        lines.append(session.text(zh=f"…另有 {more} 条", en=f"… and {more} more"))
    return lines


def distinct(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Issues in order, each once: a finding may be made by reading and by computing."""
    seen: dict[tuple[object, ...], Issue] = {}
    for issue in issues:
        key = (issue.code, issue.file, issue.sheet, issue.row, issue.column, str(issue.params))
        seen.setdefault(key, issue)
    return tuple(seen.values())
