"""Where a stored run and its recomputation differ: cell, factor, method or line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.errors import Issue, IssueLog
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.calculate import calculate
from carboncalc.inventory.plan import Plan
from carboncalc.methods.catalogue import load_method
from carboncalc.provenance import Policy, RunRecord

if TYPE_CHECKING:
    from carboncalc.activity.table import ActivityTable
    from carboncalc.inventory.result import Inventory

_DATES = ("period_start", "period_end")
_NUMBERS = ("amount", "year", "part", "row")


def read_rows(path: Path) -> pd.DataFrame:
    """The prepared rows of a run folder as they were."""
    text = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    for name in _DATES:
        text[name] = pd.to_datetime(text[name])
    for name in text.columns:
        numeric = name in _NUMBERS or f"{name}_unit" in text.columns
        if numeric or name in ("data_quality", "uncertainty_pct", "density", "check_amount"):
            # Python's own float() reads the shortest text back to the same bits
            text[name] = [_number(cell) for cell in text[name]]
    for name in ("year", "part", "row"):
        text[name] = text[name].astype("int64")
    return text


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return float("nan")


def recomputed(folder: Path, stored: dict[str, Any]) -> Inventory:
    """The inventory of the stored rows under the stored policy and today's library."""
    from carboncalc.inventory.result import Inventory

    record = RunRecord.model_validate(stored["run"])
    plan = Plan(FactorLibrary.default(), record.policy)
    log = IssueLog()
    rows = read_rows(folder / "input.csv")
    done = calculate(rows, plan, log)
    quarantined = folder / "quarantined.csv"
    return Inventory(
        ledger=done.ledger,
        resolutions=done.resolutions,
        plan=plan,
        run=record,
        activity=_as_table(rows, record),
        quarantined=pd.read_csv(quarantined) if quarantined.exists() else rows.iloc[:0],
        issues=log.issues,
        findings=done.findings,
        missing_basis=dict(done.missing_basis),
    )


def _as_table(rows: pd.DataFrame, record: RunRecord) -> ActivityTable:
    from carboncalc.activity.table import ActivityTable

    return ActivityTable(
        rows=rows, quarantined=rows.iloc[:0], issues=(), findings=(), counts={},
        files=record.files, encodings=record.encodings, digest=record.input_digest,
    )  # fmt: skip


def differences(
    folder: Path, stored: dict[str, Any], *, inv: Inventory | None = None, limit: int
) -> list[Issue]:
    """The first differences, in the order a person would look: methods, input, factors, lines."""
    if inv is None:
        return list(islice(_before(stored), limit))
    return list(islice(_after(folder, inv), limit))


def _before(stored: dict[str, Any]) -> Iterator[Issue]:
    Policy.model_validate(stored["run"]["policy"])
    for method, digest in stored["run"]["methods"].items():
        found = load_method(method).digest
        if found != digest:
            yield Issue("V-006", {"method": method, "stored": digest[:12], "found": found[:12]})


def _after(folder: Path, inv: Inventory) -> Iterator[Issue]:
    from carboncalc.inventory.run_folder import resolution_table

    yield from _inputs(folder, inv)
    yield from _compare_table(
        pd.read_csv(folder / "resolutions.csv", dtype=str, keep_default_na=False),
        resolution_table(inv),
        ("value", "unit", "factor_id", "route"),
        "V-004",
        lambda row: row["factor_id"] or f"{row['resolution_id']} {row['input']}",
    )
    yield from _compare_table(
        pd.read_csv(folder / "lines.csv", dtype=str, keep_default_na=False),
        inv.lines,
        ("amount", "unit", "route", "factor_ids", "gas", "mass_t", "gwp", "co2e_t"),
        "V-005",
        lambda row: row["line_id"],
    )


def _inputs(folder: Path, inv: Inventory) -> Iterator[Issue]:
    """The rows that lines were made of, against the amounts that the lines state."""
    lines = pd.read_csv(folder / "lines.csv", dtype=str, keep_default_na=False)
    now = inv.lines
    if len(lines) != len(now):
        yield Issue("V-007", {"stored": len(lines), "found": len(now)})
        return
    for name in ("entity", "source", "item", "amount", "unit"):
        found = _text(now[name])
        for position in (lines[name] != found).to_numpy().nonzero()[0]:
            row = lines.iloc[int(position)]
            params = {
                "file": "input.csv", "row": row["row"], "column": name,
                "stored": row[name], "found": found.iloc[int(position)],
            }  # fmt: skip
            yield Issue("V-003", params)


def _compare_table(
    stored: pd.DataFrame, now: pd.DataFrame, columns: tuple[str, ...], code: str, label: Any
) -> Iterator[Issue]:
    if len(stored) != len(now):
        yield Issue("V-007", {"stored": len(stored), "found": len(now)})
        return
    for name in columns:
        found = _text(now[name])
        for position in (stored[name] != found).to_numpy().nonzero()[0]:
            row = stored.iloc[int(position)]
            params = {
                "factor": label(row), "line": label(row), "column": name,
                "stored": row[name], "found": found.iloc[int(position)],
            }  # fmt: skip
            yield Issue(code, params)


def _text(column: pd.Series) -> pd.Series:
    """Values as they stand in the CSV: the shortest text that reads back to the same bits."""
    if column.dtype.kind == "f":
        return pd.Series([repr(value) for value in column.tolist()], dtype="str")
    text = column.astype("object").where(column.notna(), "")
    return text.astype("str").reset_index(drop=True)
