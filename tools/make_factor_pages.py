"""Write the pages on the factor database that are made from its rows.

``python tools/make_factor_pages.py`` writes ``docs/factors/disagreements.md`` and
``docs/factors/left_out.md``. The page of each set is written by the documentation build itself.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.sheets import sources
from carboncalc.vocabulary.names import label

ROOT = Path(__file__).parents[1]
LIBRARY = FactorLibrary.default()


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def fuel_table(item: str, sets: Sequence[str]) -> str:
    """What each set gives for one fuel, with the carbon per tonne or volume that follows."""
    rows = []
    for key in sets:
        cells: list[object] = [f"`{key}`"]
        values = {}
        for parameter in ("net_calorific_value", "carbon_content", "oxidation_factor"):
            found = [
                row
                for row in LIBRARY.rows_for(key, item, parameter)
                if not LIBRARY.cell(row, "technology")
            ]
            if found:
                row = found[0]
                values[parameter] = row
                shown = f"{LIBRARY.cell(row, 'value')} {LIBRARY.units[row]}"
                cells.append(f"{shown} ({LIBRARY.grades[row]})")
            else:
                cells.append("–")
        if {"net_calorific_value", "carbon_content"} <= set(values):
            ncv, carbon = values["net_calorific_value"], values["carbon_content"]
            scale = {"M": 0.001}.get(LIBRARY.units[ncv][0], 1.0)
            scale *= 10 if "10^3" in LIBRARY.units[ncv] else 1
            product = LIBRARY.values[ncv] * scale * LIBRARY.values[carbon]
            per = "10^4 Nm3" if "Nm3" in LIBRARY.units[ncv] else "t"
            cells.append(f"{product:.4f} t C/{per}")
        else:
            cells.append("–")
        source = sources().get(LIBRARY.sources[next(iter(values.values()))]) if values else None
        cells.append((source and source.number) or "–")
        rows.append(cells)
    header = [
        "set",
        "热值 heating value",
        "含碳量 carbon",
        "氧化率 oxidation",
        "碳/单位 carbon per unit",
    ]
    return table([*header, "文件 document"], rows)


def grid_table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Electricity factors by id, with what each is for, in both languages."""
    shown = []
    for key, zh, en in rows:
        record = LIBRARY.by_id(key)
        document = sources()[record.source].number or sources()[record.source].title["zh"]
        shown.append([f"`{key}`", record.value_text, record.grade, document, f"{zh} · {en}"])
    return table(["id", "t CO2/MWh", "等级", "文件 document", "用途 what it is for"], shown)


def regions_table() -> str:
    """Six regions of 2012 beside seven of 2021 to 2023."""
    rows = LIBRARY.rows_for("grid", "electricity", "average")
    held = {(LIBRARY.cell(r, "region"), LIBRARY.cell(r, "data_year")): r for r in rows}
    grids = sorted({region for region, _ in held if region.startswith("GRID-")})
    years = ("2012", "2021", "2022", "2023")
    shown = []
    for grid in grids:
        values = [LIBRARY.cell(held[grid, y], "value") if (grid, y) in held else "–" for y in years]
        shown.append([f"{label('region', grid, 'zh')} · {label('region', grid, 'en')}", *values])
    return table(["区域 region", *years], shown)


DIESEL = ("ndrc_sector_2013_2015", "guangdong_2021", "mee_power_2021", "gbt32151_2024_c1")
DIESEL += ("shandong_2022", "provincial_guide_2025", "ndrc_ceramics_2013", "ipcc_2006")
LNG = ("ndrc_sector_2013_2015", "gbt32151_2024_c1", "provincial_guide_2025", "guangdong_2021")
LNG += ("ndrc_ceramics_2013", "ndrc_steel_2013", "cisa_452_2024", "shandong_2022")
LNG += ("provincial_trial_2011_gbt2589_2008", "mee_steel_2024", "ndrc_nonferrous_2013")
GAS = ("ndrc_sector_2013_2015", "mee_power_2021", "gbt32151_2024_c1", "cisa_452_2024", "ipcc_2006")
COKE_GAS = ("ndrc_sector_2013_2015", "mee_power_2021", "gbt32151_2024_c1", "cisa_452_2024")
COKE_GAS += ("mee_steel_2024", "ndrc_power_2013", "ndrc_nonferrous_2013", "ndrc_ceramics_2013")


#: (factor id, what it is for in Chinese, in English)
ELECTRICITY = [
    (
        "grid/cets_national/CN/2015@1",
        "碳市场,2020 年度以前",
        "market, before 2020",
    ),
    (
        "grid/cets_national/CN/2020@1",
        "碳市场,2020 年度",
        "market, emission year 2020",
    ),
    (
        "grid/cets_national/CN/2021@1",
        "碳市场,2021 年度",
        "market, emission year 2021",
    ),
    (
        "grid/cets_national/CN/2022@1",
        "碳市场,2022 年度",
        "market, emission year 2022",
    ),
    ("grid/average/CN/2021@1", "全国平均,2021 年", "national average of 2021"),
    ("grid/average/CN/2022@1", "全国平均,2022 年", "national average of 2022"),
    ("grid/average/CN/2023@1", "全国平均,2023 年", "national average of 2023"),
    (
        "grid/average_excl_market_nonfossil/CN/2023@1",
        "不含市场化交易非化石电量(剩余组合)",
        "without traded non-fossil power (residual)",
    ),
    ("grid/fossil/CN/2023@1", "化石能源电力", "fossil power"),
]


