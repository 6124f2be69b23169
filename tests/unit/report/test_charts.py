"""Charts are drawn to scale, are well-formed, and never stand without their table."""

import itertools
import re
from xml.etree import ElementTree

import pytest

import carboncalc as cc
from carboncalc.report import palette
from carboncalc.report.bars import WIDTH, bars, shares
from carboncalc.report.inventory_page import inventory_charts
from carboncalc.report.stacked import nice_ticks, stacked_columns
from carboncalc.report.table import Table, table
from carboncalc.report.words import Words

SVG = "{http://www.w3.org/2000/svg}"


def rects(chart: object) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(chart.svg)  # type: ignore[attr-defined]
    return [r for r in root.iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]


def two_columns(rows: list[tuple[str, float | None]]) -> Table:
    return table("t", "T", [("name", "N"), ("co2e_t", "t", "tonnes")], rows)


def test_bars_are_as_long_as_their_values_and_negative_ones_run_left() -> None:
    drawn = rects(bars(two_columns([("a", 30.0), ("b", -10.0), ("c", None)]), "co2e_t"))
    a, b = drawn
    assert len(drawn) == 2
    assert float(a.get("width", 0)) == pytest.approx(3 * float(b.get("width", 0)), abs=0.02)
    assert float(b.get("x", 0)) == 0
    assert float(a.get("x", 0)) == pytest.approx(float(b.get("width", 0)), abs=0.02)
    assert float(a.get("x", 0)) + float(a.get("width", 0)) == pytest.approx(WIDTH, abs=0.02)


def test_shares_fill_the_bar() -> None:
    grades = table("g", "G", [("g", "G"), ("s", "S", "share")], [("A", 0.25), ("B", 0.75)])
    a, b = rects(shares(grades, "s", ["#000000", "#ffffff"], ["A", "B"]))
    assert float(a.get("width", 0)) == pytest.approx(WIDTH / 4, abs=0.02)
    assert float(b.get("width", 0)) == pytest.approx(WIDTH * 3 / 4, abs=0.02)


def test_stacked_columns_stand_on_each_other_and_negatives_below_zero() -> None:
    months = table(
        "m", "M", [("p", "P"), ("1", "one", "tonnes"), ("2", "two", "tonnes")],
        [("2024-01", 10.0, 20.0), ("2024-02", 10.0, -5.0)],
    )  # fmt: skip
    first, second, third, fourth = rects(
        stacked_columns(months, ["1", "2"], ["#111111", "#222222"])
    )
    top = {r: float(r.get("y", 0)) for r in (first, second, third, fourth)}
    height = {r: float(r.get("height", 0)) for r in top}
    assert height[second] == pytest.approx(2 * height[first], abs=0.03)
    assert top[second] + height[second] == pytest.approx(top[first], abs=0.03)
    assert top[fourth] == pytest.approx(top[third] + height[third], abs=0.03)


@pytest.mark.parametrize("low_high", [(0, 1), (0, 3967.8), (-12, 30), (-5e-4, 2e-4), (0, 9.99e8)])
def test_ticks_enclose_the_values_with_few_round_steps(low_high: tuple[float, float]) -> None:
    low, high = low_high
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high * (1 - 1e-9)
    assert 2 <= len(ticks) <= 8
    step = ticks[1] - ticks[0]
    assert re.fullmatch(r"[125]", f"{step:e}"[0])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_of_an_inventory_is_well_formed_and_says_what_it_shows(lang: str) -> None:
    for inv in (cc.examples.full(), cc.examples.empty()):
        for chart in inventory_charts(inv, Words(lang)):
            root = ElementTree.fromstring(chart.svg)
            assert root.get("role") == "img"
            assert root.findtext(f"{SVG}title") == chart.title
            assert isinstance(chart.table, Table)
            shown = chart._repr_html_()
            assert "<table>" in shown
            assert "<svg" in shown


def test_names_in_a_chart_are_escaped() -> None:
    chart = bars(two_columns([("<script>&\"'", 1.0)]), "co2e_t")
    assert "<script>" not in chart.svg
    assert ElementTree.fromstring(chart.svg) is not None


def seen_by(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    seen = [sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix]
    return tuple(min(max(c, 0), 1) ** (1 / 2.2) for c in seen)


#: Machado, Oliveira and Fernandes (2009), severity 1.0.
BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("group", ["SCOPES", "GRADES", "VERDICTS"])
def test_colours_that_stand_side_by_side_stay_apart_for_the_colour_blind(
    kind: str, group: str
) -> None:
    colours = list(getattr(palette, group).values())
    for one, other in itertools.combinations(colours, 2):
        a, b = seen_by(one, BLINDNESS[kind]), seen_by(other, BLINDNESS[kind])
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 > 0.1
