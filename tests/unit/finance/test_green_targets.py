"""Targets: exact comparators, the right statistic, the right area, the right date."""

import csv
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from carboncalc.errors import FinanceError, StatisticError
from carboncalc.examples.loans import made_loans
from carboncalc.finance.exposure import exposure
from carboncalc.finance.forecast import chance, student
from carboncalc.finance.money import parse_money
from carboncalc.finance.series import assess_public
from carboncalc.finance.tape import read_loans
from carboncalc.finance.target import assess, targets
from carboncalc.model.finance import Measured
from carboncalc.resources import package_file

GOAL = targets["T2025-03"]
LINE = Decimal(200_000_000_000)
FEN = Decimal("0.01")


def figure(value, **given):
    fields = {"statistic": "NFRA", "as_of": "2025-12-31", "area": "CN-3502", **given}
    return Measured(value=value, **fields)


def one_loan_tape(yuan, *, banks=2, coverage="all_institutions:CN-3502"):
    """A tape whose NFRA green balance is exactly the amount, at so many banks."""
    loans = made_loans(10).loans.head(banks).copy()
    loans["product"], loans["currency"], loans["class5"] = "project", "CNY", "normal"
    loans["bank_id"] = [f"MADE-BANK-{number}" for number in range(banks)]
    part = (Decimal(yuan) / banks).quantize(FEN, "ROUND_DOWN")
    shares = [part] * (banks - 1) + [Decimal(yuan) - part * (banks - 1)]
    loans["principal_outstanding"] = [str(share) for share in shares]
    labels = pd.DataFrame(
        {
            "loan_id": loans.loan_id,
            "statistic": "NFRA",
            "code": "4.2.2",
            "green_ratio": "1",
            "catalogue_version": "cgt-2025",
        }
    )
    # The largest single balance that is accepted is 90 万亿元, so two loans carry any target.
    return read_loans(loans, labels=labels, coverage=coverage)


def test_a_reading_shows_its_figures_and_never_rounds_up_to_the_line():
    below = exposure(one_loan_tape(LINE - FEN), statistic="NFRA").progress(GOAL.on("NFRA"))
    assert below.told("en")[1].startswith("  NFRA: not_met")
    assert below.told("en")[2] == "    CNY 199,999,999,999.99, progress 99.99 %, gap CNY 0.01"
    assert below.told("zh")[1].startswith("  NFRA: 未达到")
    assert below.told("zh")[0] == "T2025-03 绿色信贷余额 >= 2000亿元"
    met = exposure(one_loan_tape(LINE), statistic="NFRA").progress(GOAL.on("NFRA"))
    assert "progress 100.00 %" in met.told("en")[2]
    alone = one_loan_tape(LINE, banks=1, coverage="one_institution")
    one = exposure(alone, statistic="NFRA").progress(GOAL.on("NFRA"))
    assert "contribution 100.00 %" in one.told("en")[2]
    assert "progress" not in one.told("en")[2]


