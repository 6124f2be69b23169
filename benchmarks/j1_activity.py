"""J1: activity rows to exact sums by entity, year, scope and gas, beside polars and DuckDB.

Run ``python benchmarks/j1_activity.py [rows ...]`` (default 1e6 and 1e7). The table is made:
2,000 entities, 36 months, three methods, all items of two fuel sets plus purchased
electricity and heat, 30 provinces, twelve units. The rivals join the factors that the
library resolved (built untimed), convert units by a table, check the dimension and group;
they sum floats. Ours checks unit, dimension, range and period and sums exactly.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.aggregate import aggregate
from carboncalc.inventory.tables import REGIONS, YEARS
from harness import Job, Measured, bar, measure, show

ENTITIES, YEARS_SEEN = 2000, (2021, 2022, 2023)
METHODS = ("ghg-protocol", "other-industry", "land-transport")
UNITS = {
    "t": ("mass", 1.0, 1.0), "kg": ("mass", 1.0, 1000.0), "g": ("mass", 1.0, 1e6),
    "lb": ("mass", 45359237.0, 1e11), "Nm3": ("gas", 1.0, 1e4), "10^4 Nm3": ("gas", 1.0, 1.0),
    "kWh": ("power", 1.0, 1000.0), "MWh": ("power", 1.0, 1.0), "万kWh": ("power", 10.0, 1.0),
    "GJ": ("heat", 1.0, 1.0), "MJ": ("heat", 1.0, 1000.0), "tce": ("heat", 29.3076, 1.0),
}  # fmt: skip
PROVINCES = [
    f"CN-{code}"
    for code in (11, 12, 13, 14, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
                 50, 51, 52, 53, 61, 62, 63, 64, 65)
]  # fmt: skip
TEXTS = ("entity", "period", "method", "source", "item", "unit", "region")
BY = ("entity", "year", "scope")


def sources() -> list[tuple[str, str, str]]:
    """(source, item, dimension) that all three methods resolve without a grade D constant."""
    library = FactorLibrary.default()
    kinds = {}
    for name in ("gbt32151_2024_c1", "ndrc_sector_2013_2015"):
        frame = library.to_frame(name)
        good = frame[(frame.parameter == "net_calorific_value") & (frame.grade != "D")]
        kinds[name] = dict(zip(good["item"], good["unit"], strict=True))
    both = [i for i in kinds["gbt32151_2024_c1"] if i in kinds["ndrc_sector_2013_2015"]]
    out = [
        (source, item, "gas" if "Nm3" in kinds["gbt32151_2024_c1"][item] else "mass")
        for source in ("fossil_combustion", "mobile_combustion")
        for item in both
    ]
    return [*out, ("purchased_electricity", "electricity", "power"),
            ("purchased_heat", "heat", "heat")]  # fmt: skip


def codes(rows: int) -> dict[str, np.ndarray]:
    """The made table as integer codes and amounts."""
    rng = np.random.default_rng(8)
    which = sources()
    source = rng.integers(0, len(which), rows)
    unit = np.empty(rows, dtype=np.int64)
    names = list(UNITS)
    for kind in {k for _, _, k in which}:
        here = np.flatnonzero(np.isin(source, [i for i, s in enumerate(which) if s[2] == kind]))
        choices = [i for i, name in enumerate(names) if UNITS[name][0] == kind]
        unit[here] = rng.choice(choices, len(here))
    return {
        "entity": rng.integers(0, ENTITIES, rows).astype(np.int32),
        "period": rng.integers(0, 36, rows).astype(np.int8),
        "method": rng.integers(0, len(METHODS), rows).astype(np.int8),
        "source": source.astype(np.int16),
        "unit": unit.astype(np.int8),
        "region": rng.integers(0, len(PROVINCES), rows).astype(np.int8),
        "amount": rng.lognormal(3, 1.5, rows),
    }


def labels() -> dict[str, list[str]]:
    """The texts behind the codes."""
    which = sources()
    return {
        "entity": [f"entity-{i:05d}" for i in range(ENTITIES)],
        "period": [f"{y}-{m:02d}" for y in YEARS_SEEN for m in range(1, 13)],
        "method": list(METHODS),
        "source": [s for s, _, _ in which],
        "item": [i for _, i, _ in which],
        "unit": list(UNITS),
        "region": PROVINCES,
    }


def frame(coded: dict[str, np.ndarray], *, categorical: bool) -> pd.DataFrame:
    """The table as users hold it: pandas text columns, or categoricals."""
    out = {}
    for name, texts in labels().items():
        code = coded["source" if name == "item" else name]
        if categorical:
            distinct = list(dict.fromkeys(texts))
            mapping = np.array([distinct.index(t) for t in texts])
            out[name] = pd.Categorical.from_codes(mapping[code], distinct)
        else:
            out[name] = pd.Series(np.array(texts, dtype=object)[code], dtype="str")
    return pd.DataFrame({**out, "amount": coded["amount"]})


def ours(table: pd.DataFrame, threads: int) -> Job:
    """Our public call; opening the library is done before, as the rivals' factors are built."""

    def prepare() -> pd.DataFrame:
        aggregate(table.iloc[:1000], BY, threads=threads)
        return table

    return Job(prepare, lambda data: float(aggregate(data, BY, threads=threads)["co2e_t"].sum()))


