"""Electricity factors hold together: the official change, the hulls, the national mean."""

import csv
from pathlib import Path

import pytest

from carboncalc.vocabulary import regions

CASE = Path(__file__).parents[2] / "golden" / "grid_factors_2021_2023" / "expected.csv"
#: West Inner Mongolia lies in the North grid, east in the Northeast grid.
INNER_MONGOLIA = "CN-15"


def factors(year: int) -> dict[str, float]:
    from carboncalc.factors.library import FactorLibrary

    library = FactorLibrary.default()
    rows = library.rows_for("grid", "electricity", "average")
    return {
        library.cell(row, "region"): float(library.values[row])
        for row in rows
        if library.cell(row, "data_year") == str(year)
    }


def test_from_2022_to_2023_twenty_provinces_fell_and_ten_rose() -> None:
    # statement of 生态环境部 on the announcement 公告2025年第47号
    before, after = factors(2022), factors(2023)
    provinces = [r for r in after if r.startswith("CN-")]
    assert len([p for p in provinces if after[p] < before[p]]) == 20
    assert len([p for p in provinces if after[p] > before[p]]) == 10


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_each_region_lies_inside_the_hull_of_its_provinces(year: int) -> None:
    held = factors(year)
    members: dict[str, list[str]] = {}
    for record in regions.regions():
        if record.kind == "province" and record.grid_from_2021:
            members.setdefault(record.grid_from_2021, []).append(record.id)
    for grid in ("GRID-NORTH", "GRID-NORTHEAST"):
        members[grid].append(INNER_MONGOLIA)
    assert len(members) == 7
    for grid, provinces in members.items():
        values = [held[province] for province in provinces]
        assert min(values) <= held[grid] <= max(values), grid


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_the_nation_lies_inside_the_hull_of_its_regions(year: int) -> None:
    held = factors(year)
    grids = [value for region, value in held.items() if region.startswith("GRID-")]
    assert len(grids) == 7
    assert min(grids) < held["CN"] < max(grids)


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_leaving_out_traded_non_fossil_power_raises_the_factor_and_fossil_power_is_highest(
    year: int,
) -> None:
    from carboncalc.factors.library import FactorLibrary

    library = FactorLibrary.default()
    average, residual, fossil = (
        library.by_id(f"grid/{kind}/CN/{year}@1").value
        for kind in ("average", "average_excl_market_nonfossil", "fossil")
    )
    assert average < residual < fossil


def test_the_older_announcements_have_six_regions_and_no_southwest() -> None:
    held = factors(2012)
    grids = {region for region in held if region.startswith("GRID-")}
    assert len(grids) == 6
    assert "GRID-SOUTHWEST" not in grids


def test_no_row_gives_xizang_a_factor() -> None:
    from carboncalc.factors.library import FactorLibrary

    frame = FactorLibrary.default().to_frame("grid")
    assert "CN-54" not in set(frame["region"])


def test_the_golden_table_is_the_one_compared() -> None:
    with CASE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    held = factors(2023)
    assert {r["region"] for r in rows if r["data_year"] == "2023"} == set(held)
