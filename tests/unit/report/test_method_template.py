"""Templates: what a plant is given can be filled in, read back and computed in one step."""

import io
import warnings
from pathlib import Path

import openpyxl
import pytest
from template_case import (
    GOLDEN,
    METHODS,
    RULES,
    Filled,
    filled,
    filled_with_golden_rows,
    monthly_rows,
)

import carboncalc as cc
from carboncalc.activity.sheet_roles import TEMPLATE_MARK, TEMPLATE_TEXTS
from carboncalc.errors import CarbonCalcWarning
from carboncalc.methods.template import columns
from carboncalc.report.method_template import template
from carboncalc.report.template_form import FIRST, HEADER
from carboncalc.report.template_words import template_labels


def quiet_total(data: Path) -> tuple[float, int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inventory = cc.compute(data, **RULES)
    return cc.exact_sum(inventory.lines["co2e_t"]), len(inventory.lines) + len(inventory.memo)


@pytest.mark.parametrize("method_id", METHODS)
def test_a_filled_template_computes_to_the_same_bits_as_the_plain_table(
    method_id: str, tmp_path: Path
) -> None:
    path = filled_with_golden_rows(method_id, tmp_path / f"{method_id}.xlsx")
    assert quiet_total(path) == quiet_total(GOLDEN / method_id / "activity.csv")


@pytest.mark.parametrize("method_id", METHODS)
def test_twelve_months_in_a_template_give_the_same_lines_as_the_records(
    method_id: str, tmp_path: Path
) -> None:
    rows = monthly_rows(method_id)
    path = filled(method_id, rows, tmp_path / "year.xlsx")
    records = [{k: float(v) if k == "amount" else v or None for k, v in r.items()} for r in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        typed, plain = cc.compute(path, **RULES), cc.compute(records, **RULES)
    for table in ("lines", "memo"):
        ours, theirs = getattr(typed, table), getattr(plain, table)
        assert ours["co2e_t"].tolist() == theirs["co2e_t"].tolist()
        assert ours["route"].tolist() == theirs["route"].tolist()
    assert len(typed.lines) + len(typed.memo) >= len(rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_template_says_that_there_is_no_data(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(template("other-industry", lang))
    with pytest.raises(cc.ActivityDataError) as caught:
        cc.compute(path)
    assert caught.value.code == "A-003"


def test_the_sheets_for_people_are_known_to_the_reader_by_name() -> None:
    labels = template_labels()
    shown = {labels[f"sheet_{key}"][lang] for key in ("how", "needs", "defaults")
             for lang in ("zh", "en")}  # fmt: skip
    assert shown == TEMPLATE_TEXTS


def test_a_filled_template_is_read_without_a_finding_about_its_own_sheets(tmp_path: Path) -> None:
    form = Filled("power-generation-cets")
    form.row("活动数据", {"企业": "甲", "期间": "2022-01", "排放源": "化石燃料燃烧", "品种": "柴油",
                      "数量": 3, "单位": "t", "核算方法": "power-generation-cets"})  # fmt: skip
    table = cc.read_activity(form.save(tmp_path / "a.xlsx"))
    assert table.issues == ()
    assert table.findings == ()


def power(tmp_path: Path) -> Path:
    """A unit with monthly coal, calorific values of ten months and carbon of eleven."""
    form = Filled("power-generation-cets")
    form.row("企业信息", {"编号": "甲", "名称": "甲电厂", "地区": "福建"})
    shared = {"企业": "甲", "设施": "1#", "排放源": "化石燃料燃烧", "品种": "烟煤"}
    for month in range(1, 13):
        period = f"2022-{month:02d}"
        form.row("活动数据", {**shared, "期间": period, "数量": 1000 + month, "单位": "t"})
        if month not in (4, 9):
            form.row("实测参数", {**shared, "期间": period, "参数": "低位发热量",
                              "数值": 20 + month / 10, "单位": "GJ/t"})  # fmt: skip
        if month != 9:
            form.row("实测参数", {**shared, "期间": period, "参数": "含碳量",
                              "数值": 0.026, "单位": "t C/GJ"})  # fmt: skip
    form.row("产出数据", {"企业": "甲", "设施": "1#", "期间": "2022", "产出指标": "供电量",
                      "数量": 30_000, "单位": "MWh"})  # fmt: skip
    return form.save(tmp_path / "power.xlsx")


def test_one_workbook_gives_activity_measured_values_output_and_entities(tmp_path: Path) -> None:
    inv = cc.compute(power(tmp_path), grades="ABCDS")
    assert set(inv.lines["method_id"]) == {"power-generation-cets"}
    assert inv.activity.entities is not None
    assert len(inv.activity.parameters) == 21
    # coal of month m: 1000 + m t; measured 20 + m/10 GJ/t, in months 4 and 9 the punitive
    # 26.7 GJ/t; 0.026 t C/GJ, in month 9 the punitive 0.03356; 99 % oxidised; 44/12
    expected = sum(
        (1000 + m) * (26.7 if m in (4, 9) else 20 + m / 10)
        * (0.03356 if m == 9 else 0.026) * 0.99 * 44 / 12
        for m in range(1, 13)
    )  # fmt: skip
    assert inv.co2e_t == pytest.approx(expected, rel=1e-12)
    unmeasured = [i for i in inv.findings if i.code == "I-050"]
    assert {(i.params["parameter"], i.params["periods"]) for i in unmeasured} == {
        ("net_calorific_value", "2022-04, 2022-09"),
        ("carbon_content", "2022-09"),
    }


def test_the_same_workbook_gives_the_same_bits_as_its_tables_given_apart(tmp_path: Path) -> None:
    path = power(tmp_path)
    whole = cc.compute(path, grades="ABCDS")
    apart = cc.compute(
        cc.read_activity(
            path,
            sheet="活动数据",
            entities=cc.read_entities(path, sheet="企业信息"),
            parameters=cc.read_parameters(path, sheet="实测参数").rows,
        ),
        grades="ABCDS",
    )
    assert whole.co2e_t == apart.co2e_t
    assert whole.lines["co2e_t"].tolist() == apart.lines["co2e_t"].tolist()


def test_a_table_given_apart_goes_first_and_the_sheet_left_unread_is_named(tmp_path: Path) -> None:
    path = power(tmp_path)
    table = cc.read_activity(path, parameters=[
        {"entity": "甲", "period": "2022", "source": "化石燃料燃烧", "item": "烟煤",
         "parameter": "低位发热量", "value": 21, "unit": "GJ/t"}])  # fmt: skip
    assert len(table.parameters) == 1
    assert [(i.code, i.sheet) for i in table.findings] == [("A-019", "实测参数")]


def test_the_plan_of_a_template_lists_every_parameter_and_counts_what_was_filled_in(
    tmp_path: Path,
) -> None:
    form = Filled("power-generation-cets")
    sheet, places = form.book["数据质量控制计划"], form.places("数据质量控制计划")
    listed = [
        (sheet.cell(row, places["排放源"]).value, sheet.cell(row, places["参数"]).value)
        for row in range(FIRST + 1, sheet.max_row + 1)
    ]
    assert ("化石燃料燃烧", "低位发热量") in listed
    assert ("购入电力", "数量") in listed
    sheet.cell(FIRST + 1, places["获取方式"], "实测值")
    plan = cc.read_quality_plan(form.save(tmp_path / "plan.xlsx"))
    assert plan.issues == ()
    assert plan.rows[["source", "parameter", "acquisition"]].values.tolist() == [
        ["fossil_combustion", "amount", "measured"]
    ]


def test_a_partial_source_is_explained_and_not_offered() -> None:
    offered = next(c for c in columns("cement-cets") if c.id == "source").choices
    book = openpyxl.load_workbook(io.BytesIO(template("cement-cets")))
    label = "替代燃料和废弃物非生物质碳燃烧"
    explained = [row for row in book["数据要求"].iter_rows(values_only=True)
                 if "alternative_fuel_combustion" in str(row[0])]  # fmt: skip
    assert label not in offered
    assert explained
    assert "未开放" in explained[0][1]


@pytest.mark.parametrize("method_id", METHODS)
def test_titles_and_headers_are_locked_and_data_cells_are_not(method_id: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(method_id)))
    for name in ("企业信息", "活动数据", "实测参数", "产出数据", "数据质量控制计划"):
        sheet = book[name]
        assert sheet.protection.sheet
        assert sheet.cell(HEADER + 1, 1).protection.locked
        assert not sheet.column_dimensions["A"].protection.locked
        assert sheet.freeze_panes is not None


def test_the_lists_are_hidden_and_items_units_and_parameters_follow_the_source() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("other-industry")))
    assert book[TEMPLATE_MARK].sheet_state == "hidden"
    rules = book["活动数据"].data_validations.dataValidation
    assert sum("OFFSET" in str(rule.formula1) for rule in rules) >= 3
    measured = book["实测参数"].data_validations.dataValidation
    assert any("cc_parameters_keys" in str(rule.formula1) for rule in measured)
    assert any("cc_parameter_units_keys" in str(rule.formula1) for rule in measured)


def test_cells_that_a_source_needs_turn_orange_while_they_are_empty() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("electronic-equipment")))
    sheet = book["活动数据"]
    tests = [str(rule.formula[0]) for rules in sheet.conditional_formatting for rule in rules.rules]
    assert any('="R"' in test for test in tests)
    # the matrix behind it: etching needs its technology, purchased power does not have one
    hidden = book[TEMPLATE_MARK]
    names = book.defined_names
    corner = names["cc_activity_rows"].attr_text.split("!")[1].split(":")[0].replace("$", "")
    start = hidden[corner]
    header = [str(c.value).rstrip("*") for c in sheet[HEADER + 1]]
    place = header.index("技术/类别") + 1
    rows = {
        hidden.cell(row, start.column).value: hidden.cell(row, start.column + place).value
        for row in range(1, 9)
    }
    assert rows["刻蚀与CVD腔室清洗"] == "R"
    assert not rows["购入电力"]


def test_every_default_is_shown_with_its_grade_document_and_place() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("power-generation-cets")))
    rows = list(book["缺省值"].iter_rows(min_row=4, values_only=True))
    diesel = [r for r in rows if r[0] == "2021" and r[2] == "柴油" and r[4] == "低位发热量"]
    assert [(r[5], r[6], r[7]) for r in diesel] == [(42.652, "GJ/t", "A")]
    assert all(r[7] in "ABCD" and r[8] and r[9] for r in rows)


def test_the_version_of_the_method_file_is_printed_on_the_first_sheet() -> None:
    from carboncalc.methods.catalogue import load_method

    book = openpyxl.load_workbook(io.BytesIO(template("flat-glass")))
    assert book.sheetnames[0] == "填报说明"
    shown = " ".join(str(row[1].value) for row in book["填报说明"].iter_rows() if row[1].value)
    assert load_method("flat-glass").digest[:16] in shown


def test_the_same_method_gives_the_same_bytes() -> None:
    assert template("land-transport") == template("land-transport")
