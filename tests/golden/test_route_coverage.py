"""No route, item or electricity instrument of the market sectors without a golden row.

What a golden case does not reach is not known to be right. The cases themselves are compared
with hand arithmetic in ``test_methods.py``; here it is counted that none is missing.
"""

from __future__ import annotations

import functools
import warnings
from pathlib import Path

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning

CASES = Path(__file__).parent / "methods"
#: The documents of the national market and their forerunners, glass and ceramics.
SECTORS = (
    "power-generation-cets",
    "power-generation-2013",
    "cement-cets",
    "cement-ndrc-2013",
    "iron-steel-cets",
    "iron-steel-ndrc-2013",
    "aluminium-cets",
    "aluminium-ndrc-2013",
    "flat-glass",
    "ceramics",
)
INSTRUMENTS = {"none", "direct", "green_trade", "gec", "ppa"}


@functools.cache
def golden_lines(method_id: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inventory = cc.compute(
            CASES / method_id / "activity.csv", grades="ABCDS", year_fallback="latest"
        )
    return pd.concat([inventory.lines, inventory.memo])


def uncovered(method_id: str, lines: pd.DataFrame) -> set[tuple[str, str, str]]:
    """What of a document's complete sources no line went through."""
    routes = set(zip(lines["source"], lines["route"], strict=True))
    items = set(zip(lines["source"], lines["item"], strict=True))
    bought = set(zip(lines["source"], lines["instrument"].fillna("none"), strict=True))
    missing: set[tuple[str, str, str]] = set()
    for source in cc.load_method(method_id).sources.values():
        if source.status != "complete":
            continue
        missing |= {
            (source.id, "route", r.id) for r in source.routes if (source.id, r.id) not in routes
        }
        missing |= {
            (source.id, "item", i) for i in source.items or () if (source.id, i) not in items
        }
        if source.bases:
            missing |= {
                (source.id, "instrument", i) for i in INSTRUMENTS if (source.id, i) not in bought
            }
    return missing


@pytest.mark.parametrize("method_id", SECTORS)
def test_every_route_item_and_instrument_has_a_golden_row(method_id: str) -> None:
    assert not uncovered(method_id, golden_lines(method_id))


def test_a_route_without_a_golden_row_is_seen() -> None:
    lines = golden_lines("ceramics")
    without = lines[lines["route"] != "measured_carbon_d"]
    assert uncovered("ceramics", without) == {("fossil_combustion", "route", "measured_carbon_d")}


def test_both_editions_of_the_power_guide_have_golden_rows() -> None:
    years = golden_lines("power-generation-cets")["period_start"].astype("str").str[:4]
    assert {"2020", "2021", "2022", "2024"} <= set(years)
