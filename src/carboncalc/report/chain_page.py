"""One page from a city's target down to the page of a standard, and up again.

Target → book → loan → verdict → line and page of the catalogue; and borrower's carbon record
→ line of the run → guideline. Every step is a link inside the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.finance.target import targets as all_targets
from carboncalc.report import evidence_tables as evidence
from carboncalc.report.anchors import anchor
from carboncalc.report.book_views import BookView, book_view
from carboncalc.report.borrower_views import borrower_views
from carboncalc.report.financed_tables import financed_tables
from carboncalc.report.html import render, write
from carboncalc.report.loan_list import labelled_loans
from carboncalc.report.progress_chart import progress_chart
from carboncalc.report.table import Link, Table, table
from carboncalc.report.verdict_views import verdict_views
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.classification.result import Verdicts
    from carboncalc.finance.book import LoanBook
    from carboncalc.finance.financed import FinancedEmissions
    from carboncalc.model.carbon_record import CarbonRecord

#: The target of the pilot plan that the walk begins at, where none is named.
DEFAULT_TARGETS = ("T2025-03",)
#: Verdicts opened on one page.
MOST_VERDICTS = 200


def write_chain_page(
    book: LoanBook,
    path: str | Path,
    lang: str | None = None,
    *,
    verdicts: Verdicts | None = None,
    records: Iterable[CarbonRecord] = (),
    runs: Sequence[Any] = (),
    financed: Sequence[FinancedEmissions] = (),
    targets: Iterable[str] = DEFAULT_TARGETS,
    title: str | None = None,
    notice: str | None = None,
    loans: int = 50,
    lines_per_entity: int = 10,
) -> Path:
    """A self-contained HTML page that leads from a target down to pages, step by step.

    Target → reading per statistic → book → loan → verdict → criterion and page of the
    catalogue; and from a borrower's carbon record → line → guideline. Each statistic the tape
    has labels of stands by itself; they are never added.

    Parameters
    ----------
    book
        The result of :func:`carboncalc.exposure`.
    verdicts
        The result of :func:`carboncalc.classify` for entries whose ids are loan ids.
    records
        Carbon records of borrowers.
    runs
        Inventories or footprints; those whose run digest is a record's open to its lines.
    financed
        Results of :func:`carboncalc.financed_emissions`, one per method, side by side.
    targets
        Ids of figures of the plan.
    loans
        How many loans are listed; loans that lead to a verdict or a record come first. The
        bank officer's workbook has all of them.
    path, lang, title, notice, lines_per_entity
        As for :func:`carboncalc.write_page`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if jinja2 is not installed; ``P-002`` for a book at another day's rates.
    FinanceError
        ``L-071`` for a target that the plan does not have.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> from carboncalc.examples.loans import made_loans
    >>> made = made_loans(200)
    >>> tape = cc.read_loans(made.loans, labels=made.labels, rates=made.rates)
    >>> book = cc.exposure(tape, statistic="NFRA")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = cc.write_chain_page(book, folder + "/bank.html", "en")
    ...     "T2025-03" in page.read_text(encoding="utf-8")
    True
    """
    return write(
        chain_page(
            book, lang, verdicts=verdicts, records=records, runs=runs, financed=financed,
            targets=targets, title=title, notice=notice, loans=loans,
            lines_per_entity=lines_per_entity,
        ),
        path,
    )  # fmt: skip


def chain_page(
    book: LoanBook,
    lang: str | None = None,
    *,
    verdicts: Verdicts | None = None,
    records: Iterable[CarbonRecord] = (),
    runs: Sequence[Any] = (),
    financed: Sequence[FinancedEmissions] = (),
    targets: Iterable[str] = DEFAULT_TARGETS,
    title: str | None = None,
    notice: str | None = None,
    loans: int = 50,
    lines_per_entity: int = 10,
) -> str:
    """The page of :func:`write_chain_page` as text."""
    words = Words(lang)
    held = tuple(records)
    books = [book.on(name) for name in book.tape.statistics] or [book]
    listed = {one.statistic: labelled_loans(one) for one in books}
    judged = _judged(verdicts, listed)
    places = {record.uscc: anchor("record", i) for i, record in enumerate(held, start=1)}
    views = [book_view(one, words, judged=judged, records=places, most=loans) for one in books]
    opened, lines = verdict_views(verdicts, judged, words) if verdicts is not None else ([], [])
    borrowers = borrower_views(
        held, runs, _loans_of(views, words), words, lines_per_entity=lines_per_entity
    )
    keys = {key for b in borrowers for e in b.lines for view in e.lines for key in view.documents()}
    goals = [book.progress(all_targets[name]) for name in targets]
    return render(
        "chain.html.j2",
        words,
        title=title or words("chain_title"),
        notice=notice,
        lead=words(
            "chain_lead", date=book.as_of, coverage=_coverage(book, words),
            banks=f"{len(book.tape.institutions):,}", loans=f"{book.loans:,}",
        ),
        progress=[(goal.target, progress_chart(goal, words)) for goal in goals],
        books=views,
        verdicts=opened,
        verdict_loans=_rows_of_loans(views),
        catalogue=None if verdicts is None else verdicts.taxonomy,
        catalogue_lines=lines,
        borrowers=borrowers,
        financed=[
            financed_tables(found, words, loans=_first_row(views), records=places)
            for found in financed
        ],
        issues=evidence.issue_table(
            book.issues, book.tape.quarantined.iloc[:0], words, key="book-issues"
        ),
        sources=evidence.documents(keys),
        run=chain_run_table(book, verdicts, held, words),
    )  # fmt: skip


def _judged(verdicts: Verdicts | None, listed: dict[str, Any]) -> list[str]:
    """Ids of entries that are loans with a label, in the order of the verdicts."""
    if verdicts is None:
        return []
    labelled = {loan for loans in listed.values() for loan in loans["loan_id"]}
    return [name for name in verdicts.frame["entry_id"] if name in labelled][:MOST_VERDICTS]


def _loans_of(views: Sequence[BookView], words: Words) -> dict[str, list[Link]]:
    """Links to the listed loans of each borrower."""
    found: dict[str, list[Link]] = {}
    for view in views:
        for group in view.groups:
            for loan in group.loans:
                text = f"{loan.loan_id} ({words(f'statistic_{view.statistic}')})"
                found.setdefault(str(loan.borrower), []).append(Link(text, "#" + loan.anchor))
    return found


def _rows_of_loans(views: Sequence[BookView]) -> dict[str, list[Link]]:
    """Links to the rows of each loan, one per statistic."""
    found: dict[str, list[Link]] = {}
    for view in views:
        for group in view.groups:
            for loan in group.loans:
                found.setdefault(loan.loan_id, []).append(Link(view.name, "#" + loan.anchor))
    return found


def _first_row(views: Sequence[BookView]) -> dict[str, str]:
    """Loan id → its first row on the page."""
    return {name: links[0].target[1:] for name, links in _rows_of_loans(views).items()}


def _coverage(book: LoanBook, words: Words) -> str:
    area = book.tape.covers_area
    if area is None:
        return words("coverage_one")
    return words("coverage_all", area=words.name("region", area))


def chain_run_table(
    book: LoanBook, verdicts: Verdicts | None, records: Sequence[CarbonRecord], words: Words
) -> Table:
    """Digests and versions of everything that the page rests on."""
    from carboncalc._version import __version__

    labels = book.tape.label_table
    rows = [
        (words("run_version"), f"carboncalc {__version__}"),
        (words("tape_digest"), f"{book.tape.source.file or '—'} {book.tape.source.digest or '—'}"),
    ]
    if labels is not None:
        rows.append((words("labels_digest"), str(labels.given.digest or "—")))
    if verdicts is not None:
        catalogue = f"{verdicts.taxonomy.id} {verdicts.taxonomy.version}"
        rows += [
            (words("catalogue"), catalogue), (words("entries_digest"), str(verdicts.digest or "—")),
        ]  # fmt: skip
    rows += [(words("record_digest", name=r.name), r.digest) for r in records]
    return table(
        "run", words("run"), [("what", words("what")), ("value", words("value"), "code")], rows
    )
