"""The zero-carbon park profile: consequences that follow from the text of the programme."""

from __future__ import annotations

import pytest

import carboncalc as cc
from carboncalc.errors import BoundaryError
from carboncalc.footprint.indicators import guiding_indicators
from carboncalc.footprint.profiles import load_profile

PRIMARY = {"value": 0.30, "unit": "kgce/kWh", "date": "2023", "source": "made"}
PARK = {
    "park": {"id": "P", "region": "CN-35"},
    "entities": [
        {"id": "T", "kind": "tenant", "methods": "other-industry"},
        {"id": "ST", "kind": "shared", "methods": "other-industry"},
        {"id": "PV", "kind": "shared", "methods": "other-industry"},
    ],
}


def power(amount, entity="T", source="purchased_electricity", **more):
    return {
        "entity": entity, "period": "2023", "source": source, "item": "electricity",
        "amount": amount, "unit": "MWh", **more,
    }  # fmt: skip


def gas(amount, entity="T"):
    return {
        "entity": entity, "period": "2023", "source": "fossil_combustion", "item": "natural_gas",
        "amount": amount, "unit": "10^4 Nm3",
    }  # fmt: skip


def from_pv(amount, **more):
    direct = {"instrument": "direct"} | more
    return [
        power(amount, counterparty="PV", **direct),
        power(amount, "PV", "exported_electricity", counterparty="T", **direct),
    ]


def profile(rows, park=None, primary=PRIMARY, **inputs):
    entities = cc.read_entities(park or PARK)
    footprint = cc.consolidate(cc.compute(cc.read_activity(rows, entities=entities)), entities)
    return footprint.profile("ndrc910", primary_tce=primary, **inputs)


def test_every_other_kilowatt_hour_takes_the_printed_factor_whatever_the_grid_is():
    found = profile([power(1000), power(10, grid_factor="0.1 tCO2/MWh")])
    assert found.co2_t == pytest.approx(1010 * 0.8325, abs=1e-9)
    assert found.energy_tce == pytest.approx(303.0, abs=1e-9)


@pytest.mark.parametrize("instrument", ["gec", "green_trade"])
def test_a_certificate_lowers_e_by_the_printed_factor_and_leaves_w(instrument):
    before = profile([power(1000), gas(1)])
    after = profile([power(900), power(100, instrument=instrument, certificate_id="G"), gas(1)])
    assert before.co2_t - after.co2_t == pytest.approx(100 * 0.8325, abs=1e-9)
    assert after.energy_tce == before.energy_tce


def test_a_power_purchase_agreement_alone_is_not_green():
    found = profile([power(100, instrument="ppa", certificate_id="C")])
    assert found.co2_t == pytest.approx(83.25, abs=1e-9)


def test_exported_pv_power_earns_nothing_and_leaves_w():
    base = [power(1000), *from_pv(50)]
    export = power(20, "PV", "exported_electricity", instrument="direct")
    before, after = profile(base), profile([*base, export])
    assert after.co2_t == before.co2_t
    assert after.energy_tce == before.energy_tce


def test_exported_power_of_a_gas_plant_earns_the_printed_factor():
    base = [gas(100, "ST")]
    sale = power(100, "ST", "exported_electricity", process="electricity")
    before, after = profile(base), profile([*base, sale])
    assert before.co2_t - after.co2_t == pytest.approx(83.25, abs=1e-9)
    assert before.energy_tce - after.energy_tce == pytest.approx(30.0, abs=1e-9)


def test_pv_power_used_inside_counts_in_w_and_not_in_e():
    before, after = profile([power(1000)]), profile([power(1000), *from_pv(50)])
    assert after.co2_t == before.co2_t
    assert after.energy_tce - before.energy_tce == pytest.approx(15.0, abs=1e-9)
    assert after.direct_share == pytest.approx(50 / 1050)


