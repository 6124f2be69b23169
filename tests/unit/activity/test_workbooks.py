"""Workbooks: sheets, merged cells, formulas, errors, dates, and files that are none."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from carboncalc.activity.read import read_activity
from carboncalc.errors import ActivityDataError

HEAD = ["entity", "period", "source", "item", "amount", "unit"]
TODAY = dt.date(2026, 6, 30)


def electricity(period, amount, entity="P"):
    return [entity, period, "purchased_electricity", "electricity", amount, "MWh"]


def workbook(path, *sheets):
    """Write sheets given as (name, rows); return the openpyxl book for finishing touches."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return book


def read(path, **options):
    return read_activity(path, today=TODAY, **options)


def places(issues):
    return [(issue.sheet, issue.row, issue.column, issue.code) for issue in issues]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "energy.xlsx"


def test_every_sheet_with_a_known_header_is_read_and_the_others_are_named(path):
    workbook(
        path,
        ("Fuel", [HEAD, ["P", "2024", "fossil_combustion", "diesel", 1.5, "ton"]]),
        ("Notes", [["written by", "Wang"], ["on", "Monday"]]),
        ("Power", [HEAD, electricity("2024", 2), electricity(2042, 3)]),
    )
    table = read(path)
    assert places(table.issues) == [
        ("Fuel", 2, "unit", "U-002"),
        ("Power", 3, "period", "A-052"),
    ]
    assert places(table.findings) == [("Notes", None, None, "A-026")]
    assert table.rows[["sheet", "row"]].values.tolist() == [["Power", 2]]


def test_a_named_sheet_is_read_alone(path):
    workbook(
        path,
        ("A", [HEAD, electricity("2024", 1)]),
        ("B", [HEAD, electricity("2024", 2)]),
    )
    assert read(path, sheet="B").rows["amount"].tolist() == [2.0]
    assert read(path, sheet=["B", "A"]).rows["amount"].tolist() == [2.0, 1.0]


def test_a_wrong_sheet_is_answered_with_the_sheets_there_are(path):
    workbook(path, ("Fuel", [HEAD, electricity("2024", 1)]), ("Power", [HEAD]))
    with pytest.raises(ActivityDataError) as caught:
        read(path, sheet="Gas")
    assert caught.value.code == "A-009"
    assert "Fuel, Power" in caught.value.text("en")


def test_a_hidden_sheet_is_not_read_and_that_is_said(path):
    book = workbook(
        path,
        ("Fuel", [HEAD, electricity("2024", 1)]),
        ("Old", [HEAD, electricity("2024", 9)]),
    )
    book["Old"].sheet_state = "hidden"
    book.save(path)
    table = read(path)
    assert table.rows["amount"].tolist() == [1.0]
    assert places(table.findings) == [("Old", None, None, "A-028")]


def test_a_label_merged_over_rows_stands_in_each_of_them(path):
    book = workbook(
        path,
        (
            "S",
            [
                HEAD,
                electricity("2024-01", 1, "甲厂"),
                electricity("2024-02", 2, None),
                electricity("2024-03", 3, None),
                electricity("2024-01", 4, "乙厂"),
            ],
        ),
    )
    book["S"].merge_cells("A2:A4")
    book.save(path)
    table = read(path)
    assert table.rows["entity"].tolist() == ["甲厂", "甲厂", "甲厂", "乙厂"]


def test_a_blank_label_that_is_not_merged_is_not_filled_from_above(path):
    workbook(path, ("S", [HEAD, electricity("2024-01", 1), electricity("2024-02", 2, None)]))
    assert places(read(path).issues) == [("S", 3, "entity", "A-030")]


def test_an_amount_merged_over_rows_is_a_problem_of_each(path):
    book = workbook(path, ("S", [HEAD, *(electricity(f"2024-0{m}", 5) for m in range(1, 4))]))
    book["S"].merge_cells("E2:E3")
    book.save(path)
    table = read(path)
    assert [p for p in places(table.issues) if p[3] == "A-023"] == [
        ("S", 2, "amount", "A-023"),
        ("S", 3, "amount", "A-023"),
    ]
    assert table.rows["row"].tolist() == [4]


def test_a_note_merged_over_rows_is_a_label_and_no_problem(path):
    rows = [[*electricity("2024-01", 1), "from the bill"], [*electricity("2024-02", 2), None]]
    book = workbook(path, ("S", [[*HEAD, "note"], *rows]))
    book["S"].merge_cells("G2:G3")
    book.save(path)
    assert read(path).rows["note"].tolist() == ["from the bill"] * 2


