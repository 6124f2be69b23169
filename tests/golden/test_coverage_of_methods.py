"""Hand computed cases reach every route, technology, choice and instrument of a guideline.

A route that no case takes, or a technology whose factor no case uses, is one that nobody has
computed by hand.
"""

import csv
import warnings
from collections import defaultdict
from pathlib import Path

import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning
from carboncalc.methods.route import MethodSource

CASES = Path(__file__).parent / "methods"
GUIDES = (
    "other-industry", "electronic-equipment", "machinery-equipment", "other-nonferrous",
    "food-beverage-tobacco", "pulp-paper", "public-building", "chemical", "land-transport",
    "ghg-protocol",
)  # fmt: skip
INSTRUMENTS = {"none", "direct", "green_trade", "gec", "ppa"}


def rows(method_id: str) -> list[dict[str, str]]:
    with (CASES / method_id / "activity.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def routes_taken(method_id: str) -> dict[str, set[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inv = cc.compute(CASES / method_id / "activity.csv", grades="ABCDS", year_fallback="latest")
    taken = defaultdict(set)
    for frame in (inv.lines, inv.memo, inv.view("market").lines):
        for source, route in zip(frame["source"], frame["route"], strict=True):
            taken[str(source)].add(str(route))
    return taken


def sources(method_id: str) -> list[MethodSource]:
    return [s for s in cc.load_method(method_id).sources.values() if s.status == "complete"]


@pytest.mark.parametrize("method_id", GUIDES)
def test_every_route_of_every_source_is_taken_by_a_case(method_id: str) -> None:
    taken = routes_taken(method_id)
    missing = {s.id: {r.id for r in s.routes} - taken[s.id] for s in sources(method_id)}
    # scope 3 is one block under fifteen names: its routes are taken somewhere among them
    together = set().union(*(taken[s.id] for s in sources(method_id) if s.block == "scope3"), set())
    left = {
        source.id: missing[source.id] - (together if source.block == "scope3" else set())
        for source in sources(method_id)
        if source.sign > 0 or source.block not in ("exported_heat", "purchased_heat")
    }
    assert {name: routes for name, routes in left.items() if routes} == {}


@pytest.mark.parametrize("method_id", GUIDES)
def test_every_technology_and_every_choice_is_used_by_a_case(method_id: str) -> None:
    used = defaultdict(set)
    for row in rows(method_id):
        for column in ("technology", "abatement_technology"):
            used[row["source"], column].add(row.get(column) or "")
    for source in sources(method_id):
        if source.id == "omitted_process_gases":
            continue  # its technologies decide nothing: every value is the plant's own
        wanted = {"technology": source.technologies or ()}
        wanted |= {n: w for n, w in source.choices.items() if n == "abatement_technology"}
        for column, words in wanted.items():
            assert set(words) <= used[source.id, column], (source.id, column)


@pytest.mark.parametrize("method_id", GUIDES)
def test_every_instrument_of_purchased_electricity_has_a_case(method_id: str) -> None:
    used = {
        row.get("instrument") or "none"
        for row in rows(method_id)
        if row["source"] == "purchased_electricity"
    }
    assert used == INSTRUMENTS
