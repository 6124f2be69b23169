"""The workbook holds the run whole, and nothing in it can become a formula."""

import math
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.report.sheets import Sheets
from carboncalc.report.table import table

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")',
    "%0A=1", "|x",
)  # fmt: skip


def test_the_workbook_opens_and_holds_the_run(tmp_path: Path) -> None:
    inv = cc.examples.full()
    book = openpyxl.load_workbook(cc.write_workbook(inv, tmp_path / "run.xlsx", "en"))
    assert book.sheetnames == [
        "totals", "policy and run", "lines", "memo", "resolutions", "issues", "quarantined",
    ]  # fmt: skip
    rows = list(book["lines"].values)
    lines = pd.DataFrame(rows[1:], columns=rows[0])
    assert lines["line_id"].tolist() == inv.lines["line_id"].tolist()
    assert cc.exact_sum(lines["co2e_t"].astype(float)) == inv.co2e_t
    assert set(inv.lines.columns) <= set(lines.columns)
    said = {row[0]: row[1] for row in book["totals"].values if row[0]}
    assert said["Total emissions"] == inv.co2e_t
    for name, total in zip(
        ("Under its own document", "GHG Protocol, location-based"),
        (inv.totals["document"], inv.totals["ghgp_location"]),
        strict=True,
    ):
        assert said[name] == total
    assert any(inv.run.digest in map(str, row) for row in book["policy and run"].values)


def test_headers_come_in_chinese(tmp_path: Path) -> None:
    path = cc.write_workbook(cc.examples.minimal(), tmp_path / "run.xlsx", "zh")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "总量"
    heads = [cell.value for cell in book["明细"][1]]
    assert heads[:2] == ["行号", "企业"]
    assert all(any(c >= "\u4e00" for c in head) or head == "GWP" for head in heads)
    mixed = cc.write_workbook(cc.examples.minimal(), tmp_path / "m.xlsx", "zh", headers="en")
    heads = [cell.value for cell in openpyxl.load_workbook(mixed)["明细"][1]]
    assert heads[0] == "line_id"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Sheets(path) as book:
        book.blocks("a", [table("t", text, [("x", text)], [(text,)], note=text)], [text])
        book.frame("b", pd.DataFrame({text: [text, None]}))
    cells = [c for sheet in openpyxl.load_workbook(path) for row in sheet for c in row if c.value]
    assert {c.data_type for c in cells} == {"s"}
    assert all(c.quotePrefix for c in cells)
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets" in n]
    assert not any("<f>" in text or "<hyperlink" in text for text in sheets)


def test_hostile_rows_of_a_run_reach_no_formula(tmp_path: Path) -> None:
    from carboncalc.errors import CoverageWarning

    row = {
        "entity": "=1+1",
        "period": "2023",
        "method": "other-industry",
        "note": "@x",
        "source": "purchased_electricity",
        "item": "electricity",
        "amount": 1,
        "unit": "MWh",
    }
    with pytest.warns(CoverageWarning):
        inv = cc.compute([row, {**row, "entity": "+2", "unit": "ton"}], missing="quarantine")
    path = cc.write_workbook(inv, tmp_path / "run.xlsx", "zh")
    cells = [c for sheet in openpyxl.load_workbook(path) for line in sheet for c in line]
    assert "f" not in {c.data_type for c in cells}
    assert "=1+1" in {c.value for c in cells}


def test_absent_values_are_empty_cells_and_amounts_beyond_fifteen_figures_are_text(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.xlsx"
    big = 99_999_999_999_999_999
    rows = [(None, 123), (float("nan"), big), (math.inf, -big), (pd.NaT, 0)]
    with Sheets(path) as book:
        book.blocks("a", [table("t", "t", [("x", "x", "tonnes"), ("y", "y", "yuan")], rows)])
    values = list(openpyxl.load_workbook(path)["a"].values)[2:]
    assert values == [
        (None, 1.23),
        (None, "999,999,999,999,999.99"),
        ("inf", "−999,999,999,999,999.99"),
        (None, 0),
    ]


def test_control_characters_do_not_break_the_file(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Sheets(path) as book:
        book.frame("a", pd.DataFrame({"x": ["a\x00b\x1f\ud800c\uffff"]}, dtype="object"))
    assert openpyxl.load_workbook(path)["a"]["A2"].value == "abc"


def test_without_xlsxwriter_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(cc.CarbonCalcError) as caught:
        cc.write_workbook(cc.examples.minimal(), tmp_path / "x.xlsx")
    assert caught.value.code == "P-001"
    assert "XlsxWriter" in caught.value.text("zh")
