"""A data-quality control plan is read from any format, with every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.activity.header import read_heading
from carboncalc.errors import ActivityDataError
from carboncalc.inventory.verification.control import control_table, months_between
from carboncalc.inventory.verification.result import verification
from carboncalc.inventory.verification.used import used_values

ROWS: list[dict[str, Any]] = [
    {"企业": "P", "设施": "1#", "排放源": "化石燃料燃烧", "品种": "柴油", "参数": "消耗量",
     "单位": "t", "获取方式": "实测值", "测量设备": "M-1", "精度": "0.5级",
     "校准日期": "2023-05-01", "负责部门": "生产部", "版本": "1.0"},
    {"企业": "P", "设施": "1#", "排放源": "化石燃料燃烧", "品种": "柴油", "参数": "碳氧化率",
     "单位": "%", "获取方式": "缺省值", "测量设备": "", "精度": "", "校准日期": "",
     "负责部门": "生产部", "版本": "1.0"},
]  # fmt: skip


def as_csv(folder: Path) -> Path:
    path = folder / "plan.csv"
    pd.DataFrame(ROWS).to_csv(path, index=False, encoding="gb18030")
    return path


def as_xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    path = folder / "plan.xlsx"
    book.save(path)
    return path


def as_yaml(folder: Path) -> Path:
    path = folder / "plan.yaml"
    path.write_text(
        "企业: P\n版本: '1.0'\n负责部门: 生产部\nparameters:\n"
        "  - {设施: 1#, 排放源: 化石燃料燃烧, 品种: 柴油, 参数: 消耗量, 单位: t, 获取方式: 实测值,"
        " 测量设备: M-1, 精度: 0.5级, 校准日期: 2023-05-01}\n"
        "  - {设施: 1#, 排放源: 化石燃料燃烧, 品种: 柴油, 参数: 碳氧化率, 单位: '%',"
        " 获取方式: 缺省值}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("form", [as_csv, as_xlsx, as_yaml], ids=["csv", "xlsx", "yaml"])
def test_one_plan_reads_the_same_from_every_format(form: Any, tmp_path: Path) -> None:
    plan = cc.read_quality_plan(form(tmp_path))
    assert plan.issues == ()
    names = ["entity", "source", "item", "parameter", "unit", "acquisition", "meter", "accuracy",
             "calibration_date", "owner", "version"]  # fmt: skip
    found = plan.rows[names].astype("object").where(plan.rows[names].notna(), "")
    assert found.values.tolist() == [
        ["P", "fossil_combustion", "diesel", "amount", "t", "measured", "M-1", "0.5级",
         "2023-05-01", "生产部", "1.0"],
        ["P", "fossil_combustion", "diesel", "oxidation_factor", "%", "default", "", "", "",
         "生产部", "1.0"],
    ]  # fmt: skip


def test_all_problems_are_named_at_once_with_their_cells() -> None:
    base = {"entity": "P", "source": "fossil_combustion", "item": "diesel", "parameter": "amount"}
    rows = [
        {**base, "parameter": None},
        {**base, "source": "no such source"},
        {**base, "item": "煤"},
        {**base, "parameter": "something odd?"},
        {**base, "acquisition": "guessed"},
        {**base, "calibration_date": "last spring"},
        {**base, "unit": "ton"},
        {**base, "parameter": "oxidation_factor"},
        {**base, "parameter": "oxidation_factor"},
    ]
    keys = dict.fromkeys(key for row in rows for key in row)
    plan = cc.read_quality_plan([{key: row.get(key) for key in keys} for row in rows])
    assert {(issue.row, issue.column, issue.code) for issue in plan.issues} == {
        (1, "parameter", "A-030"),
        (2, "source", "A-103"),
        (3, "item", "A-102"),
        (4, "parameter", "V-102"),
        (5, "acquisition", "V-103"),
        (6, "calibration_date", "V-104"),
        (7, "unit", "U-002"),
        (8, "parameter", "V-105"),
        (9, "parameter", "V-105"),
    }
    assert len(plan) == 0
    for issue in plan.issues:
        assert issue.message("zh")
        assert issue.message("en") != issue.message("zh")
    with pytest.raises(ActivityDataError) as caught:
        cc.read_quality_plan([{**base, "acquisition": "guessed"}], strict=True)
    assert [issue.code for issue in caught.value.issues] == ["V-103"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("parameters: [", "V-101"),
        ("parameters: {a: b}", "V-101"),
        ("parameters:\n  - {entity: P, parameter: amount, meter: [a, b]}", "V-101"),
        ("entity: P\n", "A-003"),
        ("!!python/object/apply:os.system ['true']", "V-101"),
    ],
)
def test_a_broken_yaml_plan_is_refused_with_a_reason(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ActivityDataError) as caught:
        cc.read_quality_plan(path)
    assert caught.value.code == code
    assert "plan.yml" in (caught.value.issues[0].file or "")


def test_the_fullest_row_holds_and_of_two_versions_the_later_one() -> None:
    used = used_values(cc.examples.minimal())
    place = {"entity": used["entity"][0], "parameter": "oxidation_factor"}
    fuels = used[used["parameter"] == "oxidation_factor"]["item"].tolist()
    rows = [
        {**place, "item": None, "meter": "wide", "version": "1", "valid_from": "2020-01-01"},
        {**place, "item": fuels[0], "meter": "old", "version": "1", "valid_from": "2020-01-01"},
        {**place, "item": fuels[0], "meter": "new", "version": "2", "valid_from": "2022-01-01"},
    ]
    plan = cc.read_quality_plan(rows)
    assert plan.issues == ()
    table = control_table(used, plan)
    mine = table[table["parameter"] == "oxidation_factor"].set_index("item")["plan_meter"]
    assert mine[fuels[0]] == "new"
    assert set(mine.drop(fuels[0])) <= {"wide"}
    unused = table.loc[table["status"] == "not_used", "plan_meter"].tolist()
    assert unused == ([] if len(mine) > 1 else ["wide"])


@pytest.mark.parametrize(
    ("words", "months"),
    [("每年", 12), ("1次/年", 12), ("annually", 12), ("半年", 6), ("每季度", 3), ("每月", 1),
     ("24个月", 24), ("3年", 36), ("不适用", None), ("", None), ("连续", None)],
)  # fmt: skip
def test_intervals_are_understood_only_where_they_are_plain(words: str, months: int | None) -> None:
    assert months_between(words) == months


def test_the_headers_of_appendix_d4_are_read_as_they_are_printed() -> None:
    printed = {
        "机组名称": "facility", "参数名称": "parameter", "单位": "unit", "获取方式": "acquisition",
        "具体描述": "description", "测量设备及型号": "meter", "测量设备安装位置": "meter_location",
        "测量频次": "measurement_frequency", "测量设备精度": "accuracy",
        "规定的测量设备校准频次": "calibration_frequency", "数据记录频次": "recording_frequency",
        "数据缺失时的处理方式": "missing_rule", "数据获取负责部门": "owner",
    }  # fmt: skip
    read = {text: read_heading(text, "quality_plan").column for text in printed}
    assert read == printed


def test_an_empty_entity_means_every_one_and_a_row_that_plans_nothing_does_not_count() -> None:
    plan = cc.read_quality_plan([
        {"parameter": "amount", "source": "purchased_electricity", "acquisition": "measured"},
        {"parameter": "grid_factor", "source": "purchased_electricity", "acquisition": None},
    ])  # fmt: skip
    assert plan.issues == ()
    assert plan.rows["parameter"].tolist() == ["amount"]
    inv = cc.compute([{"entity": "P", "period": "2023", "method": "other-industry",
                       "source": "purchased_electricity", "item": "electricity", "amount": 1,
                       "unit": "MWh"}])  # fmt: skip
    table = verification(inv, plan=plan).control.set_index("parameter")
    assert table.loc["amount", "status"] == "planned_and_used"
    assert table.loc["grid_factor", "status"] == "not_planned"
