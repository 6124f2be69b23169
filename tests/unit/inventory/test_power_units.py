"""Production data of generation units against the formulas of the power guide, by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

import carboncalc as cc
from carboncalc.inventory.verification.power_units import power_units, unit_figures
from carboncalc.inventory.verification.result import verification


def test_a_condensing_unit_supplies_what_it_makes_less_its_own_use() -> None:
    found = unit_figures(
        850.0, {"generation": 1000.0, "station_use": 60.0, "hours": 8.0, "capacity": 250.0}
    )
    assert found["supplied_mwh"] == 940.0
    assert found["heat_share"] == 0.0
    assert found["power_t_per_mwh"] == pytest.approx(850 / 940)
    assert math.isnan(found["heat_t_per_gj"])
    assert found["load_factor"] == 0.5


@pytest.mark.parametrize(
    ("made", "share", "by"),
    [
        ({"turbine_heat_out": 200.0, "turbine_heat": 1000.0, "boiler_heat": 900.0}, 0.2, "A.11"),
        ({"boiler_heat": 1000.0}, 0.3, "A.12"),
        ({"gas_heat": 1500.0}, 0.2, "A.15"),
    ],
)
def test_the_share_of_heat_goes_by_the_first_formula_whose_data_are_there(
    made: dict[str, float], share: float, by: str
) -> None:
    found = unit_figures(100.0, {"heat": 300.0, "supplied": 50.0} | made)
    assert (found["heat_share"], found["heat_share_by"]) == (pytest.approx(share), by)
    assert found["power_t_per_mwh"] == pytest.approx((1 - share) * 100 / 50)
    assert found["heat_t_per_gj"] == pytest.approx(share * 100 / 300)


@pytest.mark.parametrize("made", [{}, {"boiler_heat": 200.0}])
def test_heat_whose_share_is_unknown_or_impossible_gives_no_intensity(
    made: dict[str, float],
) -> None:
    found = unit_figures(100.0, {"heat": 300.0, "supplied": 50.0} | made)
    assert math.isnan(found["heat_share"])
    assert math.isnan(found["power_t_per_mwh"])


def unit_of_heat_and_power() -> cc.Inventory:
    unit = {"entity": "热电厂", "facility": "1#机组", "period": "2022"}
    fuel = unit | {"method": "power-generation-cets", "source": "fossil_combustion",
                   "item": "bituminous_coal", "amount": 1000, "unit": "t",
                   "carbon_content": "0.55 tC/t", "carbon_basis": "ar"}  # fmt: skip
    made: list[dict[str, Any]] = [
        unit | {"measure": name, "amount": amount, "unit": unit_text}
        for name, amount, unit_text in (
            ("发电量", 220, "万kWh"),
            ("发电专用厂用电量", 100, "MWh"),
            ("发电供热共用厂用电量", 50, "MWh"),
            ("供热量", 4000, "GJ"),
            ("锅炉总产出热量", 20, "TJ"),
        )
    ]
    return cc.compute(cc.read_activity([fuel], outputs=made))


def test_the_unit_table_stands_beside_the_emissions_and_takes_nothing_off_them() -> None:
    inv = unit_of_heat_and_power()
    emitted = 1000 * 0.55 * 0.99 * 44 / 12
    row = power_units(inv).iloc[0]
    assert inv.co2e_t == row["co2e_t"] == pytest.approx(emitted)
    assert row["heat_share"] == pytest.approx(0.2)
    assert row["supplied_mwh"] == pytest.approx(2200 - 100 - 50 * 0.8)
    assert row["power_t_per_mwh"] == pytest.approx(0.8 * emitted / 2060)
    assert row["heat_t_per_gj"] == pytest.approx(0.2 * emitted / 4000)


def test_the_verifiers_record_carries_the_unit_table() -> None:
    inv = unit_of_heat_and_power()
    assert len(verification(inv).units) == 1
    record = cc.verifier_record(inv)["units"]
    assert record[0]["heat_share_by"] == "A.12"
    assert record[0]["load_factor"] is None


def test_a_plant_without_generation_has_no_unit_table() -> None:
    assert len(power_units(cc.examples.minimal())) == 0


def test_co_fired_biomass_has_the_heat_that_fossil_fuel_did_not_bring() -> None:
    made = {"boiler_output": 900.0, "boiler_efficiency": 0.9, "fossil_heat": 850.0}
    assert unit_figures(100.0, made)["biomass_heat_share"] == pytest.approx(0.15)
    too_much = made | {"fossil_heat": 1200.0}
    assert math.isnan(unit_figures(100.0, too_much)["biomass_heat_share"])


def test_a_unit_whose_capacity_changed_in_the_year_has_no_load_factor() -> None:
    unit = {"entity": "热电厂", "facility": "1#机组", "period": "2022"}
    fuel = unit | {"method": "power-generation-cets", "source": "fossil_combustion",
                   "item": "diesel", "amount": 10, "unit": "t"}  # fmt: skip
    made = [
        unit | {"measure": "发电量", "amount": 1000, "unit": "MWh"},
        unit | {"measure": "运行小时数", "amount": 10, "unit": "h"},
        unit | {"measure": "装机容量", "amount": 200, "unit": "MW", "period": "2022-01"},
    ]
    steady = [*made, made[2] | {"period": "2022-02"}]
    grown = [*made, made[2] | {"period": "2022-02", "amount": 300}]
    factors = [
        power_units(cc.compute(cc.read_activity([fuel], outputs=o))).iloc[0]["load_factor"]
        for o in (steady, grown)
    ]
    assert factors[0] == pytest.approx(0.5)
    assert math.isnan(factors[1])
