"""PBOC 2021: the shares of projects and of borrowers' revenue (技术指南, 试行).

Project: ``E × V / V_total investment``; other loans: ``E × V / V_revenue``, with V the mean of
the twelve month-end balances of the year. Shares of all lenders do not add up to one, and a
factor above one is a finding, never clipped. The text could not be read: grade D throughout.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from carboncalc.errors import AttributionError
from carboncalc.finance.columns import treatment

MONTHS = tuple(f"monthly_balance_{month}" for month in range(1, 13))


def monthly_averages(loans: Any, frame: pd.DataFrame, year: int) -> pd.Series:
    """The mean of the twelve month-end balances of a year in CNY, by loan.

    From the columns ``monthly_balance_1`` … ``_12`` of a frame, or from the month-ends of a
    tape; a month before drawdown or after repayment counts as 0, one that the tape does not
    hold at all is an error.

    Raises
    ------
    AttributionError
        ``L-135`` with the month-ends that are missing.
    """
    tape = getattr(loans, "tape", loans)
    if hasattr(tape, "source") and hasattr(tape, "rows"):
        return _from_tape(tape, frame, year)
    given = pd.DataFrame(loans)
    lacking = [name for name in MONTHS if name not in given]
    if lacking:
        raise AttributionError("L-135", missing=", ".join(lacking), year=year)
    rows = given.drop_duplicates("loan_id", keep="last").set_index("loan_id")
    values = rows.loc[frame["loan_id"], list(MONTHS)].astype("float64").fillna(0.0).to_numpy()
    means = [math.fsum(row) / 12 for row in values.tolist()]
    return pd.Series(means, index=frame.index, dtype="float64")


def _from_tape(tape: Any, frame: pd.DataFrame, year: int) -> pd.Series:
    rows = tape.rows
    days = pd.to_datetime(rows["as_of"])
    rows = rows.assign(_month=days.dt.month)[(days.dt.year == year) & days.dt.is_month_end]
    if "status" in rows:
        gone = [name for name, kind in treatment("status").items() if kind == "left"]
        rows = rows.assign(cny_fen=rows["cny_fen"].where(~rows["status"].isin(gone), 0))
    lacking = sorted(set(range(1, 13)) - set(rows["_month"]))
    if lacking:
        text = ", ".join(f"{year}-{month:02d}" for month in lacking)
        raise AttributionError("L-135", missing=text, year=year)
    sums = rows.groupby("loan_id")["cny_fen"].sum()  # int64: exact
    found: pd.Series = frame["loan_id"].map(sums).fillna(0) / 100 / 12
    return found


def attribute(
    loans: pd.DataFrame,
    average: pd.Series,
    *,
    year: int,
    min_monthly_average: float,
    min_days: int,
) -> pd.DataFrame:
    """Loans with the share, the score and the financed emissions of the guide.

    Loans without an average carry ``L-135``, those below the threshold of their project or
    borrower ``L-136``, shorter ones than ``min_days`` in the year ``L-138``, without a
    denominator ``L-137``, without emissions ``L-134``.
    """
    brief = (loans["reason"] == "") & (_days_in(loans, year) < min_days)
    loans = loans.assign(reason=loans["reason"].mask(brief, "L-138"))
    project = loans["asset_class"] == "project_finance"
    denominator = loans["project_total_investment"].where(project, loans["revenue"])
    kind = pd.Series("revenue", index=loans.index, dtype="str").mask(project, "total investment")
    out = loans.assign(
        monthly_average=average, denominator=denominator.where(denominator > 0),
        denominator_kind=kind,
    )  # fmt: skip
    out["reason"] = out["reason"].mask((out["reason"] == "") & average.isna(), "L-135")
    free = out["reason"] == ""
    key = out["project_id"].where(project, out["borrower_id"])
    exposure = average.where(free, 0.0).groupby(key).transform("sum")
    small = free & (exposure < min_monthly_average)
    factor = average / out["denominator"]
    known = free & ~small & factor.notna() & out["option"].notna()
    out["attribution_factor"] = factor.where(known)
    for name in ("s1", "s2", "s3"):
        out[f"financed_{name}_t"] = (factor * out[f"{name}_t"].astype("float64")).where(known)
    out["financed_s12_t"] = (out["financed_s1_t"] + out["financed_s2_t"]).where(known)
    out["data_quality"] = out["option"].map({"1a": 1.0, "1b": 2.0}).where(known)
    out["grade"] = out["grade"].mask(known, "D")  # the formula itself is recalled
    out["attributed"] = known
    reason = out["reason"].mask(small, "L-136")
    reason = reason.mask(free & ~small & out["option"].isna(), "L-134")
    rest = free & ~small & ~known & out["option"].notna()
    return out.assign(reason=reason.mask(rest, "L-137"), negative_equity=False)


def _days_in(loans: pd.DataFrame, year: int) -> pd.Series:
    """Days of the year in which a loan was out; the whole year where its dates are not known."""
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    begin = loans["origination_date"].fillna(first)
    end = loans["maturity_date"].fillna(last)
    begin, end = begin.where(begin > first, first), end.where(end < last, last)
    days: pd.Series = (end - begin).dt.days + 1
    return days
