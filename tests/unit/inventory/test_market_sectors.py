"""What the market sectors refuse, flag or leave to the memo, each case a row or two."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning

RULES = {"year_fallback": "latest", "missing": "quarantine"}


def run(*rows: dict[str, Any], **rules: str) -> cc.Inventory:
    base = {"entity": "厂", "period": "2022", "unit": "t", "amount": 1000}
    numbered = [base | {"evidence_no": str(n)} | row for n, row in enumerate(rows)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(pd.DataFrame(numbered), **(RULES | rules))


def codes(inventory: cc.Inventory) -> list[str]:
    return [issue.code for issue in inventory.issues]


def said(inventory: cc.Inventory) -> set[str]:
    return {finding.code for finding in inventory.findings}


def power(**row: Any) -> dict[str, Any]:
    return {"method": "power-generation-cets", "source": "fossil_combustion",
            "item": "bituminous_coal"} | row  # fmt: skip


def steel(**row: Any) -> dict[str, Any]:
    return {"method": "iron-steel-cets", "period": "2024"} | row


@pytest.mark.parametrize(
    ("basis", "given", "lacking"),
    [
        ("ad", {}, "moisture_received, moisture_air_dried"),
        ("ad", {"moisture_received": "9 %"}, "moisture_air_dried"),
        ("d", {}, "moisture_received"),
    ],
)
def test_measured_carbon_without_its_moisture_is_refused_and_takes_no_punitive_value(
    basis: str, given: dict[str, str], lacking: str
) -> None:
    inv = run(power(carbon_content="0.6 tC/t", carbon_basis=basis, **given))
    assert codes(inv) == ["M-032"]
    assert inv.issues[0].params["missing"] == lacking
    assert len(inv.lines) == 0


def test_unmeasured_coal_of_2024_names_the_recalled_value_that_is_not_let_in() -> None:
    inv = run(power(period="2024-01"))
    assert codes(inv) == ["F-007"]
    assert "mee_power_2022/coal_unmeasured" in inv.issues[0].text("en")
    assert run(power(period="2024-01"), edition="2021").co2e_t == pytest.approx(
        1000 * 26.7 * 0.03356 * 0.99 * 44 / 12
    )


def test_two_readings_of_the_anode_equation_do_not_add_up_in_one_potline() -> None:
    smelter = {"method": "aluminium-cets", "source": "anode_consumption", "period": "2024"}
    both = ({"item": "primary_aluminium"}, {"item": "anode", "amount": 500})
    inv = run(*(smelter | row for row in both))
    assert codes(inv) == ["M-033", "M-033"]
    apart = [smelter | row | {"facility": f"{n}#"} for n, row in enumerate(both)]
    assert codes(run(*apart)) == []


@pytest.mark.parametrize("item", ["crude_steel", "scrap_steel"])
def test_steel_above_six_tenths_of_a_percent_carbon_is_refused(item: str) -> None:
    source = "fixed_carbon" if item == "crude_steel" else "carbon_material"
    row = steel(source=source, item=item)
    assert codes(run(row | {"carbon_content": "0.61 %"})) == ["M-013"]
    assert codes(run(row | {"emission_factor": "0.0225 tCO2/t"})) == ["M-013"]
    kept = run(row | {"carbon_content": "0.6 %"}, steel(source="flux", item="limestone"))
    assert codes(kept) == []
    sign = -1 if item == "crude_steel" else 1
    assert kept.co2e_t == pytest.approx(440 + sign * 1000 * 0.006 * 44 / 12)


def test_an_electrode_cannot_hold_more_carbon_than_itself() -> None:
    row = steel(source="electrode_consumption", item="electrode", carbon_content="9.9 tC/t")
    assert codes(run(row)) == ["M-013"]


def test_coal_burnt_outside_the_kiln_does_not_take_the_kilns_oxidation() -> None:
    coal = {"method": "cement-cets", "period": "2024", "item": "bituminous_coal",
            "carbon_content": "0.6 tC/t", "carbon_basis": "ar"}  # fmt: skip
    assert run(coal | {"source": "fossil_combustion"}).co2e_t == pytest.approx(600 * 0.99 * 44 / 12)
    inv = run(coal | {"source": "other_combustion"})
    assert codes(inv) == ["I-025"]
    assert "oxidation_factor" in inv.issues[0].text("en")


def test_a_substitute_cannot_save_more_than_the_clinker_emits() -> None:
    line = {"method": "cement-cets", "period": "2024"}
    clinker = line | {"source": "clinker", "item": "clinker"}
    slag = line | {"source": "clinker_substitution", "item": "carbide_slag"}
    assert "M-114" not in said(run(clinker, slag))
    inv = run(clinker, slag | {"amount": 2000})
    finding = next(f for f in inv.findings if f.code == "M-114")
    assert (finding.params["out"], finding.params["into"]) == ("960.000", "535.000")
    # nothing is clipped: the figure stands below zero and both findings say so
    assert inv.co2e_t == pytest.approx(535 - 960)
    assert "M-019" in said(inv)
    assert codes(run(slag)) == ["M-018"]


def test_the_fast_sums_know_what_one_row_needs_of_another() -> None:
    slag = {"entity": "厂", "period": "2024", "method": "cement-cets", "unit": "t",
            "source": "clinker_substitution", "item": "carbide_slag", "amount": 100.0}  # fmt: skip
    with pytest.raises(cc.ActivityDataError) as caught:
        cc.aggregate(pd.DataFrame([slag]))
    assert [issue.code for issue in caught.value.issues] == ["M-018"]
    clinker = slag | {"source": "clinker", "item": "clinker"}
    sums = cc.aggregate(pd.DataFrame([slag, clinker]), by=["entity"])
    assert sums.co2e_t.tolist() == pytest.approx([53.5 - 48])


def test_the_2013_power_guide_says_that_the_market_has_another_since_2020() -> None:
    sorbent = {"method": "power-generation-2013", "source": "desulphurisation", "item": "CaCO3"}
    assert "M-112" in said(run(sorbent))
    assert "M-112" not in said(run(sorbent | {"period": "2019"}))


def test_a_generators_own_power_entered_as_exported_is_flagged() -> None:
    sold = {"method": "power-generation-2013", "source": "exported_electricity",
            "item": "electricity", "unit": "MWh"}  # fmt: skip
    inv = run(sold)
    assert "M-113" in said(inv)
    assert inv.co2e_t == pytest.approx(-1000 * 0.5366)
    assert "M-113" not in said(run(sold | {"method": "ceramics"}))


def test_what_a_generator_sells_is_a_memo_of_the_market_guide_and_not_dropped() -> None:
    row = {"method": "power-generation-cets", "region": "CN-35", "amount": 1000}
    inv = run(
        power(carbon_content="0.58 tC/t", carbon_basis="ar"),
        row | {"source": "exported_electricity", "item": "electricity", "unit": "MWh"},
        row | {"source": "exported_heat", "item": "heat", "unit": "GJ"},
    )
    assert codes(inv) == []
    assert inv.memo["account"].tolist() == ["outside_document"] * 2
    assert inv.totals["document"] == inv.totals["ets_compliance"] == inv.co2e_t


def test_co_fired_biomass_and_sludge_stand_in_the_memo_of_the_market_guide() -> None:
    fuels = [
        power(source="biomass_combustion", item=item, carbon_content="0.4 tC/t")
        for item in ("straw", "sludge")
    ]
    inv = run(power(carbon_content="0.58 tC/t", carbon_basis="ar"), *fuels)
    assert inv.co2e_t == pytest.approx(580 * 0.99 * 44 / 12)
    assert inv.memo["account"].tolist() == ["biogenic"] * 2


def test_the_2021_form_rounds_carbon_per_heat_and_the_2022_form_the_carbon() -> None:
    row = power(carbon_content="0.581 tC/t", carbon_basis="ar", net_calorific_value="21.5 GJ/t")
    old, new = (
        run(row | {"period": year}, rounding="mee-guide").lines["co2e_t"].sum()
        for year in ("2021", "2023")
    )
    # 0.581 / 21.5 = 0.0270232… → 0.02702
    assert old == pytest.approx(1000 * 21.5 * 0.02702 * 0.99 * 44 / 12)
    assert new == pytest.approx(1000 * 0.581 * 0.99 * 44 / 12)
    plain = run(row | {"period": "2021"}).co2e_t
    assert plain == pytest.approx(new, rel=1e-14)


@pytest.mark.parametrize("method", ["flat-glass", "ceramics"])
def test_vehicles_of_the_plant_are_fuel_burnt_inside_its_boundary(method: str) -> None:
    row = {"method": method, "source": "mobile_combustion", "item": "diesel", "amount": 1}
    inv = run(row)
    assert inv.co2e_t == inv.totals["document"] == pytest.approx(42.7 * 0.0202 * 0.98 * 44 / 12)
    assert inv.lines["iso_category"].tolist() == ["1.2"]


def test_carbon_as_a_laboratory_writes_it_is_a_share_of_the_mass() -> None:
    row = steel(source="fixed_carbon", item="crude_steel", carbon_content="0.21 %")
    by_share = run(row, steel(source="flux", item="limestone"))
    by_mass = run(row | {"carbon_content": "0.0021 tC/t"}, steel(source="flux", item="limestone"))
    assert by_share.co2e_t == by_mass.co2e_t == pytest.approx(440 - 2.1 * 44 / 12)
    measured = pd.DataFrame(
        [
            {"entity": "厂", "period": "2024", "source": "fixed_carbon", "item": "crude_steel",
             "parameter": "carbon_content", "value": 0.21, "unit": "%"},
        ]
    )  # fmt: skip
    plain = {k: v for k, v in row.items() if k != "carbon_content"}
    base = {"entity": "厂", "unit": "t", "amount": 1000}
    table = cc.read_activity(pd.DataFrame([base | plain]), parameters=measured)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        assert cc.compute(table).co2e_t == pytest.approx(-2.1 * 44 / 12)


def test_coal_with_carbon_in_percent_still_needs_its_basis() -> None:
    assert codes(run(power(carbon_content="58 %"))) == ["A-045"]
    inv = run(power(carbon_content="58 %", carbon_basis="ar"))
    assert inv.co2e_t == pytest.approx(580 * 0.99 * 44 / 12)


@pytest.mark.parametrize(
    ("row", "parameter"),
    [
        (steel(source="flux", item="limestone"), {"emission_factor": "4.4 tCO2/t"}),
        (steel(source="electrode_consumption", item="electrode"), {"emission_factor": "36 tCO2/t"}),
        (steel(source="fixed_carbon", item="coal_tar"), {"emission_factor": "27 tCO2/t"}),
        (
            {"method": "cement-cets", "period": "2024", "source": "clinker", "item": "clinker"},
            {"emission_factor": "0.0535 tCO2/t"},
        ),
        (
            {"method": "cement-ndrc-2013", "source": "clinker", "item": "clinker"},
            {"cao_fraction": "6.5 %", "mgo_fraction": "2 %"},
        ),
        (
            {"method": "aluminium-ndrc-2013", "source": "anode_effect",
             "item": "primary_aluminium"},
            {"anode_effect_minutes": "200 min/day"},
        ),
        (
            {"method": "aluminium-ndrc-2013", "source": "anode_consumption",
             "item": "primary_aluminium"},
            {"net_carbon_consumption": "4.2 tC/t"},
        ),
    ],
    ids=["limestone", "electrode", "tar", "clinker", "CaO", "anode effect", "anode"],
)  # fmt: skip
def test_a_value_ten_times_off_is_refused_with_its_reason(
    row: dict[str, Any], parameter: dict[str, str]
) -> None:
    inv = run(row | parameter)
    assert codes(inv) == ["M-013"]
    for lang in ("zh", "en"):
        reason = inv.issues[0].text(lang)
        assert next(iter(parameter)) in reason
        assert len(inv.lines) == 0


def test_the_2013_power_guide_says_which_fuels_take_another_documents_values() -> None:
    own = {"method": "power-generation-2013", "source": "fossil_combustion", "item": "diesel"}
    assert "M-110" not in said(run(own))
    assert "M-110" in said(run(own | {"item": "lpg"}))
    gas = own | {"item": "coke_oven_gas", "unit": "万Nm3"}
    assert codes(run(gas)) == ["I-025"]
    measured = run(gas | {"net_calorific_value": "167.47 GJ/万Nm3"})
    assert measured.co2e_t == pytest.approx(1000 * 167.47 * 0.01358 * 0.99 * 44 / 12)


def test_steel_and_scrap_take_the_carbon_that_the_guides_draft_prints() -> None:
    inv = run(
        steel(source="carbon_material", item="scrap_steel"),
        steel(source="fixed_carbon", item="crude_steel", amount=500),
    )
    assert codes(inv) == []
    assert inv.co2e_t == pytest.approx((1000 - 500) * 0.0154)
    assert {"M-116"} <= said(inv)
    assert "M-110" not in said(inv)


def test_what_is_missing_is_said_in_the_words_of_the_form() -> None:
    coal = {"method": "cement-cets", "period": "2024", "item": "bituminous_coal",
            "source": "other_combustion", "carbon_content": "0.6 tC/t",
            "carbon_basis": "ar"}  # fmt: skip
    text = run(coal).issues[0].text("zh")
    assert "企业其他化石燃料燃烧" in text
    assert "碳氧化率(oxidation_factor)" in text
    refused = run(power(period="2024-01")).issues[0].text("zh")
    assert "低位发热量" in refused
    waste = {"method": "cement-cets", "period": "2024", "item": "waste_oil",
             "source": "alternative_fuel_combustion"}  # fmt: skip
    hole = run(waste).issues[0]
    assert "the guide" in hole.text("en")
    assert "the guide" not in hole.text("zh")


def test_the_decimals_of_a_factor_go_by_its_source() -> None:
    clinker = {"method": "cement-cets", "period": "2024", "source": "clinker", "item": "clinker",
               "emission_factor": "0.52347 tCO2/t"}  # fmt: skip
    soda = {"method": "aluminium-cets", "period": "2024", "source": "carbonate_decomposition",
            "item": "Na2CO3", "emission_factor": "0.41523 tCO2/t"}  # fmt: skip
    rounded = [run(row, rounding="mee-guide").lines["co2e_t"].sum() for row in (clinker, soda)]
    assert rounded == pytest.approx([523.0, 415.2])
    plain = [run(row, rounding="none").lines["co2e_t"].sum() for row in (clinker, soda)]
    assert plain == pytest.approx([523.47, 415.23])
