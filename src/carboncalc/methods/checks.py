"""What a plant's own values may be: physical limits, distance from the default, companions.

The limits are bounds of plausibility with their reason, not defaults: no figure is ever
made from one. A value outside is refused with the reason; a value five times off its
default stands and is said.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carboncalc.errors import ActivityDataError
from carboncalc.methods.files import data_folder
from carboncalc.methods.route import Method
from carboncalc.model.method import Input
from carboncalc.vocabulary import items

#: A value this many times its default, or one part in this many, is most often a slip of unit.
FAR_OFF = 5.0


@dataclass(frozen=True, slots=True)
class Limit:
    """The span that a parameter can lie in, in a unit, and why.

    Examples
    --------
    >>> limit_of("oxidation_factor", "1", "diesel").high
    1.0
    """

    parameter: str
    unit: str
    item: str
    low: float
    high: float
    reason: dict[str, str]

    def outside(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Where values lie outside; ``nan`` does not."""
        x = np.asarray(values, dtype=np.float64)
        low, high = self.span
        result: NDArray[np.bool_] = (x < low) | (x > high)
        return result

    @property
    def span(self) -> tuple[float, float]:
        """The limits, a hair's breadth wider for values divided by 100 on the way here."""
        slack = 1e-12 * max(abs(bound) for bound in (self.low, self.high, 0.0) if isfinite(bound))
        return self.low - slack, self.high + slack


def limit_of(parameter: str, unit: str, item: str, wanted: Input | None = None) -> Limit | None:
    """The limit for a parameter in its declared unit: the item's, its kind's, or anyone's.

    Parameters
    ----------
    parameter, unit
        Name and declared unit of the input.
    item
        Item id of the row.
    wanted
        The input, whose ``bounds`` serve where no limit is written.

    Returns
    -------
    Limit or None
        ``None`` where nothing is known about the parameter.

    Examples
    --------
    >>> limit_of("carbon_storage_factor", "t CO2/t", "crude_steel").reason["en"]
    'crude steel holds at most 0.6 % carbon'
    >>> limit_of("carbon_content", "t C/t", "lng").high
    0.76
    """
    table = _limits()
    for key in (item, f"kind:{_kind(item)}", ""):
        found = table.get((parameter, unit, key))
        if found is not None:
            return found
    if wanted is not None and wanted.bounds == "fraction":
        reason = {"zh": "比例须在 0 与 100 % 之间", "en": "a share lies between 0 and 100 %"}
        return Limit(parameter, unit, "", 0.0, 1.0, reason)
    if wanted is not None and wanted.bounds == "positive":
        reason = {"zh": "须大于等于 0", "en": "it is 0 or more"}
        return Limit(parameter, unit, "", 0.0, float("inf"), reason)
    return None


def _kind(item: str) -> str:
    try:
        return items.record(item).kind
    except ActivityDataError:
        return ""


@functools.cache
def _limits() -> dict[tuple[str, str, str], Limit]:
    with (data_folder() / "limits.csv").open(encoding="utf-8", newline="") as handle:
        return {
            (row["parameter"], row["unit"], row["item"]): Limit(
                row["parameter"],
                row["unit"],
                row["item"],
                float(row["low"]),
                float(row["high"]),
                {"zh": row["zh"], "en": row["en"]},
            )
            for row in csv.DictReader(handle)
        }


def far_off(values: ArrayLike, defaults: ArrayLike) -> NDArray[np.bool_]:
    """Where a value is :data:`FAR_OFF` times its default or more, or as much less.

    Examples
    --------
    >>> far_off([0.0202, 0.202, 20.2], 0.0202).tolist()
    [False, True, True]
    """
    x, y = np.broadcast_arrays(
        np.asarray(values, dtype=np.float64), np.asarray(defaults, dtype=np.float64)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x / y
    result: NDArray[np.bool_] = (x > 0) & (y > 0) & ((ratio >= FAR_OFF) | (ratio <= 1 / FAR_OFF))
    return result


def lacking_companions(method: Method, present: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Sources that are there without one they need: (source, the one that is missing).

    Examples
    --------
    >>> from carboncalc.methods.catalogue import load_method
    >>> list(lacking_companions(load_method("chemical"), ["product_carbon"]))
    [('product_carbon', 'raw_material_carbon')]
    """
    there = set(present)
    for source_id in sorted(there & set(method.sources)):
        for needed in method.sources[source_id].requires:
            if needed not in there:
                yield source_id, needed
