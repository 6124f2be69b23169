"""J1 with measured months: half of the rows have a calorific value and a carbon content.

Run ``python benchmarks/j1_measured.py [rows ...]`` (default 1e6 and 1e7). The table is that of
``j1_activity`` with half of its rows at four fuels that every entity measured in every month:
576,000 values in a parameter table, or as two columns of the rows themselves, each with a
column of units. Ours looks the measurements up by entity, source, item and month, checks their
limits and units, and takes the document's default for the rest; the rivals join them as a wide
table in one unit, built untimed, or convert the columns by a table of units as they do the
amounts; they check dimensions and no limits.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import j1_activity as j1
from carboncalc.activity.measured import read_parameters
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.aggregate import aggregate
from harness import Job, Measured, bar, measure, show

FUELS = ("bituminous_coal", "diesel", "natural_gas", "fuel_oil")
KEYS = ["entity", "period", "source", "item"]
CARBON = "net_calorific_value"
UNIT = {"gas": "GJ/10^4 Nm3", "mass": "GJ/t"}

#: What the rivals know of the units of measured values: kind, multiply, divide.
MEASURED_UNITS = pd.DataFrame(
    [("GJ/t", "mass", 1.0, 1.0), ("MJ/t", "mass", 1.0, 1000.0), ("MJ/kg", "mass", 1.0, 1.0),
     ("GJ/10^4 Nm3", "gas", 1.0, 1.0), ("MJ/Nm3", "gas", 10.0, 1.0), ("tC/GJ", "heat", 1.0, 1.0),
     ("tC/TJ", "heat", 1.0, 1000.0), ("kgC/GJ", "heat", 1.0, 1000.0)],
    columns=["unit", "dim", "mul", "div"],
)  # fmt: skip


def measured_sources() -> list[int]:
    """Positions of the measured fuels among the sources of the table."""
    return [
        i for i, (source, item, _) in enumerate(j1.sources())
        if source == "fossil_combustion" and item in FUELS
    ]  # fmt: skip


def codes(rows: int) -> dict[str, np.ndarray]:
    """The made table as codes, half of the rows at measured fuels, in units that fit."""
    coded = j1.codes(rows)
    rng = np.random.default_rng(9)
    half = np.flatnonzero(rng.random(rows) < 0.5)
    coded["source"][half] = rng.choice(measured_sources(), len(half))
    names, which = list(j1.UNITS), j1.sources()
    for kind in ("mass", "gas"):
        fits = [i for i, name in enumerate(names) if j1.UNITS[name][0] == kind]
        chosen = [i for i in measured_sources() if which[i][2] == kind]
        here = half[np.isin(coded["source"][half], chosen)]
        coded["unit"][here] = rng.choice(fits, len(here))
    return coded


def values() -> tuple[np.ndarray, np.ndarray]:
    """Calorific values and carbon contents by (entity, month, source); nan if not measured."""
    which, rng = j1.sources(), np.random.default_rng(10)
    shape = (j1.ENTITIES, 36, len(which))
    heat, carbon = np.full(shape, np.nan), np.full(shape, np.nan)
    for i in measured_sources():
        low, high = (350.0, 390.0) if which[i][2] == "gas" else (20.0, 43.0)
        heat[:, :, i] = rng.uniform(low, high, shape[:2])
        carbon[:, :, i] = rng.uniform(0.015, 0.027, shape[:2])
    return heat, carbon


def long_table(heat: np.ndarray, carbon: np.ndarray) -> pd.DataFrame:
    """The parameter table of contract section 7."""
    labels, which = j1.labels(), j1.sources()
    entity, month, source = np.nonzero(~np.isnan(heat))
    place = {
        "entity": np.array(labels["entity"], dtype=object)[entity],
        "period": np.array(labels["period"], dtype=object)[month],
        "source": np.array([s for s, _, _ in which], dtype=object)[source],
        "item": np.array([i for _, i, _ in which], dtype=object)[source],
    }
    unit = np.array([UNIT.get(k, "") for _, _, k in which], dtype=object)[source]
    at = (entity, month, source)
    return pd.concat(
        [
            pd.DataFrame({**place, "parameter": CARBON, "value": heat[at], "unit": unit}),
            pd.DataFrame({**place, "parameter": "carbon_content", "value": carbon[at],
                          "unit": "tC/GJ"}),
        ],
        ignore_index=True,
    )  # fmt: skip


def defaults() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rivals' factors: per row of ``j1.resolved`` the heat and carbon they rest on."""
    factors, units = j1.resolved()
    library = FactorLibrary.default()
    fuel_set = {"ghg-protocol": "gbt32151_2024_c1"}
    tables = {
        name: library.to_frame(name) for name in ("gbt32151_2024_c1", "ndrc_sector_2013_2015")
    }
    known = {
        (name, row.item, row.parameter): row.value
        for name, frame in tables.items()
        for row in frame[["item", "parameter", "value"]].itertuples()
    }
    sets = factors["method"].map(fuel_set).fillna("ndrc_sector_2013_2015")
    burnt = factors["source"].isin(["fossil_combustion", "mobile_combustion"])
    for column, parameter in (("heat0", CARBON), ("carbon0", "carbon_content")):
        found = [
            known.get((s, i, parameter), 1.0) for s, i in zip(sets, factors["item"], strict=True)
        ]
        factors[column] = np.where(burnt, found, 1.0)
    factors["CO2"] /= factors["heat0"] * factors["carbon0"]
    for gas in ("CH4_fossil", "N2O"):
        factors[gas] /= factors["heat0"]
    return factors, units