def test_a_title_merged_above_the_header_is_passed_over(path):
    book = workbook(
        path,
        ("S", [["2024年能源台账"], [], HEAD, electricity("2024", 1), electricity("2024", -1)]),
    )
    book["S"].merge_cells("A1:F1")
    book.save(path)
    table = read(path)
    assert places(table.findings) == [("S", 3, None, "A-027")]
    assert places(table.issues) == [("S", 5, "amount", "A-033")]


def test_a_table_that_does_not_begin_in_the_corner_keeps_its_row_numbers(path):
    book = openpyxl.Workbook()
    sheet = book.active
    for index, row in enumerate([HEAD, electricity("2024", 1), electricity("2024", "=1+1")]):
        for column, value in enumerate(row):
            sheet.cell(row=index + 4, column=column + 3, value=value)
    book.save(path)
    table = read(path)
    assert table.rows["row"].tolist() == [5]
    (problem,) = [issue for issue in table.issues if issue.code == "A-021"]
    assert (problem.row, problem.params["cell"]) == (6, "G6")


def cached_formula(path):
    """Give every formula a cached result, as spreadsheet programs do."""
    rewritten(path, lambda xml: xml.replace(b"</f><v />", b"</f><v>77</v>"))


def test_the_cached_result_of_a_formula_is_never_used(path):
    workbook(path, ("S", [HEAD, electricity("2024-01", "=70+7"), electricity("2024-02", 5)]))
    cached_formula(path)
    table = read(path)
    assert [(i.code, i.params["cell"]) for i in table.issues] == [("A-021", "E2")]
    assert table.rows["amount"].tolist() == [5.0]
    assert table.quarantined["amount"].tolist() == ["77"]


def rewritten(path, change):
    """Change the XML of every sheet of a workbook."""
    data = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(data, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = change(content)
            new.writestr(entry, content)
    path.write_bytes(data.getvalue())


def prefixed(xml):
    """The same XML with a namespace prefix, as some libraries write it."""
    tags = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml)
    return tags.replace(b" xmlns=", b" xmlns:x=")


def single_quoted(xml):
    return xml.replace(b'"', b"'")


def with_extension(xml):
    """A sparkline behind the cells has a formula that is no cell's."""
    extra = b"<extLst><ext xmlns:xm='m'><xm:f>S!A1:A2</xm:f></ext></extLst>"
    return xml.replace(b"</worksheet>", extra + b"</worksheet>")


@pytest.mark.parametrize("change", [prefixed, single_quoted, with_extension])
def test_formulas_and_errors_are_found_however_the_xml_is_written(path, change):
    book = workbook(
        path,
        (
            "S",
            [
                HEAD,
                electricity("2024-01", "=70+7"),
                electricity("2024-02", "#N/A"),
                electricity("2024-03", 5),
            ],
        ),
    )
    book["S"]["E3"].data_type = "e"
    book.save(path)
    cached_formula(path)
    rewritten(path, change)
    table = read(path)
    found = [(i.code, i.params["cell"]) for i in table.issues if i.code in ("A-021", "A-022")]
    assert found == [("A-021", "E2"), ("A-022", "E3")]
    assert table.rows["amount"].tolist() == [5.0]


