"""One pass over a tape: check, convert, label, sum; block by block, on the cores there are.

Workers take groups of rows in turn and keep their own sums; merging whole numbers gives
the same result whatever the order.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.errors import CurrencyError, FinanceError, IssueLog
from carboncalc.finance.arrays import day_text, keyed
from carboncalc.finance.check import CHECK_COLUMNS, REASONS, SUM_COLUMNS, Block, Checker
from carboncalc.finance.codes import NONE
from carboncalc.finance.duplicates import KeyStore
from carboncalc.finance.green import Green, InlineLabels, TableLabels, green_of
from carboncalc.finance.problems import ProblemLog
from carboncalc.finance.rates import RateTable
from carboncalc.finance.source import TapeSource
from carboncalc.finance.totals import Key, Totals
from carboncalc.finance.verdicts import Verdicts

#: Below so many rows a second thread costs more than it brings.
_ALONE = 300_000
#: No worker sums more than this many 分 (10^16 yuan), so that no int64 sum can overflow.
_FULL = 2.0**60

Finder = TableLabels | InlineLabels


@dataclass(frozen=True)
class Book:
    """What is summed: the date, the area, the labels, the verdicts, the groupings."""

    day: int
    area: str | None
    labels: Callable[[ProblemLog], Finder | None]
    verdicts: Verdicts | None
    groupings: Sequence[Key]
    columns: Sequence[str] = ()
    rates: RateTable | None = None
    ids: bool = True


@dataclass
class Aside:
    """Rows that are set aside: position, reason (a place in REASONS), day, balance if readable."""

    position: NDArray[np.int64]
    reason: NDArray[np.int16]
    day: NDArray[np.int32]
    cny: NDArray[np.int64]
    unreadable: NDArray[np.bool_]


@dataclass
class Gathered:
    """What one worker, or all together, have found."""

    log: ProblemLog = field(default_factory=ProblemLog)
    label_log: ProblemLog = field(default_factory=ProblemLog)
    totals: Totals = field(default_factory=lambda: Totals.over(()))
    aside: list[Aside] = field(default_factory=list)
    left: list[NDArray[np.int64]] = field(default_factory=list)
    days: dict[int, NDArray[np.int64]] = field(default_factory=dict)
    banks: set[str] = field(default_factory=set)
    weight: float = 0.0


class Pass:
    """One pass over a source.

    Parameters
    ----------
    store
        Where the keys of the rows go; None when duplicates are known.
    skip
        Sorted positions that are set aside already.
    book
        What to sum; None only checks.
    """

    def __init__(
        self,
        source: TapeSource,
        rates: RateTable,
        *,
        store: KeyStore | None = None,
        skip: NDArray[np.int64] | None = None,
        reasons: NDArray[np.int16] | None = None,
        book: Book | None = None,
    ) -> None:
        self.source, self.rates, self.store, self.book = source, rates, store, book
        self.skip, self.reasons = skip, reasons
        self._lock = threading.Lock()
        names = [
            *SUM_COLUMNS,
            *(CHECK_COLUMNS if skip is None else ()),
            *(book.columns if book else ()),
        ]
        self._columns = [name for name in dict.fromkeys(names) if name in source.headers]
        self._nulls: dict[str, int | None] = {}
        if skip is None:
            self._nulls = {"contract_id": source.nulls("contract_id")}
            if self._nulls["contract_id"] == 0:
                self._columns.remove("contract_id")

    def run(self) -> list[Gathered]:
        """What each worker has gathered."""
        blocks = self.source.blocks(self.source.groups(), self._columns)
        if self.source.rows < _ALONE or _cores() == 1:
            return [self._work(blocks)]
        # Decoding takes about as long as summing, so the reader fills a core by itself.
        workers = min(2, _cores() - 1)
        with Ahead(blocks) as ahead, ThreadPoolExecutor(workers) as pool:
            tasks = [pool.submit(self._work, ahead) for _ in range(workers)]
            return [task.result() for task in tasks]

    def _work(self, blocks: Iterable[tuple[int, pa.RecordBatch]]) -> Gathered:
        found = Gathered()
        checker = Checker(
            self.source.headers,
            self.rates,
            log=found.log if self.skip is None else None,
            identifiers=self.skip is None,
            nulls=self._nulls,
        )
        finder: Finder | None = None
        if self.book is not None:
            found.totals = Totals.over(self.book.groupings)
            finder = self.book.labels(found.label_log)
        for start, batch in blocks:
            block = checker.check(start, batch)
            self._known(block)
            found.weight += float(block.cny.sum(dtype=np.float64))
            if found.weight > _FULL:
                raise FinanceError("L-063")
            self._rows(block, found)
            if self.book is not None:
                self._sum(block, self.book, finder, found.totals)
        return found

    def _known(self, block: Block) -> None:
        """Set aside what an earlier pass has found.

        Raises
        ------
        CurrencyError
            ``L-017`` if the rates asked for now lack one that a good row needs.
        """
        if self.skip is None:
            return
        begin, end = np.searchsorted(self.skip, (block.start, block.start + block.rows))
        block.reason = None
        if begin < end and self.reasons is not None:
            block.reason = np.zeros(block.rows, dtype=np.int16)
            block.reason[self.skip[begin:end] - block.start] = self.reasons[begin:end]
        if block.unreadable is not None:
            lost = block.unreadable if block.bad is None else block.unreadable & ~block.bad
            if lost.any():
                row = int(np.flatnonzero(lost)[0])
                currency = str(block.coded["currency"].keys()[row])
                raise CurrencyError("L-017", currency=currency, date=day_text(block.day[row]))

    def _rows(self, block: Block, found: Gathered) -> None:
        """What is kept of the rows themselves: those set aside, dates, keys."""
        if self.skip is not None:
            return
        bad = block.bad
        good = np.flatnonzero(~bad) if bad is not None else None
        if bad is not None and block.reason is not None:
            rows = np.flatnonzero(bad)
            unreadable = block.unreadable
            found.aside.append(
                Aside(
                    rows + block.start,
                    block.reason[rows],
                    block.day[rows],
                    block.cny[rows],
                    unreadable[rows] if unreadable is not None else np.zeros(len(rows), dtype=bool),
                )
            )
        day = block.day if good is None else block.day[good]
        fen = block.cny if good is None else block.cny[good]
        single = len(day) > 0 and bool((day == day[0]).all())
        for number in day[:1].tolist() if single else np.unique(day).tolist():
            own = fen if single else fen[day == number]
            pair = np.array([len(own), int(own.sum())], dtype=np.int64)
            found.days[number] = found.days.get(number, np.zeros(2, dtype=np.int64)) + pair
        table = block.coded["bank_id"].table
        found.banks.update(
            key for key, problem in zip(table.keys, table.problems, strict=True) if not problem
        )
        if self.store is None:
            return
        keys = keyed(block.loans().hashes(), block.day)
        gone = _left(block)
        if gone is not None:
            found.left.append(np.flatnonzero(gone) + block.start)
        out = gone if bad is None else (bad if gone is None else bad | gone)
        with self._lock:
            self.store.add(keys if out is None else keys[~out])

    def _sum(self, block: Block, book: Book, finder: Finder | None, totals: Totals) -> None:
        out = np.zeros(block.rows, dtype=bool)

        def leave_out(reason: str, mask: NDArray[np.bool_]) -> None:
            rows = np.flatnonzero(mask & ~out)
            if len(rows):
                totals.leave_out(reason, block, rows)
                out[rows] = True

        if block.reason is not None:
            for number in np.unique(block.reason[block.reason > 0]).tolist():
                leave_out(REASONS[number], block.reason == number)
        if not (block.day == book.day).all():
            leave_out("other_date", block.day != book.day)
        gone = _left(block)
        if gone is not None:
            leave_out("left_the_balance", gone)
        product = block.coded["product"]
        internal = product.table.where("product", "internal")
        if internal.any():
            leave_out("group_on_lending", product.rows(internal))
        city = block.coded.get("branch_city")
        if book.area is not None and city is not None:
            # A tape declared to cover an area may leave the city out.
            inside = np.array([key in (book.area, NONE) for key in city.table.keys])
            leave_out("outside_area", ~city.rows(inside))
        off = product.rows(product.table.where("product", "off_balance")) & ~out
        green: Green | None = None
        if finder is not None:
            green = green_of(block, finder.find(block), book.verdicts)
            if off.any():
                self._off_balance(green, off, totals)
        leave_out("off_balance", off)
        if green is not None:
            totals.not_green(green.refused, block, out)
            green = _within(green, ~out[green.rows]) if out.any() else green
            self._unmatched(block, green, totals, ids=book.ids or self.skip is None)
        totals.add(block, np.flatnonzero(out), green)

    @staticmethod
    def _off_balance(green: Green, off: NDArray[np.bool_], totals: Totals) -> None:
        rows = off[green.rows]
        held = totals.off_balance
        held[2] += int(rows.sum())
        held[3] += int(green.declared[rows].sum())
        if green.confirmed is not None and green.refuted is not None:
            held[4] += int(green.confirmed[rows].sum())
            held[5] += int(green.refuted[rows].sum())

    @staticmethod
    def _unmatched(block: Block, green: Green, totals: Totals, *, ids: bool) -> None:
        """Declared loans without a verdict: their number, and the first ids of each block."""
        rows = green.rows if green.unmatched is None else green.rows[green.unmatched]
        totals.unmatched_count += len(rows)
        earlier = sum(len(ids) for start, ids in totals.unmatched.items() if start < block.start)
        wanted = IssueLog.LIMIT - earlier
        if ids and len(rows) and wanted > 0:
            loans = block.loans().array.take(pa.array(rows[:wanted])).to_pylist()
            totals.unmatched[block.start] = loans


class Ahead:
    """Reads blocks in a thread of its own, a few ahead, for several workers to take in turn.

    One reader keeps one set of decoding buffers, which is most of the memory of a pass.

    Examples
    --------
    >>> with Ahead(iter([(0, None), (1, None)])) as ahead:
    ...     [start for start, _ in ahead]
    [0, 1]
    """

    def __init__(self, blocks: Iterator[tuple[int, pa.RecordBatch]]) -> None:
        self._blocks = blocks
        self._queue: queue.Queue[tuple[int, pa.RecordBatch] | None] = queue.Queue(maxsize=1)
        self._failure: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get(timeout=0.05)
        self._thread.join()

    def _read(self) -> None:
        try:
            for block in self._blocks:
                self._queue.put(block)
                if self._stop.is_set():
                    return
        except BaseException as error:
            self._failure = error
        finally:
            self._queue.put(None)

    def __iter__(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        while (block := self._queue.get()) is not None:
            yield block
        # The end stays in the queue for the other workers.
        self._queue.put(None)
        if self._failure is not None:
            raise self._failure


def _left(block: Block) -> NDArray[np.bool_] | None:
    """Rows whose status says that they have left the balance."""
    status = block.coded.get("status")
    if status is None:
        return None
    left = status.table.where("status", "left")
    return status.rows(left) if left.any() else None


def _within(green: Green, kept: NDArray[np.bool_]) -> Green:
    def part(values: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
        return None if values is None else values[kept]

    return Green(
        green.rows[kept],
        green.code[kept],
        green.keys,
        green.declared[kept],
        part(green.confirmed),
        part(green.refuted),
        None if green.unmatched is None else green.unmatched[kept],
        green.refused,
    )


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
