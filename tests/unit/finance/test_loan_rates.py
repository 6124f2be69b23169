"""Rates of the day, and no other day."""

from datetime import date

import pandas as pd
import pytest

from carboncalc.errors import CurrencyError
from carboncalc.finance.rates import ONE, RateTable

DAY = date(2025, 12, 31)


def test_a_rate_is_an_exact_fraction_of_its_printed_decimals():
    rate = RateTable.read([("2025-12-31", "USD", "7.1884")]).find(DAY, "USD")
    assert (rate.numerator, rate.denominator) == (17971, 2500)


def test_chinese_headers_and_names_are_read():
    frame = pd.DataFrame([["2025/12/31", "日元", "0.0451"]], columns=["日期", "币种", "中间价"])
    assert RateTable.read(frame).find(DAY, "JPY").denominator == 10000


def test_a_neighbouring_day_never_stands_in_and_cny_needs_no_rate():
    table = RateTable.read([("2025-12-30", "USD", "7.1")])
    assert table.find(DAY, "USD") is None
    assert table.find(DAY, "CNY") == ONE


@pytest.mark.parametrize("value", ["0", "-7", "abc", "", "nan", "7.12345678901"])
def test_a_rate_that_is_no_positive_decimal_is_refused(value):
    with pytest.raises(CurrencyError) as refused:
        RateTable.read([("2025-12-31", "USD", value)])
    assert refused.value.code == "L-034"


def test_two_rates_for_one_day_are_refused_unless_they_are_equal():
    RateTable.read([("2025-12-31", "USD", "7.10"), ("2025-12-31", "USD", "7.1")])
    with pytest.raises(CurrencyError) as refused:
        RateTable.read([("2025-12-31", "USD", "7.1"), ("2025-12-31", "美元", "7.2")])
    assert refused.value.code == "L-035"


def test_unknown_currencies_and_missing_columns_are_named():
    with pytest.raises(CurrencyError) as refused:
        RateTable.read([("2025-12-31", "ZZZ", "7.1")])
    assert refused.value.code == "L-016"
    with pytest.raises(CurrencyError) as refused:
        RateTable.read(pd.DataFrame({"date": [], "currency": []}))
    assert refused.value.code == "L-036"
