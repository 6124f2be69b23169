"""How uncertain a factor is: its own interval, or the default of its class with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carboncalc.model.factor import Uncertainty

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary

_DEFAULTS = "uncertainty_defaults"
_IPCC = "ipcc_2006"

#: Parameters of fuels whose interval may be taken from the same fuel in the IPCC tables.
_OF_FUELS = ("net_calorific_value", "carbon_content")

#: Parameter or set → class of defaults.
_CLASSES = {
    "methane_producing_capacity": "methane_producing_capacity",
    "gwp": "gwp",
    "annual_leakage": "refrigerant_leakage",
    "installation_leakage": "refrigerant_leakage",
    "filling_leakage": "refrigerant_leakage",
    "average": "electricity",
    "average_excl_market_nonfossil": "electricity",
    "fossil": "electricity",
    "cets_national": "electricity",
    "product_footprint": "electricity",
}


def parse_uncertainty(text: str | None, distribution: str | None) -> Uncertainty | None:
    """Return the 95 % interval written in a row: ``5`` (± 5 %) or ``50;150`` (− 50, + 150 %).

    Examples
    --------
    >>> parse_uncertainty("50;150", "lognormal").above
    150.0
    """
    if not text:
        return None
    below, _, above = text.partition(";")
    return Uncertainty.model_validate(
        {
            "below": float(below),
            "above": float(above or below),
            "distribution": distribution or "normal",
        }
    )


def uncertainty_of(library: FactorLibrary, row: int) -> Uncertainty | None:
    """The 95 % interval of a row, in percent of its value, with the document it comes from.

    First the row's own; else, for heating value and carbon content, that of the same fuel in
    IPCC 2006 V2 tables 1.2 and 1.3; else the default of its class; None where no source gives
    one (oxidation factors, exact ratios, defined constants).

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> library = FactorLibrary.default()
    >>> found = uncertainty_of(library, library.index_of("mee_power_2021/diesel/carbon_content@1"))
    >>> found.below, found.above, found.source
    (2.0, 1.0, 'ipcc-2006-v2-ch1')
    """
    own = _cited(library, row)
    if own is not None:
        return own
    parameter, item = library.cell(row, "parameter"), library.cell(row, "item")
    if parameter in _OF_FUELS:
        for twin in library.rows_for(_IPCC, item, parameter):
            return _cited(library, twin)
        return _default(library, "fuel_co2")
    return _default(library, _class_of(library, row))


def activity_default(library: FactorLibrary, sector: str) -> Uncertainty | None:
    """The default interval of metered activity data in a sector (IPCC 2006 V2 table 2.15).

    ``sector`` is power_and_heat, energy_intensive_industry, other_industry or
    commercial_and_residential.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> activity_default(FactorLibrary.default(), "other_industry").above
    5.0
    """
    return _default(library, f"activity_{sector}")


def _class_of(library: FactorLibrary, row: int) -> str:
    parameter, gas, unit = (
        library.cell(row, "parameter"),
        library.cell(row, "gas"),
        library.units[row],
    )
    if parameter in _CLASSES:
        return _CLASSES[parameter]
    if parameter not in ("emission_factor", "co2e_part", "distance_emission_factor"):
        return ""
    if gas in ("CH4", "N2O"):
        return f"combustion_{gas.lower()}"
    if any(unit.endswith(per) for per in ("tkm", "pkm", "km", "mile")):
        return "transport"
    if "CNY" in unit:
        return "spend"
    if library.cell(row, "item").endswith("CO3") or library.cell(row, "item") == "dolomite":
        return "carbonate"
    if library.cell(row, "item") == "electricity":
        return "electricity" if library.values[row] else ""
    return "fuel_co2" if gas == "CO2" else ""


def _default(library: FactorLibrary, name: str) -> Uncertainty | None:
    for row in library.rows_for(_DEFAULTS, name, "half_width") if name else ():
        return _cited(library, row)
    return None


def _cited(library: FactorLibrary, row: int) -> Uncertainty | None:
    found = parse_uncertainty(library.cell(row, "uncertainty"), library.cell(row, "distribution"))
    if found is None:
        return None
    place = {"source": library.sources[row], "where": library.wheres[row]}
    return found.model_copy(update=place)
