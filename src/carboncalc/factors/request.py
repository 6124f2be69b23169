"""What is asked of the library, and what a table of answers looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RegionRule = Literal["none", "ladder", "nation", "exact"]
YearRule = Literal["none", "data_year"]

#: Kinds of electricity factor. They answer different questions and never stand in for each other.
GRID_KINDS = (
    "average",
    "average_excl_market_nonfossil",
    "fossil",
    "cets_national",
    "product_footprint",
    "baseline_om",
    "baseline_bm",
)

# Bits of ``Matched.fallback``.
REGION_STANDS_IN = 1
YEAR_STANDS_IN = 2

# Codes of ``Matched.hole``.
FOUND = 0
NO_FACTOR = 1
GRADE_REFUSED = 2
REGION_NEEDS_FALLBACK = 3
YEAR_NEEDS_FALLBACK = 4


@dataclass(frozen=True, slots=True)
class FactorRequest:
    """One constant that a method asks for, before regions and years are known.

    ``region_rule``: ``none`` (the constant knows no region), ``ladder`` (province, wider only
    by policy), ``nation``, or ``exact``. ``year_rule``: ``data_year`` where the constant is
    published year by year. ``unit``: take only rows per that unit (``L``), where a document
    gives one thing per litre, per tonne and per kWh; such rows have a technology ``per_…``.

    Examples
    --------
    >>> FactorRequest("mee_power_2021", "diesel", "net_calorific_value").region_rule
    'none'
    """

    set: str
    item: str
    parameter: str
    technology: str | None = None
    gas: str | None = None
    region_rule: RegionRule = "none"
    year_rule: YearRule = "none"
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """The answers over regions (rows) × years (columns).

    ``value`` is NaN and ``row`` is -1 in a hole; ``hole`` says why (1 no factor, 2 grade
    refused, 3 the region needs a fallback, 4 the year needs one); ``fallback`` has bit 1 where
    a wider region stands in and bit 2 where an earlier year does.
    """

    value: NDArray[np.float64]
    row: NDArray[np.int32]
    fallback: NDArray[np.int8]
    hole: NDArray[np.int8]
