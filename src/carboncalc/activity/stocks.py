"""Records of purchases and stocks: does each balance have its parts.

Net consumption = opening stock + purchases − closing stock − sold or transferred out. The
balance itself is struck by the inventory; here it is checked that it can be.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carboncalc.activity.draft import Draft

KINDS = ("purchase", "opening_stock", "closing_stock", "sold_out")

#: Records that agree in these belong to one balance.
BALANCE = (
    "entity", "facility", "process", "period", "source", "item", "method", "region",
    "technology", "instrument", "counterparty",
)  # fmt: skip

_NO_STOCK = frozenset({"electricity", "heat", "hot_water", "steam", "compressed_air"})


def check_stocks(draft: Draft) -> None:
    """Refuse stock records of what cannot be stored (A-060) and balances with a part missing.

    An opening stock needs a closing stock and the other way round (A-061): absent is not
    zero. What is sold out must have been there (A-062). Purchases without any stock are
    taken as consumed, and that is a finding (A-063).
    """
    kind = draft.text("record_kind")
    stocked = kind.is_in(KINDS.__contains__) & ~draft.problems.bad
    if not stocked.any():
        return
    item = draft.text("item")
    unstorable = kind.is_in(KINDS[1:].__contains__) & item.is_in(_NO_STOCK.__contains__)
    params = [{"item": value} for value in (*item.values, "")]
    draft.problems.add(
        "A-060",
        np.flatnonzero(unstorable),
        column="record_kind",
        params=params,
        which=item.codes[unstorable],
    )
    rows = np.flatnonzero(stocked & ~unstorable)
    if not len(rows):
        return
    columns = [draft.texts[name] for name in BALANCE if name in draft.texts]
    frame = pd.DataFrame({str(k): c.codes[rows] for k, c in enumerate(columns)})
    group = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    has = {
        name: np.bincount(group, weights=kind.kept_at(rows).is_in(name.__eq__)) > 0
        for name in KINDS
    }
    half = has["opening_stock"] != has["closing_stock"]
    for present, absent in (("opening_stock", "closing_stock"), ("closing_stock", "opening_stock")):
        lone = rows[(half & has[present])[group]]
        draft.problems.add(
            "A-061", lone, column="record_kind", params={"present": present, "absent": absent}
        )
    nothing = has["sold_out"] & ~has["purchase"] & ~has["opening_stock"]
    draft.problems.add("A-062", rows[nothing[group] & ~half[group]], column="record_kind")
    alone = has["purchase"] & ~has["opening_stock"] & ~has["closing_stock"]
    firsts = rows[np.unique(group, return_index=True)[1]]
    draft.problems.add("A-063", firsts[alone], column="record_kind", severity="finding")