ETCHED = ["CF4", "C2F6", "C3F8", "c-C4F8", "HFC-23", "NF3", "SF6"]
LIMESTONE = ["ndrc-2015-1722-pulp-paper", "ndrc-2015-1722-other-nonferrous", "guangdong-2021-103",
             "shandong-2022-4"]  # fmt: skip
STEEL = ["iron-steel-cets-2024", "ndrc-2013-2526-iron-steel", "cisa-452-2024", "shandong-2022-4"]
#: (set, parameter) whose grades the page explains
GRADED = [
    ("ndrc-2015-1722-other-industry", "emission_factor"),
    ("ndrc-2015-1722-other-industry", "methane_producing_capacity"),
    ("ndrc-2015-1722-other-industry", "methane_correction_factor"),
    ("purchased_heat", "emission_factor"),
]
NITRIC = ["ndrc-2013-2526-chemical", "shandong-2022-4", "ipcc-2006-v3-ch3"]


def etching_table() -> str:
    """Utilisation of each feed gas by kind of line, in the guideline and in IPCC 2006."""
    guide, ipcc = "ndrc-2015-1722-electronic-equipment", "ipcc-2006-v3-ch6"
    kinds = ["semiconductor", "flat_panel", "photovoltaic"]
    rows = []
    for gas in ETCHED:
        held = {LIBRARY.cell(row, "technology"): LIBRARY.cell(row, "value") + " %"
                for row in LIBRARY.rows_for(ipcc, gas, "utilisation")}  # fmt: skip
        own = LIBRARY.cell(LIBRARY.rows_for(guide, gas, "utilisation")[0], "value") + " %"
        rows.append([gas, own, *(held.get(kind, "–") for kind in kinds)])
    heads = [label("technology", kind, "zh") + " · " + kind for kind in kinds]
    return table(["气体 gas", "指南 guideline", *(f"IPCC {head}" for head in heads)], rows)


def parameter_table(item: str, parameter: str, sets: Sequence[str]) -> str:
    """One parameter of an item in several sets, row by row with its grade."""
    rows = [
        [f"`{LIBRARY.ids[row]}`", f"{LIBRARY.cell(row, 'value')} {LIBRARY.units[row]}",
         LIBRARY.grades[row], LIBRARY.cell(row, "where")]
        for key in sets
        for row in LIBRARY.rows_for(key, item, parameter)
    ]  # fmt: skip
    return table(["id", "值 value", "等级 grade", "出处 where"], rows)


def versions_table(item: str, sets: Sequence[str]) -> str:
    """What each set gives for the CO2 of one item, superseded versions included."""
    rows = [
        [f"`{LIBRARY.ids[row]}`", f"{LIBRARY.cell(row, 'value')} {LIBRARY.units[row]}",
         LIBRARY.grades[row], LIBRARY.cell(row, "transcription") or LIBRARY.cell(row, "where")]
        for key in sets
        for row in LIBRARY.indices(key)
        if LIBRARY.cell(row, "item") == item and LIBRARY.cell(row, "gas") == "CO2"
    ]  # fmt: skip
    return table(["id", "值 value", "等级 grade", "出处 from"], rows)


def grades_table(chosen: Sequence[tuple[str, str]]) -> str:
    """Rows of some sets with their grade and place, one line each."""
    rows = [
        [f"`{LIBRARY.ids[row]}`", LIBRARY.cell(row, "value"), LIBRARY.grades[row],
         LIBRARY.cell(row, "where")]
        for key, parameter in chosen
        for row in LIBRARY.newest(key)
        if LIBRARY.cell(row, "parameter") == parameter
        and LIBRARY.cell(row, "item") != "electricity"
    ]  # fmt: skip
    return table(["id", "值 value", "等级 grade", "出处 where"], rows)


def disagreements() -> str:
    """The page on values that differ between documents, and why: the template with its tables."""
    template = (Path(__file__).parent / "templates" / "disagreements.md").read_text(
        encoding="utf-8"
    )
    return template.format(
        diesel=fuel_table("diesel", DIESEL),
        lng=fuel_table("lng", LNG),
        natural_gas=fuel_table("natural_gas", GAS),
        coke_oven_gas=fuel_table("coke_oven_gas", COKE_GAS),
        electricity=grid_table(ELECTRICITY),
        regions=regions_table(),
        etching=etching_table(),
        limestone=parameter_table("limestone", "emission_factor", LIMESTONE),
        nitric=parameter_table("nitric_acid", "emission_factor", NITRIC),
        crude_steel=versions_table("crude_steel", STEEL),
        grades=grades_table(GRADED),
    )


def left_out() -> str:
    """The page on reference rows that are not in the database, and why."""
    with (ROOT / "emission_factors" / "not_included.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    counted = Counter((row["reference_file"], row["reason"]) for row in rows)
    shown = [[file, reason, number] for (file, reason), number in sorted(counted.items())]
    template = (Path(__file__).parent / "templates" / "left_out.md").read_text(encoding="utf-8")
    return template.format(rows=table(["来源表 table", "原因 reason", "行数 rows"], shown))


if __name__ == "__main__":
    target = ROOT / "docs" / "factors"
    target.mkdir(exist_ok=True)
    (target / "disagreements.md").write_text(disagreements(), encoding="utf-8")
    (target / "left_out.md").write_text(left_out(), encoding="utf-8")
