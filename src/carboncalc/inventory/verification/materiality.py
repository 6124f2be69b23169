"""The materiality level: what the verifier states, and what it means in tonnes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carboncalc.errors import CarbonCalcError


@dataclass(frozen=True, slots=True)
class Materiality:
    """A level as a share of the total, as tonnes of CO2e, or both (the smaller one holds).

    The level is the verifier's to set; the verification guide of 2021 (环办气候函〔2021〕130号)
    names none, and 5 % is only what is assumed when nothing is said.

    Examples
    --------
    >>> Materiality(share=0.05).threshold_t(20_000.0)
    1000.0
    >>> Materiality(share=0.05, absolute_t=500).threshold_t(20_000.0)
    500.0
    """

    share: float | None = 0.05
    absolute_t: float | None = None

    def __post_init__(self) -> None:
        for value, most in ((self.share, 1.0), (self.absolute_t, math.inf)):
            if value is not None and not (0 < value <= most and math.isfinite(value)):
                raise CarbonCalcError("V-106", value=value)
        if self.share is None and self.absolute_t is None:
            raise CarbonCalcError("V-106", value=None)

    def threshold_t(self, total_t: float | None) -> float | None:
        """The level in t CO2e; None where a share is given of a total that there is not."""
        found = [] if self.absolute_t is None else [float(self.absolute_t)]
        if self.share is not None and total_t is not None and total_t != 0:
            found.append(self.share * abs(total_t))
        return min(found) if found else None


def materiality_of(given: Any) -> Materiality:
    """A level from what a caller writes: a share, a mapping, or a :class:`Materiality`.

    Raises
    ------
    CarbonCalcError
        ``V-106`` if it is not a share between 0 and 1 nor a positive amount.

    Examples
    --------
    >>> materiality_of(0.02), materiality_of({"share": None, "absolute_t": 1000}).absolute_t
    (Materiality(share=0.02, absolute_t=None), 1000)
    """
    if isinstance(given, Materiality):
        return given
    try:
        if isinstance(given, Mapping):
            return Materiality(**given)
        return Materiality(share=float(given))
    except (TypeError, ValueError):
        raise CarbonCalcError("V-106", value=given) from None