def resolved() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Factors per (method, source, item, region, year) and units, for the rivals' joins."""
    from carboncalc.inventory.plan import Plan
    from carboncalc.inventory.tables import Key, Tables
    from carboncalc.provenance import Policy

    tables = Tables(Plan(FactorLibrary.default(), Policy()))
    unit_of = {"mass": "t", "gas": "10^4 Nm3", "power": "MWh", "heat": "GJ"}
    rows = []
    for method in METHODS:
        for source, item, kind in sources():
            key = tables.key_code(Key(method, source, item))
            position = key * 64 + tables.unit_code(unit_of[kind])
            tables.resolve_scales(np.array([position]))
            number = int(tables.slot[position])
            for region in PROVINCES:
                for year in YEARS_SEEN:
                    cell = (number * REGIONS + tables.region_code(region)) * YEARS
                    cell += tables.year_code(year)
                    tables.resolve_cells(np.array([cell]))
                    at = int(tables.cell[cell])
                    gases = {
                        gas: float(values[at] * tables.gwp[gas][at])
                        for gas, values in tables.coefficient.items()
                    }
                    scope = tables.numbered[number].placed.slot.source.scope
                    place = {"method": method, "source": source, "item": item, "region": region}
                    known = {"year": str(year), "scope": scope, "fdim": kind}
                    rows.append({**place, **known, **gases})
    units = pd.DataFrame(
        [{"unit": n, "udim": d, "mul": m, "div": v} for n, (d, m, v) in UNITS.items()]
    )
    return pd.DataFrame(rows).fillna(0.0), units


def polars_job(table: pd.DataFrame, factors: pd.DataFrame, units: pd.DataFrame, engine: str) -> Job:
    import polars as pl

    gases = ["CO2", "CH4_fossil", "N2O"]

    def prepare() -> tuple:
        return pl.from_pandas(table), pl.from_pandas(factors), pl.from_pandas(units)

    def run(state: tuple) -> float:
        data, known, unit = state
        x = pl.col("amount") * pl.col("mul") / pl.col("div")
        out = (
            data.lazy()
            .with_columns(pl.col("period").str.slice(0, 4).alias("year"))
            .join(known.lazy(), on=["method", "source", "item", "region", "year"], how="left")
            .join(unit.lazy(), on="unit", how="left")
            .group_by("entity", "year", "scope")
            .agg(
                *[(x * pl.col(gas)).sum().alias(gas) for gas in gases],
                (pl.col("udim") != pl.col("fdim")).any().alias("bad"),
            )
            .collect(engine=engine)
        )
        assert not out["bad"].any()
        return float(out.select(gases).to_numpy().sum())

    return Job(prepare, run)


def duckdb_job(table: pd.DataFrame, factors: pd.DataFrame, units: pd.DataFrame) -> Job:
    import duckdb
    import pyarrow as pa

    def prepare() -> tuple:
        connection = duckdb.connect()
        connection.execute("set threads=2")
        return connection, *(
            pa.Table.from_pandas(f, preserve_index=False) for f in (table, factors, units)
        )

    def run(state: tuple) -> float:
        connection, activity, known, unit = state  # noqa: RUF059 - DuckDB finds them by name
        out = connection.execute(
            """select entity, year, scope, sum(x * CO2) a, sum(x * CH4_fossil) b, sum(x * N2O) c,
                      bool_or(udim <> fdim) bad
               from (select *, amount * mul / div as x
                     from (select *, substr(period, 1, 4) as year from activity)
                     left join known using (method, source, item, region, year)
                     left join unit using (unit)) group by all"""
        ).df()
        assert not out["bad"].any()
        return float(out[["a", "b", "c"]].to_numpy().sum())

    return Job(prepare, run)


