"""A book from a tape: balances at a date under one statistic, with what verdicts say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from carboncalc.errors import FinanceError, IssueLog, StatisticError
from carboncalc.finance.arrays import day_number, day_text
from carboncalc.finance.book import LoanBook
from carboncalc.finance.codes import Coder
from carboncalc.finance.green import InlineLabels, TableLabels
from carboncalc.finance.labels import STATISTICS
from carboncalc.finance.problems import ProblemLog, merged
from carboncalc.finance.scan import Book, Finder, Gathered
from carboncalc.finance.tape import LoanTape
from carboncalc.finance.totals import DIMENSIONS, Key, Totals
from carboncalc.finance.verdicts import Verdicts


def exposure(
    tape: LoanTape,
    verdicts: Any = None,
    *,
    statistic: str,
    as_of: str | date | None = None,
    crosses: Iterable[Sequence[str]] = (),
    rates_date: str | date | None = None,
) -> LoanBook:
    """The loan book at a date: what is declared green, and what of it is confirmed.

    outstanding = Σ balance of the loans in the balance; declared = Σ balance × green ratio
    of the labels of this statistic in force; confirmed, refuted and undetermined split it
    by the verdicts; green = declared − refuted. Each loan is converted and multiplied once,
    half-up to 分; all sums are exact.

    Parameters
    ----------
    verdicts
        The result of classification: a frame with ``entry_id`` (the loan_id), ``verdict``,
        and ``code``, ``green_ratio`` where known; or an object with such a ``frame``.
    statistic
        ``NFRA`` (绿色信贷 / 绿色融资) or ``PBOC`` (绿色贷款). There is no default: they are
        two statistics, and nothing is read across.
    as_of
        The date; may be left out if the tape has only one.
    crosses
        Pairs of dimensions to sum together, such as ``("institution", "taxonomy")``.
    rates_date
        Convert at the rates of this day instead of the date's own: growth at constant
        exchange rates.

    Raises
    ------
    FinanceError
        ``L-051``… the date is not on the tape, a dimension is unknown.
    StatisticError
        ``L-046`` the statistic is not one of the two.
    CurrencyError
        ``L-017`` there is no rate for ``rates_date``.

    Examples
    --------
    >>> from carboncalc.examples.loans import made_loans
    >>> from carboncalc.finance.tape import read_loans
    >>> made = made_loans(300)
    >>> tape = read_loans(made.loans, labels=made.labels, rates=made.rates)
    >>> book = exposure(tape, statistic="NFRA")
    >>> book.declared == book.undetermined, book.confirmed
    (True, Decimal('0.00'))
    """
    if statistic not in STATISTICS:
        raise StatisticError("L-046", value=statistic)
    groupings = _groupings(crosses)
    read = Verdicts.read(verdicts)
    day = _day(tape, as_of)
    table = tape.label_table
    met = np.zeros(len(table.sets[statistic].state) if table else 0, dtype=bool)
    labelled = tape.has_labels(statistic)
    finder = partial(_finder, tape, statistic, met)
    # Ids are read where labels or verdicts are joined by them, or the rows are checked anyway.
    joined = table is not None or read is not None
    book = Book(
        day=day,
        area=tape.coverage.area,
        labels=finder if labelled else _no_labels,
        verdicts=read,
        groupings=groupings,
        columns=(
            *(("loan_id",) if joined else ()),
            *(_columns(tape, statistic) if labelled else ()),
        ),
        rates=None if rates_date is None else tape.rates.on(_date(rates_date)),
        ids=joined,
    )
    gathered = tape.scan(book)
    totals = _merged(gathered, groupings)
    if not tape.dates:
        raise FinanceError("L-040")
    if as_of is None and tape.dates != (day_text(day),):
        raise FinanceError("L-030", dates=", ".join(tape.dates))
    issues, counts = merged(
        [part.label_log for part in gathered],
        tape.source.row_numbers,
        tape.source.file,
        tape.source.sheet,
    )
    return LoanBook(
        tape=tape,
        verdicts=read,
        as_of=day_text(day),
        statistic=statistic,
        totals=totals,
        label_issues=issues,
        label_counts=counts,
        labels_without_loan=int((~met).sum()) if len(met) else 0,
        rates_date=None if rates_date is None else _date(rates_date).isoformat(),
        crosses=tuple(groupings[len(DIMENSIONS) :]),
    )


def unmatched_loans(book: LoanBook) -> tuple[str, ...]:
    """The first ten thousand declared loans without a verdict, in the order of the tape."""
    totals = book.totals
    if totals.unmatched_count and not totals.unmatched:
        tape, met = book.tape, np.zeros(0, dtype=bool)
        again = Book(
            day=day_number(book.as_of),
            area=tape.coverage.area,
            labels=partial(_finder, tape, book.statistic, met),
            verdicts=book.verdicts,
            groupings=(),
            columns=("loan_id", *_columns(tape, book.statistic)),
        )
        totals = _merged(tape.scan(again), ())
    return _first([ids for _, ids in sorted(totals.unmatched.items())])


def _groupings(crosses: Iterable[Sequence[str]]) -> list[Key]:
    groupings: list[Key] = [(name,) for name in DIMENSIONS]
    for cross in crosses:
        for name in cross:
            if name not in DIMENSIONS:
                raise FinanceError("L-060", dimension=name, known=", ".join(DIMENSIONS))
        groupings.append(tuple(cross))
    return groupings


def _date(given: str | date) -> date:
    day: date = np.datetime64(day_number(given), "D").item()
    return day


def _day(tape: LoanTape, as_of: str | date | None) -> int:
    """The date asked for, or the first row's; more dates than one are refused after the pass."""
    if as_of is not None:
        return day_number(as_of)
    checked = tape.first_day()
    if checked is None:
        raise FinanceError("L-040")
    return checked


def _no_labels(log: ProblemLog) -> Finder | None:
    return None


def _finder(tape: LoanTape, statistic: str, met: np.ndarray[Any, Any], log: ProblemLog) -> Finder:
    if tape.label_table is not None:
        return TableLabels(tape.label_table.sets[statistic], met)
    columns = tape.label_columns(statistic)
    assert columns is not None
    code, ratio = columns
    catalogue = "green_catalogue" if "green_catalogue" in tape.source.headers else None
    return InlineLabels(code, ratio, catalogue, tape.catalogue, Coder(), log)


def _columns(tape: LoanTape, statistic: str) -> tuple[str, ...]:
    if tape.label_table is not None:
        return ("loan_id",)
    return (*(tape.label_columns(statistic) or ()), "green_catalogue")


def _merged(gathered: Sequence[Gathered], groupings: Sequence[Key]) -> Totals:
    totals = Totals.over(groupings)
    for part in gathered:
        totals.merge(part.totals)
    return totals


def _first(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    found: list[str] = []
    for ids in lists:
        found += ids
        if len(found) >= IssueLog.LIMIT:
            break
    return tuple(found[: IssueLog.LIMIT])
