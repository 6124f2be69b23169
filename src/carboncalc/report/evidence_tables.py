"""What a total rests on: evidence grades, gaps, policy, methods, documents, run record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.errors import Issue
from carboncalc.inventory.summary import notes
from carboncalc.provenance import GRADE_MEANING, Source
from carboncalc.report.anchors import document_anchor
from carboncalc.report.numbers import plain
from carboncalc.report.table import Link, Table, table
from carboncalc.report.words import Words
from carboncalc.vocabulary.spoken import in_words

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Problems and findings listed on a page; the workbook has up to 10,000.
MOST_ISSUES = 200
_GIVEN = ("entity", "period", "source", "item", "amount", "unit")


def evidence_table(inv: Inventory, words: Words) -> Table:
    """Share of the total by evidence grade, with what each grade means."""
    rows = [
        (grade, share, GRADE_MEANING[grade][words.lang], words(f"grade_{grade}_is"))
        for grade, share in sorted(
            inv.evidence_share().items(), key=lambda entry: "ABSCD".index(entry[0])
        )
    ]
    return table(
        "evidence", words("evidence"),
        [("grade", words("grade"), "grade"), ("share", words("share"), "share"),
         ("meaning", words("meaning")), ("consequence", words("consequence"))],
        rows, words("evidence_note"),
    )  # fmt: skip


def coverage_table(inv: Inventory, words: Words) -> Table:
    """How many rows are in the total and how many are not."""
    found = inv.coverage()
    rows = [(words(f"coverage_{key}"), int(found[key])) for key in ("rows", "computed")]
    rows.append((words("coverage_quarantined"), int(found["quarantined"])))
    return table(
        "coverage", words("coverage"),
        [("what", words("activity_rows")), ("count", words("count"), "count")],
        rows, words("coverage_note"),
    )  # fmt: skip


def warnings_of(inv: Inventory, words: Words) -> list[tuple[str, str]]:
    """Code and text of all that must be said about the total."""
    return notes(inv, words.lang)


def issue_table(
    issues: Iterable[Issue],
    quarantined: pd.DataFrame,
    words: Words,
    *,
    key: str,
    most: int = MOST_ISSUES,
) -> Table:
    """Problems or findings with place, what the row said, message and hint."""
    listed = [in_words(issue, words.lang) for issue in issues]
    given = _as_given(quarantined)
    rows = [
        (
            _place(issue, words), issue.code, issue.message(words.lang), issue.hint(words.lang),
            given.get((issue.file or "", issue.sheet or "", issue.row), ""),
        )
        for issue in listed[:most]
    ]  # fmt: skip
    rows = list(dict.fromkeys(rows))  # what two documents both have to say is said once
    note = ""
    if len(listed) > most:
        note = words("issues_cut", shown=f"{most:,}", count=f"{len(listed):,}")
    return table(
        key, words(key.replace("-", "_")),
        [("where", words("where")), ("code", words("code"), "code"),
         ("message", words("message")), ("hint", words("hint")), ("given", words("as_given"))],
        rows, note,
    )  # fmt: skip


def _place(issue: Issue, words: Words) -> str:
    parts = [("file", issue.file), ("sheet", issue.sheet), ("row", issue.row),
             ("column", issue.column)]  # fmt: skip
    return " · ".join(f"{words(k)} {v}" for k, v in parts if v is not None)


def _as_given(quarantined: pd.DataFrame) -> dict[tuple[str, str, Any], str]:
    """What each quarantined row said, by file, sheet and row."""
    if not len(quarantined) or "row" not in quarantined:
        return {}
    held = [name for name in _GIVEN if name in quarantined]
    cells = quarantined[held].astype("object").where(quarantined[held].notna(), "")
    texts = [" | ".join(str(v) for v in row if v != "") for row in cells.to_numpy().tolist()]
    places = [
        quarantined[name].astype("object").where(quarantined[name].notna(), "").tolist()
        if name in quarantined
        else [""] * len(quarantined)
        for name in ("file", "sheet", "row")
    ]
    return {
        (str(file), str(sheet), int(row) if row != "" else None): text
        for file, sheet, row, text in zip(*places, texts, strict=True)
    }


def policy_table(inv: Inventory, words: Words) -> Table:
    """Every choice of the run, with what it means; gas reference and rounding spelled out."""
    rows = []
    for name, value in inv.policy.model_dump(mode="json").items():
        meaning = words.either(f"policy_{name}_{value}", "")
        if name == "rounding":
            meaning = rounding_text(inv, words)
        if name == "gas_reference":
            meaning = gas_reference_text(inv, words)
        rows.append((words(f"policy_{name}"), name, "—" if value is None else str(value), meaning))
    return table(
        "policy", words("policy"),
        [("field", words("policy_field")), ("name", words("policy_name"), "code"),
         ("value", words("policy_value"), "code"), ("meaning", words("meaning"))],
        rows,
    )  # fmt: skip


def gas_reference_text(inv: Inventory, words: Words) -> str:
    """Which reference the gas volumes given in m3 were read at: the run's, and rows' own."""
    rows = inv.ledger.rows
    own = (
        rows["gas_reference"].dropna().value_counts().sort_index()
        if "gas_reference" in rows
        else pd.Series(dtype="int64")
    )
    said = [words.either(f"policy_gas_reference_{inv.policy.gas_reference}", "")]
    said += [
        words("gas_reference_rows", count=f"{count:,}", reference=str(reference))
        for reference, count in own.items()
    ]
    return " ".join(text for text in said if text)


def rounding_text(inv: Inventory, words: Words) -> str:
    """What the run's rounding policy rounds, and the residual between reported and exact total."""
    policy = inv.plan.context.rounding
    said = []
    title = (policy.title or {}).get(words.lang, "")
    if title:
        said.append(title + words("stop"))
    listed = words("comma")
    if policy.parameters:
        rules = listed.join(f"{rule.name} {rule.decimals}" for rule in policy.parameters)
        said.append(words("rounding_parameters", rules=rules))
    if policy.steps:
        rules = listed.join(f"{name} {decimals}" for name, decimals in policy.steps.items())
        said.append(words("rounding_steps", rules=rules))
    for part, rule in (("items", policy.items), ("total", policy.total)):
        if rule is not None and rule.decimals is not None:
            said.append(words(f"rounding_{part}", decimals=rule.decimals))
    return " ".join(said) or words("rounding_nothing")


