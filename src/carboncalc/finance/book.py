"""The loan book: exact balances of one statistic at one date, and every way to partition them."""

from __future__ import annotations

import functools
import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from carboncalc.errors import FinanceError, Issue, StatisticError
from carboncalc.finance.catalogues import section_of
from carboncalc.finance.codes import NONE
from carboncalc.finance.columns import treatment
from carboncalc.finance.coverage import Reconciliation
from carboncalc.finance.money import yuan
from carboncalc.finance.totals import DIMENSIONS, MEASURES, Key, Totals
from carboncalc.finance.verdicts import Verdicts

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.finance.tape import LoanTape
    from carboncalc.finance.target import Progress
    from carboncalc.model.finance import Target

_LOANS, _OUTSTANDING, _GREEN_LOANS, _DECLARED, _CONFIRMED, _REFUTED = range(len(MEASURES))


@dataclass(frozen=True)
class LoanBook:
    """Balances at a date under one statistic; made by :func:`exposure`.

    Amounts are exact decimals in CNY. ``by`` partitions them; every partition sums to the
    totals to the 分.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.examples.loans import made_loans
    >>> made = made_loans(300)
    >>> tape = cc.read_loans(made.loans, labels=made.labels, rates=made.rates)
    >>> book = cc.exposure(tape, statistic="NFRA")
    >>> sum(book.by("taxonomy").outstanding_cny) == book.outstanding
    True
    """

    tape: LoanTape = field(repr=False)
    verdicts: Verdicts | None = field(repr=False)
    as_of: str
    statistic: str
    totals: Totals = field(repr=False)
    label_issues: tuple[Issue, ...] = ()
    label_counts: dict[str, int] = field(default_factory=dict)
    labels_without_loan: int = 0
    rates_date: str | None = None
    crosses: tuple[Key, ...] = ()

    @property
    def coverage(self) -> str:
        """What the tape is declared to cover."""
        return str(self.tape.coverage)

    @property
    def loans(self) -> int:
        """The number of loans in the balance."""
        return int(self._sums()[_LOANS])

    @property
    def outstanding(self) -> Decimal:
        """The balance of all loans, in CNY."""
        return yuan(self._sums()[_OUTSTANDING])

    @property
    def declared(self) -> Decimal:
        """What labels of this statistic declare green."""
        return yuan(self._sums()[_DECLARED])

    @property
    def confirmed(self) -> Decimal:
        """The part of the declared that an eligible verdict supports."""
        return yuan(self._sums()[_CONFIRMED])

    @property
    def refuted(self) -> Decimal:
        """The part of the declared that a verdict contradicts."""
        return yuan(self._sums()[_REFUTED])

    @property
    def undetermined(self) -> Decimal:
        """The declared that no verdict has settled."""
        return self.declared - self.confirmed - self.refuted

    @property
    def green(self) -> Decimal:
        """Declared less refuted: what the statistic counts."""
        return self.declared - self.refuted

    @property
    def green_fen(self) -> int:
        """``green`` in whole 分."""
        sums = self._sums()
        return int(sums[_DECLARED] - sums[_REFUTED])

    @property
    def green_share(self) -> float | None:
        """Green ÷ outstanding; None without a balance."""
        return _ratio(self.green_fen, int(self._sums()[_OUTSTANDING]))

    @property
    def npl_ratio_green(self) -> float | None:
        """Green balance of classes substandard, doubtful, loss ÷ green balance."""
        bad = self._non_performing()
        return _ratio(int(bad[_DECLARED] - bad[_REFUTED]), self.green_fen)

    @property
    def npl_ratio(self) -> float | None:
        """Balance of classes substandard, doubtful, loss ÷ balance, of all loans."""
        return _ratio(int(self._non_performing()[_OUTSTANDING]), int(self._sums()[_OUTSTANDING]))

    @property
    def off_balance_green(self) -> Decimal:
        """Green amounts off the balance (guarantees, entrusted loans, …): never added to it."""
        return yuan(self.totals.off_balance[_DECLARED] - self.totals.off_balance[_REFUTED])

    @functools.cached_property
    def unmatched(self) -> tuple[str, ...]:
        """The ids of declared loans without a verdict, the first 10,000."""
        from carboncalc.finance.exposure import unmatched_loans

        return unmatched_loans(self)

    @property
    def unmatched_count(self) -> int:
        """How many declared loans have no verdict; ``unmatched`` lists the first 10,000."""
        return self.totals.unmatched_count

    @property
    def reconciliation(self) -> Reconciliation:
        """The rows of the date against the control total."""
        return self.tape.reconciliation(self.as_of)

    @property
    def excluded(self) -> list[dict[str, Any]]:
        """What is not in the balance: reason, count, amount in CNY (0 where unreadable)."""
        return _counted(self.totals.excluded)

    @property
    def labels_not_counted(self) -> list[dict[str, Any]]:
        """Loans in the balance whose label does not count: reason, count, balance in CNY."""
        return _counted(self.totals.not_counted)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Issues of the tape and of the labels of this statistic that stand on it."""
        found = [*self.tape.issues, *self.label_issues]
        if not self.tape.has_labels(self.statistic):
            found.append(Issue("L-064", {"statistic": self.statistic}, severity="finding"))
        if self.labels_without_loan:
            params = {"count": self.labels_without_loan}
            found.append(Issue("L-050", params, severity="finding"))
        if self.verdicts is not None and self.verdicts.unsized:
            entries = {"entries": ", ".join(self.verdicts.unsized[:10])}
            found.append(Issue("L-059", entries, severity="finding"))
        return tuple(found)

    def by(self, *dimensions: str, level: int | str | None = None) -> pd.DataFrame:
        """Balances by a dimension, or by several asked for as a cross of ``exposure``.

        Parameters
        ----------
        dimensions
            ``taxonomy``, ``industry``, ``institution``, ``branch``, ``quality``,
            ``product``, ``currency``.
        level
            For taxonomy the number of places of the code (1 to 3); for industry
            ``"section"``, or the number of digits.

        Raises
        ------
        FinanceError
            ``L-060`` unknown dimension, ``L-061`` a cross that was not asked for.

        Examples
        --------
        >>> from carboncalc.examples.loans import made_loans
        >>> from carboncalc.finance.exposure import exposure
        >>> from carboncalc.finance.tape import read_loans
        >>> made = made_loans(300)
        >>> tape = read_loans(made.loans, labels=made.labels, rates=made.rates)
        >>> book = exposure(tape, statistic="PBOC")
        >>> sum(book.by("industry", level="section").green_cny) == book.green
        True
        """
        import pandas as pd

        table = self.table(dimensions)
        if level is not None:
            table = _rolled_up(table, dimensions, level)
        records = [_record(sums, self) for sums in table.values()]
        if len(dimensions) == 1:
            index: Any = pd.Index([key[0] for key in table], name=dimensions[0], dtype=object)
        else:
            index = pd.MultiIndex.from_tuples(list(table), names=list(dimensions))
        return pd.DataFrame(
            records, index=index, columns=list(_record(np.zeros(6, np.int64), self))
        )

    def on(self, statistic: str) -> LoanBook:
        """The book of the same tape, date and verdicts under another statistic."""
        from carboncalc.finance.exposure import exposure

        if statistic == self.statistic:
            return self
        return exposure(
            self.tape,
            self.verdicts,
            statistic=statistic,
            as_of=self.as_of,
            rates_date=self.rates_date,
        )

    def growth(self, earlier: LoanBook) -> dict[str, Any]:
        """Growth of the green balance since an earlier book of the same kind.

        Books converted at one day's rates give growth at constant exchange rates, books
        converted each at its own day's rates nominal growth (本外币).

        Raises
        ------
        StatisticError
            ``L-077`` if the books differ in statistic or coverage, or are converted at
            different days' rates other than their own.
        """
        own = (self.statistic, self.coverage, self.rates_date)
        other = (earlier.statistic, earlier.coverage, earlier.rates_date)
        if own != other:
            raise StatisticError(
                "L-077", one=" / ".join(map(str, other)), other=" / ".join(map(str, own))
            )
        return {
            "from": earlier.as_of,
            "to": self.as_of,
            "change_cny": self.green - earlier.green,
            "growth": _ratio(self.green_fen - earlier.green_fen, earlier.green_fen),
            "exchange_rates": "own dates" if self.rates_date is None else self.rates_date,
        }

    def progress(self, target: Target, *, on: str | None = None, history: Any = None) -> Progress:
        """What this book says of a target, one reading per statistic the target may mean.

        See :func:`carboncalc.finance.target.progress_of`.
        """
        from carboncalc.finance.target import progress_of

        return progress_of(self, target, on=on, history=history)

    def to_dict(self, targets: Iterable[Target] | None = None) -> dict[str, Any]:
        """The book as ``exposure --json`` gives it, with readings of the green-credit targets."""
        from carboncalc.finance.record import book_record

        return book_record(self, targets)

    def to_json(self, targets: Iterable[Target] | None = None) -> str:
        """``to_dict`` as JSON text; money is text with two decimals."""
        return json.dumps(self.to_dict(targets), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self._facts())

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:right'>{html.escape(value)}</td></tr>"
            for name, value in self._facts()
        )
        return f"<table>{cells}</table>"

    def _facts(self) -> list[tuple[str, str]]:
        share = self.green_share
        return [
            (f"LoanBook {self.statistic} {self.as_of}", self.coverage),
            ("loans 借据数", f"{self.loans:,}"),
            ("outstanding 余额 (CNY)", f"{self.outstanding:,}"),
            ("declared 申报绿色", f"{self.declared:,}"),
            ("  confirmed 已证实", f"{self.confirmed:,}"),
            ("  undetermined 待定", f"{self.undetermined:,}"),
            ("  refuted 已否定", f"{self.refuted:,}"),
            ("green 绿色 (declared − refuted)", f"{self.green:,}"),
            ("green share 占比", "–" if share is None else f"{share:.4%}"),
            ("left out 未计入", f"{sum(part['count'] for part in self.excluded):,}"),
        ]

    def _sums(self) -> NDArray[np.int64]:
        table = self.totals.cells.table(("quality",))
        return _total(table.values())

    def _non_performing(self) -> NDArray[np.int64]:
        classes = treatment("class5")
        table = self.totals.cells.table(("quality",))
        bad = [sums for (key,), sums in table.items() if classes.get(key) == "non_performing"]
        return _total(bad)

    def table(self, dimensions: Sequence[str]) -> dict[Key, NDArray[np.int64]]:
        """The sums of ``by`` in whole 分, by key, in the order of ``MEASURES``."""
        for name in dimensions:
            if name not in DIMENSIONS:
                raise FinanceError("L-060", dimension=name, known=", ".join(DIMENSIONS))
        if tuple(dimensions) not in self.totals.cells.tables:
            raise FinanceError("L-061", dimensions=", ".join(dimensions))
        return self.totals.cells.table(tuple(dimensions))


def _total(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    whole = np.zeros(len(MEASURES), dtype=np.int64)
    for part in parts:
        whole = whole + part
    return whole


def _record(sums: NDArray[np.int64], book: LoanBook) -> dict[str, Any]:
    loans, outstanding, green_loans, declared, confirmed, refuted = (int(value) for value in sums)
    return {
        "loans": loans,
        "outstanding_cny": yuan(outstanding),
        "green_loans": green_loans,
        "declared_cny": yuan(declared),
        "confirmed_cny": yuan(confirmed),
        "undetermined_cny": yuan(declared - confirmed - refuted),
        "refuted_cny": yuan(refuted),
        "green_cny": yuan(declared - refuted),
        "green_share": _ratio(declared - refuted, outstanding),
        "share_of_green": _ratio(declared - refuted, book.green_fen),
    }


def _rolled_up(
    table: dict[Key, NDArray[np.int64]], dimensions: Sequence[str], level: int | str
) -> dict[Key, NDArray[np.int64]]:
    found: dict[Key, NDArray[np.int64]] = {}
    for key, sums in table.items():
        upper = tuple(_upper(name, part, level) for name, part in zip(dimensions, key, strict=True))
        found[upper] = found.get(upper, np.zeros(len(MEASURES), np.int64)) + sums
    return dict(sorted(found.items()))


def _upper(dimension: str, key: str, level: int | str) -> str:
    if key == NONE:
        return key
    if dimension == "taxonomy" and isinstance(level, int):
        return ".".join(key.split(".")[:level])
    if dimension == "industry":
        return (section_of(key) or key) if level == "section" else key[: int(level)]
    return key


def _ratio(part: int, whole: int) -> float | None:
    """One correctly rounded division; None where the whole is nothing."""
    return float(Fraction(part, whole)) if whole else None


def _counted(found: dict[str, NDArray[np.int64]]) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "count": int(pair[0]), "amount_cny": yuan(int(pair[1]))}
        for reason, pair in sorted(found.items())
    ]
