"""Location and market figures of the GHG Protocol by hand, instrument by instrument.

Fujian 2023: province 0.4211; residual (average without market-traded non-fossil power) 0.6096;
nation 0.5306 t CO2/MWh. Scope 2 Guidance, chapters 4 to 6.
"""

import warnings
from typing import Any

import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning
from carboncalc.inventory.result import Inventory

POWER = {"entity": "e", "period": "2023", "region": "CN-35", "source": "purchased_electricity",
         "item": "electricity", "amount": 1000.0, "unit": "MWh"}  # fmt: skip
CASES = [
    ({}, 421.1, 609.6),
    ({"instrument": "direct"}, 0.0, 0.0),
    ({"instrument": "green_trade"}, 421.1, 0.0),
    ({"instrument": "gec", "certificate_id": "G1"}, 421.1, 0.0),
    ({"instrument": "ppa"}, 421.1, 609.6),
    ({"instrument": "ppa", "certificate_id": "P1"}, 421.1, 0.0),
    ({"supplier_factor": "0.3 tCO2/MWh"}, 421.1, 300.0),
    ({"grid_factor": "0.4 tCO2/MWh"}, 400.0, 609.6),
    ({"grid_factor": "0.4 tCO2/MWh", "supplier_factor": "0.3 tCO2/MWh"}, 400.0, 300.0),
]


def compute(row: dict[str, Any], **rules: Any) -> Inventory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute([{**POWER, **row}], **rules)


@pytest.mark.parametrize(("row", "location", "market"), CASES)
def test_both_bases_stand_side_by_side(row: dict[str, Any], location: float, market: float) -> None:
    inv = compute({**row, "method": "ghg-protocol"})
    assert inv.by_scope()["2_location"] == pytest.approx(location, rel=1e-9)
    assert inv.by_scope()["2_market"] == pytest.approx(market, rel=1e-9)
    assert inv.co2e_t == pytest.approx(location, rel=1e-9)


@pytest.mark.parametrize(("row", "location", "market"), CASES[:7])
def test_the_same_row_under_a_guideline_has_the_same_two_figures_beside_its_own(
    row: dict[str, Any], location: float, market: float
) -> None:
    inv = compute({**row, "method": "public-building"})
    assert inv.totals["ghgp_location"] == pytest.approx(location, rel=1e-9)
    assert inv.totals["ghgp_market"] == pytest.approx(market, rel=1e-9)
    own = 0.0 if row.get("instrument") == "direct" else 530.6
    assert inv.totals["document"] == pytest.approx(own, rel=1e-9)


def test_a_grid_factor_of_ones_own_is_not_a_market_factor_and_the_run_says_so() -> None:
    row = {"method": "ghg-protocol", "grid_factor": "0.4 tCO2/MWh"}
    inv = compute(row, scope2="market")
    assert inv.co2e_t == pytest.approx(609.6)
    assert [f.column for f in inv.findings if f.code == "I-024"] == ["grid_factor"]


def test_a_suppliers_factor_raises_no_finding_where_the_location_counts() -> None:
    inv = compute({"method": "ghg-protocol", "supplier_factor": "0.3 tCO2/MWh"})
    assert "I-024" not in {f.code for f in inv.findings}


def test_the_location_factor_may_serve_as_residual_where_the_policy_says_so() -> None:
    inv = compute({"method": "ghg-protocol"}, market_residual="location_factor")
    assert inv.by_scope()["2_market"] == pytest.approx(421.1)


def test_exports_are_shown_and_never_deducted() -> None:
    rows = [{**POWER, "method": "ghg-protocol"},
            {**POWER, "method": "ghg-protocol", "source": "exported_electricity", "amount": 100.0},
            {**POWER, "method": "ghg-protocol", "source": "exported_heat", "item": "heat",
             "unit": "GJ", "amount": 50.0}]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inv = cc.compute(rows)
    assert inv.co2e_t == pytest.approx(421.1)
    assert inv.memo_totals()["exported_t"] == pytest.approx(-(42.11 + 5.5))