def numpy_blocks_job(coded: dict[str, np.ndarray], factors: pd.DataFrame) -> Job:
    """Hand-written: already encoded columns, 64k blocks, float scatter-add, one check."""
    which, names = sources(), list(UNITS)
    kinds = ["mass", "gas", "power", "heat"]
    fits = np.array([[UNITS[u][0] == s[2] for u in names] for s in which])
    scale = np.array([UNITS[u][1] / UNITS[u][2] for u in names])
    shape = (len(METHODS), len(which), len(PROVINCES), len(YEARS_SEEN))
    rows = np.arange(np.prod(shape)).reshape(
        len(METHODS), len(which), len(PROVINCES), len(YEARS_SEEN)
    )
    table = factors[["CO2", "CH4_fossil", "N2O"]].to_numpy()
    scope = np.array([2 if s[2] in kinds[2:] else 1 for s in which])

    def run(c: dict[str, np.ndarray]) -> float:
        size = ENTITIES * 3 * 2
        sums = [np.zeros(size) for _ in range(3)]
        for start in range(0, len(c["amount"]), 1 << 16):
            part = {name: column[start : start + (1 << 16)] for name, column in c.items()}
            if not fits[part["source"], part["unit"]].all():
                raise ValueError("dimension")
            year = part["period"] // 12
            at = rows[part["method"], part["source"], part["region"], year]
            x = part["amount"] * scale[part["unit"]]
            key = (part["entity"] * 3 + year) * 2 + scope[part["source"]] - 1
            for gas in range(3):
                np.add.at(sums[gas], key, x * table[at, gas])
        return float(sum(s.sum() for s in sums))

    return Job(lambda: coded, run)


def main(sizes: list[int]) -> None:
    factors, units = resolved()
    for rows in sizes:
        coded = codes(rows)
        text = frame(coded, categorical=False)
        category = frame(coded, categorical=True)
        input_bytes = sum(column.nbytes for column in coded.values())
        jobs = {
            "carboncalc, texts, 2 threads": ours(text, 2),
            "carboncalc, texts, 1 thread": ours(text, 1),
            "carboncalc, categoricals, 1 thread": ours(category, 1),
            "carboncalc, categoricals, 2 threads": ours(category, 2),
            "polars, texts": polars_job(text, factors, units, "auto"),
            "polars streaming, texts": polars_job(text, factors, units, "streaming"),
            "DuckDB, texts, 2 threads": duckdb_job(text, factors, units),
            "numpy blocks, encoded (f5)": numpy_blocks_job(coded, factors),
        }
        found = measure(jobs, rounds=5 if rows <= 1_000_000 else 3, warm=rows <= 1_000_000)
        show(f"J1, {rows:,} rows", found, "DuckDB, texts, 2 threads", input_bytes=input_bytes)
        _bars(rows, found, input_bytes)


def _bars(rows: int, found: dict[str, Measured], input_bytes: int) -> None:
    polars = min(found["polars, texts"].wall, found["polars streaming, texts"].wall)
    rival = min(polars, found["DuckDB, texts, 2 threads"].wall)
    mine = found["carboncalc, texts, 2 threads"]
    if rows >= 10_000_000:
        bar("texts ÷ the faster of polars and DuckDB", mine.wall / rival, 0.9)
    else:
        bar("texts ÷ polars", mine.wall / polars, 1.0)
    encoded = min(
        found["carboncalc, categoricals, 1 thread"].wall,
        found["carboncalc, categoricals, 2 threads"].wall,
    )
    bar("categoricals ÷ f5", encoded / found["numpy blocks, encoded (f5)"].wall, 2.5)
    allowed = 0.3 * input_bytes + 32 * 2**20
    bar("extra memory ÷ (0.3 × encoded input + 32 MiB)", mine.peak / allowed, 1.0)
    exact = {round(m.check, 3) for m in found.values()}
    print(f"the implementations agree to {max(exact) - min(exact):.3g} t")


if __name__ == "__main__":
    main([int(float(size)) for size in sys.argv[1:]] or [1_000_000, 10_000_000])
