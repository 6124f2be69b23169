"""What reading ends in: the rows that can be used, the rows that cannot, and why."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from carboncalc.errors import ActivityDataError, Issue
from carboncalc.model.entity import EntitySet

_SHOWN = 6


@dataclass(frozen=True, repr=False)
class DataTable:
    """A checked table: good rows, quarantined rows, and every problem and finding.

    Attributes
    ----------
    rows
        The rows without a problem, in canonical columns and units' canonical spellings.
    quarantined
        The others as given, with ``code`` and ``message``.
    issues
        The problems, the first 10,000, each with file, sheet, row, column, code and hint.
    findings
        What is worth knowing although the figure stands.
    counts
        How many of each code there were, problems and findings, beyond the limit too.
    files, encodings
        SHA-256 and text encoding of each file by name.
    digest
        SHA-256 of the good rows' content, independent of the file format.
    """

    rows: pd.DataFrame
    quarantined: pd.DataFrame
    issues: tuple[Issue, ...]
    findings: tuple[Issue, ...]
    counts: Mapping[str, int]
    files: Mapping[str, str]
    encodings: Mapping[str, str]
    digest: str

    def __len__(self) -> int:
        return len(self.rows)

    def raise_issues(self) -> None:
        """Raise all problems in one error, if there are any.

        Raises
        ------
        ActivityDataError
            A-001 with ``.issues``.
        """
        if self.issues:
            count = sum(self.counts[code] for code in {issue.code for issue in self.issues})
            raise ActivityDataError("A-001", issues=self.issues, file=self._source(), count=count)

    def _source(self) -> str:
        return ", ".join(self.files) or "data"

    def __repr__(self) -> str:
        lines = [
            f"{type(self).__name__}: {len(self.rows):,} rows, {len(self.quarantined):,} "
            f"quarantined ({self._source()})"
        ]
        for name in ("entity", "source", "item", "measure"):
            if name in self.rows:
                lines.append(f"  {name:<9}{_listed(self.rows[name])}")
        if "period_start" in self.rows and len(self.rows):
            first, last = self.rows["period_start"].min(), self.rows["period_end"].max()
            lines.append(f"  days     {first:%Y-%m-%d} … {last:%Y-%m-%d} (end exclusive)")
        lines.append(f"  problems {_counted(self.issues, self.counts)}")
        lines.append(f"  findings {_counted(self.findings, self.counts)}")
        lines.append(f"  digest   {self.digest[:16]}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        issues = [*self.issues, *self.findings][:20]
        cells = "".join(
            f"<tr><td>{html.escape(issue.where)}</td><td>{issue.code}</td>"
            f"<td>{html.escape(issue.message())}</td><td>{html.escape(issue.hint())}</td></tr>"
            for issue in issues
        )
        table = f"<table><tbody>{cells}</tbody></table>" if cells else ""
        return f"<div><pre>{html.escape(repr(self))}</pre>{table}</div>"


@dataclass(frozen=True, repr=False)
class ActivityTable(DataTable):
    """Activity data that was read and checked (contract section 1).

    Besides what every :class:`DataTable` has, it carries the ``entities`` it was read with
    and the measured ``parameters`` and ``outputs`` that belong to it.

    Examples
    --------
    >>> from carboncalc.activity.read import read_activity
    >>> table = read_activity([{"entity": "甲厂", "period": "2024年3月", "source": "购入电力",
    ...     "item": "电力", "amount": "1,200", "unit": "万度"}])
    >>> table.rows[["period", "source", "amount", "unit"]].values.tolist()
    [['2024-03', 'purchased_electricity', 1200.0, '10^4 kWh']]
    """

    entities: EntitySet | None = None
    parameters: pd.DataFrame | None = None
    outputs: pd.DataFrame | None = None
    #: Sheets of the same workbook that hold another table: table → names of its sheets.
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class ParameterTable(DataTable):
    """Measured values (contract section 7), one per row, each in the unit it was given in.

    Examples
    --------
    >>> from carboncalc.activity.measured import read_parameters
    >>> table = read_parameters([{"entity": "甲厂", "period": "2024-03", "item": "烟煤",
    ...     "source": "化石燃料燃烧", "parameter": "低位发热量", "value": "23.1", "unit": "GJ/t"}])
    >>> table.rows[["item", "parameter", "value"]].values.tolist()
    [['bituminous_coal', 'net_calorific_value', 23.1]]
    """


@dataclass(frozen=True, repr=False)
class OutputTable(DataTable):
    """Denominators (contract section 8), one per row, each in the unit it was given in.

    Examples
    --------
    >>> from carboncalc.activity.measured import read_outputs
    >>> table = read_outputs([{"entity": "甲厂", "period": "2024", "measure": "headcount",
    ...     "amount": 120, "unit": "person"}])
    >>> table.rows[["measure", "amount"]].values.tolist()
    [['headcount', 120.0]]
    """


def _listed(column: pd.Series) -> str:
    found = [str(value) for value in column.dropna().unique()]
    more = f" … {len(found)} in all" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _counted(issues: tuple[Issue, ...], counts: Mapping[str, int]) -> str:
    codes = dict.fromkeys(issue.code for issue in issues)
    return ", ".join(f"{code} × {counts[code]}" for code in codes) or "none"
