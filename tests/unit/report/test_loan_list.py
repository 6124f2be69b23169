"""Loans one by one add up to the book, whatever stands on the tape."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.examples.loans import made_loans
from carboncalc.report.loan_list import labelled_loans

MADE = made_loans(3000, seed=7)


def verdicts_for(loans: pd.DataFrame) -> pd.DataFrame:
    """A verdict on three of four labelled loans: each kind, some with a smaller ratio."""
    some = loans.iloc[[i for i in range(len(loans)) if i % 4]]
    kinds = ["eligible", "undetermined", "ineligible"]
    return pd.DataFrame(
        {
            "entry_id": some["loan_id"].tolist(),
            "code": some["code"].tolist(),
            "verdict": [kinds[i % 3] for i in range(len(some))],
            "green_ratio": [0.5 if i % 2 else 1.0 for i in range(len(some))],
        }
    )


def fen(amount: object) -> int:
    return int(amount * 100)  # type: ignore[operator]


@pytest.mark.parametrize("statistic", ["NFRA", "PBOC"])
@pytest.mark.parametrize("inline", [False, True])
def test_the_list_adds_up_to_the_book_to_the_fen(statistic: str, inline: bool) -> None:
    if inline:
        import pyarrow as pa

        from carboncalc.examples.loans import made_batches

        whole = pa.Table.from_batches(made_batches(3000, 5, seed=7)).to_pandas()
        tape = cc.read_loans(whole, rates=MADE.rates)
    else:
        tape = cc.read_loans(MADE.loans, labels=MADE.labels, rates=MADE.rates)
    plain = labelled_loans(cc.exposure(tape, statistic=statistic))
    assert len(plain) > 500
    book = cc.exposure(tape, verdicts_for(plain), statistic=statistic)
    listed = labelled_loans(book)
    assert book.confirmed > 0 < book.refuted
    for name, amount in (
        ("declared_fen", book.declared), ("confirmed_fen", book.confirmed),
        ("refuted_fen", book.refuted), ("undetermined_fen", book.undetermined),
    ):  # fmt: skip
        assert int(listed[name].sum()) == fen(amount), name
    by_code = listed.groupby("code")["declared_fen"].sum().to_dict()
    table = book.by("taxonomy")
    assert by_code == {k: fen(v) for k, v in table.declared_cny.items() if k in by_code}
    assert sum(by_code.values()) == fen(book.declared)


def test_what_is_not_in_the_balance_is_not_listed() -> None:
    loans = MADE.loans.copy()
    loans["status"] = ["written_off" if i % 50 == 0 else "active" for i in range(len(loans))]
    days = loans["as_of"].astype(str)
    loans["as_of"] = ["2025-11-30" if i < 40 else day for i, day in enumerate(days)]
    labels = MADE.labels.copy()
    labels["valid_to"] = [
        "2020-01-01" if i % 9 == 0 else end for i, end in enumerate(labels.valid_to)
    ]
    labels["valid_from"] = "2019-01-01"
    rates = pd.concat([MADE.rates, MADE.rates.assign(date="2025-11-30")])
    tape = cc.read_loans(loans, labels=labels, rates=rates)
    book = cc.exposure(tape, statistic="NFRA", as_of="2025-12-31")
    assert int(labelled_loans(book).declared_fen.sum()) == fen(book.declared)
    assert len(labelled_loans(book)) == int(book.by("quality")["green_loans"].sum())


def test_persons_are_hidden() -> None:
    loans = MADE.loans.copy()
    loans["borrower_id"] = "IND-7f3a"
    loans["borrower_type"] = "individual"
    tape = cc.read_loans(loans, labels=MADE.labels, rates=MADE.rates)
    assert set(labelled_loans(cc.exposure(tape, statistic="NFRA")).borrower_id) == {"***"}


def test_a_book_at_another_days_rates_is_not_listed() -> None:
    tape = cc.read_loans(MADE.loans, labels=MADE.labels, rates=MADE.rates)
    book = cc.exposure(tape, statistic="NFRA", rates_date="2025-12-31")
    with pytest.raises(cc.CarbonCalcError) as caught:
        labelled_loans(book)
    assert caught.value.code == "P-002"
