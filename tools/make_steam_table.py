"""Make the steam table that ships with the methods, from CoolProp (IAPWS-95, MIT licence).

    pip install CoolProp
    python tools/make_steam_table.py          # write the table
    python tools/make_steam_table.py --check  # say how far linear interpolation is off

Rows are absolute pressures in MPa; the columns are degrees above saturation, which keeps
interpolation away from the jump at the saturation line. Values are kJ/kg above liquid water
at its triple point, the reference of the printed steam tables.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "src/carboncalc/methods/data/steam/steam.csv"
LOWEST, HIGHEST, ROWS = 0.01, 20.0, 140
SUPERHEAT = (
    *(0, 1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100),
    *(120, 140, 160, 180, 200, 225, 250, 275, 300, 350, 400, 450, 500, 550, 600),
)


def enthalpy(pressure: float, superheat: float) -> float:
    """Specific enthalpy of steam in kJ/kg."""
    from CoolProp.CoolProp import PropsSI

    if superheat == 0:
        return PropsSI("H", "P", pressure * 1e6, "Q", 1, "Water") / 1000
    kelvin = saturation(pressure) + superheat + 273.15
    return PropsSI("H", "P", pressure * 1e6, "T", kelvin, "Water") / 1000


def saturation(pressure: float) -> float:
    """Saturation temperature in degrees Celsius."""
    from CoolProp.CoolProp import PropsSI

    return PropsSI("T", "P", pressure * 1e6, "Q", 1, "Water") - 273.15


def pressures() -> list[float]:
    """Pressures spread evenly on a logarithmic scale, as printed."""
    return [float(f"{p:.5g}") for p in np.geomspace(LOWEST, HIGHEST, ROWS)]


def write() -> None:
    """Write the table."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["pressure_mpa", "saturation_degc", *SUPERHEAT])
        for p in pressures():
            row = [f"{enthalpy(p, s):.3f}" for s in SUPERHEAT]
            writer.writerow([f"{p:.5g}", f"{saturation(p):.4f}", *row])


def check() -> None:
    """Print the largest differences between the table and CoolProp at random states."""
    from carboncalc.methods.steam import steam_enthalpy

    random = np.random.default_rng(1)
    worst = 0.0
    for p in np.exp(random.uniform(np.log(LOWEST), np.log(HIGHEST), 3000)):
        s = float(random.uniform(0, 300))
        got = float(steam_enthalpy(p, saturation(p) + s))
        worst = max(worst, abs(got - enthalpy(float(p), s)))
    print(f"largest difference {worst:.3f} kJ/kg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    (check if parser.parse_args().check else write)()
