"""The monthly form: every column can be worked out again by hand, missing months included."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

import carboncalc as cc
from carboncalc.cli import schema_files
from carboncalc.errors import CarbonCalcWarning
from carboncalc.inventory.verification.control import MANY_PLACES
from carboncalc.inventory.verification.points import POINTS
from carboncalc.inventory.verification.result import Verification, verification
from carboncalc.report.verifier_sheets import HEADER
from carboncalc.report.verifier_words import VerifierWords

COAL = {"entity": "P", "facility": "1#", "source": "fossil_combustion", "item": "bituminous_coal"}
#: Months whose calorific value, and whose carbon content, was not measured.
NO_NCV, NO_CARBON = (4, 9), (9,)


@pytest.fixture(scope="module")
def inv() -> cc.Inventory:
    rows = [{**COAL, "period": f"2022-{m:02d}", "method": "power-generation-cets",
             "amount": 1000 + m, "unit": "t", "evidence_no": f"W-{m}"}
            for m in range(1, 13)]  # fmt: skip
    measured: list[dict[str, Any]] = []
    for m in range(1, 13):
        if m not in NO_NCV:
            measured.append({**COAL, "period": f"2022-{m:02d}", "value": 20 + m / 10,
                             "parameter": "net_calorific_value", "unit": "GJ/t",
                             "evidence": f"H-{m}"})  # fmt: skip
        if m not in NO_CARBON:
            measured.append({**COAL, "period": f"2022-{m:02d}", "value": 0.026 + m / 1e5,
                             "parameter": "carbon_content", "unit": "t C/GJ",
                             "evidence": f"C-{m}"})  # fmt: skip
    table = cc.read_activity(rows, parameters=measured)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(table, grades="ABCDS")


@pytest.fixture(scope="module")
def made(inv: cc.Inventory) -> Verification:
    return verification(inv)


def test_a_column_multiplied_out_is_its_emissions(made: Verification) -> None:
    form = made.monthly[made.monthly["item"] == "bituminous_coal"].set_index("parameter")
    columns = [f"2022-{m:02d}" for m in range(1, 13)] + [f"2022Q{q}" for q in range(1, 5)]
    for name in (*columns, "whole"):
        column = form[name]
        product = (
            column["amount"] * column["net_calorific_value"] * column["carbon_content"]
            * column["oxidation_factor"] * 44 / 12
        )  # fmt: skip
        assert product == pytest.approx(column["co2e_t"], rel=1e-12), name
        heat = column["amount"] * column["net_calorific_value"]
        assert column["heat_gj"] == pytest.approx(heat, rel=1e-12)


def test_a_quarter_is_the_sum_of_its_months_and_the_last_row_the_total(
    made: Verification, inv: cc.Inventory
) -> None:
    form = made.monthly.set_index("parameter")
    for name in ("amount", "heat_gj", "co2e_t", "counted_co2e_t"):
        row = form.loc[name]
        third = row["2022-07"] + row["2022-08"] + row["2022-09"]
        assert row["2022Q3"] == pytest.approx(third, rel=1e-14)
    assert made.monthly.iloc[-1]["whole"] == inv.co2e_t


def test_an_unmeasured_month_has_the_documents_value_with_its_place_and_no_evidence(
    made: Verification,
) -> None:
    found = made.determination
    assert set(found["parameter"]) == {"net_calorific_value", "carbon_content"}
    assert len(found) == 24
    ncv = found[found["parameter"] == "net_calorific_value"].set_index("period")
    assert ncv["origin"].to_dict() == {
        f"2022-{m:02d}": "punitive_default" if m in NO_NCV else "parameter_table"
        for m in range(1, 13)
    }
    # 6.2.2.4: 26.7 GJ/t for a month of coal without a measurement; the mean of the ten
    # measured months is 20.64
    assert ncv.loc["2022-04", "value"] == 26.7
    assert ncv.loc["2022-04", "factor_id"].startswith("mee_power_2021/coal_unmeasured/")
    assert (ncv.loc["2022-04", "evidence"], ncv.loc["2022-05", "evidence"]) == ("", "H-5")


def test_a_finding_about_unmeasured_months_says_how_many_tonnes_rest_on_them(
    made: Verification, inv: cc.Inventory
) -> None:
    findings = made.findings
    said = findings[findings["code"] == "I-050"]
    named = {i.params["parameter"]: a for i, a in zip(said["issue"], said["amount_t"], strict=True)}
    month = dict(zip(inv.lines["period_start"].astype("str").str[:7], inv.lines["co2e_t"],
                     strict=True))  # fmt: skip
    assert named["carbon_content"] == month["2022-09"]
    assert named["net_calorific_value"] == pytest.approx(month["2022-04"] + month["2022-09"])


def test_every_point_of_the_review_has_an_answer_and_room_for_a_conclusion(
    inv: cc.Inventory, made: Verification, tmp_path: Path
) -> None:
    assert made.points["clause"].tolist() == list(POINTS)
    counts = dict(zip(made.points["point"], made.points["counts"], strict=True))
    assert counts["activity"]["records"] == 12
    assert counts["factors"]["punitive"] == len(NO_NCV) + len(NO_CARBON)
    assert counts["records"] == {"evidenced": 12, "records": 12}
    for lang in ("zh", "en"):
        path = cc.write_verifier_file(inv, tmp_path / "v.xlsx", lang=lang)
        words = VerifierWords(lang)
        book = openpyxl.load_workbook(path)
        rows = list(book[words("sheet_points")].iter_rows(min_row=HEADER + 2, values_only=True))
        assert [row[0] for row in rows] == list(POINTS)
        assert all(row[3] and not row[4] for row in rows)
        cover = [row[0].value for row in book[words("sheet_cover")].iter_rows()]
        assert words("sign_lead") in cover
        assert words("sign_legal") in cover


def test_the_record_is_what_its_schema_says(inv: cc.Inventory) -> None:
    check = Draft202012Validator(schema_files.schema("verifier"))
    for given in (inv, cc.examples.minimal(), cc.examples.empty()):
        record = json.loads(json.dumps(cc.verifier_record(given), allow_nan=False))
        assert [error.message for error in check.iter_errors(record)] == []
        assert set(record) <= set(schema_files.schema("verifier")["properties"])


def test_what_is_not_planned_at_many_places_is_one_finding_with_all_its_tonnes() -> None:
    places = MANY_PLACES + 1
    rows = [{"entity": "P", "facility": f"F{k}", "period": "2023", "method": "other-industry",
             "source": "purchased_electricity", "item": "electricity", "amount": 100,
             "unit": "MWh"} for k in range(places)]  # fmt: skip
    inv = cc.compute(rows)
    plan = [{"entity": "P", "parameter": "revenue", "acquisition": "other"}]
    found = verification(inv, plan=plan).findings
    amounts = found[(found["code"] == "V-111") & (found["parameter"] == "amount")]
    assert len(amounts) == 1
    assert amounts["amount_t"].iloc[0] == inv.co2e_t
    assert f"({places} places)" in amounts["issue"].iloc[0].message("en")
    few = verification(cc.compute(rows[:2]), plan=plan).findings
    assert (few["parameter"] == "amount").sum() == 2


def test_values_typed_into_rows_in_some_months_only_are_a_finding_with_the_months() -> None:
    rows = [{**COAL, "item": "diesel", "period": f"2022-{m:02d}", "amount": 10, "unit": "t",
             "method": "power-generation-cets",
             "net_calorific_value": None if m in (2, 3) else 43.0,
             "net_calorific_value_unit": "GJ/t"} for m in range(1, 5)]  # fmt: skip
    inv = cc.compute(rows)
    found = verification(inv).findings
    said = found[found["code"] == "V-124"]
    assert len(said) == 1
    assert said["issue"].iloc[0].params["months"] == "2022-02…03"
    # 2 × 10 t × 42.652 GJ/t × 0.0202 t C/GJ × 98 % × 44/12
    expected = 20 * 42.652 * 0.0202 * 0.98 * 44 / 12
    assert said["amount_t"].iloc[0] == pytest.approx(expected, rel=1e-12)
    plain = [{**row, "net_calorific_value": 43.0} for row in rows]
    assert "V-124" not in set(verification(cc.compute(plain)).findings["code"])
