"""Sheets of one workbook: each is read as the table whose header it has, and no other."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import carboncalc as cc
from carboncalc.activity.sheet_roles import role_of

ACTIVITY = [
    ["企业", "期间", "排放源", "品种", "数量", "单位"],
    ["甲", "2024-01", "化石燃料燃烧", "柴油", 10, "t"],
]
MEASURED = [
    ["企业", "期间", "排放源", "品种", "参数", "数值", "单位"],
    ["甲", "2024-01", "化石燃料燃烧", "柴油", "低位发热量", 43, "GJ/t"],
]
OUTPUT = [["企业", "期间", "产出指标", "数量", "单位"], ["甲", "2024", "供电量", 5, "MWh"]]
ENTITIES = [["编号", "统一社会信用代码", "适用核算方法", "地区"],
            ["甲", None, "other-industry", "福建"]]  # fmt: skip
PLAN = [["参数", "获取方式", "精度"], ["低位发热量", "实测值", "0.5级"]]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("table", "rows"),
    [("activity", ACTIVITY), ("parameters", MEASURED), ("outputs", OUTPUT), ("entity", ENTITIES),
     ("quality_plan", PLAN)],
)  # fmt: skip
def test_a_header_tells_the_table_even_below_a_title(table: str, rows: list[list[Any]]) -> None:
    header = [str(cell) for cell in rows[0]]
    assert role_of([["表1"], header]) == table


def test_a_header_of_something_else_tells_nothing() -> None:
    assert role_of([["日期", "天气", "备注"], ["企业", "地址"]]) is None


def test_every_sheet_is_read_as_what_it_is_in_one_step(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 能源=ACTIVITY, 化验=MEASURED, 产量=OUTPUT, 企业=ENTITIES,
                    计划=PLAN)  # fmt: skip
    table = cc.read_activity(path)
    assert table.issues == () == table.findings
    assert len(table) == 1
    assert table.parameters["value"].tolist() == [43.0]
    assert table.outputs["measure"].tolist() == ["供电量"]
    assert table.entities["甲"].region == "CN-35"
    assert table.beside["quality_plan"] == ("计划",)
    # 10 t × 43 GJ/t × 0.0202 t C/GJ × 98 % × 44/12
    assert cc.compute(path).co2e_t == pytest.approx(10 * 43 * 0.0202 * 0.98 * 44 / 12, rel=1e-12)


def test_each_reader_finds_its_own_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 能源=ACTIVITY, 化验=MEASURED, 产量=OUTPUT, 计划=PLAN)
    assert len(cc.read_parameters(path)) == 1
    assert len(cc.read_outputs(path)) == 1
    assert cc.read_quality_plan(path).rows["accuracy"].tolist() == ["0.5级"]


def test_a_sheet_with_a_header_and_nothing_below_counts_as_not_there(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 能源=ACTIVITY, 化验=MEASURED[:1], 企业=ENTITIES[:1])
    table = cc.read_activity(path)
    assert table.parameters is None
    assert table.entities is None


def test_a_problem_in_a_companion_is_named_with_its_sheet_and_row(tmp_path: Path) -> None:
    wrong = [*MEASURED, ["甲", "2024-02", "化石燃料燃烧", "柴油", "低位发热量", "?", "GJ/t"]]
    table = cc.read_activity(workbook(tmp_path / "a.xlsx", 能源=ACTIVITY, 化验=wrong))
    assert [(i.code, i.sheet, i.row) for i in table.issues] == [("A-031", "化验", 3)]


def test_a_sheet_that_is_asked_for_by_name_is_read_as_activity_and_alone(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 能源=ACTIVITY, 化验=MEASURED)
    table = cc.read_activity(path, sheet="能源")
    assert table.parameters is None
    assert len(table) == 1
