"""The verifier's workbook and its JSON say the same as the inventory, and nothing runs in them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcError, CarbonCalcWarning
from carboncalc.inventory.verification.findings import Finding, judged
from carboncalc.inventory.verification.materiality import Materiality
from carboncalc.inventory.verification.result import verification
from carboncalc.report.verifier_sheets import HEADER
from carboncalc.report.verifier_words import VerifierWords, verifier_labels

EVIL = '=HYPERLINK("http://example.org")'
BASE = {"entity": "P", "method": "other-industry", "region": "CN-35"}
POWER = {**BASE, "source": "purchased_electricity", "item": "electricity", "unit": "MWh"}
DIESEL = {**BASE, "source": "fossil_combustion", "item": "diesel", "unit": "t"}


def computed(rows: list[dict[str, Any]], **reading: Any) -> cc.Inventory:
    keys = dict.fromkeys(key for row in rows for key in row)
    records = [{key: row.get(key) for key in keys} for row in rows]
    table = cc.read_activity(records, **reading)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(table, missing="quarantine")


@pytest.fixture(scope="module")
def inv() -> cc.Inventory:
    rows = [{**POWER, "period": f"2023-{m:02d}", "amount": 100 + m, "facility": EVIL,
             "process": "+spinning"} for m in range(1, 12)]  # fmt: skip
    rows[4] |= {"check_amount": 300, "check_source": "@invoices"}
    rows.append({**POWER, "period": "2023-12", "amount": -1, "facility": EVIL})
    rows.append({**DIESEL, "period": "2023", "amount": 10, "facility": "boiler"})
    rows.append({**DIESEL, "period": "2023-02", "amount": 1, "item": "no such fuel"})
    return computed(rows, outputs=[{"entity": "P", "period": "2023", "measure": "revenue",
                                    "amount": 5, "unit": "万元"}])  # fmt: skip


PLAN = [{"entity": "P", "parameter": "amount", "source": "purchased_electricity",
         "acquisition": "measured", "meter": "-M1", "owner": "=1+1", "unit": "kWh"}]  # fmt: skip


def sheet_rows(book: Any, name: str) -> list[dict[str, Any]]:
    sheet = book[VerifierWords("en")(f"sheet_{name}")]
    rows = list(sheet.iter_rows(min_row=HEADER + 1, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_workbook_and_record_hold_the_figures_of_the_inventory(
    inv: cc.Inventory, tmp_path: Path
) -> None:
    path = cc.write_verifier_file(inv, tmp_path / "v.xlsx", plan=PLAN, lang="en")
    book = openpyxl.load_workbook(path)
    record = json.loads(json.dumps(cc.verifier_record(inv, plan=PLAN, lang="en"), allow_nan=False))
    words = VerifierWords("en")
    assert record["co2e_t"] == inv.co2e_t == sum(inv.by_entity().values())
    for name in ("facilities", "processes"):
        last = sheet_rows(book, name)[-1]
        assert last[words("column_co2e_t")] == record[name][-1]["co2e_t"] == inv.co2e_t
    for name in ("findings", "checks", "months", "detail", "outputs", "monthly", "control"):
        rows = sheet_rows(book, name)
        assert len(rows) == len(record[name]) > 0, name
        for shown, plain in zip(rows, record[name], strict=True):
            for column, value in plain.items():
                head = words.heading(name, column)
                if isinstance(value, (int, float)) and head in shown:
                    assert shown[head] == pytest.approx(value, rel=1e-14), (name, column)
    lines = inv.lines
    by_hand = {s: cc.exact_sum(lines.co2e_t[lines.source == s]) for s in set(lines.source)}
    assert {row["source"]: row["co2e_t"] for row in record["detail"]} == by_hand
    effect = record["checks"][0]
    assert effect["effect_t"] == pytest.approx((300 - 105) * 0.5306, rel=1e-12)


def test_no_cell_is_a_formula_and_what_looks_like_one_stays_text(
    inv: cc.Inventory, tmp_path: Path
) -> None:
    path = cc.write_verifier_file(inv, tmp_path / "v.xlsx", plan=PLAN, lang="zh")
    book = openpyxl.load_workbook(path)
    seen = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
                if isinstance(cell.value, str) and cell.value[:1] in "=+-@":
                    assert cell.quotePrefix, (sheet.title, cell.coordinate)
                    seen.add(cell.value)
    assert {EVIL, "+spinning", "@invoices", "-M1", "=1+1"} <= seen


def test_every_table_keeps_its_header_in_sight_in_both_languages(
    inv: cc.Inventory, tmp_path: Path
) -> None:
    for lang in ("zh", "en"):
        path = cc.write_verifier_file(inv, tmp_path / f"{lang}.xlsx", lang=lang)
        book = openpyxl.load_workbook(path)
        assert book.sheetnames[0] == VerifierWords(lang)("sheet_cover")
        for sheet in book.worksheets[1:]:
            assert sheet.freeze_panes.endswith(str(HEADER + 2)), sheet.title
            heads = [cell.value for cell in sheet[HEADER + 1]]
            assert len(heads) == len(set(heads)), (sheet.title, heads)
            ids = [h for h in heads if "_" in h]
            assert not ids, (sheet.title, ids)


def test_a_matrix_of_months_tells_recorded_longer_missing_and_quarantined(
    inv: cc.Inventory,
) -> None:
    months = verification(inv).months
    amounts = months[months["parameter"] == "amount"].set_index(["source", "process"])
    power = amounts.loc[("purchased_electricity", "+spinning")]
    assert [power[f"2023-{m:02d}"] for m in (1, 11, 12)] == ["recorded", "recorded", "missing"]
    left_out = amounts.loc[("purchased_electricity", "")]
    assert left_out["2023-12"] == "quarantined"
    assert left_out["months_quarantined"] == 1
    yearly = amounts.loc[("fossil_combustion", "")]
    assert yearly["2023-05"] == "span"
    assert yearly["months_missing"] == 0
    factor = months[months["parameter"] == "grid_factor"].iloc[0]
    assert [factor["2023-01"], factor["2023-12"]] == ["default", ""]


def test_quarantined_rows_are_findings_whose_size_nobody_knows(inv: cc.Inventory) -> None:
    findings = verification(inv).findings
    problems = findings[findings["kind"] == "input"]
    assert set(problems["code"]) == {"A-033", "A-101"}
    assert set(problems["material"]) == {"unknown"}
    coded = findings.set_index("code")
    assert coded.loc["V-123", "issue"].params == {"count": 1}, "the row whose fuel is unknown"


def test_without_a_plan_nothing_is_said_against_it(inv: cc.Inventory) -> None:
    made = verification(inv)
    assert not (made.findings["kind"] == "plan").any()
    assert set(made.control["status"]) == {"not_planned"}
    planned = verification(inv, plan=PLAN).findings
    codes = planned.loc[planned["kind"] == "plan", "code"].tolist()
    assert codes.count("V-116") == 1, "measured without accuracy, frequencies, rule"


def test_a_problem_of_the_plan_is_a_finding_and_does_not_stop_the_file(inv: cc.Inventory) -> None:
    made = verification(inv, plan=[*PLAN, {**PLAN[0], "acquisition": "guessed", "version": "2"}])
    assert "V-103" in set(made.findings["code"])


def test_small_findings_count_together() -> None:
    inv = computed([{**POWER, "period": f"2023-{m:02d}", "amount": 100} for m in range(1, 13)])
    issue = cc.errors.Issue(
        "V-111", {"place": "P", "parameter": "x", "more_zh": "", "more_en": ""}, severity="finding"
    )
    total = inv.co2e_t
    assert total == pytest.approx(12 * 100 * 0.5306)

    def materials(level: Materiality, *findings: Finding) -> list[str]:
        return judged(inv, findings, level, total)[0]["material"].tolist()  # type: ignore[no-any-return]

    month = Finding("plan", issue, {}, [0])
    other = Finding("plan", issue, {}, [1])
    apart = Finding("cross_check", issue, {}, None, -60.0)
    nobody = Finding("input", issue, {})
    # one month is 1/12 of the total
    assert materials(Materiality(0.05), month, nobody) == ["yes", "unknown"]
    assert materials(Materiality(0.10), month, month) == ["no", "no"], "one line, counted once"
    assert materials(Materiality(0.10), month, other) == ["aggregate", "aggregate"]
    # 53.06 + 60 t against 15 % of 636.72 t = 95.5 t
    assert materials(Materiality(0.15), month, apart) == ["aggregate", "aggregate"]
    assert materials(Materiality(0.15, absolute_t=55), month, apart) == ["no", "yes"]


NO_LEVELS = [0, -0.1, 1.5, float("nan"), "much", {"part": 1}, {"absolute_t": -5},
             {"share": None, "absolute_t": None}]  # fmt: skip


@pytest.mark.parametrize("level", NO_LEVELS)
def test_a_level_that_is_none_is_refused(level: Any) -> None:
    with pytest.raises(CarbonCalcError) as caught:
        verification(cc.examples.minimal(), materiality=level)
    assert caught.value.code == "V-106"


def test_an_inventory_whose_lines_do_not_add_up_still_has_a_file(tmp_path: Path) -> None:
    rows = [
        {**BASE, "period": "2023", "source": "industrial_wastewater", "item": "wastewater",
         "amount": 1000, "unit": "m3", "technology": "anaerobic_reactor", "cod_in": "5 kg/m3",
         "cod_out": "1 kg/m3"},
        {"entity": "P", "method": "ghg-protocol", "region": "CN-35", "period": "2023",
         "source": "refrigerant_leakage", "item": "HFC-134a", "amount": 1, "unit": "kg"},
    ]  # fmt: skip
    inv = computed(rows)
    assert not len(inv.quarantined)
    with pytest.raises(CarbonCalcError):
        _ = inv.co2e_t
    record = cc.verifier_record(inv)
    assert record["co2e_t"] is None
    assert {f["material"] for f in record["findings"]} <= {"unknown"}
    assert cc.write_verifier_file(inv, tmp_path / "v.xlsx").exists()


def test_an_empty_inventory_gives_an_empty_file(tmp_path: Path) -> None:
    record = cc.verifier_record(cc.examples.empty())
    assert record["co2e_t"] == 0
    assert record["detail"] == [] == record["months"]
    assert cc.write_verifier_file(cc.examples.empty(), tmp_path / "v.xlsx").exists()


def test_every_label_has_both_languages() -> None:
    for key, label in verifier_labels().items():
        assert set(label) == {"zh", "en"}, key
        assert all(label.values()), key
