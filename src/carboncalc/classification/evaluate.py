"""Compares the measures of entries with the tests of their products, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from carboncalc.classification.criteria import (
    FAIL,
    MISSING,
    PASS,
    CriterionSet,
    Floats,
    Statuses,
    Test,
    metrics,
)
from carboncalc.classification.measures import Measure
from carboncalc.classification.policy import ClassificationPolicy, Veto
from carboncalc.classification.reasons import Positions, Reasons

#: Bond practice: half of revenue, or this share of revenue and profit with both first.
HALF, THIRD = 0.5, 0.3
ENTERPRISE_THRESHOLD = ">= 0.5, or >= 0.3 of revenue and profit with both ranking first"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The measures at hand; a measure that no column gives is missing everywhere."""

    measures: Mapping[str, Measure]
    size: int

    def values(self, metric: str, rows: Positions) -> Floats:
        """The numbers of a measure for some entries."""
        found = self.measures.get(metric)
        return np.full(len(rows), np.nan) if found is None else found.values[rows]

    def texts(self, metric: str, rows: Positions) -> pa.Array:
        """What was written for a measure, for some entries."""
        found = self.measures.get(metric)
        return pa.nulls(len(rows), pa.string()) if found is None else found.texts.take(rows)


def apply_criteria(
    reasons: Reasons, evidence: Evidence, asked: CriterionSet, rows: Positions
) -> dict[str, Positions]:
    """Add the tests of one product for its entries; the entries each named exclusion hits."""
    page = asked.line.page
    hit: dict[str, Positions] = {}
    for test in asked.required:
        statuses = test.status(evidence.values(test.criterion.metric, rows))
        _note(reasons, evidence, test, statuses, rows=rows, page=page)
        if test.criterion.veto:
            hit[test.criterion.metric] = rows[statuses == FAIL]
    if not asked.ways:
        return hit
    tested = [
        [test.status(evidence.values(test.criterion.metric, rows)) for test in way]
        for way in asked.ways
    ]
    ways = np.array([np.max(np.array(way), axis=0) for way in tested])
    best = ways.min(axis=0)
    for position, way in enumerate(asked.ways):
        for test, statuses in zip(way, tested[position], strict=True):
            # A way that cannot be met any more says nothing; once one is met, none does.
            counts = (best == FAIL) | ((best == MISSING) & (ways[position] == MISSING))
            _note(reasons, evidence, test, statuses, rows=rows, page=page, counts=counts)
    return hit


def _note(
    reasons: Reasons,
    evidence: Evidence,
    test: Test,
    statuses: Statuses,
    *,
    rows: Positions,
    page: int,
    counts: npt.NDArray[np.bool_] | None = None,
) -> None:
    metric = test.criterion.metric
    threshold = reasons.word(test.criterion.threshold)
    texts = evidence.texts(metric, rows)
    if test.criterion.if_known:
        spoken = ~np.isnan(evidence.values(metric, rows))
        rows, statuses, texts = rows[spoken], statuses[spoken], texts.filter(pa.array(spoken))
    reasons.add(
        rows, metric, threshold, statuses=statuses, pages=page, measured=texts, counts=counts
    )


def apply_scope(reasons: Reasons, confirmed: pa.Array, rows: Positions, page: Any) -> None:
    """Ask for the person who confirmed that the entry lies within a described scope."""
    names = confirmed.take(rows)
    given = np.asarray(names.is_valid())
    statuses = np.where(given, PASS, MISSING).astype(np.int8)
    given_word = reasons.word("is given")
    reasons.add(
        rows, "scope_confirmed_by", given_word, statuses=statuses, pages=page, measured=names
    )


def apply_enterprise_test(
    reasons: Reasons, evidence: Evidence, frame: pd.DataFrame, policy: ClassificationPolicy
) -> None:
    """The green-revenue test of bond practice, for entries of kind enterprise only."""
    if policy.enterprise_test == "none" or "kind" not in frame:
        return
    rows = np.flatnonzero((frame["kind"] == "enterprise").to_numpy(dtype=bool, na_value=False))
    share = column(frame, "green_revenue_share")[rows]
    profit = evidence.values("green_profit_share", rows)
    first = [
        evidence.values(name, rows)
        for name in ("green_revenue_ranks_first", "green_profit_ranks_first")
    ]
    refused = (share < THIRD) | (profit < THIRD) | (first[0] == 0) | (first[1] == 0)
    proven = (share >= THIRD) & (profit >= THIRD) & (first[0] == 1) & (first[1] == 1)
    statuses = np.select([share >= HALF, proven, refused], [PASS, PASS, FAIL], MISSING)
    # Without the share, the alternative may still be refused but half of revenue may not.
    statuses = np.where(np.isnan(share), MISSING, statuses).astype(np.int8)
    written = pa.array(share, from_pandas=True).cast(pa.string())
    threshold = reasons.word(ENTERPRISE_THRESHOLD)
    reasons.add(
        rows, "green_revenue_share", threshold, statuses=statuses, pages=0, measured=written
    )


def apply_vetoes(
    reasons: Reasons,
    evidence: Evidence,
    active: Sequence[Veto],
) -> dict[str, Positions]:
    """Add what rules entries out beside their criteria; the entries that each veto hits."""
    size = evidence.size
    everything = np.arange(size, dtype=np.int64)
    hit: dict[str, Positions] = {}
    for veto in active:
        struck = np.ones(size, dtype=bool)
        for test in veto.tests():
            struck &= test.status(evidence.values(test.criterion.metric, everything)) == PASS
        rows = np.flatnonzero(struck)
        hit[veto.id] = rows
        failed = np.full(len(rows), FAIL, dtype=np.int8)
        silent = pa.nulls(len(rows), pa.string())
        asked = reasons.word("does not apply")
        reasons.add(rows, f"veto:{veto.id}", asked, statuses=failed, pages=0, measured=silent)
    return hit


def measure_names(asked: CriterionSet) -> tuple[str, ...]:
    """The measures a product's tests need, each once, in their order.

    Examples
    --------
    >>> from carboncalc.classification.criteria import criterion_set
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> line = load_taxonomy().lines_of("4.1.1")[1]
    >>> measure_names(criterion_set("cgt-2025", line, "onshore_turbine"))
    ('rated_power',)
    """
    known = metrics()
    return tuple(
        dict.fromkeys(t.criterion.metric for t in asked.tests if t.criterion.metric in known)
    )


def column(frame: pd.DataFrame, name: str) -> Floats:
    """A numeric column, or all missing where the table has none."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
