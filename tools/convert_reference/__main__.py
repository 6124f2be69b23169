"""Convert the reference tables into ``emission_factors/``: run by hand, and again when they change.

Usage: ``python tools/convert_reference FOLDER OFFICIAL``: the folder of the reference csv files and
the one with the UK flat file.
``readings.csv`` beside this file sets the grade of values that were read again, and where.
Files of the database that no reference table feeds (written by hand) are left alone.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path

from corroborate import blends as judge_blends
from corroborate import carbonates, second_readings, steam
from corroborate import potentials as read_potentials
from fuels import combustion_gases, fuel_sets
from grid import grid_factors
from heat_and_other import other_constants
from international import uk, us
from ipcc import combustion, fuels
from ledger import Ledger
from rows import Row, factor_id, read, write
from tce import standard_coal
from warming import blends, potentials

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "emission_factors"
FILES = (
    "fuels_cn.csv",
    "fuel_ch4_n2o_cn.csv",
    "fuel_tce_gbt2589_2020.csv",
    "grid_electricity_cn.csv",
    "gwp100.csv",
    "heat_and_other_cn.csv",
    "refrigerant_blends.csv",
    "uk_desnz_2024_or_later_sample.csv",
    "us_epa_hub_sample.csv",
)


def collect(folder: Path, official: Path, ledger: Ledger) -> dict[tuple[str, str], list[Row]]:
    """All rows by (kind, set)."""
    sets: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for key, rows in {**fuel_sets(folder, ledger), **standard_coal(folder, ledger)}.items():
        sets["fuels", key] += rows
    sets["fuels", "combustion_ch4_n2o"] += combustion_gases(folder, ledger)
    sets["electricity", "grid"] += grid_factors(folder, ledger)
    sets["gwp", "gwp"] += potentials(folder, ledger)
    sets["refrigerants", "refrigerant_blends"] += blends(folder, ledger)
    sets["international", "uk_desnz_2025"] += uk(folder, official, ledger)
    sets["international", "us_epa_hub_2021"] += us(folder, ledger)
    for key, rows in other_constants(folder, ledger).items():
        sets[key] += rows
    sets["fuels", "ipcc_2006"] = fuels(sets["fuels", "ipcc_2006"])
    sets["fuels", "combustion_ch4_n2o"] = combustion(sets["fuels", "combustion_ch4_n2o"])
    return sets


def apply_readings(sets: dict[tuple[str, str], list[Row]]) -> int:
    """Set the grade and place of every row that was read again; fail where no such row is."""
    by_id = {factor_id(row): row for rows in sets.values() for row in rows}
    path = HERE / "readings.csv"
    if not path.exists():
        return 0
    with path.open(encoding="utf-8", newline="") as handle:
        readings = list(csv.DictReader(handle))
    for reading in readings:
        row = by_id[reading["id"]]
        if row.value != reading["value"]:
            raise SystemExit(f"{reading['id']}: {row.value} here, {reading['value']} was read")
        row.grade = reading["grade"]
        row.transcription = "; ".join(t for t in (row.transcription, reading["read_in"]) if t)
    return len(readings)


def main() -> None:
    """Convert, check that no reference row is lost, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("official", type=Path, help="where the UK flat file lies")
    given = parser.parse_args()
    folder, ledger = given.folder, Ledger()
    sets = collect(folder, given.official, ledger)
    for name in FILES:
        ledger.check(name, read(folder, name))
    raised = second_readings(sets, TARGET)
    raised += read_potentials(sets["gwp", "gwp"], given.official)
    raised += judge_blends(
        sets["refrigerants", "refrigerant_blends"], sets["gwp", "gwp"], given.official
    )
    raised += carbonates(sets["process", "ndrc-2015-1722-other-industry"])
    raised += steam(sets["heat", "steam_saturated"], TARGET)
    raised += apply_readings(sets)
    for (kind, key), rows in sets.items():
        write(TARGET, kind, rows, key)
    ledger.write(TARGET / "not_included.csv", HERE / "coverage.csv")
    total = sum(map(len, sets.values()))
    print(f"{total} rows in {len(sets)} sets, {raised} readings, {len(ledger.left_out)} left out")


if __name__ == "__main__":
    main()
