"""Checks a block of loan rows column by column and converts its balances to CNY.

Whatever is wrong with a row is noted with its column; the row is then set aside. The
checks of identifiers read the widest columns of a tape and run once; the rest is needed
for every sum anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.finance.arrays import NO_DAY, Texts, amounts, day_text, days
from carboncalc.finance.codes import NONE, Coded, Coder
from carboncalc.finance.columns import Header
from carboncalc.finance.identity import borrower_problem, valid_codes
from carboncalc.finance.money import LARGEST_FEN, times_half_up
from carboncalc.finance.problems import Params, ProblemLog
from carboncalc.finance.rates import ONE, Rate, RateTable

#: Read for every pass.
SUM_COLUMNS = (
    "as_of",
    "bank_id",
    "branch_id",
    "product",
    "use_industry_code",
    "currency",
    "principal_outstanding",
    "class5",
    "status",
    "branch_city",
)
#: Read once, to check them.
CHECK_COLUMNS = (
    "loan_id",
    "contract_id",
    "borrower_id",
    "borrower_type",
    "origination_date",
    "maturity_date",
    "principal_cny",
    "own_share",
)
#: Why a row is set aside, by number; 0 is a good row.
REASONS = ("", *(f"L-{number:03d}" for number in range(11, 40)))
_CODES = ("bank_id", "branch_id", "product", "use_industry_code", "class5", "status", "branch_city")
#: Loans to persons need no use industry.
_PERSONAL = frozenset({"mortgage", "vehicle", "consumer", "personal_business", "overdraft"})
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")


@dataclass
class Block:
    """A checked block: balances in whole 分 of CNY, codes, and which rows are set aside."""

    start: int
    rows: int
    batch: pa.RecordBatch
    day: NDArray[np.int32]
    cny: NDArray[np.int64]
    coded: Mapping[str, Coded]
    reason: NDArray[np.int16] | None = None
    unreadable: NDArray[np.bool_] | None = None
    loan: Texts | None = None

    @property
    def bad(self) -> NDArray[np.bool_] | None:
        """Rows that are set aside; None if there are none."""
        return None if self.reason is None else self.reason > 0

    def loans(self) -> Texts:
        """The loan ids, read once."""
        if self.loan is None:
            self.loan = Texts.of(self.batch.column("loan_id"))
        return self.loan


@dataclass
class Checker:
    """Checks blocks for one worker.

    ``identifiers`` turns on the checks that are made once per tape; ``log`` may be None
    when the problems are known already.
    """

    headers: Mapping[str, Header]
    rates: RateTable
    log: ProblemLog | None = None
    identifiers: bool = True
    nulls: Mapping[str, int | None] = field(default_factory=dict)
    coder: Coder = field(default_factory=Coder)

    def check(self, start: int, batch: pa.RecordBatch) -> Block:
        """The block with its problems noted."""
        count = batch.num_rows
        power = self.headers["principal_outstanding"].power
        day, day_problems = days(batch.column("as_of"))
        fen, fen_problems = amounts(batch.column("principal_outstanding"), power)
        names = [*_CODES, "currency"]
        coded = {
            name: self.coder.code(name, batch.column(name))
            for name in names
            if name in self.headers
        }
        block = Block(start, count, batch, day, fen, coded)
        if self.identifiers:
            self._identifiers(block)
        self._cells(block, "as_of", day_problems)
        for name in names:
            if name in coded:
                self._codes(block, name, coded[name])
        self._cells(block, "principal_outstanding", fen_problems)
        self._convert(block, fen_problems)
        if self.identifiers:
            self._dates(block)
            self._compare(block)
        return block

    def _problem(
        self, block: Block, code: str, column: str, mask: NDArray[np.bool_], params: Params
    ) -> None:
        if block.reason is None:
            block.reason = np.zeros(block.rows, dtype=np.int16)
        block.reason[mask & (block.reason == 0)] = REASONS.index(code)
        if self.log is not None:
            self.log.note(code, column, block.start, mask, params)

    def _cells(self, block: Block, column: str, problems: Mapping[str, NDArray[np.bool_]]) -> None:
        cells = block.batch.column(column)
        for code, mask in problems.items():
            self._problem(
                block,
                code,
                column,
                mask,
                lambda row: {"value": cells[row].as_py(), "column": column},
            )

    def _codes(self, block: Block, column: str, coded: Coded) -> None:
        if not coded.faulty:
            return
        for code in sorted({problem for problem in coded.table.problems if problem}):
            hit = coded.rows(np.array([problem == code for problem in coded.table.problems]))
            if column == "use_industry_code" and code == "L-011":
                hit &= ~self._personal(block)
            if hit.any():
                self._problem(
                    block,
                    code,
                    column,
                    hit,
                    lambda row: {"value": coded.value(row), "column": column},
                )

    def _personal(self, block: Block) -> NDArray[np.bool_]:
        product = block.coded["product"]
        found = product.rows(np.array([key in _PERSONAL for key in product.table.keys]))
        if "borrower_type" in block.batch.schema.names:
            kind = self.coder.code("borrower_type", block.batch.column("borrower_type"))
            found |= kind.rows(np.array([key == "individual" for key in kind.table.keys]))
        return found

    def _convert(self, block: Block, problems: Mapping[str, NDArray[np.bool_]]) -> None:
        """Balances in CNY at the rate of each row's own day."""
        currency = block.coded["currency"]
        keys = currency.table.keys
        known = np.array([problem is None for problem in currency.table.problems])
        foreign = np.array([key != "CNY" for key in keys]) & known
        unreadable = np.zeros(block.rows, dtype=bool)
        for mask in problems.values():
            unreadable |= mask
        if not known.all():
            unreadable |= ~currency.rows(known)
        rows = np.flatnonzero(currency.rows(foreign))
        if len(rows):
            cny = block.cny.copy()
            missing = np.zeros(block.rows, dtype=bool)
            wide = np.zeros(block.rows, dtype=bool)
            own = block.day[rows]
            single = bool((own == own[0]).all())
            for day in own[:1].tolist() if single else np.unique(own).tolist():
                part = rows if single else rows[own == day]
                numerator, denominator, held = self._rates(day, keys)
                place = currency.indices[part]
                estimate = block.cny[part] * (numerator / denominator)[place]
                wide[part] = estimate > LARGEST_FEN
                missing[part] = ~held[place]
                good = held[place] & ~wide[part]
                part, place = part[good], place[good]
                cny[part] = times_half_up(cny[part], numerator[place], denominator[place])
            cny[missing | wide] = 0
            block.cny = cny
            unreadable |= missing | wide
            dated = missing & (block.day != NO_DAY)
            if dated.any():
                self._problem(
                    block,
                    "L-017",
                    "currency",
                    dated,
                    lambda row: {
                        "currency": keys[currency.indices[row]],
                        "date": day_text(block.day[row]),
                    },
                )
            if wide.any():
                self._cells(block, "principal_outstanding", {"L-015": wide})
        if unreadable.any():
            block.cny = np.where(unreadable, 0, block.cny)
            block.unreadable = unreadable

    def _rates(
        self, day: int, keys: tuple[str, ...]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        found: list[Rate | None] = [None] * len(keys)
        if day != NO_DAY:
            when = np.datetime64(day, "D").item()
            found = [self.rates.find(when, key) if key != NONE else None for key in keys]
        rates = [rate or ONE for rate in found]
        return (
            np.array([rate.numerator for rate in rates], dtype=np.int64),
            np.array([rate.denominator for rate in rates], dtype=np.int64),
            np.array([rate is not None for rate in found]),
        )

    def _identifiers(self, block: Block) -> None:
        for column in ("loan_id", "contract_id"):
            if self.nulls.get(column) == 0:
                continue
            texts = block.loans() if column == "loan_id" else Texts.of(block.batch.column(column))
            empty = texts.lengths == 0
            if empty.any():
                self._problem(block, "L-011", column, empty, _named(column))
            used = texts.bytes[texts.offsets[0] : texts.offsets[-1]]
            if (used == ord("+")).any():
                damaged = [bool(_SCIENTIFIC.fullmatch(text)) for text in texts.array.to_pylist()]
                self._cells(block, column, {"L-027": np.array(damaged)} if any(damaged) else {})
        self._borrowers(block)

    def _borrowers(self, block: Block) -> None:
        texts = Texts.of(block.batch.column("borrower_id"))
        whole = texts.lengths == 18
        starts = texts.offsets[:-1]
        if whole.all():
            letters = texts.bytes[starts[0] : starts[0] + 18 * block.rows].reshape(-1, 18)
            good = valid_codes(letters)
            first = letters[:, 0]
        else:
            rows = np.flatnonzero(whole)
            letters = texts.bytes[starts[rows][:, None] + np.arange(18)]
            good = np.zeros(block.rows, dtype=bool)
            first = np.zeros(block.rows, dtype=np.uint8)
            good[rows], first[rows] = valid_codes(letters), letters[:, 0]
        # A resident's number begins with 1 to 8; company codes of enterprises do not.
        doubtful = np.flatnonzero(~good | ((first >= ord("1")) & (first <= ord("8"))))
        if not len(doubtful):
            return
        personal = self._personal(block)
        found: dict[str, list[int]] = {}
        cells = texts.array.take(pa.array(doubtful)).to_pylist()
        for row, text in zip(doubtful.tolist(), cells, strict=True):
            problem = borrower_problem(text, individual=bool(personal[row])) if text else "L-011"
            if problem:
                found.setdefault(problem, []).append(row)
        for code, hits in sorted(found.items()):
            mask = np.zeros(block.rows, dtype=bool)
            mask[hits] = True
            self._problem(block, code, "borrower_id", mask, _named("borrower_id"))

    def _dates(self, block: Block) -> None:
        begun, begun_problems = days(block.batch.column("origination_date"))
        due, due_problems = days(block.batch.column("maturity_date"))
        self._cells(block, "origination_date", begun_problems)
        self._cells(block, "maturity_date", due_problems)
        late = (begun > block.day) & (block.day != NO_DAY)
        early = (due < begun) & (due != NO_DAY)
        for code, column, mask, other in (
            ("L-023", "origination_date", late, block.day),
            ("L-022", "maturity_date", early, begun),
        ):
            if mask.any():
                own = begun if column == "origination_date" else due
                self._problem(block, code, column, mask, _two_days(own, other))

    def _compare(self, block: Block) -> None:
        """The bank's own conversion and its share of a syndicated loan: findings."""
        for column, code in (("principal_cny", "L-037"), ("own_share", "L-038")):
            if column not in self.headers or self.log is None:
                continue
            cells = block.batch.column(column)
            given, problems = amounts(cells, self.headers[column].power)
            stated = np.ones(block.rows, dtype=bool)
            for mask in problems.values():
                stated &= ~mask
            if column == "principal_cny":
                off = stated & (np.abs(given - block.cny) > 1)
            else:
                own, _ = amounts(
                    block.batch.column("principal_outstanding"),
                    self.headers["principal_outstanding"].power,
                )
                off = stated & (own > given)
            if block.unreadable is not None:
                off &= ~block.unreadable
            self.log.note(code, column, block.start, off, _cell(cells), severity="finding")


def _named(column: str) -> Params:
    """Only the column: the value may be personal, or is not there."""
    return lambda row: {"column": column}


def _cell(cells: pa.Array) -> Params:
    return lambda row: {"value": cells[row].as_py()}


def _two_days(own: NDArray[np.int32], other: NDArray[np.int32]) -> Params:
    return lambda row: {"value": day_text(int(own[row])), "other": day_text(int(other[row]))}
