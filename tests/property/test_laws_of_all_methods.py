"""Laws over the golden rows of all methods mixed: bases, parts, recomputation, threads."""

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcError, CarbonCalcWarning

CASES = Path(__file__).parents[1] / "golden" / "methods"
RULES = {"grades": "ABCDS", "year_fallback": "latest", "duplicates": "keep", "gwp": "AR5",
         "market_residual": "location_factor"}  # fmt: skip
#: What a table that was read has beside what was typed, and what refers to other rows.
NOT_TYPED = ["file", "sheet", "row", "period_start", "period_end"]

pytestmark = pytest.mark.filterwarnings("ignore::carboncalc.errors.CarbonCalcWarning")


@cache
def golden() -> pd.DataFrame:
    """The rows that can be computed by themselves under one GWP set, of five plants."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        tables = [cc.read_activity(case / "activity.csv").rows for case in sorted(CASES.iterdir())]
        rows = pd.concat(tables, ignore_index=True).drop(columns=NOT_TYPED)
        rows = rows.assign(
            entity=[f"P{k % 5}" for k in range(len(rows))],
            region=rows["region"].fillna("CN-35"),
        )
        found = cc.compute(rows, missing="quarantine", **RULES)
    kept = rows.drop(index=found.quarantined["row"].to_numpy(dtype=int) - 1)
    assert len(kept) > 900
    return kept.reset_index(drop=True)


def figures(inv: cc.Inventory) -> list[tuple[object, ...]]:
    columns = ["row", "gas", "mass_t", "co2e_t", "account", "coefficients", "factor_ids", "scope"]
    lines = pd.concat([inv.lines, inv.memo])[columns].astype(object).fillna("")
    return sorted(map(tuple, lines.to_numpy().tolist()), key=repr)


@pytest.mark.parametrize("scope2", ["location", "market"])
def test_a_view_is_what_the_policy_would_have_computed_line_by_line(scope2):
    rows = golden()
    viewed = cc.compute(rows, **RULES).view(scope2)
    assert figures(viewed) == figures(cc.compute(rows, scope2=scope2, **RULES))


def test_every_row_stands_in_the_lines_or_in_the_memo_on_every_basis():
    rows = golden()
    for scope2 in ("method", "location", "market"):
        inv = cc.compute(rows, scope2=scope2, **RULES)
        shown = {*inv.lines["row"], *inv.memo["row"]}
        # a record of stock or a deduction may be folded into the row it belongs to
        assert {*(inv.ledger.rows["row"])} == shown


def test_plants_computed_apart_add_up_to_all_plants_together_to_the_bit():
    rows = golden()
    first = (rows["entity"] < "P2").to_numpy()
    parts = [cc.compute(rows[chosen], **RULES) for chosen in (first, ~first)]
    lines = pd.concat([part.lines for part in parts])
    assert cc.exact_sum(lines.co2e_t) == cc.compute(rows, **RULES).co2e_t


@pytest.mark.parametrize("rounding", ["none", "platform-form", "ndrc-report", "mee-guide"])
def test_each_line_is_recomputed_under_each_rounding_policy(rounding):
    inv = cc.compute(golden(), rounding=rounding, **RULES)
    chosen = inv.lines.iloc[::7]
    again = [inv.recompute(line) for line in chosen["line_id"]]
    assert again == chosen["co2e_t"].tolist()


def test_threads_that_share_everything_give_the_same_bits_and_leave_the_table_as_it_was():
    rows, before = golden(), pickle.dumps(golden())
    calculator = cc.Calculator(**RULES)
    by = ["entity", "source", "scope"]
    plain = rows.dropna(axis=1, how="all")
    whole, table = calculator.compute(rows).co2e_t, cc.aggregate(plain, by, **RULES)
    with ThreadPoolExecutor(4) as pool:
        sums = [pool.submit(cc.aggregate, plain, by, **RULES) for _ in range(2)]
        inventories = [pool.submit(calculator.compute, rows) for _ in range(2)]
        assert [one.result().co2e_t for one in inventories] == [whole, whole]
        for one in sums:
            pd.testing.assert_frame_equal(one.result(), table, check_exact=True)
    assert cc.exact_sum(table.co2e_t) == whole
    assert pickle.dumps(golden()) == before


def test_a_grid_of_more_than_fifty_million_cells_is_refused():
    count = 2100
    rows = pd.DataFrame({
        "entity": [f"P{k}" for k in range(count)],
        "facility": [f"F{k}" for k in range(count)],
        "period": [f"2023-{k % 12 + 1:02d}" for k in range(count)],
        "method": "other-industry", "source": "fossil_combustion", "item": "diesel",
        "amount": 1.0, "unit": "t",
    })  # fmt: skip
    inv = cc.compute(rows)
    with pytest.raises(CarbonCalcError) as raised:  # 2100 × 2100 × 12 cells of one gas
        inv.grid(by=("entity", "facility", "period", "gas"), freq="M")
    assert raised.value.params["limit"] == 50_000_000


def test_a_grid_keeps_the_lines_that_name_no_facility():
    row = {"entity": "P", "period": "2023", "method": "other-industry", "unit": "t",
           "source": "fossil_combustion", "item": "diesel"}  # fmt: skip
    inv = cc.compute([{**row, "amount": 1.0, "facility": "F"}, {**row, "amount": 2.0}])
    grid = inv.grid(by=("facility", "gas"))["co2e"].sum("gas")
    assert grid.sel(facility="F").item() == pytest.approx(3.145122, abs=1e-6)
    assert grid.sel(facility="").item() == pytest.approx(6.290245, abs=1e-6)


def test_a_grid_of_unknown_periods_is_refused_with_those_it_has():
    with pytest.raises(CarbonCalcError, match="I-057") as raised:
        cc.examples.minimal().grid(freq="D")
    assert raised.value.params == {"freq": "D", "known": "Y, Q, M"}
