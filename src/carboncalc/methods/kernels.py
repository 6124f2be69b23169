"""What arithmetic cannot say: pure vectorised functions, each with its clause.

A kernel takes plain float64 values in its declared units and gives float64. Where its
inputs are outside its domain it gives ``nan``, which the inventory reports with the kernel's
own ``domain_code``; it never clips and never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carboncalc.errors import MethodError
from carboncalc.methods import steam

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kernel:
    """A kernel as a step of a route: which function, on which names, in which units.

    Examples
    --------
    >>> kernel = kernel_step("coal_as_received_from_air_dried",
    ...                      ("carbon_content", "moisture_received", "moisture_air_dried"))
    >>> values = {"carbon_content": 0.6, "moisture_received": 0.10, "moisture_air_dried": 0.02}
    >>> round(float(kernel.evaluate(values)), 6)
    0.55102
    """

    id: str
    names: tuple[str, ...]
    input_units: tuple[str, ...]
    unit: str
    function: Callable[..., Any]
    clause: str
    domain_code: str = "M-016"

    @property
    def text(self) -> str:
        """How the step is written in a trace: the kernel's name and its arguments."""
        return f"{self.id}({', '.join(self.names)})"

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The kernel's value for the named values."""
        return self.function(*(values[name] for name in self.names))

    def linear_in(self, name: str) -> bool:
        """Kernels never take the amount."""
        return False


def kernel_step(kernel_id: str, names: tuple[str, ...]) -> Kernel:
    """The kernel of that id bound to the names of a route.

    Raises
    ------
    MethodError
        M-007 when there is no such kernel or the number of names is wrong.
    """
    found = KERNELS.get(kernel_id)
    if found is None:
        raise MethodError("M-007", file="kernels", detail=f"no kernel '{kernel_id}'")
    units, unit, function, clause, domain_code = found
    if len(names) != len(units):
        raise MethodError("M-007", file="kernels", detail=f"{kernel_id} takes {len(units)} inputs")
    return Kernel(kernel_id, names, units, unit, function, clause, domain_code)


def coal_as_received_from_air_dried(
    carbon: ArrayLike, moisture_received: ArrayLike, moisture_air_dried: ArrayLike
) -> Floats:
    """Carbon of coal as received, tC/t: Cad × (1 − Mar) / (1 − Mad), moistures as fractions.

    ``nan`` where a moisture is outside [0, 1) or the coal as received holds less water than
    when air-dried.

    Examples
    --------
    >>> float(coal_as_received_from_air_dried(0.5, 0.0, 0.0))
    0.5
    """
    c, total, inherent = _floats(carbon, moisture_received, moisture_air_dried)
    good = (total >= 0) & (total < 1) & (inherent >= 0) & (inherent <= total)
    return _where(good, lambda: c * (1.0 - total) / (1.0 - inherent))


def coal_as_received_from_dry(carbon: ArrayLike, moisture_received: ArrayLike) -> Floats:
    """Carbon of coal as received, tC/t: Cd × (1 − Mar), the moisture as a fraction.

    Examples
    --------
    >>> float(coal_as_received_from_dry(0.5, 0.25))
    0.375
    """
    c, total = _floats(carbon, moisture_received)
    return _where((total >= 0) & (total < 1), lambda: c * (1.0 - total))


def hot_water_heat(
    temperature: ArrayLike, reference_temperature: ArrayLike, specific_heat: ArrayLike
) -> Floats:
    """Heat of hot water above the reference, kJ/kg: (T − 20) × 4.1868 with the printed rows.

    ``nan`` where the water is colder than the reference or above its critical point (374 °C).

    Examples
    --------
    >>> float(hot_water_heat(70.0, 20.0, 4.0))
    200.0
    """
    t, base, heat = _floats(temperature, reference_temperature, specific_heat)
    return _where((t >= base) & (t <= 374.0), lambda: (t - base) * heat)


