"""Which route is taken, and which edition: measured before default, nothing in silence."""

from datetime import date

import pytest
from bench import compute_row

import carboncalc as cc
from carboncalc.errors import MethodError
from carboncalc.methods.catalogue import known_source, load_method
from carboncalc.provenance import Policy

BURN = ("other-industry", "fossil_combustion")


def test_without_measurements_the_default_of_the_document_is_taken() -> None:
    row = compute_row(*BURN, "diesel", 1, "t")
    assert row.route == "ncv_carbon"
    # 43.33 GJ/t × 0.0202 tC/GJ × 98 % × 44/12
    assert row.tonnes["CO2"] == pytest.approx(43.33 * 0.0202 * 0.98 * 44 / 12, rel=1e-12)


def test_carbon_per_tonne_takes_the_measured_route_and_carbon_per_heat_the_other() -> None:
    per_tonne = compute_row(*BURN, "diesel", 1, "t", carbon_content=(0.86, "tC/t"))
    per_heat = compute_row(*BURN, "diesel", 1, "t", carbon_content=(0.0203, "tC/GJ"))
    assert (per_tonne.route, per_heat.route) == ("measured_carbon", "ncv_carbon")
    assert per_tonne.unused == per_heat.unused == ()


def test_an_emission_factor_of_the_row_is_never_passed_over_for_a_default() -> None:
    row = compute_row(*BURN, "diesel", 2, "t", emission_factor=(3.2, "tCO2/t"))
    assert row.route == "emission_factor"
    assert row.tonnes["CO2"] == 6.4
    by_heat = compute_row(*BURN, "diesel", 1, "t", emission_factor=(74.1, "kg CO2/GJ"))
    assert by_heat.route == "emission_factor_energy"


def test_parameters_that_no_route_can_use_together_are_named() -> None:
    row = compute_row(
        *BURN, "diesel", 1, "t", carbon_content=(0.86, "tC/t"), net_calorific_value=(43.0, "GJ/t")
    )
    assert row.unused == ("net_calorific_value",)


def test_a_gas_by_volume_and_a_fuel_by_its_heat_find_their_variant() -> None:
    by_volume = compute_row(*BURN, "natural_gas", 1, "万Nm3")
    by_heat = compute_row(*BURN, "natural_gas", 389.31, "GJ")
    assert by_heat.route == "energy_carbon"
    assert by_heat.tonnes["CO2"] == pytest.approx(by_volume.tonnes["CO2"], rel=1e-14)


def test_an_amount_in_a_unit_no_route_takes_is_refused_with_what_it_takes() -> None:
    with pytest.raises(MethodError) as caught:
        compute_row(*BURN, "diesel", 1, "km")
    assert caught.value.code == "M-010"
    assert "amount in t | 10^4 Nm3" in str(caught.value)


def test_a_fuel_without_default_names_what_is_missing() -> None:
    with pytest.raises(MethodError, match="net_calorific_value"):
        compute_row(*BURN, "hydrogen", 1, "t")


def test_measured_carbon_of_coal_needs_its_basis() -> None:
    with pytest.raises(MethodError) as caught:
        compute_row(*BURN, "anthracite", 1, "t", carbon_content=(0.7, "tC/t"))
    assert caught.value.code == "M-012"


def test_each_basis_of_coal_comes_to_the_same_carbon_as_received() -> None:
    water, inherent, dry = 0.12, 0.03, 0.75
    received = dry * (1 - water)
    air_dried = dry * (1 - inherent)
    rows = [
        compute_row(*BURN, "anthracite", 1, "t", carbon_content=(c, "tC/t"), texts=t, **moisture)
        for c, t, moisture in [
            (received, {"carbon_basis": "ar"}, {}),
            (
                air_dried,
                {"carbon_basis": "ad"},
                {"moisture_received": water, "moisture_air_dried": inherent},
            ),
            (dry, {"carbon_basis": "d"}, {"moisture_received": water}),
        ]
    ]
    values = [row.tonnes["CO2"] for row in rows]
    assert values[1] == pytest.approx(values[0], rel=1e-12)
    assert values[2] == pytest.approx(values[0], rel=1e-12)


