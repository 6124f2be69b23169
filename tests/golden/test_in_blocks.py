"""Every golden row of every method, kernels and all, gives the same bits in blocks."""

import warnings
from pathlib import Path

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcError, CarbonCalcWarning
from carboncalc.inventory import by_ledger
from carboncalc.provenance import Policy

CASES = sorted(p for p in (Path(__file__).parent / "methods").iterdir() if p.is_dir())
RULES = {"grades": "ABCDS", "year_fallback": "latest"}
BY = ["entity", "source"]
NOT_FOR_BLOCKS = ["file", "sheet", "row", "period_start", "period_end", "density", "density_unit"]


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_each_row_comes_to_the_same_bits_on_both_paths(case: Path, monkeypatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        rows = cc.read_activity(case / "activity.csv").rows
        rows = rows.drop(columns=[name for name in NOT_FOR_BLOCKS if name in rows])
        slow, left = by_ledger.aggregate_by_ledger, []
        monkeypatch.setattr(
            by_ledger, "aggregate_by_ledger", lambda *a, **k: left.append(1) or slow(*a, **k)
        )
        stayed = 0
        for k in range(len(rows)):
            row = rows.iloc[[k]].dropna(axis=1, how="all")
            left.clear()
            found = outcome(lambda: cc.aggregate(row, BY, **RULES))  # noqa: B023 - called here
            stayed += not left
            wanted = outcome(
                lambda: slow(row, BY, policy=Policy(**RULES), library=None, entities=None)  # noqa: B023
            )
            if isinstance(wanted, str):
                assert found == wanted
                continue
            assert set(found.columns) == set(wanted.columns)
            pd.testing.assert_frame_equal(
                found, wanted[found.columns], check_dtype=False, check_index_type=False,
                check_exact=True,
            )  # fmt: skip
    assert stayed > len(rows) / 2  # balances are for the ledger, most else is not


def outcome(call) -> pd.DataFrame | str:
    """The table, or the code of what stands against it."""
    try:
        return call()
    except CarbonCalcError as error:
        return error.code
