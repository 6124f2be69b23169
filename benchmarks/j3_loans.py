"""J3: a loan tape from Parquet to exact balances by seven partitions. Only ratios mean anything.

Every implementation converts each balance to CNY and takes its green share half-up to the 分,
leaves out what is off the balance, and sums outstanding and green by institution, branch, use
industry, quality, product, currency and code; the totals must agree to the 分. Nothing else
is asked of the rivals, except of the row "and checks", which looks for what a tape may hold
wrong as far as SQL says it readily (no check characters). carboncalc makes all its checks on
the first pass.

Bars, like for like: sums of a checked tape at most 2 × DuckDB's and at least 4 × faster than
pandas; sums and checks together at most 2 × DuckDB's; extra memory of a first pass at most
0.1 × the file at 1e7 rows. Run ``python benchmarks/j3_loans.py [rows ...]``; made tapes are
kept in the temporary directory.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import Job, bar, measure, show

AS_OF = "2025-12-31"
FOLDER = Path(tempfile.gettempdir()) / "carboncalc-j3"
DIMENSIONS = ("bank_id", "branch_id", "use_industry_code", "class5", "product", "currency", "code")
READ = (*DIMENSIONS[:-1], "as_of", "principal_outstanding", "nfra_green_code", "nfra_green_ratio")
OFF = ("guarantee", "entrusted")
WHOLE = 10**9


def tape_file(rows: int) -> Path:
    """A made tape of so many rows; decimals as 64-bit integers, as Spark and DuckDB write them."""
    import pyarrow.parquet as pq

    from carboncalc.examples.loans import made_batches

    path = FOLDER / f"loans-{rows}.parquet"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        half = path.with_suffix(".part")
        batches = made_batches(rows, 20, median_cny=1e6, attribution=True)
        first = next(batches)
        with pq.ParquetWriter(half, first.schema, store_decimal_as_integer=True) as writer:
            writer.write_batch(first, row_group_size=250_000)
            for batch in batches:
                writer.write_batch(batch, row_group_size=250_000)
        half.rename(path)
    return path


def rates() -> list[tuple[str, int, int]]:
    from carboncalc.examples.loans import made_rates
    from carboncalc.finance.rates import RateTable

    frame = made_rates(AS_OF)
    table = RateTable.read(frame)
    import datetime as dt

    day = dt.date.fromisoformat(AS_OF)
    found = [(name, table.find(day, name)) for name in frame["currency"]]
    return [(name, rate.numerator, rate.denominator) for name, rate in found if rate]


def shares() -> list[tuple[str, int]]:
    from carboncalc.examples.loans import RATIOS
    from carboncalc.finance.labels import ratio_of

    return [(text, ratio_of(text)[0]) for text in RATIOS]


def ours(path: Path, *, checked: bool) -> Job:
    from carboncalc.examples.loans import made_rates

    def prepare() -> Any:
        import carboncalc as cc

        # A small tape first: code pages of the libraries are not memory of the job.
        run(cc.read_loans(tape_file(10_000), rates=made_rates(AS_OF)))
        tape = cc.read_loans(path, rates=made_rates(AS_OF))
        if checked:
            tape.check()
        return tape

    def run(tape: Any) -> float:
        import carboncalc as cc

        book = cc.exposure(tape, statistic="NFRA", as_of=AS_OF)
        assert sum(book.by("branch").green_cny) == sum(book.by("taxonomy").green_cny)
        return float((book.outstanding + book.green) * 100)

    return Job(prepare, run)


_FEN = "round(principal_outstanding::double * 100)::bigint"
_CTE = f"""
with t as (
  select l.*, coalesce(nfra_green_code, '(none)') code, ppb,
    ({_FEN} * 2 * num + den) // (2 * den) b
  from read_parquet('@file') l left join fx using (currency) left join share on nfra_green_ratio = r
  where as_of = date '{AS_OF}'),
