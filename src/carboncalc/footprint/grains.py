"""Tonnes as whole numbers of 2⁻⁴⁵ t, so that what is shared out adds up to what there was.

Lines stand on that grid (``inventory.exact``). Here their sums, the charges between the
members of a park and the shares of an allocation are Python integers on the same grid:
they add and subtract without error, and each published figure is rounded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.inventory.exact import GRID, ExactSums, on_grid

#: Grains in one tonne.
PER_TONNE = int(GRID)
_HIGH = 1 << 35  # grains in 2^-10 t, the unit of the high part of an exact sum


def grains(tonnes: float | Fraction) -> int:
    """The nearest whole number of grains.

    Examples
    --------
    >>> grains(2.0) == 2 * PER_TONNE
    True
    """
    return round(Fraction(tonnes) * PER_TONNE)


def tonnes(count: int) -> float:
    """Grains as tonnes, rounded once to the nearest float64.

    Examples
    --------
    >>> tonnes(grains(0.5) + grains(0.25))
    0.75
    """
    return count / PER_TONNE


def grains_by(frame: pd.DataFrame, keys: Sequence[str], value: str = "co2e_t") -> dict[Any, int]:
    """Exact sums of a column of tonnes by the distinct values of one or more columns.

    Missing keys count as ``""``. With one key the dictionary is keyed by its value, else by
    the tuple of values.

    Examples
    --------
    >>> frame = pd.DataFrame({"entity": ["A", "B", "A"], "co2e_t": [1.0, 2.0, 0.5]})
    >>> {k: tonnes(v) for k, v in grains_by(frame, ["entity"]).items()}
    {'A': 1.5, 'B': 2.0}
    """
    columns = [frame[name].astype(object).where(frame[name].notna(), "") for name in keys]
    codes, names = pd.factorize(pd.MultiIndex.from_arrays(columns), sort=False)
    sums = ExactSums(len(names))
    sums.add(codes, on_grid(frame[value].to_numpy(dtype=np.float64)))
    counts = [int(high) * _HIGH + int(low) for high, low in zip(sums.high, sums.low, strict=True)]
    labels = [name[0] for name in names] if len(keys) == 1 else list(names)
    return dict(zip(labels, counts, strict=True))


def grains_of(frame: pd.DataFrame, value: str = "co2e_t") -> int:
    """The exact sum of a column of tonnes.

    Examples
    --------
    >>> tonnes(grains_of(pd.DataFrame({"co2e_t": [0.5, 0.25]})))
    0.75
    """
    sums = ExactSums(1)
    sums.add(np.zeros(len(frame), dtype=np.intp), on_grid(frame[value].to_numpy(dtype=np.float64)))
    return int(sums.high[0]) * _HIGH + int(sums.low[0])
