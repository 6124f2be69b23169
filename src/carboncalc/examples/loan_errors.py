"""Errors planted in a made tape, each of which must be found and named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from carboncalc.examples.loans import MadeTape

#: (column, what is written into it, message code that must name it).
CELLS = (
    ("loan_id", "", "L-011"),
    ("branch_id", None, "L-011"),
    ("contract_id", " ", "L-011"),
    ("as_of", "2025-13-31", "L-021"),
    ("principal_outstanding", "twelve", "L-012"),
    ("principal_outstanding", "1234.567", "L-013"),
    ("principal_outstanding", "-5.00", "L-014"),
    ("principal_outstanding", "1" + "0" * 18, "L-015"),
    ("principal_outstanding", None, "L-011"),
    ("currency", "ZZZ", "L-016"),
    ("currency", "CHF", "L-017"),
    ("class5", "坏账", "L-018"),
    ("product", "lottery", "L-019"),
    ("use_industry_code", "0044", "L-020"),
    ("use_industry_code", "C4415", "L-020"),
    ("maturity_date", "1999-01-01", "L-022"),
    ("origination_date", "2026-01-01", "L-023"),
    ("borrower_id", "91350299MADE00001A", "L-031"),
    ("borrower_id", "Zhang San", "L-032"),
    # A made number of 1900-01-01 with the right check: nobody's, and personal data in form.
    ("borrower_id", "110101190001010014", "L-033"),
)
LABELS = (
    ("code", "99.9.9", "L-041"),
    ("code", "1.2.3.4.5", "L-041"),
    ("code", "1.6.2", "L-042"),
    ("green_ratio", "1.5", "L-043"),
    ("green_ratio", "-0.1", "L-043"),
    ("green_ratio", "mostly", "L-044"),
    ("statistic", "IMF", "L-046"),
    ("catalogue_version", "the list", "L-047"),
)


def with_errors(made: MadeTape, *, seed: int = 7) -> MadeTape:
    """The tape with one error of each kind, at rows drawn at random; ``planted`` lists them.

    Besides the cells: a loan repeated as it is (``L-024``), a loan repeated with another
    balance (``L-025``, both rows), and a label given twice (``L-045``, both).

    Examples
    --------
    >>> from carboncalc.examples.loans import made_loans
    >>> bad = with_errors(made_loans(500))
    >>> len(bad.loans), sorted(set(bad.planted.table))
    (502, ['labels', 'loans'])
    """
    draw = np.random.default_rng(seed)
    loans, labels = made.loans.copy(), made.labels.copy()
    count, marked = len(loans), len(labels)
    rows = draw.choice(count, len(CELLS) + 2, replace=False)
    planted = []
    for row, (column, value, code) in zip(rows.tolist(), CELLS, strict=False):
        loans.loc[row, column] = value
        planted.append(("loans", row, column, code))
    alike, apart = rows[-2:].tolist()
    loans = pd.concat([loans, loans.loc[[alike, apart]]], ignore_index=True)
    loans.loc[count + 1, "principal_outstanding"] = "1.00"
    planted.append(("loans", count, "loan_id", "L-024"))
    planted += [("loans", row, "loan_id", "L-025") for row in (apart, count + 1)]
    touched = set(loans.loc[rows, "loan_id"])
    free = np.flatnonzero(~labels["loan_id"].isin(touched).to_numpy())
    places = draw.choice(free, len(LABELS) + 1, replace=False)
    for row, (column, value, code) in zip(places.tolist(), LABELS, strict=False):
        labels.loc[row, column] = value
        planted.append(("labels", row, column, code))
    twice = int(places[-1])
    labels = pd.concat([labels, labels.loc[[twice]]], ignore_index=True)
    planted += [("labels", row, "loan_id", "L-045") for row in (twice, marked)]
    frame = pd.DataFrame(planted, columns=["table", "position", "column", "code"])
    return replace(made, loans=loans, labels=labels, planted=frame)
