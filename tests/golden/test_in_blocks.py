"""Every golden row of every method, kernels and all, gives the same bits in blocks."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcError, CarbonCalcWarning
from carboncalc.inventory import by_ledger
from carboncalc.provenance import Policy

CASES = sorted(p for p in (Path(__file__).parent / "methods").iterdir() if p.is_dir())
RULES = {"grades": "ABCDS", "year_fallback": "latest"}
BY = ["entity", "source"]
NOT_FOR_BLOCKS = ["file", "sheet", "row", "period_start", "period_end"]


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


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    """All golden rows that can be computed by themselves, in one table of all their columns."""
    frames = []
    for case in CASES:
        rows = cc.read_activity(case / "activity.csv").rows
        frames.append(rows.drop(columns=[name for name in NOT_FOR_BLOCKS if name in rows]))
    whole = pd.concat(frames, ignore_index=True)
    whole = whole.drop(columns=["evidence_no", "note"], errors="ignore")
    document = {name: cc.load_method(name) for name in whole["method"].unique()}
    kinds = whole[["method", "source"]].drop_duplicates()
    alone = [
        (method, source) for method, source in kinds.itertuples(index=False)
        if (found := document[method].sources.get(source)) is None
        or not (found.requires or found.alternatives)
    ]  # fmt: skip
    whole = whole[pd.MultiIndex.from_frame(whole[["method", "source"]]).isin(alone)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inv = cc.compute(whole, missing="quarantine", duplicates="keep", gwp="AR5", **RULES)
    refused = set(inv.quarantined["row"])
    return whole[[k + 1 not in refused for k in range(len(whole))]].reset_index(drop=True)


@pytest.mark.parametrize(
    "by", [["entity", "month", "source"], ["year", "item", "category"], ["region", "scope"], []]
)
def test_a_table_of_all_methods_at_once_comes_to_the_same_bits(by, everything, monkeypatch):
    rng = np.random.default_rng(len(by))
    table = everything.iloc[rng.integers(0, len(everything), 600)].reset_index(drop=True)
    table["amount"] *= rng.uniform(0.1, 10, len(table))
    table["entity"] = [f"E{k}" for k in rng.integers(0, 4, len(table))]
    table = table.dropna(axis=1, how="all")
    policy = Policy(gwp="AR5", **RULES)
    wanted = by_ledger.aggregate_by_ledger(table, by, policy=policy, library=None, entities=None)
    monkeypatch.setattr(
        by_ledger, "aggregate_by_ledger", lambda *a, **k: pytest.fail("left blocks")
    )
    found = cc.aggregate(table, by, policy=policy, threads=2)
    pd.testing.assert_frame_equal(
        found, wanted[found.columns], check_dtype=False, check_index_type=False, check_exact=True
    )
