"""Gases that are none of the seven stand apart from the scopes.

Corporate Standard, chapter 4; UK Environmental Reporting Guidelines 2019, pages 59 and 62: gases
that the Kyoto Protocol does not cover are reported separately from the figures of the scopes.
"""

import warnings
from typing import Any

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning
from carboncalc.inventory.result import Inventory

ROW = {"entity": "e", "period": "2023", "method": "ghg-protocol", "unit": "kg", "amount": 100.0,
       "source": "refrigerant_leakage"}  # fmt: skip


def compute(**row: Any) -> Inventory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute([{**ROW, **row}])


def test_hcfc_22_is_weighed_and_stands_in_the_memo() -> None:
    inv = compute(item="R-22")
    assert inv.co2e_t == 0
    assert inv.memo.account.tolist() == ["other_gases"]
    # 0.1 t × 1760, AR5 table 8.A.1
    assert inv.memo_totals()["other_gases_t"] == pytest.approx(176.0, rel=1e-12)
    assert inv.totals["ghgp_location"] == 0


def test_a_blend_is_counted_for_the_part_that_is_hfc() -> None:
    """R-401A: 53 % HCFC-22, 13 % HFC-152a, 34 % HCFC-124 (ASHRAE 34)."""
    inv = compute(item="R-401A")
    assert inv.lines.gas.tolist() == ["HFC-152a"]
    assert inv.co2e_t == pytest.approx(0.1 * 0.13 * 138, rel=1e-12)
    assert set(inv.memo.gas) == {"HCFC-22", "HCFC-124"}


@pytest.mark.parametrize("method", ["public-building", "machinery-equipment"])
def test_the_same_holds_where_the_guideline_has_no_such_source(method: str) -> None:
    inv = compute(item="HCFC-22", method=method)
    assert inv.memo.account.tolist() == ["other_gases"]
    assert inv.totals["ghgp_location"] == 0


def test_the_fast_sums_leave_them_out_too() -> None:
    rows = [{**ROW, "item": item} for item in ("R-22", "HFC-134a", "R-401A")]
    sums = cc.aggregate(pd.DataFrame(rows), by=["entity"])
    assert sums.co2e_t.tolist() == pytest.approx([0.1 * 1300 + 0.1 * 0.13 * 138], rel=1e-12)
