"""Asking for one constant: what answers, what is refused, what is never mixed up."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from carboncalc.errors import FactorAmbiguousError, FactorError, FactorNotFoundError
from carboncalc.factors.gwp import blend_components, gwp
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.miss import explain_miss
from carboncalc.factors.request import GRADE_REFUSED, GRID_KINDS, NO_FACTOR, FactorRequest
from carboncalc.provenance import Policy

LIBRARY = FactorLibrary.default()


def value_of(request: FactorRequest, **policy: str) -> float:
    return float(match(LIBRARY, request, ["CN-35"], [2023], Policy(**policy)).value[0, 0])


@pytest.mark.parametrize(
    ("fuel_set", "item", "parameter", "printed"),
    [
        # 环办气候〔2021〕9号 annex 2, table B.1
        ("mee_power_2021", "diesel", "net_calorific_value", 42.652),
        ("mee_power_2021", "natural_gas", "carbon_content", 0.01532),
        ("mee_power_2021", "coal_unmeasured", "carbon_content", 0.03356),
        # NDRC guidelines, appendix 2 table 2.1
        ("ndrc_sector_2013_2015", "diesel", "net_calorific_value", 43.33),
        ("ndrc_sector_2013_2015", "lng", "net_calorific_value", 41.868),
        # GB/T 32151.22-2024 table C.1
        ("gbt32151_2024_c1", "lng", "net_calorific_value", 51.498),
        ("gbt32151_2024_c1", "coke_oven_gas", "carbon_content", 0.01358),
        # 2006 IPCC Guidelines V2 table 1.2
        ("ipcc_2006", "natural_gas", "net_calorific_value", 48.0),
    ],
)
def test_a_fuel_has_the_value_of_the_document_that_is_named(
    fuel_set: str, item: str, parameter: str, printed: float
) -> None:
    assert value_of(FactorRequest(fuel_set, item, parameter)) == printed


def test_a_constant_without_region_or_year_fills_the_whole_table() -> None:
    asked = FactorRequest("mee_power_2021", "diesel", "oxidation_factor")
    found = match(LIBRARY, asked, ["CN-35", "CN-54", None], [1999, 2023], Policy())
    assert np.all(found.value == 98)
    assert found.value.shape == (3, 2)


def test_grade_d_is_refused_unless_it_is_let_in() -> None:
    asked = FactorRequest("mee_power_2022", "coal_unmeasured", "carbon_content")
    assert match(LIBRARY, asked, ["CN"], [2023], Policy()).hole[0, 0] == GRADE_REFUSED
    assert value_of(asked, grades="ABCDS") == 0.03085
    error = explain_miss(LIBRARY, asked, "CN", 2023, Policy())
    assert error.code == "F-007"
    assert "ABCDS" in error.hint("en")


def test_a_technology_answers_to_its_chinese_name() -> None:
    for name in ("anaerobic_reactor", "厌氧反应器", "UASB"):
        asked = FactorRequest(
            "ndrc-2015-1722-other-industry", "wastewater", "methane_correction_factor", name
        )
        assert value_of(asked) == 0.8


def test_a_technology_is_never_guessed() -> None:
    asked = FactorRequest(
        "ndrc-2015-1722-other-industry", "wastewater", "methane_correction_factor"
    )
    assert match(LIBRARY, asked, ["CN"], [2023], Policy()).hole[0, 0] == NO_FACTOR
    error = explain_miss(LIBRARY, asked, "CN", 2023, Policy())
    assert any("anaerobic_reactor" in near for near in error.nearest)


def test_a_gas_must_be_named_where_a_set_has_several() -> None:
    asked = FactorRequest(
        "combustion_ch4_n2o", "natural_gas", "emission_factor", "manufacturing_and_construction"
    )
    with pytest.raises(FactorAmbiguousError) as caught:
        match(LIBRARY, asked, ["CN"], [2023], Policy())
    assert len(caught.value.candidates) == 2
    # IPCC 2006 V2 table 2.3, natural gas: CH4 1, N2O 0.1 kg/TJ
    assert value_of(dataclasses.replace(asked, gas="CH4")) == 1
    assert value_of(dataclasses.replace(asked, gas="N2O")) == 0.1


def test_an_electricity_factor_without_its_kind_is_an_error() -> None:
    asked = FactorRequest("grid", "electricity", "emission_factor", region_rule="nation")
    with pytest.raises(FactorAmbiguousError) as caught:
        match(LIBRARY, asked, ["CN"], [2023], Policy())
    assert caught.value.candidates == GRID_KINDS


@pytest.mark.parametrize("kind", GRID_KINDS)
def test_no_kind_of_electricity_factor_is_ever_served_for_another(kind: str) -> None:
    asked = FactorRequest("grid", "electricity", kind, region_rule="ladder", year_rule="data_year")
    policy = Policy(grid_fallback="nation", year_fallback="latest", grades="ABCDS")
    regions = ["CN", "GRID-NORTH", "CN-35", "CN-54"]
    found = match(LIBRARY, asked, regions, list(range(2009, 2027)), policy)
    rows = set(found.row[found.row >= 0].tolist())
    assert rows
    assert {LIBRARY.ids[row].split("/")[1] for row in rows} == {kind}


def test_what_a_document_gives_per_litre_per_tonne_and_per_kwh_is_chosen_by_the_unit() -> None:
    item = "fuels.liquid_fuels.diesel_average_biofuel_blend"
    asked = FactorRequest("uk_desnz_2025", item, "emission_factor", unit="L")
    # DESNZ 2025 flat file, row 1_101_1011_8_1 (litres) and 1_101_1011_15_1 (tonnes)
    assert value_of(asked) == 2.57082
    assert value_of(dataclasses.replace(asked, unit="t")) == 3087.94462
    with pytest.raises(FactorAmbiguousError):  # net and gross kWh
        value_of(dataclasses.replace(asked, unit="kWh"))


def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(FactorNotFoundError) as caught:
        LIBRARY.by_id("grid/average/CN-35/2032@1")
    assert any("CN-35/2023" in near for near in caught.value.nearest)


def test_a_gas_that_a_report_lacks_is_an_error_that_names_the_reports_that_have_it() -> None:
    with pytest.raises(FactorNotFoundError) as caught:
        gwp(LIBRARY, "SAR", "NF3")
    assert caught.value.code == "F-011"
    assert "AR4" in caught.value.params["listed"]


def test_a_blend_is_its_components_and_a_gas_is_itself() -> None:
    # ASHRAE 34: R-404A is R-125/143a/134a (44/52/4)
    assert blend_components("R-404A") == {"HFC-125": 0.44, "HFC-143a": 0.52, "HFC-134a": 0.04}
    assert blend_components("SF6") == {"SF6": 1.0}
    with pytest.raises(FactorNotFoundError):
        blend_components("R-999")


def test_a_release_that_is_not_held_is_refused() -> None:
    assert LIBRARY.pinned(LIBRARY.version).digest == LIBRARY.digest
    with pytest.raises(FactorError) as caught:
        LIBRARY.pinned("1999.1")
    assert caught.value.code == "F-022"


def test_what_was_known_on_a_day_leaves_out_later_announcements() -> None:
    def known(day: str) -> tuple[int, ...]:
        return LIBRARY.as_known_on(day).years("grid", "electricity", "average", "CN")

    # announced 2024-04-12, 2024-12-20 and 2025-12-31
    assert known("2024-04-11") == ()
    assert known("2024-04-12") == (2021,)
    assert known("2025-12-30") == (2021, 2022)
    assert known("2025-12-31") == (2021, 2022, 2023)


def test_a_library_of_another_day_has_another_digest() -> None:
    assert LIBRARY.as_known_on("2024-06-30").digest != LIBRARY.digest


def test_every_row_is_a_valid_record() -> None:
    for name in LIBRARY.sets():
        if name != "uk_desnz_2025":
            for record in LIBRARY.rows(name):
                assert record.value == float(record.value_text)


def test_opening_reads_the_index_only_and_a_request_reads_one_set() -> None:
    code = """
import sys
from pathlib import Path
opened = []
sys.addaudithook(lambda e, a: opened.append(str(a[0])) if e == "open" else None)
import carboncalc as cc
library = cc.FactorLibrary.default()
def read():
    return {Path(p).name for p in opened if "emission_factors" in p}
assert read() == {"index.csv", "index.yaml"}, read()
library.rows_for("mee_power_2021", "diesel", "carbon_content")
assert read() == {"index.csv", "index.yaml", "mee_power_2021.csv"}, read()
heavy = {"pandas", "yaml", "pint", "pyarrow", "xarray"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)
