"""The green part of each loan of a block: declared by its label, judged by its verdict.

declared = balance × green_ratio, half-up to 分, where a label of the statistic is in force.
confirmed = balance × min(label ratio, verdict ratio) where the verdict is eligible;
refuted = declared − confirmed there, and the whole where it is ineligible; what is left is
undetermined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.finance.arrays import Texts
from carboncalc.finance.check import Block
from carboncalc.finance.codes import NONE, Coded, Coder, CodeTable
from carboncalc.finance.labels import REFUSALS, WHOLE, LabelSet, judge_code, ratio_of
from carboncalc.finance.money import times_half_up
from carboncalc.finance.problems import Note, ProblemLog
from carboncalc.finance.verdicts import ELIGIBLE, INELIGIBLE, UNMATCHED, Verdicts


@dataclass(frozen=True)
class Labelled:
    """The labels of a block: which rows, which code, what share; and which do not count."""

    rows: NDArray[np.int64]
    code: NDArray[np.integer]
    keys: Sequence[str]
    ratio: NDArray[np.int64]
    refused: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Green:
    """The green amounts of a block in whole 分, for its labelled rows."""

    rows: NDArray[np.int64]
    code: NDArray[np.integer]
    keys: Sequence[str]
    declared: NDArray[np.int64]
    confirmed: NDArray[np.int64] | None
    refuted: NDArray[np.int64] | None
    unmatched: NDArray[np.bool_] | None
    refused: Mapping[str, NDArray[np.int64]]


@dataclass
class TableLabels:
    """Labels of one statistic from a table of their own."""

    labels: LabelSet
    met: NDArray[np.bool_]

    def find(self, block: Block) -> Labelled:
        """The labels of a block's rows that are in force at their date."""
        place = self.labels.index.first(block.loans())
        rows = np.flatnonzero(place >= 0)
        if block.bad is not None:
            rows = rows[~block.bad[rows]]
        at = place[rows]
        self.met[at] = True
        state = self.labels.state[at]
        day = block.day[rows]
        late = (self.labels.valid_from[at] > day) | (self.labels.valid_to[at] < day)
        refused = {
            REFUSALS[number]: rows[state == number]
            for number in np.unique(state).tolist()
            if number
        }
        if late.any():
            refused["L-049"] = rows[late & (state == 0)]
        good = (state == 0) & ~late
        at = at[good]
        return Labelled(
            rows[good], self.labels.code[at], self.labels.keys, self.labels.ratio[at], refused
        )


@dataclass(frozen=True)
class Judged:
    """The pairs of catalogue and code that two dictionaries can make."""

    code: CodeTable
    catalogue: CodeTable | None
    keys: tuple[str, ...]
    problems: tuple[str | None, ...]
    details: tuple[Mapping[str, str], ...]
    bad: NDArray[np.bool_]


@dataclass(frozen=True)
class Sizes:
    """The ratios of a dictionary in billionths, and what is wrong with them."""

    table: CodeTable
    amounts: NDArray[np.int64]
    problems: tuple[str | None, ...]
    bad: NDArray[np.bool_]


