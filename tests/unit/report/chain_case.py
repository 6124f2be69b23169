"""A small made chain for tests: a tape of 600 loans, verdicts on some of them, two records."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import pandas as pd

import carboncalc as cc
from carboncalc.examples import path
from carboncalc.examples.loans import made_loans
from carboncalc.finance.carbon_record import make_carbon_record

CITY = "all_institutions:CN-3502"


@functools.cache
def chain(coverage: str = CITY, institutions: int = 5) -> Any:
    """Tape, book, verdicts on loans whose label has the entry's code, records and runs."""
    made = made_loans(600, institutions=institutions)
    tape = cc.read_loans(made.loans, labels=made.labels, rates=made.rates, coverage=coverage)
    entries = pd.read_csv(path("entries.csv"), dtype=str)
    labels = made.labels[made.labels.statistic == "NFRA"]
    taken: dict[str, str] = {}
    for entry, code in zip(entries.entry_id, entries.claimed_code, strict=True):
        free = labels[(labels.code == code) & ~labels.loan_id.isin(list(taken.values()))]
        if len(free):
            taken[entry] = str(free.loan_id.iloc[0])
    entries["entry_id"] = [taken.get(entry, entry) for entry in entries.entry_id]
    verdicts = cc.classify(entries)
    book = cc.exposure(tape, verdicts, statistic="NFRA")
    borrower = made.loans.set_index("loan_id").borrower_id
    enterprise, park = cc.examples.full(), cc.examples.park_footprint()
    judged = list(taken.values())
    records = [
        make_carbon_record(
            enterprise, uscc=borrower[judged[0]], name="made enterprise", consent_id="C-1",
            consent_until="2030-12-31",
        ),
        make_carbon_record(
            park, entity="T2", uscc=borrower[judged[1]], name="made tenant", consent_id="C-2",
            consent_until="2030-12-31", co2_only=True,
        ),
    ]  # fmt: skip
    return SimpleNamespace(
        made=made, tape=tape, book=book, verdicts=verdicts, judged=judged, records=records,
        runs=[enterprise, park],
    )  # fmt: skip
