"""Runs on small tables: stocks, periods, measured values, findings, memo, problems."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import ActivityDataError, CoverageWarning, ReproductionError

DIESEL = {
    "entity": "P", "period": "2023", "method": "other-industry", "source": "fossil_combustion",
    "item": "diesel", "unit": "t",
}  # fmt: skip
POWER = {
    "entity": "P", "period": "2023", "method": "ghg-protocol", "source": "purchased_electricity",
    "item": "electricity", "unit": "MWh", "region": "福建",
}  # fmt: skip


def test_net_consumption_is_opening_plus_purchases_minus_closing_minus_sold():
    kinds = {"opening_stock": 10, "purchase": 100, "closing_stock": 30, "sold_out": 5}
    rows = [{**DIESEL, "amount": a, "record_kind": k} for k, a in kinds.items()]
    inv = cc.compute(rows)
    assert inv.co2e_t == cc.compute([{**DIESEL, "amount": 75}]).co2e_t
    assert len(inv.lines) == 1


def test_scope_3_that_nobody_assessed_is_none_and_not_zero():
    assert cc.compute([{**DIESEL, "amount": 75}]).by_scope()["3"] is None


def test_a_period_across_the_new_year_is_split_by_days_between_the_factors():
    inv = cc.compute([{**POWER, "period": "2022-12-16/2023-01-16", "amount": 31}])
    # 16 days at the 2022 factor of Fujian, 15 at that of 2023; announcements of MEE
    assert inv.lines.amount.tolist() == [16.0, 15.0]
    first, second = (row.coefficients for row in inv.lines.itertuples())
    assert "0.4092" in first
    assert "0.4211" in second
    with pytest.raises(ActivityDataError, match="I-014"):
        cc.compute([{**POWER, "period": "2022-12-16/2023-01-16", "amount": 31}],
                   split_year="refuse")  # fmt: skip


def test_unmeasured_coal_of_2022_takes_the_punitive_default_and_says_so():
    coal = {**DIESEL, "period": "2022-05", "method": "power-generation-cets",
            "item": "bituminous_coal", "amount": 1000}  # fmt: skip
    inv = cc.compute([coal])
    # 26.7 GJ/t × 0.03356 tC/GJ × 99 % × 44/12, guide of 2021, Table B.1
    assert inv.co2e_t == pytest.approx(1000 * 26.7 * 0.03356 * 0.99 * 44 / 12, rel=1e-14)
    assert {finding.code for finding in inv.findings} >= {"M-102", "M-104"}
    with pytest.raises(ActivityDataError):  # the revision's default is recalled: grade D
        cc.compute([{**coal, "period": "2023-05"}])
    assert cc.compute([{**coal, "period": "2023-05"}], grades="ABCDS").evidence_share()["D"] == 1


def test_a_measured_month_goes_before_the_default_and_the_row_before_both():
    rows = [{**DIESEL, "period": f"2023-0{m}", "amount": 10} for m in (1, 2, 3)]
    rows[2] |= {"net_calorific_value": 41.0, "net_calorific_value_unit": "GJ/t"}
    measured = [
        {"entity": "P", "period": f"2023-0{m}", "source": "fossil_combustion", "item": "diesel",
         "parameter": "net_calorific_value", "value": 42.5, "unit": "GJ/t", "evidence": "lab 7"}
        for m in (1, 3)
    ]  # fmt: skip
    inv = cc.compute(rows, parameters=cc.read_parameters(measured))
    used = [calorific_value(text) for text in inv.lines.coefficients]
    assert used == [42.5, 43.33, 41.0]
    assert inv.lines.evidence_grade.tolist() == ["S", "B", "S"]
    assert "lab 7" in inv.trace("L000001").text()


def calorific_value(text: str) -> float:
    import json

    return json.loads(text)["net_calorific_value"][0]


def test_a_source_the_document_lacks_stands_in_the_memo_and_not_in_its_total():
    leak = {**DIESEL, "source": "refrigerant_leakage", "item": "R-410A", "amount": 10, "unit": "kg"}
    inv = cc.compute([{**DIESEL, "amount": 1}, leak], gwp="AR5")
    assert inv.memo.account.unique().tolist() == ["outside_document"]
    assert inv.memo.gas.tolist() == ["HFC-32", "HFC-125"]
    # R-410A is half HFC-32 (677) and half HFC-125 (3170) by mass, AR5 table 8.A.1
    assert inv.memo_totals()["outside_document_t"] == pytest.approx(0.005 * (677 + 3170))
    assert inv.totals["document"] == inv.co2e_t == cc.compute([{**DIESEL, "amount": 1}]).co2e_t
    assert inv.totals["ghgp_location"] == pytest.approx(inv.co2e_t + 0.005 * (677 + 3170))


def test_green_power_without_a_certificate_is_a_finding_and_the_figure_stands():
    rows = [{**POWER, "amount": 10, "instrument": "green_trade"}]
    inv = cc.compute(rows, scope2="market")
    assert inv.co2e_t == 0
    assert "M-105" in {finding.code for finding in inv.findings}


def test_quarantined_rows_are_named_and_left_out_of_the_total():
    rows = [{**DIESEL, "amount": 1}, {**DIESEL, "amount": 2, "unit": "ton"},
            {**DIESEL, "item": "coal_gangue", "amount": 3}]  # fmt: skip
    with pytest.raises(ActivityDataError) as raised:
        cc.compute(rows)
    assert [issue.code for issue in raised.value.issues] == ["U-002", "I-025"]
    with pytest.warns(CoverageWarning):
        inv = cc.compute(rows, missing="quarantine")
    assert inv.quarantined.code.tolist() == ["U-002", "I-025"]
    assert inv.coverage() == {"rows": 3, "computed": 1, "quarantined": 2, "share": 1 / 3}
    assert any("not in the total: 2" in w["message"] for w in inv.to_json()["warnings"])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**POWER, "region": "西藏", "amount": 1}, "F-010"),
        ({**POWER, "period": "2025", "amount": 1}, "F-009"),
        ({**DIESEL, "method": "power-generation-cets", "period": "2026-01", "amount": 1}, "I-026"),
        ({**DIESEL, "unit": "MWh/t", "amount": 1}, "A-039"),
        ({**DIESEL, "method": None, "amount": 1}, "I-015"),
    ],
)
def test_what_cannot_be_computed_is_refused_by_name_with_a_hint(row, code):
    with pytest.raises(ActivityDataError) as raised:
        cc.compute([row])
    (issue,) = raised.value.issues
    assert issue.code == code
    assert issue.hint("en") or code == "I-026"
    assert issue.message("zh") != issue.message("en")


def test_a_run_folder_verifies_and_names_the_first_change(tmp_path):
    inv = cc.compute([{**DIESEL, "amount": 0.1}, {**POWER, "amount": 7.3}])
    inv.save(tmp_path)
    assert cc.verify(tmp_path).co2e_t == inv.co2e_t

    def changed(name: str, old: str, new: str) -> str:
        path = tmp_path / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(ReproductionError) as raised:
            cc.verify(tmp_path)
        path.write_text(text)
        return str(raised.value)

    assert "row 1 column amount: stored 0.1, found 0.2" in changed("input.csv", ",0.1,", ",0.2,")
    assert "diesel/net_calorific_value" in changed("resolutions.csv", "43.33", "43.34")
    line = repr(float(inv.lines.co2e_t[1]))
    assert "line L000002" in changed("lines.csv", line, "1.5")
    (tmp_path / "run.json").unlink()
    with pytest.raises(cc.CarbonCalcError, match="V-002"):
        cc.verify(tmp_path)


def test_the_grid_refuses_lines_longer_than_its_periods_unless_told_to_spread_them():
    inv = cc.compute([{**DIESEL, "amount": 365}, {**DIESEL, "period": "2023-02", "amount": 1}])
    with pytest.raises(cc.CarbonCalcError, match="I-031"):
        inv.grid(("period", "gas"), freq="M")
    grid = inv.grid(("period", "gas"), freq="M", split="days")
    assert grid.co2e.attrs["units"] == "t CO2e"
    year = inv.grid(("period", "gas"))
    assert float(grid.co2e.sum()) == pytest.approx(float(year.co2e.sum()), rel=1e-12)
    january, february = grid.co2e.values[:2, 0]
    assert january == pytest.approx(31 / 365 * inv.lines.co2e_t[0], rel=1e-12)
    assert february == pytest.approx(28 / 365 * inv.lines.co2e_t[0] + inv.lines.co2e_t[1])


def test_an_inventory_shows_itself_in_ten_lines_and_escapes_what_users_typed():
    inv = cc.compute([{**DIESEL, "entity": "<script>x</script>", "amount": 1}])
    assert len(repr(inv).splitlines()) <= 10
    assert "<script>" not in inv._repr_html_()


def test_results_do_not_depend_on_the_calculator_being_shared_between_threads():
    from concurrent.futures import ThreadPoolExecutor

    calc = cc.Calculator()
    table = [[{**DIESEL, "item": item, "amount": 5}] for item in ("diesel", "gasoline")] * 8
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda rows: calc.compute(rows).co2e_t, table))
    assert found == [cc.compute(rows).co2e_t for rows in table]


def test_text_columns_may_be_categoricals_or_any_dataframe():
    import polars as pl

    rows = [{**DIESEL, "amount": 5}, {**POWER, "amount": 2}]
    frame = pd.DataFrame(rows)
    texts = {c: frame[c].astype("category") for c in frame if c != "amount"}
    total = cc.compute(rows).co2e_t
    assert cc.compute(frame.assign(**texts)).co2e_t == total
    assert cc.compute(pl.DataFrame(rows)).co2e_t == total


@pytest.mark.parametrize("amount", [1e13, 1e300])
def test_an_amount_too_large_for_any_sum_is_refused_with_its_row(amount):
    rows = [{**DIESEL, "amount": 1}, {**DIESEL, "period": "2022", "amount": amount}]
    with pytest.raises(ActivityDataError) as raised:
        cc.compute(rows)
    assert [(issue.code, issue.row) for issue in raised.value.issues] == [("I-001", 2)]
    with pytest.warns(CoverageWarning):
        assert cc.compute(rows, missing="quarantine").lines["row"].tolist() == [1]
