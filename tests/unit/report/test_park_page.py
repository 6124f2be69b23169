"""The page of a park: it closes, it leads down to documents, and it survives hostile names."""

import dataclasses
from xml.etree import ElementTree

import pytest
from page_reader import assert_safe_and_whole, read

import carboncalc as cc
from carboncalc.report.park_flows import energy_flows
from carboncalc.report.park_page import park_charts, park_page
from carboncalc.report.sankey import Flow, sankey
from carboncalc.report.table import table
from carboncalc.report.words import Words

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def footprint() -> cc.Footprint:
    return cc.examples.park_footprint()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figures_of_the_page_are_those_of_the_footprint(
    footprint: cc.Footprint, lang: str
) -> None:
    page = read(park_page(footprint, lang, profile=footprint.profile("ndrc910")))
    found = footprint.to_json()
    assert page.values[0] == found["co2e_t"]
    assert list(page.figures("totals").values()) == list(found["totals"].values())
    assert list(page.figures("by-scope").values()) == list(found["by_scope"].values())
    last = [float(row[-1][1] or "nan") for row in page.tables["tenants"][1:]]
    assert last == [row["co2e_t"] for row in found["by_tenant"]]
    assert sum(last) == pytest.approx(found["co2e_t"], rel=1e-12)
    assert_safe_and_whole(page)


def test_the_months_add_up_to_the_park(footprint: cc.Footprint) -> None:
    months = park_charts(footprint, Words("en"))["months"].table
    assert len(months) == 12
    assert sum(months.column("co2e_t")) == pytest.approx(footprint.co2e_t, rel=1e-12)
    for row in months.rows:
        assert sum(v or 0 for v in row[1:-1]) == pytest.approx(row[-1], rel=1e-12)


def test_energy_is_that_of_the_readings(footprint: cc.Footprint) -> None:
    """Sums of the sheet itself: 3.6 GJ/MWh; diesel 43.33 GJ/t as the guideline prints it."""
    flows, unknown = energy_flows(footprint)
    assert unknown == []
    rows = footprint.inventory.activity.rows
    bought = rows[(rows.source == "purchased_electricity") & rows.counterparty.isna()]
    to_mwh = {"MWh": 1.0, "10^4 kWh": 10.0, "kWh": 0.001}
    mwh = sum(
        amount * to_mwh[unit] for amount, unit in zip(bought.amount, bought.unit, strict=True)
    )
    drawn = sum(f.value for f in flows if f.kind == "purchase")
    assert drawn == pytest.approx(mwh * 3.6e-3, rel=1e-12)
    diesel = rows[rows.item == "diesel"]
    assert set(diesel.unit) == {"t"}
    burnt = sum(f.value for f in flows if f.origin == "fuel:diesel")
    assert burnt == pytest.approx(diesel.amount.sum() * 43.33e-3, rel=1e-12)


def test_the_zero_carbon_part_says_limit_gap_and_document(footprint: cc.Footprint) -> None:
    profile = footprint.profile("ndrc910")
    page = read(park_page(footprint, "en", profile=profile))
    assert f"{profile.gap_t:,.2f} t CO2 above the limit" in page.words
    assert "#doc-ndrc-2025-910-zero-carbon-park" in page.links
    assert "doc-ndrc-2025-910-zero-carbon-park" in page.ids
    without = read(park_page(footprint, "en"))
    assert "profile" not in without.ids


def test_lines_on_a_park_page_are_the_members_own(footprint: cc.Footprint) -> None:
    """Power taken from another member is charged by the internal factor, not by a line."""
    page = read(park_page(footprint, "en", lines_per_entity=10_000))
    lines = footprint.inventory.lines.set_index("line_id")
    opened = [name for name in page.ids if name in lines.index]
    assert opened
    inside = {member.id for member in footprint.members.inside()}
    assert not set(lines.loc[opened, "counterparty"].dropna()) & inside
    assert cc.exact_sum(lines.loc[opened, "co2e_t"]) == pytest.approx(footprint.co2e_t, rel=1e-12)


def test_hostile_names_of_members_stay_text(footprint: cc.Footprint) -> None:
    members = footprint.members
    renamed = {
        name: dataclasses.replace(member, name=HOSTILE) for name, member in members.by_id.items()
    }
    hostile = dataclasses.replace(
        footprint, members=dataclasses.replace(members, by_id=renamed, name=HOSTILE)
    )
    page = read(park_page(hostile, "zh", title=None, notice=HOSTILE))
    assert_safe_and_whole(page)
    assert HOSTILE in page.words


def two(flows: list[Flow]) -> ElementTree.Element:
    shown = table("s", "S", [("a", "A"), ("v", "V", "tonnes")], [("x", 1.0)])
    return ElementTree.fromstring(sankey(shown, flows, {}, {}, {}, "t").svg)


def test_bands_fill_their_nodes_and_are_as_wide_as_their_amounts() -> None:
    root = two([Flow("a", "c", 30, "k"), Flow("b", "c", 10, "k"), Flow("c", "d", 40, "k")])
    svg = "{http://www.w3.org/2000/svg}"
    nodes = {
        (r.findtext(f"{svg}title") or "").split(" ")[0]: float(r.get("height", 0))
        for r in root.iter(f"{svg}rect")
        if r.find(f"{svg}title") is not None
    }
    assert nodes["a"] == pytest.approx(3 * nodes["b"], rel=0.01)
    assert nodes["c"] == pytest.approx(nodes["a"] + nodes["b"], rel=0.01)
    assert nodes["d"] == pytest.approx(nodes["c"], rel=0.01)


def test_two_plants_that_supply_each_other_are_drawn() -> None:
    root = two([Flow("a", "b", 5, "k"), Flow("b", "a", 3, "k"), Flow("f", "a", 5, "k")])
    svg = "{http://www.w3.org/2000/svg}"
    assert len(list(root.iter(f"{svg}path"))) == 3


def test_nothing_to_draw_is_not_an_error() -> None:
    assert two([]) is not None
    assert two([Flow("a", "b", -5, "k"), Flow("a", "a", 5, "k")]) is not None


def test_a_boundary_without_zero_carbon_limits_says_so() -> None:
    from carboncalc.report.profile_tables import _gap

    assert "No limit" in _gap(None, Words("en"))
    assert "below" in _gap(-1.0, Words("en"))
