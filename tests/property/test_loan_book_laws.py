"""Laws of the loan book: order, blocks, threads, form and splitting change nothing."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc.finance.scan as scan
import carboncalc.finance.source as source
from carboncalc.examples.loan_errors import with_errors
from carboncalc.examples.loans import made_batches, made_loans, made_rates
from carboncalc.finance.exposure import exposure
from carboncalc.finance.tape import read_loans

MADE = made_loans(600)
DIMENSIONS = ("taxonomy", "industry", "institution", "branch", "quality", "product", "currency")


def book_of(loans, labels=MADE.labels, **given):
    tape = read_loans(loans, labels=labels, rates=MADE.rates)
    return exposure(tape, statistic="NFRA", **given)


def facts(book):
    return {name: book.by(name).to_dict() for name in DIMENSIONS} | {
        "excluded": book.excluded,
        "off": book.off_balance_green,
    }


WHOLE = facts(book_of(MADE.loans))


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_irrelevant(chance):
    order = list(range(len(MADE.loans)))
    chance.shuffle(order)
    shuffled = MADE.labels.sample(frac=1, random_state=chance.randint(0, 10**6))
    assert facts(book_of(MADE.loans.iloc[order], shuffled)) == WHOLE


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 700), st.integers(1, 700))
def test_the_size_of_blocks_and_groups_is_irrelevant(block, group):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "BLOCK", block)
        patch.setattr(source, "GROUP", group)
        assert facts(book_of(MADE.loans)) == WHOLE


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 599))
def test_a_tape_cut_in_two_adds_up_to_the_whole(cut):
    parts = [book_of(MADE.loans.iloc[:cut]), book_of(MADE.loans.iloc[cut:])]
    whole = book_of(MADE.loans)
    assert sum(part.outstanding for part in parts) == whole.outstanding
    assert sum(part.green for part in parts) == whole.green


def test_one_thread_and_several_give_the_same(tmp_path):
    path = tmp_path / "tape.parquet"
    batches = list(made_batches(3000, 4))
    import pyarrow as pa

    pq.write_table(pa.Table.from_batches(batches), path, row_group_size=170)
    found = []
    for cores, alone in ((1, 10**9), (2, 0), (4, 0)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scan, "_cores", lambda cores=cores: cores)
            patch.setattr(scan, "_ALONE", alone)
            patch.setattr(source, "BLOCK", 64)
            tape = read_loans(path, rates=made_rates())
            found.append(facts(exposure(tape, statistic="NFRA")))
            found.append(facts(exposure(tape, statistic="NFRA")))
    assert all(other == found[0] for other in found[1:])


def test_a_failure_while_reading_reaches_the_caller(tmp_path):
    path = tmp_path / "tape.parquet"
    import pyarrow as pa

    pq.write_table(pa.Table.from_batches(list(made_batches(4000, 4))), path, row_group_size=500)
    tape = read_loans(path, rates=made_rates())
    data = bytearray(path.read_bytes())
    data[1000:3000] = bytes(2000)
    path.write_bytes(bytes(data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_cores", lambda: 2)
        patch.setattr(scan, "_ALONE", 0)
        with pytest.raises((OSError, pa.ArrowException)):
            exposure(tape, statistic="NFRA", as_of="2025-12-31")


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_planted_errors_are_found_wherever_they_fall(seed):
    bad = with_errors(MADE, seed=seed)
    tape = read_loans(bad.loans, labels=bad.labels, rates=bad.rates)
    issues = [*tape.check().issues, *tape.label_table.issues]
    found = {(issue.row, issue.column, issue.code) for issue in issues}
    planted = {(row.position + 1, row.column, row.code) for row in bad.planted.itertuples()}
    # A date moved for one error may break a second rule of the same row.
    assert found >= planted
    assert {row for row, _, _ in found} == {row for row, _, _ in planted}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**11), st.integers(0, 10**9)), min_size=1, max_size=30))
def test_green_parts_never_exceed_their_loans(pairs):
    loans = MADE.loans.head(len(pairs)).assign(currency="CNY", product="project")
    loans["principal_outstanding"] = [f"{fen // 100}.{fen % 100:02d}" for fen, _ in pairs]
    labels = pd.DataFrame(
        {
            "loan_id": loans.loan_id,
            "statistic": "NFRA",
            "code": "4.2.2",
            "green_ratio": [f"{share / 10**9:.9f}" for _, share in pairs],
            "catalogue_version": "cgt-2025",
        }
    )
    book = book_of(loans, labels)
    assert 0 <= book.green <= book.outstanding
    bound = sum(np.array([fen * share for fen, share in pairs], dtype=object)) / 10**11
    # Each loan is rounded once, so the sum is within half a 分 per loan.
    assert abs(float(book.green) - float(bound)) <= 0.005 * len(pairs) + 1e-6 * float(bound)
