"""The UK conversion factors of 2025 (whole flat file) and the US EPA hub."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from ledger import Ledger
from rows import Row, grade, plain, read

FLAT = "uk_desnz_2025_flat.csv"
SAMPLE = "uk_desnz_2024_or_later_sample.csv"
HUB = "us_epa_hub_sample.csv"

#: Printed unit of activity → (name in the id, unit, basis).
UNITS = {
    "km": ("per_km", "km", ""),
    "miles": ("per_mile", "mile", ""),
    "tonne.km": ("per_tkm", "tkm", ""),
    "passenger.km": ("per_pkm", "pkm", ""),
    "tonnes": ("per_tonne", "t", ""),
    "kg": ("per_kg", "kg", ""),
    "litres": ("per_litre", "L", ""),
    "million litres": ("per_million_litres", "10^6 L", ""),
    "cubic metres": ("per_m3", "m3", ""),
    "kWh": ("per_kwh", "kWh", ""),
    "kWh (Net CV)": ("per_kwh_net", "kWh", "net"),
    "kWh (Gross CV)": ("per_kwh_gross", "kWh", "gross"),
    "GJ": ("per_gj", "GJ", ""),
    "Room per night": ("per_room_night", "room_night", ""),
    "per FTE Working Hour": ("per_working_hour", "h", ""),
    "mmBtu (HHV)": ("per_mmbtu_gross", "mmBtu", "gross"),
    "scf": ("per_scf", "scf", ""),
    "gallon": ("per_gallon", "gal", ""),
    "short ton": ("per_short_ton", "short_ton", ""),
    "MWh": ("per_mwh", "MWh", ""),
    "vehicle-mile": ("per_vehicle_mile", "vehicle_mile", ""),
    "passenger-mile": ("per_passenger_mile", "passenger_mile", ""),
    "ton-mile": ("per_short_ton_mile", "short_ton_mile", ""),
}
PARTS = {
    "kg CO2e of CO2 per unit": "CO2",
    "kg CO2e of CH4 per unit": "CH4",
    "kg CO2e of N2O per unit": "N2O",
}


def slug(text: str) -> str:
    """A name in lower case with underscores: ``Cars (by size)`` → ``cars_by_size``."""
    text = text.replace("%", " percent ").replace("+", " plus ")
    text = text.replace(">", " above ").replace("<", " below ").replace("=", " ").replace("-", " ")
    return re.sub(r"[^a-z0-9.]+", "_", text.casefold()).strip("_")


def _item(record: dict[str, str]) -> str:
    names = [record[c].removeprefix("WTT- ") for c in ("level1", "level2", "level3", "level4")]
    names[0] = record["level1"]
    parts = [slug(n).replace(".", "_") for n in (*names, record["column_text"]) if n]
    if len(parts) > 3 and parts[3] == "kwh":
        del parts[3]
    return ".".join(parts)


def _printed(text: str) -> str:
    """The value as the workbook shows it: five decimals, where a cell holds float noise."""
    shown = f"{float(text):.5f}"
    noisy = len(text) > 15 and abs(float(shown) - float(text)) < 1e-12
    return shown.rstrip("0") if noisy else text


def _uk_row(record: dict[str, str]) -> Row:
    technology, unit, basis = UNITS[record["uom"]]
    printed = record["ghg_unit"]
    gas, parameter, numerator = "CO2e", "emission_factor", "kg CO2e"
    if printed.startswith("kWh"):
        gas, parameter, numerator, basis = "", "energy_use", "kWh", "net"
    elif record["scope"] == "Outside of Scopes":
        gas, parameter, numerator = "CO2", "biogenic_emission_factor", "kg CO2"
    elif printed in PARTS:
        gas, parameter = PARTS[printed], "co2e_part"
    return Row(
        set="uk_desnz_2025",
        item=_item(record),
        parameter=parameter,
        technology=technology,
        gas=gas,
        value=_printed(record["factor_2025"]),
        unit=f"{numerator}/{unit}",
        basis="; ".join(b for b in (basis, "AR5" if "CO2e" in numerator else "") if b),
        data_year="",
        published="2025-06",
        grade="A",
        source="uk-desnz-2025",
        where=f"flat file {record['id']}",
    )


def uk(folder: Path, official: Path, ledger: Ledger) -> list[Row]:
    """Every printed value of the flat file; the reference sample is checked against it."""
    with (official / FLAT).open(encoding="utf-8", newline="") as handle:
        records = list(csv.DictReader(handle))
    found, by_id = [], dict[str, Row]()
    for line, record in enumerate(records, start=2):
        if not record["factor_2025"]:
            named = {**record, "line": str(line), "name": f"{record['id']} {_item(record)}"}
            ledger.leave_out(FLAT, named, "the flat file prints no value in this cell")
            continue
        by_id[record["id"]] = _uk_row(record)
        found.append(by_id[record["id"]])
    for record in read(folder, SAMPLE):
        stem = record["id"].rpartition("_")[0]
        columns = ("kg_co2e", "kg_co2e_of_co2", "kg_co2e_of_ch4", "kg_co2e_of_n2o")
        rows = []
        for number, column in enumerate(columns, start=1):
            row = by_id.get(f"{stem}_{number}")
            if record[column] and row is not None:
                if float(record[column]) != float(row.value):
                    raise SystemExit(f"{SAMPLE} line {record['line']}: {column} differs")
                rows.append(row)
            elif record[column]:
                raise SystemExit(
                    f"{SAMPLE} line {record['line']}: {column} is not in the flat file"
                )
        ledger.take(SAMPLE, record, *rows)
    return found


def us(folder: Path, ledger: Ledger) -> list[Row]:
    """The EPA hub: CO2, CH4 and N2O of each line, in the units printed."""
    found = []
    for record in read(folder, HUB):
        technology, unit, basis = UNITS[record["activity_unit"]]
        category = {"Table 1": "stationary", "Table 2": "mobile", "Table 6": "electricity"}.get(
            record["hub_table"], record["category"]
        )
        grid = record["hub_table"] == "Table 6"
        made = []
        for column, printed in zip(
            ("co2", "ch4", "n2o"), record["emission_units"].split("; "), strict=False
        ):
            if not record[column]:
                continue
            gas = printed.split()[-1] if "CO2e" not in printed else "CO2e"
            biogenic = record["notes"] == "biogenic CO2"
            made.append(
                Row(
                    set="us_epa_hub_2021",
                    item="electricity" if grid else f"{slug(category)}.{_hub_name(record['name'])}",
                    parameter="biogenic_emission_factor" if biogenic else "emission_factor",
                    technology=technology,
                    region=f"eGRID-{record['name']}" if grid else "",
                    gas=gas,
                    value=record[column],
                    unit=f"{printed.split()[0].replace('metric', 't')} {gas}/{unit}",
                    basis="; ".join(b for b in (basis, "AR4" if gas == "CO2e" else "") if b),
                    data_year="2019" if grid else "",
                    published="2021-04",
                    grade=grade(record["verification"]),
                    source="us-epa-hub-2021",
                    where=record["hub_table"],
                    note=plain(record["notes"]),
                    transcription="atomic6-org/ghg:atomic6ghg/factors/source_data",
                )
            )
        found += made
        ledger.take(HUB, record, *made)
    return found


def _hub_name(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return ".".join(slug(part) for part in spaced.split(" / "))
