"""Standard-coal coefficients and heating values of GB/T 2589, editions 2020 and 2008."""

from __future__ import annotations

from pathlib import Path

from fuels import item_ids
from ledger import Ledger
from rows import Row, grade, plain, read

#: Carriers of the standard that are not in the item vocabulary.
OTHER_ITEMS = {
    "原煤": "raw_coal",
    "重油催化裂解煤气": "catalytic_cracking_gas",
    "重油热裂解煤气": "thermal_cracking_gas",
    "焦炭制气": "coke_derived_gas",
    "压力气化煤气": "pressure_gasification_gas",
    "水煤气": "water_gas",
    "甲醇(用作燃料)": "methanol",
    "乙醇(用作燃料)": "ethanol",
    "氢气(用作燃料)": "hydrogen",
    "沼气": "biogas",
    "电力(当量值)": "electricity",
    "热力(当量值)": "heat",
    "蒸汽(低压)": "low_pressure_steam",
    "新水": "fresh_water",
    "软化水": "softened_water",
    "除氧水": "deaerated_water",
    "压缩空气": "compressed_air",
    "氧气": "oxygen",
    "氮气(做副产品时)": "nitrogen_by_product",
    "氮气(做主产品时)": "nitrogen_main_product",
    "二氧化碳气": "carbon_dioxide_gas",
    "电石": "calcium_carbide",
    "标准煤": "standard_coal",
}
#: Energy carriers of annex B: their values count the energy it took to make them (等价值).
BY_PRIMARY_EQUIVALENT = {
    *("fresh_water", "softened_water", "deaerated_water", "compressed_air", "oxygen"),
    *("nitrogen_by_product", "nitrogen_main_product", "carbon_dioxide_gas", "acetylene"),
    "calcium_carbide",
}
NO_FIXED_NUMBER = (
    "the primary-equivalent (等价) coefficient has no fixed number: it is the coal consumption of "
    "supply of the year, a dated and sourced input that the user must give"
)
PRIMARY_NAMES = {
    "tce_coefficient": "tce_primary_coefficient",
    "net_calorific_value": "energy_equivalent_value",
}


def _unit(text: str) -> str:
    return text.replace("(kW.h)", "kWh")


def _values(text: str) -> list[tuple[str, str]]:
    """(technology, value): a printed range gives its two ends."""
    low, dash, high = text.partition("-")
    return [("range_low", low), ("range_high", high)] if dash else [("", low)]


def standard_coal(folder: Path, ledger: Ledger) -> dict[str, list[Row]]:
    """``gbt2589_2020`` (coefficients, heating values) and ``gbt2589_2008`` (heating values)."""
    ids = {**item_ids(folder), **OTHER_ITEMS}
    found: dict[str, list[Row]] = {"gbt2589_2020": [], "gbt2589_2008": []}
    for record in read(folder, "fuel_tce_gbt2589_2020.csv"):
        if not record["tce_coefficient"]:
            ledger.leave_out("fuel_tce_gbt2589_2020.csv", record, NO_FIXED_NUMBER)
            continue
        made = []
        for column, parameter, key, mark in (
            ("tce_coefficient", "tce_coefficient", "gbt2589_2020", "verification"),
            ("avg_ncv_2020", "net_calorific_value", "gbt2589_2020", "verification_ncv_2020"),
            ("avg_ncv_2008", "net_calorific_value", "gbt2589_2008", "verification_ncv_2008"),
        ):
            for technology, value in _values(record[column]):
                if not value:
                    continue
                recalled = (
                    technology == "range_low" and "lower end 1.1000 recalled" in record["notes"]
                )
                item = ids[record["name_zh"]]
                unit = _unit(record["tce_unit" if parameter[0] == "t" else "ncv_unit"])
                primary = item in BY_PRIMARY_EQUIVALENT
                row = Row(
                    set=key,
                    item=item,
                    parameter=PRIMARY_NAMES[parameter] if primary else parameter,
                    technology=technology,
                    value=value,
                    unit=unit.replace("kgce", "kgce_primary") if primary else unit,
                    basis="primary equivalent" if primary else "net",
                    published="2020-09-29" if key.endswith("2020") else "2008",
                    grade="D" if recalled else grade(record[mark] or "memory"),
                    source=key.replace("gbt2589_", "gbt-2589-"),
                    where="附录B" if primary else "附录A",
                    note=plain(record["notes"]).removeprefix("= "),
                    transcription=plain(record["seen_in"]),
                )
                made.append(row)
                found[key].append(row)
        ledger.take("fuel_tce_gbt2589_2020.csv", record, *made)
    return found
