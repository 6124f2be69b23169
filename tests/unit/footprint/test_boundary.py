"""Boundary approaches, against the cases of the GHG Protocol Corporate Standard, chapter 3."""

from __future__ import annotations

import pytest
from made import inventory, row

from carboncalc.errors import BoundaryError, OwnershipError
from carboncalc.footprint.boundary import weights
from carboncalc.footprint.consolidate import consolidate
from carboncalc.footprint.members import members_of


def weight_of(approach, **fields):
    group = members_of([{"id": "H"}, {"id": "X", "parent": "H", **fields}])
    return float(weights(group, approach)["X"].weight)


@pytest.mark.parametrize(
    ("fields", "equity", "financial", "operational"),
    [
        ({"share": 1.0}, 1.0, 1.0, 1.0),  # wholly owned
        ({"share": 0.83, "control": "both"}, 0.83, 1.0, 1.0),  # controlled subsidiary
        ({"share": 0.3, "control": "none"}, 0.3, 0.0, 0.0),  # associate
        ({"share": 0.3, "control": "operational"}, 0.3, 0.0, 1.0),  # associate that it operates
        ({"share": 0.5, "control": "joint"}, 0.5, 0.5, 0.0),  # joint venture run by the other
        ({"share": 0.5, "control": "joint,operational"}, 0.5, 0.5, 1.0),  # run by the reporter
        ({"share": 0.0, "control": "none"}, 0.0, 0.0, 0.0),  # franchise without equity
    ],
)
def test_the_three_approaches_weigh_each_relation_as_the_standard_says(
    fields, equity, financial, operational
):
    assert weight_of("equity_share", **fields) == equity
    assert weight_of("financial_control", **fields) == financial
    assert weight_of("operational_control", **fields) == operational


def test_shares_multiply_along_the_chain_of_ownership():
    group = members_of(
        [{"id": "H"}, {"id": "S", "parent": "H", "share": 0.83},
         {"id": "SS", "parent": "S", "share": 0.75}]
    )  # fmt: skip
    assert float(weights(group, "equity_share")["SS"].weight) == 0.6225


def test_what_is_left_out_is_listed_with_its_scope_3_category():
    rows = [row("H", "mobile_combustion", "diesel", 1), row("X", "mobile_combustion", "diesel", 10)]
    group = [{"id": "H"}, {"id": "X", "parent": "H", "share": 0.3, "control": "none"}]
    fp = consolidate(inventory(rows), group, boundary="equity_share")
    assert fp.co2e_t == pytest.approx(3 + 0.3 * 30)
    left = fp.excluded().iloc[0]
    assert (left["entity"], left["category"]) == ("X", "3.15")
    assert left["co2e_t"] == pytest.approx(21.0)
    control = consolidate(inventory(rows), group, boundary="operational_control")
    assert control.co2e_t == 3.0


def test_the_owners_shares_of_one_site_add_up_to_the_site():
    rows = [row("X", "mobile_combustion", "diesel", 10)]
    parts = [
        consolidate(inventory(rows), [{"id": "X", "share": share}], boundary="equity_share").co2e_t
        for share in (0.25, 0.75)
    ]
    assert sum(parts) == 30.0


def test_heat_from_a_plant_held_by_half_is_scope_2_for_the_other_half():
    # The plant emits 200 t for 1000 GJ, all bought by A. Half of the plant is in scope 1, so
    # half of A's 200 t is double counting and the other half is bought from the co-owner.
    rows = [
        row("ST", "fossil_combustion", "natural_gas", 10),
        row("A", "purchased_heat", "heat", 1000, "ST"),
        row("ST", "exported_heat", "heat", 1000, "A"),
    ]
    park = [
        {"id": "A", "kind": "tenant"},
        {"id": "ST", "kind": "shared", "share": 0.5, "control": "joint"},
    ]
    fp = consolidate(inventory(rows), park, boundary="financial_control")
    assert fp.by_scope()["1"] == 100.0
    assert fp.by_scope()["2_method"] == 100.0
    assert fp.by_tenant().loc["A", "co2e_t"] == 200.0


@pytest.mark.parametrize(
    ("entities", "code"),
    [
        ([{"id": "X", "share": 1.2}], "B-001"),
        ([{"id": "X", "parent": "Y"}, {"id": "Y", "parent": "X"}], "B-003"),
        ([{"id": "X", "parent": "ghost"}], "B-004"),
        ([{"id": "X", "control": "joint,financial"}], "B-005"),
        ([{"id": "X", "control": "perhaps"}], "B-005"),
        ([{"id": "X", "share": 0.5}], "B-006"),
    ],
)
def test_ownership_that_contradicts_itself_is_refused_by_name(entities, code):
    with pytest.raises(OwnershipError) as caught:
        weights(members_of(entities), "operational_control")
    assert caught.value.code == code
    assert caught.value.hint("en")


def test_an_unknown_approach_is_refused():
    with pytest.raises(BoundaryError) as caught:
        weights(members_of([{"id": "X"}]), "control")
    assert caught.value.code == "B-012"
