"""Global warming potentials and what refrigerant blends are made of."""

from __future__ import annotations

from pathlib import Path

from ledger import Ledger
from rows import Row, grade, plain, read

REPORTS = {
    "SAR": ("gwp100_sar", "ipcc-sar-wg1", "1995", "Table 2.9"),
    "TAR": ("gwp100_tar", "ipcc-tar-wg1", "2001", "Table 6.7"),
    "AR4": ("gwp100_ar4", "ipcc-ar4-wg1", "2007", "Table 2.14"),
    "AR5": ("gwp100_ar5_no_ccf", "ipcc-ar5-wg1", "2013", "Table 8.A.1"),
    "AR6": ("gwp100_ar6", "ipcc-ar6-wg1", "2021", "Table 7.SM.7"),
}
GASES = {
    "CH4 (fossil)": "CH4_fossil",
    "CH4 (non-fossil)": "CH4_biogenic",
    "PFC-14": "CF4",
    "PFC-116": "C2F6",
    "PFC-218": "C3F8",
    "PFC-318": "c-C4F8",
    "PFC-3-1-10": "C4F10",
    "PFC-4-1-12": "C5F12",
    "PFC-5-1-14": "C6F14",
    "PFC-6-1-16": "C7F16",
    "PFC-7-1-18": "C8F18",
    "PFC-9-1-18": "C10F18",
    "HFE-7100 (HFE-449sl)": "HFE-7100",
    "HFE-7200 (HFE-569sf2)": "HFE-7200",
    "Carbon tetrachloride": "CCl4",
    "Methyl chloroform": "CH3CCl3",
}
#: Components as the mixture lists spell them → gas id. The blends use the (E) isomer.
COMPONENTS = {
    "HC-290 (propane)": "HC-290",
    "HC-600 (butane)": "HC-600",
    "HC-600a (isobutane)": "HC-600a",
    "HO-1270 (propene)": "HO-1270",
    "HCE170": "HCE-170",
    "HC601": "HC-601",
    "HFO-1234ze": "HFO-1234ze(E)",
}


#: Two blends whose list entry reads HFC-152: the UK and US potentials of the blends come out with
#: HFC-152a only (R-500: 0.262 x 138 = 36 in the UK factors of 2025, 0.262 x 124 = 32 in the hub).
MEANT = {("R-500", "HFC-152"): "HFC-152a", ("R-405A", "HFC-152"): "HFC-152a"}


def potentials(folder: Path, ledger: Ledger) -> list[Row]:
    """One row per report and gas, 100 years, without climate-carbon feedback in AR5."""
    found = []
    for record in read(folder, "gwp100.csv"):
        marks = dict(
            entry.strip().split("=", 1) for entry in record["verification_per_report"].split(";")
        )
        made = []
        for report, (column, source, published, where) in REPORTS.items():
            if not record[column]:
                continue
            gas = GASES.get(record["gas"], record["gas"])
            upper = "<1" in marks[report]
            made.append(
                Row(
                    set="gwp",
                    item=gas,
                    parameter="gwp",
                    technology=report,
                    gas=gas,
                    value=record[column],
                    unit=f"kg CO2e/kg {gas}",
                    basis="100 years; no climate-carbon feedback"
                    if report == "AR5"
                    else "100 years",
                    published=published,
                    grade=grade(marks[report].split(" ")[0]),
                    source=source,
                    where="Table 7.15" if report == "AR6" and "_" in gas else where,
                    note=plain(record["notes"]) + (" Printed '<1'." if upper else ""),
                    transcription=plain(record["seen_in"]),
                )
            )
        found += made
        ledger.take("gwp100.csv", record, *made)
    return found


def blends(folder: Path, ledger: Ledger) -> list[Row]:
    """The mass share of each component of each refrigerant blend."""
    found = []
    for record in read(folder, "refrigerant_blends.csv"):
        made = [
            Row(
                set="refrigerant_blends",
                item=record["blend"],
                parameter="mass_fraction",
                gas=MEANT.get(
                    (record["blend"], component),
                    COMPONENTS.get(component, GASES.get(component, component)),
                ),
                value=share,
                unit="%",
                published="2019",
                grade=grade(record["verification"]),
                source="ashrae-34",
                where="nominal composition",
                note=_note(record, component),
                transcription=plain(record["seen_in"]),
            )
            for component, share in zip(
                record["components"].split(" / "), record["mass_percent"].split(" / "), strict=True
            )
        ]
        found += made
        ledger.take("refrigerant_blends.csv", record, *made)
    return found


def _note(record: dict[str, str], component: str) -> str:
    if (record["blend"], component) in MEANT:
        return "transcribed as HFC-152; the UK and US potentials of the blend need HFC-152a"
    return "" if "taken as 0" in record["notes"] else plain(record["notes"])
