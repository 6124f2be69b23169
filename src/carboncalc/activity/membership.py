"""Do the rows of an entity lie in the time that it belongs."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from carboncalc.activity.draft import Draft
from carboncalc.model.entity import EntitySet


def check_membership(draft: Draft, entities: EntitySet) -> None:
    """Rows outside the days of their entity are findings (A-082); the boundary decides later."""
    entity = draft.text("entity")
    limits = []
    for value in entity.values:
        found = entities.by_id.get(value)
        limits.append((found.valid_from, found.valid_to) if found else (None, None))
    if not any(first or last for first, last in limits):
        return
    first = np.array([*(f for f, _ in limits), None], dtype="datetime64[D]")[entity.codes]
    after = [None if last is None else last + dt.timedelta(days=1) for _, last in limits]
    stop = np.array([*after, None], dtype="datetime64[D]")[entity.codes]
    start, end = draft.dates["period_start"], draft.dates["period_end"]
    # Comparisons with a missing date are false: no limit, no finding.
    outside = ((start < first) | (end > stop)) & ~draft.problems.bad
    rows = np.flatnonzero(outside)
    if not len(rows):
        return
    period = draft.text("period")
    frame = pd.DataFrame({"entity": entity.codes[rows], "period": period.codes[rows]})
    firsts = rows[~frame.duplicated().to_numpy()]
    draft.problems.add(
        "A-082",
        firsts,
        column="period",
        params=[
            {"entity": entity.values[entity.codes[k]], "period": period.values[period.codes[k]]}
            for k in firsts
        ],
        which=np.arange(len(firsts)),
        severity="finding",
    )
