"""Laws of parks and allocations that hold for any figures.

A park of made inventories is used: what is checked is consolidation, not the engine.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "footprint"))

from made import inventory, row

from carboncalc.footprint.allocation import allocate, share_units
from carboncalc.footprint.consolidate import consolidate
from carboncalc.footprint.grains import PER_TONNE, grains
from carboncalc.inventory.exact import exact_sum

amounts = st.floats(min_value=0.001, max_value=1e6, allow_nan=False).map(lambda x: round(x, 3))
keys = st.dictionaries(
    st.sampled_from("ABCDEFGH"), st.floats(0, 1e9, allow_nan=False), min_size=1
).filter(lambda found: any(found.values()))
totals = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)

PARK = [
    {"id": "A", "kind": "tenant", "floor_area": 3.0},
    {"id": "B", "kind": "tenant", "floor_area": 2.0},
    {"id": "C", "kind": "tenant", "floor_area": 1.0},
    {"id": "ST", "kind": "shared"},
    {"id": "OPS", "kind": "shared", "allocation": {"lighting": "floor_area"}},
]


def transfer(buyer, seller, carrier, amount):
    source = {"electricity": "electricity", "heat": "heat"}[carrier]
    return [
        row(buyer, f"purchased_{source}", carrier, amount, seller),
        row(seller, f"exported_{source}", carrier, amount, buyer),
    ]


def ends(record):
    return record["entity"], record["counterparty"]


@st.composite
def parks(draw):
    """Rows of a park: gas at the station, heat and power to three tenants, diesel, own power."""
    rows = [row("ST", "fossil_combustion", "natural_gas", draw(amounts))]
    rows.append(row("OPS", "purchased_electricity", "electricity", draw(amounts)))
    for tenant in "ABC":
        rows += transfer(tenant, "ST", "heat", draw(amounts))
        rows += transfer(tenant, "OPS", "electricity", draw(amounts))
        rows.append(row(tenant, "mobile_combustion", "diesel", draw(amounts)))
        rows.append(row(tenant, "purchased_electricity", "electricity", draw(amounts)))
    rows += transfer("ST", "OPS", "electricity", draw(amounts))
    return rows


@settings(max_examples=40, deadline=None)
@given(parks())
def test_the_members_add_up_to_direct_plus_external_energy_to_the_last_grain(rows):
    inv = inventory(rows)
    statement = consolidate(inv, PARK).statement
    external = inv.lines[inv.lines["counterparty"].isna()]
    assert statement.total == grains(Fraction(0)) + sum(grains(v) for v in external["co2e_t"])
    assert sum(statement.responsible(e["id"]) for e in PARK) == statement.total


@settings(max_examples=25, deadline=None)
@given(parks(), st.floats(0, 1, allow_nan=False))
def test_an_internal_factor_only_redistributes(rows, factor):
    stated = [dict(e, internal_factor={"heat": factor}) if e["id"] == "ST" else e for e in PARK]
    inv = inventory(rows)
    assert consolidate(inv, stated).statement.total == consolidate(inv, PARK).statement.total


@settings(max_examples=25, deadline=None)
@given(parks())
def test_what_the_users_of_a_carrier_are_charged_is_what_was_emitted_for_it(rows):
    statement = consolidate(inventory(rows), PARK).statement
    left = sum(abs(count) for count in statement.unallocated.values())
    assert left <= len(statement.charges)  # roundings of half a grain (14 ng) per charge


@settings(max_examples=25, deadline=None)
@given(parks(), st.randoms())
def test_the_order_of_rows_does_not_change_a_bit(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, two = consolidate(inventory(rows), PARK), consolidate(inventory(shuffled), PARK)
    assert one.by_tenant().sort_index().equals(two.by_tenant().sort_index())


@settings(max_examples=25, deadline=None)
@given(parks())
def test_merging_two_tenants_changes_nothing(rows):
    merged = [dict(r, entity="A" if r["entity"] == "B" else r["entity"],
                   counterparty="A" if r["counterparty"] == "B" else r["counterparty"])
              for r in rows]  # fmt: skip
    park = [dict(e, floor_area=5.0) if e["id"] == "A" else e for e in PARK if e["id"] != "B"]
    before, after = consolidate(inventory(rows), PARK), consolidate(inventory(merged), park)
    assert before.statement.total == after.statement.total
    ours, theirs = before.by_tenant()["co2e_t"], after.by_tenant()["co2e_t"]
    assert theirs["A"] == pytest.approx(ours["A"] + ours["B"], rel=1e-12)
    assert theirs["C"] == pytest.approx(ours["C"], rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(parks())
def test_heat_from_an_own_boiler_moves_scope_2_to_scope_1_and_leaves_the_park(rows):
    # A burns the gas that the station burnt for it: the station's gas in proportion to heat.
    heat = {r["entity"]: r["amount"] for r in rows if r["source"] == "purchased_heat"}
    gas = rows[0]["amount"]
    own = gas * heat["A"] / sum(heat.values())
    keep = [
        r for r in rows[1:] if not (r["item"] == "heat" and "A" in (r["entity"], r["counterparty"]))
    ]
    # without auxiliary power at the station, which is not part of the swap
    drop = [
        r
        for r in keep
        if not (r["item"] == "electricity" and "ST" in (r["entity"], r["counterparty"]))
    ]
    base = [
        r
        for r in rows
        if not (r["item"] == "electricity" and "ST" in (r["entity"], r["counterparty"]))
    ]
    swapped = [
        row("ST", "fossil_combustion", "natural_gas", gas - own),
        row("A", "fossil_combustion", "natural_gas", own), *drop,
    ]  # fmt: skip
    before, after = consolidate(inventory(base), PARK), consolidate(inventory(swapped), PARK)
    assert after.co2e_t == pytest.approx(before.co2e_t, rel=1e-12)
    one, two = before.by_tenant().loc["A"], after.by_tenant().loc["A"]
    moved = own * 20.0
    assert two["scope1"] - one["scope1"] == pytest.approx(moved, rel=1e-9, abs=1e-6)
    assert one["scope2"] - two["scope2"] == pytest.approx(moved, rel=1e-9, abs=1e-6)


@given(totals, keys)
def test_shares_add_up_to_the_total_exactly(total, keys):
    found = allocate(total, keys)
    assert sum(map(grains, found.shares.values())) + grains(found.unallocated) == grains(total)
    assert abs(found.unallocated) * PER_TONNE <= max(1, abs(grains(total)) >> 52)
    assert all(share >= 0 for share in found.shares.values()) or total < 0


@given(totals, keys, st.integers(0, 6))
def test_rounded_shares_add_up_to_the_rounded_total(total, keys, decimals):
    found = allocate(total, keys, decimals=decimals)
    unit = 10**decimals
    whole = sum(round(share * unit) for share in found.shares.values())
    assert abs(whole / unit - total) <= 0.5 / unit + abs(total) * 1e-15


@given(st.integers(0, 10**15), keys, st.integers(0, 20))
def test_only_the_proportions_of_keys_matter(units, keys, power):
    scaled = {name: key * 2.0**power for name, key in keys.items()}  # exact in binary
    assert share_units(units, keys) == share_units(units, scaled)


@given(st.integers(0, 10**15), st.integers(1, 9))
def test_equal_keys_get_equal_shares_up_to_one_unit(units, count):
    shares = share_units(units, {str(i): 7.0 for i in range(count)})
    assert max(shares.values()) - min(shares.values()) <= 1
    assert sum(shares.values()) == units


@given(totals)
def test_a_single_recipient_gets_all_and_a_zero_key_nothing(total):
    shares = allocate(total, {"A": 3.0, "Z": 0.0}).shares
    assert shares["Z"] == 0
    assert exact_sum([shares["A"]]) == pytest.approx(total, abs=2**-45)