def test_a_sold_certificate_takes_the_green_from_the_power_that_was_used():
    certificate = {"id": "C", "mwh": 30, "period": "2023", "owner": "PV", "beneficiary": "X"}
    park = PARK | {
        "entities": [*PARK["entities"], {"id": "X", "kind": "outside"}],
        "certificates": [certificate],
    }
    rows = [power(1000), *from_pv(50)]
    kept, sold = profile(rows), profile(rows, park)
    assert sold.co2_t - kept.co2_t == pytest.approx(30 * 0.8325, abs=1e-9)
    assert sold.direct_share == pytest.approx(20 / 1050)


def test_only_carbon_dioxide_counts():
    leak = {
        "entity": "T", "period": "2023", "source": "refrigerant_leakage", "item": "R-410A",
        "amount": 1, "unit": "t",
    }  # fmt: skip
    assert profile([power(1000), leak]).co2_t == profile([power(1000)]).co2_t


def test_scaling_all_flows_keeps_c_and_moves_the_band():
    small = profile([power(1000), gas(10)])
    large = profile([power(3_000_000), gas(30_000)])
    assert large.core.value == pytest.approx(small.core.value, rel=1e-12)
    assert (small.core.status, large.core.status) == ("not_defined", "fail")
    assert large.core.threshold == 0.3


def test_the_verdict_is_shown_at_five_percent_either_way():
    # 700,000 MWh at 0.30 tce = 21.0 × 10^4 tce; at 0.285 it is 19.95: below the first band.
    found = profile([power(700_000, instrument="gec", certificate_id="G")])
    assert found.cases["W_10kt"].tolist() == pytest.approx([19.95, 21.0, 22.05])
    assert found.cases["status"].tolist() == ["not_defined", "pass", "pass"]
    assert not found.holds
    assert found.gap_t == pytest.approx(-0.2 * 210_000)


def test_every_fact_of_a_profile_has_a_label_in_both_languages():
    found = cc.examples.park_footprint().profile("ndrc910")
    for lang in ("zh", "en"):
        assert all(label.strip() and text.strip() for label, text in found.facts(lang))


def test_a_park_without_the_primary_equivalent_gets_no_verdict():
    for given in (None, {"value": 0.3, "unit": "kgce/kWh", "date": "2023"}, {"value": "x"}):
        with pytest.raises(BoundaryError) as caught:
            profile([power(1)], primary=given)
        assert caught.value.code == "B-090"
        assert "date" in caught.value.hint("en")


def test_the_calorific_value_is_not_taken_for_the_primary_equivalent():
    for value, unit in ((0.1229, "kgce/kWh"), (0.3, "kgce/GJ"), (0.3, "t")):
        with pytest.raises(BoundaryError) as caught:
            profile([power(1)], primary=PRIMARY | {"value": value, "unit": unit})
        assert caught.value.code == "B-092"


def test_the_primary_equivalent_may_stand_in_the_output_table_with_its_source():
    outputs = [{
        "entity": "T", "period": "2023", "measure": "tce_primary_coefficient", "amount": 0.3,
        "unit": "kgce_primary/kWh", "evidence": "made",
    }]  # fmt: skip
    entities = cc.read_entities(PARK)
    table = cc.read_activity([power(1000)], entities=entities, outputs=outputs)
    found = cc.consolidate(cc.compute(table), entities).profile("ndrc910")
    assert found.energy_tce == pytest.approx(300.0)
    assert (found.primary.date, found.primary.source) == ("2023", "made")


def test_a_measured_calorific_value_replaces_the_coefficient_in_e_and_in_w():
    # 10 × 400 GJ × 0.0153 × 0.99 × 44/12; W = 4000 / 29.3076
    found = profile([gas(10) | {"net_calorific_value": "400 GJ/万Nm3"}])
    assert found.co2_t == pytest.approx(4000 * 0.0153 * 0.99 * 44 / 12, rel=1e-12)
    assert found.energy_tce == pytest.approx(4000 / 29.3076, rel=1e-12)


def test_a_substitute_is_flagged():
    codes = {issue.code for issue in profile([gas(1)]).findings}
    assert codes == {"B-100", "B-101"}


