"""Regions and years: what may stand in for what, and only when told."""

import pytest

from carboncalc.errors import FactorNotFoundError
from carboncalc.factors.ladder import chain
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.miss import explain_miss
from carboncalc.factors.request import (
    FOUND,
    GRADE_REFUSED,
    NO_FACTOR,
    REGION_NEEDS_FALLBACK,
    REGION_STANDS_IN,
    YEAR_NEEDS_FALLBACK,
    YEAR_STANDS_IN,
    FactorRequest,
)
from carboncalc.provenance import Policy

LIBRARY = FactorLibrary.default()
AVERAGE = FactorRequest(
    "grid", "electricity", "average", region_rule="ladder", year_rule="data_year"
)


def answer(region: str | None, year: int, request: FactorRequest = AVERAGE, **policy: str):
    found = match(LIBRARY, request, [region], [year], Policy(**policy))
    row = int(found.row[0, 0])
    name = LIBRARY.ids[row] if row >= 0 else None
    return name, int(found.fallback[0, 0]), int(found.hole[0, 0])


def test_xizang_has_no_factor_and_the_southwest_grid_never_stands_in() -> None:
    assert answer("CN-54", 2023) == (None, 0, REGION_NEEDS_FALLBACK)
    assert answer("CN-54", 2023, grid_fallback="region") == (None, 0, REGION_NEEDS_FALLBACK)
    assert "GRID-SOUTHWEST" not in chain("CN-54", 2023)


def test_xizang_raises_with_a_hint_that_names_the_national_factor() -> None:
    error = explain_miss(LIBRARY, AVERAGE, "CN-54", 2023, Policy())
    assert isinstance(error, FactorNotFoundError)
    assert error.code == "F-010"
    assert error.nearest == ("grid/average/CN/2023@1",)
    assert "grid_fallback=nation" in error.hint("en")
    assert "西藏" in error.text("zh")


def test_xizang_takes_the_nation_when_told_and_says_so() -> None:
    found = answer("CN-54", 2023, grid_fallback="nation")
    assert found == ("grid/average/CN/2023@1", REGION_STANDS_IN, FOUND)


def test_a_2025_request_says_which_year_it_would_fall_back_to() -> None:
    assert answer("CN-35", 2025) == (None, 0, YEAR_NEEDS_FALLBACK)
    error = explain_miss(LIBRARY, AVERAGE, "CN-35", 2025, Policy())
    assert error.nearest == ("grid/average/CN-35/2023@1",)
    assert "2023" in error.hint("zh")


def test_a_2025_request_falls_back_only_when_told() -> None:
    found = answer("CN-35", 2025, year_fallback="latest")
    assert found == ("grid/average/CN-35/2023@1", YEAR_STANDS_IN, FOUND)


def test_a_2019_request_names_the_unchecked_2016_row_and_needs_leave_for_its_grade_too() -> None:
    error = explain_miss(LIBRARY, AVERAGE, "CN-35", 2019, Policy())
    assert error.nearest == ("grid/average/CN-35/2016@1",)
    assert answer("CN-35", 2019, year_fallback="latest")[2] == GRADE_REFUSED
    allowed = answer("CN-35", 2019, year_fallback="latest", grades="ABCDS")
    assert allowed == ("grid/average/CN-35/2016@1", YEAR_STANDS_IN, FOUND)


def test_a_year_is_never_served_by_a_later_one() -> None:
    assert answer("CN", 2020, year_fallback="latest")[0] is None


def test_a_province_takes_its_regional_grid_as_grouped_in_the_data_year() -> None:
    def at(year: int) -> str | None:
        return answer("CN-50", year, grid_level="region")[0]

    assert at(2012) == "grid/average/GRID-CENTRAL/2012@1"
    assert at(2021) == "grid/average/GRID-SOUTHWEST/2021@1"


def test_inner_mongolia_lies_in_two_grids_so_its_region_is_not_guessed() -> None:
    assert answer("CN-15", 2023)[0] == "grid/average/CN-15/2023@1"
    assert answer("CN-15", 2023, grid_level="region")[0] is None


def test_a_city_takes_its_province_only_when_told() -> None:
    assert answer("CN-3502", 2023) == (None, 0, REGION_NEEDS_FALLBACK)
    found = answer("CN-3502", 2023, grid_fallback="region")
    assert found == ("grid/average/CN-35/2023@1", REGION_STANDS_IN, FOUND)


def test_both_fallbacks_together_are_both_marked() -> None:
    found = answer("CN-54", 2025, grid_fallback="nation", year_fallback="latest")
    assert found == ("grid/average/CN/2023@1", REGION_STANDS_IN | YEAR_STANDS_IN, FOUND)


def test_a_row_without_a_region_is_a_hole_and_not_the_nation() -> None:
    assert answer(None, 2023) == (None, 0, NO_FACTOR)
    nation = FactorRequest(
        "grid", "electricity", "average", region_rule="nation", year_rule="data_year"
    )
    assert answer(None, 2023, nation)[0] == "grid/average/CN/2023@1"


def test_the_level_of_a_policy_does_not_touch_factors_printed_for_the_nation_only() -> None:
    residual = FactorRequest(
        "grid",
        "electricity",
        "average_excl_market_nonfossil",
        region_rule="nation",
        year_rule="data_year",
    )
    found = answer("CN-35", 2023, residual, grid_level="province")
    assert found[0] == "grid/average_excl_market_nonfossil/CN/2023@1"


@pytest.mark.parametrize(
    ("year", "value"), [(2016, 0.6101), (2020, 0.6101), (2021, 0.5810), (2022, 0.5703)]
)
def test_the_market_factor_is_that_of_the_notice_of_the_year(year: int, value: float) -> None:
    asked = FactorRequest(
        "grid", "electricity", "cets_national", region_rule="nation", year_rule="data_year"
    )
    found = match(LIBRARY, asked, ["CN-35"], [year], Policy())
    assert found.value[0, 0] == value
    assert found.fallback[0, 0] == 0


def test_many_regions_and_years_are_answered_as_one_by_one() -> None:
    regions = ["CN", "CN-35", "CN-54", "GRID-EAST", "CN-3502", None]
    years = [2010, 2019, 2021, 2023, 2025]
    policy = Policy(grid_fallback="nation", year_fallback="latest", grades="ABCDS")
    whole = match(LIBRARY, AVERAGE, regions, years, policy)
    for i, region in enumerate(regions):
        for j, year in enumerate(years):
            one = match(LIBRARY, AVERAGE, [region], [year], policy)
            assert whole.row[i, j] == one.row[0, 0]
            assert whole.hole[i, j] == one.hole[0, 0]
