"""Rows that say the same twice, and readings of one meter that overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.activity.draft import Draft, Mask
from carboncalc.activity.text import TextColumn
from carboncalc.provenance import Policy

Keys = NDArray[np.uint64]

#: Rows that agree in all of these, and in the amount, say the same thing.
SAME = (
    "entity", "facility", "meter", "period", "source", "item", "unit", "evidence_type",
    "process", "record_kind", "instrument", "certificate_id", "counterparty", "technology",
    "method", "region", "abatement_technology", "gwp_set", "factor_set",
    "scope", "category",
)  # fmt: skip

#: Readings of one meter that may not overlap: one thing measured in one place.
ONE_METER = (
    "entity", "facility", "process", "meter", "source", "item", "record_kind", "instrument",
    "certificate_id", "counterparty", "method",
)  # fmt: skip

_ODD = np.uint64(0x9E3779B97F4A7C15)


def check_duplicates(draft: Draft, policy: Policy) -> None:
    """The second and later rows that agree in all that they say are refused (A-055).

    With ``policy.duplicates == "keep"`` they stand and are findings. Rows already refused
    are not compared.
    """
    columns = _present(draft, SAME)
    amount = draft.number("amount") + 0.0  # −0 and 0 are the same amount
    mixed = _mixed(columns, len(draft)) * _ODD ^ amount.view(np.uint64)
    good = np.flatnonzero(~draft.problems.bad)
    mixed = mixed[good]
    ordered = np.sort(mixed)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return
    # A mixed key may coincide by chance; the candidates are compared value by value. Numbers of
    # vouchers are nearly all distinct and dear to encode, so they come in only here.
    candidates = good[np.isin(mixed, twice)]
    exact = pd.DataFrame({str(k): c.codes[candidates] for k, c in enumerate(columns)})
    exact["amount"] = amount[candidates]
    if "evidence_no" in draft.free:
        vouchers = draft.free["evidence_no"].take(pa.array(candidates))
        exact["evidence_no"] = TextColumn.of(vouchers, str.strip).codes
    group = exact.groupby(list(exact.columns), sort=False, dropna=False).ngroup().to_numpy()
    first = np.full(group.max() + 1, -1, dtype=np.int64)
    first[group[::-1]] = candidates[::-1]
    later = first[group] != candidates
    rows, origin = candidates[later], first[group[later]]
    draft.problems.add(
        "A-055",
        rows,
        column="amount",
        params=[{"first": int(draft.problems.places.row[k])} for k in origin],
        which=np.arange(len(rows)),
        severity="problem" if policy.duplicates == "quarantine" else "finding",
    )


def check_overlaps(draft: Draft) -> None:
    """Readings of one meter whose periods overlap are refused, all of them (A-054).

    Which of them is right cannot be known here. Rows without a meter are not compared.
    """
    meter = draft.text("meter")
    rows = np.flatnonzero(~meter.missing & ~draft.problems.bad)
    if len(rows) < 2:
        return
    group, start, end = _grouped_spans(draft, rows)
    overlapping, other = _overlaps(group, start, end)
    if not overlapping.any():
        return
    mine = np.flatnonzero(overlapping)
    period, numbers = draft.text("period"), draft.problems.places.row
    draft.problems.add(
        "A-054",
        rows[mine],
        column="period",
        params=[
            {
                "meter": meter.values[meter.codes[rows[k]]],
                "row": int(numbers[rows[other[k]]]),
                "period": period.values[period.codes[rows[other[k]]]],
            }
            for k in mine.tolist()
        ],
        which=np.arange(len(mine)),
    )


def check_wider_periods(draft: Draft) -> None:
    """A longer record beside shorter ones of the same thing inside it is a finding (A-056).

    A year's figure typed in below its months counts twice. Rows with a meter are judged by
    their meter (A-054); records of one period are two deliveries, not an overlap.
    """
    period = draft.text("period")
    if not _distinct_overlap(draft, period):
        return
    rows = np.flatnonzero(draft.text("meter").missing & ~draft.problems.bad)
    if len(rows) < 2:
        return
    group, start, end = _grouped_spans(draft, rows)
    spans = pd.DataFrame({"group": group, "start": start, "end": end}).drop_duplicates()
    kept = spans.index.to_numpy()
    overlapping, other = _overlaps(group[kept], start[kept], end[kept])
    length = (end - start)[kept]
    wider = np.flatnonzero(overlapping & (length > length[other]))
    numbers = draft.problems.places.row
    draft.problems.add(
        "A-056",
        rows[kept[wider]],
        column="period",
        params=[
            {
                "row": int(numbers[rows[kept[other[k]]]]),
                "period": period.values[period.codes[rows[kept[other[k]]]]],
            }
            for k in wider.tolist()
        ],
        which=np.arange(len(wider)),
        severity="finding",
    )


def _grouped_spans(draft: Draft, rows: Any) -> tuple[Any, Any, Any]:
    """Per row the number of what is read there, and the first and last moment of its period."""
    columns = [column.kept_at(rows) for column in _present(draft, ONE_METER)]
    group = pd.factorize(_mixed(columns, len(rows)))[0].astype(np.int64)
    start, end = (
        draft.dates[name][rows].astype(np.int64) for name in ("period_start", "period_end")
    )
    return group, start, end


def _distinct_overlap(draft: Draft, period: TextColumn) -> bool:
    """Whether any two distinct periods of the table overlap: seldom, so looked at first."""
    codes, first = np.unique(period.codes[~draft.problems.bad], return_index=True)
    if len(codes) < 2:
        return False
    good = np.flatnonzero(~draft.problems.bad)[first]
    start = draft.dates["period_start"][good].astype(np.int64)
    end = draft.dates["period_end"][good].astype(np.int64)
    order = np.lexsort((end, start))
    start, end = start[order], end[order]
    same = (start[1:] == start[:-1]) & (end[1:] == end[:-1])  # two spellings of one period
    return bool(((start[1:] < np.maximum.accumulate(end)[:-1]) & ~same).any())


def _overlaps(
    group: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[Mask, NDArray[np.int64]]:
    """Which spans overlap another of their group, and one that they overlap."""
    order = np.lexsort((end, start, group))
    group, start, end = group[order], start[order], end[order]
    low = int(start.min())
    span = int(end.max()) - low + 1
    # Groups are moved apart on the axis of days, so that one running maximum serves all.
    reach = np.maximum.accumulate(group * span + (end - low))
    begins = group * span + (start - low)
    hit = np.zeros(len(order), dtype=np.bool_)
    hit[1:] = begins[1:] < reach[:-1]
    # The span that reaches furthest before each one is the one that it runs into.
    position = np.arange(len(order))
    is_top = np.r_[True, reach[1:] > reach[:-1]]
    top = np.maximum.accumulate(np.where(is_top, position, 0))
    runs_into = np.r_[0, top[:-1]]
    overlapping = np.zeros(len(order), dtype=np.bool_)
    other = np.zeros(len(order), dtype=np.int64)
    later = np.flatnonzero(hit)
    overlapping[order[later]] = True
    other[order[later]] = order[runs_into[later]]
    earlier = order[runs_into[later]]
    untold = earlier[~overlapping[earlier]]
    partner = order[later][~overlapping[earlier]]
    overlapping[untold] = True
    other[untold] = partner
    return overlapping, other


def _present(draft: Draft, names: tuple[str, ...]) -> list[TextColumn]:
    return [draft.texts[name] for name in names if name in draft.texts]


def _mixed(columns: list[TextColumn], length: int) -> Keys:
    """One number per row from the codes of several columns; equal rows get equal numbers."""
    key = np.zeros(length, dtype=np.uint64)
    room = 1
    for column in columns:
        size = len(column.values) + 1
        if size == 1:
            continue
        room *= size
        if room >= 2**63:
            # The product no longer fits: scatter it before the next column is added.
            key *= _ODD
            room = 2**63
        key *= np.uint64(size)
        # −1, an empty cell, becomes 0; the sum wraps to it in unsigned arithmetic.
        key += column.codes.astype(np.uint64)
        key += np.uint64(1)
    return key
