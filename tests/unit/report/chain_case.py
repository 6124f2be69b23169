"""A small made chain for tests: a tape of 600 loans, verdicts on some of them, two records."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import carboncalc as cc
from carboncalc.examples.bank import entries_on, made_bank
from carboncalc.examples.loans import made_loans


@functools.cache
def chain() -> Any:
    """Tape, book, verdicts, the ids of the loans they are on, records and runs."""
    bank = made_bank(600)
    _, judged = entries_on(bank.made)
    return SimpleNamespace(
        made=bank.made, tape=bank.tape, book=bank.book, verdicts=bank.verdicts, judged=judged,
        records=bank.records, runs=bank.runs, financed=[bank.financed],
    )  # fmt: skip


@functools.cache
def one_bank() -> cc.LoanBook:
    """The book of a single institution."""
    made = made_loans(300, institutions=1)
    tape = cc.read_loans(made.loans, labels=made.labels, rates=made.rates)
    return cc.exposure(tape, statistic="NFRA")
