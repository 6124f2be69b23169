"""A cement plant with its own power unit, and a steelworks with its processes beside it."""

import warnings
from typing import Any

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning
from carboncalc.inventory.result import Inventory


def compute(rows: list[dict[str, Any]]) -> Inventory:
    base = {"entity": "plant", "period": "2024"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(pd.DataFrame([base | row for row in rows]), year_fallback="latest")


def row(
    method: str, source: str, item: str, amount: float, unit: str, **more: str
) -> dict[str, Any]:
    return {
        "method": method, "source": source, "item": item, "amount": amount, "unit": unit, **more,
    }  # fmt: skip


KILN = row("cement-cets", "fossil_combustion", "bituminous_coal", 10_000, "t",
           carbon_content="0.55 tC/t", carbon_basis="ar", facility="kiln")  # fmt: skip
CLINKER = row("cement-cets", "clinker", "clinker", 100_000, "t", facility="kiln")
SLAG = row("cement-cets", "clinker_substitution", "carbide_slag", 1_000, "t", facility="kiln")
CANTEEN = row("cement-cets", "other_combustion", "natural_gas", 1, "万Nm3")
POWER = row("cement-cets", "purchased_electricity", "electricity", 1_000, "MWh")
UNIT = row("power-generation-cets", "fossil_combustion", "bituminous_coal", 1_000, "t",
           carbon_content="0.58 tC/t", carbon_basis="ar", facility="unit 1")  # fmt: skip


def test_each_row_is_counted_under_its_own_document() -> None:
    inventory = compute([KILN, CLINKER, SLAG, CANTEEN, POWER, UNIT])
    by_method = inventory.lines.groupby("method_id")["co2e_t"].sum()
    unit = 1_000 * 0.58 * 0.99 * 44 / 12
    line = 10_000 * 0.55 * 0.99 * 44 / 12 + 100_000 * 0.535 - 1_000 * 0.480
    canteen = 389.31 * 0.01532 * 0.99 * 44 / 12
    power = 1_000 * 0.5306
    assert by_method["power-generation-cets"] == pytest.approx(unit, rel=1e-9)
    assert by_method["cement-cets"] == pytest.approx(line + canteen + power, rel=1e-9)


def test_the_compliance_total_holds_the_clinker_line_and_the_power_unit_only() -> None:
    inventory = compute([KILN, CLINKER, SLAG, CANTEEN, POWER, UNIT])
    line = 10_000 * 0.55 * 0.99 * 44 / 12 + 100_000 * 0.535 - 1_000 * 0.480
    unit = 1_000 * 0.58 * 0.99 * 44 / 12
    assert inventory.totals["ets_compliance"] == pytest.approx(line + unit, rel=1e-9)
    assert inventory.totals["document"] > inventory.totals["ets_compliance"]


STEEL = "iron-steel-cets"
ENTERPRISE = [
    row(STEEL, "fossil_combustion", "coke", 1_000, "t", carbon_content="0.86 tC/t"),
    row(STEEL, "flux", "limestone", 100, "t"),
    row(STEEL, "fixed_carbon", "pig_iron", 50, "t"),
]
PROCESSES = [
    row(STEEL, "process_fuel_in", "coke_oven_gas", 100, "万Nm3", process="rolling"),
    row(STEEL, "process_fuel_out", "converter_gas", 300, "万Nm3", process="converter"),
    row(STEEL, "process_electricity_in", "electricity", 100, "MWh", process="rolling"),
    row(STEEL, "purchased_electricity", "electricity", 500, "MWh"),
]


def test_processes_and_auxiliary_power_stand_beside_the_total_and_never_in_it() -> None:
    alone, together = compute(ENTERPRISE), compute(ENTERPRISE + PROCESSES)
    assert cc.exact_sum(together.lines["co2e_t"]) == cc.exact_sum(alone.lines["co2e_t"])
    for name in ("document", "ets_compliance"):
        assert together.totals[name] == alone.totals[name]
    accounts = together.memo.groupby("account")["co2e_t"].sum()
    assert {"process", "auxiliary"} <= set(accounts.index)
    by_process = together.memo[together.memo["account"] == "process"].groupby("process")["co2e_t"]
    assert by_process.sum()["converter"] < 0, "a process that gives gas away comes out negative"


def test_auxiliary_power_still_counts_where_the_protocol_counts_it() -> None:
    with_power = compute([*ENTERPRISE, PROCESSES[-1] | {"region": "CN-35"}])
    without = compute(ENTERPRISE)
    extra = with_power.totals["ghgp_location"] - without.totals["ghgp_location"]
    assert extra == pytest.approx(500 * 0.4211, rel=1e-9)


def test_a_source_the_document_lacks_is_shown_outside_it() -> None:
    leak = row("cement-cets", "refrigerant_leakage", "R-410A", 0.1, "t")
    inventory = compute([CLINKER, leak])
    assert inventory.totals["document"] == pytest.approx(53_500.0)
    outside = inventory.memo[inventory.memo["account"] == "outside_document"]
    assert set(outside["gas"]) == {"HFC-32", "HFC-125"}
