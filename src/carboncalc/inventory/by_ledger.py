"""The full path of ``aggregate``: every row through the ledger, a million at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.calculator import Calculator
from carboncalc.inventory.coded import combined
from carboncalc.inventory.exact import ExactSums
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.totals import key_codes
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
    known: dict[tuple[Any, ...], int] = {}
    sums: dict[str, ExactSums] = {}
    for start in range(0, len(frame), CHUNK):
        inv = calculator.compute(frame.iloc[start : start + CHUNK], entities=entities)
        _add(inv.ledger, by, known, sums)
    out = pd.DataFrame(list(known), columns=list(by), index=range(len(known)))
    total = ExactSums(len(known))
    for gas in sorted(sums):
        sums[gas].grow(len(known))
        total.merge(sums[gas])
        out[gas] = sums[gas].values()
    out["co2e_t"] = total.values()
    return out.sort_values(list(by), kind="stable").reset_index(drop=True) if by else out


def _add(
    ledger: Ledger, by: Sequence[str], known: dict[tuple[Any, ...], int], sums: dict[str, ExactSums]
) -> None:
    """Add the counted entries of one chunk under their groups."""
    chosen = np.flatnonzero(ledger.counted)
    columns = [key_codes(ledger, name).take(chosen) for name in by]
    codes, firsts = combined(columns, len(chosen))
    groups = zip(*(column.take(firsts).texts() for column in columns), strict=True) if by else [()]
    numbers = np.array([known.setdefault(group, len(known)) for group in groups], dtype=np.intp)
    keys, gases, values = numbers[codes], ledger.gas[chosen], ledger.co2e[chosen]
    for code, gas in enumerate(ledger.gases):
        here = gases == code
        if here.any():
            held = sums.setdefault(gas, ExactSums(len(known)))
            held.grow(len(known))
            held.add(keys[here], values[here])
