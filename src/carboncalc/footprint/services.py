"""What a shared plant's emissions are for: a carrier it supplies, or a service to be allocated.

A line belongs to the service its ``process`` names; else to the one carrier the plant
supplies (fuel and bought energy only: the shuttle bus of a heat station is not in the heat);
else to the one service the entity file declares; else to ``other``.
"""

from __future__ import annotations

from collections.abc import Collection

from carboncalc.errors import BoundaryError
from carboncalc.footprint.members import Member

#: The service of what belongs to no carrier and no declared service.
OTHER = "other"
#: The service of the credit that a document gives for energy supplied across the boundary.
EXPORTED = "exported"
#: What was emitted for energy supplied across the boundary: borne by nobody inside.
SUPPLIED_OUTSIDE = "supplied_outside"
#: The key in the entity file for services that are shared out by sub-meter.
METERED = "metered"

_ENERGY_CATEGORIES = frozenset({"stationary", "electricity", "heat"})


def service_of(
    member: Member, sold: Collection[str], *, process: str = "", category: str = "", item: str = ""
) -> str:
    """The service that a line, or a bought carrier, of a shared plant belongs to.

    Parameters
    ----------
    sold
        The carriers the plant supplies to others.
    item
        The carrier of a line of purchased energy; other items decide nothing.

    Raises
    ------
    BoundaryError
        ``B-053`` if the plant supplies several carriers and nothing says which one the
        emission is for (a combined heat and power plant: its split is not held yet).

    Examples
    --------
    >>> station = Member("S", "Heat station", kind="shared")
    >>> service_of(station, {"heat"}, category="stationary", item="natural_gas")
    'heat'
    >>> service_of(station, {"heat"}, category="mobile", item="diesel")
    'other'
    """
    if process and (process in member.allocation or process in sold):
        return process
    if category not in _ENERGY_CATEGORIES:
        return OTHER
    if len(sold) == 1:
        return next(iter(sold))
    if not sold:
        declared = [name for name in member.services if name != OTHER]
        return declared[0] if len(declared) == 1 else OTHER
    if item in sold:
        return item
    raise BoundaryError("B-053", entity=member.id, item=item, carriers=", ".join(sorted(sold)))
