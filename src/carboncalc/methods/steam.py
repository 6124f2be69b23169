"""The heat of steam: a shipped table made with CoolProp, and CoolProp itself on request.

Pressures are absolute or gauge, never just "pressure". The table holds enthalpies above
liquid water at 0 °C, the reference of the printed annexes, for 0.01 to 20 MPa and up to
600 K above saturation; between its points values are linear, within 0.4 kJ/kg of CoolProp
up to 10 MPa and within 0.9 kJ/kg up to 20 MPa.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carboncalc.errors import CarbonCalcError
from carboncalc.resources import package_file

Floats = NDArray[np.float64]

#: The standard atmosphere, exact by definition: what a gauge does not show.
ATMOSPHERE_MPA = 0.101325

#: A reading this far below saturation is still taken as saturated steam (instrument error).
_WET_TOLERANCE = 0.5


@functools.cache
def _table() -> tuple[Floats, Floats, Floats, Floats]:
    """Pressures, saturation temperatures, superheats and enthalpies."""
    path = package_file("methods", "data", "steam", "steam.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    superheat = np.array([float(cell) for cell in lines[0].split(",")[2:]])
    body = np.array([[float(cell) for cell in line.split(",")] for line in lines[1:]])
    return body[:, 0], body[:, 1], superheat, body[:, 2:]


def saturation_temperature(pressure_absolute: ArrayLike) -> Floats:
    """Saturation temperature in °C at absolute pressures in MPa; ``nan`` outside the table.

    Examples
    --------
    >>> round(float(saturation_temperature(1.0)), 1)
    179.9
    """
    pressures, temperatures, _, _ = _table()
    asked = np.asarray(pressure_absolute, dtype=np.float64)
    return np.interp(asked, pressures, temperatures, left=np.nan, right=np.nan)


def saturated_steam_enthalpy(pressure_absolute: ArrayLike) -> Floats:
    """Enthalpy of dry saturated steam, kJ/kg, at absolute pressures in MPa.

    Examples
    --------
    >>> round(float(saturated_steam_enthalpy(1.0)))
    2777
    """
    return steam_enthalpy(pressure_absolute, saturation_temperature(pressure_absolute))


def saturated_steam_enthalpy_gauge(pressure_gauge: ArrayLike) -> Floats:
    """Enthalpy of dry saturated steam, kJ/kg, at gauge pressures in MPa.

    Examples
    --------
    >>> float(saturated_steam_enthalpy_gauge(0.898675)) == float(saturated_steam_enthalpy(1.0))
    True
    """
    return saturated_steam_enthalpy(_absolute(pressure_gauge))


def steam_enthalpy(pressure_absolute: ArrayLike, temperature: ArrayLike) -> Floats:
    """Enthalpy of superheated steam, kJ/kg, at absolute MPa and °C.

    ``nan`` outside the table and where the water would not be steam.

    Examples
    --------
    >>> round(float(steam_enthalpy(1.0, 300.0)), 1)
    3051.6
    """
    p, t = np.broadcast_arrays(
        np.asarray(pressure_absolute, dtype=np.float64), np.asarray(temperature, dtype=np.float64)
    )
    pressures, _, superheats, table = _table()
    with np.errstate(invalid="ignore"):
        excess = t - saturation_temperature(p)
        good = (excess >= -_WET_TOLERANCE) & (excess <= superheats[-1])
    excess = np.clip(np.where(good, excess, 0.0), 0.0, None)
    inside = np.where(good, p, pressures[0])
    i = np.clip(np.searchsorted(pressures, inside) - 1, 0, len(pressures) - 2)
    j = np.clip(np.searchsorted(superheats, excess) - 1, 0, len(superheats) - 2)
    u = (inside - pressures[i]) / (pressures[i + 1] - pressures[i])
    v = (excess - superheats[j]) / (superheats[j + 1] - superheats[j])
    lower = table[i, j] * (1.0 - v) + table[i, j + 1] * v
    upper = table[i + 1, j] * (1.0 - v) + table[i + 1, j + 1] * v
    value: Floats = np.where(good, lower * (1.0 - u) + upper * u, np.nan)
    return value


def steam_enthalpy_gauge(pressure_gauge: ArrayLike, temperature: ArrayLike) -> Floats:
    """Enthalpy of superheated steam, kJ/kg, at gauge MPa and °C.

    Examples
    --------
    >>> float(steam_enthalpy_gauge(0.898675, 300.0)) == float(steam_enthalpy(1.0, 300.0))
    True
    """
    return steam_enthalpy(_absolute(pressure_gauge), temperature)


def _absolute(pressure_gauge: ArrayLike) -> Floats:
    return np.asarray(pressure_gauge, dtype=np.float64) + ATMOSPHERE_MPA


def exact_steam_enthalpy(pressure_absolute: float, temperature: float | None = None) -> float:
    """Enthalpy of steam from CoolProp itself, kJ/kg; saturated where no temperature is given.

    Raises
    ------
    CarbonCalcError
        M-017 when the extra ``steam`` (CoolProp) is not installed.

    Examples
    --------
    >>> round(exact_steam_enthalpy(1.0, 300.0), 1)
    3051.6
    """
    try:
        from CoolProp.CoolProp import PropsSI
    except ImportError:
        raise CarbonCalcError("M-017", extra="steam") from None
    state = ("Q", 1.0) if temperature is None else ("T", temperature + 273.15)
    return float(PropsSI("H", "P", pressure_absolute * 1e6, *state, "Water")) / 1000.0
