"""Financed emissions as tables: the figure with its quality, by class, loan by loan, left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.report.book_tables import fen
from carboncalc.report.table import Link, Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.finance.financed import FinancedEmissions

#: Loans of the figure that a page lists; the workbook has all.
MOST_LOANS = 50


def financed_tables(
    found: FinancedEmissions,
    words: Words,
    *,
    loans: Mapping[str, str] | None = None,
    records: Mapping[str, str] | None = None,
    most: int = MOST_LOANS,
) -> list[Table]:
    """The tables of one attribution; ``loans`` and ``records`` give places to link to.

    Tonnes of scopes 1 and 2 as attributed; scope 3 stands apart and is never added.
    """
    return [
        _headline(found, words), _classes(found, words),
        _loans(found, words, loans or {}, records or {}, most), _excluded(found, words),
    ]  # fmt: skip


def _headline(found: FinancedEmissions, words: Words) -> Table:
    parameters = words("comma").join(f"{k}={v}" for k, v in found.parameters.items())
    rows = [
        (words("financed_s12"), found.s12_t, "t CO2e", ""),
        (words("financed_s3"), found.s3_t, "t CO2e", words("financed_s3_is")),
        (words("financed_balance"), float(found.attributed_cny), "CNY", ""),
        (words("financed_coverage"), found.coverage, "1", words("financed_coverage_is")),
        (words("financed_quality"), found.data_quality, "1–5", words("financed_quality_is")),
        (words("grade"), None, found.grade or "—", f"{found.method} {found.method_grade}"),
        (words("financed_parameters"), None, "", parameters),
    ]
    return table(
        f"financed-{found.method}", f"{words('financed')} · {found.method} · {found.as_of}",
        [("what", words("what")), ("value", words("value"), "number"), ("unit", words("unit")),
         ("remark", words("remark"))],
        rows, words("financed_note"),
    )  # fmt: skip


def _classes(found: FinancedEmissions, words: Words) -> Table:
    rows = [
        (
            words.either(f"asset_{key}", str(key)), int(row["loans"]),
            fen(row["outstanding_cny"]), row["s12_t"], _absent(row["s3_t"]),
            _absent(row["t_per_million_cny"]), _absent(row["data_quality"]),
        )
        for key, row in found.by("asset_class").to_dict("index").items()
    ]  # fmt: skip
    return table(
        f"financed-{found.method}-classes", words("financed_classes"),
        [("class", words("asset_class")), ("loans", words("loans_count"), "count"),
         ("balance", words("book_outstanding") + " CNY", "yuan"),
         ("s12", words("financed_s12"), "tonnes"), ("s3", words("financed_s3"), "tonnes"),
         ("per_million", words("per_million"), "number"),
         ("quality", words("financed_quality"), "number")],
        rows,
    )  # fmt: skip


def _loans(
    found: FinancedEmissions,
    words: Words,
    loans: Mapping[str, str],
    records: Mapping[str, str],
    most: int,
) -> Table:
    listed = found.loan_table().sort_values(
        "financed_s12_t", ascending=False, kind="stable", key=abs
    )
    rows = []
    for row in listed.head(most).to_dict("records"):
        loan, borrower = str(row["loan_id"]), str(row["borrower_id"])
        rows.append((
            Link(loan, "#" + loans[loan]) if loan in loans else loan,
            Link(borrower, "#" + records[borrower]) if borrower in records else borrower,
            fen(row["outstanding_cny"]), _absent(row["attribution_factor"]),
            _absent(row["s1_t"]), _absent(row["s2_t"]), row["financed_s12_t"],
            f"{row['option']}", row["data_quality"], str(row["grade"]),
        ))  # fmt: skip
    note = ""
    if len(listed) > most:
        note = words("financed_cut", shown=f"{most:,}", count=f"{len(listed):,}")
    return table(
        f"financed-{found.method}-loans", words("financed_loans"),
        [("loan", words("loan")), ("borrower", words("borrower")),
         ("balance", words("book_outstanding") + " CNY", "yuan"),
         ("factor", words("attribution_factor"), "number"),
         ("s1", words("borrower_s1"), "tonnes"), ("s2", words("borrower_s2"), "tonnes"),
         ("s12", words("financed_s12"), "tonnes"), ("option", words("pcaf_option"), "code"),
         ("quality", words("financed_quality"), "number"), ("grade", words("grade"), "grade")],
        rows, note,
    )  # fmt: skip


def _excluded(found: FinancedEmissions, words: Words) -> Table:
    rows: list[tuple[Any, ...]] = [
        (row["reason"], row["message"], int(row["loans"]), fen(row["outstanding_cny"]))
        for row in found.excluded(words.lang).to_dict("records")
    ]
    rows += [(issue.code, issue.message(words.lang), None, None) for issue in found.findings]
    return table(
        f"financed-{found.method}-excluded", words("financed_excluded"),
        [("code", words("code"), "code"), ("reason", words("reason")),
         ("loans", words("loans_count"), "count"),
         ("balance", words("book_outstanding") + " CNY", "yuan")],
        rows,
    )  # fmt: skip


def _absent(value: Any) -> Any:
    return None if pd.isna(value) else value
