"""The loans of an attribution: one row per loan at a date, balances in whole 分, accounts beside.

Takes a loan book, a loan tape or a frame with the columns of contract section 10. What is
off the balance sheet, has left it, or is owed by a person or a bank is set apart by reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import AttributionError, CurrencyError
from carboncalc.finance.columns import resolve, treatment
from carboncalc.finance.rates import RateTable

#: Amounts of money that attribution divides by.
ACCOUNTS = (
    "borrower_equity",
    "total_debt",
    "total_assets",
    "revenue",
    "market_capitalisation",
    "minority_interest",
    "project_total_investment",
    "project_equity_debt",
)
#: Emissions that stand on the tape itself.
EMISSIONS = ("emis_s1", "emis_s2", "emis_s3")
_TEXTS = (
    "loan_id", "borrower_id", "product", "project_id", "industry_code", "use_industry_code",
    "bank_id", "borrower_type", "currency", "status", "emis_basis", "verified",
)  # fmt: skip
_NUMBERS = (*ACCOUNTS, *EMISSIONS, "emis_year", "fin_year")

#: Products of the two asset classes that are held.
BUSINESS = frozenset(
    {"fixed_asset", "working_capital", "trade_finance", "syndicated", "merger", "overdraft"}
)
PROJECT = frozenset({"project"})


def attribution_loans(
    loans: Any,
    *,
    as_of: str | date | None = None,
    accounts: Any = None,
    rates: Any = None,
    whole_year: bool = False,
) -> pd.DataFrame:
    """One row per loan at the date, with ``cny_fen`` (int64), ``asset_class`` and ``reason``.

    ``reason`` is the message code of why a loan takes no part, empty otherwise. Accounts are
    in CNY.

    Parameters
    ----------
    whole_year
        Take every loan of the date's year with its last row up to the date, not only those
        that stand at the date: an average balance counts what was repaid in the year too.
    accounts
        Balance-sheet figures by ``borrower_id`` (or ``project_id``), which go before the
        columns of the tape.

    Raises
    ------
    AttributionError
        ``L-106`` if a column is missing, ``L-107`` if there are several dates and none is
        named, ``L-108`` if accounts stand twice.
    CurrencyError
        ``L-109`` if a balance in foreign currency has no rate.

    Examples
    --------
    >>> frame = pd.DataFrame({"loan_id": ["L1"], "borrower_id": ["B"], "as_of": ["2025-12-31"],
    ...     "product": ["working_capital"], "currency": ["CNY"],
    ...     "principal_outstanding": ["1000000.00"]})
    >>> attribution_loans(frame)[["cny_fen", "asset_class", "reason"]].values.tolist()
    [[100000000, 'business_loan', '']]
    """
    frame, powers, table = _given(loans, rates)
    day = _day(loans, as_of, frame)
    days = _days(frame["as_of"])
    if whole_year:
        inside = (days <= day) & (days.str[:4] == day[:4])
        order = days[inside].sort_values(kind="stable").index
        frame = frame.loc[order].drop_duplicates("loan_id", keep="last")
    else:
        frame = frame[days == day]
    frame = frame.reset_index(drop=True)
    out = pd.DataFrame(index=frame.index)
    for name in _TEXTS:
        column = frame[name] if name in frame else pd.Series([None] * len(frame), dtype="str")
        out[name] = column.astype("str").where(column.notna())
    for name in ("origination_date", "maturity_date"):
        out[name] = pd.to_datetime(frame[name]) if name in frame else pd.NaT
    out["as_of"] = day
    out["cny_fen"] = balances(frame, table)
    for name in _NUMBERS:
        values = pd.to_numeric(frame[name], errors="coerce") if name in frame else np.nan
        out[name] = values * 10.0 ** powers.get(name, 0) if name in ACCOUNTS else values
    out = _with_accounts(out, accounts)
    out["product"] = _codes(out["product"], "product")
    out["asset_class"] = np.where(
        out["product"].isin(PROJECT), "project_finance",
        np.where(out["product"].isin(BUSINESS), "business_loan", ""),
    )  # fmt: skip
    out["reason"] = _reasons(out, whole_year)
    return out


def _given(loans: Any, rates: Any) -> tuple[pd.DataFrame, Mapping[str, int], RateTable]:
    tape = getattr(loans, "tape", loans)
    if hasattr(tape, "source") and hasattr(tape, "rows"):
        powers = {name: header.power for name, header in tape.source.headers.items()}
        return tape.rows, powers, tape.rates
    frame = pd.DataFrame(loans)
    for name in ("loan_id", "borrower_id", "as_of", "product"):
        if name not in frame:
            raise AttributionError("L-106", column=name)
    return frame, {}, RateTable.read(rates)


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).dt.strftime("%Y-%m-%d")


def _day(loans: Any, as_of: str | date | None, frame: pd.DataFrame) -> str:
    book = loans if hasattr(loans, "tape") else None
    chosen = as_of if as_of is not None else getattr(book, "as_of", None)
    if chosen is not None:
        return str(pd.Timestamp(chosen).date())
    days = sorted(_days(frame["as_of"]).unique())
    if len(days) != 1:
        raise AttributionError("L-107", dates=", ".join(days[:5]) or "-")
    return str(days[0])


def balances(frame: pd.DataFrame, rates: RateTable) -> Any:
    """Balances in 分 of CNY (int64), each converted once and rounded half-up."""
    if "cny_fen" in frame:
        return frame["cny_fen"].to_numpy(dtype=np.int64)
    if "principal_outstanding" not in frame:
        raise AttributionError("L-106", column="principal_outstanding")
    import pyarrow as pa

    from carboncalc.finance.arrays import amounts

    fen, problems = amounts(pa.array(frame["principal_outstanding"], from_pandas=True))
    if problems:
        code, mask = next(iter(problems.items()))
        row = frame.loc[np.flatnonzero(mask)[0]]
        raise AttributionError(
            "L-110", loan=row["loan_id"], value=str(row["principal_outstanding"]), problem=code
        )
    currency = frame["currency"] if "currency" in frame else pd.Series("CNY", frame.index)
    out = fen.astype(np.int64).copy()
    pairs = pd.MultiIndex.from_arrays([_days(frame["as_of"]), currency.fillna("CNY")])
    codes, names = pd.factorize(pairs)
    for number, (day, unit) in enumerate(names):
        iso = resolve("currency", str(unit)) or str(unit)
        rate = rates.find(date.fromisoformat(day), iso)
        if rate is None:
            raise CurrencyError("L-109", currency=iso, date=day)
        if rate.numerator == rate.denominator:
            continue
        here = codes == number
        doubled = out[here].astype(object) * rate.numerator * 2 + rate.denominator
        out[here] = (doubled // (2 * rate.denominator)).astype(np.int64)
    return out


def _codes(column: pd.Series, name: str) -> pd.Series:
    """Canonical codes of a list; unknown spellings stay as they are."""
    codes, names = pd.factorize(column)
    known = [resolve(name, str(text)) or str(text) for text in names]
    return pd.Series([known[c] if c >= 0 else None for c in codes], index=column.index, dtype="str")


def _with_accounts(loans: pd.DataFrame, accounts: Any) -> pd.DataFrame:
    if accounts is None:
        return loans
    table = pd.DataFrame(accounts)
    for key in ("borrower_id", "project_id"):
        if key not in table:
            continue
        part = table[table[key].notna()].astype({key: "str"})
        if part[key].duplicated().any():
            raise AttributionError("L-108", id=part.loc[part[key].duplicated(), key].iloc[0])
        for name in (*ACCOUNTS, "fin_year"):
            if name in part:
                values = loans[key].map(pd.to_numeric(part.set_index(key)[name]))
                loans[name] = values.where(values.notna(), loans[name])
    return loans


def _reasons(loans: pd.DataFrame, whole_year: bool) -> pd.Series:
    """Why a loan takes no part: the first that applies."""
    reason = pd.Series("", index=loans.index, dtype="str")
    statuses = treatment("status")
    kinds = treatment("product")
    left = loans["status"].map(statuses).isin(["left"]) & (not whole_year)
    off = loans["product"].map(kinds).isin(["off_balance", "internal"])
    person = loans["borrower_type"].isin(["individual"])
    bank = loans["borrower_type"].isin(["financial_institution"])
    for code, where in (
        ("L-120", left),  # left the balance
        ("L-121", off),  # guarantees count when called
        ("L-122", person),
        ("L-123", bank),
        ("L-124", loans["asset_class"] == ""),
    ):
        reason = reason.mask(where & (reason == ""), code)
    return reason
