"""No fuel holds more carbon than its molecules can, and printed products multiply out.

Bounds: mass share of carbon in the pure substances a fuel is made of (C 12, H 1, O 16), and the
95 % intervals of IPCC 2006 V2 tables 1.3 for carbon per unit of heat.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from carboncalc.factors.library import FactorLibrary
from carboncalc.resources import emission_factors

LIBRARY = FactorLibrary.default()
FUEL_SETS = [key for key, kind in LIBRARY.sets().items() if kind == "fuels"]
CO2_PER_CARBON = 44 / 12

#: Carbon per tonne of the substance richest in carbon that the fuel consists of.
RICHEST = {
    "lng": 12 / 16,  # methane; ethane raises it a little
    "natural_gas": 12 / 16,
    "lpg": 12 / 14,  # C3H6, C4H8
    "refinery_dry_gas": 12 / 14,
    "naphtha": 12 / 14,
    "gasoline": 72 / 78,  # benzene
    "diesel": 72 / 78,
    "kerosene": 72 / 78,
    "jet_kerosene": 72 / 78,
    "aviation_gasoline": 72 / 78,
    "crude_benzol": 72 / 78 + 0.03,  # C9 and heavier aromatics
}
#: Gases whose molecules hold one carbon atom at most: 12 kg in 22.4 Nm3.
ONE_CARBON = ("coke_oven_gas", "blast_furnace_gas", "converter_gas", "carbide_furnace_gas")
PER_10_4_NM3 = 12 / 22.4 * 10
#: LNG holds some ethane, and some lists give gross heat beside the carbon of net heat.
SLACK = 1.06


def usable(fuel_set: str) -> dict[str, dict[str, tuple[float, str]]]:
    """Item → parameter → (value, unit) of rows that a total may use by default."""
    found: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for row in LIBRARY.indices(fuel_set):
        if LIBRARY.grades[row] != "D" and not LIBRARY.cell(row, "technology"):
            held = (float(LIBRARY.values[row]), LIBRARY.units[row])
            found[LIBRARY.cell(row, "item")][LIBRARY.cell(row, "parameter")] = held
    return found


def carbon_is_possible(item: str, ncv: float, per: str, carbon_per_gj: float) -> bool:
    """Whether a heating value and a carbon content can stand together for a fuel."""
    carbon = ncv * carbon_per_gj
    if per == "GJ/t":
        return 0 < carbon <= RICHEST.get(item, 1.0) * SLACK
    if item in ONE_CARBON:
        return 0 < carbon <= PER_10_4_NM3
    return 0 < carbon <= 2 * PER_10_4_NM3


@pytest.mark.parametrize("fuel_set", FUEL_SETS)
def test_carbon_per_tonne_or_volume_stays_within_stoichiometry(fuel_set: str) -> None:
    for item, parameters in usable(fuel_set).items():
        if "net_calorific_value" in parameters and "carbon_content" in parameters:
            ncv, per = parameters["net_calorific_value"]
            per, ncv = per.replace("MJ/", "GJ/"), ncv / (1000 if per.startswith("MJ/") else 1)
            if per == "GJ/(10^3 Nm3)":
                ncv, per = ncv * 10, "GJ/10^4 Nm3"
            assert carbon_is_possible(item, ncv, per, parameters["carbon_content"][0]), item


def test_lng_with_the_carbon_content_of_lpg_fails() -> None:
    assert carbon_is_possible("lng", 51.498, "GJ/t", 0.0153)
    assert not carbon_is_possible("lng", 51.498, "GJ/t", 0.0172)


def test_no_row_that_gives_lng_the_carbon_of_lpg_can_enter_a_total() -> None:
    for fuel_set in FUEL_SETS:
        for row in LIBRARY.rows_for(fuel_set, "lng", "carbon_content"):
            if LIBRARY.values[row] == 0.0172:
                assert LIBRARY.grades[row] == "D", LIBRARY.ids[row]


def ipcc_intervals() -> dict[str, tuple[float, float]]:
    """Item → limits of carbon per GJ, from the copy of table 1.3 in the tools."""
    path = emission_factors().parent / "tools" / "convert_reference" / "ipcc_fuels.csv"
    if not path.exists():
        pytest.skip("the tools are not installed")
    with Path(path).open(encoding="utf-8", newline="") as handle:
        return {
            r["item"]: (float(r["carbon_low"]) / 1000, float(r["carbon_high"]) / 1000)
            for r in csv.DictReader(handle)
        }


#: Rows outside the interval for a reason: punitive values, and lists that print upper limits.
OUTSIDE_ON_PURPOSE = {("guangdong_2021", "oil_shale"), ("guangdong_2021", "waste_oil")}


@pytest.mark.parametrize("fuel_set", FUEL_SETS)
def test_carbon_per_heat_lies_near_the_interval_of_the_same_fuel_in_the_ipcc_tables(
    fuel_set: str,
) -> None:
    intervals = ipcc_intervals()
    for item, parameters in usable(fuel_set).items():
        if item not in intervals or "carbon_content" not in parameters:
            continue
        if (fuel_set, item) in OUTSIDE_ON_PURPOSE:
            continue
        low, high = intervals[item]
        value = parameters["carbon_content"][0]
        assert low * 0.97 <= value <= high * 1.03, (item, value)


def test_blast_furnace_gas_with_the_carbon_of_other_coal_gas_is_caught() -> None:
    low, _ = ipcc_intervals()["blast_furnace_gas"]
    assert low * 0.97 > 0.0122
    row = LIBRARY.index_of("provincial_trial_2011_gbt2589_2008/blast_furnace_gas/carbon_content@1")
    assert LIBRARY.grades[row] == "D"


@pytest.mark.parametrize("fuel_set", FUEL_SETS)
def test_a_printed_co2_factor_is_carbon_times_oxidation_times_44_over_12(fuel_set: str) -> None:
    for item, parameters in usable(fuel_set).items():
        factor = parameters.get("emission_factor") or parameters.get("biogenic_emission_factor")
        if factor and "carbon_content" in parameters:
            oxidation = parameters["oxidation_factor"][0] / 100
            computed = parameters["carbon_content"][0] * oxidation * CO2_PER_CARBON * 1000
            # IPCC table 1.4 prints three significant digits
            assert computed == pytest.approx(factor[0], rel=0.006), item


def test_the_ipcc_set_has_both_to_compare() -> None:
    held = usable("ipcc_2006")
    both = [i for i, p in held.items() if "carbon_content" in p and "emission_factor" in p]
    assert len(both) >= 40


def test_the_national_database_agrees_with_the_ipcc_factors_to_one_percent() -> None:
    national, world = usable("national_ef_database_2025"), usable("ipcc_2006")
    compared = 0
    for item, parameters in national.items():
        twin = world.get(item, {}).get("emission_factor")
        if twin:
            assert parameters["emission_factor"][0] == pytest.approx(twin[0], rel=0.01), item
            compared += 1
    assert compared >= 15


def test_standard_coal_coefficients_are_heating_values_over_29_3076() -> None:
    held = usable("gbt2589_2020")
    rows = {
        (LIBRARY.cell(r, "item"), LIBRARY.cell(r, "parameter"), LIBRARY.cell(r, "technology")): r
        for r in LIBRARY.indices("gbt2589_2020")
    }
    compared = 0
    for (item, parameter, technology), row in rows.items():
        twin = rows.get((item, "net_calorific_value", technology))
        unit = LIBRARY.units[row]
        if parameter != "tce_coefficient" or twin is None or unit not in ("kgce/kg", "kgce/m3"):
            continue
        if item == "low_pressure_steam":  # 3763 MJ/t against kgce/kg
            continue
        assert LIBRARY.units[twin] == unit.replace("kgce", "kJ")
        expected = float(LIBRARY.values[twin]) / 29307.6
        assert LIBRARY.values[row] == pytest.approx(expected, rel=0.002), item
        compared += 1
    assert compared >= 25
    assert held["electricity"]["tce_coefficient"][0] == pytest.approx(3600 / 29307.6, rel=0.001)
