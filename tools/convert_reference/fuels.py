"""Fuel sets, and CH4 and N2O of combustion by fuel and sector."""

from __future__ import annotations

from pathlib import Path

from ledger import Ledger
from rows import NOT_SEEN, Row, grade, plain, read

#: Names in the fuel lists that are not the item's own name (焦油 in a fuel list is coal tar).
FUEL_ALIASES = {
    "焦油": "coal_tar",
    "其它洗煤": "other_washed_coal",
    "其它石油制品": "other_petroleum_products",
    "其它煤气": "other_coal_gas",
    "电煤": "power_coal",
}

SOURCES = {
    "ndrc_sector_2013_2015": ("ndrc-2015-1722-other-industry", "2015-07"),
    "ndrc_steel_2013": ("ndrc-2013-2526-iron-steel", "2013-10"),
    "ndrc_nonferrous_2013": ("ndrc-2013-2526-aluminium", "2013-10"),
    "ndrc_ceramics_2013": ("ndrc-2013-2526-ceramics", "2013-10"),
    "gbt32151_2024_c1": ("gbt-32151-22-2024", "2024"),
    "provincial_guide_2025": ("provincial-guide-2025", "2025"),
    "provincial_trial_2011_gbt2589_2008": ("provincial-guide-2011", "2011"),
    "sector_transcription_felix": ("sector-lists-unconfirmed", "2024"),
    "national_ef_database_2025": ("national-ef-database-2025", "2025-01"),
    "ipcc_2006": ("ipcc-2006-v2-ch1", "2006"),
    "mee_power_2022": ("mee-2022-485-power", "2022"),
    "mee_power_2021": ("mee-2021-9-power", "2021-03-28"),
}

#: Oxidation of solid fuels by equipment, as that one transcription gives it in its notes.
EQUIPMENT = {"kiln": "99", "power_boiler": "95", "industrial_boiler": "85"}

SECTORS = {
    "能源工业": "energy_industries",
    "制造业和建筑业": "manufacturing_and_construction",
    "商业、机构": "commercial_and_institutional",
    "住宅、农林牧渔": "residential_and_agriculture",
    "水上运输": "waterborne",
    "铁路运输": "rail",
    "航空运输": "aviation",
    "道路交通": "road",
    "": "all_sectors",
}

ROAD_VEHICLES = {
    "汽油车(无尾气控制技术)": ("gasoline", "road_uncontrolled"),
    "汽油车(氧化催化技术)": ("gasoline", "road_oxidation_catalyst"),
    "汽油车(1995年后低里程轻型车)": ("gasoline", "road_low_mileage_after_1995"),
    "柴油车": ("diesel", "road"),
    "液化石油气车": ("lpg", "road"),
}


def item_ids(folder: Path) -> dict[str, str]:
    """Chinese names and aliases → item id."""
    found = dict(FUEL_ALIASES)
    for record in read(folder, "items.csv"):
        for name in (record["name_zh"], *record["aliases"].split(";")):
            if name:
                found.setdefault(name, record["item_id"])
    return found


def _doubts(record: dict[str, str], parameter: str) -> bool:
    """Whether the row's flag makes this parameter doubtful (grade D)."""
    flag, notes, key = record["quality_flag"], record["notes"], record["factor_set"]
    if flag == "":
        return False
    if "equals the LPG value" in notes or flag == "suspect":
        return parameter == "carbon_content"
    if flag == "differs-from-2021-official-text":
        return parameter == "oxidation_factor" and "2021 guide prints 98" in notes
    if key == "provincial_trial_2011_gbt2589_2008":
        return parameter == "net_calorific_value" or "carbon content agrees" not in notes
    return "civil aviation guideline" not in notes


def _grade(record: dict[str, str], parameter: str) -> str:
    if _doubts(record, parameter):
        return "D"
    read_there = "carbon content agrees with the provincial-guide" in record["notes"]
    if parameter == "carbon_content" and read_there:
        return "A"
    return grade(record["verification"])


def _published_values(record: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """(parameter, value, unit, basis) of the values a document prints; products are left out."""
    found = []
    if record["ncv"]:
        unit = record["ncv_unit"].replace("10^4Nm3", "10^4 Nm3")
        found.append(("net_calorific_value", record["ncv"], unit, "net"))
    if record["carbon_content"]:
        found.append(("carbon_content", record["carbon_content"], "t C/GJ", "net"))
    if record["oxidation_factor_percent"]:
        found.append(("oxidation_factor", record["oxidation_factor_percent"], "%", ""))
    if record["factor_set"] in ("national_ef_database_2025", "ipcc_2006"):
        found.append(("emission_factor", record["co2_per_energy"], "t CO2/TJ", "net"))
    return found


def fuel_sets(folder: Path, ledger: Ledger) -> dict[str, list[Row]]:
    """Three rows per fuel (heating value, carbon content, oxidation), by set."""
    ids, found = item_ids(folder), dict[str, list[Row]]()
    for record in read(folder, "fuels_cn.csv"):
        if record["quality_flag"] == "do-not-use":
            ledger.leave_out("fuels_cn.csv", record, "do-not-use: " + record["notes"])
            continue
        key = record["factor_set"]
        source, published = SOURCES[key]
        rows = found.setdefault(key, [])
        made = [
            Row(
                set=key,
                item=ids[record["name_zh"]],
                parameter=parameter,
                value=value,
                unit=unit,
                basis=basis,
                gas="CO2" if parameter == "emission_factor" else "",
                published=published,
                grade=_grade(record, parameter),
                source=source,
                where=plain(record["source_table"]) or NOT_SEEN,
                note=plain(record["notes"]),
                transcription=plain(record["seen_in"]),
            )
            for parameter, value, unit, basis in _published_values(record)
        ]
        if "depends on equipment" in record["notes"]:
            made += _by_equipment(made[-1])
        ledger.take("fuels_cn.csv", record, *made)
        rows += made
    return found


def _by_equipment(row: Row) -> list[Row]:
    return [
        Row(
            **{
                **vars(row),
                "parameter": "oxidation_factor",
                "technology": equipment,
                "value": value,
                "unit": "%",
                "basis": "",
                "grade": "D",
            }
        )
        for equipment, value in EQUIPMENT.items()
    ]


def combustion_gases(folder: Path, ledger: Ledger) -> list[Row]:
    """CH4 and N2O of combustion by fuel and sector."""
    ids, found = item_ids(folder), []
    for record in read(folder, "fuel_ch4_n2o_cn.csv"):
        name = record["fuel_zh"]
        item, technology = ROAD_VEHICLES.get(name, (ids.get(name, ""), SECTORS[record["sector"]]))
        official = record["verification"] == "official-text"
        found.append(
            Row(
                set="combustion_ch4_n2o",
                item=item,
                parameter="emission_factor",
                technology=technology,
                gas=record["gas"],
                value=record["value"],
                unit=f"kg {record['gas']}/TJ",
                basis="net",
                published="2006" if official else "2025-01",
                grade=grade(record["verification"]),
                source="ipcc-2006-v2-ch2" if official else "national-ef-database-2025",
                where="Tables 2.2-2.5"
                if official
                else f"{record['source_type']} {record['sector']}".strip(),
                note=plain(record["notes"]),
                transcription="" if official else plain(record["seen_in"]),
            )
        )
        ledger.take("fuel_ch4_n2o_cn.csv", record, found[-1])
    return found
