"""A loan book of one statistic as a part of a page: charts, tables, and its loans by code."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.report import book_tables as figures
from carboncalc.report.anchors import anchor
from carboncalc.report.bars import bars, stacked_bars
from carboncalc.report.chart import Chart
from carboncalc.report.loan_list import labelled_loans
from carboncalc.report.palette import VERDICTS
from carboncalc.report.table import Link, Table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.finance.book import LoanBook

_COLOURS = [VERDICTS["eligible"], VERDICTS["undetermined"], VERDICTS["ineligible"]]


@dataclass(frozen=True)
class LoanRow:
    """A loan as a row of a page."""

    anchor: str
    loan_id: str
    bank: str
    use: str
    balance: int
    ratio: float
    declared: int
    verdict: str | Link
    borrower: str | Link


@dataclass(frozen=True)
class CodeGroup:
    """The loans shown under one code of the catalogue."""

    anchor: str
    name: str
    shown: int
    count: int
    declared: int
    loans: tuple[LoanRow, ...]


@dataclass(frozen=True)
class BookView:
    """A book of one statistic as it is shown."""

    statistic: str
    anchor: str
    loans_anchor: str
    name: str
    tables: Mapping[str, Table]
    charts: Mapping[str, Chart]
    groups: tuple[CodeGroup, ...]
    shown: int
    count: int


def book_view(
    book: LoanBook,
    words: Words,
    *,
    judged: Collection[str] = (),
    records: Mapping[str, str] | None = None,
    most: int = 50,
) -> BookView:
    """A book as a page shows it.

    Parameters
    ----------
    judged
        Ids of loans whose verdict is opened on the page.
    records
        Borrower id → place of its carbon record on the page.
    most
        How many loans are listed: those that lead somewhere first, then the largest.
    """
    loans = labelled_loans(book)
    chosen = _chosen(loans, set(judged), records or {}, most)
    groups = _groups(book, loans, chosen, set(judged), records or {}, words)
    listed = frozenset(str(code) for code in loans.loc[chosen, "code"].unique())
    return BookView(
        statistic=book.statistic,
        anchor=anchor("book", book.statistic),
        loans_anchor=anchor("loans", book.statistic),
        name=words(f"statistic_{book.statistic}"),
        tables={
            "balances": figures.balance_table(book, words),
            "ratios": figures.ratio_table(book, words),
            "codes": figures.code_table(book, words, listed=listed),
            "left_out": figures.left_out_table(book, words),
            "control": figures.control_table(book, words),
        },
        charts=book_charts(book, words),
        groups=groups,
        shown=len(chosen),
        count=len(loans),
    )


def book_charts(book: LoanBook, lang: Words | str | None = None) -> dict[str, Chart]:
    """The charts of a book by name, each with its table, in 亿元.

    ``catalogue`` (by first level of the catalogue and verdict), ``industry``, ``institution``,
    ``quality``.

    Examples
    --------
    >>> from carboncalc.examples.loans import made_loans
    >>> from carboncalc.finance.exposure import exposure
    >>> from carboncalc.finance.tape import read_loans
    >>> made = made_loans(100)
    >>> book = exposure(
    ...     read_loans(made.loans, labels=made.labels, rates=made.rates), statistic="PBOC")
    >>> sorted(book_charts(book, "zh"))
    ['catalogue', 'industry', 'institution', 'quality']
    """
    words = Words.of(lang)
    by_level = figures.code_table(book, words, level=1)
    out = {"catalogue": stacked_bars(by_level, figures.PARTS, _COLOURS, "declared")}
    for name in ("industry", "institution", "quality"):
        shown = figures.group_table(book, name, words)
        order = sorted(range(len(shown)), key=lambda i: -(shown.rows[i][3] or 0))
        ranked = Table(
            shown.key, shown.title, shown.columns, tuple(shown.rows[i] for i in order), shown.note
        )
        out[name] = bars(ranked, "green")
    return out


def _chosen(
    loans: pd.DataFrame, judged: set[str], records: Mapping[str, str], most: int
) -> list[int]:
    """Rows to list: loans with an opened verdict or a carbon record, then the largest."""
    leads = loans["loan_id"].isin(judged) | loans["borrower_id"].isin(list(records))
    first = loans.index[leads].tolist()
    rest = loans.index[~leads].tolist()
    return sorted([*first[: max(most, 1) * 4], *rest[: max(most - len(first), 0)]])


def _groups(
    book: LoanBook,
    loans: pd.DataFrame,
    chosen: list[int],
    judged: set[str],
    records: Mapping[str, str],
    words: Words,
) -> tuple[CodeGroup, ...]:
    counts = loans["code"].value_counts()
    declared = loans.groupby("code")["declared_fen"].sum()
    out = []
    for code, part in loans.loc[chosen].groupby("code", sort=False):
        rows = tuple(_row(book, row, judged, records, words) for row in part.to_dict("records"))
        out.append(
            CodeGroup(
                anchor("code", book.statistic, code), figures.code_name(str(code), words),
                len(rows), int(counts[code]), int(declared[code]), rows,
            )
        )  # fmt: skip
    return tuple(sorted(out, key=lambda group: -group.declared))


def _row(
    book: LoanBook, row: Any, judged: set[str], records: Mapping[str, str], words: Words
) -> LoanRow:
    loan, borrower = str(row["loan_id"]), str(row["borrower_id"])
    verdict: str | Link = words(f"verdict_{row['verdict']}")
    if loan in judged:
        verdict = Link(str(verdict), "#" + anchor("verdict", loan))
    place = records.get(borrower)
    return LoanRow(
        anchor=anchor("loan", book.statistic, loan),
        loan_id=loan,
        bank=str(row["bank_id"]),
        use=str(row.get("use_industry_code") or ""),
        balance=int(row["cny_fen"]),
        ratio=float(row["ratio"]),
        declared=int(row["declared_fen"]),
        verdict=verdict,
        borrower=borrower if place is None else Link(borrower, "#" + place),
    )
