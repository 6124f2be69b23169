"""The dictionary of parameters: their names, the units they come in, and plausible ranges."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass

from carboncalc import resources, units


@dataclass(frozen=True, slots=True)
class ParameterRange:
    """One parameter in one unit: between ``low`` and ``high`` a value is plausible.

    The ranges hold every published row with room to spare; they catch a slip of units or of
    the decimal point, they do not judge a measurement.
    """

    parameter: str
    zh: str
    en: str
    unit: str
    low: float
    high: float
    aliases: tuple[str, ...]


@functools.cache
def parameters() -> dict[str, tuple[ParameterRange, ...]]:
    """Every parameter with its ranges, one per dimension.

    Examples
    --------
    >>> [r.unit for r in parameters()["carbon_content"]]
    ['t C/GJ', 't C/t', 't C/10^4 Nm3']
    """
    path = resources.emission_factors() / "vocabulary" / "parameters.csv"
    found: dict[str, list[ParameterRange]] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for r in csv.DictReader(handle):
            aliases = tuple(filter(None, r["aliases"].split(";")))
            entry = ParameterRange(
                r["parameter"],
                r["zh"],
                r["en"],
                r["unit"],
                float(r["low"]),
                float(r["high"]),
                aliases,
            )
            found.setdefault(entry.parameter, []).append(entry)
    return {name: tuple(entries) for name, entries in found.items()}


def range_for(parameter: str, unit: str) -> ParameterRange | None:
    """The range of a parameter in the dimension of a unit; None where it does not come in it.

    A GWP may be in kg CO2e per kg of any gas.

    Examples
    --------
    >>> range_for("carbon_content", "tC/m2") is None
    True
    """
    if parameter == "gwp":
        return parameters()["gwp"][0]
    wanted = units.dimension(unit)
    entries = parameters().get(parameter, ())
    return next((e for e in entries if units.dimension(e.unit) == wanted), None)


def times_off(parameter: str, value: float, unit: str) -> float:
    """How many times a value lies outside its range: 1 inside, 1000 for a slip of kilo.

    Examples
    --------
    >>> times_off("average", 0.4211, "t CO2/MWh"), round(times_off("average", 421.1, "t CO2/MWh"))
    (1.0, 211)
    """
    found = range_for(parameter, unit)
    if found is None or value == 0:
        return 1.0
    scaled = value * (1.0 if parameter == "gwp" else units.scale(unit, found.unit))
    if scaled > found.high > 0:
        return scaled / found.high
    if 0 <= scaled < found.low:
        return found.low / scaled
    return 1.0 if scaled >= 0 else float("inf")
