"""The look-up gives what was announced, for every region and year that was announced."""

import csv
from pathlib import Path

import pytest

from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.provenance import Policy

CASE = Path(__file__).parent / "grid_factors_2021_2023"
ASKED = FactorRequest("grid", "electricity", "average", region_rule="ladder", year_rule="data_year")


def announced() -> list[dict[str, str]]:
    with (CASE / "expected.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_one_nation_seven_regions_and_thirty_provinces_are_expected_for_three_years() -> None:
    rows = announced()
    kinds = {r["region"]: r["region"].partition("-")[0] for r in rows}
    assert sorted(kinds.values()).count("GRID") == 7
    assert len([k for k in kinds if k.startswith("CN-")]) == 30
    assert len(rows) == 38 * 3


def test_every_announced_factor_is_found_without_any_fallback() -> None:
    rows = announced()
    regions = list(dict.fromkeys(r["region"] for r in rows))
    years = [2021, 2022, 2023]
    found = match(FactorLibrary.default(), ASKED, regions, years, Policy())
    for row in rows:
        i, j = regions.index(row["region"]), years.index(int(row["data_year"]))
        assert found.value[i, j] == float(row["t_co2_per_mwh"]), row
    assert not found.fallback.any()
    assert not found.hole.any()


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_the_rows_name_their_announcement(year: int) -> None:
    library = FactorLibrary.default()
    document = {2021: "mee-2024-12", 2022: "mee-2024-33", 2023: "mee-2025-47"}[year]
    assert library.by_id(f"grid/average/CN-35/{year}@1").source == document
