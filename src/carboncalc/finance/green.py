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
from carboncalc.finance.problems import Params, ProblemLog
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
    _sizes: tuple[CodeTable, list[tuple[int, str | None]]] | None = None

    def find(self, block: Block) -> Labelled:
        """The labels of a block's rows."""
        code = self.coder.code(self.code_column, block.batch.column(self.code_column))
        ratio = self.coder.code(self.ratio_column, block.batch.column(self.ratio_column))
        given = self._ratios(ratio.table)
        coded = np.array([key != NONE for key in code.table.keys])
        sized = np.array([value > 0 or problem not in (None, "L-011") for value, problem in given])
        if code.filled is None or ratio.filled is None:
            rows = np.arange(block.rows)
        else:
            rows = np.flatnonzero(code.filled | ratio.filled)
        if block.bad is not None:
            rows = rows[~block.bad[rows]]
        codes, ratios = code.indices[rows], ratio.indices[rows]
        if not coded[:-1].all() or len(coded) - 1 in codes:
            # A ratio without a code declares something all the same; a ratio of 0 does not.
            kept = coded.take(codes, mode="clip") | sized.take(ratios, mode="clip")
            rows, codes, ratios = rows[kept], codes[kept], ratios[kept]
        judged, joint = self._codes(block, code, rows, codes)
        keys, problems, details = judged.keys, judged.problems, judged.details
        refused: dict[str, NDArray[np.int64]] = {}
        keep = np.ones(len(rows), dtype=bool)
        if any(problems):
            hits = np.array([problem or "" for problem in problems], dtype=object)[joint]
            for problem in sorted(set(filter(None, problems))):
                mask = hits == problem
                pair = dict(zip(rows[mask].tolist(), joint[mask].tolist(), strict=True))
                params = _detail(details, pair)
                self._note(block, problem, self.code_column, rows[mask], params)
                refused[problem] = rows[mask]
                keep &= ~mask
        if any(problem for _, problem in given):
            hits = np.array([problem or "" for _, problem in given], dtype=object)[ratios]
            for problem in ("L-043", "L-044", "L-011"):
                mask = (hits == problem) & keep
                if mask.any():
                    named = "L-044" if problem == "L-011" else problem
                    self._note(
                        block,
                        named,
                        self.ratio_column,
                        rows[mask],
                        lambda row: {"value": ratio.value(row), "column": self.ratio_column},
                    )
                    earlier = refused.get(named, rows[:0])
                    refused[named] = np.sort(np.concatenate([earlier, rows[mask]]))
                    keep &= ~mask
        amounts = np.array([value for value, _ in given], dtype=np.int64)
        return Labelled(rows[keep], joint[keep], keys, amounts[ratios[keep]], refused)

    def _ratios(self, table: CodeTable) -> list[tuple[int, str | None]]:
        if self._sizes is None or self._sizes[0] is not table:
            given = [ratio_of(key) if key != NONE else (0, "L-011") for key in table.keys]
            self._sizes = (table, given)
        return self._sizes[1]

    def _codes(
        self, block: Block, code: Coded, rows: NDArray[np.int64], codes: NDArray[np.int32]
    ) -> tuple[Judged, NDArray[np.int64]]:
        """Every pair of catalogue and code, judged once; rows point at their pair."""
        size = len(code.table.keys)
        if self.catalogue_column is None:
            catalogue, joint = None, codes.astype(np.int64)
        else:
            coded = self.coder.code(
                self.catalogue_column, block.batch.column(self.catalogue_column)
            )
            catalogue, joint = coded.table, coded.indices[rows].astype(np.int64) * size + codes
        if (
            self._last is None
            or self._last.code is not code.table
            or self._last.catalogue is not catalogue
        ):
            keys = (NONE,) if catalogue is None else catalogue.keys
            names = [key if key != NONE else self.catalogue or "" for key in keys]
            texts = ["" if key == NONE else key for key in code.table.keys]
            judged = [judge_code(name, text) for name in names for text in texts]
            self._last = Judged(
                code.table, catalogue, *(tuple(part) for part in zip(*judged, strict=True))
            )
        return self._last, joint

    def _note(
        self, block: Block, code: str, column: str, rows: NDArray[np.int64], params: Params
    ) -> None:
        """Note a problem of some rows; ``params`` is asked with the place among all of them."""
        if self.log is not None:
            whole = np.zeros(block.rows, dtype=bool)
            whole[rows] = True
            self.log.note(code, column, block.start, whole, params)


def _detail(details: Sequence[Mapping[str, str]], pair: Mapping[int, int]) -> Params:
    return lambda row: details[pair[row]]


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
