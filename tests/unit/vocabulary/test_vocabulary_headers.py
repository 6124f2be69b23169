"""Headers of every table of the contract, with and without a unit in them."""

import pytest

from carboncalc.vocabulary.headers import split_header
from carboncalc.vocabulary.names import header, ids

# Contract section 1: column and Chinese header as printed there.
ACTIVITY = {
    "entity": "企业",
    "facility": "设施",
    "process": "工序",
    "period": "期间",
    "source": "排放源",
    "item": "品种",
    "amount": "数量",
    "unit": "单位",
    "record_kind": "记录类型",
    "method": "核算方法",
    "region": "地区",
    "counterparty": "对方",
    "instrument": "绿电属性",
    "certificate_id": "凭证号",
    "meter": "表计",
    "technology": "技术/类别",
    "density": "密度",
    "gas_reference": "气体基准",
    "scope": "范围",
    "category": "类别",
    "data_quality": "数据质量",
    "uncertainty_pct": "不确定性",
    "check_amount": "核对数量",
    "check_source": "核对来源",
    "evidence_type": "凭证类型",
    "evidence_no": "凭证编号",
    "note": "备注",
}
# Contract sections 6 to 10.
OTHER_TABLES = {
    "entity": "id name uscc kind parent region methods share control floor_area headcount sector "
    "valid_from valid_to internal_factor allocation",
    "certificates": "certificate_id mwh period owner beneficiary",
    "parameters": "entity facility period source item parameter value unit weight evidence",
    "outputs": "entity facility period measure amount unit statistic evidence",
    "entries": "entry_id kind name industry_code description claimed_code role product "
    "approval_date drawdown_date amount currency green_revenue_share scope_confirmed_by",
    "loans": "loan_id contract_id as_of bank_id branch_id borrower_id product use_industry_code "
    "currency principal_outstanding origination_date maturity_date class5",
    "labels": "loan_id statistic code green_ratio catalogue_version decision_date decided_by "
    "checked_by evidence_ids valid_from valid_to",
    "rates": "date currency cny_per_unit source",
}


@pytest.mark.parametrize(("column", "chinese"), ACTIVITY.items())
def test_a_column_of_the_activity_table_is_known_in_both_languages(
    column: str, chinese: str
) -> None:
    for text in (column, chinese, column.replace("_", " ").title(), f" {chinese} ", f"*{chinese}"):
        assert split_header(text, "activity").column == column


@pytest.mark.parametrize(("table", "columns"), OTHER_TABLES.items())
def test_every_column_of_the_other_tables_is_known(table: str, columns: str) -> None:
    for column in columns.split():
        assert header(column, table) == column


@pytest.mark.parametrize(
    ("text", "column", "unit"),
    [
        ("amount [MWh]", "amount", "MWh"),
        ("数量（万kWh）", "amount", "10^4 kWh"),
        ("消费量(t)", "amount", "t"),
        ("消费量/t", "amount", "t"),
        ("消耗量【万Nm³】", "amount", "10^4 Nm3"),
        ("数量（单位：吨）", "amount", "t"),
        ("低位发热量(GJ/t)", "net_calorific_value", "GJ/t"),
        ("碳氧化率（%）", "oxidation_factor", "%"),
        ("低位发热量单位", "net_calorific_value_unit", None),
        ("net_calorific_value_unit", "net_calorific_value_unit", None),
        ("amount_unit", "unit", None),
        ("数量单位", "unit", None),
        ("备注(选填)", "note", None),
        ("不确定性(%)", "uncertainty_pct", None),
        ("by_product_rate[CF4]", "by_product_rate[CF4]", None),
        ("副产物产生因子（四氟化碳）", "by_product_rate[CF4]", None),
        ("Widget count", None, None),
        ("", None, None),
    ],
)
def test_a_header_is_split(text: str, column: str | None, unit: str | None) -> None:
    assert split_header(text, "activity")[:2] == (column, unit)


def test_an_ambiguous_unit_in_a_header_is_kept_for_the_reader_to_refuse() -> None:
    assert split_header("数量(ton)").unit == "ton"


def test_the_same_word_may_head_two_columns_of_two_tables() -> None:
    assert header("日期", "activity") == "period"
    assert header("date", "activity") == "period"
    assert header("date", "rates") == "date"


def test_no_id_is_a_header_of_another_column() -> None:
    assert [column for column in ids("header") if header(column) != column] == []
