"""The borrower's carbon record: written by an inventory, read by a bank, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import carboncalc as cc
from carboncalc.errors import FinanceError
from carboncalc.finance.carbon_record import make_carbon_record

WHO = {
    "uscc": "91440300708461136T", "name": "made", "consent_id": "C-1",
    "consent_until": "2030-12-31",
}  # fmt: skip

#: The fields of contract section 11, in its order.
CONTRACT = (
    "uscc", "name", "year", "document", "boundary", "approach", "s1_t", "s2_location_t",
    "s2_market_t", "gases", "gwp_set", "energy", "tce_basis", "outputs", "verification",
    "evidence_share", "consent_id", "consent_until", "run_digest",
)  # fmt: skip


def plant(*more):
    rows = [
        {"source": "fossil_combustion", "item": "natural_gas", "amount": 10, "unit": "万Nm3"},
        {"source": "purchased_electricity", "item": "electricity", "amount": 100, "unit": "MWh"},
        *more,
    ]
    shared = {"entity": "P", "period": "2023", "method": "other-industry", "region": "CN-35"}
    return cc.compute([{**shared, **row} for row in rows])


LEAK = {"source": "refrigerant_leakage", "item": "HFC-134a", "amount": 2, "unit": "kg"}


def test_the_file_has_every_field_of_the_contract(tmp_path: Path) -> None:
    cc.write_carbon_record(plant(LEAK), tmp_path / "r.json", **WHO)
    data = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [name for name in CONTRACT if name not in data] == []
    assert (data["contract"], data["record"]) == (1, "borrower-carbon")


def test_the_scopes_are_those_of_the_ghg_protocol_totals(tmp_path: Path) -> None:
    record = cc.write_carbon_record(plant(LEAK), tmp_path / "r.json", **WHO)
    # 10 × 21.62188809; 2 kg × 1300 outside the guideline; 100 MWh by 0.4211 and 0.6096 (2023)
    assert record.s1_t == pytest.approx(216.2188809 + 2.6, abs=1e-6)
    assert record.s2_location_t == pytest.approx(42.11, abs=1e-9)
    assert record.s2_market_t == pytest.approx(60.96, abs=1e-9)
    assert record.gases == ("CO2", "HFC-134a")
    assert record.document == "other-industry"


def test_a_record_comes_back_as_it_went(tmp_path: Path) -> None:
    record = cc.write_carbon_record(plant(LEAK), tmp_path / "r.json", **WHO)
    again = cc.read_carbon_record(tmp_path / "r.json")
    assert again == record
    assert again.digest == record.digest
    assert record.run_digest == plant(LEAK).run.digest


def test_a_total_of_carbon_dioxide_alone_is_refused_unless_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FinanceError) as caught:
        make_carbon_record(plant(), **WHO)
    assert caught.value.code == "L-101"
    path = tmp_path / "r.json"
    assert cc.write_carbon_record(plant(), path, co2_only=True, **WHO).co2_only
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["co2_only"]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(FinanceError) as caught:
        cc.read_carbon_record(path)
    assert caught.value.code == "L-101"


def test_a_flag_that_is_not_true_is_refused() -> None:
    with pytest.raises(FinanceError) as caught:
        make_carbon_record(plant(LEAK), co2_only=True, **WHO)
    assert caught.value.code == "L-103"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"s1_t": "many"}, "s1_t"),
        ({"consent_id": ""}, "consent_id"),
        ({"verification": "full"}, "verification"),
        ({"surprise": 1}, "surprise"),
        ({"gwp_set": None}, "gwp_set"),
        ({"energy": 10.0}, "tce_basis"),
        ({"s2_location_t": None, "s2_market_t": None}, "scope 2"),
        ({"s1_t": float("nan")}, "s1_t"),
    ],
)
def test_a_record_that_does_not_hold_together_names_the_field(tmp_path, change, word) -> None:
    path = tmp_path / "r.json"
    cc.write_carbon_record(plant(LEAK), path, **WHO)
    data = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(FinanceError) as caught:
        cc.read_carbon_record(path)
    assert caught.value.code == "L-103"
    assert word in caught.value.text("en")


def test_a_file_that_is_no_record_is_refused(tmp_path: Path) -> None:
    for text in ("[]", "{", ""):
        (tmp_path / "r.json").write_text(text, encoding="utf-8")
        with pytest.raises(FinanceError) as caught:
            cc.read_carbon_record(tmp_path / "r.json")
        assert caught.value.code == "L-103"


def test_consent_runs_out_after_its_last_day(tmp_path: Path) -> None:
    cc.write_carbon_record(plant(LEAK), tmp_path / "r.json", **WHO)
    assert cc.read_carbon_record(tmp_path / "r.json", on="2030-12-31").name == "made"
    with pytest.raises(FinanceError) as caught:
        cc.read_carbon_record(tmp_path / "r.json", on="2031-01-01")
    assert caught.value.code == "L-105"


def test_one_record_is_of_one_year() -> None:
    rows = [
        {"entity": "P", "period": year, "method": "other-industry", "amount": 1, "unit": "t",
         "source": "fossil_combustion", "item": "diesel"}
        for year in ("2022", "2023")
    ]  # fmt: skip
    with pytest.raises(FinanceError) as caught:
        make_carbon_record(cc.compute(rows), co2_only=True, **WHO)
    assert caught.value.code == "L-102"


def test_a_tenant_of_a_park_bears_its_supply_at_the_internal_factor() -> None:
    footprint = cc.examples.park_footprint()
    record = make_carbon_record(footprint, entity="T1", co2_only=True, **WHO)
    row = footprint.by_entity("ghgp_location").loc["T1"]
    assert record.s1_t == row["scope1"]
    assert record.s2_location_t == row["scope2_internal"] > 0
    measures = {output.measure for output in record.outputs}
    assert measures == {"value_added", "revenue", "gearbox"}


def test_the_walk_from_a_loan_to_the_page_of_the_guideline() -> None:
    loans, records = cc.examples.attribution_loans(), cc.examples.attribution_records()
    found = cc.financed_emissions(loans, records)
    row = found.loan_table().set_index("loan_id").loc["MADE-1"]
    record = next(r for r in records if r.uscc == row["borrower_id"])
    assert row["financed_s12_t"] == pytest.approx(
        row["attribution_factor"] * (record.s1_t + record.s2_location_t), rel=1e-12
    )
    footprint = cc.examples.park_footprint()
    assert record.run_digest == footprint.inventory.run.digest
    line = footprint.lines_of("T1").iloc[0]
    assert line["factor_ids"]
    assert footprint.inventory.trace(line["line_id"]).text()
