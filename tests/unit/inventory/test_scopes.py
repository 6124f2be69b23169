"""A row that names its scope or category, and sums by category."""

import pytest

import carboncalc as cc

FUEL = {"entity": "P", "period": "2023", "source": "fossil_combustion", "item": "diesel",
        "amount": 10, "unit": "t", "region": "CN-35"}  # fmt: skip
POWER = FUEL | {"source": "purchased_electricity", "item": "electricity", "unit": "MWh"}


def codes(rows):
    with pytest.raises(cc.ActivityDataError) as error:
        cc.compute(rows)
    return [issue.code for issue in error.value.issues]


@pytest.mark.parametrize("method", ["ghg-protocol", "other-industry"])
def test_sums_by_category_are_those_of_the_lines(method):
    inv = cc.compute([row | {"method": method} for row in (FUEL, POWER)])
    lines = inv.lines.groupby("category", observed=True)["co2e_t"].apply(cc.exact_sum)
    assert inv.by("category").to_dict() == lines.to_dict()
    assert set(lines.index) == {"stationary", "electricity"}
    grid = inv.grid(by=("category",))
    assert dict(zip(grid.category.values, grid.co2e.values, strict=True)) == lines.to_dict()


def test_the_fuel_of_a_leased_car_is_scope_3_of_who_does_not_control_it():
    leased = FUEL | {"scope": 3, "category": "3.08", "note": "leased"}
    rows = [row | {"method": "ghg-protocol"} for row in (FUEL, leased, POWER)]
    inv = cc.compute(rows)
    scopes = inv.by_scope()
    assert scopes["1"] == scopes["3"] > 30
    assert inv.co2e_t == pytest.approx(scopes["1"] + scopes["3"] + scopes["2_location"], rel=1e-12)
    # the totals of the GHG Protocol are those of scopes 1 and 2
    assert inv.totals["ghgp_location"] == pytest.approx(
        scopes["1"] + scopes["2_location"], rel=1e-12
    )
    moved = inv.lines[inv.lines.scope == 3]
    assert set(moved.category) == {"3.08"}
    assert set(moved.iso_category) == {"4"}


def test_under_a_guideline_without_scope_3_it_is_a_memo_outside_the_document():
    leased = FUEL | {"scope": 3, "category": "3.08", "method": "other-industry", "note": "leased"}
    inv = cc.compute([FUEL | {"method": "other-industry"}, leased])
    assert len(inv.lines) == len(inv.memo) == 1
    assert inv.memo.account[0] == "outside_document"
    assert inv.totals["document"] == inv.co2e_t == pytest.approx(31.451225)


def test_power_of_a_leased_building_leaves_scope_2_on_every_basis():
    leased = POWER | {"scope": 3, "category": "3.08", "method": "ghg-protocol"}
    inv = cc.compute([leased])
    scopes = inv.by_scope()
    assert (scopes["2_location"], scopes["2_market"]) == (None, None)
    assert scopes["3"] == inv.co2e_t > 0
    assert inv.view("market").by_scope()["3"] > inv.co2e_t  # the residual mix stands higher


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scope": 2}, "I-055"),
        ({"scope": 3}, "I-056"),
        ({"scope": 3, "category": "mobile"}, "I-056"),
        ({"category": "3.08"}, "I-056"),
        ({"source": "scope3_01_purchased_goods", "unit": "t CO2e", "scope": 1}, "I-055"),
    ],
)
def test_a_scope_that_cannot_be_is_refused(change, code):
    assert codes([FUEL | {"method": "ghg-protocol"} | change]) == [code]


def test_a_scope_with_a_minus_sign_is_no_scope():
    assert codes([FUEL | {"method": "ghg-protocol", "scope": "-1"}]) == ["A-103"]


def test_the_sources_own_scope_may_be_said_and_a_vehicle_may_be_mobile():
    said = FUEL | {"method": "ghg-protocol", "scope": 1, "category": "mobile"}
    lines = cc.compute([said]).lines
    assert set(lines.category) == {"mobile"}
    assert cc.exact_sum(lines.co2e_t) == cc.compute([FUEL | {"method": "ghg-protocol"}]).co2e_t
