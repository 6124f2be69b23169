"""Reads the things to be judged (认定对象): checks every cell and lists every problem.

Columns are those of the public contract, section 9, plus one column per measure. A row
that cannot stand (no id, an id twice, an unknown role, a ratio outside 0 to 1) is set
aside; a measure that cannot be read is left out of its row, which then lacks that evidence.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.classification.cells import CELLS
from carboncalc.classification.criteria import metrics
from carboncalc.classification.intake import EntryDataError, Opened, open_entries
from carboncalc.classification.measures import Measure, read_measure
from carboncalc.classification.taxonomy import read_table
from carboncalc.classification.words import key, plain
from carboncalc.errors import Issue, IssueLog
from carboncalc.messages.catalogue import language

_HEADER = re.compile(r"^(.*?)\s*[\[［(（]\s*([^\]］)）]+?)\s*[\]］)）]$")


@dataclass(frozen=True, slots=True, repr=False)
class EntryTable:
    """The entries that can be judged, those set aside, and what was found.

    ``rows`` has one row per good entry under the contract's names; ``measures`` holds the
    numbers of each measure in the unit of its metric; ``quarantined`` keeps the rows set
    aside as they were given, with code and message.

    Examples
    --------
    >>> read_entries([{"entry_id": "P1", "green_ratio": 1.2}])
    <EntryTable: 0 entries, 0 measures, 1 set aside, 1 issues>
    """

    rows: pd.DataFrame
    measures: Mapping[str, Measure]
    quarantined: pd.DataFrame
    issues: tuple[Issue, ...]
    counts: Mapping[str, int]
    file: str | None
    encoding: str | None
    digest: str | None

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return (
            f"<EntryTable: {len(self.rows)} entries, {len(self.measures)} measures, "
            f"{len(self.quarantined)} set aside, {sum(self.counts.values())} issues>"
        )

    def _repr_html_(self) -> str:
        lang = language()
        notes = "".join(f"<li>{issue.text(lang)}</li>" for issue in self.issues[:10])
        return f"<p>{self!r}</p><ul>{notes}</ul>".replace("<EntryTable", "&lt;EntryTable")


def read_entries(data: Any, *, sheet: str | None = None, strict: bool = False) -> EntryTable:
    """The entries of a CSV, XLSX or Parquet file, a data frame or a list of records.

    Parameters
    ----------
    data
        A path, a data frame of any library, or a list of mappings.
    sheet
        The sheet of a workbook; the first one by default.
    strict
        Raise when there is any problem, with all of them listed.

    Raises
    ------
    EntryDataError
        The table cannot be opened (C-120 … C-125), has no ``entry_id`` (C-101), or has
        problems and ``strict`` is set (C-100).

    Examples
    --------
    >>> table = read_entries([{"entry_id": "P1", "claimed_code": "4.1.1", "role": "制造商",
    ...                        "product": "onshore_turbine", "rated_power": "4.5 MW"}])
    >>> table.rows.role[0], float(table.measures["rated_power"].values[0])
    ('manufacturer', 4.5)
    """
    opened = open_entries(data, sheet)
    log = IssueLog()
    columns, header_units = _columns(opened, log)
    if "entry_id" not in columns:
        raise EntryDataError("C-101", issues=log.issues, column="entry_id", file=opened.file)
    bad = _Bad(opened, log)
    read: dict[str, Any] = {"row": opened.rows}
    for column, series in columns.items():
        if column in CELLS:
            read[column] = CELLS[column](column, series, bad.report(column))
    _check_ids(read, bad)
    _check_dates(read, bad)
    taken = {
        name: read_measure(
            metric,
            columns[name],
            columns.get(name + "_unit"),
            header_units.get(name),
            bad.report(name, quarantine=False),
        )
        for name, metric in metrics().items()
        if name in columns
    }
    if strict and any(issue.severity == "problem" for issue in log.issues):
        raise EntryDataError("C-100", issues=log.issues, file=opened.file)
    good = np.flatnonzero(~bad.mask)
    rows = pd.DataFrame(read).iloc[good].reset_index(drop=True)
    return EntryTable(
        rows=rows,
        measures={name: measure.take(good) for name, measure in taken.items()},
        quarantined=bad.aside(read["entry_id"]),
        issues=log.issues,
        counts=dict(log.counts),
        file=opened.file,
        encoding=opened.encoding,
        digest=opened.digest,
    )


@functools.cache
def _known() -> Mapping[str, str]:
    """Every header that is understood, as it is compared, to its column."""
    known: dict[str, str] = {}
    for row in read_table("headers.csv"):
        words = [row["column"], row["name_zh"], row["name_en"], *row["aliases"].split("|")]
        known.update({key(word): row["column"] for word in words if word})
    for metric in metrics().values():
        # A name is understood with and without the explanation it carries in brackets.
        short = [re.sub(r"[(（].*$", "", name) for name in metric.name.values()]
        for word in (metric.id, *metric.name.values(), *short):
            known.setdefault(key(word), metric.id)
            known.setdefault(key(word + "_unit"), metric.id + "_unit")
            known.setdefault(key(word + "单位"), metric.id + "_unit")
    return known


def _columns(opened: Opened, log: IssueLog) -> tuple[dict[str, pd.Series], dict[str, str]]:
    columns: dict[str, pd.Series] = {}
    header_units: dict[str, str] = {}
    for position, title in enumerate(opened.frame.columns):
        name, unit = _known().get(key(title)), None
        inside = _HEADER.match(plain(title))
        if name is None and inside:
            name, unit = _known().get(key(inside.group(1))), inside.group(2)
        if name is None:
            params = {"column": str(title)}
            column = str(title)
            log.extend([Issue("C-109", params, opened.file, opened.sheet, None, column, "finding")])
        elif name in columns:
            raise EntryDataError("C-118", column=name, header=str(title), file=opened.file)
        else:
            columns[name] = opened.frame.iloc[:, position]
            if unit is not None:
                header_units[name] = unit
    return columns, header_units


class _Bad:
    """Notes the cells that cannot be read and which rows they set aside."""

    def __init__(self, opened: Opened, log: IssueLog) -> None:
        self.opened, self.log = opened, log
        self.mask = np.zeros(len(opened.frame), dtype=bool)
        self.first: dict[int, Issue] = {}

    def report(self, column: str, *, quarantine: bool = True) -> Any:
        def note(code: str, params: dict[str, Any], rows: Any, severity: str = "problem") -> None:
            aside = quarantine and severity == "problem"
            for row in rows.tolist():
                issue = Issue(
                    code,
                    params,
                    self.opened.file,
                    self.opened.sheet,
                    int(self.opened.rows[row]),
                    column,
                    "problem" if severity == "problem" else "finding",
                )
                self.log.extend([issue])
                if aside:
                    self.mask[row] = True
                    self.first.setdefault(row, issue)

        return note

    def aside(self, ids: pd.Series) -> pd.DataFrame:
        """The rows set aside as they were given, with id, row and the first reason of each."""
        positions = np.flatnonzero(self.mask)
        frame = self.opened.frame.iloc[positions].copy()
        frame["entry_id"] = ids.iloc[positions].to_numpy()
        frame["row"] = self.opened.rows[positions]
        frame["code"] = [self.first[p].code for p in positions.tolist()]
        frame["message"] = [self.first[p].message() for p in positions.tolist()]
        return frame.reset_index(drop=True)


def _check_ids(read: Mapping[str, Any], bad: _Bad) -> None:
    report = bad.report("entry_id")
    ids: pd.Series = read["entry_id"]
    empty = ids.isna().to_numpy()
    report("C-102", {}, np.flatnonzero(empty))
    # Money used for two items may claim both; the same claim twice is not a second verdict.
    claim = pd.DataFrame({"id": ids, "code": read.get("claimed_code")})
    twice = np.flatnonzero(claim.duplicated(keep=False).to_numpy() & ~empty)
    if len(twice):
        # Every row is set aside: which of them is meant cannot be known.
        numbers = claim.iloc[twice].groupby(["id", "code"], dropna=False, sort=False).ngroup()
        for number in numbers.unique():
            rows = twice[(numbers == number).to_numpy()]
            report("C-103", {"entry_id": ids.iloc[rows[0]], "count": len(rows)}, rows)


def _check_dates(read: Mapping[str, Any], bad: _Bad) -> None:
    if "approval_date" in read and "drawdown_date" in read:
        early = (read["drawdown_date"] < read["approval_date"]).to_numpy()
        report = bad.report("drawdown_date")
        report("C-117", {}, np.flatnonzero(early), severity="finding")
