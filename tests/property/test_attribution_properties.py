"""Laws of attribution that hold for any balances and emissions."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc as cc
from carboncalc.model.carbon_record import CarbonRecord

fen = st.integers(100, 10**13)
tonnes = st.floats(0, 1e8, allow_nan=False).map(lambda x: round(x, 2))
scores = st.sampled_from(["none", "limited"])


def record(uscc, s1, s2, verification="none"):
    return CarbonRecord(
        uscc=uscc, name="made", year=2025, document="d", boundary="b",
        approach="operational_control", s1_t=s1, s2_location_t=s2, s2_market_t=s2,
        gases=("CO2", "CH4"), gwp_set="AR5", verification=verification,
        evidence_share={"B": 1.0}, consent_id="C", consent_until="2030-12-31", run_digest="0",
    )  # fmt: skip


def loans(balances, equity=0.0, debt=1e9, borrower="B"):
    return pd.DataFrame({
        "loan_id": [f"L{i}" for i in range(len(balances))], "borrower_id": borrower,
        "as_of": "2025-12-31", "product": "working_capital", "cny_fen": balances,
        "borrower_equity": equity, "total_debt": debt,
    })  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(fen, min_size=1, max_size=8), st.floats(0, 1e12), tonnes, tonnes)
def test_all_lenders_and_owners_bear_all_emissions(balances, equity, s1, s2):
    debt = sum(balances) / 100
    found = cc.financed_emissions(loans(balances, equity, debt), [record("B", s1, s2)])
    owners = equity / (equity + debt) * (s1 + s2)
    assert found.s12_t + owners == pytest.approx(s1 + s2, rel=1e-9, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(fen, tonnes, tonnes, st.integers(2, 9))
def test_financed_emissions_are_linear_in_balance_and_in_emissions(balance, s1, s2, times):
    one = cc.financed_emissions(loans([balance]), [record("B", s1, s2)]).s12_t
    more = cc.financed_emissions(loans([balance * times]), [record("B", s1, s2)]).s12_t
    dirty = cc.financed_emissions(loans([balance]), [record("B", s1 * times, s2 * times)]).s12_t
    assert more == pytest.approx(times * one, rel=1e-9, abs=1e-9)
    assert dirty == pytest.approx(times * one, rel=1e-9, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(fen, tonnes, scores), min_size=1, max_size=8), st.randoms())
def test_order_does_not_change_a_bit_and_quality_stays_within_its_parts(parts, random):
    names = [f"B{i}" for i in range(len(parts))]
    frame = loans([p[0] for p in parts], borrower=names)
    records = [record(n, p[1], 1.0, p[2]) for n, p in zip(names, parts, strict=True)]
    found = cc.financed_emissions(frame, records)
    order = list(range(len(frame)))
    random.shuffle(order)
    again = cc.financed_emissions(frame.iloc[order], list(reversed(records)))
    assert again.s12_t == found.s12_t
    assert again.data_quality == found.data_quality
    values = found.loan_table()["data_quality"]
    assert values.min() <= found.data_quality <= values.max()
    assert found.by("borrower_id")["outstanding_cny"].sum() == found.attributed_cny