def test_a_formula_in_a_cell_without_an_address_refuses_the_sheet(path):
    workbook(path, ("S", [HEAD, electricity("2024-01", "=70+7")]))
    rewritten(path, lambda xml: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", xml))
    with pytest.raises(ActivityDataError) as caught:
        read(path)
    assert caught.value.code == "A-013"


def test_an_array_formula_marks_every_cell_it_fills(path):
    book = workbook(path, ("S", [HEAD, *(electricity(f"2024-0{m}", m) for m in range(1, 5))]))
    book["S"]["E2"] = ArrayFormula("E2:E4", "=ROW(E2:E4)")
    book.save(path)
    assert [i.params["cell"] for i in read(path).issues if i.code == "A-021"] == [
        "E2",
        "E3",
        "E4",
    ]


def test_an_error_value_is_not_read_as_empty(path):
    book = workbook(path, ("S", [HEAD, electricity("2024-01", "#N/A"), electricity("2024-02", 5)]))
    book["S"]["E2"].data_type = "e"
    book.save(path)
    table = read(path)
    assert ("A-022", "E2") in [(i.code, i.params.get("cell")) for i in table.issues]
    assert table.rows["amount"].tolist() == [5.0]


def test_a_formula_in_a_column_that_is_not_read_does_no_harm(path):
    workbook(path, ("S", [[*HEAD, "说明文字"], [*electricity("2024", 5), "=E2*2"]]))
    table = read(path)
    assert table.issues == ()
    assert table.rows["amount"].tolist() == [5.0]


def test_dates_that_are_all_the_first_of_a_month_are_months(path):
    rows = [electricity(dt.date(2024, month, 1), month) for month in (1, 2, 3)]
    workbook(path, ("S", [HEAD, *rows]))
    table = read(path)
    assert table.rows["period"].tolist() == ["2024-01", "2024-02", "2024-03"]
    assert [issue.code for issue in table.findings] == ["A-050"]


def test_dates_within_a_month_are_days(path):
    rows = [electricity(dt.date(2024, 1, day), day) for day in (1, 2)]
    workbook(path, ("S", [HEAD, *rows]))
    table = read(path)
    assert table.rows["period_start"].dt.day.tolist() == [1, 2]
    assert (table.rows["period_end"] - table.rows["period_start"]).dt.days.tolist() == [1, 1]
    assert table.findings == ()


def test_numbers_in_label_columns_are_words(path):
    workbook(
        path,
        ("S", [[*HEAD, "meter"], [1001, 2024, *electricity("", 5)[2:], 7.0]]),
    )
    record = read(path).rows.iloc[0]
    assert (record["entity"], record["period"], record["meter"]) == ("1001", "2024", "7")


def test_a_boolean_is_no_amount(path):
    workbook(path, ("S", [HEAD, electricity("2024", True), electricity("2024", "x")]))
    assert {code for *_, code in places(read(path).issues)} == {"A-031"}


def test_an_empty_workbook_has_no_table(path):
    openpyxl.Workbook().save(path)
    with pytest.raises(ActivityDataError) as caught:
        read(path)
    assert caught.value.code == "A-010"
    with pytest.raises(ActivityDataError) as caught:
        read(path, sheet="Sheet")
    assert caught.value.code == "A-003"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 nothing of a workbook", "A-007"),
        (b"PK\x03\x04 xl/workbook.xml but no zip", "A-013"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old format", "A-007"),
        (bytes(np.random.default_rng(0).integers(0, 256, 4000, dtype=np.uint8)), "A-007"),
        (b"%PDF-1.7 ...", "A-007"),
        ("entity,period\n".encode("utf-16"), "A-008"),
        (b"entity,period\n\xff\xff\xff\xff\n", "A-008"),
        (b"\0\0\0\0", "A-003"),
    ],
)
def test_what_is_no_table_is_refused_by_name(path, content, code):
    path.write_bytes(content)
    with pytest.raises(ActivityDataError) as caught:
        read(path)
    assert caught.value.code == code


def test_a_truncated_workbook_is_damaged(path):
    workbook(path, ("S", [HEAD, electricity("2024", 1)]))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(ActivityDataError) as caught:
        read(path)
    assert caught.value.code == "A-013"


def outcome(path):
    """The amounts that are read, or the code of the refusal."""
    try:
        return read(path).rows["amount"].tolist()
    except ActivityDataError as error:
        return error.code


def test_a_workbook_with_a_flipped_bit_is_damaged_or_read_right(path):
    workbook(path, ("S", [HEAD, electricity("2024", 1)]))
    whole = path.read_bytes()
    found = []
    for place in range(0, len(whole), 97):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        path.write_bytes(bytes(broken))
        found.append(outcome(path))
    assert all(result == [1.0] or str(result).startswith("A-0") for result in found)
    assert "A-013" in found


def bomb(path, size):
    data = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        new.writestr("xl/media/zeros.bin", b"\0" * size)
    path.write_bytes(data.getvalue())


def test_a_file_that_expands_beyond_the_limit_is_not_unpacked(path):
    workbook(path, ("S", [HEAD, electricity("2024", 1)]))
    bomb(path, 40 << 20)
    assert path.stat().st_size < 100_000
    with pytest.raises(ActivityDataError) as caught:
        read(path)
    assert caught.value.code == "A-006"


def test_two_cells_far_apart_do_not_fill_the_memory(path):
    book = workbook(path, ("S", [HEAD, electricity("2024", 1)]))
    book["S"]["XFD1048576"] = 1
    book.save(path)
    with pytest.raises(ActivityDataError) as caught:
        read(path)
    assert caught.value.code == "A-006"


def test_limits_of_bytes_and_rows_are_kept(path):
    workbook(path, ("S", [HEAD, *(electricity(f"2024-0{m}", m) for m in range(1, 9))]))
    with pytest.raises(ActivityDataError) as caught:
        read(path, max_bytes=1000)
    assert caught.value.code == "A-004"
    with pytest.raises(ActivityDataError) as caught:
        read(path, max_rows=5)
    assert caught.value.code == "A-005"
