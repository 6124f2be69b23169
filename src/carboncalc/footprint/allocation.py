"""Shares of a total by keys, adding up to the total exactly.

Conservation, symmetry and the largest-remainder rule hold to the last digit: shares are
taken on whole units (grains of 2⁻⁴⁵ t, or a decimal step when the report wants rounded
figures), the units left over go to the largest remainders, ties to the smaller id.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import isfinite

from carboncalc.errors import BoundaryError
from carboncalc.footprint.grains import PER_TONNE, grains, tonnes
from carboncalc.provenance import Frozen


class Allocation(Frozen):
    """Shares by recipient, and what was left with nobody.

    ``shares`` plus ``unallocated`` is ``total``: exactly when ``decimals`` is None (add them
    as ``exact_sum`` does), else ``unallocated`` is the rounding residual of the total.
    """

    total: float
    shares: dict[str, float]
    unallocated: float
    decimals: int | None = None


def allocate(total: float, keys: Mapping[str, float], *, decimals: int | None = None) -> Allocation:
    """A total shared out in proportion to keys.

    ``share_i = total × key_i / Σ key``, on whole units by largest remainder.

    Parameters
    ----------
    total
        Tonnes to be shared, of either sign.
    keys
        Recipient id → key (floor area, COD load, metered use, …), all ≥ 0 and in one unit.
    decimals
        Round the shares to so many decimals; their sum is then the rounded total (half up).

    Raises
    ------
    BoundaryError
        ``B-030`` if a key is negative or not a number, ``B-031`` if all keys are zero.

    Examples
    --------
    >>> allocate(100.0, {"A": 1, "B": 1, "C": 1}, decimals=2).shares
    {'A': 33.34, 'B': 33.33, 'C': 33.33}
    >>> allocate(9.0, {"A": 2.0, "B": 0.0, "C": 1.0}).shares
    {'A': 6.0, 'B': 0.0, 'C': 3.0}
    """
    if decimals is None:
        whole = grains(total)
        parts = share_units(whole, keys, step=_step(whole))
        shares = {name: tonnes(part) for name, part in parts.items()}
        left = whole - sum(parts.values())
        return Allocation(total=total, shares=shares, unallocated=tonnes(left))
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(total)).quantize(step, rounding=ROUND_HALF_UP)
    parts = share_units(int(rounded.scaleb(decimals)), keys)
    return Allocation(
        total=total,
        shares={name: float(Decimal(part) * step) for name, part in parts.items()},
        unallocated=float(Decimal(repr(total)) - rounded),
        decimals=decimals,
    )


def share_units(units: int, keys: Mapping[str, float], *, step: int = 1) -> dict[str, int]:
    """Whole units shared in proportion to keys, each share a multiple of ``step``.

    What does not fill a step stays out; with ``step=1`` the shares add up to ``units``.

    Examples
    --------
    >>> share_units(10, {"b": 1.0, "a": 1.0, "c": 1.0})
    {'b': 3, 'a': 4, 'c': 3}
    """
    exact = _fractions(keys)
    whole = sum(exact.values())
    sign = -1 if units < 0 else 1
    available = abs(units) // step
    shares: dict[str, int] = {}
    rests: list[tuple[Fraction, str]] = []
    for name, key in exact.items():
        ideal = available * key / whole
        shares[name] = int(ideal)
        rests.append((shares[name] - ideal, name))
    left = available - sum(shares.values())
    for _, name in sorted(rests)[:left]:
        shares[name] += 1
    return {name: sign * step * share for name, share in shares.items()}


def _fractions(keys: Mapping[str, float]) -> dict[str, Fraction]:
    for name, key in keys.items():
        if not (isfinite(key) and key >= 0):
            raise BoundaryError("B-030", entity=name, key=key)
    if not any(keys.values()):
        raise BoundaryError("B-031", entities=", ".join(sorted(keys)) or "-")
    return {name: Fraction(key) for name, key in keys.items()}


def _step(units: int) -> int:
    """The coarsest grain at which every share is a float64 and plain sums are exact."""
    return 1 << max(0, abs(units).bit_length() - 53)


def reconciliation_factor(main: float, sub_meters: float) -> Fraction:
    """RecF = main meter ÷ Σ sub-meters, the one factor that is disclosed for a resale of power.

    Source: Regulation (EU) 2025/2547, annex III, equations 41–42, used here for 转供电 too.

    Raises
    ------
    BoundaryError
        ``B-032`` if the sub-meters show nothing.

    Examples
    --------
    >>> float(reconciliation_factor(1020.0, 1000.0))
    1.02
    """
    if not sub_meters > 0:
        raise BoundaryError("B-032", main=main)
    return Fraction(main) / Fraction(sub_meters)


__all__ = ["PER_TONNE", "Allocation", "allocate", "reconciliation_factor", "share_units"]
