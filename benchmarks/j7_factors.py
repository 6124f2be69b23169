"""J7: unit column, factor look-up, and opening the library. Only ratios mean anything.

Bars: a column of unit strings at most 3 × a dict loop, looking factors up at most 0.2 × a dict
loop over tuples, opening the library and resolving 500 distinct keys at most 2 × ``import
pandas`` (fresh interpreters, bare interpreter taken off both).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np

from harness import Job, measure, show

ROWS = 100_000
#: Spelling → what it is brought to.
TARGETS = {
    **dict.fromkeys(["t", "kg", "吨", "万吨"], "t"),
    **dict.fromkeys(["kWh", "MWh", "万度"], "MWh"),
    **dict.fromkeys(["万Nm3", "10^4 Nm3"], "Nm3"),
    "GJ": "GJ",
    "L": "L",
    "tCO2/MWh": "tCO2/MWh",
}
UNITS = list(TARGETS)


def unit_column() -> list[str]:
    picks = np.random.default_rng(1).integers(0, len(UNITS), ROWS)
    return [UNITS[k] for k in picks]


def dict_of_scales() -> tuple[dict[str, float], list[str]]:
    from carboncalc import units

    return {text: units.scale(text, target) for text, target in TARGETS.items()}, unit_column()


def loop_over_dict(state: tuple[dict[str, float], list[str]]) -> float:
    scales, column = state
    total = 0.0
    for text in column:
        total += scales[text]
    return total


def encoded_units(column: list[str]) -> float:
    """What an inventory does with a column of units: encode it, read each spelling once."""
    import pyarrow as pa

    from carboncalc import units

    encoded = pa.array(column).dictionary_encode()
    spellings = encoded.dictionary.to_pylist()
    scales = np.array([units.scale(text, TARGETS[text]) for text in spellings])
    return float(scales[encoded.indices.to_numpy()].sum())


def answers() -> tuple[Any, list[str], list[int]]:
    from carboncalc.factors.library import FactorLibrary
    from carboncalc.factors.match import match
    from carboncalc.factors.request import FactorRequest
    from carboncalc.provenance import Policy
    from carboncalc.vocabulary.regions import regions

    names = [r.id for r in regions() if r.kind in ("nation", "grid", "province")]
    names = [name for name in names if name != "CN-54" and name.startswith(("CN", "GRID"))]
    asked = FactorRequest(
        "grid", "electricity", "average", region_rule="ladder", year_rule="data_year"
    )
    years = [2021, 2022, 2023]
    return match(FactorLibrary.default(), asked, names, years, Policy()).value, names, years


def dict_by_tuple() -> tuple[dict[tuple[str, int], float], list[tuple[str, int]]]:
    table, names, years = answers()
    held = {(r, y): float(table[i, j]) for i, r in enumerate(names) for j, y in enumerate(years)}
    rng = np.random.default_rng(2)
    picks = zip(rng.integers(0, len(names), ROWS), rng.integers(0, len(years), ROWS), strict=True)
    return held, [(names[i], years[j]) for i, j in picks]


def loop_over_tuples(state: tuple[dict[tuple[str, int], float], list[tuple[str, int]]]) -> float:
    held, keys = state
    total = 0.0
    for key in keys:
        total += held[key]
    return total


def coded() -> tuple[Any, Any, Any]:
    table, names, years = answers()
    rng = np.random.default_rng(2)
    return table, rng.integers(0, len(names), ROWS), rng.integers(0, len(years), ROWS)


def take_from_table(state: tuple[Any, Any, Any]) -> float:
    table, regions, years = state
    return float(table[regions, years].sum())


RESOLVE = """
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.provenance import Policy
library, policy, asked = FactorLibrary.default(), Policy(), 0
sets = "ndrc_sector_2013_2015 mee_power_2021 gbt32151_2024_c1 ipcc_2006 ndrc_steel_2013".split()
items = "anthracite bituminous_coal lignite coke crude_oil fuel_oil gasoline diesel lpg lng".split()
items += "natural_gas coke_oven_gas blast_furnace_gas converter_gas kerosene naphtha".split()
items += "refinery_dry_gas coal_tar crude_benzol washed_coal petroleum_coke bitumen".split()
items += "lubricants peat".split()
parameters = "net_calorific_value carbon_content oxidation_factor".split()
found = 0
for key in sets:
    for item in items:
        for parameter in parameters:
            asked += 1
            answer = match(library, FactorRequest(key, item, parameter), [None], [2023], policy)
            found += int(answer.row[0, 0] >= 0)
grid = FactorRequest("grid", "electricity", "average", region_rule="ladder", year_rule="data_year")
codes = [11, 12, 13, 14, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42]
table = match(library, grid, [f"CN-{code}" for code in codes], list(range(2021, 2031)), policy)
asked += table.row.size
assert asked >= 500, asked
"""


def start_up() -> None:
    cases = {"bare": "pass", "pandas": "import pandas", "numpy": "import numpy", "500": RESOLVE}
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(11):
        for name, code in cases.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times[name].append(time.perf_counter() - start)
    net = {
        name: statistics.median(t) - statistics.median(times["bare"]) for name, t in times.items()
    }
    print("\n### J7c opening the library and resolving 500 distinct keys\n")
    print(f"÷ import pandas: {net['500'] / net['pandas']:.2f} (bar 2)")
    print(f"÷ import numpy: {net['500'] / net['numpy']:.2f}")


if __name__ == "__main__":
    column = {
        "dict loop": Job(dict_of_scales, loop_over_dict),
        "encoded, each spelling read once": Job(unit_column, encoded_units),
    }
    show(f"J7a unit strings ({ROWS:,}), bar 3", measure(column), "dict loop")
    looked_up = {
        "dict of tuples, loop": Job(dict_by_tuple, loop_over_tuples),
        "answers table, take": Job(coded, take_from_table),
    }
    show(f"J7b factor look-up ({ROWS:,}), bar 0.2", measure(looked_up), "dict of tuples, loop")
    start_up()
