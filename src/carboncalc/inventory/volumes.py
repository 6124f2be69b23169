"""How an amount reaches the unit of its equation: unit change, gas reference, density.

A gas invoice is in cubic metres at 20 °C, the guidelines want 0 °C: the factor is 0.93178,
and many reports enter the invoice figure as it is. So a plain cubic metre of gas is
refused until its reference is declared, and the declaration is shown in every report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from carboncalc import units
from carboncalc.errors import CarbonCalcError
from carboncalc.factors.library import FactorLibrary
from carboncalc.methods.route import MethodSource
from carboncalc.vocabulary.items import record

#: 20 °C to 0 °C at 101.325 kPa: the factor row that holds 0.93178.
GAS_REFERENCE_FACTOR = "gas-reference/natural_gas/20C/volume_ratio@1"

#: Units whose name alone does not say what to fill in.
_SHOWN = {
    "vkm": "vkm (车·km, vehicle-km)", "tkm": "tkm (t·km)", "pkm": "pkm (人·km, passenger-km)",
}  # fmt: skip

#: Sources whose items say what becomes of a recovered gas, not which gas it is.
RECOVERED = frozenset({"co2_recovery", "ch4_recovery"})

_VOLUME = "m3"
_DENSITY_UNIT = "t/m3"


@dataclass(frozen=True, slots=True)
class AmountScale:
    """``amount × multiply ÷ divide`` (× the row's density in t/m3) is the amount in ``unit``."""

    unit: str
    multiply: float = 1.0
    divide: float = 1.0
    needs_density: bool = False
    gas_reference: str | None = None
    factor_id: str | None = None

    def to(self, unit: str) -> AmountScale:
        """The same amount in another unit of the same dimension."""
        multiply, divide = units.conversion(self.unit, unit)
        if self.multiply == 1.0 and self.divide == 1.0:
            return replace(self, unit=unit, multiply=multiply, divide=divide)
        return replace(
            self, unit=unit, multiply=self.multiply * multiply, divide=self.divide * divide
        )


def amount_scale(
    source: MethodSource,
    item: str,
    unit: str,
    reference: str,
    library: FactorLibrary,
    method: str = "",
) -> AmountScale:
    """How amounts in ``unit`` enter the source's equations.

    Raises
    ------
    CarbonCalcError
        ``I-018`` if no equation of the source takes such a unit, ``I-054`` where that unit is
        t CO2e, ``I-021`` for a volume of gas without a declared reference.
    """
    accepted = accepted_units(source, item)
    dimension = units.dimension(unit)
    if any(units.dimension(wanted) == dimension for wanted in accepted):
        start = AmountScale(unit)
        return start.to(next(w for w in accepted if units.dimension(w) == dimension))
    takes_gas = next((w for w in accepted if units.same_dimension(w, "Nm3")), None)
    takes_mass = next((w for w in accepted if units.same_dimension(w, "t")), None)
    if takes_gas and units.same_dimension(unit, "Sm3"):
        return _from_20c(AmountScale(unit).to("Sm3"), library).to(takes_gas)
    if units.same_dimension(unit, _VOLUME):
        if takes_gas and (record(item).state == "gas" or source.id in RECOVERED):
            if reference == "none":
                raise CarbonCalcError("I-021", unit=unit, item=item, column="gas_reference")
            start = AmountScale(unit).to(_VOLUME)
            if reference == "20C":
                return _from_20c(start, library).to(takes_gas)
            return replace(start, unit="Nm3", gas_reference=reference).to(takes_gas)
        if takes_mass:
            start = AmountScale(unit).to(_VOLUME)
            return replace(start, unit="t", needs_density=True).to(takes_mass)
    if units.same_dimension(unit, "t CO2e"):
        raise CarbonCalcError(
            "I-054", unit=unit, source=source.id, method=method, accepted=", ".join(accepted),
            column="unit",
        )  # fmt: skip
    raise CarbonCalcError(
        "I-018", unit=unit, item=item, source=source.id, column="unit",
        accepted=", ".join(_SHOWN.get(name, name) for name in accepted),
    )  # fmt: skip


def accepted_units(source: MethodSource, item: str) -> list[str]:
    """The units of amount that the source's routes for an item start from."""
    found: dict[str, None] = {}
    for route in source.routes:
        if route.items is None or item in route.items:
            found.update(dict.fromkeys(route.inputs["amount"].units))
    return list(found)


def _from_20c(start: AmountScale, library: FactorLibrary) -> AmountScale:
    factor = library.by_id(GAS_REFERENCE_FACTOR)
    return replace(
        start,
        unit="Nm3",
        multiply=start.multiply * float(factor.value),
        gas_reference="20C",
        factor_id=GAS_REFERENCE_FACTOR,
    )
