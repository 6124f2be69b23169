"""Where a stored run and its recomputation differ: cell, factor, method or line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.errors import FactorError, Issue, IssueLog
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
    plan = Plan(_library(folder, record), _policy(folder, record))
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


def _policy(folder: Path, record: RunRecord) -> Policy:
    """The stored policy, with the user's own rounding rules as the run folder has them."""
    from carboncalc.inventory.run_folder import OWN_ROUNDING

    own = folder / OWN_ROUNDING
    if not (record.rounding_digest and own.is_file()):
        return record.policy
    return record.policy.model_copy(update={"rounding": str(own)})


def _library(folder: Path, record: RunRecord) -> FactorLibrary:
    """The shipped library at the run's release, with the run's own factors laid on it."""
    from carboncalc.inventory.run_folder import OWN_FACTORS

    library = FactorLibrary.default()
    with suppress(FactorError):  # a release that is not held: what differs will be named
        library = library.pinned(record.library_version)
    if (folder / OWN_FACTORS).is_file():
        own = pd.read_csv(folder / OWN_FACTORS, dtype="str", keep_default_na=False)
        for name in own["overlay"].unique():
            rows = own[own["overlay"] == name].drop(columns="overlay")
            library = library.with_overlay(rows, name=str(name))
    return library


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
    return list(islice(_after(folder, stored, inv), limit))


def _before(stored: dict[str, Any]) -> Iterator[Issue]:
    digest = RunRecord.model_validate(stored["run"]).digest
    if digest != stored["run_digest"]:
        yield Issue("V-008", {"stored": stored["run_digest"][:12], "found": digest[:12]})
    for method, was in stored["run"]["methods"].items():
        found = load_method(method).digest
        if found != was:
            yield Issue("V-006", {"method": method, "stored": was[:12], "found": found[:12]})


def _of_the_rounding(inv: Inventory) -> Iterator[Issue]:
    was, found = inv.run.rounding_digest, inv.plan.context.rounding.digest
    if was and was != found:
        name = Path(inv.policy.rounding).name
        yield Issue("V-010", {"file": name, "stored": was[:12], "found": found[:12]})


def _after(folder: Path, stored: dict[str, Any], inv: Inventory) -> Iterator[Issue]:
    from carboncalc.inventory.run_folder import resolution_table

    yield from _of_the_rounding(inv)
    lines, memo = _stored(folder, "lines.csv"), _stored(folder, "memo.csv")
    for told, now in ((lines, inv.lines), (memo, inv.memo)):
        yield from _compare_table(told, now, _OF_THE_INPUT, "V-003", _line)
    yield from _compare_table(
        _stored(folder, "resolutions.csv"),
        resolution_table(inv),
        ("method", "edition", "source", "item", "region", "year", "input",
         "value", "unit", "factor_id", "route", "evidence_grade", "source_document", "where"),
        "V-004",
        lambda row: row["factor_id"] or f"{row['resolution_id']} {row['input']}",
    )  # fmt: skip
    for told, now in ((lines, inv.lines), (memo, inv.memo)):
        rest = tuple(name for name in now.columns if name not in _OF_THE_INPUT)
        yield from _compare_table(told, now, rest, "V-005", _line)
    yield from _figures("", stored["summary"], inv.to_json())


#: Columns of a line that stand in the input as they are.
_OF_THE_INPUT = (
    "entity", "facility", "process", "period_start", "period_end", "source", "item", "amount",
    "unit", "counterparty", "instrument", "data_quality", "uncertainty_pct", "file", "sheet", "row",
)  # fmt: skip

#: The figures of a run's summary, against which a page or a report is read.
_FIGURES = (
    "co2e_t", "totals", "by_scope", "by_source", "by_entity", "by_gas", "memo",
    "rounding_residual_t", "evidence_share", "lines",
)  # fmt: skip


def _stored(folder: Path, name: str) -> pd.DataFrame:
    """A table of the run folder as text; no columns where it has no rows at all."""
    try:
        return pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    except (pd.errors.EmptyDataError, FileNotFoundError):
        return pd.DataFrame()


def _line(row: Any) -> str:
    return str(row["line_id"])


def _figures(path: str, stored: Any, now: Any) -> Iterator[Issue]:
    """The stored totals and shares against those of the recomputed lines."""
    for name in _FIGURES if not path else sorted({*stored, *now}):
        told, found = stored.get(name), now.get(name)
        if isinstance(told, dict) and isinstance(found, dict):
            yield from _figures(f"{path}{name}.", told, found)
        elif told != found:
            yield Issue("V-009", {"name": f"{path}{name}", "stored": told, "found": found})


def _compare_table(
    stored: pd.DataFrame, now: pd.DataFrame, columns: tuple[str, ...], code: str, label: Any
) -> Iterator[Issue]:
    if len(stored) != len(now):
        if code != "V-005":  # said already, of the same table
            yield Issue("V-007", _first_odd(stored, now))
        return
    for name in columns:
        if name not in now or name not in stored:
            continue
        found = _text(now[name])
        for position in (stored[name] != found).to_numpy().nonzero()[0]:
            row = stored.iloc[int(position)]
            params = {
                "factor": label(row), "line": label(row), "column": name,
                "stored": row[name], "found": found.iloc[int(position)],
                "file": "input.csv", "row": row.get("row", ""),
            }  # fmt: skip
            yield Issue(code, params)


def _first_odd(stored: pd.DataFrame, now: pd.DataFrame) -> dict[str, Any]:
    """How many rows there are, and the first one that has no counterpart."""
    known = [
        name
        for name in ("method", "entity", "row", "source", "item", "region", "year", "gas", "input")
        if name in (stored if len(stored) else now)
    ]
    told = [*zip(*(stored[name].tolist() for name in known if len(stored)), strict=True)]
    found = [*zip(*(_text(now[name]).tolist() for name in known if len(now)), strict=True)]
    more, less = (told, found) if len(told) > len(found) else (found, told)
    where = next((a for a, b in zip(more, less, strict=False) if a != b), more[len(less)])
    named = ", ".join(f"{k} {v}" for k, v in zip(known, where, strict=True) if v)
    return {"stored": len(stored), "found": len(now), "where": named}


def _text(column: Any) -> pd.Series:
    """Values as they stand in the CSV: the shortest text that reads back to the same bits."""
    if column.dtype.kind == "f":
        texts = ["" if value != value else repr(value) for value in column.tolist()]  # noqa: PLR0124
        return pd.Series(texts, dtype="str")
    if column.dtype.kind == "M":
        days: pd.Series = column.dt.strftime("%Y-%m-%d").astype("str").reset_index(drop=True)
        return days
    text = column.astype("object").where(column.notna(), "")
    out: pd.Series = text.astype("str").reset_index(drop=True)
    return out
