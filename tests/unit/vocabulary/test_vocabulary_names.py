"""Names to ids: what is known, what is refused, and that the data keeps its promises."""

import pickle

import pytest

from carboncalc.errors import ActivityDataError
from carboncalc.units import substances
from carboncalc.vocabulary import names
from carboncalc.vocabulary.items import items, record
from carboncalc.vocabulary.names import Ambiguous, Resolved, Unknown, lookup, resolve
from carboncalc.vocabulary.regions import record as region_record
from carboncalc.vocabulary.regions import region_ids, regions

# The ids that the public contract lists, sections 2 and 3.
METHOD_IDS = """other-industry electronic-equipment machinery-equipment power-generation-cets
power-generation-2013 cement-cets cement-ndrc-2013 iron-steel-cets iron-steel-ndrc-2013
aluminium-cets aluminium-ndrc-2013 chemical flat-glass other-nonferrous food-beverage-tobacco
pulp-paper public-building land-transport magnesium ceramics civil-aviation power-grid
coal-production independent-coking petrochemical oil-gas-production mining fluorochemical
ghg-protocol""".split()  # noqa: SIM905
SOURCE_IDS = """fossil_combustion mobile_combustion carbonate_decomposition industrial_wastewater
refrigerant_leakage purchased_electricity exported_electricity purchased_heat exported_heat
co2_recovery ch4_recovery etching_and_cleaning anode_effect clinker scope3_01_purchased_goods
scope3_15_investments exhaust_urea road_vehicle_ch4_n2o""".split()  # noqa: SIM905


def test_every_id_of_the_contract_is_in_the_vocabulary() -> None:
    assert {*METHOD_IDS, "zero-carbon-park"} == set(names.ids("method"))
    assert set(SOURCE_IDS) <= set(names.ids("source"))
    assert names.ids("record_kind") == (
        *("consumption", "purchase", "opening_stock", "closing_stock", "sold_out"),
    )
    assert set(names.ids("instrument")) == {"none", "direct", "gec", "green_trade", "ppa"}


def test_the_fifteen_categories_of_scope_3_are_there_in_order() -> None:
    found = [source for source in names.ids("source") if source.startswith("scope3_")]
    assert [source[:9] for source in found] == [f"scope3_{number:02d}" for number in range(1, 16)]
    assert resolve("source", "3.06") == "scope3_06_business_travel"


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ("烟煤", "bituminous_coal"),
        ("一般烟煤", "bituminous_coal"),
        (" 烟 煤 ", "bituminous_coal"),
        ("Bituminous Coal", "bituminous_coal"),
        ("煤焦油", "coal_tar"),
        ("其它煤气", "other_coal_gas"),
        ("其他煤气", "other_coal_gas"),
        ("LNG", "lng"),
        ("ｌｎｇ", "lng"),
        ("外购电", "electricity"),
        ("燃煤（未实测）", "coal_unmeasured"),
        ("小苏打", "NaHCO3"),
        ("R134a", "HFC-134a"),
        ("HFC-134a", "HFC-134a"),
        ("R-134A", "HFC-134a"),
        ("r410a", "R-410A"),
        ("R22", "HCFC-22"),
        ("氟利昂22", "HCFC-22"),
        ("CF₄", "CF4"),
        ("PFC-14", "CF4"),
        ("六氟化硫", "SF6"),
        ("CH4", "CH4"),
        ("CH4 (fossil)", "CH4_fossil"),
        ("CH4 (non-fossil)", "CH4_biogenic"),
        ("一氧化二氮", "N2O"),
        ("HFO-1234ze", "HFO-1234ze(E)"),
    ],
)
def test_a_typed_item_is_found(typed: str, item: str) -> None:
    assert names.item(typed) == item


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("CN-35", "CN-35"),
        ("福建", "CN-35"),
        ("福建省", "CN-35"),
        ("Fujian", "CN-35"),
        ("350000", "CN-35"),
        ("CN-FJ", "CN-35"),
        ("陕西", "CN-61"),
        ("Shaanxi", "CN-61"),
        ("山西", "CN-14"),
        ("Shanxi", "CN-14"),
        ("内蒙古自治区", "CN-15"),
        ("新疆维吾尔自治区", "CN-65"),
        ("厦门市", "CN-3502"),
        ("华东", "GRID-EAST"),
        ("华东区域电网", "GRID-EAST"),
        ("全国", "CN"),
        ("China", "CN"),
    ],
)
def test_a_typed_region_is_found(typed: str, region: str) -> None:
    assert names.region(typed) == region


