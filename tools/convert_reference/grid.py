"""Electricity factors of China: every kind, region and year, each kind on its own."""

from __future__ import annotations

from pathlib import Path

from ledger import Ledger
from rows import NOT_SEEN, Row, grade, plain, read

KINDS = {
    "average": "average",
    "average_excl_market_nonfossil": "average_excl_market_nonfossil",
    "fossil": "fossil",
    "cets_national": "cets_national",
    "baseline_OM": "baseline_om",
    "baseline_BM": "baseline_bm",
    "product_footprint_average": "product_footprint",
    "product_footprint_by_generation": "product_footprint",
    "product_footprint_transmission": "product_footprint",
}
GENERATION = {
    "燃煤发电": "coal_power",
    "燃气发电": "gas_power",
    "水力发电": "hydropower",
    "核能发电": "nuclear_power",
    "风力发电": "wind_power",
    "光伏发电": "solar_pv",
    "光热发电": "solar_thermal",
    "生物质发电": "biomass_power",
    "输配电(含线损)": "transmission_distribution",
    "全国电力平均碳足迹": "",
}
SOURCES = {
    "公告2024年第12号": "mee-2024-12",
    "公告2024年第33号": "mee-2024-33",
    "公告2025年第47号": "mee-2025-47",
    "公告2025年第3号": "mee-2025-3-footprint",
    "环办气候〔2021〕9号": "mee-2021-9-power",
    "环办气候函〔2022〕111号": "mee-2022-111",
    "环办气候函〔2023〕43号": "mee-2023-43",
}
BY_TITLE = {
    "2011年和2012年": "ndrc-grid-2011-2012",
    "2010年中国区域": "ndrc-grid-2010",
    "2018年度省级": "mee-provincial-2018",
}


def _source(record: dict[str, str]) -> str:
    if record["document_no"] in SOURCES:
        return SOURCES[record["document_no"]]
    for beginning, key in BY_TITLE.items():
        if beginning in record["source_document"]:
            return key
    if record["factor_kind"].startswith("baseline"):
        return f"grid-baseline-{record['data_year']}"
    return f"mee-footprint-{record['data_year']}"


def grid_factors(folder: Path, ledger: Ledger) -> list[Row]:
    """One row per kind, region and data year."""
    regions = {r["gbt2260"]: r["region"] for r in read(folder, "regions.csv") if r["gbt2260"]}
    found = []
    for record in read(folder, "grid_electricity_cn.csv"):
        if not record["value"]:
            ledger.leave_out(
                "grid_electricity_cn.csv",
                record,
                "no official value: the announcements omit Xizang, Hong Kong, Macao and Taiwan",
            )
            continue
        kind = KINDS[record["factor_kind"]]
        footprint = kind == "product_footprint"
        up_to_2020 = kind == "cets_national" and record["data_year"] == "2015"
        made = Row(
            set="grid",
            item="electricity",
            parameter=kind,
            technology=GENERATION[record["name_zh"]] if footprint else "",
            region=regions.get(record["code"], record["code"]),
            gas="CO2e" if footprint else "CO2",
            value=record["value"],
            unit="kg CO2e/kWh" if footprint else "t CO2/MWh",
            basis="life cycle" if footprint else "",
            data_year=record["data_year"],
            published=record["publication_date"],
            valid_to="2020-12-31" if up_to_2020 else "",
            grade=grade(record["verification"]),
            source=_source(record),
            where=record["source_table"] or NOT_SEEN,
            note=plain(record["notes"]),
            transcription=plain(record["seen_in"]),
        )
        found.append(made)
        ledger.take("grid_electricity_cn.csv", record, made)
    return found
