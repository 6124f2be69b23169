"""The list of findings: what each is about, how many tonnes, and whether that is material.

A finding has a *difference* where both figures are known (a cross-check), else the
emissions it *touches*: the lines that rest on what it speaks of. Touching is no error; it
says how far the finding reaches, for the verifier to judge. Nothing known stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.errors import Issue
from carboncalc.inventory.exact import exact_sum
from carboncalc.inventory.summary import notes
from carboncalc.inventory.verification.control import rows_by_place
from carboncalc.inventory.verification.cross_checks import places_of
from carboncalc.inventory.verification.materiality import Materiality
from carboncalc.inventory.verification.plan_file import PLACE as PLAN_KEY
from carboncalc.inventory.verification.used import OWN, months_text
from carboncalc.provenance import GRADE_ORDER

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

COLUMNS = (
    "kind", "code", "severity", "entity", "facility", "process", "source", "item", "parameter",
    "amount_t", "basis", "share", "material", "file", "sheet", "row", "column",
)  # fmt: skip


_NOTHING = np.array([], dtype=np.int64)


@dataclass(frozen=True)
class Finding:
    """One finding with the ledger entries it touches, or the tonnes it differs by.

    ``kind`` is input (a problem of the data), run, plan, cross_check, completeness or note.
    ``entries`` are counted positions of the ledger, None where nobody can tell.
    """

    kind: str
    issue: Issue
    place: dict[str, Any]
    entries: Any = None
    difference_t: float | None = None


def findings_of_inventory(
    inv: Inventory, used: pd.DataFrame, checks: pd.DataFrame
) -> Iterator[Finding]:
    """Problems of the input, findings of the run, and what must be said about the total."""
    places = _Places(inv)
    for issue in inv.issues:
        yield Finding("input", issue, places.place(issue))
    effects = {
        (str(f or ""), str(s or ""), int(r)): float(effect)
        for f, s, r, effect in zip(
            *(checks[n].astype("object").where(checks[n].notna(), None) for n in ("file", "sheet")),
            checks["row"], checks["effect_t"], strict=True,
        )
    }  # fmt: skip
    for issue in inv.findings:
        place = places.place(issue)
        key = _key(issue)
        if issue.code in ("A-070", "A-071") and key in effects and effects[key] == effects[key]:
            yield Finding("cross_check", issue, place, None, effects[key])
        else:
            yield Finding("run", issue, place, _entries_of(inv, issue, used, places))
    spoken = zip(notes(inv, "zh"), notes(inv, "en"), strict=True)
    for (code, zh), (_, en) in spoken:
        yield Finding(
            "note",
            Issue(code, {"said_zh": zh, "said_en": en}, severity="finding"),
            {},
            _noted(inv, code),
        )


def findings_of_places(
    inv: Inventory, kind: str, used: pd.DataFrame, said: Iterable[tuple[Issue, dict[str, Any]]]
) -> Iterator[Finding]:
    """Findings about places: they touch what rests on the parameter there.

    A month without a record, or one left out, has no emissions to touch: unknown.
    """
    ledger = inv.ledger
    rows = rows_by_place(used)
    for issue, place in said:
        entries = None
        if kind != "completeness" and issue.code != "V-112":
            places = place.get("members") or [tuple(place[key] for key in PLAN_KEY)]
            mine = np.concatenate([rows.get(one, _NOTHING) for one in places])
            entries = np.flatnonzero(np.isin(ledger.row, mine) & ledger.counted)
        yield Finding(kind, issue, place, entries)


def measured_in_part(inv: Inventory, used: pd.DataFrame) -> Iterator[Finding]:
    """Parameters that rows give in some periods and the document's rule in others (V-124).

    Where the table of measured values is used, the run itself says so (I-050).
    """
    inputs = used[used["parameter"] != "amount"]
    keys = list(PLAN_KEY)
    filled = inputs.assign(
        **{name: inputs[name].astype("object").where(inputs[name].notna(), "") for name in keys}
    )
    typed = filled["origin"].eq("activity_row")
    tabled = filled["origin"].eq("parameter_table")
    groups = [filled[name] for name in keys]
    mixed = typed.groupby(groups).transform("any") & ~tabled.groupby(groups).transform("any")
    lacking = filled[mixed & ~filled["origin"].isin(OWN)]
    for names, part in lacking.groupby(keys, sort=False):
        place = {key: str(name) for key, name in zip(keys, names, strict=True)}
        shown = " / ".join(place[key] for key in keys[:5] if place[key])
        params = {
            "place": shown, "parameter": place["parameter"],
            "months": months_text(part["period_start"]),
        }  # fmt: skip
        entries = np.isin(inv.ledger.row, part["entry_row"].to_numpy()) & inv.ledger.counted
        issue = Issue("V-124", params, column=place["parameter"], severity="finding")
        yield Finding("completeness", issue, place, np.flatnonzero(entries))


class _Places:
    """The rows of a run by file, sheet and row, looked up once for all findings."""

    def __init__(self, inv: Inventory) -> None:
        self._inv = inv
        self._tables: list[tuple[pd.DataFrame, dict[Any, list[int]]]] = []
        for table in (inv.ledger.rows, inv.quarantined):
            known = table[table["row"].notna()] if "row" in table else table.iloc[:0]
            at: dict[Any, list[int]] = {}
            for position, key in enumerate(places_of(known) if len(known) else []):
                at.setdefault(key, []).append(position)
            self._tables.append((known, at))

    def place(self, issue: Issue) -> dict[str, str]:
        """Entity, facility, process, source and item of the row an issue points to."""
        named = {
            k: str(issue.params[k]) for k in ("entity", "source", "item") if issue.params.get(k)
        }
        for table, at in self._tables:
            positions = at.get(_key(issue))
            if positions:
                row = table.iloc[positions[0]]
                names = ("entity", "facility", "process", "source", "item")
                found = {n: str(row[n]) for n in names if n in row and not pd.isna(row[n])}
                # what a run says of a document concerns more rows than the first
                return named if "method" in issue.params else found | named
        return named

    def entries(self, issue: Issue) -> Any:
        """The counted entries of the row an issue points to; None if there is no such row."""
        positions = self._tables[0][1].get(_key(issue))
        if positions is None:
            return None
        ledger = self._inv.ledger
        start = np.searchsorted(ledger.row, positions, side="left")
        stop = np.searchsorted(ledger.row, positions, side="right")
        found = [np.arange(a, b) for a, b in zip(start, stop, strict=True)]
        entries = np.concatenate(found)
        return entries[ledger.counted[entries]]


def _key(issue: Issue) -> tuple[str, str, int]:
    return (issue.file or "", issue.sheet or "", -1 if issue.row is None else issue.row)


def _entries_of(inv: Inventory, issue: Issue, used: pd.DataFrame, places: _Places) -> Any:
    """Counted entries a finding of the run is about; None where it names nothing."""
    ledger, params = inv.ledger, issue.params
    if issue.code == "I-050":  # periods in which the document's rule stood in for a measurement
        here = (used["parameter"] == params["parameter"]) & (used["entity"] == params["entity"])
        mine = used[here]
        spots = [mine[name].astype("object").fillna("") for name in PLAN_KEY[1:5]]
        own = mine["origin"].isin(OWN).groupby(spots).transform("any")
        rows = mine.loc[own & ~mine["origin"].isin(OWN), "entry_row"].to_numpy()
        return np.flatnonzero(np.isin(ledger.row, rows) & ledger.counted)
    ruled = used["finding"] == issue.code if "finding" in used else pd.Series(dtype=bool)
    if ruled.any():  # the rule that filled a value says exactly which rows
        item = used["item"] == params.get("item")
        rows = used.loc[ruled & item, "entry_row"].to_numpy()
        return np.flatnonzero(np.isin(ledger.row, rows) & ledger.counted)
    if "method" in params:
        here = ledger.counted & (_documents(inv) == params["method"])
        for name in ("source", "item"):
            if params.get(name):
                here = here & (ledger.column(name) == params[name])
        if params.get("gas") in ledger.gases:
            here = here & (ledger.gas == ledger.gases.index(params["gas"]))
        return np.flatnonzero(here)
    return places.entries(issue)


def _documents(inv: Inventory) -> Any:
    """The document behind each entry: that of its slot, which may be another than the row's."""
    slots = inv.resolutions.slots
    names = np.array([slot.key.method for slot in slots] or [""], dtype=object)
    return names[inv.resolutions.slot[inv.ledger.resolution]]


