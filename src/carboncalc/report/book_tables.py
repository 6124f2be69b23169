"""The loan book as tables: balances by verdict, by code, industry and institution, and targets."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from carboncalc.classification.taxonomy import load_taxonomy
from carboncalc.errors import ClassificationError
from carboncalc.finance.catalogues import CURRENT
from carboncalc.finance.codes import NONE
from carboncalc.messages.catalogue import message
from carboncalc.report.anchors import anchor
from carboncalc.report.table import Link, Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.finance.book import LoanBook
    from carboncalc.finance.target import Progress

#: The parts of what is declared green, in the order they are stacked.
PARTS = ("confirmed", "undetermined", "refuted")


def fen(amount: Decimal) -> int:
    """An amount in CNY as whole 分.

    Examples
    --------
    >>> fen(Decimal("12.34"))
    1234
    """
    return int(amount * 100)


def balance_table(book: LoanBook, words: Words) -> Table:
    """The balance and its green part: declared = confirmed + undetermined + refuted."""
    rows: list[tuple[Any, ...]] = [
        (words(f"book_{name}"), fen(getattr(book, name)), words(f"book_{name}_is"))
        for name in ("outstanding", "declared", *PARTS, "green")
    ]
    rows.append((words("off_balance_green"), fen(book.off_balance_green), words("off_balance_is")))
    return table(
        f"balances-{book.statistic}", words("balances"),
        [("what", words("what")), ("yi", words("in_yi"), "yi"), ("remark", words("meaning"))],
        rows, words(f"statistic_{book.statistic}_is"),
    )  # fmt: skip


def ratio_table(book: LoanBook, words: Words) -> Table:
    """Shares of the book: green share, non-performing ratios."""
    rows = [
        (words("green_share"), book.green_share), (words("npl_green"), book.npl_ratio_green),
        (words("npl_all"), book.npl_ratio),
    ]  # fmt: skip
    return table(
        f"ratios-{book.statistic}", words("ratios"),
        [("what", words("what")), ("share", words("share"), "share")], rows,
    )  # fmt: skip


def code_table(
    book: LoanBook, words: Words, *, level: int | None = None, listed: frozenset[str] = frozenset()
) -> Table:
    """Declared balances by code of the catalogue and verdict, largest first.

    Codes that are ``listed`` lead to their loans on the same page.
    """
    frame = book.by("taxonomy") if level is None else book.by("taxonomy", level=level)
    rows = []
    for code, row in frame.to_dict("index").items():
        if code == NONE and not row["declared_cny"]:
            continue
        name = code_name(str(code), words)
        rows.append((
            Link(name, "#" + anchor("code", book.statistic, code)) if str(code) in listed else name,
            int(row["green_loans"]), fen(row["declared_cny"]),
            *(fen(row[f"{part}_cny"]) for part in PARTS), fen(row["green_cny"]),
            row["share_of_green"], str(code),
        ))  # fmt: skip
    rows.sort(key=lambda row: (-row[2], row[-1]))
    columns: list[Any] = [
        ("code", words("catalogue_code")), ("loans", words("loans_count"), "count"),
        ("declared", words("book_declared"), "yi"),
        *((part, words(f"book_{part}"), "yi") for part in PARTS),
        ("green", words("book_green"), "yi"), ("share", words("share_of_green"), "share"),
    ]  # fmt: skip
    suffix = "" if level is None else f"-{level}"
    title = words("by_code" if level is None else "by_catalogue_and_verdict")
    return table(
        f"codes-{book.statistic}{suffix}", title, columns,
        [row[:-1] for row in rows], words("by_code_note", unit=words("in_yi")),
    )  # fmt: skip


def group_table(book: LoanBook, dimension: str, words: Words) -> Table:
    """Balances by industry section, institution, branch or quality class."""
    frame = book.by("industry", level="section") if dimension == "industry" else book.by(dimension)
    rows = [
        (
            group_name(dimension, str(key), words), int(row["loans"]),
            fen(row["outstanding_cny"]), fen(row["green_cny"]), row["green_share"],
            row["share_of_green"],
        )
        for key, row in frame.to_dict("index").items()
    ]  # fmt: skip
    columns: list[Any] = [
        (dimension, words(f"by_{dimension}_head")), ("loans", words("loans_count"), "count"),
        ("outstanding", words("book_outstanding"), "yi"), ("green", words("book_green"), "yi"),
        ("green_share", words("green_share"), "share"),
        ("share_of_green", words("share_of_green"), "share"),
    ]  # fmt: skip
    return table(
        f"{dimension}-{book.statistic}", words(f"by_{dimension}"), columns, rows,
        words("in_yi_note", unit=words("in_yi")),
    )  # fmt: skip


def left_out_table(book: LoanBook, words: Words) -> Table:
    """What is not in the balance, and labels that do not count, with the reason."""
    rows: list[tuple[Any, ...]] = [
        (words(what), reason_text(part["reason"], words), int(part["count"]),
         fen(part["amount_cny"]))
        for what, parts in (
            ("not_in_balance", book.excluded), ("label_not_counted", book.labels_not_counted)
        )
        for part in parts
    ]  # fmt: skip
    if book.unmatched_count:
        rows.append((words("no_verdict"), words("no_verdict_is"), book.unmatched_count, None))
    return table(
        f"left-out-{book.statistic}", words("left_out"),
        [("what", words("what")), ("reason", words("reason")), ("count", words("count"), "count"),
         ("yi", words("in_yi"), "yi")],
        rows,
    )  # fmt: skip


def control_table(book: LoanBook, words: Words) -> Table:
    """The rows of the date against the control total, in 元."""
    found = book.reconciliation
    aside = sum(amount for _, amount in found.aside.values())
    rows = [
        (words("control_kept"), found.kept), (words("control_aside"), aside),
        (words("control_given"), found.control), (words("control_difference"), found.difference),
    ]  # fmt: skip
    return table(
        f"control-{book.statistic}", words("control"),
        [("what", words("what")), ("yuan", "CNY", "yuan")], rows,
        words("control_unreadable", count=f"{found.unreadable:,}") if found.unreadable else "",
    )  # fmt: skip


def reading_table(progress: Progress, words: Words) -> Table:
    """What the book says of a target, one row per statistic the target may mean."""
    target = progress.target
    rows = []
    for reading in progress.readings:
        name = words(f"statistic_{reading.statistic}") if reading.statistic else "—"
        place = f"#{anchor('book', reading.statistic or '')}"
        observed = None if reading.observed is None else fen(reading.observed)
        rows.append((
            Link(name, place) if reading.observed is not None else name,
            observed, fen(target.base_value), reading.progress, reading.contribution,
            None if reading.gap is None else fen(reading.gap), reading.required_cagr,
            words(f"reading_{reading.verdict}"), reading.because(words.lang),
            words("yes" if reading.rounding_could_reverse else "no"),
        ))  # fmt: skip
    return table(
        f"readings-{target.id}", words("readings"),
        [("statistic", words("statistic")), ("observed", words("observed"), "yi"),
         ("target", words("target_value"), "yi"), ("progress", words("progress"), "share"),
         ("contribution", words("contribution"), "share"), ("gap", words("gap"), "yuan"),
         ("cagr", words("required_growth"), "share"), ("verdict", words("verdict")),
         ("because", words("because")), ("rounding", words("rounding_reverses"))],
        rows, words("readings_note", unit=words("in_yi")),
    )  # fmt: skip


def code_name(code: str, words: Words) -> str:
    """A code with the name of its item, in the catalogue it belongs to.

    Examples
    --------
    >>> code_name("4.2.1", Words("en")).split(" ")[0], code_name("(none)", Words("zh"))
    ('4.2.1', '（无代码）')
    """
    if code == NONE:
        return words("no_code")
    catalogue, _, own = code.rpartition("/")
    return " ".join([code, _item_name(catalogue or CURRENT, own, words.lang)]).strip()


@functools.lru_cache(maxsize=4096)
def _item_name(catalogue: str, code: str, lang: str) -> str:
    try:
        return load_taxonomy(catalogue).item(code).name[lang]
    except ClassificationError:
        return ""


def group_name(dimension: str, key: str, words: Words) -> str:
    """What a group of the book is called."""
    if key == NONE:
        return words("no_code") if dimension == "industry" else words("none")
    if dimension == "industry":
        return f"{key} {words.either(f'section_{key}', '')}".strip()
    if dimension == "quality":
        return words.either(f"quality_{key}", key)
    return key


def reason_text(reason: str, words: Words) -> str:
    """A reason for leaving something out, in words; codes keep their number."""
    if words.known(f"reason_{reason}"):
        return words(f"reason_{reason}")
    said = re.sub(r"\{\w+\}", "…", message(reason, {}, words.lang))
    return f"{reason} {said}"


def columns_of(shown: Table, keys: Sequence[str]) -> Table:
    """The table with some of its columns only."""
    places = [i for i, column in enumerate(shown.columns) if column.key in keys]
    return Table(
        shown.key, shown.title, tuple(shown.columns[i] for i in places),
        tuple(tuple(row[i] for i in places) for row in shown.rows), shown.note,
    )  # fmt: skip
