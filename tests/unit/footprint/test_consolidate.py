"""Consolidation of parks and groups, each figure worked out in the test by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from made import inventory, row

from carboncalc.errors import BoundaryError, TransferImbalanceError
from carboncalc.footprint.consolidate import consolidate
from carboncalc.footprint.grains import grains, tonnes

PARK = [
    {"id": "A", "name": "Tenant A", "kind": "tenant", "floor_area": 300.0, "headcount": 10.0},
    {"id": "B", "name": "Tenant B", "kind": "tenant", "floor_area": 100.0, "headcount": 30.0},
    {"id": "ST", "name": "Heat station", "kind": "shared"},
    {"id": "OPS", "name": "Operator", "kind": "shared", "allocation": {"lighting": "floor_area"}},
    {"id": "PV", "name": "PV plant", "kind": "shared"},
    {"id": "OUT", "name": "Neighbour", "kind": "outside"},
]


def heat(buyer, amount, seller="ST"):
    return [
        row(buyer, "purchased_heat", "heat", amount, seller),
        row(seller, "exported_heat", "heat", amount, buyer),
    ]


def power(buyer, amount, seller, **more):
    return [
        row(buyer, "purchased_electricity", "electricity", amount, seller, **more),
        row(seller, "exported_electricity", "electricity", amount, buyer, **more),
    ]


def sold(mwh):
    return {"id": "G1", "mwh": mwh, "period": "2023", "owner": "PV", "beneficiary": "X Ltd"}


def changed(entity, **fields):
    return [dict(p, **fields) if p["id"] == entity else p for p in PARK]


def station(gas=10, a=600, b=400):
    """200 t from gas, 1000 GJ supplied: 0.2 t/GJ."""
    return [row("ST", "fossil_combustion", "natural_gas", gas), *heat("A", a), *heat("B", b)]


def test_a_station_hands_its_emissions_to_the_users_of_its_heat():
    fp = consolidate(inventory(station()), PARK)
    # 10 × 20 = 200 t; 200 t / 1000 GJ = 0.2 t/GJ; A 600 × 0.2 = 120, B 400 × 0.2 = 80.
    tenants = fp.by_tenant()
    assert fp.co2e_t == 200.0
    assert tenants.loc["A", "co2e_t"] == 120.0
    assert tenants.loc["A", "scope2"] == 120.0
    assert tenants.loc["B", "co2e_t"] == 80.0
    assert tenants.loc["(unallocated)", "co2e_t"] == 0.0
    assert fp.internal_factors().loc[0, "factor"] == pytest.approx(0.2, rel=1e-12)


def test_the_park_is_direct_plus_external_energy_on_every_basis():
    rows = [*station(), row("OPS", "purchased_electricity", "electricity", 110)]
    rows += [*power("A", 60, "OPS"), *power("B", 40, "OPS"), *power("ST", 5, "OPS")]
    fp = consolidate(inventory(rows), PARK)
    # direct 200; bought outside 110 MWh × 0.5 (location, document) or × 0.6 (market)
    assert fp.totals == {
        "document": 255.0, "ets_compliance": None, "ghgp_location": 255.0, "ghgp_market": 266.0,
    }  # fmt: skip
    assert fp.by_scope() == {
        "1": 200.0, "2_location": 55.0, "2_market": 66.0, "2_method": 55.0, "3": None,
    }  # fmt: skip


def test_losses_between_master_meter_and_sub_meters_are_one_disclosed_factor():
    rows = [row("OPS", "purchased_electricity", "electricity", 110)]
    rows += [*power("A", 60, "OPS"), *power("B", 40, "OPS")]
    fp = consolidate(inventory(rows), PARK)
    supply = fp.internal_factors().loc[0]
    # 110 / 100 = 1.1; 55 t / 100 MWh = 0.55 t/MWh; A 33 t, B 22 t.
    assert supply["reconciliation_factor"] == pytest.approx(1.1, rel=1e-15)
    assert supply["factor"] == pytest.approx(0.55, rel=1e-12)
    assert fp.by_tenant().loc["A", "co2e_t"] == pytest.approx(33.0, abs=1e-12)
    assert fp.by_tenant().loc["B", "co2e_t"] == pytest.approx(22.0, abs=1e-12)


def test_sub_meters_above_the_master_meter_are_a_finding():
    rows = [row("OPS", "purchased_electricity", "electricity", 98), *power("A", 100, "OPS")]
    assert "B-041" in {issue.code for issue in consolidate(inventory(rows), PARK).findings}


def test_a_chain_of_supplies_carries_the_emission_of_each_link():
    # OPS buys 100 MWh (50 t), sells 90 to A and 10 to the station: 0.5 t/MWh.
    # Station: 200 t + 10 × 0.5 = 205 t over 1000 GJ = 0.205 t/GJ.
    rows = [*station(), row("OPS", "purchased_electricity", "electricity", 100)]
    rows += [*power("A", 90, "OPS"), *power("ST", 10, "OPS")]
    fp = consolidate(inventory(rows), PARK)
    tenants = fp.by_tenant()
    assert tenants.loc["A", "co2e_t"] == pytest.approx(45 + 600 * 0.205, abs=1e-9)
    assert tenants.loc["B", "co2e_t"] == pytest.approx(400 * 0.205, abs=1e-9)
    assert fp.co2e_t == 250.0
    # The table shows both parts of the numerator, so that its division can be done by hand.
    station_row = fp.internal_factors().set_index("supplier").loc["ST"]
    assert (station_row["own_t"], station_row["taken_t"]) == (200.0, pytest.approx(5.0, abs=1e-12))
    assert station_row["factor"] == pytest.approx(205 / station_row["supplied"], rel=1e-12)


def test_a_ring_of_supplies_is_solved():
    # PV takes 10 MWh of night power from OPS and supplies it 50; OPS buys 100 (50 t) and sells
    # 100 to A.
    # f_ops = (50 + 50 f_pv) / 110, f_pv = 10 f_ops / 50  →  f_ops (110 − 10) = 50 → 0.5.
    rows = [row("OPS", "purchased_electricity", "electricity", 100)]
    rows += power("PV", 10, "OPS") + power("OPS", 50, "PV", instrument="direct")
    rows += power("A", 100, "OPS")
    fp = consolidate(inventory(rows), PARK)
    factors = fp.internal_factors().set_index("supplier")["factor"]
    assert factors["OPS"] == pytest.approx(0.5, rel=1e-12)
    assert factors["PV"] == pytest.approx(0.1, rel=1e-12)
    assert fp.by_tenant().loc["A", "co2e_t"] == pytest.approx(50.0, abs=1e-9)
    assert fp.co2e_t == 50.0


def test_own_pv_is_free_and_its_location_figure_ignores_certificates():
    rows = [*power("A", 40, "PV", instrument="direct")]
    fp = consolidate(inventory(rows), PARK)
    assert fp.co2e_t == 0.0


def test_a_sold_certificate_takes_the_attribute_from_the_market_view_only():
    rows = [row("A", "purchased_electricity", "electricity", 10, period="2023")]
    rows += power("A", 40, "PV", instrument="direct", period="2023")
    park = SetOf(
        PARK, [{"id": "G1", "mwh": 30, "period": "2023", "owner": "PV", "beneficiary": "X Ltd"}]
    )
    fp = consolidate(inventory(rows), park)
    # location 10 × 0.5; market 10 × 0.6 + 30 MWh × 0.6096 (2023, no market-traded non-fossil)
    assert fp.totals["ghgp_location"] == 5.0
    assert fp.totals["ghgp_market"] == pytest.approx(6 + 30 * 0.6096, abs=1e-12)
    assert fp.by_tenant("ghgp_market").loc["A", "co2e_t"] == pytest.approx(6 + 18.288, abs=1e-9)


def test_more_certificates_sold_than_green_power_is_refused():
    rows = power("A", 40, "PV", instrument="direct", period="2023")
    park = SetOf(
        PARK, [{"id": "G1", "mwh": 41, "period": "2023", "owner": "PV", "beneficiary": "X"}]
    )
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(rows), park)
    assert caught.value.code == "B-062"


def test_a_certificate_that_stands_twice_is_refused():
    entry = {"id": "G1", "mwh": 1, "period": "2024", "owner": "PV", "beneficiary": "X"}
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(station()), SetOf(PARK, [entry, entry]))
    assert caught.value.code == "B-060"


def test_a_service_without_a_meter_is_shared_out_by_its_key():
    # 8 MWh of lighting = 4 t over 300 and 100 m2: 3 t and 1 t.
    rows = [*station(), row("OPS", "purchased_electricity", "electricity", 8)]
    tenants = consolidate(inventory(rows), PARK).by_tenant()
    assert tenants.loc["A", "allocated"] == 3.0
    assert tenants.loc["B", "allocated"] == 1.0


def test_a_shuttle_bus_is_not_in_the_heat():
    rows = [*station(), row("ST", "mobile_combustion", "diesel", 2)]
    fp = consolidate(inventory(rows), PARK)
    assert fp.internal_factors().loc[0, "factor"] == pytest.approx(0.2, rel=1e-12)
    assert fp.unallocated().values.tolist() == [["ST", "other", 6.0]]


def test_heat_sold_outside_stays_with_the_station_and_earns_no_scope_2_credit():
    rows = [*station(a=600, b=0), row("ST", "exported_heat", "heat", 400, "OUT")]
    fp = consolidate(inventory([r for r in rows if r["amount"]]), PARK)
    assert fp.by_tenant().loc["A", "co2e_t"] == 120.0
    assert fp.totals["ghgp_location"] == 200.0
    assert fp.totals["document"] == 200.0 - 400 * 0.1


def test_a_stated_factor_only_redistributes():
    park = [
        dict(p, internal_factor={"heat": "0.15 tCO2/GJ"}) if p["id"] == "ST" else p for p in PARK
    ]
    average, stated = (
        consolidate(inventory(station()), PARK),
        consolidate(inventory(station()), park),
    )
    assert stated.statement.total == average.statement.total
    assert stated.by_tenant().loc["A", "co2e_t"] == pytest.approx(90.0, abs=1e-12)
    assert stated.by_tenant().loc["(unallocated)", "co2e_t"] == pytest.approx(50.0, abs=1e-12)


def test_a_tenant_that_resells_power_keeps_what_it_does_not_pass_on():
    rows = [row("A", "purchased_electricity", "electricity", 100), *power("B", 30, "A")]
    tenants = consolidate(inventory(rows), PARK).by_tenant()
    assert tenants.loc["A", "co2e_t"] == pytest.approx(35.0, abs=1e-12)
    assert tenants.loc["B", "co2e_t"] == pytest.approx(15.0, abs=1e-12)


def test_a_tenant_cannot_pass_on_more_than_it_bought():
    rows = [row("A", "purchased_electricity", "electricity", 20), *power("B", 30, "A")]
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(rows), PARK)
    assert caught.value.code == "B-055"


def test_a_tenant_may_export_the_surplus_of_its_own_generation():
    rows = [row("A", "fossil_combustion", "natural_gas", 1)]
    rows.append(row("A", "exported_electricity", "electricity", 30))
    fp = consolidate(inventory(rows), PARK)
    assert fp.totals["document"] == 20.0 - 15.0
    assert fp.totals["ghgp_location"] == 20.0


def test_heat_from_a_tenants_own_boiler_needs_a_stated_factor():
    rows = [row("A", "fossil_combustion", "natural_gas", 1), *heat("B", 10, "A")]
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(rows), PARK)
    assert caught.value.code == "B-050"
    park = changed("A", internal_factor={"heat": 0})
    assert consolidate(inventory(rows), park).by_tenant().loc["B", "co2e_t"] == 0.0


def test_transfers_that_do_not_balance_name_both_figures():
    rows = station()
    rows[2]["amount"] = 590.0  # the seller's mirror of A's 600 GJ
    with pytest.raises(TransferImbalanceError) as caught:
        consolidate(inventory(rows), PARK)
    params = caught.value.params
    assert (params["bought"], params["sold"], params["seller"], params["buyer"]) == (
        600,
        590,
        "ST",
        "A",
    )
    assert "600.0 GJ" in caught.value.text("en")


def test_half_a_percent_is_agreed_and_a_declared_meter_class_replaces_it():
    rows = station()
    rows[2]["amount"] = 597.0  # exactly 0.5 % of 600
    assert consolidate(inventory(rows), PARK).co2e_t == 200.0
    rows[1]["meter"] = "M1"
    with pytest.raises(TransferImbalanceError):
        consolidate(inventory(rows), PARK, meter_class={"M1": 0.2})
    rows[2]["amount"] = 590.0
    assert consolidate(inventory(rows), PARK, meter_class={"M1": 2.0}).co2e_t == 200.0


def test_months_that_cancel_over_the_year_are_still_an_imbalance():
    rows = [row("ST", "fossil_combustion", "natural_gas", 10)]
    for period, bought, sold in (("2024-01", 100, 80), ("2024-02", 80, 100)):
        rows.append(row("A", "purchased_heat", "heat", bought, "ST", period=period))
        rows.append(row("ST", "exported_heat", "heat", sold, "A", period=period))
    with pytest.raises(TransferImbalanceError):
        consolidate(inventory(rows), PARK)


def test_units_are_converted_before_the_two_sides_are_compared():
    rows = [row("OPS", "purchased_electricity", "electricity", 100)]
    rows += [row("A", "purchased_electricity", "electricity", 90, "OPS")]
    rows += [row("OPS", "exported_electricity", "electricity", 90_000, "A", unit="kWh", scale=1e-3)]
    assert consolidate(inventory(rows), PARK).by_tenant().loc["A", "co2e_t"] == pytest.approx(50.0)


def test_a_sale_that_the_buyer_does_not_know_is_refused():
    rows = station()
    del rows[1]
    with pytest.raises(TransferImbalanceError) as caught:
        consolidate(inventory(rows), PARK)
    assert (caught.value.params["bought"], caught.value.params["sold"]) == (0.0, 600.0)


def test_a_purchase_without_a_mirror_is_a_finding():
    rows = station()
    del rows[2]
    fp = consolidate(inventory(rows), PARK)
    assert [issue.code for issue in fp.findings] == ["B-040"]
    assert fp.co2e_t == 200.0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"counterparty": "NOBODY"}, "B-020"),
        ({"entity": "STRANGER"}, "B-021"),
        ({"counterparty": "A"}, "B-022"),
        ({"unit": "t"}, "B-023"),
        ({"source": "purchased_cooling"}, "B-024"),
    ],
)
def test_each_broken_flow_is_refused_by_its_own_name(change, code):
    rows = station()
    rows[1] |= change
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(rows), PARK)
    assert caught.value.code == code
    assert caught.value.hint("zh")
    assert caught.value.hint("en")


def test_two_tenants_with_one_id_are_refused():
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(station()), [*PARK, {"id": "A", "name": "Other", "kind": "tenant"}])
    assert caught.value.code == "B-010"


def test_a_tenant_without_the_key_is_named_not_skipped():
    park = [dict(p) for p in PARK]
    del park[1]["floor_area"]
    rows = [*station(), row("OPS", "purchased_electricity", "electricity", 8)]
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(rows), park)
    assert caught.value.params["entities"] == "B"


def test_power_and_heat_from_one_plant_is_refused_until_the_rows_say_what_for():
    rows = [*station(), *power("A", 10, "ST")]
    with pytest.raises(BoundaryError) as caught:
        consolidate(inventory(rows), PARK)
    assert caught.value.code == "B-053"
    rows[0]["process"] = "heat"
    assert consolidate(inventory(rows), PARK).by_tenant().loc["A", "co2e_t"] == pytest.approx(120)


def test_a_transfer_across_the_new_year_is_split_by_days():
    # 30 days: 16 in December, 14 in January; the station's year 2024 has 160 GJ, 2025 140 GJ.
    span = {"period": "2024-12-16/2025-01-15", "start": "2024-12-16", "end": "2025-01-15"}
    rows = [row("A", "purchased_heat", "heat", 300, "ST", **span)]
    rows += [row("ST", "exported_heat", "heat", 300, "A", **span)]
    rows += [row("ST", "fossil_combustion", "natural_gas", 1, period="2024")]
    rows += [row("ST", "fossil_combustion", "natural_gas", 2, period="2025")]
    factors = consolidate(inventory(rows), PARK).internal_factors().set_index("year")
    assert factors["supplied"].to_dict() == {2024: pytest.approx(160), 2025: pytest.approx(140)}
    assert factors["factor"].to_dict() == {
        2024: pytest.approx(20 / 160),
        2025: pytest.approx(40 / 140),
    }


def test_a_tenant_that_left_is_counted_until_it_left():
    park = changed("A", valid_to=pd.Timestamp("2024-06-30").date())
    months = [f"2024-{month:02d}" for month in range(1, 13)]
    rows = [
        row("A", "mobile_combustion", "diesel", 1, period=month, start=f"{month}-01")
        for month in months
    ]
    assert consolidate(inventory(rows), park).co2e_t == 18.0


def test_heat_for_a_tenant_that_left_is_sold_outside():
    # 12 months of 10 GJ; A belongs until June: 60 GJ inside, 60 GJ to what is then a stranger.
    park = changed("A", valid_to=pd.Timestamp("2024-06-30").date())
    rows = [row("ST", "fossil_combustion", "natural_gas", 6)]
    for month in range(1, 13):
        start = f"2024-{month:02d}-01"
        for record in heat("A", 10):
            rows.append(record | {"period": start[:7], "period_start": pd.Timestamp(start)})
    fp = consolidate(inventory(rows), park)
    # 120 t from 6 × 20, 1 t/GJ over all 120 GJ
    assert fp.by_tenant().loc["A", "co2e_t"] == pytest.approx(60.0, abs=1e-9)


def test_explain_names_the_largest_parts_of_a_tenant():
    rows = [*station(), row("A", "mobile_combustion", "diesel", 10)]
    table = consolidate(inventory(rows), PARK).explain("Tenant A", top=5)
    assert table["part"].tolist() == ["supplied by ST", "own"]
    assert table["co2e_t"].tolist() == [120.0, 30.0]
    assert table["share"].tolist() == [0.8, 0.2]


def test_what_flows_into_a_shared_plant_flows_out_of_it():
    rows = [*station(), row("OPS", "purchased_electricity", "electricity", 100)]
    rows += [*power("A", 90, "OPS"), *power("ST", 10, "OPS")]
    flows = consolidate(inventory(rows), PARK).flows()
    for plant in ("ST", "OPS"):
        into = flows.loc[flows["target"] == plant, "co2e_t"].sum()
        out = flows.loc[flows["origin"] == plant, "co2e_t"].sum()
        assert into == pytest.approx(out, abs=1e-9)


def test_intensity_names_its_coverage():
    outputs = pd.DataFrame(
        {"entity": ["A"], "period": "2024", "measure": "widgets", "amount": [60.0], "unit": "t",
         "statistic": None}
    )  # fmt: skip
    fp = consolidate(inventory(station(), outputs=outputs), PARK)
    found = fp.intensity("widgets").iloc[0]
    assert (found["intensity"], found["intensity_unit"]) == (2.0, "t CO2e/t")
    assert found["coverage"] == pytest.approx(0.6)
    with pytest.raises(BoundaryError) as caught:
        fp.intensity("revenue")
    assert caught.value.code == "B-080"


def test_mixed_gwp_sets_do_not_add_up():
    inv = inventory(station())
    extra = inv.lines.iloc[[0, 0]].assign(gas="CH4", gwp_set=["SAR", "AR5"], co2e_t=[1.0, 1.0])
    inv.lines = pd.concat([inv.lines, extra], ignore_index=True)
    with pytest.raises(BoundaryError) as caught:
        consolidate(inv, PARK)
    assert caught.value.code == "B-013"


def test_the_footprint_says_the_main_things_in_ten_lines():
    fp = consolidate(inventory(station()), PARK)
    text = repr(fp)
    assert len(text.splitlines()) <= 10
    for fact in ("200.00 t CO2e", "2024", "operational_control", "GWP"):
        assert fact in text
    assert "<table>" in fp._repr_html_()


def test_the_whole_is_kept_in_grains():
    rows = [row("ST", "fossil_combustion", "natural_gas", 0.1), *heat("A", 0.7), *heat("B", 0.3)]
    fp = consolidate(inventory(rows), PARK)
    statement = fp.statement
    assert sum(statement.responsible(m.id) for m in fp.members.inside()) == statement.total
    assert statement.total == grains(fp.inventory.lines["co2e_t"].iloc[0])
    assert tonnes(statement.total) == fp.co2e_t


class SetOf:
    """An entity set with certificates."""

    def __init__(self, entities, certificates):
        self.entities, self.certificates = entities, certificates


def test_lines_that_are_left_out_are_said():
    rows = [*station(), row("OUT", "mobile_combustion", "diesel", 2)]
    rows.append(row("A", "mobile_combustion", "diesel", 1, period="2025"))
    park = changed("A", valid_to=pd.Timestamp("2024-12-31").date())
    found = {i.code: i.params["co2e_t"] for i in consolidate(inventory(rows), park).findings}
    assert found == {"B-044": 6.0, "B-045": 3.0}
