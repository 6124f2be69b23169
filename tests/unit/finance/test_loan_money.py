"""Money is read exactly and never guessed."""

import warnings
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from carboncalc.errors import CarbonCalcWarning, CurrencyError, FinanceError
from carboncalc.finance.money import money_text, parse_money, sums, times_half_up, to_fen


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("2000亿元", 200_000_000_000),
        ("2000 亿", 200_000_000_000),
        ("2,000亿元", 200_000_000_000),
        ("CNY 200 billion", 200_000_000_000),
        ("200 billion yuan", 200_000_000_000),
        ("200-billion-yuan", 200_000_000_000),
        ("200bn CNY", 200_000_000_000),
        ("0.2 trillion CNY", 200_000_000_000),
        ("1万亿元", 10**12),
        ("1 trn CNY", 10**12),
        ("3.5千万元", 35_000_000),
        ("12百万元", 12_000_000),
        ("305.5万元", 3_055_000),
        ("¥1,234.56", Decimal("1234.56")),
        ("1234.56元", Decimal("1234.56")),
        ("２０００亿元", 200_000_000_000),
        ("-1.5亿元", -150_000_000),
    ],
)
def test_amounts_with_their_unit_are_read_exactly(text, yuan):
    assert parse_money(text) == yuan


@pytest.mark.parametrize(
    "text", ["2000", "2,000.00", "", "亿元", "about 2000亿元", "20 00亿元", "1,2亿元"]
)
def test_a_bare_number_or_anything_unclear_is_refused(text):
    with pytest.raises(FinanceError) as refused:
        parse_money(text)
    assert refused.value.code == "L-074"


@pytest.mark.parametrize("text", ["USD 200 billion", "2000亿美元", "$5 million", "10亿欧元"])
def test_other_currencies_are_refused(text):
    with pytest.raises(CurrencyError):
        parse_money(text)


def test_two_thousand_billion_is_read_as_written_and_warned_of_as_a_mistranslation():
    with pytest.warns(CarbonCalcWarning, match="L-075"):
        assert parse_money("2000 billion yuan") == 2 * 10**12
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_money("200 billion yuan") == 2 * 10**11


@pytest.mark.parametrize(
    ("value", "power", "fen"),
    [
        ("0.01", 0, 1),
        ("1,234,567.8", 0, 123_456_780),
        (12, 0, 1200),
        (0.1, 0, 10),
        (Decimal("99.99"), 0, 9999),
        ("1.2345", 4, 1_234_500),
        ("1.234567", 4, 1_234_567),
        ("2000", 8, 20_000_000_000_000),
        ("90071992547409.91", 0, 2**53 - 1),
    ],
)
def test_whole_fen_are_read_from_any_kind_of_number(value, power, fen):
    assert to_fen(value, power) == fen


@pytest.mark.parametrize(
    ("value", "power", "code"),
    [
        ("0.001", 0, "L-013"),
        ("1.2345678", 4, "L-013"),
        ("1e6", 0, "L-012"),
        ("一百", 0, "L-012"),
        ("1.2.3", 0, "L-012"),
        (True, 0, "L-012"),
        ("90071992547409.92", 0, "L-015"),
    ],
)
def test_anything_else_is_refused_by_name(value, power, code):
    with pytest.raises(FinanceError) as refused:
        to_fen(value, power)
    assert refused.value.code == code


def test_money_text_has_two_decimals_always():
    assert [money_text(fen) for fen in (0, 1, 100, -1, -12345, 20_000_000_000_000)] == [
        "0.00",
        "0.01",
        "1.00",
        "-0.01",
        "-123.45",
        "200000000000.00",
    ]


def test_products_are_rounded_half_up_as_python_decimals_round_them():
    draw = np.random.default_rng(1)
    fen = draw.integers(0, 10**13, 3000)
    for numerator, denominator in (
        (71, 10),
        (46, 1000),
        (333_333_333, 10**9),
        (1, 2),
        (9123, 10**4),
    ):
        expected = [
            int((Decimal(int(v)) * numerator / denominator).quantize(Decimal(1), ROUND_HALF_UP))
            for v in fen
        ]
        assert times_half_up(fen, numerator, denominator).tolist() == expected


def test_sums_beyond_float_precision_are_exact():
    draw = np.random.default_rng(2)
    fen = draw.integers(0, 2**53 - 1, 5000)
    index = draw.integers(0, 3, 5000)
    expected = [sum(int(v) for v, i in zip(fen, index, strict=True) if i == k) for k in range(3)]
    assert sums(index, fen, 3, 2**53 - 1).tolist() == expected
    rounded = np.bincount(index, weights=fen, minlength=3)
    assert [int(value) for value in rounded] != expected, "the test would not see a float sum"
