"""What the sums of tables share between calls, and what they do not."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.inventory import by_ledger

ROW = {"entity": "P", "period": "2023", "method": "other-industry", "region": "CN-35",
       "source": "fossil_combustion", "item": "diesel", "unit": "t", "amount": 10.0}  # fmt: skip

#: Policies that no other test has, so that no other test shares their tables.
RARE = {"grades": "ABCDS", "split_year": "refuse", "market_residual": "location_factor"}


def test_rounding_rules_that_change_in_their_file_are_read_anew(tmp_path):
    file = tmp_path / "mine.yaml"
    for decimals in (2, 0):
        file.write_text(f"steps: {{carbon_per_unit: {decimals}}}\n", encoding="utf-8")
        exact = cc.exact_sum(cc.compute([ROW], rounding=str(file)).lines.co2e_t)
        found = cc.aggregate(pd.DataFrame([ROW]), ["entity"], rounding=str(file))
        assert found.co2e_t.tolist() == [exact]


def test_a_table_without_rows_is_refused_on_both_paths_or_on_none():
    empty = pd.DataFrame([ROW]).iloc[:0]
    with pytest.raises(cc.errors.ActivityDataError):
        cc.compute(empty)
    with pytest.raises(cc.errors.ActivityDataError):
        cc.aggregate(empty)


@pytest.mark.parametrize(
    ("column", "texts", "gwp"),
    [
        ("unit", [" " * k + "t" for k in range(80)], "AR4"),
        ("period", [f"{year}" for year in range(1990, 2026)], "AR5"),
    ],
)
def test_what_one_call_brought_does_not_push_later_tables_out_of_the_blocks(
    column, texts, gwp, monkeypatch
):
    for text in texts:  # many tables of a long-lived service, each of them small
        try:
            cc.aggregate(pd.DataFrame([{**ROW, column: text}]), gwp=gwp, **RARE)
        except cc.errors.CarbonCalcError:
            continue  # no data for that year
    monkeypatch.setattr(by_ledger, "aggregate_by_ledger", lambda *a, **k: pytest.fail("left"))
    cc.aggregate(pd.DataFrame([{**ROW, "unit": "kg", "period": "2022"}]), gwp=gwp, **RARE)
