"""A made bank, whole: tape, labels, verdicts on loans, carbon records, financed emissions.

It ties the other made examples together, so that the walk from a city's target down to a page
of a standard can be tried. Nothing of it exists; the catalogue, the guidelines and the
constants are real.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carboncalc.examples.datasets import full, path
from carboncalc.examples.loans import made_loans
from carboncalc.examples.park import park_footprint

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.classification.result import Verdicts
    from carboncalc.examples.loans import MadeTape
    from carboncalc.finance.book import LoanBook
    from carboncalc.finance.financed import FinancedEmissions
    from carboncalc.finance.tape import LoanTape
    from carboncalc.model.carbon_record import CarbonRecord

#: What the tape is declared to cover: all institutions of Xiamen.
COVERAGE = "all_institutions:CN-3502"


@dataclass(frozen=True)
class MadeBank:
    """The parts of the made bank; ``runs`` are the computations behind the carbon records."""

    made: MadeTape
    tape: LoanTape
    verdicts: Verdicts
    book: LoanBook
    records: tuple[CarbonRecord, ...]
    runs: tuple[Any, ...]
    financed: FinancedEmissions


@functools.cache
def made_bank(rows: int = 2000, institutions: int = 5) -> MadeBank:
    """A made tape of loans at five institutions, with everything that hangs on it.

    The twenty made entries are handed to loans whose label names their code; two of the
    borrowers have a carbon record: the made enterprise, and a tenant of the made park.

    Examples
    --------
    >>> bank = made_bank(400)
    >>> bank.book.confirmed > 0, len(bank.records)
    (True, 2)
    """
    from carboncalc.classification.classify import classify
    from carboncalc.finance.attribution import financed_emissions
    from carboncalc.finance.carbon_record import make_carbon_record
    from carboncalc.finance.exposure import exposure
    from carboncalc.finance.tape import read_loans

    made = made_loans(rows, institutions=institutions)
    tape = read_loans(made.loans, labels=made.labels, rates=made.rates, coverage=COVERAGE)
    entries, judged = entries_on(made)
    verdicts = classify(entries)
    book = exposure(tape, verdicts, statistic="NFRA")
    borrower = {
        str(loan): str(code)
        for loan, code in zip(made.loans["loan_id"], made.loans["borrower_id"], strict=True)
    }
    enterprise, park = full(), park_footprint()
    consent: dict[str, Any] = {"consent_id": "MADE-CONSENT", "consent_until": "2030-12-31"}
    first, second = _two_borrowers(judged, borrower)
    records = (
        make_carbon_record(enterprise, uscc=first, name="示例企业", **consent),
        make_carbon_record(
            park, entity="T2", uscc=second, name="示例食品", co2_only=True, **consent
        ),
    )
    return MadeBank(
        made=made,
        tape=tape,
        verdicts=verdicts,
        book=book,
        records=records,
        runs=(enterprise, park),
        financed=financed_emissions(
            book, records, accounts=_accounts(first, second), allow_co2_only=True
        ),
    )


def entries_on(made: MadeTape) -> tuple[pd.DataFrame, list[str]]:
    """The twenty made entries as verdict cases of loans, and the ids of the loans they fell on.

    An entry whose code no label carries keeps its own id.

    Examples
    --------
    >>> entries, loans = entries_on(made_loans(400))
    >>> len(entries), loans[0] in set(entries.entry_id)
    (20, True)
    """
    import pandas as pd

    entries = pd.read_csv(path("entries.csv"), dtype=str)
    labels = made.labels[made.labels["statistic"] == "NFRA"]
    judged: list[str] = []
    ids = []
    for entry, code in zip(entries["entry_id"], entries["claimed_code"], strict=True):
        free = labels[(labels["code"] == code) & ~labels["loan_id"].isin(judged)]
        loan = str(free["loan_id"].iloc[0]) if len(free) else str(entry)
        if len(free):
            judged.append(loan)
        ids.append(loan)
    return entries.assign(entry_id=ids), judged


def _two_borrowers(judged: list[str], borrower: dict[str, str]) -> tuple[str, str]:
    """The borrowers of the first judged loans, two different ones."""
    found = list(dict.fromkeys(borrower[loan] for loan in judged))
    return found[0], found[1]


def _accounts(first: str, second: str) -> list[dict[str, Any]]:
    """Made balance sheets in CNY."""
    return [
        {"borrower_id": first, "borrower_equity": 2.4e10, "total_debt": 2.1e10, "revenue": 3e10},
        {"borrower_id": second, "borrower_equity": 9e9, "total_debt": 8e9, "revenue": 1.2e10},
    ]
