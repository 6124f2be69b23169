"""Search, audit, comparison and uncertainty: what people do with the library."""

import pandas as pd
import pytest

from carboncalc.errors import FactorError
from carboncalc.factors.audit import audit_library, audit_run, weakest
from carboncalc.factors.compare import compare_libraries, compare_sets
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.uncertainty import parse_uncertainty, uncertainty_of

LIBRARY = FactorLibrary.default()


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("天然气 排放因子", "natural_gas"),
        ("天然气排放因子", "natural_gas"),
        ("液化天然气 热值", "lng"),
        ("柴油", "diesel"),
        ("diesel net calorific value", "diesel"),
        ("R410A", "R-410A"),
        ("碳酸钙", "CaCO3"),
        ("甲烷 GWP", "CH4"),
        ("高炉煤气 含碳量", "blast_furnace_gas"),
    ],
)
def test_search_finds_what_a_person_means(words: str, item: str) -> None:
    found = LIBRARY.search(words, limit=2)
    assert {record.item for record in found} == {item}


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("福建 电网 2023", "grid/average/CN-35/2023@1"),
        ("Fujian electricity 2022", "grid/average/CN-35/2022@1"),
        ("华东 电力平均因子 2021", "grid/average/GRID-EAST/2021@1"),
        ("CH4 GWP AR5", "gwp/AR5/CH4@1"),
    ],
)
def test_search_puts_the_row_that_is_meant_first(words: str, first: str) -> None:
    assert LIBRARY.search(words, limit=1)[0].id == first


def test_search_finds_nothing_for_words_that_mean_nothing_here() -> None:
    assert LIBRARY.search("zzzqx") == []


def test_audit_counts_every_row_once() -> None:
    counts = audit_library(LIBRARY)
    assert counts.loc["all", "all"] == len(LIBRARY)
    assert (counts.drop(columns="all").sum(axis=1) == counts["all"]).all()
    assert counts.loc["all", "S"] == 0


def test_audit_of_a_run_says_what_share_rests_on_each_constant_and_grade() -> None:
    grid, carbon = "grid/average/CN/2023@1", "mee_power_2022/coal_unmeasured/carbon_content@1"
    heat = "mee_power_2022/coal_unmeasured/net_calorific_value@1"
    lines = pd.DataFrame(
        {
            "co2e_t": [60.0, 30.0, -10.0],
            "evidence_grade": ["B", "D", "B"],
            "factor_ids": [grid, f"{carbon};{heat}", grid],
        }
    )
    found = audit_run(lines, LIBRARY)
    assert found.total_t == 80
    shares = dict(zip(found.constants["factor_id"], found.constants["share"], strict=True))
    assert shares == {grid: 0.7, carbon: 0.3, heat: 0.3}
    assert found.constants["factor_id"][0] == grid
    assert dict(zip(found.grades["grade"], found.grades["share"], strict=True)) == {
        "B": 0.7,
        "D": 0.3,
    }
    assert found.record()["total_co2e_t"] == 80


def test_audit_lists_a_constant_that_the_library_does_not_hold() -> None:
    lines = pd.DataFrame({"co2e_t": [1.0], "evidence_grade": ["S"], "factor_ids": ["mine/x/y@1"]})
    assert audit_run(lines, LIBRARY).constants["grade"][0] == ""


def test_audit_of_no_lines_is_empty_and_not_an_error() -> None:
    lines = pd.DataFrame({"co2e_t": [], "evidence_grade": [], "factor_ids": []}, dtype=object)
    found = audit_run(lines.astype({"co2e_t": float}), LIBRARY)
    assert found.total_t == 0
    assert len(found.constants) == 0


def test_what_is_weakest_is_grade_d() -> None:
    ids = weakest(LIBRARY, limit=10_000)
    assert "mee_power_2022/coal_unmeasured/carbon_content@1" in ids
    assert all(LIBRARY.by_id(key).grade == "D" for key in ids[:20])


