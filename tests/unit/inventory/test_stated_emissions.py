"""A figure known only as CO2e carries the GWP set that weighed it (design decision 4)."""

import warnings
from typing import Any

import pytest

import carboncalc as cc
from carboncalc.errors import ActivityDataError, CarbonCalcError, CarbonCalcWarning
from carboncalc.inventory.result import Inventory

ROW = {"entity": "e", "period": "2023", "region": "CN-35", "method": "ghg-protocol"}
STATED = {"source": "scope3_01_purchased_goods", "item": "cement", "amount": 5.0, "unit": "t CO2e"}
BUTANE = {
    "source": "scope3_03_fuel_energy", "item": "fuels.gaseous_fuels.butane", "amount": 2.0,
    "unit": "t", "factor_set": "uk_desnz_2025", "technology": "per_tonne",
}  # fmt: skip


def compute(row: dict[str, Any], **rules: Any) -> Inventory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute([{**ROW, **row}], **rules)


def problems(row: dict[str, Any], **rules: Any) -> list[str]:
    with pytest.raises(ActivityDataError) as caught:
        compute(row, **rules)
    return [issue.code for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("source", "item"),
    [
        ("fossil_combustion", "natural_gas"), ("mobile_combustion", "diesel"),
        ("carbonate_decomposition", "CaCO3"), ("industrial_wastewater", "wastewater"),
        ("refrigerant_leakage", "R-410A"), ("purchased_heat", "heat"),
        ("purchased_cooling", "cooling"), ("scope3_15_investments", "cement"),
    ],
)  # fmt: skip
def test_the_ghg_protocol_takes_a_stated_figure_in_any_scope(source: str, item: str) -> None:
    row = {"source": source, "item": item, "amount": 5.0, "unit": "t CO2e", "gwp_set": "AR5"}
    inv = compute(row)
    assert inv.lines.co2e_t.tolist() == [5.0]
    assert inv.lines.gas.tolist() == ["CO2e"]
    assert "M-203" not in {finding.code for finding in inv.findings}


@pytest.mark.parametrize("method", ["other-industry", "chemical", "iron-steel-cets"])
def test_a_guideline_computes_from_activity_data_and_says_where_a_figure_may_go(
    method: str,
) -> None:
    row = {"method": method, "source": "fossil_combustion", "item": "natural_gas",
           "amount": 5.0, "unit": "t CO2e"}  # fmt: skip
    with pytest.raises(ActivityDataError) as caught:
        compute(row)
    (issue,) = caught.value.issues
    assert (issue.code, issue.column) == ("I-054", "unit")
    assert "ghg-protocol" in issue.text("zh")


def test_electricity_is_not_stated_as_emissions_because_its_basis_would_be_unknown() -> None:
    row = {"source": "purchased_electricity", "item": "electricity", "amount": 5.0}
    assert problems({**row, "unit": "t CO2e"}) == ["I-054"]


def test_a_figure_without_its_set_is_taken_as_the_reports_and_said() -> None:
    inv = compute(STATED)
    (finding,) = [f for f in inv.findings if f.code == "M-203"]
    assert finding.params["gwp_set"] == "AR5"
    assert inv.co2e_t == 5.0


@pytest.mark.parametrize("stated", ["SAR", "AR4", "AR6"])
def test_a_figure_of_another_set_is_refused_and_stands_under_its_own(stated: str) -> None:
    assert problems({**STATED, "gwp_set": stated}) == ["I-053"]
    assert compute({**STATED, "gwp_set": stated}, gwp=stated).co2e_t == 5.0


def test_a_factor_known_only_as_co2e_is_refused_under_another_set() -> None:
    """Butane, 3033.38067 kg CO2e/t in the UK flat file of 2025, which weighs with AR5."""
    assert compute(BUTANE).co2e_t == pytest.approx(2 * 3.03338067, rel=1e-12)
    with pytest.raises(ActivityDataError) as caught:
        compute(BUTANE, gwp="AR6")
    (issue,) = caught.value.issues
    assert issue.code == "I-052"
    assert issue.params["held"] == "AR5"
    assert issue.params["used"] == "AR6"


def test_a_factor_of_ones_own_takes_the_set_that_the_row_names() -> None:
    row = {"source": "scope3_01_purchased_goods", "item": "cement", "amount": 2.0, "unit": "t",
           "emission_factor": "0.8 t CO2e/t", "gwp_set": "AR6"}  # fmt: skip
    assert problems(row) == ["I-053"]
    assert compute(row, gwp="AR6").co2e_t == pytest.approx(1.6)


@pytest.mark.parametrize("source", ["fossil_combustion", "mobile_combustion"])
def test_a_given_factor_is_not_passed_over_for_a_calorific_value_beside_it(source: str) -> None:
    row = {"source": source, "item": "diesel", "amount": 2.0, "unit": "t", "gwp_set": "AR5",
           "emission_factor": "3.2 t CO2e/t", "net_calorific_value": "42 GJ/t"}  # fmt: skip
    assert compute(row).co2e_t == pytest.approx(6.4, rel=1e-12)


def test_the_set_says_nothing_about_a_row_that_is_weighed_here() -> None:
    row = {"source": "refrigerant_leakage", "item": "HFC-32", "amount": 1.0, "unit": "t"}
    assert compute({**row, "gwp_set": "AR4"}).co2e_t == 677


def test_figures_of_two_documents_with_two_sets_make_no_total() -> None:
    water = {"method": "other-industry", "source": "industrial_wastewater", "item": "wastewater",
             "amount": 100.0, "unit": "m3", "cod_in": "5 kg/m3", "cod_out": "1 kg/m3",
             "technology": "anaerobic_reactor"}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inv = cc.compute([{**ROW, **STATED}, {**ROW, **water}])
    with pytest.raises(CarbonCalcError, match="I-029"):
        _ = inv.co2e_t


def test_an_unknown_factor_set_is_named_with_those_there_are() -> None:
    with pytest.raises(ActivityDataError) as caught:
        compute({**BUTANE, "factor_set": "defra"})
    (issue,) = caught.value.issues
    assert issue.code == "I-051"
    assert "uk_desnz_2025" in issue.text("en")


def test_a_co2_factor_in_scope_3_gives_co2_and_needs_no_set() -> None:
    row = {"source": "scope3_01_purchased_goods", "item": "cement", "amount": 2.0, "unit": "t",
           "emission_factor": "0.8 t CO2/t"}  # fmt: skip
    inv = compute(row)
    assert inv.lines.gas.tolist() == ["CO2"]
    assert inv.co2e_t == pytest.approx(1.6)
    assert not {"M-203"} & {finding.code for finding in inv.findings}
