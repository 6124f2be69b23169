"""A million made loans with planted errors: all found, and every partition closes to the 分."""

import polars as pl
import pytest

from carboncalc.examples.loan_errors import with_errors
from carboncalc.examples.loans import MADE_RATES, made_loans
from carboncalc.finance.exposure import exposure
from carboncalc.finance.tape import read_loans

OFF = ["guarantee", "entrusted"]


@pytest.fixture(scope="module")
def bad():
    return with_errors(made_loans(1_000_000, institutions=20))


@pytest.fixture(scope="module")
def tape(bad):
    return read_loans(
        bad.loans, labels=bad.labels, rates=bad.rates, coverage="all_institutions:CN-3502"
    )


def test_every_planted_error_is_found_and_named_and_nothing_else(bad, tape):
    for table, issues in (("loans", tape.check().issues), ("labels", tape.label_table.issues)):
        rows = bad.planted[bad.planted.table == table]
        planted = {(row.position + 1, row.column, row.code) for row in rows.itertuples()}
        assert {(issue.row, issue.column, issue.code) for issue in issues} == planted


def polars_sums(bad, dimension):
    """The same sums by another engine: amounts as text without their point, in integers."""
    planted = bad.planted
    rows = planted[planted.table == "loans"].position.tolist()
    refused = planted[planted.table == "labels"].position.tolist()
    rates = pl.DataFrame(
        [(name, *_fraction(rate)) for name, rate in MADE_RATES],
        schema=["currency", "num", "den"],
        orient="row",
    )
    labels = (
        pl.from_pandas(bad.labels)
        .with_row_index()
        .filter(~pl.col("index").is_in(refused) & (pl.col("statistic") == "NFRA"))
        .select(
            "loan_id",
            "code",
            (pl.col("green_ratio").cast(pl.Float64) * 1e6).round().cast(pl.Int64).alias("ppm"),
        )
    )
    million = 10**6
    return (
        pl.from_pandas(bad.loans)
        .with_row_index()
        .filter(~pl.col("index").is_in(rows) & ~pl.col("product").is_in(OFF))
        .with_columns(
            fen=pl.col("principal_outstanding").str.replace(".", "", literal=True).cast(pl.Int64)
        )
        .join(rates, on="currency")
        .join(labels, on="loan_id", how="left")
        .with_columns(
            code=pl.col("code").fill_null("(none)"),
            ppm=pl.col("ppm").fill_null(0),
            cny=(pl.col("fen") * pl.col("num") * 2 + pl.col("den")) // (2 * pl.col("den")),
        )
        .with_columns(
            green=pl.col("cny") // million * pl.col("ppm")
            + (pl.col("cny") % million * pl.col("ppm") * 2 + million) // (2 * million)
        )
        .group_by(dimension)
        .agg(pl.col("cny").sum(), pl.col("green").sum(), pl.len())
    )


def _fraction(rate):
    whole, _, part = rate.partition(".")
    return int(whole + part), 10 ** len(part)


@pytest.mark.parametrize(
    ("dimension", "column"),
    [
        ("taxonomy", "code"),
        ("industry", "use_industry_code"),
        ("institution", "bank_id"),
        ("branch", "branch_id"),
    ],
)
def test_sums_by_code_industry_and_institution_equal_the_total_and_another_engine(
    bad, tape, dimension, column
):
    book = exposure(tape, statistic="NFRA")
    frame = book.by(dimension)
    assert sum(frame.outstanding_cny) == book.outstanding
    assert sum(frame.green_cny) == book.green
    assert frame.loans.sum() == book.loans
    expected = {row[0]: row[1:] for row in polars_sums(bad, column).iter_rows()}
    found = {
        key: (int(row.outstanding_cny * 100), int(row.green_cny * 100), row.loans)
        for key, row in frame.iterrows()
    }
    assert found == expected


def test_what_was_set_aside_and_what_was_left_out_reconcile_with_the_whole(tape):
    book = exposure(tape, statistic="NFRA")
    result = tape.reconciliation()
    aside = sum(fen for _, fen in result.aside.values())
    excluded = sum(int(part["amount_cny"] * 100) for part in book.excluded)
    assert int(book.outstanding * 100) + excluded == result.kept + aside
