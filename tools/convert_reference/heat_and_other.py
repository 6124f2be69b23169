"""Heat, carbonates, wastewater, vehicles and the other constants of one mixed reference file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger import Ledger
from rows import Row, grade, plain, read

FILE = "heat_and_other_cn.csv"
OTHER_INDUSTRY = "ndrc-2015-1722-other-industry"
LAND_TRANSPORT = "ndrc-2015-1722-land-transport"

CARBONATES = ("CaCO3", "MgCO3", "Na2CO3", "NaHCO3", "FeCO3", "MnCO3", "BaCO3", "Li2CO3", "K2CO3")
FLUXES = {
    "石灰石": "limestone",
    "白云石": "dolomite",
    "电极": "electrode",
    "生铁": "pig_iron",
    "直接还原铁": "direct_reduced_iron",
    "镍铁合金": "ferronickel",
    "铬铁合金": "ferrochrome",
    "钼铁合金": "ferromolybdenum",
    "粗钢(固碳)": "crude_steel",
    "甲醇(固碳)": "methanol",
}
TREATMENTS = {
    "海洋、河流或湖泊排放": "sea_river_lake_discharge",
    "好氧处理设施(管理完善)": "aerobic_well_managed",
    "好氧处理设施(管理不完善)": "aerobic_overloaded",
    "污泥厌氧消化池": "sludge_digester",
    "厌氧反应器": "anaerobic_reactor",
    "浅厌氧塘(<2m)": "shallow_lagoon",
    "深厌氧塘(>2m)": "deep_lagoon",
    "食品制造业": "food_manufacturing",
    "烟草制造业": "tobacco",
    "酒饮料精制茶": "beverage_and_tea",
    "造纸": "pulp_and_paper",
}
INDUSTRY_GUIDES = {
    "food_manufacturing": "ndrc-2015-1722-food-beverage-tobacco",
    "tobacco": "ndrc-2015-1722-food-beverage-tobacco",
    "beverage_and_tea": "ndrc-2015-1722-food-beverage-tobacco",
    "pulp_and_paper": "ndrc-2015-1722-pulp-paper",
}
PROCESSES = {
    "高压法": "high_pressure",
    "中压法": "medium_pressure",
    "常压法": "atmospheric_pressure",
    "露天煤矿": "open_cast",
    "高瓦斯矿井(矿后活动)": "gassy_mine_post_mining",
    "低瓦斯矿井(矿后活动)": "low_gas_mine_post_mining",
    "露天煤矿(矿后活动)": "open_cast_post_mining",
    "固定式灭火设备": "fixed",
    "便携式灭火器": "portable",
    "家用制冷": "domestic_refrigeration",
    "独立商业制冷": "stand_alone_commercial",
    "中大型商业制冷": "medium_and_large_commercial",
    "运输制冷": "transport_refrigeration",
    "工业制冷(含食品加工冷藏)": "industrial_refrigeration",
    "冷水机组": "chillers",
    "家用和商用空调": "residential_and_commercial_ac",
    "车用空调": "mobile_ac",
}
LEAKS = ("installation_leakage", "annual_leakage", "remaining_at_disposal", "recovery_efficiency")
VEHICLES = {"轿车": "car", "其它轻型车": "light_vehicle", "重型车": "heavy_vehicle"}
VEHICLE_FUELS = {"汽油": "gasoline", "柴油": "diesel", "LPG": "lpg", "天然气": "natural_gas"}
STANDARDS = {
    "国I": "_china1",
    "国II": "_china2",
    "国III": "_china3",
    "国III及以上": "_china3_and_later",
    "国IV及以上": "_china4_and_later",
    "所有": "",
    "其他": "_other",
}
LIVESTOCK = {"奶牛": "dairy_cattle", "肉牛": "beef_cattle", "水牛": "buffalo", "绵羊": "sheep"}
LIVESTOCK |= {"山羊": "goat", "猪": "swine"}
AGES = {
    "当年生": "born_this_year",
    "其他成年畜": "other_adult",
    "繁殖母畜": "breeding_female",
    "": "",
}
FUEL_DENSITY = {"汽油密度": "gasoline", "柴油密度": "diesel", "煤油密度": "kerosene"}
DENSITY_STANDARDS = {
    "gasoline": "gb-17930-2016",
    "diesel": "gb-19147-2016",
    "kerosene": "gb-253-2008",
}
NOT_A_CONSTANT = {
    "method": "a formula, not a constant: 83.74 kJ/kg, 20 degrees and 4.1868 stand in process/",
    "biomass": "a reporting rule, not a constant: biogenic CO2 goes to the memo account",
}


def _row(record: dict[str, str], published: str, **cells: str) -> Row:
    mark = "memory" if "check unit" in record["notes"] else record["verification"]
    common = {
        "value": record["value"],
        "published": published,
        "grade": grade(mark),
        "note": plain(record["notes"]),
        "transcription": plain(record["seen_in"]),
    }
    return Row(**{**common, **cells})


def _heat(record: dict[str, str]) -> Row:
    return _row(
        record, "2015-07", set="purchased_heat", item="heat", parameter="emission_factor",
        gas="CO2", unit="t CO2/GJ", source=OTHER_INDUSTRY, where="热力供应的CO2排放因子缺省值",
    )  # fmt: skip


def _steam(record: dict[str, str]) -> Row:
    pressure = record["name_zh"].removeprefix("饱和蒸汽 ").replace(" ", "")
    return _row(
        record, "2015-07", set="steam_saturated", item="steam", parameter="specific_enthalpy",
        technology=pressure, unit="kJ/kg", source=OTHER_INDUSTRY, where="附录 饱和蒸汽热焓表",
        note=f"{record['name_en']}. {plain(record['notes'])}",
    )  # fmt: skip


def _carbonate(record: dict[str, str]) -> Row:
    formula = record["name_zh"].split()[-1]
    return _row(
        record, "2015-07", set=OTHER_INDUSTRY, parameter="emission_factor", gas="CO2",
        item="dolomite" if formula == "CaMg(CO3)2" else formula, unit="t CO2/t",
        source=OTHER_INDUSTRY, where="附录二 表2.2", basis="pure carbonate",
    )  # fmt: skip


def _steel(record: dict[str, str]) -> Row:
    stored = "固碳" in record["name_zh"]
    return _row(
        record, "2013-10", set="ndrc-2013-2526-iron-steel", item=FLUXES[record["name_zh"]],
        gas="CO2",
        parameter="carbon_storage_factor" if stored else "emission_factor", unit="t CO2/t",
        source="ndrc-2013-2526-iron-steel", where="附录二",
    )  # fmt: skip


def _wastewater(record: dict[str, str]) -> Row:
    if "Bo" in record["name_zh"]:
        return _row(
            record, "2015-07", set=OTHER_INDUSTRY, item="wastewater", gas="CH4",
            parameter="methane_producing_capacity", unit="kg CH4/kg COD",
            source=OTHER_INDUSTRY, where="附录二; IPCC 2006 V5 Ch6 6.2.3.2",
        )  # fmt: skip
    technology = TREATMENTS[record["name_zh"].removesuffix(" MCF")]
    key = INDUSTRY_GUIDES.get(technology, OTHER_INDUSTRY)
    return _row(
        record, "2015-07", set=key, item="wastewater", technology=technology, source=key,
        parameter="methane_correction_factor", unit="1",
        where="附录二" if key != OTHER_INDUSTRY else "附录二; IPCC 2006 V5 Ch6 Table 6.8",
    )  # fmt: skip


def _nitric(record: dict[str, str]) -> Row:
    return _row(
        record, "2013-10", set="ndrc-2013-2526-chemical", item="nitric_acid", gas="N2O",
        technology=PROCESSES[record["name_zh"]], parameter="emission_factor", unit="t N2O/t",
        source="ndrc-2013-2526-chemical", where="附录二",
    )  # fmt: skip


def _mine(record: dict[str, str]) -> Row:
    return _row(
        record, "2014-12", set="ndrc-2014-2920-coal-production", item="raw_coal", gas="CH4",
        technology=PROCESSES[record["name_zh"]], parameter="emission_factor", unit="kg CH4/t",
        source="ndrc-2014-2920-coal-production", where="附录二",
    )  # fmt: skip


def _fluor(record: dict[str, str]) -> Row:
    item, technology = {
        "HFC 生产逸散": ("HFC", ""),
        "高纯SF6(>=99.999%)": ("SF6", "high_purity"),
        "非高纯SF6": ("SF6", "other_purity"),
    }[record["name_zh"]]
    return _row(
        record, "2015-07", set="ndrc-2015-1722-fluorochemical", item=item, technology=technology,
        parameter="production_leakage", unit="%", source="ndrc-2015-1722-fluorochemical",
        where="附录二", basis="of output",
    )  # fmt: skip


def _filling(record: dict[str, str]) -> Row:
    return _row(
        record, "2015-07", set="ndrc-2015-1722-machinery-equipment", item="refrigerant",
        parameter="filling_leakage", unit="mol", basis="per filling operation",
        source="ndrc-2015-1722-machinery-equipment", where="附录二",
    )  # fmt: skip


def _leaks(record: dict[str, str]) -> list[Row]:
    return [
        _row(
            record, "2006", set="ipcc-2006-v3-ch7-ods", item="refrigerant", parameter=parameter,
            technology=PROCESSES[record["name_zh"]], value=value, source="ipcc-2006-v3-ch7",
            unit="1", basis="per year" if parameter == "annual_leakage" else "", where="Table 7.9",
        )
        for parameter, value in zip(LEAKS, record["value"].split(";"), strict=True)
    ]  # fmt: skip


def _fire(record: dict[str, str]) -> Row:
    return _row(
        record, "2021", set="us-epa-fire-suppression", item="refrigerant",
        parameter="annual_leakage", technology=PROCESSES[record["name_zh"]] + "_fire_suppression",
        unit="1", basis="per year", source="us-epa-fire-suppression-guidance", where="leak rates",
    )  # fmt: skip


def _vehicle(record: dict[str, str]) -> Row:
    gas = "N2O" if record["category"] == "vehicle_n2o" else "CH4"
    vehicle, fuel, standard = record["name_zh"].split(" ")
    return _row(
        record, "2015-07", set=LAND_TRANSPORT, item=VEHICLE_FUELS[fuel], gas=gas,
        technology=VEHICLES[vehicle] + STANDARDS[standard], parameter="distance_emission_factor",
        unit=f"mg {gas}/vkm", source=LAND_TRANSPORT, where="附录二 车辆CH4和N2O排放因子",
    )  # fmt: skip


def _enteric(record: dict[str, str]) -> Row:
    animal, _, age = record["name_zh"].partition("-")
    return _row(
        record, "2024", set="gbt-32151-22-2024", item=LIVESTOCK[animal], technology=AGES[age],
        parameter="enteric_emission_factor", gas="CH4", unit="kg CH4", basis="per head and year",
        source="gbt-32151-22-2024", where="附录C 表C.3",
    )  # fmt: skip


def _wood(record: dict[str, str]) -> list[Row]:
    gas = record["name_zh"].split()[-1]
    sectors = {
        "energy_industries": ("Table 2.2", record["value"]),
        "manufacturing_and_construction": ("Table 2.3", record["value"]),
        "commercial_and_institutional": ("Table 2.4", "300" if gas == "CH4" else "4"),
        "residential_and_agriculture": ("Table 2.5", "300" if gas == "CH4" else "4"),
    }
    return [
        _row(
            record, "2006", set="combustion_ch4_n2o", item="wood", technology=sector, gas=gas,
            parameter="emission_factor", value=value, unit=f"kg {gas}/TJ", basis="net",
            source="ipcc-2006-v2-ch2", where=where,
        )
        for sector, (where, value) in sectors.items()
    ]  # fmt: skip


def _density(record: dict[str, str]) -> Row:
    item = FUEL_DENSITY[record["name_zh"]]
    return _row(
        record, "2008" if item == "kerosene" else "2016", set="density_bounds", item=item,
        technology="upper", parameter="density_bound", unit="kg/L",
        source=DENSITY_STANDARDS[item], where="技术要求",
    )  # fmt: skip


MAKERS: dict[str, tuple[str, Callable[[dict[str, str]], Row | list[Row]]]] = {
    "purchased_heat": ("heat", _heat),
    "steam_enthalpy_saturated": ("heat", _steam),
    "carbonate": ("process", _carbonate),
    "steel_process": ("process", _steel),
    "wastewater": ("process", _wastewater),
    "nitric_acid": ("process", _nitric),
    "coal_mine_ch4": ("process", _mine),
    "hfc_sf6_production": ("process", _fluor),
    "refrigerant_filling": ("process", _filling),
    "refrigerant_leak_default": ("refrigerants", _leaks),
    "fire_suppression_leak": ("refrigerants", _fire),
    "vehicle_n2o": ("process", _vehicle),
    "vehicle_ch4": ("process", _vehicle),
    "enteric_ch4": ("process", _enteric),
    "biomass": ("fuels", _wood),
    "density": ("fuels", _density),
}


def other_constants(folder: Path, ledger: Ledger) -> dict[tuple[str, str], list[Row]]:
    """The rows by (kind, set)."""
    found: dict[tuple[str, str], list[Row]] = {}
    for record in read(folder, FILE):
        category = record["category"]
        rule = category == "biomass" and record["value"] == "0"
        if category == "method" or rule:
            ledger.leave_out(FILE, record, NOT_A_CONSTANT[category])
        elif record["quality_flag"] == "do-not-use":
            ledger.leave_out(
                FILE, record, "do-not-use: no official regional heat factors are known"
            )
        else:
            kind, make = MAKERS[category]
            made = make(record)
            rows = made if isinstance(made, list) else [made]
            ledger.take(FILE, record, *rows)
            for row in rows:
                found.setdefault((kind, row.set), []).append(row)
    return found