POWER = ("power-generation-cets", "fossil_combustion", "bituminous_coal", 1000.0, "t")


def test_a_month_without_measurement_takes_the_punitive_default_of_2021() -> None:
    row = compute_row(*POWER, year=2022)
    assert row.tonnes["CO2"] == pytest.approx(1000 * 26.7 * 0.03356 * 0.99 * 44 / 12, rel=1e-12)
    assert row.grades == "AAA"


def test_calorific_value_and_carbon_are_judged_apart() -> None:
    row = compute_row(*POWER, year=2022, net_calorific_value=(21.5, "GJ/t"))
    assert row.tonnes["CO2"] == pytest.approx(1000 * 21.5 * 0.03356 * 0.99 * 44 / 12, rel=1e-12)


def test_the_later_edition_rests_on_recollection_and_is_refused_unless_allowed() -> None:
    with pytest.raises(MethodError, match="carbon_content"):
        compute_row(*POWER, year=2023)
    allowed = compute_row(*POWER, year=2023, policy=Policy(grades="ABCDS"))
    assert allowed.tonnes["CO2"] == pytest.approx(1000 * 26.7 * 0.03085 * 0.99 * 44 / 12)
    named = compute_row(*POWER, year=2023, edition="2021")
    assert named.tonnes["CO2"] == pytest.approx(1000 * 26.7 * 0.03356 * 0.99 * 44 / 12)


def test_editions_go_by_data_year_and_say_what_is_to_be_said() -> None:
    method = load_method("power-generation-cets")
    assert method.edition(2021).codes(2021) == ()
    assert method.edition(2022).codes(2022) == ("M-102",)
    assert method.edition(2023).key == "2022"
    named = method.edition(2024, "2021")
    assert named.codes(2024, named=True) == ("M-103",)
    assert method.edition(2024, "land-transport:2015").key == "2022"
    # 环办气候〔2021〕9号 has the reports of 2020 made under its annex 2
    assert method.edition(2020).key == "2021"
    for year in (2019, 2026):
        with pytest.raises(MethodError) as caught:
            method.edition(year, "2021" if year == 2026 else None)
        assert caught.value.code == "M-002"


def test_the_standing_of_a_document_depends_on_the_day_of_the_report() -> None:
    method = load_method("other-industry")
    assert method.notes(date(2026, 6, 30)) == ()
    assert method.notes(date(2026, 7, 1)) == ("M-101",)


def test_a_source_the_document_lacks_is_named_and_known_sources_have_a_memo_form() -> None:
    with pytest.raises(MethodError, match="M-003"):
        load_method("land-transport").source("refrigerant_leakage")
    assert known_source("refrigerant_leakage").gases == ("item", "CO2e")
    with pytest.raises(MethodError):
        known_source("clinker")


def test_an_unknown_method_names_its_neighbours() -> None:
    with pytest.raises(MethodError) as caught:
        load_method("other-industries")
    assert "other-industry" in str(caught.value)


@pytest.mark.parametrize(
    ("basis", "instrument", "certified", "factor"),
    [
        ("location", "none", False, 0.4211),
        ("location", "green_trade", True, 0.4211),
        ("location", "ppa", True, 0.4211),
        ("location", "direct", False, 0.0),
        ("market", "none", False, 0.6096),
        ("market", "green_trade", False, 0.0),
        ("market", "gec", True, 0.0),
        ("market", "direct", False, 0.0),
        ("market", "direct_sold", False, 0.6096),
        ("market", "ppa", True, 0.0),
        ("market", "ppa", False, 0.6096),
    ],
)
def test_what_an_instrument_does_in_fujian_in_2023(
    basis: str, instrument: str, certified: bool, factor: float
) -> None:
    row = compute_row(
        "ghg-protocol",
        "purchased_electricity",
        "electricity",
        1.0,
        "MWh",
        year=2023,
        region="CN-35",
        basis=basis,
        instrument=instrument,
        certified=certified,
    )
    assert row.tonnes["CO2"] == factor


