"""Checks the database itself: every row, every sheet, every document, all problems at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from carboncalc.errors import Issue, IssueLog
from carboncalc.factors.files import AT, COLUMNS, factor_id, parse_rows
from carboncalc.factors.lock import set_files
from carboncalc.factors.overlay_checks import check_row
from carboncalc.factors.sheets import read_sheets, read_sources


def validate(root: Path) -> tuple[Issue, ...]:
    """The problems of a database folder, none where it is sound.

    Checked per row: unit known and of the parameter's dimension, value finite and within its
    range, grade, dates, region, gas, document known, place given. Between rows: unique ids,
    one set per file, versions that name what they supersede, validity that does not overlap.
    Per set: a sheet with title, licence and the documents its rows name.

    Examples
    --------
    >>> from carboncalc import resources
    >>> len(validate(resources.emission_factors()))
    0
    """
    log = IssueLog()
    documents, sheets = read_sources(root), read_sheets(root)
    named: dict[str, set[str]] = {}
    seen: dict[str, list[tuple[str, int, Sequence[str]]]] = {}
    for path in set_files(root):
        file = path.relative_to(root).as_posix()
        rows = parse_rows(path.read_bytes(), file)
        if len({row[AT["set"]] for row in rows}) != 1:
            sets = ", ".join(sorted({row[AT["set"]] for row in rows}))
            log.add("F-023", {"file": file, "found": sets}, file=file)
        for number, row in enumerate(rows, start=2):
            _check_row(row, number, file, log)
            source = row[AT["source"]]
            named.setdefault(row[AT["set"]], set()).add(source)
            if source not in documents:
                log.add("F-047", {"source": source}, file=file, row=number, column="source")
            if not row[AT["where"]]:
                log.add("F-035", {"column": "where"}, file=file, row=number, column="where")
            identity = factor_id(row).rpartition("@")[0]
            seen.setdefault(identity, []).append((file, number, row))
    for identity, held in seen.items():
        _check_versions(identity, held, log)
    for key, sources in named.items():
        if key not in sheets:
            log.add("F-048", {"set": key}, file=key)
        elif set(sheets[key].documents) != sources:
            missing = ", ".join(sorted(sources ^ set(sheets[key].documents)))
            log.add("F-049", {"set": key, "documents": missing}, file=f"{key}.yaml")
    return log.issues


#: Families that a guideline has one rate for; users name the gas itself.
_FAMILIES = {"HFC"}


def _check_row(row: Sequence[str], number: int, file: str, log: IssueLog) -> None:
    found = IssueLog()
    record = dict(zip(COLUMNS, row, strict=True))
    canonical = check_row(record, number, None, record["set"], found)
    log.extend(
        [
            Issue(issue.code, issue.params, file=file, row=number, column=issue.column)
            for issue in found.issues
            if not (issue.column == "item" and record["item"] in _FAMILIES)
        ]
    )
    if canonical is None:
        return
    for column in ("item", "region", "gas", "technology"):
        if canonical[AT[column]] != row[AT[column]]:
            about = {"text": row[AT[column]], "id": canonical[AT[column]]}
            log.add("F-050", about, file=file, row=number, column=column)


def _check_versions(
    identity: str, held: list[tuple[str, int, Sequence[str]]], log: IssueLog
) -> None:
    """Versions count up from 1, each naming the one before it."""
    ordered = sorted(held, key=lambda entry: int(entry[2][AT["version"]]))
    for position, (file, number, row) in enumerate(ordered, start=1):
        version = row[AT["version"]]
        before = f"{identity}@{position - 1}" if position > 1 else ""
        if version != str(position):
            log.add("F-013", {"id": identity, "file": file, "row": number}, file=file, row=number)
        elif row[AT["supersedes"]] != before:
            about = {"id": f"{identity}@{version}", "before": before or "-"}
            log.add("F-051", about, file=file, row=number, column="supersedes")