def potentials_table(inv: Inventory, words: Words) -> Table:
    """The global warming potentials in the counted lines: gas, set and value."""
    lines = inv.lines[["gas", "gwp_set", "gwp"]].drop_duplicates()
    rows = [
        (f"{words.name('gas', gas)} {gas}", "" if pd.isna(chosen) else chosen, float(value))
        for gas, chosen, value in sorted(lines.to_numpy().tolist(), key=str)
    ]
    return table(
        "gwp", words("gwp_used"),
        [("gas", words("gas")), ("gwp_set", words("gwp_set"), "code"),
         ("gwp", "GWP", "number")],
        rows,
    )  # fmt: skip


def methods_table(inv: Inventory, words: Words) -> Table:
    """The methods of the run: name, edition and document."""
    from carboncalc.methods.catalogue import load_method

    ledger = inv.ledger
    rows = []
    for name in sorted(inv.run.methods):
        method = load_method(name)
        years = sorted({int(y) for y in ledger.rows.loc[ledger.rows["method"] == name, "year"]})
        editions = {method.edition(year, inv.policy.edition).key: year for year in years}
        found = {method.edition(y, inv.policy.edition).document for y in years}
        shown: Any = ", ".join(sorted(found))
        if len(found) == 1:
            document = next(iter(found))
            shown = Link(document_name(document), "#" + document_anchor(document))
        rows.append((words.name("method", name), name, ", ".join(sorted(editions)), shown))
    return table(
        "methods", words("methods"),
        [("method", words("method")), ("id", "id", "code"), ("edition", words("edition")),
         ("document", words("document"))],
        rows,
    )  # fmt: skip


def document_name(key: str) -> str:
    """What a document is called where there is little room: its number, else its key.

    Examples
    --------
    >>> document_name("mee-2025-47"), document_name("my own sheet")
    ('公告2025年第47号', 'my own sheet')
    """
    return documents([key])[0].number or key if key else ""


def documents(keys: Iterable[str]) -> list[Source]:
    """The documents of some keys; one that the library does not know stands as its key alone."""
    from carboncalc.factors.sheets import sources

    known = sources()
    return [known.get(key) or Source(key=key) for key in sorted({k for k in keys if k})]


def run_table(inv: Inventory, words: Words) -> Table:
    """Versions and digests: what is needed to repeat the run to the bit."""
    run = inv.run
    rows = [
        (words("run_version"), f"carboncalc {run.version}"),
        (words("run_library"), f"{run.library_version} · {run.library_digest}"),
        (words("run_input"), run.input_digest),
        *((words("run_file", name=name), digest) for name, digest in sorted(run.files.items())),
        *((words("run_encoding", name=n), text) for n, text in sorted(run.encodings.items())),
        (words("run_lines"), f"{run.lines:,}"),
        (words("run_digest"), run.digest),
    ]
    return table(
        "run", words("run"),
        [("what", words("what")), ("value", words("value"), "code")], rows, words("run_note"),
    )  # fmt: skip


def fallback_table(inv: Inventory, words: Words) -> Table:
    """Lines whose factor stands in for another region or year: how many, how much."""
    ledger = inv.ledger
    rows = []
    for code, key in ((1, "region"), (2, "year"), (3, "region_year")):
        where = ledger.counted & (ledger.fallback == code)
        if where.any():
            rows.append(
                (words(f"fallback_{key}"), int(np.count_nonzero(where)), ledger.total(where))
            )
    return table(
        "fallbacks", words("fallbacks"),
        [("what", words("stands_in")), ("lines", words("lines_count"), "count"),
         ("co2e_t", "t CO2e", "tonnes")],
        rows, words("fallbacks_note"),
    )  # fmt: skip


def residual_text(inv: Inventory, words: Words) -> str:
    """Reported minus exact total, said where a rounding policy makes them differ."""
    residual = inv.rounding_residual_t
    return words("residual", residual=plain(residual)) if residual else ""
