"""What ``verify`` sees: every file of a run folder, and the user's own factors."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import ReproductionError

ROWS = [
    {"entity": "P", "period": "2023-01", "method": "other-industry", "region": "CN-35",
     "source": "fossil_combustion", "item": "diesel", "amount": 10, "unit": "t"},
    {"entity": "P", "period": "2023", "method": "other-industry", "region": "CN-35",
     "source": "refrigerant_leakage", "item": "HFC-32", "amount": 3, "unit": "kg"},
]  # fmt: skip


def first_difference(folder):
    with pytest.raises(ReproductionError) as raised:
        cc.verify(folder)
    return raised.value.params["differences"][0]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "says"),
    [
        ("input.csv", "2023-01-01", "2023-01-02", "V-003", "row 1 column period_start"),
        ("input.csv", "fossil_combustion,diesel", "fossil_combustion,gasoline", "V-003", "diesel"),
        ("input.csv", "other-industry,CN-35", "other-industry,CN-32", "V-004", "CN-32"),
        ("memo.csv", "HFC-32", "HFC-125", "V-003", "HFC-125"),
        ("memo.csv", "outside_document", "counted", "V-005", "outside_document"),
        ("run.json", '"grid_fallback": "none"', '"grid_fallback": "nation"', "V-008", "digest"),
        ("run.json", '"document": 3', '"document": 4', "V-009", "totals.document"),
        ("run.json", '"outside_document_t": ', '"outside_document_t": 1', "V-009", "memo.outside"),
    ],
)
def test_the_first_difference_is_named_whatever_file_was_touched(
    tmp_path, name, old, new, code, says
):
    cc.compute(ROWS).save(tmp_path)
    cc.verify(tmp_path)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = first_difference(tmp_path)
    assert (found.code, says in found.message("en")) == (code, True), found.message("en")


def test_a_run_with_own_factors_carries_them_and_recomputes(tmp_path):
    published = "ndrc_sector_2013_2015/diesel/net_calorific_value@1"
    own = pd.DataFrame([{
        "set": "ndrc_sector_2013_2015", "item": "diesel", "parameter": "net_calorific_value",
        "value": "42.5", "unit": "GJ/t", "source": "test report 17", "supersedes": published,
    }])  # fmt: skip
    library = cc.FactorLibrary.default().with_overlay(own, name="laboratory")
    inv = cc.compute(ROWS, library=library)
    # 10 t × 42.5 GJ/t × 0.0202 tC/GJ × 98 % × 44/12
    assert inv.co2e_t == pytest.approx(10 * 42.5 * 0.0202 * 0.98 * 44 / 12)
    inv.save(tmp_path)
    assert cc.verify(tmp_path).co2e_t == inv.co2e_t
    # without them, or with another value, the factor is named
    kept = (tmp_path / "factors.csv").read_text(encoding="utf-8")
    (tmp_path / "factors.csv").write_text(kept.replace("42.5", "42.6"), encoding="utf-8")
    assert "diesel/net_calorific_value" in first_difference(tmp_path).message("en")
    (tmp_path / "factors.csv").unlink()
    assert "diesel/net_calorific_value" in first_difference(tmp_path).message("en")


RULES = "steps: {carbon_per_unit: 2}\nitems: {by: [entity], decimals: 1}\n"


def test_a_run_is_the_same_wherever_the_file_with_its_rounding_rules_lies(tmp_path):
    runs = []
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
        file = tmp_path / name / f"{name}.yaml"
        file.write_text(RULES, encoding="utf-8")
        runs.append(cc.compute(ROWS, rounding=str(file)).run)
    assert runs[0].policy.rounding != runs[1].policy.rounding
    assert runs[0].digest == runs[1].digest
    assert runs[0].digest != cc.compute(ROWS).run.digest


def test_rounding_rules_that_change_in_their_file_change_figures_and_digest(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(RULES, encoding="utf-8")
    before = cc.compute(ROWS, rounding=str(file))
    # 43.33 GJ/t × 0.0202 tC/GJ = 0.875266, to two decimals 0.88, to none 1
    assert before.lines.mass_t[0] == pytest.approx(10 * 0.88 * 0.98 * 44 / 12)
    file.write_text(RULES.replace("unit: 2", "unit: 0"), encoding="utf-8")
    after = cc.compute(ROWS, rounding=str(file))
    assert after.lines.mass_t[0] == pytest.approx(10 * 1 * 0.98 * 44 / 12)
    assert after.run.digest != before.run.digest


def test_a_run_folder_carries_its_own_rounding_rules_and_says_where_they_were_touched(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(RULES, encoding="utf-8")
    inv = cc.compute(ROWS, rounding=str(file))
    inv.save(tmp_path / "run")
    file.unlink()
    assert cc.verify(tmp_path / "run").co2e_t == inv.co2e_t
    held = tmp_path / "run" / "rounding.yaml"
    held.write_text(RULES.replace("unit: 2", "unit: 3"), encoding="utf-8")
    found = first_difference(tmp_path / "run")
    assert (found.code, found.params["file"]) == ("V-010", "mine.yaml")
