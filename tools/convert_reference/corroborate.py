"""Raises grades where a value was read a second time in an official text, and says where.

An official text that names the document a list comes from confirms that list: grade A. The same
value of the same thing in an official text of another origin is a second independent source:
grade B. Rows whose meaning is in doubt (grade D) are left alone, save the lists of one project
whose document could not be named until a standard that cites it was read.
"""

from __future__ import annotations

import csv
from pathlib import Path

from rows import Row

#: Sets of Chinese fuel defaults that were transcribed by others.
TRANSCRIBED = {
    *("ndrc_sector_2013_2015", "ndrc_steel_2013", "ndrc_ceramics_2013", "gbt32151_2024_c1"),
    *("provincial_trial_2011_gbt2589_2008", "sector_transcription_felix"),
}
OFFICIAL = {
    "shandong_2022": "鲁环发〔2022〕4号",
    "guangdong_2021": "粤环函〔2021〕103号",
    "cisa_452_2024": "T/CISA 452-2024",
}
UNNAMED = "sector_transcription_felix"
SHANDONG = "鲁环发〔2022〕4号 化工指南 附录2"
GWP_READINGS = {
    # Shandong chemical guide, table 2-9, pages 19-20: SAR by its note, HFC-245fa from AR4
    "SAR": {
        "CO2": "1", "CH4": "21", "N2O": "310", "HFC-23": "11700", "HFC-32": "650",
        "HFC-125": "2800", "HFC-134a": "1300", "HFC-143a": "3800", "HFC-152a": "140",
        "HFC-227ea": "2900", "HFC-236fa": "6300", "CF4": "6500", "C2F6": "9200", "SF6": "23900",
    },
}  # fmt: skip


def _number(text: str) -> float:
    return float(text)


def _same_unit(row: Row) -> tuple[float, str]:
    """Value in GJ/t, GJ/10^4 Nm3 or as it stands."""
    value = _number(row.value)
    if row.unit.startswith("MJ/"):
        return value / 1000, row.unit.replace("MJ", "GJ")
    if row.unit == "GJ/(10^3 Nm3)":
        return value * 10, "GJ/10^4 Nm3"
    return value, row.unit


def second_readings(sets: dict[tuple[str, str], list[Row]], target: Path) -> int:
    """Raise C to B where an official set prints the same value of the same fuel."""
    read: dict[tuple[str, str, float, str], list[str]] = {}
    for key, name in OFFICIAL.items():
        with (target / "fuels" / f"{key}.csv").open(encoding="utf-8", newline="") as handle:
            for record in csv.DictReader(handle):
                row = Row(**record)
                value, unit = _same_unit(row)
                place = f"{name} {row.where}"
                read.setdefault((row.item, row.parameter, round(value, 9), unit), []).append(place)
    raised = 0
    for (_, key), rows in sets.items():
        if key not in TRANSCRIBED:
            continue
        for row in rows:
            value, unit = _same_unit(row)
            places = read.get((row.item, row.parameter, round(value, 9), unit), [])
            if key == UNNAMED:
                places = [place for place in places if place.startswith("T/CISA")]
            open_to = row.grade == "C" or (key == UNNAMED and row.grade == "D")
            if not places or not open_to or "LPG value" in row.note or row.technology:
                continue
            row.grade = "B"
            row.transcription += f"; same value read in {' and '.join(places)}"
            raised += 1
    return raised


def potentials(rows: list[Row], official: Path) -> int:
    """Raise potentials to A that official texts print: SAR (Shandong), AR4 and AR5 (UK)."""
    ar5 = _uk(official / "uk_desnz_2025_flat.csv", "level3", "factor_2025")
    ar4 = _uk(official / "uk_desnz_2020_flat.csv", "Level 3", "GHG Conversion Factor 2020")
    readings = {
        "SAR": (GWP_READINGS["SAR"], f"{SHANDONG} 表2-9, pages 19-20"),
        "AR4": (ar4, "UK Government GHG Conversion Factors 2020, flat file, refrigerants"),
        "AR5": (ar5, "UK Government GHG Conversion Factors 2025, flat file, refrigerants"),
    }
    raised = 0
    for row in rows:
        known, where = readings.get(row.technology, ({}, ""))
        printed = known.get(row.item)
        if printed is not None and _number(printed) == _number(row.value) and row.grade != "A":
            row.grade = "A"
            row.transcription += f"; read in {where}"
            raised += 1
    return raised


