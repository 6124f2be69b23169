"""Loan tapes (借据级贷款台账): read, checked in columns, kept apart from what is wrong in them.

A tape is bound to its source and read when something is asked of it; a Parquet file of any
size is passed over row group by row group and never held.
"""

from __future__ import annotations

import html
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from carboncalc.errors import ActivityDataError, Issue
from carboncalc.finance.arrays import NO_DAY, day_text, days
from carboncalc.finance.columns import is_tape_header, read_headers
from carboncalc.finance.coverage import Coverage, Reconciliation, control_totals
from carboncalc.finance.duplicates import KeyStore
from carboncalc.finance.labels import STATISTICS, Labels, read_labels
from carboncalc.finance.rates import RateTable
from carboncalc.finance.rows import good_rows, quarantined_rows
from carboncalc.finance.scan import Book, Gathered, Pass
from carboncalc.finance.settle import RowCheck, settled
from carboncalc.finance.source import ParquetSource, TapeSource, encoded
from carboncalc.finance.tables import GivenTable, open_table

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ("labels", "coverage", "control_total", "rates", "catalogue", "label_statistic")


class LoanTape:
    """A loan tape: its good rows, the rows set aside, and every problem by row and column.

    Made by :func:`read_loans`. Nothing is read until it is asked for.

    Examples
    --------
    >>> from carboncalc.examples.loan_errors import with_errors
    >>> from carboncalc.examples.loans import made_loans
    >>> bad = with_errors(made_loans(300))
    >>> tape = read_loans(bad.loans, labels=bad.labels, rates=bad.rates)
    >>> tape.counts["L-025"], len(tape.quarantined)
    (2, 23)
    """

    def __init__(
        self,
        source: TapeSource,
        *,
        labels: Labels | None,
        coverage: Coverage,
        control: dict[int | None, int],
        rates: RateTable,
        catalogue: str | None = None,
        label_statistic: str | None = None,
    ) -> None:
        self.source = source
        self.label_table = labels
        self.coverage = coverage
        self.rates = rates
        self.catalogue = catalogue
        self.label_statistic = label_statistic
        self._control = control
        self._checked: RowCheck | None = None
        self._lock = threading.Lock()

    @property
    def rows(self) -> pd.DataFrame:
        """The good rows under canonical names and codes.

        ``principal_fen`` is the principal in hundredths of its currency, ``cny_fen`` the
        balance in 分 of CNY at the rate of its date; both are exact integers.
        """
        return good_rows(self.source, self.rates, self.check())

    @property
    def quarantined(self) -> pd.DataFrame:
        """The rows set aside as they were given, with row, code and message; persons hidden."""
        return quarantined_rows(self.source, self.check())

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Every problem and finding: of the rows, of the label table, of the tape as a whole."""
        labels = () if self.label_table is None else self.label_table.issues
        return (*self._whole(), *self.check().issues, *labels)

    @property
    def counts(self) -> dict[str, int]:
        """How many problems of each code, beyond the ten thousand that are listed too."""
        found = dict(self.check().counts)
        listed = [*self._whole(), *(self.label_table.issues if self.label_table else ())]
        for issue in listed:
            found[issue.code] = found.get(issue.code, 0) + 1
        return dict(sorted(found.items()))

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates the good rows stand at."""
        return tuple(day_text(day) for day in sorted(self.check().days))

    @property
    def institutions(self) -> tuple[str, ...]:
        """The reporting institutions on the tape."""
        return self.check().banks

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics the tape has green labels for."""
        return tuple(name for name in STATISTICS if self.has_labels(name))

    @property
    def covers_area(self) -> str | None:
        """The area of which all institutions are here; None for one bank, whatever it says."""
        return self.coverage.area if len(self.institutions) > 1 else None

    def reconciliation(self, as_of: str | None = None) -> Reconciliation:
        """The amounts at a date, or of the whole tape, against the control total."""
        return self.check().reconciliation(as_of, self._control)

    def has_labels(self, statistic: str) -> bool:
        """Whether the tape brings labels of a statistic."""
        if self.label_table is not None:
            return len(self.label_table.sets[statistic].state) > 0
        return self.label_columns(statistic) is not None

    def label_columns(self, statistic: str) -> tuple[str, str] | None:
        """Columns of code and ratio of a statistic, where labels stand on the tape itself."""
        own = f"{statistic.lower()}_green_code", f"{statistic.lower()}_green_ratio"
        headers = self.source.headers
        if own[0] in headers:
            return own[0], own[1] if own[1] in headers else "green_ratio"
        plain = "green_code" in headers and self.label_statistic == statistic
        return ("green_code", "green_ratio") if plain else None

    def check(self) -> RowCheck:
        """Check all rows, once."""
        self.scan(None)
        assert self._checked is not None
        return self._checked

    def first_day(self) -> int | None:
        """The day number of the first row that has a date."""
        for _, batch in self.source.blocks(self.source.groups(), ("as_of",)):
            found, _ = days(batch.column("as_of"))
            dated = found[found != NO_DAY]
            if len(dated):
                return int(dated[0])
        return None

    def scan(self, book: Book | None) -> list[Gathered]:
        """Pass over the tape and sum a book; the first pass checks the rows on the way."""
        with self._lock:
            if self._checked is None:
                # Other rates than those of the day cannot tell whether the rows are good.
                along = None if book is not None and book.rates is not None else book
                with KeyStore() as store:
                    gathered = Pass(self.source, self.rates, store=store, book=along).run()
                    repeated = store.repeated()
                self._checked = settled(self.source, self.rates, gathered, repeated)
                if along is not None and not len(repeated):
                    return gathered
        if book is None:
            return []
        known = self._checked
        return Pass(
            self.source,
            self.rates if book.rates is None else book.rates,
            skip=known.position,
            reasons=known.reason,
            book=book,
        ).run()

    def _whole(self) -> list[Issue]:
        """What is to be said about the tape as a whole."""
        source, found = self.source, list(self.source.notes)
        file = source.file
        if source.unused:
            params = {"columns": ", ".join(source.unused[:20])}
            found.append(Issue("L-039", params, file=file, severity="finding"))
        for day in sorted(self.check().days):
            last = day_text(day + 1)[8:] == "01"
            if not last:
                found.append(Issue("L-028", {"date": day_text(day)}, file, severity="finding"))
        for control in self._control:
            at = None if control is None else day_text(control)
            result = self.reconciliation(at)
            if result.difference:
                shown = result.summary()
                parts = {"difference": shown["difference_cny"], "control": shown["control_cny"]}
                found.append(Issue("L-008", {**parts, "date": at or ""}, file))
        if self.coverage.area and self.covers_area is None:
            found.append(Issue("L-052", {"area": self.coverage.area}, file))
        if not self.coverage.area and len(self.institutions) > 1:
            banks = ", ".join(self.institutions[:10])
            found.append(Issue("L-053", {"banks": banks}, file, severity="finding"))
        inline = [
            name
            for name in ("green_code", "nfra_green_code", "pboc_green_code")
            if name in source.headers
        ]
        if inline and self.label_table is not None:
            found.append(Issue("L-055", {"columns": ", ".join(inline)}, file, severity="finding"))
        elif inline == ["green_code"] and self.label_statistic is None:
            found.append(Issue("L-054", {}, file, column="green_code"))
        return found

    def __len__(self) -> int:
        return self.source.rows - len(self.check().position)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self._facts())

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td>{html.escape(value)}</td></tr>"
            for name, value in self._facts()
        )
        return f"<table>{cells}</table>"

    def _facts(self) -> list[tuple[str, str]]:
        check = self.check()
        result = self.reconciliation().summary()
        difference = result["difference_cny"]
        return [
            ("LoanTape 借据级贷款台账", self.source.file or "in memory"),
            ("rows 行数", f"{self.source.rows:,}"),
            ("quarantined 待核", f"{len(check.position):,}"),
            ("dates 基准日", ", ".join(self.dates[:6])),
            ("institutions 机构", f"{len(self.institutions)}"),
            ("coverage 覆盖范围", str(self.coverage)),
            ("labels 标识口径", ", ".join(self.statistics) or "none"),
            ("balance 余额 (CNY)", f"{result['kept_cny']:,}"),
            ("difference 与控制总数之差", "not given" if difference is None else f"{difference:,}"),
        ]


def read_loans(
    data: Any,
    *,
    labels: Any = None,
    coverage: str | None = None,
    control_total: Any = None,
    rates: Any = None,
    sidecar: str | Path | None = None,
    sheet: str | None = None,
    catalogue: str | None = None,
    label_statistic: str | None = None,
    strict: bool = False,
) -> LoanTape:
    """A loan tape from CSV, XLSX, Parquet, a frame of any library, or records.

    Parameters
    ----------
    data
        One row per 借据 and date, headers in Chinese or English; money may carry its unit
        in the header (``贷款余额(万元)``). Parquet is streamed.
    labels
        Green labels, one row per (loan_id, statistic). Without them, green fields on the
        tape (``nfra_green_code``, ``pboc_green_code``, …) are read as labels.
    coverage
        ``one_institution`` (default) or ``all_institutions:CN-3502``.
    control_total
        The sum of all rows in CNY, or one per date; text, Decimal, int, or ``"1.2亿元"``.
    rates
        Exchange rates: date, currency, cny_per_unit, source.
    sidecar
        A YAML file with the five keys above; ``<name>.tape.yaml`` or ``tape.yaml`` beside
        the data is found by itself. Arguments go before it.
    catalogue, label_statistic
        For green fields on the tape that do not say which catalogue or statistic they are of.
    strict
        Raise when there is any problem.

    Raises
    ------
    ActivityDataError
        The file cannot be read, a required column is missing, or ``strict`` and problems.
    CurrencyError, FinanceError
        The rate table, the coverage or the control total is not usable.

    Examples
    --------
    >>> from carboncalc.examples.loans import made_loans
    >>> made = made_loans(200)
    >>> tape = read_loans(made.loans, labels=made.labels, rates=made.rates)
    >>> len(tape), len(tape.quarantined), tape.statistics
    (200, 0, ('NFRA', 'PBOC'))
    """
    given = {
        "labels": labels,
        "coverage": coverage,
        "control_total": control_total,
        "rates": rates,
        "catalogue": catalogue,
        "label_statistic": label_statistic,
    }
    beside = _sidecar(data, sidecar)
    chosen = {key: beside.get(key) if value is None else value for key, value in given.items()}
    tape = LoanTape(
        _source(data, sheet),
        labels=None if chosen["labels"] is None else read_labels(chosen["labels"]),
        coverage=Coverage.read(chosen["coverage"]),
        control=control_totals(chosen["control_total"]),
        rates=RateTable.read(chosen["rates"]),
        catalogue=chosen["catalogue"],
        label_statistic=chosen["label_statistic"],
    )
    if strict:
        problems = [issue for issue in tape.issues if issue.severity == "problem"]
        if problems:
            raise ActivityDataError("L-006", issues=problems, file=tape.source.file or "")
    return tape


def _source(data: Any, sheet: str | None) -> TapeSource:
    if isinstance(data, TapeSource):
        return data
    if isinstance(data, str | Path):
        path = Path(data)
        if path.is_file():
            with path.open("rb") as handle:
                if handle.read(4) == b"PAR1":
                    return ParquetSource.open(path)
    return _in_memory(open_table(data, is_tape_header, sheet=sheet))


def _in_memory(given: GivenTable) -> TapeSource:
    table = given.table
    headers = read_headers(table.column_names, given.file)
    known = {header.physical for header in headers.values()}
    columns = {
        name: encoded(name, _whole_column(table.column(header.physical)))
        for name, header in headers.items()
    }
    return TapeSource(
        table=pa.table(columns),
        headers=headers,
        file=given.file,
        sheet=given.sheet,
        first=given.first,
        numbers=given.numbers,
        unused=tuple(name for name in table.column_names if name not in known),
        notes=given.notes,
        digest=given.digest,
    )


def _whole_column(column: pa.ChunkedArray) -> pa.Array:
    found = column.unify_dictionaries().combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found


def _sidecar(data: Any, named: str | Path | None) -> dict[str, Any]:
    """The keys of a sidecar file; paths in it count from where it stands."""
    import yaml

    places: Sequence[Path] = ()
    if named is not None:
        places = [Path(named)]
    elif isinstance(data, str | Path):
        path = Path(data)
        places = [
            p for p in (path.with_suffix(".tape.yaml"), path.parent / "tape.yaml") if p.is_file()
        ]
    if not places:
        return {}
    read = yaml.safe_load(places[0].read_text(encoding="utf-8")) or {}
    unknown = sorted(set(read) - set(_KEYS))
    if unknown:
        issue = Issue("L-009", {"keys": ", ".join(unknown)}, file=places[0].name)
        raise ActivityDataError("L-006", issues=[issue], file=places[0].name)
    for key in ("labels", "rates"):
        if isinstance(read.get(key), str):
            read[key] = places[0].parent / read[key]
    return dict(read)
