"""No row without a document, no document without a use, no reference row lost."""

import csv
import re
from pathlib import Path

import pytest

from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.sheets import sheets, sources
from carboncalc.factors.technologies import technology_names
from carboncalc.resources import emission_factors

ROOT = emission_factors()
CHECKOUT = Path(__file__).parents[3]
LIBRARY = FactorLibrary.default().open_all()


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_row_names_a_document_that_is_described() -> None:
    assert set(LIBRARY.sources) <= set(sources())


def test_every_document_is_used_by_a_row_or_by_the_code() -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in (CHECKOUT / "src").rglob("*")
        if path.suffix in {".yaml", ".py", ".csv", ".toml"}
    ]
    used = set(LIBRARY.sources)
    unused = {key for key in sources() if key not in used and not any(key in t for t in texts)}
    # guidelines of the two batches are named by their methods; these are held for their status
    assert unused <= {"mee-2026-237-power", "gbt-32150-2025"}, unused


def test_every_set_has_a_sheet_with_both_languages_and_a_licence() -> None:
    for key in LIBRARY.sets():
        sheet = sheets()[key]
        assert {"zh", "en"} <= set(sheet.title)
        assert sheet.about
        assert sheet.licence


def test_every_technology_of_a_row_has_a_name() -> None:
    named = {LIBRARY.cell(i, "technology") for i in LIBRARY.indices()}
    for key in named:
        units_and_pressures = key.startswith("per_") or key.endswith("MPa")
        assert not key or units_and_pressures or technology_names(key), key


def test_nothing_published_names_a_place_that_outsiders_cannot_reach() -> None:
    forbidden = re.compile(r"transcription #\d|/work/|\bshared/|official/")
    for path in ROOT.rglob("*"):
        if path.suffix in {".csv", ".yaml"}:
            found = forbidden.search(path.read_text(encoding="utf-8"))
            assert found is None, (path.name, found)


def test_grades_c_and_better_say_where_they_were_taken_from() -> None:
    for key in LIBRARY.sets():
        for row in LIBRARY.indices(key):
            if LIBRARY.grades[row] == "B":
                assert LIBRARY.cell(row, "transcription") or LIBRARY.cell(row, "note"), LIBRARY.ids[
                    row
                ]


COVERAGE = CHECKOUT / "tools" / "convert_reference" / "coverage.csv"


@pytest.mark.skipif(not COVERAGE.exists(), reason="the tools are in the checkout only")
def test_every_reference_row_is_in_the_database_or_in_the_ledger() -> None:
    held = set(LIBRARY.ids)
    ledger = {
        (r["reference_file"], r["line"]): r["reason"] for r in records(ROOT / "not_included.csv")
    }
    lines: dict[str, list[int]] = {}
    for record in records(COVERAGE):
        key = (record["reference_file"], record["line"])
        ids = [one for one in record["factor_ids"].split("; ") if one]
        assert bool(ids) != (key in ledger), key
        assert set(ids) <= held, key
        lines.setdefault(record["reference_file"], []).append(int(record["line"]))
    for file, numbers in lines.items():
        if file != "uk_desnz_2025_flat.csv":
            assert sorted(numbers) == list(range(2, len(numbers) + 2)), file
    # fuels, CH4/N2O, coal equivalents, grid, GWP, heat and other, blends, UK sample, US hub
    expected = {"fuels_cn.csv": 236, "fuel_ch4_n2o_cn.csv": 150, "fuel_tce_gbt2589_2020.csv": 45}
    expected |= {"grid_electricity_cn.csv": 237, "gwp100.csv": 69, "heat_and_other_cn.csv": 145}
    expected |= {"refrigerant_blends.csv": 114, "us_epa_hub_sample.csv": 253}
    for file, count in expected.items():
        assert len(lines[file]) == count, file


def test_everything_left_out_says_why() -> None:
    rows = records(ROOT / "not_included.csv")
    assert all(len(row["reason"]) > 20 for row in rows)
    reasons = {
        row["reason"].split(":")[0] for row in rows if "uk_desnz" not in row["reference_file"]
    }
    assert reasons == {
        "do-not-use",
        "no official value",
        "a formula, not a constant",
        "a reporting rule, not a constant",
        "the primary-equivalent (等价) coefficient has no fixed number",
    }


def test_what_must_not_be_used_is_not_in_the_database() -> None:
    heat = {LIBRARY.values[i] for i in LIBRARY.indices("purchased_heat")}
    assert heat == {0.11}  # none of the regional heat factors in circulation
    bituminous = LIBRARY.rows_for("sector_transcription_felix", "bituminous_coal", "carbon_content")
    assert bituminous == []  # 23.08 repeats the digits of the heating value


def test_no_row_of_a_guideline_that_nobody_held_is_official_unless_it_names_what_was_read() -> None:
    """The texts of the NDRC sector guidelines behind these rows were not obtained."""
    guides = ("ndrc-2013-2526-", "ndrc-2014-2920-", "ndrc-2015-1722-")
    claimed = [
        LIBRARY.ids[row]
        for row in LIBRARY.indices()
        if LIBRARY.grades[row] == "A"
        and LIBRARY.sources[row].startswith(guides)
        and "IPCC 2006" not in LIBRARY.wheres[row]
    ]
    assert claimed == []


def test_a_molar_mass_is_known_no_better_than_the_blend_it_was_computed_from() -> None:
    best_first = "ABCD"
    blends: dict[str, list[int]] = {}
    masses = {}
    for row in LIBRARY.indices("refrigerant_blends"):
        item, grade = LIBRARY.cell(row, "item"), best_first.index(LIBRARY.grades[row])
        if LIBRARY.cell(row, "parameter") == "molar_mass":
            masses[item] = grade
        else:
            blends.setdefault(item, []).append(grade)
    assert masses
    assert [item for item, grade in masses.items() if grade < max(blends[item])] == []