def _uk(path: Path, name: str, value: str) -> dict[str, str]:
    """Potentials of single gases in a UK flat file, by our gas ids."""
    names = {
        "Carbon dioxide": "CO2", "Methane": "CH4", "Nitrous oxide": "N2O",
        "Perfluoromethane (PFC-14)": "CF4", "Perfluoroethane (PFC-116)": "C2F6",
        "Perfluoropropane (PFC-218)": "C3F8", "Perfluorocyclobutane (PFC-318)": "c-C4F8",
        "Perfluorobutane (PFC-3-1-10)": "C4F10", "Perfluoropentane (PFC-4-1-12)": "C5F12",
        "Perfluorohexane (PFC-5-1-14)": "C6F14", "Sulphur hexafluoride (SF6)": "SF6",
        "Nitrogen trifluoride": "NF3", "PFC-9-1-18": "C10F18",
        "Trifluoromethyl sulphur pentafluoride": "SF5CF3", "Perfluorocyclopropane": "c-C3F6",
        "Carbon tetrachloride": "CCl4", "Methyl chloroform": "CH3CCl3",
        "CFC-11/R11 = trichlorofluoromethane": "CFC-11",
        "CFC-12/R12 = dichlorodifluoromethane": "CFC-12",
        "HCFC-22/R22 = chlorodifluoromethane": "HCFC-22",
        "Halon-1211": "Halon-1211", "Halon-1301": "Halon-1301", "Halon-2402": "Halon-2402",
    }  # fmt: skip
    with path.open(encoding="utf-8", newline="") as handle:
        records = [
            r
            for r in csv.DictReader(handle)
            if "Refrigerant & other" in (*r.values(),) and r[value]
        ]
    return {names.get(r[name], r[name]): r[value] for r in records}


def blends(rows: list[Row], gwp: list[Row], official: Path) -> int:
    """Raise to B the blends whose AR5 potential in the UK factors follows from the composition."""
    known = {r.item: _number(r.value) for r in gwp if r.technology == "AR5"}
    printed = {
        "R-" + name.removeprefix("R"): _number(value)
        for name, value in _uk(official / "uk_desnz_2025_flat.csv", "level3", "factor_2025").items()
        if name.startswith("R") and name[1:2].isdigit()
    }
    by_blend: dict[str, list[Row]] = {}
    for row in rows:
        by_blend.setdefault(row.item, []).append(row)
    raised = 0
    for blend, parts in by_blend.items():
        if blend not in printed or parts[0].grade != "C":
            continue
        computed = sum(_number(p.value) / 100 * known.get(p.gas, 0.0) for p in parts)
        if abs(computed - printed[blend]) <= max(1.0, 0.003 * printed[blend]):
            for part in parts:
                part.grade = "B"
                part.transcription += "; reproduces the blend's potential in the UK factors of 2025"
                raised += 1
    return raised


def carbonates(rows: list[Row]) -> int:
    """Raise the carbonate list of the NDRC guidelines, which Shandong's table 2-4 quotes."""
    raised = 0
    for row in rows:
        if row.parameter == "emission_factor" and row.where == "附录二 表2.2" and row.grade != "A":
            row.grade = "A"
            row.transcription += f"; read in {SHANDONG} 表2-4, which cites the NDRC list"
            raised += 1
    return raised


def steam(rows: list[Row], target: Path) -> int:
    """Judge the transcribed steam table by the one read in Shandong's guide.

    Equal values are grade A, those within 0.5 kJ/kg stay as they are, and those further off are
    grade D: the transcription drifts away from the table above 1 MPa.
    """
    with (target / "heat" / "steam_saturated_2022.csv").open(
        encoding="utf-8", newline=""
    ) as handle:
        official = {r["technology"]: r["value"] for r in csv.DictReader(handle)}
    judged = 0
    for row in rows:
        pressure = row.technology.removesuffix("MPa").removesuffix(".0") + "MPa"
        printed = official.get(pressure)
        if printed is None:
            continue
        off = abs(_number(printed) - _number(row.value))
        if off == 0:
            row.grade = "A"
            row.transcription += f"; read in {SHANDONG} 表2-11"
        else:
            row.grade = "C" if off <= 0.5 else "D"
            row.note += f" The table of 鲁环发〔2022〕4号 prints {printed}."
        judged += 1
    return judged