def co2_share_of_shielding_gas(
    co2: ArrayLike,
    argon: ArrayLike,
    oxygen: ArrayLike,
    helium: ArrayLike,
    nitrogen: ArrayLike,
    mass_co2: ArrayLike,
    mass_argon: ArrayLike,
    mass_oxygen: ArrayLike,
    mass_helium: ArrayLike,
    mass_nitrogen: ArrayLike,
) -> Floats:
    """Mass fraction of CO2 in a gas mixture given by volume: P·44 / Σ Pj·Mj.

    The shares are fractions by volume, the masses g/mol. ``nan`` where a share is negative
    or the shares do not add up to 1 within 0.5 %: a component was left out.

    Examples
    --------
    >>> round(float(co2_share_of_shielding_gas(0.2, 0.8, 0, 0, 0, 44, 40, 32, 4, 28)), 4)
    0.2157
    """
    parts = _floats(
        co2, argon, oxygen, helium, nitrogen,
        mass_co2, mass_argon, mass_oxygen, mass_helium, mass_nitrogen,
    )  # fmt: skip
    shares, masses = parts[:5], parts[5:]
    # written out term by term: the order of additions is part of the result
    whole, mass = shares[0], shares[0] * masses[0]
    good = shares[0] >= 0
    for share, molar_mass in zip(shares[1:], masses[1:], strict=True):
        whole = whole + share
        mass = mass + share * molar_mass
        good = good & (share >= 0)
    good = good & (np.abs(whole - 1.0) <= 0.005)
    return _where(good, lambda: shares[0] * masses[0] / mass)


def by_product_matrix(
    consumed: ArrayLike, rates: ArrayLike, heel: ArrayLike, abated: ArrayLike
) -> Floats:
    """By-products of etching and cleaning, t: (1 − h) · Bij · FCi · (1 − aj·dj).

    Parameters
    ----------
    consumed
        Feed gas used, t, one per feed gas.
    rates
        By-product formed per feed gas, t/t: feed gases × by-products.
    heel
        Share of the feed left in the container.
    abated
        Collection × destruction of each by-product: its own, not that of the feed gas.

    Examples
    --------
    >>> by_product_matrix([1.0], [[0.09]], 0.1, [0.81]).round(5).tolist()
    [[0.01539]]
    """
    used = np.asarray(consumed, dtype=np.float64)[:, None]
    formed = (1.0 - np.asarray(heel, dtype=np.float64)) * np.asarray(rates) * used
    result: Floats = formed * (1.0 - np.asarray(abated, dtype=np.float64)[None, :])
    return result


def biomass_heat_share(
    output_heat: ArrayLike, efficiency: ArrayLike, fossil_heat: ArrayLike
) -> Floats:
    """Share of biomass in a boiler's heat input: (Q − Qfossil) / Q with Q = output / efficiency.

    Heats in GJ, the efficiency a fraction. ``nan`` where the efficiency is not within (0, 1]
    or the fossil heat exceeds the input.

    Examples
    --------
    >>> round(float(biomass_heat_share(900.0, 0.9, 850.0)), 6)
    0.15
    """
    output, eta, fossil = _floats(output_heat, efficiency, fossil_heat)
    with np.errstate(all="ignore"):
        total = output / eta
    good = (eta > 0) & (eta <= 1) & (fossil >= 0) & (fossil <= total)
    return _where(good, lambda: (total - fossil) / total)


def _floats(*values: ArrayLike) -> list[Floats]:
    arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values))
    return list(arrays)


def _where(good: NDArray[np.bool_], compute: Callable[[], Floats]) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(good, compute(), np.nan)


_STEAM = "环办气候〔2021〕9号 附件2, 公式(A.9); enthalpies from CoolProp"
_COAL = "环办气候〔2021〕9号 附件2, 6.2.3.3"

#: id → (units of the inputs, unit of the value, function, clause, message of its domain)
KERNELS: dict[str, tuple[tuple[str, ...], str, Callable[..., Any], str, str]] = {
    "coal_as_received_from_air_dried": (
        ("t C/t", "1", "1"), "t C/t", coal_as_received_from_air_dried, _COAL, "M-025",
    ),
    "coal_as_received_from_dry": (
        ("t C/t", "1"), "t C/t", coal_as_received_from_dry, _COAL, "M-025",
    ),
    "co2_share_of_shielding_gas": (
        ("1",) * 5 + ("g/mol",) * 5, "1", co2_share_of_shielding_gas,
        "发改办气候〔2015〕1722号 机械设备制造, 二氧化碳气体保护焊", "M-026",
    ),
    "saturated_steam": (("MPa",), "kJ/kg", steam.saturated_steam_enthalpy, _STEAM, "M-024"),
    "saturated_steam_gauge": (
        ("MPa",), "kJ/kg", steam.saturated_steam_enthalpy_gauge, _STEAM, "M-024",
    ),
    "superheated_steam": (("MPa", "degC"), "kJ/kg", steam.steam_enthalpy, _STEAM, "M-024"),
    "superheated_steam_gauge": (
        ("MPa", "degC"), "kJ/kg", steam.steam_enthalpy_gauge, _STEAM, "M-024",
    ),
    "hot_water_heat": (
        ("degC", "degC", "kJ/kg/K"), "kJ/kg", hot_water_heat,
        "环办气候〔2021〕9号 附件2, 公式(A.10)", "M-027",
    ),
}  # fmt: skip
