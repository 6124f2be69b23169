"""Walks every entry from its claim to its verdict, all entries of a step at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from carboncalc.classification.evaluate import (
    Evidence,
    apply_criteria,
    apply_enterprise_test,
    apply_scope,
    apply_vetoes,
)
from carboncalc.classification.grouping import Groups, text_column
from carboncalc.classification.policy import ClassificationPolicy, Veto
from carboncalc.classification.reasons import Positions, Reasons

#: The steps that all entries with the same claim share, in the order they are told.
SHARED = ("claimed_code", "industry_code", "condition_status", "role", "product")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The reasons of all entries, and which entries each veto hits."""

    reasons: Reasons
    vetoes: dict[str, Positions]


def judge(
    rows: pd.DataFrame,
    evidence: Evidence,
    groups: Groups,
    *,
    policy: ClassificationPolicy,
    vetoes: Sequence[Veto],
) -> Judgement:
    """Every reason of every entry: shared steps, criteria, confirmations, tests and vetoes."""
    reasons = Reasons(len(rows))
    _shared_steps(reasons, rows, groups)
    hits = _criteria(reasons, evidence, groups)
    asks = groups.spread([r.asks_confirmation for r in groups.resolutions], bool)
    pages = groups.spread([r.line.page if r.line else 0 for r in groups.resolutions], np.int32)
    where = np.flatnonzero(asks)
    confirmed = pa.array(text_column(rows, "scope_confirmed_by"), pa.string(), from_pandas=True)
    apply_scope(reasons, confirmed, where, pages[where])
    apply_enterprise_test(reasons, evidence, rows, policy)
    for number, found in enumerate(groups.resolutions):
        for veto in found.vetoes:
            _hit(hits, veto, np.flatnonzero(groups.of_row == number))
    for veto, struck in apply_vetoes(reasons, evidence, vetoes).items():
        _hit(hits, veto, struck)
    return Judgement(reasons, hits)


def _shared_steps(reasons: Reasons, rows: pd.DataFrame, groups: Groups) -> None:
    found = groups.resolutions
    pages = np.array([r.line.page if r.line else 0 for r in found], dtype=np.int32)
    for name in SHARED:
        steps = [next((s for s in r.steps if s.criterion == name), None) for r in found]
        present = groups.spread([step is not None for step in steps], bool)
        thresholds = np.array([reasons.word(s.threshold) if s else 0 for s in steps], np.int32)
        statuses = np.array([s.status if s else 0 for s in steps], dtype=np.int8)
        where = np.flatnonzero(present)
        of = groups.of_row[where]
        if name == "condition_status":
            written = [r.line.condition_status if r.line else None for r in found]
            measured = pa.array(written, pa.string()).take(of)
        else:
            column = pa.array(text_column(rows, name), pa.string(), from_pandas=True)
            measured = column.take(where)
        reasons.add(
            where, name, thresholds[of], statuses=statuses[of], pages=pages[of], measured=measured
        )


def _criteria(reasons: Reasons, evidence: Evidence, groups: Groups) -> dict[str, Positions]:
    """The tests of every product, each for all entries of that product together."""
    sets = {id(r.criteria): r.criteria for r in groups.resolutions if r.criteria is not None}
    position = {key: number for number, key in enumerate(sets)}
    of_row = groups.spread([position.get(id(r.criteria), -1) for r in groups.resolutions], np.int64)
    order = np.argsort(of_row, kind="stable")
    bounds = np.searchsorted(of_row[order], np.arange(len(sets) + 1))
    hits: dict[str, Positions] = {}
    for number, asked in enumerate(sets.values()):
        where = order[bounds[number] : bounds[number + 1]]
        for veto, struck in apply_criteria(reasons, evidence, asked, where).items():
            _hit(hits, veto, struck)
    return hits


def _hit(hits: dict[str, Positions], veto: str, struck: Positions) -> None:
    if len(struck):
        hits[veto] = np.concatenate([hits.get(veto, struck[:0]), struck])
