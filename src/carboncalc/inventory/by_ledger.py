"""The full path of ``aggregate``: every row through the ledger, a million at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.calculator import Calculator
from carboncalc.inventory.exact import exact_sums
from carboncalc.provenance import Policy

CHUNK = 1_000_000


def aggregate_by_ledger(
    data: Any,
    by: Sequence[str],
    *,
    policy: Policy,
    library: FactorLibrary | None,
    entities: Any,
) -> pd.DataFrame:
    """The same table as the fast path, from line values; problems are named row by row.

    Raises
    ------
    ActivityDataError
        With every problem of the chunk they are found in.
    """
    frame = data if isinstance(data, pd.DataFrame) else data.to_pandas()
    calculator = Calculator(library, policy)
    parts = []
    for start in range(0, len(frame), CHUNK):
        inv = calculator.compute(frame.iloc[start : start + CHUNK], entities=entities)
        parts.append(inv.by(*by, "gas").rename("co2e_t").reset_index())
    long = pd.concat(parts, ignore_index=True)
    gases = sorted(long["gas"].unique())
    if by:
        codes, names = pd.factorize(pd.MultiIndex.from_frame(long[list(by)]), sort=True)
        out = pd.DataFrame(list(names), columns=list(by))
    else:
        codes, out = long["gas"].to_numpy() * 0, pd.DataFrame(index=[0])
    for gas in gases:
        here = (long["gas"] == gas).to_numpy()
        out[gas] = exact_sums(long["co2e_t"].to_numpy()[here], codes[here], len(out))
    out["co2e_t"] = exact_sums(long["co2e_t"].to_numpy(), codes, len(out))
    return out
