"""What a park really consumes, in tonnes of standard coal, electricity at primary equivalent.

``W = Σ fuels + k · (power bought − power sold + non-fossil power of the park)
+ heat bought − heat sold``; power and heat that only change hands inside are not counted
again. A fuel counts with its GB/T 2589 coefficient, a measured or gaseous fuel with its
calorific value ÷ 29.3076 GJ/tce.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import BoundaryError
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.footprint.flows import CARRIER_UNIT, Flows
from carboncalc.provenance import Policy

#: The set of standard-coal coefficients.
COEFFICIENTS = "gbt2589_2020"
#: Instruments whose power carries no emission in the zero-carbon park method.
GREEN = ("direct", "green_trade", "gec")
#: Instruments of power that comes physically from a non-fossil plant.
DIRECT = ("direct",)


@dataclass(frozen=True)
class Power:
    """Power of a park in MWh: what it consumes, and how much of that is non-fossil."""

    bought: float
    sold: float
    generated: float
    green_bought: float
    direct: float
    certificates_sold: float

    @property
    def consumed(self) -> float:
        """Bought and generated, less what was sold."""
        return self.bought + self.generated - self.sold

    @property
    def green(self) -> float:
        """Direct, certified and traded power, less certificates sold outside."""
        return self.direct + self.green_bought - self.certificates_sold

    @property
    def direct_share(self) -> float | None:
        """R_direct: directly supplied non-fossil power ÷ consumption; None without power."""
        return (self.direct - self.certificates_sold) / self.consumed if self.consumed else None


def power_of(flows: Flows, certificates_sold: float) -> Power:
    """The power balance of a park from its transfers.

    A plant's own generation is what it supplies as ``direct`` less what it took as such.
    """
    records = flows.records[flows.records["carrier"] == "electricity"]
    across = records[~records["internal"]]
    bought, sold = across[across["role"] == "buyer"], across[across["role"] == "seller"]
    inside = flows.internal[flows.internal["carrier"] == "electricity"]
    inside = inside[inside["instrument"].isin(DIRECT)]
    direct_out = sold[sold["instrument"].isin(DIRECT)]
    generated = 0.0
    for plant in sorted({*inside["seller"], *direct_out["entity"]}):
        out = math.fsum(inside.loc[inside["seller"] == plant, "amount"])
        out += math.fsum(direct_out.loc[direct_out["entity"] == plant, "amount"])
        taken = math.fsum(inside.loc[inside["buyer"] == plant, "amount"])
        taken += _sum(bought, plant, DIRECT)
        generated += max(0.0, out - taken)
    direct_bought = math.fsum(bought.loc[bought["instrument"].isin(DIRECT), "amount"])
    direct_sold = math.fsum(direct_out["amount"])
    green = math.fsum(bought.loc[bought["instrument"].isin(("green_trade", "gec")), "amount"])
    return Power(
        bought=math.fsum(bought["amount"]),
        sold=math.fsum(sold["amount"]),
        generated=generated,
        green_bought=green,
        direct=generated + direct_bought - direct_sold,
        certificates_sold=certificates_sold,
    )


def _sum(records: pd.DataFrame, entity: str, instruments: tuple[str, ...]) -> float:
    mine = (records["entity"] == entity) & records["instrument"].isin(instruments)
    return math.fsum(records.loc[mine, "amount"])


def net_heat(flows: Flows) -> float:
    """Heat bought outside less heat sold outside, in GJ.

    Raises
    ------
    BoundaryError
        ``B-093`` if such heat is not in energy units.
    """
    records = flows.records
    heat = records[(records["carrier"] == "heat") & ~records["internal"]]
    odd = heat[heat["unit"] != CARRIER_UNIT["heat"]]
    if len(odd):
        row = odd.iloc[0]
        raise BoundaryError("B-093", entity=row["entity"], unit=row["unit"])
    bought = heat["role"] == "buyer"
    return math.fsum(heat["amount"].where(bought, -heat["amount"]))


def fuel_table(lines: pd.DataFrame, library: FactorLibrary, policy: Policy) -> pd.DataFrame:
    """Fuels burnt with their CO2 and their standard coal.

    Parameters
    ----------
    lines
        Lines of the zero-carbon park method, one per activity row.

    Returns
    -------
    pandas.DataFrame
        item, basis (``gbt2589`` or ``calorific value``), amount, unit, tce, co2_t.
    """
    burnt = lines[lines["source"].isin(["fossil_combustion", "mobile_combustion"])]
    rows: dict[tuple[str, str, str], list[list[float]]] = {}
    amounts = burnt["amount"] * burnt["scale"] / burnt["scale_divisor"]
    coefficients = {text: json.loads(text) for text in burnt["coefficients"].astype(str).unique()}
    for item, text, ids, amount, co2 in zip(
        burnt["item"].astype(str),
        burnt["coefficients"].astype(str),
        burnt["factor_ids"].astype(str),
        amounts,
        burnt["mass_t"],
        strict=True,
    ):
        tce, basis, unit = _standard_coal(item, coefficients[text], ids, library, policy)
        rows.setdefault((item, basis, unit), []).append([amount, amount * tce, co2])
    table = [
        (*key, *(math.fsum(column) for column in zip(*values, strict=True)))
        for key, values in sorted(rows.items())
    ]
    columns = ["item", "basis", "unit", "amount", "tce", "co2_t"]
    return pd.DataFrame(table, columns=columns)


def biomass_coal(rows: pd.DataFrame) -> float:
    """Standard coal of biomass burnt, in tce, from the calorific values the rows give.

    Raises
    ------
    BoundaryError
        ``B-094`` for a row without one: W would silently be too small.
    """
    burnt = rows[rows["source"] == "biomass_combustion"]
    parts = []
    for row in burnt.to_dict("records"):
        value, unit = row.get("net_calorific_value"), row.get("net_calorific_value_unit")
        if value is None or pd.isna(value) or unit is None or pd.isna(unit):
            raise BoundaryError("B-094", item=row["item"])
        multiply, divide = units.conversion(f"{row['unit']}", str(unit).split("/", 1)[1])
        heat, per = units.conversion(str(unit).split("/", 1)[0], "tce")
        parts.append(row["amount"] * multiply / divide * value * heat / per)
    return math.fsum(parts)


def _standard_coal(
    item: str, coefficients: dict[str, Any], factor_ids: str, library: FactorLibrary, policy: Policy
) -> tuple[float, str, str]:
    """Tce per unit of the route's amount, by which rule, and that unit."""
    calorific = coefficients.get("net_calorific_value")
    measured_carbon = coefficients.get("carbon_content")
    if calorific is None and (measured_carbon is None or "/GJ" in measured_carbon[1]):
        multiply, divide = units.conversion("GJ", "tce")
        return multiply / divide, "calorific value", "GJ"
    per_unit = calorific if calorific is not None else coefficients["carbon_content"]
    unit = per_unit[1].split("/", 1)[1]
    measured = calorific is not None and "net_calorific_value@" not in factor_ids
    coefficient = None if measured else _coefficient(item, unit, library, policy)
    if coefficient is not None:
        return coefficient, "gbt2589", unit
    if calorific is None:
        raise BoundaryError("B-094", item=item)
    multiply, divide = units.conversion(calorific[1], f"tce/{unit}")
    return calorific[0] * multiply / divide, "calorific value", unit


def _coefficient(item: str, unit: str, library: FactorLibrary, policy: Policy) -> float | None:
    """The coefficient of GB/T 2589 in tce per unit; None for gases and what it does not list."""
    request = FactorRequest(COEFFICIENTS, item, "tce_coefficient")
    found = match(library, request, [None], [2023], policy)
    value = float(found.value[0, 0])
    given = library.units[int(found.row[0, 0])] if not np.isnan(value) else ""
    if not given or not units.same_dimension(given, f"tce/{unit}"):
        return None
    multiply, divide = units.conversion(given, f"tce/{unit}")
    return value * multiply / divide


def energy_coefficient(item: str, unit: str, library: FactorLibrary, policy: Policy) -> float:
    """The calorific coefficient of electricity (tce/MWh) or heat (tce/GJ) of GB/T 2589.

    Examples
    --------
    >>> energy_coefficient("heat", "GJ", FactorLibrary.default(), Policy())
    0.03412
    """
    found = _coefficient(item, unit, library, policy)
    if found is None:
        raise BoundaryError("B-094", item=item)
    return found