def test_two_documents_that_disagree_are_shown_side_by_side() -> None:
    found = compare_sets(LIBRARY, "gbt32151_2024_c1", "ndrc_sector_2013_2015")
    rows = found.set_index(["item", "parameter"])
    # diesel 42.652 against 43.330, LNG 51.498 against 41.868 GJ/t
    assert rows.loc[("diesel", "net_calorific_value"), "ratio"] == pytest.approx(43.33 / 42.652)
    assert rows.loc[("lng", "net_calorific_value"), "ratio"] == pytest.approx(41.868 / 51.498)


def test_values_in_different_units_are_compared_in_one() -> None:
    found = compare_sets(LIBRARY, "guangdong_2021", "ndrc_sector_2013_2015")
    rows = found.set_index(["item", "parameter"])
    # both 43.33 GJ/t, one printed in MJ/t
    assert rows.loc[("diesel", "net_calorific_value"), "ratio"] == pytest.approx(1)


def test_what_only_one_set_has_is_listed() -> None:
    found = compare_sets(LIBRARY, "mee_power_2021", "ndrc_sector_2013_2015")
    only = found[found["value_a"].isna()]
    assert "briquette" in set(only["item"])


def test_a_set_that_is_not_held_is_refused() -> None:
    with pytest.raises(FactorError) as caught:
        compare_sets(LIBRARY, "mee_power_2021", "mee_power_2031")
    assert caught.value.code == "F-024"


def test_two_states_of_the_library_differ_by_what_was_announced_between_them() -> None:
    before = LIBRARY.as_known_on("2025-12-30")
    changes = compare_libraries(before, LIBRARY)
    assert set(changes["change"]) == {"added"}
    assert "grid/average/CN-35/2023@1" in set(changes["id"])
    assert compare_libraries(LIBRARY, LIBRARY).empty


def test_a_row_has_its_own_interval_where_the_document_prints_one() -> None:
    # IPCC 2006 V2 table 1.4: natural gas 56.1 t/TJ, 95 % interval 54.3 to 58.3
    row = LIBRARY.index_of("ipcc_2006/natural_gas/emission_factor[CO2]@1")
    found = uncertainty_of(LIBRARY, row)
    assert found is not None
    assert found.below == pytest.approx((56.1 - 54.3) / 56.1 * 100, abs=0.05)
    assert found.above == pytest.approx((58.3 - 56.1) / 56.1 * 100, abs=0.05)
    assert found.distribution == "lognormal"


def test_a_chinese_fuel_takes_the_interval_of_the_same_fuel_and_names_it() -> None:
    row = LIBRARY.index_of("ndrc_sector_2013_2015/natural_gas/net_calorific_value@1")
    found = uncertainty_of(LIBRARY, row)
    assert found is not None
    assert found.source == "ipcc-2006-v2-ch1"


@pytest.mark.parametrize(
    ("factor", "source"),
    [
        ("grid/average/CN/2023@1", "uncertainty-own-ranges"),
        ("gwp/AR5/CH4@1", "ipcc-ar5-wg1"),
        ("ndrc-2015-1722-land-transport/diesel/heavy_vehicle/distance_emission_factor[N2O]@1",
         "ipcc-2006-v2-ch2"),
        ("ndrc-2015-1722-other-industry/CaCO3/emission_factor[CO2]@1", "ipcc-2006-v3-ch2"),
    ],
)  # fmt: skip
def test_a_default_is_taken_by_class_with_its_source(factor: str, source: str) -> None:
    found = uncertainty_of(LIBRARY, LIBRARY.index_of(factor))
    assert found is not None
    assert found.source == source


def test_where_no_source_gives_an_interval_there_is_none() -> None:
    row = LIBRARY.index_of("mee_power_2021/diesel/oxidation_factor@1")
    assert uncertainty_of(LIBRARY, row) is None


def test_an_interval_is_written_as_one_or_two_numbers() -> None:
    one, two = parse_uncertainty("5", None), parse_uncertainty("50;150", "lognormal")
    assert one is not None
    assert one.symmetric
    assert two is not None
    assert (two.below, two.above) == (50, 150)
    assert parse_uncertainty("", "normal") is None
