"""A result crosses to another process whole, and each row stands somewhere on every basis."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

import carboncalc as cc

PLANT = {"entity": "P", "period": "2023", "region": "CN-35"}
EXPORT = {**PLANT, "method": "food-beverage-tobacco", "source": "exported_heat", "item": "heat",
          "amount": 40.0, "unit": "GJ"}  # fmt: skip
POWER = {**PLANT, "source": "purchased_electricity", "item": "electricity", "unit": "MWh"}


def test_an_inventory_crosses_to_a_process_that_has_opened_nothing(tmp_path):
    inv = cc.examples.minimal()
    (tmp_path / "inv").write_bytes(pickle.dumps(inv))
    read = (
        "import json, pickle, pathlib, sys;"
        "inv = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes());"
        "print(json.dumps([inv.co2e_t, inv.trace('L000001').text('en'), inv.recompute('L000001')]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", read, str(tmp_path / "inv")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    trace = inv.trace("L000001").text("en")
    assert json.loads(run.stdout) == [inv.co2e_t, trace, inv.recompute("L000001")]


def test_a_calculator_crosses_and_goes_on_computing():
    calculator = pickle.loads(pickle.dumps(cc.Calculator(missing="quarantine")))
    assert calculator.compute([EXPORT]).co2e_t == cc.compute([EXPORT]).co2e_t


@pytest.mark.parametrize("basis", ["location", "market"])
def test_what_is_exported_stands_in_the_memo_where_the_basis_does_not_subtract_it(basis):
    inv = cc.compute([EXPORT], scope2=basis)
    assert not len(inv.lines)
    assert inv.memo.account.tolist() == ["exported"]
    # 40 GJ × 0.11 t CO2/GJ, handed on
    assert inv.memo.co2e_t.tolist() == pytest.approx([-4.4])
    assert not len(cc.aggregate(inv.activity.rows, scope2=basis))


@pytest.mark.parametrize("basis", ["method", "location", "market"])
def test_electricity_of_a_process_stands_in_the_memo_on_every_basis(basis):
    row = {**POWER, "period": "2024", "method": "iron-steel-cets", "amount": 3.0,
           "source": "process_electricity_in"}  # fmt: skip
    inv = cc.compute([row], scope2=basis, year_fallback="latest")
    assert inv.memo.account.tolist() == ["process"]
    assert inv.view("location").memo.account.tolist() == ["process"]


def test_the_location_view_of_a_ghg_protocol_row_keeps_the_factor_the_row_brings():
    row = {**POWER, "method": "ghg-protocol", "amount": 10.0, "emission_factor": "0.5 tCO2/MWh"}
    chosen, viewed = cc.compute([row], scope2="location"), cc.compute([row]).view("location")
    assert chosen.co2e_t == viewed.co2e_t == 5.0
    rows = chosen.activity.rows
    assert cc.aggregate(rows, ["entity"], scope2="location").co2e_t.tolist() == [5.0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_trace_of_a_stock_balance_shows_the_records_in_either_language(lang):
    fuel = {**PLANT, "method": "other-industry", "source": "fossil_combustion", "item": "diesel",
            "unit": "t"}  # fmt: skip
    inv = cc.compute([
        {**fuel, "amount": 10, "record_kind": "purchase"},
        {**fuel, "amount": 2, "record_kind": "opening_stock"},
        {**fuel, "amount": 1, "record_kind": "closing_stock"},
    ])  # fmt: skip
    assert "opening_stock 2 (row 2) + purchase 10 (row 1) - closing_stock 1 (row 3)" in inv.trace(
        "L000001"
    ).text(lang)


def test_a_line_is_recomputed_from_the_amount_that_its_policy_rounds():
    gas = {**PLANT, "method": "other-industry", "source": "fossil_combustion", "item": "diesel",
           "amount": 1.005, "unit": "kg"}  # fmt: skip
    inv = cc.compute([gas], rounding="mee-guide")
    assert inv.recompute("L000001") == inv.lines.co2e_t[0] != cc.compute([gas]).co2e_t
    assert np.isfinite(inv.lines.co2e_t[0])


def test_a_trace_shows_steps_as_they_were_rounded():
    gas = {**PLANT, "method": "other-industry", "source": "fossil_combustion", "item": "diesel",
           "amount": 10.0, "unit": "t"}  # fmt: skip
    stages = {s.name: s.value for s in cc.compute([gas]).trace("L000001").stages}
    rounded = cc.compute([gas], rounding="platform-form").trace("L000001").stages
    # 43.33 GJ/t × 0.0202 tC/GJ
    assert stages["carbon_per_unit"] == pytest.approx(0.875266)
    assert {s.name: s.value for s in rounded}["carbon_per_unit"] == 0.88
