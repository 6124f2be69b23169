"""The bank officer's workbook: every labelled loan with its verdict, sums, targets, sign-off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.classification.wording import asked, step_name, veto_name, word
from carboncalc.finance.columns import resolve
from carboncalc.finance.target import targets as all_targets
from carboncalc.report import book_tables as figures
from carboncalc.report import evidence_tables as evidence
from carboncalc.report.chain_page import DEFAULT_TARGETS, chain_run_table
from carboncalc.report.financed_tables import financed_tables
from carboncalc.report.loan_list import labelled_loans
from carboncalc.report.numbers import Kind
from carboncalc.report.sheets import Sheets
from carboncalc.report.table import Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.classification.result import Verdicts
    from carboncalc.finance.book import LoanBook
    from carboncalc.finance.financed import FinancedEmissions
    from carboncalc.model.carbon_record import CarbonRecord

_MONEY = ("cny", "declared", "confirmed", "undetermined", "refuted")
_FROM_LABELS = ("decision_date", "decided_by", "checked_by", "evidence_ids", "valid_from",
                "valid_to")  # fmt: skip
_KINDS: dict[str, Kind] = {**dict.fromkeys(_MONEY, "yuan"), "ratio": "share"}
_ALL = 10_000


def write_loan_workbook(
    book: LoanBook,
    path: str | Path,
    lang: str | None = None,
    *,
    verdicts: Verdicts | None = None,
    records: Iterable[CarbonRecord] = (),
    financed: Sequence[FinancedEmissions] = (),
    targets: Iterable[str] = DEFAULT_TARGETS,
    headers: str | None = None,
    notice: str | None = None,
) -> Path:
    """The bank officer's workbook: loans with label and verdict, sums, targets, a sign-off sheet.

    Each statistic the tape has labels of gets sheets of its own; they are never added. Every
    labelled loan in the balance is listed with code, ratio, declared, confirmed, undetermined
    and refuted amounts in CNY, the verdict, what failed, which evidence is missing, what would
    change the verdict, and who decided and checked the label. The columns of amounts add up to
    the book, to the 分. Texts are written as texts: nothing in them can become a formula.

    Parameters
    ----------
    book
        The result of :func:`carboncalc.exposure`.
    verdicts
        The result of :func:`carboncalc.classify` for entries whose ids are loan ids.
    records
        Carbon records, whose digests stand on the sign-off sheet.
    financed
        Results of :func:`carboncalc.financed_emissions`.
    targets
        Ids of figures of the plan to read.
    headers
        ``zh`` or ``en`` for the headers of the loans; default: ``lang``.
    path, lang, notice
        As for :func:`carboncalc.write_workbook`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if XlsxWriter is not installed; ``P-002`` for a book at another day's rates.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> from carboncalc.examples.loans import made_loans
    >>> made = made_loans(100)
    >>> tape = cc.read_loans(made.loans, labels=made.labels, rates=made.rates)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = cc.write_loan_workbook(
    ...         cc.exposure(tape, statistic="NFRA"), folder + "/loans.xlsx", "zh")
    ...     file.stat().st_size > 0
    True
    """
    words = Words(lang)
    heads = Words(headers or words.lang)
    books = [book.on(name) for name in book.tape.statistics] or [book]
    details = _details(verdicts, words)
    goals = [book.progress(all_targets[name]) for name in targets]
    with Sheets(path) as out:
        above = [words("loan_workbook"), _lead(book, words), *([notice] if notice else [])]
        out.blocks(words("sheet_summary"), _summary(books, words), above)
        for one in books:
            loans = loan_frame(one, details)
            names = {str(c): heads(f"loan_{c}") for c in loans.columns}
            out.frame(f"{words('sheet_loans')} {one.statistic}", loans, names, _KINDS)
            out.blocks(f"{words('sheet_sums')} {one.statistic}", _sums(one, words))
        out.blocks(words("sheet_targets"), [_target_table(goal, words) for goal in goals])
        for found in financed:
            name = f"{words('sheet_financed')} {found.method}"
            out.blocks(name, financed_tables(found, words, most=_ALL))
        out.blocks(words("sheet_issues"), _issues(book, words))
        out.blocks(words("sheet_signoff"), _signoff(books, verdicts, tuple(records), words))
    return Path(path)


def loan_frame(book: LoanBook, details: pd.DataFrame) -> pd.DataFrame:
    """The loans of one statistic with label, verdict and evidence; amounts in whole 分 of CNY."""
    loans = labelled_loans(book)
    loans = loans.rename(columns={f"{name}_fen": name for name in _MONEY})
    labels = _label_facts(book)
    merged = loans.merge(labels, on="loan_id", how="left") if len(labels) else loans
    merged = merged.merge(details, on="loan_id", how="left")
    # A verdict on another code than the label's says nothing of the label.
    other = merged["verdict"] == "none"
    for name in details.columns[1:]:
        merged[name] = merged[name].astype("object").where(~other & merged[name].notna(), None)
    return merged


def _label_facts(book: LoanBook) -> pd.DataFrame:
    """Who decided and checked each label of the statistic, and with which evidence."""
    held = book.tape.label_table
    if held is None:
        return pd.DataFrame(columns=["loan_id"])
    frame = held.frame()
    known = {text: resolve("statistic", str(text)) for text in frame["statistic"].unique()}
    mine = frame[frame["statistic"].map(known) == book.statistic]
    columns = ["loan_id", *(name for name in _FROM_LABELS if name in mine)]
    facts: pd.DataFrame = mine[columns].drop_duplicates("loan_id")
    return facts.astype({"loan_id": "str"})


def _details(verdicts: Verdicts | None, words: Words) -> pd.DataFrame:
    """What each verdict says, in words: failed steps, missing evidence, what would change it."""
    columns = ["loan_id", "verdict_code", "failed", "missing", "would_change", "vetoes", "page"]
    if verdicts is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for record in verdicts.records():
        told = verdicts.explain(record["entry_id"])
        rule, lang = told.rule, words.lang
        failed = [
            f"{step_name(r['criterion'], rule, lang)}{words('colon')}"
            f"{word(r['measured'] or '—', lang)} "
            f"({asked(r['criterion'], r['threshold'] or '', rule, lang)})"
            for r in record["reasons"]
            if r["status"] == "fail"
        ]
        change = [_change(text, rule, lang) for text in record["would_change"]]
        missing = [step_name(name, rule, lang) for name in record["missing_evidence"]]
        vetoes = [veto_name(name, rule, lang) for name in record["vetoes"]]
        rows.append((
            str(record["entry_id"]), record["code"], "; ".join(failed), "; ".join(missing),
            "; ".join(change), "; ".join(vetoes), record["page"] or None,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=columns).drop_duplicates("loan_id")


def _change(text: str, rule: Any, lang: str) -> str:
    criterion, _, threshold = text.partition(" ")
    return f"{step_name(criterion, rule, lang)}: {asked(criterion, threshold, rule, lang)}"


def _lead(book: LoanBook, words: Words) -> str:
    area = book.tape.covers_area
    coverage = words("coverage_one")
    if area is not None:
        coverage = words("coverage_all", area=words.name("region", area))
    return words(
        "chain_lead", date=book.as_of, coverage=coverage, banks=f"{len(book.tape.institutions):,}",
        loans=f"{book.loans:,}",
    )  # fmt: skip


def _summary(books: Iterable[LoanBook], words: Words) -> list[Table]:
    out = []
    for book in books:
        shown = figures.balance_table(book, words)
        title = f"{words(f'statistic_{book.statistic}')} · {shown.title}"
        out.append(Table(shown.key, title, shown.columns, shown.rows, shown.note))
        out += [figures.ratio_table(book, words), figures.control_table(book, words)]
        out.append(figures.left_out_table(book, words))
    return out


def _sums(book: LoanBook, words: Words) -> list[Table]:
    return [
        figures.code_table(book, words, level=1), figures.code_table(book, words),
        *(figures.group_table(book, name, words)
          for name in ("industry", "institution", "branch", "quality")),
    ]  # fmt: skip


def _target_table(goal: Any, words: Words) -> Table:
    target = goal.target
    shown = figures.reading_table(goal, words)
    title = (
        f"{target.id} {target.name[words.lang]} · {target.wording} · {target.target_date or '—'}"
    )
    return Table(shown.key, title, shown.columns, shown.rows, shown.note)


def _issues(book: LoanBook, words: Words) -> list[Table]:
    return [
        evidence.issue_table(
            book.issues, book.tape.quarantined.iloc[:0], words, key="book-issues", most=_ALL
        )
    ]


def _signoff(
    books: Iterable[LoanBook],
    verdicts: Verdicts | None,
    records: tuple[CarbonRecord, ...],
    words: Words,
) -> list[Table]:
    """Who prepared, checked and approved; the figures signed; the digests they belong to."""
    held = list(books)
    people = table(
        "signoff", words("signoff"),
        [("role", words("signoff_role")), ("name", words("signoff_name")),
         ("date", words("signoff_date")), ("signature", words("signoff_signature")),
         ("opinion", words("signoff_opinion"))],
        [(words(f"signoff_{role}"), "", "", "", "") for role in
         ("prepared", "checked", "approved")],
        words("signoff_note"),
    )  # fmt: skip
    signed = table(
        "signed", words("signed_figures"),
        [("statistic", words("statistic")), ("what", words("what")), ("cny", "CNY", "yuan")],
        [
            (words(f"statistic_{book.statistic}"), words(f"book_{name}"),
             figures.fen(getattr(book, name)))
            for book in held
            for name in ("outstanding", "declared", *figures.PARTS, "green")
        ],
    )  # fmt: skip
    return [people, signed, chain_run_table(held[0], verdicts, records, words)]
