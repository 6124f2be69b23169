"""A user's own factors: all problems at once, no silent shadowing, the library unchanged."""

import pickle
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from carboncalc.errors import ActivityDataError, FactorDataError, FactorError
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.provenance import Policy

LIBRARY = FactorLibrary.default()
GOOD = {
    "item": "diesel",
    "parameter": "net_calorific_value",
    "value": "43.1",
    "unit": "GJ/t",
    "source": "test report 17",
}


def problems(*rows: dict[str, object]) -> list[tuple[int | None, str]]:
    with pytest.raises(FactorDataError) as caught:
        LIBRARY.with_overlay(pd.DataFrame([dict(row) for row in rows]))
    return [(issue.row, issue.code) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "furlong/t"}, "U-001"),
        ({"unit": "GJ/ton"}, "U-002"),
        ({"unit": "t"}, "F-043"),
        ({"source": None}, "F-035"),
        ({"value": "43100"}, "F-044"),
        ({"value": "0.0431"}, "F-044"),
        ({"value": "-43"}, "F-044"),
        ({"value": "=B2*2"}, "F-034"),
        ({"note": "=cmd()"}, "F-034"),
        ({"value": "nan"}, "F-042"),
        ({"value": "about 43"}, "F-042"),
        ({"parameter": "ncv"}, "F-036"),
        ({"item": "焦油"}, "A-102"),
        ({"region": "Atlantis"}, "A-103"),
        ({"grade": "E"}, "F-041"),
        ({"data_year": "20244"}, "F-045"),
        ({"valid_from": "2024-13-01"}, "F-045"),
        ({"valid_from": "2024-06-01", "valid_to": "2024-01-01"}, "F-046"),
        ({"colour": "red"}, "F-032"),
    ],
)
def test_each_kind_of_mistake_is_named(change: dict[str, object], code: str) -> None:
    found = problems(GOOD | change)
    assert code in {found_code for _, found_code in found}
    assert {row for row, found_code in found if found_code != "F-032"} <= {2}


def test_all_problems_of_all_rows_are_named_at_once_and_the_library_is_unchanged() -> None:
    before = LIBRARY.digest
    found = problems(
        GOOD | {"unit": "furlong"},
        GOOD | {"source": ""},
        GOOD | {"value": "43100"},
        GOOD,
        GOOD,
    )
    assert found == [(2, "U-001"), (3, "F-035"), (4, "F-044"), (6, "F-038")]
    assert LIBRARY.digest == before


def test_a_mistake_is_both_a_data_error_and_a_factor_error() -> None:
    for kind in (ActivityDataError, FactorError):
        with pytest.raises(kind):
            LIBRARY.with_overlay(pd.DataFrame([GOOD | {"unit": "x"}]))


def test_validity_that_overlaps_is_refused_and_that_follows_is_not() -> None:
    first = GOOD | {"valid_from": "2023-01-01", "valid_to": "2023-12-31"}
    assert problems(first, GOOD | {"valid_from": "2023-12-31"}) == [(3, "F-037")]
    following = GOOD | {"valid_from": "2024-01-01", "value": "43.0"}
    library = LIBRARY.with_overlay(pd.DataFrame([first, following]))
    asked = FactorRequest("overlay", "diesel", "net_calorific_value")
    found = match(library, asked, [None], [2022, 2023, 2024, 2030], Policy())
    assert [str(v) for v in found.value[0]] == ["nan", "43.1", "43.0", "43.0"]


def test_a_published_row_is_not_shadowed_in_silence() -> None:
    row = GOOD | {"set": "mee_power_2021"}
    assert problems(row) == [(2, "F-039")]
    named = row | {"supersedes": "mee_power_2021/diesel/net_calorific_value@1"}
    library = LIBRARY.with_overlay(pd.DataFrame([named]))
    asked = FactorRequest("mee_power_2021", "diesel", "net_calorific_value")
    found = match(library, asked, [None], [2023], Policy())
    assert found.value[0, 0] == 43.1
    assert library.ids[found.row[0, 0]] == "mee_power_2021/diesel/net_calorific_value@2"
    assert library.grades[found.row[0, 0]] == "S"
    assert match(LIBRARY, asked, [None], [2023], Policy()).value[0, 0] == 42.652