u as (
  select *, case when ppb is null then 0 else (b // {WHOLE}) * ppb
    + ((b % {WHOLE}) * ppb * 2 + {WHOLE}) // (2 * {WHOLE}) end g
  from t where product not in {OFF})
"""
_SUMS = _CTE + "select @columns, sum(b) b, sum(g) g, count(*) n from u group by @groups"
_CHECKS = """
select count(*) - count(distinct (loan_id, as_of)),
  count(*) filter (origination_date > as_of or maturity_date < origination_date),
  count(*) filter (principal_outstanding < 0 or principal_outstanding is null),
  count(*) filter (loan_id is null or contract_id is null or borrower_id is null
    or length(borrower_id) <> 18),
  count(*) filter (class5 not in ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')),
  count(*) filter (not regexp_full_match(use_industry_code, '[0-9]{2,4}')),
  count(*) filter (currency not in (select currency from fx)),
  count(*) filter (nfra_green_code is not null and not regexp_full_match(nfra_green_code,
    '[0-9]+[.][0-9]+[.][0-9]+'))
from read_parquet('@file')
"""


def duck(path: Path, *, groups: tuple[str, ...] = DIMENSIONS, checks: bool = False) -> Job:
    def connect() -> Any:
        import duckdb

        base = duckdb.connect()
        base.execute("set threads = 2")
        base.execute("create table fx (currency varchar, num bigint, den bigint)")
        base.executemany("insert into fx values (?, ?, ?)", rates())
        base.execute("create table share (r varchar, ppb bigint)")
        base.executemany("insert into share values (?, ?)", shares())
        query(base, tape_file(10_000))
        return base

    def query(base: Any, file: Path) -> float:
        columns = ", ".join(groups)
        sets = f"grouping sets ({', '.join(f'({name})' for name in groups)})"
        if groups != DIMENSIONS:
            sets = columns
        query = _SUMS.replace("@file", str(file)).replace("@columns", columns)
        rows = base.execute(query.replace("@groups", sets)).fetchall()
        parts = len(groups) if groups == DIMENSIONS else 1
        if checks:
            assert not any(base.execute(_CHECKS.replace("@file", str(file))).fetchone())
        return float(sum(row[-3] + row[-2] for row in rows)) / parts

    return Job(connect, lambda base: query(base, path))


def polars(path: Path) -> Job:
    def prepare() -> Any:
        import polars as pl

        fx = pl.DataFrame(rates(), schema=["currency", "num", "den"], orient="row")
        share = pl.DataFrame(shares(), schema=["nfra_green_ratio", "ppb"], orient="row")
        query((pl, fx, share), tape_file(10_000))
        return pl, fx, share

    def query(state: Any, file: Path) -> float:
        pl, fx, share = state
        column = pl.col
        fen = (column("principal_outstanding").cast(pl.Float64) * 100).round().cast(pl.Int64)
        base = (
            pl.scan_parquet(file)
            .filter(column("as_of") == pl.lit(AS_OF).str.to_date())
            .filter(~column("product").is_in(list(OFF)))
            .join(fx.lazy(), on="currency", how="left")
            .join(share.lazy(), on="nfra_green_ratio", how="left")
            .with_columns(
                column("nfra_green_code").fill_null("(none)").alias("code"),
                b=(fen * 2 * column("num") + column("den")) // (2 * column("den")),
                ppb=column("ppb").fill_null(0),
            )
            .with_columns(
                g=column("b") // WHOLE * column("ppb")
                + (column("b") % WHOLE * column("ppb") * 2 + WHOLE) // (2 * WHOLE)
            )
        )
        total = [column("b").sum(), column("g").sum(), pl.len()]
        frames = pl.collect_all([base.group_by(name).agg(total) for name in DIMENSIONS])
        return float(sum(frame["b"].sum() + frame["g"].sum() for frame in frames)) / len(frames)

    return Job(prepare, lambda state: query(state, path))


def pandas(path: Path) -> Job:
    def prepare() -> Any:
        import pandas as pd

        fx = pd.DataFrame(rates(), columns=["currency", "num", "den"])
        share = pd.DataFrame(shares(), columns=["nfra_green_ratio", "ppb"])
        query((pd, fx, share), tape_file(10_000))
        return pd, fx, share

    def query(state: Any, file: Path) -> float:
        import datetime as dt

        import pyarrow as pa
        import pyarrow.parquet as pq

        _, fx, share = state
        table = pq.read_table(file, columns=list(READ))
        place = table.column_names.index("principal_outstanding")
        money = table.column(place).cast(pa.float64())
        frame = table.set_column(place, "principal_outstanding", money).to_pandas()
        frame = frame[frame["as_of"] == dt.date.fromisoformat(AS_OF)]
        frame = frame[~frame["product"].isin(OFF)]
        frame = frame.merge(fx, on="currency", how="left")
        frame = frame.merge(share, on="nfra_green_ratio", how="left")
        fen = (frame["principal_outstanding"] * 100).round().astype("int64")
        ppb = frame["ppb"].fillna(0).astype("int64")
        b = (fen * 2 * frame["num"] + frame["den"]) // (2 * frame["den"])
        g = b // WHOLE * ppb + (b % WHOLE * ppb * 2 + WHOLE) // (2 * WHOLE)
        frame = frame.assign(b=b, g=g, code=frame["nfra_green_code"].fillna("(none)"))
        total = 0.0
        for name in DIMENSIONS:
            sums = frame.groupby(name)[["b", "g"]].sum()
            total += float(sums["b"].sum() + sums["g"].sum())
        return total / len(DIMENSIONS)

    return Job(prepare, lambda state: query(state, path))


def main(sizes: list[int]) -> None:
    tape_file(10_000)
    for rows in sizes:
        path = tape_file(rows)
        size = path.stat().st_size
        jobs = {
            "carboncalc, first pass, all checks": ours(path, checked=False),
            "carboncalc, checked tape": ours(path, checked=True),
            "DuckDB, seven partitions": duck(path),
            "DuckDB, and checks": duck(path, checks=True),
            "DuckDB, institution × code only": duck(path, groups=("bank_id", "code")),
            "polars, seven partitions": polars(path),
            "pandas, seven partitions": pandas(path),
        }
        found = measure(jobs, rounds=3, warm=False)
        checks = {result.check for result in found.values()}
        assert len(checks) == 1, checks
        title = f"J3 loan tape, {rows:,} rows, {size / rows:.0f} bytes each"
        show(title, found, "DuckDB, seven partitions", input_bytes=size)
        print()
        first, again = (
            found["carboncalc, first pass, all checks"],
            found["carboncalc, checked tape"],
        )
        base, slow = found["DuckDB, seven partitions"], found["pandas, seven partitions"]
        bar("checked tape ÷ DuckDB", again.wall / base.wall, 2)
        bar("first pass ÷ DuckDB and checks", first.wall / found["DuckDB, and checks"].wall, 2)
        bar("checked tape ÷ pandas", again.wall / slow.wall, 0.25)
        if rows >= 10_000_000:
            bar("extra memory of the first pass ÷ file", first.peak / size, 0.1)
        print(
            f"for information: first pass with all checks ÷ DuckDB without checks "
            f"{first.wall / base.wall:.2f}, ÷ pandas without checks {first.wall / slow.wall:.2f}"
        )


if __name__ == "__main__":
    main([int(float(text)) for text in sys.argv[1:]] or [1_000_000, 10_000_000])