@pytest.mark.parametrize("text", ["焦油", "煤", "煤气", "油", "coal", "制冷剂", "锰铁"])
def test_an_ambiguous_item_is_refused_with_every_candidate(text: str) -> None:
    found = lookup("item", text)
    assert isinstance(found, Ambiguous)
    assert len(found.candidates) > 1
    with pytest.raises(ActivityDataError) as caught:
        names.item(text)
    assert caught.value.code == "A-102"
    for candidate in found.candidates:
        assert candidate in caught.value.text("zh")
        assert record(candidate).zh in caught.value.text("en")


def test_an_unknown_item_is_refused_with_the_nearest() -> None:
    nearest = lookup("item", "disel")
    assert isinstance(nearest, Unknown)
    assert nearest.nearest[0] == "diesel"
    with pytest.raises(ActivityDataError) as caught:
        names.item("disel")
    assert caught.value.code == "A-101"
    assert "diesel" in caught.value.text("en")
    with pytest.raises(ActivityDataError) as caught:
        names.item("@@@@")
    assert caught.value.code == "A-103"
    assert "品种" in pickle.loads(pickle.dumps(caught.value)).text("zh")


def test_a_kind_of_word_that_does_not_exist_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="not a kind of word"):
        lookup("fuel", "coal")


@pytest.mark.parametrize("kind", sorted(names.KINDS))
def test_every_id_and_both_names_lead_back_to_the_id(kind: str) -> None:
    for identifier in names.ids(kind):
        for text in (
            identifier,
            names.label(kind, identifier, "zh"),
            names.label(kind, identifier, "en"),
        ):
            assert lookup(kind, text) == Resolved(identifier), text
            assert any(
                "一" <= letter <= "鿿" for letter in names.label(kind, identifier, "zh")
            ) or (kind in ("gas", "item", "gas_reference"))


@pytest.mark.parametrize("kind", sorted(names.KINDS))
def test_no_word_has_two_meanings_unless_it_is_listed_as_ambiguous(kind: str) -> None:
    tables = {
        "header": sorted({t for row in names.rows("headers.csv") for t in row["tables"].split(";")})
    }
    for table in tables.get(kind, [""]):
        index = names._index(f"{kind}:{table}" if table else kind)
        assert {word: ids for word, ids in index.names.items() if len(ids) > 1} == {}
        assert not set(index.names) & set(index.ambiguous)


def test_every_candidate_of_an_ambiguous_word_is_an_id() -> None:
    for row in names.rows("ambiguous.csv"):
        assert set(row["candidates"].split(";")) <= set(names.ids(row["kind"])), row


def test_every_gas_has_a_dimension_of_its_own_and_no_blend_has() -> None:
    gases = {item.id for item in items() if item.kind == "gas"}
    assert gases - substances() == set()
    assert substances() - gases == {"C", "COD", "item"}
    assert {item.id for item in items() if item.kind == "blend"} & substances() == set()


def test_regions_hang_together() -> None:
    ids = set(region_ids())
    for region in regions():
        assert {region.parent, region.grid_to_2020, region.grid_from_2021} - {""} <= ids
        if region.kind == "province":
            assert region.id == f"CN-{region.gbt2260[:2]}"
    assert sum(region.kind == "province" for region in regions()) == 31
    # Two grids, and a province that publishes no factor: nothing may stand in for them.
    assert region_record("CN-15").grid(2023) == "" == region_record("CN-54").grid(2023)
    assert region_record("CN-51").grid(2020) == "GRID-CENTRAL"
    assert region_record("CN-51").grid(2021) == "GRID-SOUTHWEST"


def test_an_id_that_does_not_exist_has_no_record() -> None:
    for get in (record, region_record):
        with pytest.raises(ActivityDataError) as caught:
            get("nowhere")
        assert caught.value.code == "A-103"
