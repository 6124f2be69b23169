"""What a plant engineer reads when a row cannot be computed, and when a value has no effect."""

import warnings
from typing import Any

import pytest

import carboncalc as cc
from carboncalc.errors import ActivityDataError, CarbonCalcWarning, Issue
from carboncalc.inventory.result import Inventory

ROW = {"entity": "e", "period": "2022", "region": "CN-37", "amount": 1000.0, "unit": "t"}
ACID = {"method": "chemical", "source": "nitric_acid_n2o", "item": "nitric_acid",
        "technology": "dual_pressure"}  # fmt: skip
ETCHING = {"method": "electronic-equipment", "source": "etching_and_cleaning"}
STEAM = {"method": "other-industry", "source": "purchased_heat", "item": "steam"}


def compute(row: dict[str, Any], **rules: Any) -> Inventory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute([{**ROW, **row}], **rules)


def issue(row: dict[str, Any], **rules: Any) -> Issue:
    with pytest.raises(ActivityDataError) as caught:
        compute(row, **rules)
    (found,) = caught.value.issues
    return found


def codes(inv: Inventory) -> set[str]:
    return {finding.code for finding in inv.findings}


# -- two dimensions of N2O: how it is made, how it is taken away ---------------------------


@pytest.mark.parametrize(
    ("given", "n2o"),
    [
        ({}, 8.0),
        ({"abatement_technology": "no_abatement"}, 8.0),
        ({"abatement_technology": "NSCR", "usage_rate": "90 %"}, 8.0 * (1 - 0.85 * 0.9)),
        ({"abatement_technology": "选择性催化还原", "usage_rate": "90 %"}, 8.0),
        ({"abatement_technology": "NSCR", "usage_rate": "90 %", "abatement_efficiency": "80 %"},
         8.0 * (1 - 0.8 * 0.9)),
        ({"abatement_efficiency": "80 %", "usage_rate": "90 %"}, 8.0 * (1 - 0.8 * 0.9)),
    ],
    ids=["nothing said", "none", "default of NSCR", "SCR takes none away", "measured", "no name"],
)  # fmt: skip
def test_abatement_takes_its_efficiency_from_its_own_technology(
    given: dict[str, str], n2o: float
) -> None:
    assert compute({**ACID, **given}).lines.mass_t[0] == pytest.approx(n2o, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "code", "column"),
    [
        ({"usage_rate": "90 %"}, "M-022", "abatement_technology"),
        ({"abatement_efficiency": "85 %"}, "I-025", "usage_rate"),
        ({"abatement_technology": "NSCR"}, "I-025", "usage_rate"),
        ({"abatement_technology": "thermal_destruction", "usage_rate": "90 %"}, "I-051",
         "abatement_technology"),
        ({"technology": "non_selective_reduction"}, "I-017", "technology"),
    ],
)  # fmt: skip
def test_half_of_an_abatement_is_asked_for_and_never_dropped(
    given: dict[str, str], code: str, column: str
) -> None:
    found = issue({**ACID, **given})
    assert (found.code, found.column) == (code, column)


def test_rows_that_differ_only_in_their_abatement_are_not_duplicates() -> None:
    rows = [{**ROW, **ACID, "usage_rate": "90 %", "abatement_technology": name}
            for name in ("non_selective_reduction", "extended_absorption")]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        assert len(cc.compute(rows).lines) == 2


# -- electronics -------------------------------------------------------------------------


def test_a_collection_efficiency_alone_has_no_effect_and_is_refused() -> None:
    row = {**ETCHING, "item": "SF6", "technology": "semiconductor", "collection_efficiency": "95 %"}
    found = issue(row)
    assert (found.code, found.column) == ("I-025", "destruction_efficiency")
    # where the other one has a default, it is taken: (1 − 0.1) × (1 − 0.8) × (1 − 0.95 × 0.9)
    inv = compute({**row, "technology": "semiconductor_abated"})
    assert inv.lines.mass_t[0] == pytest.approx(1000 * 0.9 * 0.2 * (1 - 0.95 * 0.9), rel=1e-12)


