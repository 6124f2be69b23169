"""Several documents in one enterprise, and processes beside it, against hand arithmetic.

The arithmetic stands in each case's ``about.md``; its ``expected.csv`` repeats it and is
evaluated as fractions.
"""

from __future__ import annotations

import ast
import csv
import operator
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.inventory.verification.result import Verification, verification

CEMENT = Path(__file__).parent / "cement_with_power_unit"
STEEL = Path(__file__).parent / "steel_works_processes"
SMELTER = Path(__file__).parent / "smelter_with_power_plant"
STEEL_POWER = Path(__file__).parent / "steel_works_with_power_unit"
CLOSE = {"rel": 1e-12, "abs": 1e-9}
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


def hand(case: Path) -> dict[str, float]:
    with (case / "expected.csv").open(encoding="utf-8", newline="") as handle:
        return {r["figure"]: float(exact(r["arithmetic"])) for r in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def cement() -> cc.Inventory:
    table = cc.read_activity(
        CEMENT / "activity.csv",
        parameters=CEMENT / "parameters.csv",
        outputs=CEMENT / "outputs.csv",
    )
    return cc.compute(table, grades="ABCDS", year_fallback="latest")


@pytest.fixture(scope="module")
def asked(cement: cc.Inventory) -> Verification:
    return verification(cement, plan=CEMENT / "plan.yaml", materiality=0.05, period="2024Q1")


@pytest.fixture(scope="module")
def steel() -> cc.Inventory:
    return cc.compute(STEEL / "activity.csv", grades="ABCDS", year_fallback="latest")


def test_each_source_of_the_cement_plant_is_the_hand_calculation(cement: cc.Inventory) -> None:
    want = hand(CEMENT)
    by = cement.by("facility", "source")
    for figure, place in {
        "kiln_coal": ("1#熟料线", "fossil_combustion"),
        "clinker": ("1#熟料线", "clinker"),
        "substitution": ("1#熟料线", "clinker_substitution"),
        "unit_coal": ("1#机组", "fossil_combustion"),
        "unit_power": ("1#机组", "purchased_electricity"),
        "mill_power": ("水泥磨", "purchased_electricity"),
        "mine_diesel": ("矿山", "mobile_combustion"),
    }.items():
        assert by[place] == pytest.approx(want[figure], **CLOSE), figure


def test_market_and_document_totals_are_two_numbers_and_the_rest_is_memo(
    cement: cc.Inventory,
) -> None:
    want = hand(CEMENT)
    market = sum(
        want[f] for f in ("kiln_coal", "clinker", "substitution", "unit_coal", "unit_power")
    )
    document = market + want["mill_power"] + want["mine_diesel"]
    assert cement.totals["ets_compliance"] == pytest.approx(market, **CLOSE)
    assert cement.totals["document"] == pytest.approx(document, **CLOSE)
    assert cement.co2e_t == cement.totals["document"]
    memo = cement.memo_totals()
    assert memo["outside_document_t"] == pytest.approx(want["outside_diesel"], **CLOSE)
    # R-22 is none of the seven gases: it stands apart from every total
    assert memo["other_gases_t"] == pytest.approx(want["outside_refrigerant"], **CLOSE)
    assert set(cement.memo["facility"]) == {"电厂附属", "化验室"}


def test_facilities_and_processes_close_on_the_same_totals(
    cement: cc.Inventory, asked: Verification
) -> None:
    want = hand(CEMENT)
    for table in (asked.facilities, asked.processes):
        assert table["co2e_t"].iloc[-1] == cement.co2e_t
        assert table["ets_compliance_t"].iloc[-1] == cement.totals["ets_compliance"]
        assert cc.exact_sum(table["co2e_t"].iloc[:-1].dropna()) == cement.co2e_t
    by_process = asked.processes.set_index("process")["co2e_t"]
    assert by_process["生料制备"] == pytest.approx(want["substitution"], **CLOSE)
    assert by_process["熟料煅烧"] == pytest.approx(want["kiln_coal"] + want["clinker"], **CLOSE)
    counted = asked.detail[asked.detail["account"] == "counted"]
    assert cc.exact_sum(counted["co2e_t"]) == cement.co2e_t
    heat = counted.set_index(["facility", "source"])["heat_gj"]
    assert heat["1#熟料线", "fossil_combustion"] == pytest.approx(want["kiln_heat"], **CLOSE)
    emitted = asked.monthly[asked.monthly["parameter"] == "co2e_t"]
    assert cc.exact_sum(emitted.loc[emitted["account"] == "counted", "whole"]) == cement.co2e_t


def test_the_month_without_a_measurement_takes_the_punitive_value_not_a_mean(
    cement: cc.Inventory, asked: Verification
) -> None:
    months = asked.months.set_index(["facility", "source", "parameter"])
    row = months.loc[("1#机组", "fossil_combustion", "carbon_content")]
    assert row[["2024-01", "2024-02", "2024-03"]].tolist() == [
        "measured", "punitive_default", "measured",
    ]  # fmt: skip
    monthly = asked.monthly.set_index(["facility", "source", "parameter"])
    assert monthly.loc[("1#机组", "fossil_combustion", "carbon_content"), "2024-02"] == 0.03085
    coded = asked.findings.set_index("code")
    assert coded.loc["M-104", "amount_t"] == pytest.approx(hand(CEMENT)["punitive_month"], **CLOSE)


def test_a_cross_check_shows_both_figures_and_what_the_adopted_one_adds(
    asked: Verification,
) -> None:
    check = asked.checks.set_index("facility")
    assert check.loc["水泥磨", ["amount_reported", "check_amount", "adopted"]].tolist() == [
        3000, 3050, 3050,
    ]  # fmt: skip
    assert check.loc["水泥磨", "status"] == "conservative"
    assert check.loc["水泥磨", "difference_pct"] == pytest.approx(-50 / 3000 * 100)
    assert check.loc["水泥磨", "effect_t"] == pytest.approx(hand(CEMENT)["check_effect"], **CLOSE)
    assert check.loc["1#熟料线", "status"] == "explained"
    assert check.loc["1#熟料线", "effect_t"] == 0


def test_what_plan_and_run_disagree_about_is_the_list_made_by_hand(asked: Verification) -> None:
    plan = asked.findings[asked.findings["kind"] == "plan"]
    found = {(r.code, r.facility, r.parameter) for r in plan.to_records(index=False)}
    unplanned = {("V-111", "矿山", p) for p in ("amount", "net_calorific_value", "carbon_content")}
    unplanned |= {("V-111", "电厂附属", p) for _, _, p in unplanned}
    assert found == unplanned | {
        ("V-111", "1#熟料线", "amount"),
        ("V-111", "1#熟料线", "deduction_factor"),
        ("V-111", "1#熟料线", "clinker"),
        ("V-111", "化验室", "amount"),
        ("V-112", "2#熟料线", "amount"),
        ("V-113", "1#机组", "carbon_content"),
        ("V-116", "1#熟料线", "carbon_content"),
        ("V-118", "1#熟料线", "net_calorific_value"),
        ("V-119", "1#机组", "amount"),
    }
    holes = asked.findings[asked.findings["code"] == "V-121"]
    assert {issue.params["months"] for issue in holes["issue"]} == {"2024-03", "2024-01, 2024-03"}


def test_output_stands_beside_the_emissions_of_its_facility(asked: Verification) -> None:
    want = hand(CEMENT)
    line = want["kiln_coal"] + want["clinker"] + want["substitution"]
    table = asked.outputs.set_index("measure")
    assert table.loc["clinker", "intensity"] == pytest.approx(line / 240_000, **CLOSE)
    unit = want["unit_coal"] + want["unit_power"]
    assert table.loc["供电量", "intensity"] == pytest.approx(unit / 27_000, **CLOSE)


def test_figures_of_processes_stand_beside_the_enterprise_and_are_never_added(
    steel: cc.Inventory,
) -> None:
    want = hand(STEEL)
    assert steel.co2e_t == pytest.approx(want["enterprise"], **CLOSE)
    assert steel.totals["ets_compliance"] == steel.co2e_t
    table = verification(steel).processes
    beside = table.set_index("process")["memo_process_t"]
    for process in ("焦化", "高炉", "轧钢"):
        assert beside[process] == pytest.approx(want[process], **CLOSE), process
        assert table.set_index("process")["co2e_t"].isna()[process]
    total = table.iloc[-1]
    assert total["co2e_t"] == steel.co2e_t
    assert total["memo_process_t"] != total["memo_process_t"], "no sum over processes"


@pytest.mark.parametrize(
    "case", sorted(p.name for p in (Path(__file__).parent / "methods").iterdir() if p.is_dir())
)
def test_the_verifiers_tables_of_every_method_close_on_its_totals(case: str) -> None:
    inv = cc.compute(
        Path(__file__).parent / "methods" / case / "activity.csv",
        grades="ABCDS", year_fallback="latest",
    )  # fmt: skip
    made = verification(inv)
    total = cc.exact_sum(inv.lines["co2e_t"])
    memo = cc.exact_sum(inv.memo["co2e_t"])
    for table, value in ((made.detail, "co2e_t"), (made.monthly, "whole")):
        rows = table if value == "co2e_t" else table[table["parameter"] == "co2e_t"]
        counted = rows["account"] == "counted"
        # each cell is the double nearest to an exact sum: adding cells again may move the last bit
        assert cc.exact_sum(rows.loc[counted, value]) == pytest.approx(total, rel=1e-15)
        assert cc.exact_sum(rows.loc[~counted, value]) == pytest.approx(memo, rel=1e-14)
    assert made.facilities["co2e_t"].iloc[-1] == total


def test_a_smelter_and_its_power_plant_count_side_by_side_and_never_twice() -> None:
    want = hand(SMELTER)
    inv = cc.compute(SMELTER / "activity.csv", grades="ABCDS", year_fallback="latest")
    mine = ("anodes", "fluorides", "baking", "unit_coal", "unit_oil", "unit_power")
    total = sum(want[figure] for figure in mine)
    assert total == pytest.approx(964_914.3259, abs=1e-4)
    assert inv.co2e_t == pytest.approx(total, **CLOSE)
    assert inv.totals["document"] == inv.totals["ets_compliance"] == inv.co2e_t
    by = inv.by("facility", "source")
    assert by["1#系列", "anode_consumption"] == pytest.approx(want["anodes"], **CLOSE)
    assert by["1#系列", "anode_effect"] == pytest.approx(want["fluorides"], rel=1e-9)
    memo = inv.memo.groupby(["account", "source"])[["co2e_t", "mass_t"]].sum()
    grid = memo.loc[("auxiliary", "purchased_electricity"), "co2e_t"]
    assert grid == pytest.approx(want["potline_grid_power"], **CLOSE)
    straw = memo.loc[("biogenic", "biomass_combustion"), "mass_t"]
    assert straw == pytest.approx(want["straw"], **CLOSE)
    assert memo.loc[("outside_document", "exported_electricity"), "co2e_t"] < 0


def test_gas_handed_to_the_power_unit_of_a_steel_works_counts_once() -> None:
    want = hand(STEEL_POWER)
    inv = cc.compute(STEEL_POWER / "activity.csv", grades="ABCDS", year_fallback="latest")
    assert inv.co2e_t == pytest.approx(sum(want.values()), **CLOSE)
    assert inv.co2e_t == pytest.approx(1_143_923.2933, abs=1e-4)
    assert inv.totals["ets_compliance"] == inv.co2e_t
    by = inv.by("facility")
    assert by["1#机组"] == pytest.approx(want["gas_burnt"], **CLOSE)
    assert "M-115" not in {f.code for f in inv.findings}


def test_gas_burnt_in_the_power_unit_and_not_handed_on_is_said_to_count_twice() -> None:
    rows = pd.read_csv(STEEL_POWER / "activity.csv")
    without = rows[~((rows["source"] == "fixed_carbon") & (rows["item"] == "高炉煤气"))]
    inv = cc.compute(without, grades="ABCDS", year_fallback="latest")
    finding = next(f for f in inv.findings if f.code == "M-115")
    assert finding.params["burnt"] == "254433.960"
    assert "blast_furnace_gas" in finding.text("zh")


def test_a_process_has_its_own_intensity_beside_the_enterprises() -> None:
    made = [
        {"entity": "乙钢", "period": "2024", "process": "焦化", "measure": "coke",
         "amount": 700, "unit": "t"},
        {"entity": "乙钢", "period": "2024", "measure": "crude_steel", "amount": 1100, "unit": "t"},
    ]  # fmt: skip
    table = cc.read_activity(STEEL / "activity.csv", outputs=pd.DataFrame(made))
    inv = cc.compute(table, year_fallback="latest")
    shown = verification(inv).outputs.set_index(["measure", "account"])
    want = hand(STEEL)
    assert shown.loc[("coke", "process"), "intensity"] == pytest.approx(want["焦化"] / 700, **CLOSE)
    steel_intensity = shown.loc[("crude_steel", "counted"), "intensity"]
    assert steel_intensity == pytest.approx(want["enterprise"] / 1100, **CLOSE)
    assert ("crude_steel", "process") not in shown.index
    nothing_counted = shown.loc[("coke", "counted"), "co2e_t"]
    assert nothing_counted != nothing_counted
