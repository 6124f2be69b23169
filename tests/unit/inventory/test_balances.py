"""Purchases and stocks: one record of several rows, refused or counted as a whole."""

import json
import re
import warnings

import pytest

import carboncalc as cc
from carboncalc.errors import ActivityDataError, CoverageWarning

COAL = {
    "entity": "P", "period": "2023", "method": "other-industry", "source": "fossil_combustion",
    "item": "bituminous_coal", "unit": "t",
}  # fmt: skip
POWER = {
    "entity": "P", "method": "ghg-protocol", "source": "purchased_electricity",
    "item": "electricity", "unit": "MWh", "region": "福建",
}  # fmt: skip
HEAT = {"net_calorific_value_unit": "GJ/t"}


def records(*amounts, kinds=("opening_stock", "purchase", "closing_stock"), **more):
    rows = [
        {**COAL, "record_kind": kind, "amount": amount}
        for kind, amount in zip(kinds, amounts, strict=True)
    ]
    for number, values in more.items():
        rows[int(number.removeprefix("row"))] |= values
    return rows


def set_aside(rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoverageWarning)
        return cc.compute(cc.read_activity(rows), missing="quarantine")


def calorific_value(inv):
    return json.loads(inv.lines.coefficients[0])["net_calorific_value"][0]


@pytest.mark.parametrize("giving", ["row0", "row1", "row2"])
def test_a_measured_value_in_any_row_of_a_balance_holds_for_the_balance(giving):
    inv = cc.compute(records(10, 100, 20, **{giving: {"net_calorific_value": 20.0, **HEAT}}))
    assert inv.lines.amount.tolist() == [90.0]
    assert calorific_value(inv) == 20.0


def test_rows_of_one_balance_that_measure_different_values_are_refused():
    rows = records(
        10, 100, 20,
        row0={"net_calorific_value": 22.0, **HEAT}, row1={"net_calorific_value": 20.0, **HEAT},
    )  # fmt: skip
    with pytest.raises(ActivityDataError, match="I-047"):
        cc.compute(rows)
    rows[0]["net_calorific_value"] = 20.0
    assert calorific_value(cc.compute(rows)) == 20.0


def test_equal_numbers_in_different_units_are_different_values():
    rows = records(10, 100, 20, row0={"net_calorific_value": 20.0, **HEAT})
    rows[1] |= {"net_calorific_value": 20.0, "net_calorific_value_unit": "MJ/t"}
    with pytest.raises(ActivityDataError, match=re.escape("20.0 GJ/t, 20.0 MJ/t")):
        cc.compute(rows)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            records(10, 100, 20, 80,
                    kinds=("opening_stock", "purchase", "closing_stock", "consumption")),
            id="a stated consumption that differs",
        ),
        pytest.param(records(10, 0, 20), id="a balance below zero"),
        pytest.param(records(10, 100, 20, row0={"unit": "GJ"}), id="units that do not convert"),
        pytest.param(records(10, 100, 20, row0={"carbon_content": 0.6, "carbon_basis": "ar",
                             "carbon_content_unit": "tC/t"},
                             row2={"carbon_content": 0.5, "carbon_basis": "ar",
                             "carbon_content_unit": "tC/t"}), id="values that differ"),
    ],
)  # fmt: skip
def test_a_balance_is_set_aside_with_all_its_rows_and_counts_nothing(rows):
    other = {**COAL, "item": "diesel", "amount": 1}
    inv = set_aside([*rows, other])
    assert inv.lines["row"].tolist() == [len(rows) + 1]
    assert sorted(inv.quarantined["row"]) == list(range(1, len(rows) + 1))
    assert inv.coverage()["rows"] == len(rows) + 1


def test_a_balance_that_cannot_be_computed_is_set_aside_with_all_its_rows():
    # no edition of the power guideline serves 2019
    early = {"period": "2019", "method": "power-generation-cets"}
    inv = set_aside([{**row, **early} for row in records(10, 100, 20)])
    assert sorted(inv.quarantined["row"]) == [1, 2, 3]
    assert set(inv.quarantined["code"]) == {"I-026"}


def test_the_trace_writes_the_balance_out_with_its_rows():
    inv = cc.compute(records(10, 100, 20))
    written = inv.trace("L000001").balance
    assert written == "opening_stock 10 (row 1) + purchase 100 (row 2) - closing_stock 20 (row 3)"
    assert written in inv.trace("L000001").text("zh")


def test_a_folded_run_verifies(tmp_path):
    inv = cc.compute(records(10, 100, 20, row1={"net_calorific_value": 20.0, **HEAT}))
    inv.save(tmp_path)
    assert cc.verify(tmp_path).co2e_t == inv.co2e_t


def test_a_period_that_may_not_be_split_is_set_aside_and_not_lost():
    row = {**COAL, "item": "diesel", "period": "2022-12-16/2023-01-16", "amount": 31}
    with pytest.warns(CoverageWarning, match="not in the total: 1"):
        inv = cc.compute([row], split_year="refuse", missing="quarantine")
    assert inv.quarantined["code"].tolist() == ["I-014"]


def test_a_row_split_by_years_counts_whole_or_not_at_all():
    power = {**POWER, "period": "2023-12-16/2024-01-16", "amount": 31}
    inv = set_aside([power, {**power, "period": "2023-11", "amount": 1}])
    # there is no factor for 2024: the days of 2023 do not count either
    assert inv.lines["row"].tolist() == [2]
    assert inv.coverage() == {"rows": 2, "computed": 1, "quarantined": 1, "share": 0.5}