def test_a_by_product_whose_abatement_nobody_states_is_said() -> None:
    row = {**ETCHING, "item": "NF3", "technology": "semiconductor", "amount": 1.0,
           "collection_efficiency": "95 %", "destruction_efficiency": "97 %"}  # fmt: skip
    assert "M-031" in codes(compute(row))
    own = {"collection_efficiency_CF4": "95 %", "destruction_efficiency_CF4": "85 %"}
    assert "M-031" not in codes(compute({**row, **own}))


def test_a_gas_that_the_guideline_omits_goes_to_the_memo() -> None:
    inv = compute({**ETCHING, "item": "N2O", "technology": "semiconductor", "utilisation": "0 %"})
    assert len(inv.lines) == 0
    assert inv.memo.account.tolist() == ["outside_document"]
    assert inv.memo.mass_t[0] == pytest.approx(900)
    assert inv.totals["document"] == 0


def test_a_gas_without_any_potential_is_refused_and_stops_nothing_else() -> None:
    """C4F6 has no value in SAR or AR4: the row says so, the others are computed."""
    rows = [
        {**ROW, **ETCHING, "item": "C4F6", "technology": "semiconductor", "utilisation": "90 %"},
        {**ROW, **ETCHING, "item": "SF6", "technology": "semiconductor", "amount": 1.0},
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inv = cc.compute(rows, missing="quarantine")
    assert inv.quarantined.code.tolist() == ["I-022"]
    assert inv.co2e_t == pytest.approx(0.9 * 0.2 * 23900)


def test_an_electronics_plant_with_nf3_has_a_total_of_its_document() -> None:
    """SAR has no NF3 and the document fills it from AR4: that is one characterisation."""
    rows = [
        {**ROW, **ETCHING, "item": "NF3", "technology": "semiconductor", "amount": 1.0},
        {**ROW, **ETCHING, "item": "SF6", "technology": "semiconductor", "amount": 1.0},
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inv = cc.compute(rows)
        park = cc.consolidate(inv)
    want = 0.9 * (0.2 * 17200 + 0.09 * 6500 + 0.2 * 23900)
    assert inv.co2e_t == pytest.approx(want, rel=1e-12)
    assert park.totals["ghgp_location"] == pytest.approx(want, rel=1e-12)


def test_a_flat_panel_plant_is_warned_and_the_ipcc_table_of_its_own_is_far_above() -> None:
    row = {"item": "SF6", "technology": "flat_panel", "amount": 1.0}
    guide = compute({**ETCHING, **row})
    assert "M-201" in codes(guide)
    ipcc = compute({**row, "method": "ghg-protocol", "source": "etching_and_cleaning"})
    # 1 − U is 0.2 in the semiconductor table and 0.6 in the flat-panel table (6.3, 6.4)
    assert ipcc.lines.mass_t[0] / guide.lines.mass_t[0] == pytest.approx(3)


# -- messages ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code", "column", "words"),
    [
        ({**STEAM, "pressure": "1 MPa"}, "M-028", "pressure", "表压"),
        ({**STEAM}, "I-025", "enthalpy", "蒸汽(按质量和焓值): 蒸汽焓值(enthalpy) [kJ/kg];或"),
        ({"method": "other-industry", "source": "carbonate_decomposition", "item": "CaCO3"},
         "I-025", "purity", "纯度(purity) [%]"),
        ({"method": "pulp-paper", "source": "carbonate_decomposition", "item": "limestone"},
         "F-007", "emission_factor", "D"),
        ({"method": "land-transport", "source": "road_vehicle_ch4_n2o", "item": "natural_gas",
          "unit": "vkm", "technology": "heavy_vehicle"}, "M-023", "technology", "重型车 其他"),
        ({"method": "land-transport", "source": "road_vehicle_ch4_n2o", "item": "diesel",
          "unit": "km", "technology": "heavy_vehicle"}, "I-018", "unit", "车·km"),
        ({"method": "land-transport", "source": "exhaust_urea", "item": "urea"}, "I-025",
         "urea_fraction", "尿素纯度"),
        ({"method": "other-industry", "source": "ch4_recovery", "item": "external", "unit": "m3",
          "purity": "60 %"}, "I-021", "gas_reference", "20 °C"),
        ({"method": "machinery-equipment", "source": "equipment_filling", "item": "R-1234yf",
          "fillings": "10"}, "I-025", "molar_mass", "摩尔质量"),
    ],
    ids=["pressure", "steam", "purity", "grade D", "no default", "km", "urea", "volume", "molar"],
)  # fmt: skip
def test_a_message_names_the_column_the_label_and_the_way_out(
    row: dict[str, Any], code: str, column: str, words: str
) -> None:
    found = issue(row)
    assert (found.code, found.column) == (code, column)
    assert words in found.text("zh")
    assert not any("一" <= letter <= "鿿" for letter in found.text("en").replace("车·km", ""))


def test_a_value_in_a_unit_that_fits_nothing_is_refused_and_no_default_stands_in() -> None:
    row = {"method": "other-industry", "source": "purchased_electricity", "item": "electricity",
           "unit": "MWh", "emission_factor": "0.5 kg CO2e/kWh"}  # fmt: skip
    found = issue(row)
    assert (found.code, found.column) == ("I-028", "emission_factor")
    assert "t CO2/MWh" in found.text("en")


def test_the_heat_of_a_gas_is_taken_as_net_and_said() -> None:
    row = {"method": "other-industry", "source": "fossil_combustion", "item": "natural_gas"}
    assert "M-204" in codes(compute({**row, "unit": "kWh"}))
    assert "M-204" not in codes(compute({**row, "unit": "Nm3"}))
    assert "M-204" not in codes(compute({**row, "item": "diesel", "unit": "GJ"}))


@pytest.mark.parametrize("method", ["public-building", "other-industry"])
def test_cooling_is_outside_the_guidelines_and_stands_in_the_ghg_protocol_totals(
    method: str,
) -> None:
    row = {"method": method, "source": "purchased_cooling", "item": "cooling", "unit": "GJ",
           "amount": 3600.0, "region": "CN-35", "period": "2023"}  # fmt: skip
    assert issue(row).code == "I-025"
    inv = compute({**row, "cop": "5"})
    assert inv.totals["document"] == 0
    # 1000 MWh of cold / 5 = 200 MWh of power, Fujian 2023 0.4211, residual 0.6096
    assert inv.totals["ghgp_location"] == pytest.approx(200 * 0.4211, rel=1e-9)
    assert inv.totals["ghgp_market"] == pytest.approx(200 * 0.6096, rel=1e-9)
    # the memo takes the nation's factor, as other power of a guideline does
    assert inv.memo_totals()["outside_document_t"] == pytest.approx(200 * 0.5306, rel=1e-9)


def test_limestone_with_its_purity_is_so_much_calcium_carbonate() -> None:
    row = {"method": "other-industry", "source": "carbonate_decomposition", "item": "limestone"}
    inv = compute({**row, "purity": "93 %", "amount": 10.0})
    assert inv.co2e_t == pytest.approx(10 * 0.93 * 0.4397, rel=1e-12)


def test_a_technology_goes_by_any_of_its_names() -> None:
    row = {"method": "other-industry", "source": "industrial_wastewater", "item": "wastewater",
           "unit": "m3", "cod_in": "5000 mg/L", "cod_out": "1000 mg/L"}  # fmt: skip
    assert compute({**row, "technology": "UASB"}).lines.mass_t[0] == pytest.approx(4000 * 0.2 / 1e3)