def test_an_overlay_adds_a_year_to_the_grid() -> None:
    row = {
        "因子集": "grid",
        "品种": "电力",
        "参数": "average",
        "地区": "福建",
        "数据年份": 2024,
        "数值": 0.41,
        "单位": "tCO2/MWh",
        "来源": "供电公司函",
    }
    library = LIBRARY.with_overlay(pd.DataFrame([row]))
    asked = FactorRequest(
        "grid", "electricity", "average", region_rule="ladder", year_rule="data_year"
    )
    found = match(library, asked, ["CN-35"], [2023, 2024, 2025], Policy(year_fallback="latest"))
    assert found.value[0].tolist() == [0.4211, 0.41, 0.41]


def test_an_overlay_is_read_from_csv_in_utf8_and_gb18030(tmp_path: Path) -> None:
    frame = pd.DataFrame([GOOD | {"note": "含中文备注"}])
    digests = set()
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path = tmp_path / f"{encoding}.csv"
        frame.to_csv(path, index=False, encoding=encoding)
        digests.add(LIBRARY.with_overlay(path).digest)
    assert len(digests) == 1


def test_a_formula_in_a_workbook_is_refused_though_it_shows_a_number(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(GOOD))
    sheet.append(list(GOOD.values()))
    sheet["C2"] = "=40+3.1"
    path = tmp_path / "factors.xlsx"
    book.save(path)
    assert zipfile.is_zipfile(path)
    with pytest.raises(FactorDataError) as caught:
        LIBRARY.with_overlay(path)
    assert ("F-034", 2) in {(i.code, i.row) for i in caught.value.issues}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02binary\xff", b"item,value\n"])
def test_what_is_not_a_table_of_factors_is_said_plainly(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "factors.csv"
    path.write_bytes(content)
    with pytest.raises(FactorDataError) as caught:
        LIBRARY.with_overlay(path)
    assert "F-031" in {issue.code for issue in caught.value.issues}


def test_a_library_of_ones_own_rows_only_can_be_made() -> None:
    own = FactorLibrary.from_frame(pd.DataFrame([GOOD]))
    assert len(own) == 1
    assert own.by_id("overlay/diesel/net_calorific_value@1").source == "test report 17"


def test_a_stated_grade_stands_and_no_grade_is_s() -> None:
    library = FactorLibrary.from_frame(pd.DataFrame([GOOD | {"grade": "b"}]))
    assert library.grades[0] == "B"
    assert FactorLibrary.from_frame(pd.DataFrame([GOOD])).grades[0] == "S"


def test_a_second_overlay_may_stand_in_for_the_first_when_it_says_so() -> None:
    first = LIBRARY.with_overlay(pd.DataFrame([GOOD]))
    with pytest.raises(FactorDataError):
        first.with_overlay(pd.DataFrame([GOOD | {"value": "43.0"}]))
    row = GOOD | {"value": "43.0", "supersedes": "overlay/diesel/net_calorific_value@1"}
    second = first.with_overlay(pd.DataFrame([row]))
    asked = FactorRequest("overlay", "diesel", "net_calorific_value")
    assert match(second, asked, [None], [2023], Policy()).value[0, 0] == 43.0
    assert match(first, asked, [None], [2023], Policy()).value[0, 0] == 43.1


def test_a_library_with_an_overlay_crosses_to_another_process() -> None:
    library = LIBRARY.with_overlay(pd.DataFrame([GOOD])).as_known_on("2024-06-30")
    copy = pickle.loads(pickle.dumps(library))
    assert copy.digest == library.digest
    asked = FactorRequest("overlay", "diesel", "net_calorific_value")
    assert match(copy, asked, [None], [2023], Policy()).value[0, 0] == 43.1
