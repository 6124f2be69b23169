"""From the template to the verifier's file on the command line, as a plant goes through it."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from carboncalc.cli import schema_files
from carboncalc.cli.entry import main
from carboncalc.cli.problems import rows_text
from carboncalc.methods.catalogue import method_ids
from carboncalc.report.template_form import FIRST, HEADER


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def fill(path: Path, sheet: str, rows: list[dict[str, Any]], *, to: Path | None = None) -> Path:
    """Type rows into a sheet of a template under its headers."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    places = {str(c.value).rstrip("*"): c.column for c in page[HEADER + 1] if c.value}
    for number, row in enumerate(rows, start=FIRST + 1):
        for header, value in row.items():
            page.cell(number, places[header], value)
    book.save(to or path)
    return to or path


@pytest.fixture
def plant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "plant.xlsx"
    assert run(capsys, "methods", "template", "power-generation-cets", "-o", path,
               "--lang", "zh")[0] == 0  # fmt: skip
    fill(path, "企业信息", [{"编号": "甲", "地区": "福建"}])
    fuel = {"企业": "甲", "排放源": "化石燃料燃烧", "品种": "柴油", "单位": "t"}
    fill(path, "活动数据", [{**fuel, "期间": f"2021-{m:02d}", "数量": 10} for m in range(1, 13)])
    fill(path, "数据质量控制计划", [{"获取方式": "实测值", "精度": "0.5级"}])
    return path


def test_a_filled_template_gives_a_verifiers_file_with_its_own_plan(
    plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xlsx, record = tmp_path / "v.xlsx", tmp_path / "v.json"
    code, out, _ = run(capsys, "compute", plant, "--verifier", xlsx, "--verifier", record,
                       "--materiality", "0.02", "--lang", "zh")  # fmt: skip
    assert code == 0
    assert str(xlsx) in out
    assert str(record) in out
    assert openpyxl.load_workbook(xlsx).sheetnames[0] == "封面与总量"
    found = json.loads(record.read_text(encoding="utf-8"))
    Draft202012Validator(schema_files.schema("verifier")).validate(found)
    assert found["has_plan"]
    assert found["materiality"]["share"] == 0.02
    planned = {(r["parameter"], r["plan_accuracy"]) for r in found["control"]
               if r["status"] == "planned_and_used"}  # fmt: skip
    assert planned == {("amount", "0.5级")}
    # 120 t × 42.652 GJ/t × 0.0202 t C/GJ × 98 % × 44/12
    assert found["co2e_t"] == pytest.approx(120 * 42.652 * 0.0202 * 0.98 * 44 / 12, rel=1e-12)


def test_a_level_that_is_none_is_wrong_usage(
    plant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "compute", plant, "--materiality", "0")[0] == 2


def test_the_same_problem_in_many_rows_is_told_once_with_all_rows(
    plant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fuel = {"企业": "甲", "排放源": "化石燃料燃烧", "品种": "柴油"}
    fill(plant, "活动数据", [{**fuel, "期间": f"2021-{m:02d}", "数量": 10, "单位": "kWh"}
                         for m in range(1, 13)])  # fmt: skip
    code, out, _ = run(capsys, "check", plant, "--lang", "zh")
    assert code == 1
    said = [line for line in out.splitlines() if "[I-018]" in line]
    assert len(said) == 1
    assert "工作表 活动数据 第 5–16 行 单位 列" in said[0]
    assert "化石燃料燃烧" in said[0]
    code, _, err = run(capsys, "compute", plant, "--lang", "zh")
    assert code == 1
    assert err.count("[I-018]") == 1
    assert "第 5–16 行" in err


def test_json_keeps_one_issue_a_row_with_the_column_of_the_sheet(
    plant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fuel = {"企业": "甲", "排放源": "化石燃料燃烧", "品种": "柴油", "单位": "t"}
    fill(plant, "活动数据", [{**fuel, "期间": f"2021-{m:02d}", "数量": -1} for m in range(1, 13)])
    code, out, _ = run(capsys, "check", plant, "--json", "--lang", "zh")
    assert code == 1
    issues = json.loads(out)["issues"]
    assert [(i["row"], i["column"], i["code"]) for i in issues] == [
        (row, "数量*", "A-033") for row in range(5, 17)
    ]


def test_rows_are_joined_into_runs() -> None:
    assert rows_text([7, 5, 6, 9, 9, 11, 12]) == "5–7, 9, 11–12"


def test_the_audit_says_what_every_method_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "methods", "audit", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["contract"] == 1
    assert [one["id"] for one in found["methods"]] == list(method_ids())
    for one in found["methods"]:
        assert set(one["equations"]) == set("ABSCD") == set(one["constants"])
        assert sum(one["equations"].values()) > 0
    code, out, _ = run(capsys, "methods", "audit", "power-generation-cets", "--lang", "zh")
    assert code == 0
    assert "power-generation-cets" in out
    assert "凭记忆" in out
    assert run(capsys, "methods", "audit", "no-such-method")[0] == 1


def test_show_prints_documents_grades_and_what_must_be_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, "methods", "show", "other-industry", "--lang", "zh")
    assert code == 0
    for text in ("依据:ndrc-2015-1722-other-industry", "公式的等级:", "(须填)", "← "):
        assert text in out