def ours(table: pd.DataFrame, parameters: object, threads: int) -> Job:
    def prepare() -> pd.DataFrame:
        aggregate(table.iloc[:1000], j1.BY, parameters=parameters, threads=threads)
        return table

    return Job(
        prepare,
        lambda data: float(
            aggregate(data, j1.BY, parameters=parameters, threads=threads)["co2e_t"].sum()
        ),
    )


def polars_job(
    table: pd.DataFrame, factors: pd.DataFrame, units: pd.DataFrame, wide: pd.DataFrame | None,
    engine: str,
) -> Job:  # fmt: skip
    import polars as pl

    def prepare() -> tuple:
        frames = [table, factors, units, MEASURED_UNITS if wide is None else wide]
        return tuple(pl.from_pandas(frame, nan_to_null=True) for frame in frames)

    def run(state: tuple) -> float:
        data, known, unit, measured = state
        heat, carbon = pl.col(CARBON), pl.col("carbon_content")
        x = pl.col("amount") * pl.col("mul") / pl.col("div")
        frame = data.lazy().with_columns(pl.col("period").str.slice(0, 4).alias("year"))
        bad = pl.col("udim") != pl.col("fdim")
        if wide is not None:
            frame = frame.join(measured.lazy(), on=KEYS, how="left")
        else:
            for name, short in ((CARBON, "h"), ("carbon_content", "c")):
                their = measured.rename({"unit": f"{name}_unit"} | {
                    n: f"{short}{n}" for n in ("dim", "mul", "div")
                })  # fmt: skip
                frame = frame.join(their.lazy(), on=f"{name}_unit", how="left")
            heat, carbon = (
                pl.col(name) * pl.col(f"{short}mul") / pl.col(f"{short}div")
                for name, short in ((CARBON, "h"), ("carbon_content", "c"))
            )
            bad |= (pl.col("hdim") != pl.col("fdim")) & pl.col(CARBON).is_not_null()
            bad |= (pl.col("cdim") != "heat") & pl.col("carbon_content").is_not_null()
        heat, carbon = pl.coalesce(heat, "heat0"), pl.coalesce(carbon, "carbon0")
        out = (
            frame.join(known.lazy(), on=["method", "source", "item", "region", "year"], how="left")
            .join(unit.lazy(), on="unit", how="left")
            .group_by("entity", "year", "scope")
            .agg(
                (x * heat * carbon * pl.col("CO2")).sum(),
                (x * heat * pl.col("CH4_fossil")).sum().alias("b"),
                (x * heat * pl.col("N2O")).sum().alias("c"),
                bad.any().alias("bad"),
            )
            .collect(engine=engine)
        )
        assert not out["bad"].any()
        return float(out.drop("entity", "year", "scope", "bad").to_numpy().sum())

    return Job(prepare, run)