def _noted(inv: Inventory, code: str) -> Any:
    ledger = inv.ledger
    chosen = {
        "I-037": ledger.grade == GRADE_ORDER.index("D"),
        "I-038": (ledger.fallback & 1) > 0,
        "I-039": (ledger.fallback & 2) > 0,
    }.get(code)
    return None if chosen is None else np.flatnonzero(chosen & ledger.counted)


def judged(
    inv: Inventory, findings: Iterable[Finding], level: Materiality, total_t: float | None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table of findings with their share of the total, and the aggregate of the small ones.

    ``material`` is ``yes`` (reaches the level by itself), ``aggregate`` (does not, but all
    that do not reach it together do), ``no``, or ``unknown``. Together means the sum of the
    differences' magnitudes and of the emissions touched, each line once.
    """
    listed = list(findings)
    threshold = level.threshold_t(total_t)
    co2e = inv.ledger.co2e
    amounts = [_amount(finding, co2e) for finding in listed]
    small = [
        k for k, a in enumerate(amounts)
        if a is not None and threshold is not None and abs(a) < threshold
    ]  # fmt: skip
    together = sum(abs(listed[k].difference_t or 0.0) for k in small)
    reached = [listed[k].entries for k in small if listed[k].difference_t is None]
    lines = np.unique(np.concatenate(reached)) if reached else np.array([], dtype=np.int64)
    together += exact_sum(np.abs(co2e[lines])) if len(lines) else 0.0
    records: list[dict[str, Any]] = []
    for number, (finding, amount) in enumerate(zip(listed, amounts, strict=True)):
        if amount is None or threshold is None:
            material = "unknown"
        elif number not in small:
            material = "yes"
        else:
            material = "aggregate" if amount and together >= threshold else "no"
        basis = "difference" if finding.difference_t is not None else "touched"
        issue = finding.issue
        place: dict[str, Any] = {name: finding.place.get(name, "") for name in COLUMNS[3:9]}
        records.append(
            place
            | {
                "kind": finding.kind, "code": issue.code, "severity": issue.severity,
                "amount_t": amount, "basis": "unknown" if amount is None else basis,
                "share": None if amount is None or not total_t else abs(amount / total_t),
                "material": material, "issue": issue, "file": issue.file,
                "sheet": issue.sheet, "row": issue.row, "column": issue.column,
            }
        )  # fmt: skip
    table = pd.DataFrame(records, columns=[*COLUMNS, "issue"])
    aggregate = {
        "threshold_t": threshold, "total_t": total_t, "below_together_t": float(together),
        "share": level.share, "absolute_t": level.absolute_t,
    }  # fmt: skip
    return table, aggregate


def _amount(finding: Finding, co2e: Any) -> float | None:
    if finding.difference_t is not None:
        return float(finding.difference_t)
    if finding.entries is None:
        return None
    return float(exact_sum(co2e[finding.entries])) if len(finding.entries) else 0.0