@dataclass
class InlineLabels:
    """Labels of one statistic that stand on the tape itself (an import alias)."""

    code_column: str
    ratio_column: str
    catalogue_column: str | None
    catalogue: str | None
    coder: Coder = field(default_factory=Coder)
    log: ProblemLog | None = None
    _last: Judged | None = None
    _sizes: Sizes | None = None

    def find(self, block: Block) -> Labelled:
        """The labels of a block's rows."""
        code = self.coder.code(self.code_column, block.batch.column(self.code_column))
        ratio = self.coder.code(self.ratio_column, block.batch.column(self.ratio_column))
        sizes = self._ratios(ratio.table)
        rows, codes, ratios = _with_label(block, code, ratio, sizes)
        judged, joint = self._codes(block, code, rows, codes)
        found: dict[str, list[int]] = {}
        wrong = judged.bad.take(joint, mode="clip")
        unsized = sizes.bad.take(ratios, mode="clip") & ~wrong
        for mask, place, problems, params, column in (
            (wrong, joint, judged.problems, judged.details, self.code_column),
            (unsized, ratios, sizes.problems, None, self.ratio_column),
        ):
            for row, at in zip(rows[mask].tolist(), place[mask].tolist(), strict=True):
                problem = str(problems[at])
                detail = {"value": ratio.value(row)} if params is None else params[at]
                self._note(block, problem, column, row, detail)
                found.setdefault(problem, []).append(row)
        if found:
            good = ~(wrong | unsized)
            rows, joint, ratios = rows[good], joint[good], ratios[good]
        return Labelled(rows, joint, judged.keys, sizes.amounts.take(ratios), _arrays(found))

    def _ratios(self, table: CodeTable) -> Sizes:
        if self._sizes is None or self._sizes.table is not table:
            given = [ratio_of(key) if key != NONE else (0, "L-044") for key in table.keys]
            problems = tuple(problem for _, problem in given)
            amounts = np.array([value for value, _ in given], dtype=np.int64)
            bad = np.array([problem is not None for problem in problems])
            self._sizes = Sizes(table, amounts, problems, bad)
        return self._sizes

    def _codes(
        self, block: Block, code: Coded, rows: NDArray[np.int64], codes: NDArray[np.int32]
    ) -> tuple[Judged, NDArray[np.int32]]:
        """Every pair of catalogue and code, judged once; rows point at their pair."""
        catalogue, joint = None, codes
        if self.catalogue_column is not None:
            coded = self.coder.code(
                self.catalogue_column, block.batch.column(self.catalogue_column)
            )
            catalogue = coded.table
            joint = coded.at(rows) * np.int32(len(code.table.keys)) + codes
        last = self._last
        if last is None or last.code is not code.table or last.catalogue is not catalogue:
            keys = (NONE,) if catalogue is None else catalogue.keys
            names = [key if key != NONE else self.catalogue or "" for key in keys]
            texts = ["" if key == NONE else key for key in code.table.keys]
            judged = [judge_code(name, text) for name in names for text in texts]
            bad = np.array([problem is not None for _, problem, _ in judged])
            parts = tuple(zip(*judged, strict=True))
            self._last = last = Judged(code.table, catalogue, parts[0], parts[1], parts[2], bad)
        return last, joint

    def _note(
        self, block: Block, code: str, column: str, row: int, params: Mapping[str, str]
    ) -> None:
        if self.log is not None:
            self.log.add(Note(block.start + row, 0, code, column, {**params, "column": column}))


def _arrays(found: Mapping[str, list[int]]) -> dict[str, NDArray[np.int64]]:
    return {problem: np.array(rows, dtype=np.int64) for problem, rows in found.items()}


def _with_label(
    block: Block, code: Coded, ratio: Coded, sizes: Sizes
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Rows that declare something, with the places of their code and ratio."""
    if code.filled is None or ratio.filled is None:
        rows = np.arange(block.rows)
    else:
        rows = np.flatnonzero(code.filled | ratio.filled)
    if block.bad is not None:
        rows = rows[~block.bad[rows]]
    codes, ratios = code.at(rows), ratio.at(rows)
    named = np.array([key != NONE for key in code.table.keys])
    if named[:-1].all() and len(codes) and codes.max() < len(named) - 1:
        return rows, codes, ratios
    # A ratio without a code declares something all the same; no ratio or one of 0 does not.
    empty = np.array([key == NONE for key in ratio.table.keys])
    sized = ~empty & ((sizes.amounts > 0) | sizes.bad)
    kept = named.take(codes, mode="clip") | sized.take(ratios, mode="clip")
    return rows[kept], codes[kept], ratios[kept]


def green_of(block: Block, labelled: Labelled, verdicts: Verdicts | None) -> Green:
    """Declared, confirmed and refuted amounts of the labelled rows of a block."""
    rows = labelled.rows
    balance = block.cny[rows]
    declared = times_half_up(balance, labelled.ratio, WHOLE)
    confirmed = refuted = unmatched = None
    if verdicts is not None:
        loans = Texts.of(block.loans().array.take(pa.array(rows)))
        state, ratio, _ = verdicts.find(loans, labelled.code, labelled.keys)
        eligible = state == ELIGIBLE
        least = np.where(eligible, np.minimum(ratio, labelled.ratio), 0)
        confirmed = times_half_up(balance, least, WHOLE)
        refuted = np.where(
            eligible, declared - confirmed, np.where(state == INELIGIBLE, declared, 0)
        )
        unmatched = state == UNMATCHED
    return Green(
        rows,
        labelled.code,
        labelled.keys,
        declared,
        confirmed,
        refuted,
        unmatched,
        labelled.refused,
    )
