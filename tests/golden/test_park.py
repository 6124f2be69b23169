"""A park of three tenants against arithmetic done by hand (``park_three_tenants/about.md``)."""

from __future__ import annotations

import ast
import csv
import operator
from fractions import Fraction
from pathlib import Path

import pytest

import carboncalc as cc

CASE = Path(__file__).parent / "park_three_tenants"
PRIMARY = {"value": 0.30, "unit": "kgce/kWh", "date": "2023", "source": "made for this case"}
OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def exact(text: str) -> Fraction:
    """Arithmetic as an exact fraction."""

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        return Fraction(ast.get_source_segment(text, node) or "")

    return value(ast.parse(text, mode="eval").body)


def hand() -> dict[str, float]:
    with (CASE / "expected.csv").open(encoding="utf-8", newline="") as handle:
        return {r["figure"]: float(exact(r["arithmetic"])) for r in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def footprint() -> cc.Footprint:
    park = cc.load_park(CASE / "park.yaml")
    table = cc.read_activity(CASE / "activity.csv", entities=park)
    return cc.consolidate(cc.compute(table), park, boundary="operational_control")


#: Line values stand on a grid of 2^-45 t; a dozen of them are well within a nanogram-tonne.
CLOSE = {"rel": 1e-12, "abs": 1e-9}


def test_the_totals_of_the_park_are_the_hand_calculation(footprint: cc.Footprint) -> None:
    want, scopes = hand(), footprint.by_scope()
    for key in ("1", "2_method", "2_location", "2_market"):
        assert scopes[key] == pytest.approx(want[f"scope_{key}"], **CLOSE), key
    for key in ("document", "ghgp_location", "ghgp_market"):
        assert footprint.totals[key] == pytest.approx(want[key], **CLOSE), key
    assert footprint.totals["ets_compliance"] is None
    assert footprint.co2e_t == footprint.totals["document"]


def test_the_internal_factors_and_the_reconciliation_are_the_hand_calculation(
    footprint: cc.Footprint,
) -> None:
    want, table = hand(), footprint.internal_factors().set_index("supplier")
    assert table.loc["OPS", "factor"] == pytest.approx(want["factor_power"], **CLOSE)
    assert table.loc["ST", "factor"] == pytest.approx(want["factor_heat"], **CLOSE)
    assert table.loc["OPS", "reconciliation_factor"] == pytest.approx(
        want["reconciliation_factor"], **CLOSE
    )
    assert table.loc["PV", "factor"] == 0


def test_each_tenant_bears_what_the_hand_calculation_gives_it(footprint: cc.Footprint) -> None:
    want, tenants = hand(), footprint.by_tenant()
    for tenant in ("T1", "T2", "T3"):
        assert tenants.loc[tenant, "co2e_t"] == pytest.approx(want[tenant], **CLOSE), tenant
    assert abs(tenants.loc["(unallocated)", "co2e_t"]) < 1e-9


def test_the_zero_carbon_profile_is_the_hand_calculation(footprint: cc.Footprint) -> None:
    want, profile = hand(), footprint.profile("ndrc910", primary_tce=PRIMARY)
    assert profile.co2_t == pytest.approx(want["ndrc910_co2"], **CLOSE)
    assert profile.energy_tce == pytest.approx(want["ndrc910_tce"], **CLOSE)
    assert profile.core.value == pytest.approx(want["ndrc910_co2"] / want["ndrc910_tce"], **CLOSE)
    assert profile.core.status == "not_defined"
    assert profile.gap_t is None
    assert profile.direct_share == pytest.approx(want["ndrc910_direct_share"], **CLOSE)
    assert profile.indicators[1].value == pytest.approx(want["ndrc910_clean_share"], **CLOSE)


def test_every_line_behind_the_profile_can_be_traced(footprint: cc.Footprint) -> None:
    lines = footprint.profile("ndrc910", primary_tce=PRIMARY).inventory.lines
    power = lines[(lines["source"] == "purchased_electricity") & (lines["co2e_t"] > 0)]
    text = cc.Inventory.trace(
        footprint.profile("ndrc910", primary_tce=PRIMARY).inventory, power["line_id"].iloc[0]
    ).text()
    assert "0.8325" in text