def duckdb_job(
    table: pd.DataFrame, factors: pd.DataFrame, units: pd.DataFrame, wide: pd.DataFrame | None
) -> Job:
    import duckdb
    import pyarrow as pa

    query = """select entity, year, scope,
                      sum(x * heat * carbon * CO2) a,
                      sum(x * heat * CH4_fossil) b, sum(x * heat * N2O) c,
                      bool_or(udim <> fdim {bad}) bad
               from (select *, amount * unit.mul / unit.div as x,
                            coalesce({heat}, heat0) as heat,
                            coalesce({carbon}, carbon0) as carbon
                     from (select *, substr(period, 1, 4) as year from activity) activity
                     left join known using (method, source, item, region, year)
                     left join unit on activity.unit = unit.unit {join}) group by all"""
    parts = {
        "bad": "", "heat": CARBON, "carbon": "carbon_content",
        "join": "left join measured using (entity, period, source, item)",
    } if wide is not None else {
        "bad": """or (hdim <> fdim and net_calorific_value is not null)
                  or (cdim <> 'heat' and carbon_content is not null)""",
        "heat": "net_calorific_value * h.mul / h.div",
        "carbon": "carbon_content * c.mul / c.div",
        "join": """left join (select *, dim as hdim from measured) h
                      on net_calorific_value_unit = h.unit
                   left join (select *, dim as cdim from measured) c
                      on carbon_content_unit = c.unit""",
    }  # fmt: skip

    def prepare() -> tuple:
        connection = duckdb.connect()
        connection.execute("set threads=2")
        frames = [table, factors, units, MEASURED_UNITS if wide is None else wide]
        return connection, [pa.Table.from_pandas(f, preserve_index=False) for f in frames]

    def run(state: tuple) -> float:
        connection, (activity, known, unit, measured) = state  # noqa: RUF059 - found by name
        out = connection.execute(query.format(**parts)).df()
        assert not out["bad"].any()
        return float(out[["a", "b", "c"]].to_numpy().sum())

    return Job(prepare, run)


def numpy_blocks_job(
    coded: dict[str, np.ndarray], factors: pd.DataFrame, heat: np.ndarray, carbon: np.ndarray
) -> Job:
    """Hand-written: encoded columns, 64k blocks, dense tables, float scatter-add, one check."""
    which, names = j1.sources(), list(j1.UNITS)
    fits = np.array([[j1.UNITS[u][0] == s[2] for u in names] for s in which])
    scale = np.array([j1.UNITS[u][1] / j1.UNITS[u][2] for u in names])
    shape = (len(j1.METHODS), len(which), len(j1.PROVINCES), len(j1.YEARS_SEEN))
    rows = np.arange(np.prod(shape)).reshape(shape)
    table = factors[["CO2", "CH4_fossil", "N2O"]].to_numpy()
    heat0, carbon0 = factors["heat0"].to_numpy(), factors["carbon0"].to_numpy()
    scope = np.array([2 if s[2] in ("power", "heat") else 1 for s in which])

    def run(c: dict[str, np.ndarray]) -> float:
        sums = [np.zeros(j1.ENTITIES * 6) for _ in range(3)]
        for start in range(0, len(c["amount"]), 1 << 16):
            part = {name: column[start : start + (1 << 16)] for name, column in c.items()}
            if not fits[part["source"], part["unit"]].all():
                raise ValueError("dimension")
            year = part["period"] // 12
            at = rows[part["method"], part["source"], part["region"], year]
            place = (part["entity"], part["period"], part["source"])
            h, k = heat[place], carbon[place]
            x = part["amount"] * scale[part["unit"]] * np.where(np.isnan(h), heat0[at], h)
            k = np.where(np.isnan(k), carbon0[at], k)
            key = (part["entity"] * 3 + year) * 2 + scope[part["source"]] - 1
            np.add.at(sums[0], key, x * k * table[at, 0])
            for gas in (1, 2):
                np.add.at(sums[gas], key, x * table[at, gas])
        return float(sum(s.sum() for s in sums))

    return Job(lambda: coded, run)


