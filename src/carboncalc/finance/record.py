"""The loan book as contract JSON (``exposure --json``): money is text with two decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from carboncalc.finance.target import green_targets
from carboncalc.model.finance import Target

if TYPE_CHECKING:
    from carboncalc.finance.book import LoanBook

_PARTITIONS = ("taxonomy", "industry", "institution")


def book_record(book: LoanBook, targets: Iterable[Target] | None = None) -> dict[str, Any]:
    """The record of a book.

    ``by_*`` partition the outstanding balance, ``green_by_*`` the green balance; loans
    without a code stand under ``(none)``, so that each sums to its total. ``targets`` are
    those to read; the green-credit targets of the plan if left out.
    """
    difference = book.reconciliation.summary()["difference_cny"]
    chosen = green_targets() if targets is None else targets
    return {
        "contract": 1,
        "as_of": book.as_of,
        "statistic": book.statistic,
        "coverage": book.coverage,
        "outstanding_cny": _money(book.outstanding),
        "declared_cny": _money(book.declared),
        "confirmed_cny": _money(book.confirmed),
        "undetermined_cny": _money(book.undetermined),
        "refuted_cny": _money(book.refuted),
        "green_cny": _money(book.green),
        "green_share": book.green_share,
        **{f"by_{name}": _partition(book, name, "outstanding_cny") for name in _PARTITIONS},
        **{f"green_by_{name}": _partition(book, name, "green_cny") for name in _PARTITIONS},
        "npl_ratio_green": book.npl_ratio_green,
        "npl_ratio": book.npl_ratio,
        "off_balance_green_cny": _money(book.off_balance_green),
        "excluded": [_counted(part) for part in book.excluded],
        "labels_not_counted": [_counted(part) for part in book.labels_not_counted],
        "unmatched": list(book.unmatched),
        "unmatched_count": book.unmatched_count,
        "reconciliation": {"difference_cny": None if difference is None else _money(difference)},
        "targets": [book.progress(target).record() for target in chosen],
    }


def _partition(book: LoanBook, dimension: str, measure: str) -> dict[str, str]:
    frame = book.by(dimension)
    return {str(key): _money(value) for key, value in zip(frame.index, frame[measure], strict=True)}


def _counted(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**part, "amount_cny": _money(part["amount_cny"])}


def _money(value: Decimal) -> str:
    return f"{value:.2f}"
