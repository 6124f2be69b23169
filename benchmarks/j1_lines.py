"""J1 with every line kept: the full line table beside the sums alone, and beside pandas.

Run ``python benchmarks/j1_lines.py [rows ...]`` (default 1e5 and 1e6). The table is that of
``j1_activity``; the measured one gives each fuel row its own net calorific value, carbon
content and oxidation factor, within 3 % of the default. The rival is pandas by hand: the
factors that the library resolved (built untimed) joined on categoricals, units joined, one
line per activity row and gas with amount, mass, CO2e and factor; it checks nothing, knows no
documents and sums floats.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from carboncalc.activity.read import read_activity
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.aggregate import aggregate
from carboncalc.inventory.calculator import compute
from carboncalc.inventory.result import Inventory
from harness import Job, Measured, bar, measure, show
from j1_activity import BY, codes, frame, resolved

FUELS = ("fossil_combustion", "mobile_combustion")
GASES = ("CO2", "CH4_fossil", "N2O")
#: Parameters a row may give itself, with the unit by mass and by volume of gas.
OWN = {
    "net_calorific_value": ("GJ/t", "GJ/10^4 Nm3"),
    "carbon_content": ("tC/GJ", "tC/GJ"),
    "oxidation_factor": ("1", "1"),
}


def measured_frame(plain: pd.DataFrame) -> pd.DataFrame:
    """The table with values of its own in every fuel row, close to the defaults."""
    factors = FactorLibrary.default().to_frame("gbt32151_2024_c1")
    rng = np.random.default_rng(9)
    fuel = plain["source"].isin(FUELS).to_numpy()
    gas = plain["unit"].isin(["Nm3", "10^4 Nm3"]).to_numpy()
    out = plain.copy()
    for name, (by_mass, by_volume) in OWN.items():
        default = factors[factors.parameter == name].set_index("item")["value"]
        percent = 100.0 if name == "oxidation_factor" and default.max() > 1 else 1.0
        usual = plain["item"].map(default.groupby(level=0).first()).to_numpy() / percent
        low, high = (0.97, 1.0) if name == "oxidation_factor" else (0.97, 1.03)
        out[name] = np.where(fuel, usual * rng.uniform(low, high, len(plain)), np.nan)
        out[f"{name}_unit"] = np.where(gas, by_volume, by_mass)
    return out


def ours(data: object, timed: Callable[[object], Inventory | pd.DataFrame]) -> Job:
    """One of our public calls; the plan is warm, as the rival's factors are built."""

    def run(state: object) -> float:
        found = timed(state)
        return found.co2e_t if isinstance(found, Inventory) else float(found["co2e_t"].sum())

    return Job(lambda: data, run)


def pandas_job(table: pd.DataFrame, factors: pd.DataFrame, units: pd.DataFrame) -> Job:
    """Pandas by hand: joins on categoricals, then one block of lines per gas."""
    keys = ["method", "source", "item", "region", "year"]

    def prepare() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        known, scale = factors.copy(), units.copy()
        data = table.assign(year=table["period"].str.slice(0, 4))
        for name in (*keys, "unit"):
            kinds = pd.CategoricalDtype(sorted(set(data[name])))
            data[name] = data[name].astype(kinds)
            held = scale if name == "unit" else known
            held[name] = held[name].astype(kinds)
        return data.drop(columns="year"), known, scale

    def run(state: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> float:
        data, known, scale = state
        year = data["period"].str.slice(0, 4).astype(known["year"].dtype)
        both = data.assign(year=year, row=np.arange(len(data), dtype=np.int32))
        both = both.merge(known, on=keys, how="left").merge(scale, on="unit", how="left")
        amount = both["amount"].to_numpy() * both["mul"].to_numpy() / both["div"].to_numpy()
        parts = []
        for gas in GASES:
            factor = both[gas].to_numpy()
            value = amount * factor
            if gas == "CO2" and "net_calorific_value" in both:
                own = amount * np.prod([both[name].to_numpy() for name in OWN], axis=0)
                value = np.where(np.isnan(own), value, own * (44 / 12))
            here = np.flatnonzero(factor != 0)
            part = both[["row", "entity", "period", *keys, "unit", "amount", "scope"]].take(here)
            parts.append(part.assign(gas=gas, factor=factor[here], co2e_t=value[here]))
        lines = pd.concat(parts, ignore_index=True).sort_values("row", kind="stable")
        return float(lines["co2e_t"].sum())

    return Job(prepare, run)


def main(sizes: list[int]) -> None:
    factors, units = resolved()
    for rows in sizes:
        plain = frame(codes(rows), categorical=False)
        own = measured_frame(plain)
        compute(plain.iloc[:2000])
        aggregate(plain.iloc[:100_000], BY)  # its look-up tables are warm, as their plan is
        tables = {"plain": read_activity(plain), "own values": read_activity(own)}
        jobs = {
            "aggregate, texts (f6)": ours(plain, lambda data: aggregate(data, BY)),
            "read, compute, lines": ours(plain, lambda data: compute(data).lines),
            "compute": ours(tables["plain"], compute),
            "compute, lines": ours(tables["plain"], lambda table: compute(table).lines),
            "own values: compute": ours(tables["own values"], compute),
            "own values: compute, lines": ours(
                tables["own values"], lambda table: compute(table).lines
            ),
            "pandas joins, lines": pandas_job(plain, factors, units),
            "own values: pandas joins, lines": pandas_job(own, factors, units),
        }
        found = measure(jobs, rounds=3, warm=rows <= 100_000)
        size = int(plain.memory_usage(deep=True).sum())
        title = f"J1 with every line kept, {rows:,} rows"
        show(title, found, "aggregate, texts (f6)", input_bytes=size)
        _bars(found)


def _bars(found: dict[str, Measured]) -> None:
    def ratio(one: str, other: str) -> float:
        return found[one].wall / found[other].wall

    bar(
        "read, compute, lines ÷ aggregate",
        ratio("read, compute, lines", "aggregate, texts (f6)"),
        2.2,
    )
    bar("compute, lines ÷ pandas joins", ratio("compute, lines", "pandas joins, lines"), 1.0)
    bar("own values ÷ plain, compute", ratio("own values: compute", "compute"), 1.5)
    for kind in ("", "own values: "):
        checks = [found[f"{kind}{job}"].check for job in ("compute, lines", "pandas joins, lines")]
        print(f"{kind or 'plain: '}ours and pandas differ by {abs(checks[0] / checks[1] - 1):.2g}")


if __name__ == "__main__":
    main([int(float(size)) for size in sys.argv[1:]] or [100_000, 1_000_000])
