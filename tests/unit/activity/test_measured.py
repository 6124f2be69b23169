"""Measured parameters and denominators (contract sections 7 and 8)."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from carboncalc.activity.measured import read_outputs, read_parameters
from carboncalc.activity.read import read_activity
from carboncalc.errors import ActivityDataError

TODAY = dt.date(2026, 6, 30)
VALUE = {
    "企业": "P",
    "设施": "1号炉",
    "期间": "2024-01",
    "排放源": "化石燃料燃烧",
    "品种": "烟煤",
    "参数": "低位发热量",
    "数值": 22.1,
    "单位": "GJ/t",
    "权重": 1200,
    "凭证": "lab 7",
}
OUTPUT = {"entity": "P", "period": "2024", "measure": "cement", "amount": "1,200", "unit": "万吨"}


def parameters(*changes, **options):
    return read_parameters([VALUE | change for change in changes], today=TODAY, **options)


def outputs(*changes, **options):
    return read_outputs([OUTPUT | change for change in changes], today=TODAY, **options)


def placed(table):
    return [(issue.row, issue.column, issue.code) for issue in table.issues]


def test_a_measured_value_is_read_with_its_unit_weight_and_evidence():
    record = parameters({}).rows.iloc[0]
    assert record[["facility", "source", "item", "parameter", "unit", "evidence"]].tolist() == [
        "1号炉", "fossil_combustion", "bituminous_coal", "net_calorific_value", "GJ/t", "lab 7",
    ]  # fmt: skip
    assert (record["value"], record["weight"]) == (22.1, 1200.0)
    assert (record["period_end"] - record["period_start"]).days == 31


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"数值": "x"}, (1, "数值", "A-031")),
        ({"数值": None}, (1, "数值", "A-030")),
        ({"数值": -1}, (1, "数值", "A-038")),
        ({"单位": None}, (1, "单位", "A-036")),
        ({"单位": "GJ/ton"}, (1, "单位", "U-002")),
        ({"参数": "碳氧化率", "数值": 99, "单位": None}, (1, "数值", "A-037")),
        ({"参数": "碳氧化率", "数值": 101, "单位": "%"}, (1, "数值", "A-037")),
        ({"参数": "某个参数"}, (1, "参数", "A-301")),
        ({"参数": None}, (1, "参数", "A-030")),
        ({"排放源": "巫术"}, (1, "排放源", "A-103")),
        ({"品种": "煤"}, (1, "品种", "A-102")),
        ({"期间": "2042"}, (1, "期间", "A-052")),
        ({"权重": -1}, (1, "权重", "A-044")),
    ],
)
def test_a_wrong_measured_value_is_refused(change, problem):
    assert placed(parameters(change)) == [problem]


def test_a_temperature_may_be_negative_and_a_share_may_have_no_unit():
    table = parameters(
        {"参数": "temperature", "数值": -5, "单位": "℃"},
        {"参数": "碳氧化率", "数值": 0.99, "单位": None},
    )
    assert placed(table) == []
    assert table.rows["unit"].tolist() == ["degC", "1"]


def test_gas_pairs_keep_their_gas():
    table = parameters({"参数": "by_product_rate[四氟化碳]", "数值": 0.09, "单位": "kg/kg"})
    assert table.rows["parameter"].tolist() == ["by_product_rate[CF4]"]


def test_two_values_for_one_key_are_both_refused():
    table = parameters({}, {"数值": 23.0}, {"期间": "2024-02"}, {"设施": "2号炉"})
    assert placed(table) == [(1, "参数", "A-302"), (2, "参数", "A-302")]
    assert table.rows["row"].tolist() == [3, 4]


def test_a_parameter_table_without_its_columns_is_refused():
    with pytest.raises(ActivityDataError) as caught:
        read_parameters(pd.DataFrame({"entity": ["P"], "period": ["2024"]}))
    assert [issue.column for issue in caught.value.issues] == ["source", "parameter", "value"]


def test_outputs_are_products_of_the_vocabulary_named_measures_or_own_products():
    table = outputs(
        {"measure": "水泥"}, {"measure": "工业增加值", "unit": "亿元"},
        {"measure": "员工人数", "unit": "人"}, {"measure": "widget X", "unit": "件"},
    )  # fmt: skip
    assert table.rows["measure"].tolist() == ["cement", "value_added", "headcount", "widget X"]
    assert table.rows["amount"].tolist() == [1200.0] * 4
    assert table.rows["unit"].tolist()[:2] == ["10^4 t", "10^8 CNY"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"amount": -1}, (1, "amount", "A-033")),
        ({"amount": ""}, (1, "amount", "A-030")),
        ({"unit": "ton"}, (1, "unit", "U-002")),
        ({"measure": ""}, (1, "measure", "A-030")),
        ({"period": "x"}, (1, "period", "A-110")),
    ],
)
def test_a_wrong_denominator_is_refused(change, problem):
    assert placed(outputs(change)) == [problem]


def test_two_figures_for_one_measure_are_refused_and_two_statistics_are_not():
    assert [p[2] for p in placed(outputs({}, {"amount": 2}))] == ["A-303", "A-303"]
    assert placed(outputs({"statistic": "当量值"}, {"statistic": "等价值"})) == []


def test_the_activity_table_carries_both_with_their_problems_and_digests():
    row = {"entity": "P", "period": "2024", "source": "外购电", "item": "电", "amount": 1}
    row["unit"] = "MWh"
    plain = read_activity([row], today=TODAY)
    table = read_activity([row], parameters=[VALUE], outputs=[OUTPUT, OUTPUT], today=TODAY)
    assert table.parameters["value"].tolist() == [22.1]
    assert len(table.outputs) == 0
    assert [issue.code for issue in table.issues] == ["A-303", "A-303"]
    assert table.counts["A-303"] == 2
    assert table.digest != plain.digest
    other = read_activity([row], parameters=[VALUE | {"数值": 22.2}], today=TODAY)
    assert other.digest != table.digest