def test_a_document_of_the_ministry_ignores_certificates_but_not_own_power() -> None:
    for instrument, factor in [("none", 0.5703), ("gec", 0.5703), ("ppa", 0.5703), ("direct", 0.0)]:
        row = compute_row(
            "power-generation-cets",
            "purchased_electricity",
            "electricity",
            1.0,
            "MWh",
            year=2022,
            instrument=instrument,
        )
        assert row.tonnes["CO2"] == factor


def test_an_instrument_without_its_certificate_is_a_finding() -> None:
    market = load_method("ghg-protocol").sources["purchased_electricity"].bases["market"]
    assert market.instruments["green_trade"].findings(certified=False) == ("M-105",)
    assert market.instruments["green_trade"].findings(certified=True) == ()


def test_the_regional_grid_of_2012_is_used_only_when_named() -> None:
    args = ("other-industry", "purchased_electricity", "electricity", 1.0, "MWh")
    assert compute_row(*args, year=2022, region="CN-35").tonnes["CO2"] == 0.5366
    named = compute_row(
        *args,
        year=2022,
        region="CN-35",
        edition="2015-grid-2012",
        policy=Policy(grid_level="region"),
    )
    assert named.tonnes["CO2"] == 0.7035


def test_a_missing_methane_factor_leaves_carbon_dioxide_alone() -> None:
    with_all = compute_row("ghg-protocol", "mobile_combustion", "diesel", 1, "t", technology="road")
    alone = compute_row("ghg-protocol", "mobile_combustion", "diesel", 1, "t")
    assert set(with_all.tonnes) == {"CO2", "CH4_fossil", "N2O"}
    assert set(alone.tonnes) == {"CO2"}


def test_the_sector_of_the_entity_chooses_the_methane_factor() -> None:
    args = ("ghg-protocol", "fossil_combustion", "natural_gas", 1.0, "万Nm3")
    default = compute_row(*args).tonnes["CH4_fossil"]
    office = compute_row(*args, sector="商业、机构").tonnes["CH4_fossil"]
    assert office == pytest.approx(5 * default, rel=1e-12)


def test_the_engine_takes_the_grid_year_that_a_named_edition_pins() -> None:
    import pandas as pd

    import carboncalc as cc

    row = {
        "entity": "e",
        "period": "2022",
        "region": "CN-35",
        "method": "other-industry",
        "source": "purchased_electricity",
        "item": "electricity",
        "amount": 1,
        "unit": "MWh",
    }
    lines = cc.compute(
        pd.DataFrame([row]), edition="2015-grid-2012", grid_level="region"
    ).lines  # fmt: skip
    assert lines["mass_t"].tolist() == [pytest.approx(0.7035, abs=1e-12)]
    assert "grid/average/GRID-EAST/2012" in str(lines["factor_ids"].iloc[0])


def test_an_edition_that_nobody_has_or_that_does_not_serve_the_year_is_refused():
    power = load_method("power-generation-cets")
    assert power.edition(2021, "power-generation-cets:2021").key == "2021"
    with pytest.raises(MethodError, match="2022 that was asked for"):
        power.edition(2021, "2022")
    # another method's name is passed over, a name that nobody has is not
    assert power.edition(2023, "2015-grid-2012").key == "2022"
    with pytest.raises(MethodError, match="M-111"):
        cc.compute([{"entity": "P"}], edition="2025-draft")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reason_for_a_missing_edition_is_in_the_reader_s_language(lang):
    with pytest.raises(MethodError) as caught:
        load_method("power-generation-cets").edition(2026)
    other = {"zh": "annexes", "en": "附件"}[lang]
    assert "CETS-AG-01.01-V04-2026" in caught.value.text(lang)
    assert other not in caught.value.text(lang)
