"""Bad values of a plant: refused with the reason, said, or let through when legitimate."""

import warnings
from typing import Any

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import ActivityDataError, CarbonCalcWarning
from carboncalc.inventory.result import Inventory
from carboncalc.methods.checks import far_off, lacking_companions, limit_of
from carboncalc.methods.rounding import load_rounding

BURN = {"method": "other-industry", "source": "fossil_combustion", "item": "diesel"}
STEEL = {"method": "iron-steel-ndrc-2013", "source": "fixed_carbon", "item": "crude_steel"}


def compute(*rows: dict[str, Any], **rules: str) -> Inventory:
    base = {"entity": "plant", "period": "2022", "amount": 10.0, "unit": "t"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(pd.DataFrame([base | row for row in rows]), **rules)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (BURN | {"oxidation_factor": "20 %"}, "50 and 100 %"),
        (BURN | {"net_calorific_value": "426.52 GJ/t"}, "150 GJ/t"),
        (BURN | {"carbon_content": "0.202 tC/GJ"}, "0.1 tC/GJ"),
        (BURN | {"carbon_content": "0.00202 tC/GJ"}, "0.008"),
        (BURN | {"carbon_content": "1.2 tC/t"}, "1 tC/t"),
        (BURN | {"carbon_content": "0.086 tC/t"}, "0.15"),
        (BURN | {"emission_factor": "31.5 tCO2/t"}, "4 tCO2/t"),
        (BURN | {"item": "lng", "carbon_content": "0.886 tC/t"}, "methane"),
        (STEEL | {"carbon_storage_factor": "0.037 tCO2/t"}, "0.6 % carbon"),
        (
            {
                "method": "other-industry", "source": "purchased_electricity",
                "item": "electricity", "unit": "MWh", "emission_factor": "5.366 tCO2/MWh",
            },
            "2 tCO2/MWh",
        ),
        (
            {
                "method": "aluminium-ndrc-2013", "source": "anode_consumption",
                "item": "primary_aluminium", "net_carbon_consumption": "0.2 tC/t",
            },
            "stoichiometric",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_the_reason(row: dict[str, Any], why: str) -> None:
    with pytest.raises(ActivityDataError) as caught:
        compute(row)
    assert [issue.code for issue in caught.value.issues] == ["M-013"]
    assert why in caught.value.issues[0].text("en")


def test_the_reason_is_given_in_chinese_too() -> None:
    with pytest.raises(ActivityDataError) as caught:
        compute(STEEL | {"carbon_storage_factor": "0.037 tCO2/t"})
    assert "粗钢含碳量不超过 0.6 %" in caught.value.issues[0].text("zh")


def test_a_refused_row_leaves_no_line_behind() -> None:
    inventory = compute(
        BURN | {"oxidation_factor": "20 %"}, BURN | {"amount": 1.0}, missing="quarantine"
    )
    assert len(inventory.quarantined) == 1
    assert inventory.lines["row"].tolist() == [2]


def test_a_value_five_times_its_default_stands_and_is_said() -> None:
    inventory = compute(BURN | {"net_calorific_value": "5 GJ/t"})
    assert len(inventory.lines) == 1
    assert "M-014" in {finding.code for finding in inventory.findings}
    ordinary = compute(BURN | {"net_calorific_value": "42.6 GJ/t"})
    assert "M-014" not in {finding.code for finding in ordinary.findings}


def test_products_without_feedstock_are_refused() -> None:
    product = {"method": "chemical", "source": "product_carbon", "item": "methanol"}
    feed = {"method": "chemical", "source": "raw_material_carbon", "item": "natural_gas",
            "unit": "10^4 Nm3"}  # fmt: skip
    with pytest.raises(ActivityDataError, match="M-018"):
        compute(product)
    with pytest.raises(ActivityDataError, match="M-018"):
        compute(product, feed | {"period": "2021"})
    assert len(compute(product, feed).lines) == 2


def test_a_negative_total_is_said_and_never_clipped() -> None:
    inventory = compute(STEEL | {"amount": 1000.0})
    assert inventory.lines["co2e_t"].sum() == pytest.approx(-15.4)
    assert "M-019" in {finding.code for finding in inventory.findings}
    positive = compute(STEEL, BURN | {"method": "iron-steel-ndrc-2013"})
    assert "M-019" not in {finding.code for finding in positive.findings}


def test_a_missing_mandatory_value_names_itself() -> None:
    with pytest.raises(ActivityDataError, match="urea_fraction"):
        compute({"method": "land-transport", "source": "exhaust_urea", "item": "urea"})
    with pytest.raises(ActivityDataError, match="purity"):
        compute({"method": "other-industry", "source": "carbonate_decomposition", "item": "CaCO3"})


def test_a_gas_without_default_utilisation_must_bring_one() -> None:
    row = {"method": "electronic-equipment", "source": "etching_and_cleaning", "item": "HFC-41"}
    with pytest.raises(ActivityDataError, match="utilisation"):
        compute(row | {"technology": "semiconductor"})


def test_a_process_type_is_asked_for() -> None:
    row = {"method": "electronic-equipment", "source": "etching_and_cleaning", "item": "NF3"}
    with pytest.raises(ActivityDataError, match="one of: semiconductor, semiconductor_abated"):
        compute(row)
    flat = compute(row | {"technology": "flat_panel"})
    assert "M-201" in {finding.code for finding in flat.findings}


def test_a_limit_belongs_to_the_item_then_to_its_kind_then_to_all() -> None:
    item, kind, anyone = (
        limit_of("carbon_content", "t C/t", name) for name in ("methanol", "diesel", "furnace_slag")
    )
    assert item is not None
    assert kind is not None
    assert anyone is not None
    assert (item.low, kind.low, anyone.low) == (0.36, 0.15, 0.0)
    assert limit_of("no_such_parameter", "t", "diesel") is None


def test_no_shipped_default_lies_outside_its_own_limit() -> None:
    library = cc.FactorLibrary.default().open_all()
    for method_id in cc.method_ids():
        method = cc.load_method(method_id)
        for source in method.sources.values():
            for route in source.routes:
                for name, wanted in route.inputs.items():
                    for query in wanted.factors:
                        if query.item == "$item" or "$" in query.set:
                            continue
                        for row in library.rows_for(query.set, query.item, query.parameter):
                            unit = library.units[row]
                            limit = limit_of(name, unit, query.item, wanted)
                            assert limit is None or not limit.outside(library.values[row]), (
                                method_id, name, library.ids[row],
                            )  # fmt: skip


def test_distance_from_the_default_is_a_ratio_both_ways() -> None:
    assert far_off([1.0, 5.0, 4.9, 0.2, 0.21], 1.0).tolist() == [False, True, False, True, False]
    assert far_off([0.0, 1.0], [1.0, 0.0]).tolist() == [False, False]


def test_companions_are_asked_for_only_where_the_document_needs_them() -> None:
    method = cc.load_method("cement-cets")
    assert list(lacking_companions(method, ["clinker_substitution"])) == [
        ("clinker_substitution", "clinker")
    ]
    assert list(lacking_companions(method, ["clinker_substitution", "clinker"])) == []


def test_rounding_of_the_ministry_reaches_the_units_of_the_methods() -> None:
    """A decimals rule for a unit that no input declares would never act."""
    declared = {
        (name, unit)
        for method_id in cc.method_ids()
        for source in cc.load_method(method_id).sources.values()
        for route in source.routes
        for name, wanted in route.inputs.items()
        for unit in wanted.units
    }
    for rule in load_rounding("mee-guide").parameters:
        assert any(name == rule.name and rule.unit in (None, unit) for name, unit in declared)


@pytest.mark.parametrize(
    "row",
    [
        {"method": "other-industry", "source": "industrial_wastewater", "item": "wastewater",
         "unit": "m3", "cod_in": "5 kg/m3", "cod_out": "1 kg/m3"},
        {"method": "chemical", "source": "nitric_acid_n2o", "item": "nitric_acid"},
        {"method": "land-transport", "source": "road_vehicle_ch4_n2o", "item": "gasoline",
         "unit": "vkm"},
        {"method": "food-beverage-tobacco", "source": "purchased_co2_loss", "item": "CO2"},
    ],
    ids=lambda row: row["source"],
)  # fmt: skip
def test_a_default_that_depends_on_the_technology_asks_for_it(row: dict[str, Any]) -> None:
    with pytest.raises(ActivityDataError) as caught:
        compute(row)
    assert [issue.code for issue in caught.value.issues] == ["M-022"]
    assert caught.value.issues[0].column == "technology"
