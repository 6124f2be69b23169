"""The members' own emissions, summed exactly over what a footprint distinguishes."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from carboncalc.footprint.flows import TRANSFER_SOURCES
from carboncalc.footprint.grains import grains_by
from carboncalc.footprint.members import Members


class Cell(NamedTuple):
    """What own emissions are distinguished by."""

    entity: str
    scope: str
    category: str
    source: str
    item: str
    process: str
    year: int


def own_cells(lines: pd.DataFrame, members: Members, *, exports: bool) -> dict[Cell, int]:
    """Exact sums of the lines of members without the internal transfers.

    ``exports`` keeps sales of energy to the outside as the negative lines that a document
    makes of them; without it (GHG Protocol) they are left out.
    """
    keep = members.belonging(lines["entity"], lines["period_start"])
    transfer = lines["source"].isin(list(TRANSFER_SOURCES))
    keep &= ~(transfer & members.belonging(lines["counterparty"], lines["period_start"]))
    if not exports:
        keep &= ~lines["source"].str.startswith("exported_")
    part = lines.loc[keep, ["entity", "category", "source", "item", "process", "co2e_t"]].copy()
    part["scope"] = lines.loc[keep, "scope"].astype("int64").astype(str)
    part["year"] = pd.to_datetime(lines.loc[keep, "period_start"]).dt.year
    return {Cell(*key): count for key, count in grains_by(part, Cell._fields).items()}
