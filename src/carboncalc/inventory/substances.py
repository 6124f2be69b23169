"""Gases, blends and their warming potentials, as the lines need them."""

from __future__ import annotations

import functools

from carboncalc.errors import ActivityDataError, FactorNotFoundError
from carboncalc.factors.gwp import blend_components
from carboncalc.factors.library import FactorLibrary
from carboncalc.vocabulary.items import record

#: The groups of gases that the GHG Protocol, ISO 14064-1 and the guidelines count.
SEVEN = frozenset({"CO2", "CO2e", "CH4", "N2O", "HFC", "PFC", "SF6", "NF3", "blend"})

#: The memo account of all other gases, such as HCFC-22.
OTHER_GASES = "other_gases"


@functools.lru_cache(maxsize=1024)
def outside_the_seven(gas: str) -> bool:
    """Whether a gas is none of the seven: it is reported apart from the scopes.

    Corporate Standard, chapter 4 (gases that the Kyoto Protocol does not cover).

    Examples
    --------
    >>> outside_the_seven("HCFC-22"), outside_the_seven("HFC-32"), outside_the_seven("CO2_biogenic")
    (True, False, False)
    """
    try:
        group = record(gas).group
    except ActivityDataError:
        return False
    return bool(group) and group not in SEVEN


def gas_shares(library: FactorLibrary, substance: str) -> tuple[tuple[str, float | None], ...]:
    """The gases of a substance with their mass share; a pure gas has the share None.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> gas_shares(FactorLibrary.default(), "R-410A")
    (('HFC-32', 0.5), ('HFC-125', 0.5))
    >>> gas_shares(FactorLibrary.default(), "CO2")
    (('CO2', None),)

    What is neither a blend nor a gas of any set is itself; that it has no potential is then said
    of the row (I-022).
    """
    try:
        components = blend_components(substance, library)
    except FactorNotFoundError:
        return ((substance, None),)
    if len(components) == 1:
        return ((next(iter(components)), None),)
    return tuple(components.items())