def test_heat_bought_and_sold_takes_the_default_both_ways():
    bought = {
        "entity": "T", "period": "2023", "source": "purchased_heat", "item": "heat",
        "amount": 1000, "unit": "GJ",
    }  # fmt: skip
    sold = bought | {"source": "exported_heat", "amount": 400}
    found = profile([power(1), bought, sold])
    assert found.co2_t == pytest.approx(0.8325 + 600 * 0.11, abs=1e-9)
    assert found.energy_tce == pytest.approx(0.3 + 600 * 0.03412, abs=1e-9)


RULES = load_profile("ndrc910")


def test_the_guiding_indicators_follow_their_parts():
    facts = {
        "Z2": {"steel": True, "glass": False},
        "Z3": {"generated": 80, "used": 70, "past_stock_used": 20},
        "Z4": [{"recovered": 30, "recoverable": 60}, {"recovered": 10, "recoverable": 20}],
        "Z5": {"reused": 79, "fresh": 21},
    }
    found = {i.id: i for i in guiding_indicators(RULES, 0.9, facts, {})}
    assert {key: i.value for key, i in found.items()} == {
        "Z1": 0.9, "Z2": 0.5, "Z3": 0.9, "Z4": 0.5, "Z5": 0.79,
    }  # fmt: skip
    assert {key: i.status for key, i in found.items()} == {
        "Z1": "pass", "Z2": "fail", "Z3": "pass", "Z4": "pass", "Z5": "fail",
    }  # fmt: skip
    assert {i.formula_grade for i in found.values()} == {"D"}


@pytest.mark.parametrize(
    ("facts", "not_applicable", "code"),
    [
        ({"Z9": {}}, {}, "B-095"),
        ({}, {"Z0": "no energy"}, "B-095"),
        ({}, {"Z4": " "}, "B-095"),
        ({"Z5": {"reused": 10}}, {}, "B-096"),
        ({"Z3": {"used": 20, "generated": 10}}, {}, "B-096"),
        ({"Z5": {"reused": 0, "fresh": 0}}, {}, "B-096"),
    ],
)
def test_facts_that_make_no_indicator_are_refused_by_name(facts, not_applicable, code):
    with pytest.raises(BoundaryError) as caught:
        guiding_indicators(RULES, 0.5, facts, not_applicable)
    assert caught.value.code == code


def test_an_unknown_profile_is_refused_with_those_that_are_held():
    entities = cc.read_entities(PARK)
    footprint = cc.consolidate(
        cc.compute(cc.read_activity([power(1)], entities=entities)), entities
    )
    with pytest.raises(BoundaryError) as caught:
        footprint.profile("ndrc911")
    assert caught.value.params["held"] == "ghg7, ndrc910"


def test_seven_gases_name_those_without_a_line():
    entities = cc.read_entities(PARK)
    rows = [power(10), *from_pv(5)]
    rows.append(power(1) | {"source": "refrigerant_leakage", "item": "HFC-134a", "unit": "kg"})
    footprint = cc.consolidate(cc.compute(cc.read_activity(rows, entities=entities)), entities)
    found = footprint.profile("ghg7")
    # 10 MWh × 0.4211 in Fujian, and 1 kg of HFC-134a at 1300 (SAR, the set of the document)
    assert found.location_t == pytest.approx(4.211 + 1.3, abs=1e-9)
    assert found.gwp_sets == ("SAR",)
    assert found.gases_without_lines == ("CH4", "N2O", "PFCs", "SF6", "NF3")


def test_biomass_counts_in_w_at_its_calorific_value_and_never_in_e():
    straw = {
        "entity": "T", "period": "2023", "source": "biomass_combustion", "item": "straw",
        "amount": 100, "unit": "t", "net_calorific_value": "14.65308 GJ/t",
        "carbon_content": "0.4 tC/t",
    }  # fmt: skip
    # 100 t × 14.65308 GJ/t ÷ 29.3076 GJ/tce = 49.9975 tce
    found, base = profile([power(1000), straw]), profile([power(1000)])
    assert found.co2_t == base.co2_t
    assert found.energy_tce - base.energy_tce == pytest.approx(1465.308 / 29.3076, rel=1e-12)
    assert found.indicators[1].value == pytest.approx(
        (1465.308 / 29.3076) / (300 + 1465.308 / 29.3076), rel=1e-12
    )
