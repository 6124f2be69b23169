"""Cross-checks (交叉核对): a second figure for the same amount, and which of the two counts.

Contract section 1: the difference is reported, and the conservative value is adopted if it
is unexplained. Conservative is the value that does not underestimate emissions, as the
verification guide asks where data do not follow the plan (环办气候函〔2021〕130号,
sections 4.2.1.4 and 4.2.1.6): the larger amount of what is emitted or consumed, the smaller
of what is deducted. A difference is explained when the row has a note.
"""

from __future__ import annotations

import numpy as np

from carboncalc.activity.draft import Draft, Mask, number_text

#: Sources whose amount is deducted: the smaller figure is the conservative one.
DEDUCTED_SOURCES = frozenset(
    {
        "exported_electricity", "exported_heat", "co2_recovery", "ch4_recovery", "fixed_carbon",
        "product_carbon", "waste_carbon", "process_fuel_out", "process_electricity_out",
        "process_heat_out", "clinker_substitution", "carbonation", "offsets",
    }
)  # fmt: skip

#: Records that are subtracted in a stock balance.
DEDUCTED_RECORDS = frozenset({"closing_stock", "sold_out"})


def adopt_conservative(draft: Draft) -> None:
    """Add ``check_difference`` (amount − check) and ``amount_reported``; adopt the amount.

    ``check_amount`` is in the unit of the row. A difference with a note keeps the reported
    amount (finding A-070); without one the conservative value is adopted (finding A-071).
    """
    if "check_amount" not in draft.numbers:
        return
    amount, check = draft.numbers["amount"], draft.numbers["check_amount"]
    difference = amount - check
    with np.errstate(invalid="ignore"):
        differs = (difference != 0) & np.isfinite(difference) & ~draft.problems.bad
    explained = differs & _noted(draft)
    unexplained = differs & ~explained
    deducted = draft.text("source").is_in(DEDUCTED_SOURCES.__contains__)
    deducted ^= draft.text("record_kind").is_in(DEDUCTED_RECORDS.__contains__)
    conservative = np.where(deducted, np.minimum(amount, check), np.maximum(amount, check))
    adopted = np.where(unexplained, conservative, amount)
    for code, mask in (("A-070", explained), ("A-071", unexplained)):
        rows = np.flatnonzero(mask)
        draft.problems.add(
            code,
            rows,
            column="check_amount",
            params=[
                {
                    "amount": number_text(float(amount[k])),
                    "check": number_text(float(check[k])),
                    "adopted": number_text(float(adopted[k])),
                }
                for k in rows
            ],
            which=np.arange(len(rows)),
            severity="finding",
        )
    draft.numbers["amount_reported"] = amount
    draft.numbers["check_difference"] = difference
    draft.numbers["amount"] = adopted


def _noted(draft: Draft) -> Mask:
    note = draft.free.get("note")
    if note is None:
        return np.zeros(len(draft), dtype=np.bool_)
    filled: Mask = note.is_valid().to_numpy().astype(np.bool_)
    return filled
