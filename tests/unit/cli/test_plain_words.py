"""What a person reads: in one language, in the right number, with the cell that is meant."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.activity.measured import read_outputs
from carboncalc.cli.entry import main
from carboncalc.inventory.verification.power_units import unit_figures
from carboncalc.report.method_template import template

ROW = {
    "entity": "P", "period": "2023-01", "method": "other-industry", "region": "CN-35",
    "source": "fossil_combustion", "item": "bituminous_coal", "amount": 10, "unit": "t",
}  # fmt: skip


def spoken(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out + err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compute"], "缺少 FILE"),
        (["compute", "no.csv"], "FILE:文件“no.csv”不存在"),
        (["compute", __file__, "--gwp", "AR9"], "--gwp:“AR9”不可用,可选:method、SAR"),
        (["compute", __file__, "--nosuch"], "没有选项“--nosuch”"),
        (["compoote"], "没有命令“compoote”"),
        (["compute", __file__, "--materiality", "3"], "--materiality:3.0 超出范围"),
        (["compute", __file__, "--verifier", "a.docx"], "文件名“a.docx”须以 .xlsx / .json 结尾"),
    ],
)
def test_wrong_usage_is_told_in_chinese(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code, text = spoken(capsys, *arguments, "--lang", "zh")
    assert (code, said in text) == (2, True), text


def test_a_file_of_another_kind_is_not_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _ = spoken(capsys, "methods", "template", "ceramics", "-o", tmp_path / "form.txt")
    assert (code, list(tmp_path.iterdir())) == (2, [])


def test_one_of_a_thing_is_singular(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    pd.DataFrame([ROW | {"unit": "ton"}]).to_csv(path, index=False)
    _, text = spoken(capsys, "check", path, "--lang", "en")
    assert "1 row, 0 usable; 1 problem, 0 findings." in text


def test_a_refused_formula_is_not_called_empty_as_well(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(ROW))
    sheet.append([*list(ROW.values())[:-2], "=1+2", "t"])
    book.save(tmp_path / "formula.xlsx")
    table = cc.read_activity(tmp_path / "formula.xlsx")
    assert [issue.code for issue in table.issues] == ["A-021"]


def test_check_names_the_mistakes_of_the_control_plan(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "plant.xlsx"
    path.write_bytes(template("other-industry", "zh"))
    book = openpyxl.load_workbook(path)
    for name, values in (
        ("企业信息", {"编号": "P", "适用核算方法": "other-industry", "地区": "福建"}),
        ("活动数据", {"企业": "P", "期间": "2023", "排放源": "化石燃料燃烧", "品种": "烟煤",
                      "数量": 1, "单位": "t"}),
        ("数据质量控制计划", {"获取方式": "实侧"}),
    ):  # fmt: skip
        sheet = book[name]
        heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[4]}
        for head, value in values.items():
            sheet.cell(5, heads[head]).value = value
    book.save(path)
    code, text = spoken(capsys, "check", path, "--lang", "zh")
    assert code == 1
    assert "工作表 数据质量控制计划 第 5 行 获取方式* 列: [V-103]" in text


def test_an_implausible_measurement_names_its_own_row() -> None:
    measured = [{"entity": "P", "period": "2023-01", "source": "fossil_combustion",
                 "item": "bituminous_coal", "parameter": "net_calorific_value",
                 "value": 22200, "unit": "GJ/t"}]  # fmt: skip
    table = cc.read_activity([ROW], parameters=measured)
    with pytest.raises(cc.ActivityDataError) as caught:
        cc.compute(table)
    (issue,) = caught.value.issues
    assert "22200 GJ/t(实测参数表 行 1)" in issue.message("zh")
    assert "22200 GJ/t of net_calorific_value (parameter table row 1)" in issue.message("en")


def test_a_share_out_of_range_is_shown_in_per_cent() -> None:
    with pytest.raises(cc.ActivityDataError) as caught:
        cc.compute([ROW | {"oxidation_factor": "1.2 %"}])
    assert "the value 1.2 % of oxidation_factor" in caught.value.issues[0].message("en")


def test_a_measurement_that_reaches_no_row_is_named_with_its_row() -> None:
    stray = {"entity": "Q", "period": "2023-01", "source": "fossil_combustion",
             "parameter": "net_calorific_value", "value": 20, "unit": "GJ/t"}  # fmt: skip
    inventory = cc.compute(cc.read_activity([ROW], parameters=[stray]))
    (found,) = [issue for issue in inventory.findings if issue.code == "I-048"]
    assert (found.row, found.column) == (1, "parameter")


@pytest.mark.parametrize(
    ("measure", "codes"),
    [("水泥熟科", ["A-304"]), ("水泥熟料", []), ("营业收入", []), ("玩具熊", [])],
)
def test_a_product_spelt_nearly_like_a_known_one_is_a_finding(
    measure: str, codes: list[str]
) -> None:
    table = read_outputs(
        [{"entity": "P", "period": "2024", "measure": measure, "amount": 1, "unit": "t"}]
    )
    assert [issue.code for issue in table.findings] == codes


def test_a_slip_in_a_word_of_two_characters_finds_the_word() -> None:
    table = cc.read_activity([ROW | {"item": "烟媒"}])
    assert "烟煤" in table.issues[0].hint("zh")


def test_the_note_on_the_fuel_table_is_said_of_fuels_alone() -> None:
    clinker = ROW | {"method": "cement-cets", "period": "2024", "source": "clinker",
                     "item": "clinker"}  # fmt: skip
    diesel = clinker | {"source": "mobile_combustion", "item": "diesel"}

    def codes(*rows: dict[str, Any]) -> set[str]:
        return {issue.code for issue in cc.compute(list(rows)).findings}

    assert "M-110" not in codes(clinker)
    assert "M-110" in codes(clinker, diesel)


def test_numbers_and_texts_in_one_column_are_named_cell_by_cell() -> None:
    frame = pd.DataFrame([ROW, ROW]).assign(amount=[1, "x"])
    with pytest.raises(cc.ActivityDataError) as caught:
        cc.aggregate(frame)
    assert [(issue.code, issue.row) for issue in caught.value.issues] == [("A-031", 2)]


def test_a_unit_that_says_nothing_of_its_production_has_no_heat_and_no_share() -> None:
    unsaid, condensing = unit_figures(800.0, {}), unit_figures(800.0, {"supplied": 1000.0})
    assert pd.isna([unsaid["heat_supplied_gj"], unsaid["heat_share"]]).all()
    assert (condensing["heat_supplied_gj"], condensing["heat_share"]) == (0.0, 0.0)


def test_a_form_in_chinese_writes_its_equations_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(template("electronic-equipment", "zh"))
    rows = openpyxl.load_workbook(path)["数据要求"].iter_rows(min_row=4, values_only=True)
    said = "\n".join(str(row[7]) for row in rows)
    assert "单位含碳量 = 排放因子 / (44/12)" in said
    assert "焓值 = 饱和蒸汽焓(绝对压力)" in said
    assert "_" not in said


def test_a_method_may_stand_alone_in_a_list() -> None:
    row = {key: value for key, value in ROW.items() if key != "method"}
    entities = [{"id": "P", "methods": ["other-industry"]}]
    assert len(cc.read_activity([row], entities=entities)) == 1
    with pytest.raises(cc.ActivityDataError) as caught:
        cc.read_activity([row], entities=[{"id": "P", "methods": ["chemical", "cement-cets"]}])
    assert [issue.code for issue in caught.value.issues] == ["A-206"]


@pytest.mark.parametrize(
    ("code", "codes"),
    [("91440300708461136T", []), ("91440300708461136X", ["A-219"]), ("9135", ["A-219"])],
)
def test_a_credit_code_with_a_slip_is_a_finding(code: str, codes: list[str]) -> None:
    entities = [{"id": "P", "methods": "other-industry", "uscc": code}]
    assert [i.code for i in cc.read_activity([ROW], entities=entities).findings] == codes