def test_all_fifty_three_figures_are_there_with_their_amounts_in_cny():
    assert len(targets) == 53
    path = package_file("finance", "data", "pilot_targets.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        target = targets[row["id"]]
        if row["base_unit"] == "CNY":
            assert target.value_cny == parse_money(row["value"] + row["unit"]), row["id"]
        word = {"达到": ">=", "超": ">", "突破": ">", "左右": "≈"}
        for text, comparator in word.items():
            if text in row["wording"] and row["kind"] == "target":
                allowed = {comparator, "≈"} if text == "达到" else {comparator}
                assert target.comparator in allowed, row["id"]


def test_the_green_credit_target_is_200_billion_and_names_no_statistic():
    assert GOAL.value_cny == parse_money("2000亿元") == parse_money("200 billion yuan") == LINE
    assert (GOAL.comparator, GOAL.statistic, GOAL.statistics) == (">=", None, ("NFRA", "PBOC"))
    assert GOAL.target_date == date(2025, 12, 31)


def test_an_unknown_target_names_the_nearest():
    with pytest.raises(FinanceError) as refused:
        targets["T2025-3"]
    assert "T2025-03" in refused.value.params["nearest"]


def test_exactly_the_line_meets_reach_and_one_fen_less_does_not():
    assert assess(GOAL.on("NFRA"), figure(LINE)).verdict == "met"
    assert assess(GOAL.on("NFRA"), figure(LINE - FEN)).verdict == "not_met"


def test_exactly_the_line_does_not_meet_exceed_and_one_fen_more_does():
    pool = targets["T2025-07"]
    assert (pool.wording, pool.comparator) == ("超过400亿元", ">")
    line = pool.base_value
    flow = {"statistic": None, "quantity_kind": "flow"}
    assert assess(pool, figure(line, **flow)).verdict == "not_met"
    assert assess(pool, figure(line + FEN, **flow)).verdict == "met"


def test_a_tape_of_exactly_2000_yi_meets_the_target_and_one_fen_less_does_not():
    for yuan, verdict, gap in ((LINE, "met", Decimal(0)), (LINE - FEN, "not_met", FEN)):
        book = exposure(one_loan_tape(yuan), statistic="NFRA")
        nfra, pboc = book.progress(GOAL).readings
        assert (nfra.verdict, nfra.gap, nfra.rounding_could_reverse) == (verdict, gap, False)
        assert (pboc.verdict, pboc.observed) == ("not_assessable", None)


@pytest.mark.parametrize("coverage", ["one_institution", "all_institutions:CN-3502"])
def test_one_bank_has_a_contribution_and_never_progress(coverage):
    book = exposure(one_loan_tape(LINE, banks=1, coverage=coverage), statistic="NFRA")
    reading = book.progress(GOAL).readings[0]
    assert reading.verdict == "not_assessable"
    assert (reading.progress, reading.gap, reading.required_cagr) == (None, None, None)
    assert reading.contribution == 1.0
    assert reading.reason == "L-081"


def test_several_banks_declared_as_one_institution_have_no_progress_either():
    book = exposure(one_loan_tape(LINE, coverage="one_institution"), statistic="NFRA")
    assert book.progress(GOAL).readings[0].progress is None


def test_data_of_another_area_is_not_judged():
    book = exposure(one_loan_tape(LINE, coverage="all_institutions:福建"), statistic="NFRA")
    reading = book.progress(GOAL).readings[0]
    assert (reading.verdict, reading.reason, reading.progress) == ("not_assessable", "L-082", None)


def test_a_figure_of_the_other_statistic_is_refused():
    with pytest.raises(StatisticError, match="L-003"):
        assess(GOAL.on("NFRA"), figure(LINE, statistic="PBOC"))
    book = exposure(one_loan_tape(LINE), statistic="NFRA")
    with pytest.raises(StatisticError, match="L-003"):
        book.progress(GOAL.on("PBOC"))
    with pytest.raises(StatisticError):
        GOAL.on("PBOC").on("NFRA")


def test_the_public_pboc_figure_is_not_compared_with_the_target_read_on_nfra():
    (nfra,) = assess_public(GOAL.on("NFRA"), on="2025-06-30")
    assert (nfra.observed, nfra.progress, nfra.verdict) == (None, None, "not_assessable")
    both = assess_public(GOAL, on="2025-06-30")
    assert [(r.statistic, r.observed) for r in both] == [("NFRA", None), ("PBOC", 200_300_000_000)]
    assert both[1].verdict == "not_assessable"


def test_after_the_date_public_data_leave_the_target_expired_unknown():
    readings = assess_public(GOAL, on="2026-11-22")
    assert [reading.verdict for reading in readings] == ["expired_unknown", "expired_unknown"]


def test_a_flow_is_not_compared_with_a_balance():
    with pytest.raises(FinanceError, match="L-073"):
        assess(GOAL.on("NFRA"), figure(LINE, quantity_kind="flow"))
    with pytest.raises(FinanceError, match="L-072"):
        exposure(one_loan_tape(LINE), statistic="NFRA").progress(targets["T2025-01"])


def test_a_rounded_figure_says_when_rounding_could_reverse_the_verdict():
    # 2,000 printed in whole 亿: anything from 1,999.5 up, so the true figure may be below.
    half = Decimal(50_000_000)
    assert assess(GOAL.on("NFRA"), figure(LINE, half_unit=half)).rounding_could_reverse
    assert not assess(
        GOAL.on("NFRA"), figure(LINE + 2 * half, half_unit=half)
    ).rounding_could_reverse
    assert not assess(GOAL.on("NFRA"), figure(LINE)).rounding_could_reverse


def test_before_the_date_the_required_growth_is_the_compound_rate_over_the_days_left():
    early = figure(LINE / 2, as_of="2024-12-31")
    reading = assess(GOAL.on("NFRA"), early)
    assert reading.verdict == "not_assessable"
    assert reading.progress == 0.5
    # Doubling within 365 days of 365.25 a year.
    assert reading.required_cagr == pytest.approx(2 ** (365.25 / 365) - 1, rel=1e-12)
    assert assess(GOAL.on("NFRA"), early, on="2026-01-01").verdict == "expired_unknown"


def test_a_figure_after_the_date_judges_nothing():
    late = figure(LINE, as_of="2026-03-31")
    assert assess(GOAL.on("NFRA"), late).verdict == "expired_unknown"


def quarters(start, growth, noise, count=9):
    days = [date(2023 + q // 4, (3, 6, 9, 12)[q % 4], 28) for q in range(count)]
    return [
        figure(Decimal(start * growth**q * (1 + noise * (-1) ** q)).quantize(FEN), as_of=day)
        for q, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("start", "growth", "noise", "verdict"),
    [
        (1.2e11, 1.06, 0.01, "on_track"),
        (1.0e11, 1.02, 0.01, "off_track"),
        (1.1e11, 1.0558, 0.03, "at_risk"),
    ],
)
def test_with_a_history_the_verdict_is_read_from_the_prediction_interval(
    start, growth, noise, verdict
):
    *past, last = quarters(start, growth, noise)
    reading = assess(GOAL.on("NFRA"), last, history=past)
    assert reading.verdict == verdict
    assert 0 <= reading.probability <= 1


def test_seven_quarters_give_no_interval_and_so_no_verdict():
    *past, last = quarters(1.2e11, 1.06, 0.01, count=7)
    assert assess(GOAL.on("NFRA"), last, history=past).verdict == "not_assessable"


def test_history_of_the_other_statistic_is_not_used():
    *past, last = quarters(1.2e11, 1.06, 0.01)
    other = [point.model_copy(update={"statistic": "PBOC"}) for point in past]
    assert assess(GOAL.on("NFRA"), last, history=other).probability is None


def test_student_s_distribution_agrees_with_printed_quantiles():
    # Upper 5 % and 2.5 % points of Student's t, from standard tables.
    for degrees, five, two_and_half in (
        (1, 6.314, 12.706),
        (6, 1.943, 2.447),
        (10, 1.812, 2.228),
        (30, 1.697, 2.042),
    ):
        assert student(five, degrees) == pytest.approx(0.95, abs=2e-4)
        assert student(two_and_half, degrees) == pytest.approx(0.975, abs=2e-4)
        assert student(-five, degrees) == pytest.approx(0.05, abs=2e-4)


def test_a_balance_right_on_its_own_line_has_even_odds():
    points = [(date(2020 + year, 1, 1), Decimal(100 + (-1) ** year)) for year in range(10)]
    flat = Decimal(99 * 101).sqrt()
    assert chance(points, date(2024, 7, 1), flat) == pytest.approx(0.5, abs=0.02)


def test_targets_show_as_a_table_and_progress_as_text():
    frame = targets.to_frame()
    assert len(frame) == 53
    progress = exposure(one_loan_tape(LINE), statistic="NFRA").progress(GOAL)
    assert "T2025-03" in repr(progress)
    assert list(progress.to_frame().statistic) == ["NFRA", "PBOC"]
