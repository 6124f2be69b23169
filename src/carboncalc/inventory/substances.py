"""Gases, blends and their warming potentials, as the lines need them."""

from __future__ import annotations

from carboncalc.factors.gwp import blend_components
from carboncalc.factors.library import FactorLibrary


def gas_shares(library: FactorLibrary, substance: str) -> tuple[tuple[str, float | None], ...]:
    """The gases of a substance with their mass share; a pure gas has the share None.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> gas_shares(FactorLibrary.default(), "R-410A")
    (('HFC-32', 0.5), ('HFC-125', 0.5))
    >>> gas_shares(FactorLibrary.default(), "CO2")
    (('CO2', None),)
    """
    components = blend_components(substance, library)
    if len(components) == 1:
        return ((next(iter(components)), None),)
    return tuple(components.items())
