"""Published balances: what may be drawn, and never a rate across two bases."""

from decimal import Decimal

import pytest

from carboncalc.errors import FinanceError, StatisticError
from carboncalc.finance.series import public_growth, public_rows, public_series


def test_figures_that_mix_statistics_are_kept_but_never_drawn():
    rows = public_rows()
    mixed = rows[~rows.usable]
    assert len(mixed) == 3
    assert mixed.note.str.contains("DO NOT USE").all()
    for area in ("CN-3502", "CN-35", "CN"):
        for indicator in set(rows[(rows.area == area) & rows.usable].indicator):
            try:
                series = public_series(area, indicator, grades="ABCDS")
            except FinanceError:
                continue
            assert series.usable.all()
    with pytest.raises(FinanceError, match="L-079"):
        public_series("CN-3502", "green loan balance (approx., residual)", grades="ABCDS")


def test_quarters_on_different_bases_are_not_chained():
    series = public_series("CN", grades="ABCDS")
    for place in range(1, len(series)):
        same = series.segment[place] == series.segment[place - 1]
        assert same == (series.growth[place] == series.growth[place]), series.period_end[place]
    assert series.segment.nunique() == 4
    with pytest.raises(StatisticError, match="L-077"):
        public_growth(series, "2024-12-31", "2025-12-31")
    with pytest.raises(StatisticError, match="L-077"):
        public_growth(series, "2021-12-31", "2022-03-31")


def test_growth_on_one_base_agrees_with_the_published_change_since_the_start_of_the_year():
    # 2024: 33.77 at the end of March and 34.76 at the end of June, published as +3.70 and
    # +4.68 trillion since the start of the year: both give a start of 30.07 or 30.08.
    series = public_series("CN")
    growth = public_growth(series, "2024-03-31", "2024-06-30")
    assert growth == pytest.approx(34.76 / 33.77 - 1, rel=1e-12)
    assert abs((34.76 - 4.68) - (33.77 - 3.70)) < 0.02


def test_recalled_figures_come_only_when_asked_for():
    assert "D" not in set(public_series("CN").grade)
    assert "D" in set(public_series("CN", grades="ABCDS").grade)


def test_the_xiamen_figure_is_2003_yi_give_or_take_half_a_yi():
    series = public_series("厦门")
    assert series.value_cny.tolist() == [Decimal(200_300_000_000)]
    assert series.half_unit_cny.tolist() == [Decimal(50_000_000)]
    assert series.statistic.tolist() == ["PBOC"]


def test_every_figure_has_a_source_or_says_what_it_was_derived_from():
    rows = public_rows()
    assert not rows[(rows.source == "") & (rows.reporter != "derived")].size
    assert set(rows.grade) <= set("ABCDS")