def main(sizes: list[int]) -> None:
    factors, units = defaults()
    heat, carbon = values()
    long = long_table(heat, carbon)
    parameters = read_parameters(long)
    wide = long.pivot(index=KEYS, columns="parameter", values="value").reset_index()
    for rows in sizes:
        coded = codes(rows)
        text, category = j1.frame(coded, categorical=False), j1.frame(coded, categorical=True)
        place = (coded["entity"], coded["period"], coded["source"])
        kinds = np.array([UNIT.get(k, "") for _, _, k in j1.sources()], dtype=object)
        own = text.assign(
            net_calorific_value=heat[place],
            net_calorific_value_unit=pd.Series(kinds[coded["source"]], dtype="str"),
            carbon_content=carbon[place],
            carbon_content_unit=pd.Series(["tC/GJ"] * rows, dtype="str"),
        )
        input_bytes = sum(column.nbytes for column in coded.values())
        jobs = {
            "carboncalc, parameter table, 2 threads": ours(text, parameters, 2),
            "carboncalc, parameter table, categoricals, 1 thread": ours(category, parameters, 1),
            "carboncalc, parameter table, categoricals, 2 threads": ours(category, parameters, 2),
            "polars, joined": polars_job(text, factors, units, wide, "auto"),
            "polars streaming, joined": polars_job(text, factors, units, wide, "streaming"),
            "DuckDB, joined, 2 threads": duckdb_job(text, factors, units, wide),
            "numpy blocks, encoded (f5)": numpy_blocks_job(coded, factors, heat, carbon),
            "carboncalc, columns with units, 2 threads": ours(own, None, 2),
            "polars, columns": polars_job(own, factors, units, None, "auto"),
            "polars streaming, columns": polars_job(own, factors, units, None, "streaming"),
            "DuckDB, columns, 2 threads": duckdb_job(own, factors, units, None),
        }
        found = measure(jobs, rounds=5 if rows <= 1_000_000 else 3, warm=rows <= 1_000_000)
        title = f"J1 with measured months, {rows:,} rows"
        show(title, found, "DuckDB, joined, 2 threads", input_bytes=input_bytes)
        _bars(rows, found, input_bytes)


def _bars(rows: int, found: dict[str, Measured], input_bytes: int) -> None:
    for kind, mine in (("joined", "parameter table"), ("columns", "columns with units")):
        polars = min(found[f"polars, {kind}"].wall, found[f"polars streaming, {kind}"].wall)
        rival = min(polars, found[f"DuckDB, {kind}, 2 threads"].wall)
        wall = found[f"carboncalc, {mine}, 2 threads"].wall
        if rows >= 10_000_000:
            bar(f"{mine} ÷ the faster of polars and DuckDB", wall / rival, 0.9)
        else:
            bar(f"{mine} ÷ polars", wall / polars, 1.0)
    encoded = min(
        found[f"carboncalc, parameter table, categoricals, {t}"].wall
        for t in ("1 thread", "2 threads")
    )
    bar("categoricals ÷ f5", encoded / found["numpy blocks, encoded (f5)"].wall, 2.5)
    allowed = 0.3 * input_bytes + 32 * 2**20
    peak = found["carboncalc, parameter table, 2 threads"].peak
    bar("extra memory ÷ (0.3 × encoded input + 32 MiB)", peak / allowed, 1.0)
    exact = [m.check for m in found.values()]
    print(f"the implementations agree to {max(exact) - min(exact):.3g} t")


if __name__ == "__main__":
    main([int(float(size)) for size in sys.argv[1:]] or [1_000_000, 10_000_000])
