"""What aggregate refuses, leaves to the ledger path, or counts, row by row."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.inventory import by_ledger

COAL = {
    "entity": "P", "period": "2023-01", "method": "other-industry", "region": "CN-35",
    "source": "fossil_combustion", "item": "bituminous_coal", "amount": 10.0, "unit": "t",
}  # fmt: skip
NCV = {"net_calorific_value": 22.0, "net_calorific_value_unit": "GJ/t"}
MEASURED = {"entity": "P", "period": "2023-01", "source": "fossil_combustion",
            "item": "bituminous_coal", "parameter": "net_calorific_value", "value": 22.0,
            "unit": "GJ/t"}  # fmt: skip


@pytest.fixture
def blocks_only(monkeypatch):
    """The ledger path must not be taken."""
    monkeypatch.setattr(
        by_ledger, "aggregate_by_ledger", lambda *a, **k: pytest.fail("left the blocks")
    )


def co2(rows, **choices):
    return cc.aggregate(pd.DataFrame(rows), ["entity"], **choices)["CO2"].tolist()


def test_a_measured_month_takes_the_place_of_the_default(blocks_only):
    # 10 t × 22 GJ/t × 0.02618 tC/GJ × 0.93 × 44/12, the last two the document's defaults
    carbon = 10 * 22.0 * 0.02618
    assert co2([COAL], parameters=[MEASURED]) == pytest.approx([carbon * 0.93 * 44 / 12], rel=1e-12)
    assert co2([COAL | NCV]) == co2([COAL], parameters=[MEASURED])


def test_the_row_goes_before_the_month(blocks_only):
    own = COAL | {"net_calorific_value": 20.0, "net_calorific_value_unit": "GJ/t"}
    assert co2([own], parameters=[MEASURED]) == co2([own])


def test_a_month_that_was_not_measured_takes_the_default_and_no_mean(blocks_only):
    february = COAL | {"period": "2023-02"}
    assert co2([february], parameters=[MEASURED]) == co2([february])


def test_the_shortest_measurement_that_covers_a_month_is_taken(blocks_only):
    year = MEASURED | {"period": "2023", "value": 25.0}
    quarter = MEASURED | {"period": "2023Q1", "value": 24.0}
    rows = [COAL, COAL | {"period": "2023-02"}, COAL | {"period": "2023-07"}]
    each = [co2([row], parameters=[year, MEASURED, quarter])[0] for row in rows]
    wanted = [co2([row | NCV | {"net_calorific_value": v}])[0] for row, v in
              zip(rows, (22.0, 24.0, 25.0), strict=True)]  # fmt: skip
    assert each == wanted


def test_a_name_with_a_space_too_many_is_the_same_plant(blocks_only):
    assert co2([COAL | {"entity": " P "}], parameters=[MEASURED]) == co2([COAL | NCV])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"oxidation_factor": 1.2}, "A-037"),
        ({"oxidation_factor": 120.0, "oxidation_factor_unit": "%"}, "A-037"),
        ({"net_calorific_value": -22.0, "net_calorific_value_unit": "GJ/t"}, "A-038"),
        ({"net_calorific_value": 22.0}, "A-036"),
        ({"net_calorific_value": 2200.0, "net_calorific_value_unit": "GJ/t"}, "M-013"),
        ({"net_calorific_value": 22.0, "net_calorific_value_unit": "GJ/ton"}, "U-002"),
        ({"carbon_content": 0.6, "carbon_content_unit": "tC/t"}, "A-045"),
        ({"net_calorific_value": float("inf"), "net_calorific_value_unit": "GJ/t"}, "A-032"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(change, code):
    with pytest.raises(cc.ActivityDataError) as error:
        co2([COAL, COAL | {"period": "2023-02"} | change])
    assert [issue.code for issue in error.value.issues] == [code]
    assert error.value.issues[0].row == 2


def test_a_measured_value_that_cannot_be_is_refused_too():
    with pytest.raises(cc.ActivityDataError) as error:
        co2([COAL], parameters=[MEASURED | {"value": 2200.0}])
    assert [issue.code for issue in error.value.issues] == ["M-013"]


def test_a_row_of_sums_is_never_added_to_the_rows_it_sums():
    for place in ({"entity": "合计"}, {"facility": "小计"}):
        with pytest.raises(cc.ActivityDataError) as error:
            cc.aggregate(pd.DataFrame([COAL | {"facility": "n"}, COAL | place]), ["year"])
        assert [issue.code for issue in error.value.issues] == ["A-046"]


def test_a_product_of_a_balance_without_any_feedstock_is_refused():
    row = COAL | {"method": "chemical", "source": "product_carbon", "item": "methanol"}
    with pytest.raises(cc.ActivityDataError, match="M-018"):
        co2([row])


def test_biogenic_carbon_dioxide_is_no_part_of_any_sum(blocks_only):
    wood = {"item": "wood", "source": "biomass_combustion", "method": "ghg-protocol",
            "carbon_content": 0.4, "carbon_content_unit": "tC/t"}  # fmt: skip
    table = cc.aggregate(pd.DataFrame([COAL | {"method": "ghg-protocol"}, COAL | wood]), ["source"])
    assert table["source"].tolist() == ["fossil_combustion"]
    assert "CO2_biogenic" not in table


def test_gases_of_different_warming_sets_are_not_added():
    rows = [
        COAL | {"method": method, "source": "industrial_wastewater", "item": "wastewater",
                "unit": "m3", "technology": "anaerobic_reactor", "cod_in": 2.0,
                "cod_in_unit": "kg/m3", "cod_out": 0.5, "cod_out_unit": "kg/m3"}
        for method in ("other-industry", "ghg-protocol")
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    with pytest.raises(cc.CarbonCalcError, match="I-029"):
        cc.aggregate(frame, ["entity"])
    assert len(cc.aggregate(frame, ["method"])) == 2
    assert cc.aggregate(frame, ["entity"], gwp="AR5")["co2e_t"][0] > 0


def test_a_factor_of_zero_still_makes_a_group(blocks_only):
    power = {"source": "purchased_electricity", "item": "electricity", "unit": "MWh",
             "instrument": "direct"}  # fmt: skip
    table = cc.aggregate(pd.DataFrame([COAL | power]), ["source"])
    assert table.to_dict("records") == [
        {"source": "purchased_electricity", "CO2": 0.0, "co2e_t": 0.0}
    ]


def test_repeated_rows_count_on_both_paths_alike():
    litres = {"item": "diesel", "unit": "L", "density": 0.84, "density_unit": "kg/L"}
    twice = cc.aggregate(pd.DataFrame([COAL | litres] * 2), ["entity"])["co2e_t"][0]
    once = cc.aggregate(pd.DataFrame([COAL | litres]), ["entity"])["co2e_t"][0]
    assert twice == pytest.approx(2 * once, rel=1e-12)


def test_stocks_of_one_plant_are_balanced_though_the_table_is_cut(monkeypatch):
    monkeypatch.setattr(by_ledger, "CHUNK", 3)
    kinds = ["opening_stock", "purchase", "closing_stock"]
    rows = [
        COAL | {"entity": entity, "record_kind": kind, "amount": amount}
        for kind, amount in zip(kinds, (10.0, 90.0, 20.0), strict=True)
        for entity in ("A", "B", "C")
    ]
    table = cc.aggregate(pd.DataFrame(rows), ["entity"])
    assert table["entity"].tolist() == ["A", "B", "C"]
    assert table["CO2"].tolist() == pytest.approx([8 * co2([COAL])[0]] * 3, rel=1e-12)


def test_a_problem_far_down_a_cut_table_is_named_by_its_row(monkeypatch):
    monkeypatch.setattr(by_ledger, "CHUNK", 2)
    rows = [COAL | {"entity": name, "record_kind": "purchase"} for name in "ABABAB"]
    rows[4]["unit"] = "ton"
    with pytest.raises(cc.ActivityDataError) as error:
        cc.aggregate(pd.DataFrame(rows), ["entity"])
    assert [issue.row for issue in error.value.issues] == [5]


@pytest.mark.parametrize("basis", [None, "ad"])
def test_measured_carbon_of_coal_is_refused_without_its_basis_or_its_moisture(basis):
    carbon = MEASURED | {"parameter": "carbon_content", "value": 0.6, "unit": "tC/t"}
    row = COAL | ({} if basis is None else {"carbon_basis": basis})
    with pytest.raises(cc.ActivityDataError) as error:
        co2([row], parameters=[carbon])
    assert [issue.code for issue in error.value.issues] == ["M-012" if basis is None else "M-032"]
    assert co2([COAL | {"carbon_basis": "ar"}], parameters=[carbon]) == pytest.approx(
        [10 * 0.6 * 0.93 * 44 / 12], rel=1e-12
    )


def test_litres_with_their_density_stay_in_the_blocks(blocks_only):
    litres = COAL | {"item": "diesel", "unit": "L", "amount": 1000.0, "density": 0.84}
    # 1000 L × 0.84 kg/L = 0.84 t
    tonnes = COAL | {"item": "diesel", "amount": 0.84}
    assert co2([litres]) == pytest.approx(co2([tonnes]), rel=1e-12)
    spelled = litres | {"density": 840.0, "density_unit": "kg/m3"}
    assert co2([spelled]) == pytest.approx(co2([tonnes]), rel=1e-12)


@pytest.mark.parametrize("change", [{}, {"density": 0.0}, {"density": None}])
def test_litres_without_a_density_are_refused(change):
    with pytest.raises(cc.ActivityDataError):
        co2([COAL | {"item": "diesel", "unit": "L"} | change])


def test_cubic_metres_of_gas_take_the_reference_that_is_declared(blocks_only):
    gas = COAL | {"item": "natural_gas", "unit": "m3"}
    normal = co2([COAL | {"item": "natural_gas", "unit": "Nm3"}])
    assert co2([gas | {"gas_reference": "0C"}]) == normal
    assert co2([gas], gas_reference="20C") == pytest.approx([normal[0] * 0.93178], rel=1e-12)


def test_a_certificate_makes_a_contract_count_on_the_market_basis(blocks_only):
    power = COAL | {"method": "ghg-protocol", "source": "purchased_electricity", "unit": "MWh",
                    "item": "electricity", "instrument": "ppa"}  # fmt: skip
    with_number, without = power | {"certificate_id": "G-1"}, power | {"certificate_id": " "}
    assert co2([with_number], scope2="market") == [0.0]
    assert co2([without], scope2="market")[0] > 4
