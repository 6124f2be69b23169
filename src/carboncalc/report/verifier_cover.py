"""The first sheet of the verifier's file: who, which documents, totals, contents, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.errors import CarbonCalcError
from carboncalc.factors.sheets import sources as documents
from carboncalc.inventory.verification.result import Verification
from carboncalc.methods.catalogue import load_method
from carboncalc.report.table import Table, table
from carboncalc.report.verifier_layout import SHEETS
from carboncalc.report.verifier_words import VerifierWords
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: The widths of the columns of the cover.
WIDTHS = (34.0, 24.0, 12.0, 46.0)
_SIGNED = ("filled", "checked", "legal", "lead", "member", "site", "review")


def cover(inv: Inventory, made: Verification, words: VerifierWords) -> list[Table]:
    """The tables of the cover, in the order they are read.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.result import verification
    >>> inv = cc.examples.minimal()
    >>> [t.key for t in cover(inv, verification(inv), VerifierWords("zh"))][:3]
    ['who', 'head', 'by_source']
    """
    return [
        _who(inv, words),
        _totals(inv, made, words),
        _by_source(inv, made, words),
        _by_kind(made.findings, words),
        _run(inv, words),
        _contents(words),
        _legend(words),
        _signatures(words),
    ]


def _who(inv: Inventory, words: VerifierWords) -> Table:
    rows: list[tuple[str, str]] = []
    entities = getattr(inv.activity, "entities", None)
    given = inv.ledger.rows
    present = [str(name) for name in given["entity"].dropna().unique()] if len(given) else []
    for name in present:
        known = [] if entities is None else list(entities.find(name))
        entity = entities[known[0]] if entities is not None and len(known) == 1 else None
        said = entity.name or name if entity is not None else name
        rows.append((words("who_name"), said))
        if entity is not None and entity.uscc:
            rows.append((words("who_uscc"), entity.uscc))
        if entity is not None and entity.region:
            rows.append((words("who_region"), words.name("region", entity.region)))
    if len(given):
        first = pd.Timestamp(given["period_start"].min())
        last = pd.Timestamp(given["period_end"].max()) - pd.Timedelta(days=1)
        rows.append((words("who_years"), f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"))
    rows += [(f"{words('who_documents')}: {name}", text) for name, text in _documents(inv, words)]
    return table("who", words("who"), [("what", ""), ("value", "")], rows)


def _documents(inv: Inventory, words: VerifierWords) -> Iterator[tuple[str, str]]:
    """Each method of the run with the documents of the editions for its data years."""
    known = documents()
    years = sorted(set(inv.ledger.rows["year"].tolist())) if len(inv.ledger) else []
    for method_id in sorted(inv.run.methods):
        method = load_method(method_id)
        titles = []
        for edition in method.editions:
            document = known.get(edition.document)
            named = inv.policy.edition is not None
            serves = edition.serves_when_named if named else edition.serves
            used = not years or any(map(serves, years))
            if document is not None and used:
                first, last = edition.data_years
                span = f" ({first or '…'}–{last or '…'})" if first or last else ""
                number = f" {document.number}" if document.number else ""
                titles.append(f"{document.title[words.lang]}{number}{span}")
        yield words.name("method", method_id), "\n".join(titles)


def _totals(inv: Inventory, made: Verification, words: VerifierWords) -> Table:
    """Totals and the materiality level in tonnes."""
    level, found = made.materiality, made.aggregate
    total, reported = found["total_t"], summed(inv)
    rows: list[tuple[Any, ...]] = [
        (words("co2e_t"), reported, "t CO2e", "" if reported is not None else words("refused_note"))
    ]
    if None not in (total, reported) and reported != total:
        rows.append((words("exact_t"), total, "t CO2e", ""))
    rows += [
        (words(name), value, "t CO2e", words("totals_note"))
        for name, value in inv.totals.items()
        if value is not None
    ]
    share = None if level.share is None else f"{level.share * 100:g} %"
    rows += [
        (words("level_share"), share, "", words("threshold_note")),
        (words("level_absolute"), level.absolute_t, "t CO2e", words("threshold_note")),
        (words("threshold"), found["threshold_t"], "t CO2e", ""),
        (words("below"), found["below_together_t"], "t CO2e", words("below_note")),
        (words("with_plan"), words("yes" if made.has_plan else "no"), "", ""),
    ]
    return table("head", words("head"), _columns(words, "tonnes"), rows)


def summed(inv: Inventory) -> float | None:
    """The total of the inventory; None where it is refused.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.examples.minimal()
    >>> summed(inv) == inv.co2e_t
    True
    """
    try:
        return inv.co2e_t
    except CarbonCalcError:
        return None


def _by_source(inv: Inventory, made: Verification, words: VerifierWords) -> Table:
    """Counted emissions by source with their sum: what a reader adds up first."""
    counted = inv.ledger.counted
    rows: list[tuple[Any, ...]] = []
    if len(inv.ledger):
        from carboncalc.inventory.totals import key_column

        keys = [key_column(inv.ledger, "source")]
        sums = inv.ledger.sums(keys, counted)
        rows = [(words.name("source", str(name)), value, "t CO2e", "")
                for name, value in sums.items()]  # fmt: skip
    if made.aggregate["total_t"] is not None:
        rows.append((words("total_row"), made.aggregate["total_t"], "t CO2e", ""))
    return table("by_source", words("by_source"), _columns(words, "tonnes"), rows)


def _by_kind(findings: pd.DataFrame, words: VerifierWords) -> Table:
    rows = []
    for kind in dict.fromkeys(findings["kind"]):
        some = findings[findings["kind"] == kind]
        counts = some["material"].value_counts()
        said = "; ".join(
            f"{words('column_material')} {words(f'material_{key}')} {int(counts[key])}"
            for key in ("yes", "aggregate", "no", "unknown")
            if key in counts
        )
        rows.append((words(f"kind_{kind}"), len(some), "", said))
    if not rows:
        rows.append((words("nothing"), 0, "", ""))
    return table("by_kind", words("by_kind"), _columns(words, "count"), rows)


def _run(inv: Inventory, words: VerifierWords) -> Table:
    rows = [
        (words("scope2"), Words(words.lang)(f"policy_scope2_{inv.policy.scope2}")),
        (words("library"), f"{inv.run.library_version} · {inv.run.library_digest}"),
        (words("run_version"), f"carboncalc {inv.run.version}"),
        (words("run_digest"), inv.run.digest),
    ]
    return table("run", words("run_digest"), [("what", ""), ("value", "")], rows)


def _contents(words: VerifierWords) -> Table:
    named = {name: words(f"sheet_{name}") for name in SHEETS}
    rows = [(text, words.either(f"title_{name}", text)) for name, text in named.items()]
    return table("contents", words("contents"), [("sheet", ""), ("text", "")], rows)


def _legend(words: VerifierWords) -> Table:
    rows = [
        (words(f"sheet_{name}"), words(f"legend_{key}"))
        for name, key in (("findings", "touched"), ("processes", "process"), ("months", "months"),
                          ("months", "months_states"))
    ]  # fmt: skip
    return table("legend", words("legend"), [("sheet", ""), ("text", "")], rows)


def _signatures(words: VerifierWords) -> Table:
    columns = [("role", words("sign_role")), ("name", words("sign_name")), ("blank", ""),
               ("date", words("sign_date"))]  # fmt: skip
    rows = [(words(f"sign_{role}"), "", "", "\n") for role in _SIGNED]
    return table("signoff", words("signoff"), columns, rows, words("sign_note"))


def _columns(words: VerifierWords, kind: Any = "text") -> list[Any]:
    return [("what", words("what")), ("value", words("value"), kind), ("unit", words("unit")),
            ("remark", words("remark"))]  # fmt: skip
