"""What was read in the IPCC chapters themselves: fuels with their intervals, CH4 and N2O.

``ipcc_fuels.csv`` holds tables 1.2 to 1.4 of volume 2 chapter 1, ``ipcc_ch4_n2o.csv`` tables
2.2 to 2.5 of chapter 2 and the Tier 1 tables of chapter 3, each line with its page.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from rows import Row

HERE = Path(__file__).parent
BIOGENIC = {
    *("wood", "charcoal", "biogasoline", "biodiesel", "black_liquor", "biogas", "landfill_gas"),
    *("sludge_gas", "biomass"),
}


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def interval(value: str, low: str, high: str) -> str:
    """The distances to the limits of the 95 % interval, in percent of the value."""
    if not low or not high:
        return ""
    middle = float(value)
    below, above = (middle - float(low)) / middle * 100, (float(high) - middle) / middle * 100
    return f"{below:.1f};{above:.1f}"


def fuels(converted: list[Row]) -> list[Row]:
    """The set ``ipcc_2006``: the rows that the reference has, with intervals, then the rest."""
    known = {(row.item, row.parameter): row for row in converted}
    found = []
    for record in _table("ipcc_fuels.csv"):
        biogenic = record["item"] in BIOGENIC
        for parameter, column, shift, unit, table in (
            ("net_calorific_value", "ncv", 0, "GJ/t", "1.2"),
            ("carbon_content", "carbon", -3, "t C/GJ", "1.3"),
            ("oxidation_factor", "", 0, "%", "1.4"),
            ("emission_factor", "co2", -3, "t CO2/TJ", "1.4"),
        ):
            printed = record[column] if column else "100"
            if not printed:
                continue
            value = str(Decimal(printed).scaleb(shift))
            row = known.get((record["item"], parameter))
            if row is None:
                name = "biogenic_emission_factor" if biogenic and column == "co2" else parameter
                row = Row(
                    set="ipcc_2006",
                    item=record["item"],
                    parameter=name,
                    value=value,
                    unit=unit,
                    basis="net" if column else "",
                    gas="CO2" if column == "co2" else "",
                    published="2006",
                    grade="A",
                    source="ipcc-2006-v2-ch1",
                )
            elif float(row.value) != float(value):
                raise SystemExit(f"ipcc_2006 {record['item']} {parameter}: {row.value}, {value}")
            page = record[f"{column or 'co2'}_page"]
            row.where, row.grade = f"Table {table}, page {page}", "A"
            row.note = row.transcription = ""
            if column:
                row.uncertainty = interval(
                    printed, record[f"{column}_low"], record[f"{column}_high"]
                )
                row.distribution = "lognormal"
            found.append(row)
    return found


def combustion(converted: list[Row]) -> list[Row]:
    """CH4 and N2O: rows of the national database that the IPCC tables print too, then the rest."""
    known = {(row.item, row.technology, row.gas): row for row in converted}
    for row in converted:
        if row.technology == "all_sectors":
            _confirm_everywhere(row)
    added = []
    for record in _table("ipcc_ch4_n2o.csv"):
        for gas, column in (("CH4", "ch4"), ("N2O", "n2o")):
            value, low, high = (record[f"{column}{end}"] for end in ("", "_low", "_high"))
            row = known.get((record["item"], record["technology"], gas))
            if row is None:
                if (record["item"], "all_sectors", gas) in known:
                    continue
                row = Row(
                    set="combustion_ch4_n2o",
                    item=record["item"],
                    parameter="emission_factor",
                    technology=record["technology"],
                    gas=gas,
                    value=value,
                    unit=f"kg {gas}/TJ",
                    basis="net",
                    grade="A",
                    source=record["source"],
                )
                added.append(row)
            if float(row.value) != float(value):
                raise SystemExit(f"{row.item} {row.technology} {gas}: {row.value}, IPCC {value}")
            place = f"{record['table']}, page {record['page']}"
            _read_there(row, record["source"], place, interval(value, low, high))
    return converted + added


def _read_there(row: Row, source: str, where: str, uncertainty: str) -> None:
    if row.source == "national-ef-database-2025":
        row.note = "the national factor database, as transcribed, has the same value"
    row.source, row.where, row.grade, row.published = source, where, "A", "2006"
    row.uncertainty, row.distribution = uncertainty, "lognormal" if uncertainty else ""


def _confirm_everywhere(row: Row) -> None:
    """N2O without a sector: the four sector tables print one value."""
    column = row.gas.lower()
    printed = [
        r for r in _table("ipcc_ch4_n2o.csv") if r["item"] == row.item and r["table"] < "Table 3"
    ]
    if len(printed) == 4 and {float(r[column]) for r in printed} == {float(row.value)}:
        first = printed[0]
        spread = interval(first[column], first[f"{column}_low"], first[f"{column}_high"])
        _read_there(row, first["source"], "Tables 2.2-2.5, pages 2.16-2.23", spread)
