"""The indicators of a zero-carbon park, each with value, threshold, band and status.

Statuses: pass, fail, not_defined (no threshold is published, below 200,000 tce),
not_applicable (with the park's reason; guiding indicators only), missing_data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field

from carboncalc.errors import BoundaryError
from carboncalc.provenance import Frozen

Status = Literal["pass", "fail", "not_defined", "not_applicable", "missing_data"]


class Indicator(Frozen):
    """One indicator as it stands for the park.

    ``formula_grade`` is the evidence of the formula: the annex prints none for the guiding
    indicators, so theirs is D.
    """

    id: str
    type: str
    name: dict[str, str]
    value: float | None
    unit: str
    threshold: float | None
    band: str | None = None
    status: Status
    reason: str | None = None
    formula: dict[str, str] = Field(default_factory=dict)
    formula_grade: str = "B"


def core_indicator(rules: Mapping[str, Any], value: float | None, consumption: float) -> Indicator:
    """Z0: CO2 per unit of energy against the limit of the park's band.

    Parameters
    ----------
    value
        c in t CO2/tce; None if the park consumes nothing.
    consumption
        W in 10^4 tce. A band holds its lower bound: exactly 100 belongs to the upper one.

    Examples
    --------
    >>> from carboncalc.footprint.profiles import load_profile
    >>> rules = load_profile("ndrc910")
    >>> [core_indicator(rules, 0.25, w).status for w in (19.99, 20.0, 99.99, 100.0)]
    ['not_defined', 'fail', 'fail', 'pass']
    """
    entry = rules["indicators"]["Z0"]
    band = next(
        band
        for band in rules["bands"]
        if (band["from"] is None or consumption >= band["from"])
        and (band["to"] is None or consumption < band["to"])
    )
    limit = band["limit"]
    status: Status
    if limit is None:
        status = "not_defined"
    elif value is None:
        status = "missing_data"
    else:
        status = "pass" if value <= limit else "fail"
    low = "" if band["from"] is None else f"[{band['from']}, "
    high = "∞)" if band["to"] is None else f"{band['to']})"
    return Indicator(
        id="Z0",
        type=entry["type"],
        name=entry["name"],
        value=value,
        unit=entry["unit"],
        threshold=limit,
        band=(low or "(0, ") + high + " 10^4 tce",
        status=status,
    )


def guiding_indicators(
    rules: Mapping[str, Any],
    clean_share: float | None,
    facts: Mapping[str, Any],
    not_applicable: Mapping[str, str],
) -> tuple[Indicator, ...]:
    """Z1–Z5: acceptance references, which a park may declare not applicable with a reason.

    Parameters
    ----------
    facts
        ``Z2`` product → whether it is at level 2 or better; ``Z3`` generated, used,
        past_stock_used (t); ``Z4`` a list of recovered, recoverable (GJ); ``Z5`` reused,
        fresh (m3).

    Raises
    ------
    BoundaryError
        ``B-095`` for an indicator that is not known or cannot be declared not applicable,
        ``B-096`` for facts that make no share.

    Examples
    --------
    >>> from carboncalc.footprint.profiles import load_profile
    >>> found = guiding_indicators(load_profile("ndrc910"), 0.95,
    ...     {"Z5": {"reused": 900, "fresh": 100}}, {"Z4": "no waste heat in the park"})
    >>> [i.status for i in found]
    ['pass', 'missing_data', 'missing_data', 'not_applicable', 'pass']
    """
    known = [name for name, entry in rules["indicators"].items() if entry["type"] == "guiding"]
    for name in (*facts, *not_applicable):
        if name not in known or (name in not_applicable and not not_applicable[name].strip()):
            raise BoundaryError("B-095", indicator=name, indicators=", ".join(known))
    values = {
        "Z1": clean_share,
        "Z2": _products(facts.get("Z2")),
        "Z3": _waste(facts.get("Z3")),
        "Z4": _recovery(facts.get("Z4")),
        "Z5": _water(facts.get("Z5")),
    }
    return tuple(
        _guiding(name, rules["indicators"][name], values[name], not_applicable.get(name))
        for name in known
    )


def _guiding(
    name: str, entry: Mapping[str, Any], value: float | None, reason: str | None
) -> Indicator:
    status: Status
    if reason is not None:
        status = "not_applicable"
    elif value is None:
        status = "missing_data"
    else:
        status = "pass" if value >= entry["at_least"] else "fail"
    formula = entry["formula"]
    return Indicator(
        id=name,
        type=entry["type"],
        name=entry["name"],
        value=value,
        unit=entry["unit"],
        threshold=entry["at_least"],
        status=status,
        reason=reason,
        formula={"zh": formula["zh"], "en": formula["en"]},
        formula_grade=formula["grade"],
    )


def _products(given: Mapping[str, bool] | None) -> float | None:
    if not given:
        return None
    return sum(bool(level) for level in given.values()) / len(given)


def _waste(given: Mapping[str, float] | None) -> float | None:
    if not given:
        return None
    past = given.get("past_stock_used", 0.0)
    return _share("Z3", given.get("used", math.nan) + past, given.get("generated", math.nan) + past)


def _recovery(given: Iterable[Mapping[str, float]] | None) -> float | None:
    kinds = list(given or ())
    if not kinds:
        return None
    recovered = math.fsum(kind.get("recovered", math.nan) for kind in kinds)
    return _share("Z4", recovered, math.fsum(k.get("recoverable", math.nan) for k in kinds))


def _water(given: Mapping[str, float] | None) -> float | None:
    if not given:
        return None
    reused = given.get("reused", math.nan)
    return _share("Z5", reused, reused + given.get("fresh", math.nan))


def _share(name: str, part: float, whole: float) -> float:
    if not (whole > 0 and 0 <= part <= whole):  # also false for what was not given
        raise BoundaryError("B-096", indicator=name, part=part, whole=whole)
    return part / whole
