"""Periods as people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carboncalc.errors import ActivityDataError
from carboncalc.vocabulary.names import KINDS, fold, lookup
from carboncalc.vocabulary.periods import parse_period


@pytest.mark.parametrize(
    ("text", "start", "end", "canonical"),
    [
        ("2024", "2024-01-01", "2025-01-01", "2024"),
        ("２０２４年", "2024-01-01", "2025-01-01", "2024"),
        ("2024.0", "2024-01-01", "2025-01-01", "2024"),
        ("2024-03", "2024-03-01", "2024-04-01", "2024-03"),
        ("2024年3月", "2024-03-01", "2024-04-01", "2024-03"),
        ("２０２４年１２月", "2024-12-01", "2025-01-01", "2024-12"),
        ("2024 年 3 月份", "2024-03-01", "2024-04-01", "2024-03"),
        ("2024/3", "2024-03-01", "2024-04-01", "2024-03"),
        ("2024.03", "2024-03-01", "2024-04-01", "2024-03"),
        ("202403", "2024-03-01", "2024-04-01", "2024-03"),
        ("Mar 2024", "2024-03-01", "2024-04-01", "2024-03"),
        ("2024Q1", "2024-01-01", "2024-04-01", "2024Q1"),
        ("2024年第四季度", "2024-10-01", "2025-01-01", "2024Q4"),
        ("2024年1-3月", "2024-01-01", "2024-04-01", "2024Q1"),
        ("2024H2", "2024-07-01", "2025-01-01", "2024-07-01/2025-01-01"),
        ("2024年上半年", "2024-01-01", "2024-07-01", "2024-01-01/2024-07-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01", "2024-02-29/2024-03-01"),
        ("2024-12-16/2025-01-15", "2024-12-16", "2025-01-15", "2024-12-16/2025-01-15"),
        ("2024-12-16至2025-01-15", "2024-12-16", "2025-01-16", "2024-12-16/2025-01-16"),
        ("2024年1月至2024年12月", "2024-01-01", "2025-01-01", "2024"),
        ("2024.01.01-2024.01.31", "2024-01-01", "2024-02-01", "2024-01"),
        ("2024-03-01/2024-04-01", "2024-03-01", "2024-04-01", "2024-03"),
    ],
)
def test_a_period_is_read(text: str, start: str, end: str, canonical: str) -> None:
    period = parse_period(text)
    assert (period.start.isoformat(), period.end.isoformat(), period.text) == (
        start,
        end,
        canonical,
    )


@pytest.mark.parametrize(
    "text",
    [
        *("2024-13", "2024年13月", "2024-00", "202413", "2024Q5", "2024-02-30", "2023-02-29"),
        *("2025-01-15/2024-12-16", "2024-01-01/2024-01-01", "2024-01/2024-03", "2024/2025"),
        *("2024.1", "3月", "FY2024", "2024-2025", "Ma 2024", "24-03", "03/04/2024"),
        *("", " ", "hello", "1899", "2200", "9999-12", "99999999999999", "2024-03-01/", "至"),
    ],
)
def test_nonsense_and_what_two_people_read_differently_is_refused(text: str) -> None:
    with pytest.raises(ActivityDataError) as caught:
        parse_period(text)
    assert caught.value.code == "A-110"
    assert "2024-03" in caught.value.hint("zh")


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2190, 1, 1)), st.integers(1, 800))
def test_a_span_of_days_keeps_its_days_and_its_canonical_text_is_stable(
    first: date, days: int
) -> None:
    period = parse_period(f"{first.isoformat()}/{(first + timedelta(days)).isoformat()}")
    assert (period.start, period.days) == (first, days)
    assert parse_period(period.text) == period


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_period_or_is_refused(text: str) -> None:
    try:
        period = parse_period(text)
    except ActivityDataError:
        return
    assert period.start < period.end
    assert parse_period(period.text) == period


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(sorted(KINDS)))
def test_folding_is_stable_and_look_ups_never_break(text: str, kind: str) -> None:
    assert fold(fold(text)) == fold(text)
    lookup(kind, text)
