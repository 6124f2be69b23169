"""The labelled loans of a book one by one, by the rules that the book's sums follow.

A test sees that the amounts of this list add up to the book, to the 分.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from carboncalc.errors import CarbonCalcError
from carboncalc.finance.arrays import Texts, day_number
from carboncalc.finance.codes import NONE
from carboncalc.finance.columns import treatment
from carboncalc.finance.identity import masked
from carboncalc.finance.labels import WHOLE, judge_code, ratio_of
from carboncalc.finance.money import times_half_up
from carboncalc.finance.verdicts import ELIGIBLE, INELIGIBLE, UNDETERMINED, UNMATCHED

if TYPE_CHECKING:
    from carboncalc.finance.book import LoanBook

#: Columns of a tape that the list takes over, where the tape has them.
_TAKEN = (
    "loan_id", "contract_id", "bank_id", "branch_id", "borrower_id", "product",
    "use_industry_code", "currency", "class5", "origination_date", "maturity_date",
)  # fmt: skip
_VERDICT = {
    UNMATCHED: "none", ELIGIBLE: "eligible", INELIGIBLE: "ineligible", UNDETERMINED: "undetermined",
}  # fmt: skip


def labelled_loans(book: LoanBook) -> pd.DataFrame:
    """The loans in the balance that a label of the book's statistic declares green.

    Returns
    -------
    pandas.DataFrame
        One row per loan: the tape's columns, ``code``, ``ratio``, ``verdict`` (eligible,
        undetermined, ineligible, none), and in whole 分 of CNY ``cny_fen``, ``declared_fen``,
        ``confirmed_fen``, ``undetermined_fen``, ``refuted_fen``; largest declared first. Ids
        of borrowers that are no company codes are hidden.

    Raises
    ------
    CarbonCalcError
        ``P-002`` for a book converted at the rates of another day.

    Examples
    --------
    >>> from carboncalc.examples.loans import made_loans
    >>> from carboncalc.finance.exposure import exposure
    >>> from carboncalc.finance.tape import read_loans
    >>> made = made_loans(200)
    >>> book = exposure(
    ...     read_loans(made.loans, labels=made.labels, rates=made.rates), statistic="NFRA")
    >>> int(labelled_loans(book).declared_fen.sum()) == int(book.declared * 100)
    True
    """
    if book.rates_date is not None:
        raise CarbonCalcError("P-002", date=book.rates_date)
    rows = _in_the_balance(book)
    place, keys, code, ratio = _labels(book, rows)
    out = rows.iloc[place].reset_index(drop=True)
    balance = out["cny_fen"].to_numpy(dtype=np.int64)
    declared = times_half_up(balance, ratio, WHOLE)
    confirmed, refuted = np.zeros_like(declared), np.zeros_like(declared)
    state = np.full(len(out), UNMATCHED, dtype=np.int8)
    if book.verdicts is not None and len(out):
        loans = Texts.of(pa.array(out["loan_id"], pa.string()))
        state, share, _ = book.verdicts.find(loans, code, keys)
        eligible = state == ELIGIBLE
        confirmed = times_half_up(balance, np.where(eligible, np.minimum(share, ratio), 0), WHOLE)
        refuted = np.where(
            eligible, declared - confirmed, np.where(state == INELIGIBLE, declared, 0)
        )
    frame = out[[name for name in _TAKEN if name in out]].copy()
    frame["borrower_id"] = [masked(str(text)) for text in frame["borrower_id"]]
    frame["code"] = np.array(keys, dtype=object)[code] if len(out) else ""
    frame["ratio"] = ratio / WHOLE
    frame["verdict"] = [_VERDICT[int(number)] for number in state]
    frame["cny_fen"] = balance
    frame["declared_fen"] = declared
    frame["confirmed_fen"] = confirmed
    frame["undetermined_fen"] = declared - confirmed - refuted
    frame["refuted_fen"] = refuted
    order = np.lexsort((frame["loan_id"].to_numpy(dtype=object).astype(str), -declared))
    listed: pd.DataFrame = frame.iloc[order].reset_index(drop=True)
    return listed


def _in_the_balance(book: LoanBook) -> pd.DataFrame:
    """The good rows of the date that stand in the balance, as the book's own pass takes them."""
    rows: pd.DataFrame = book.tape.rows
    day = pd.to_datetime(rows["as_of"]).dt.strftime("%Y-%m-%d") == book.as_of
    keep = day.to_numpy(dtype=bool, copy=True)
    for column, treatments in (("status", {"left"}), ("product", {"internal", "off_balance"})):
        if column in rows:
            kinds = treatment(column)
            found = [kinds.get(str(value)) for value in rows[column]]
            keep &= ~np.array([kind in treatments for kind in found], dtype=bool)
    area = book.tape.coverage.area
    if area is not None and "branch_city" in rows:
        keep &= (rows["branch_city"].astype("object") == area).to_numpy(dtype=bool)
    return rows.loc[keep].reset_index(drop=True)


def _labels(book: LoanBook, rows: pd.DataFrame) -> tuple[Any, Sequence[str], Any, Any]:
    """Places of the labelled rows, keys of the codes, code and ratio of each."""
    if book.tape.label_table is None:
        return _inline(book, rows)
    found = book.tape.label_table.sets[book.statistic]
    if not len(rows) or not len(found.state):
        return _nothing(found.keys)
    place = found.index.first(Texts.of(pa.array(rows["loan_id"], pa.string())))
    held = np.flatnonzero(place >= 0)
    at = place[held]
    day = day_number(book.as_of)
    good = (found.state[at] == 0) & (found.valid_from[at] <= day) & (found.valid_to[at] >= day)
    held, at = held[good], at[good]
    return held, found.keys, found.code[at], found.ratio[at]


def _inline(book: LoanBook, rows: pd.DataFrame) -> tuple[Any, Sequence[str], Any, Any]:
    """Labels that stand on the tape itself."""
    columns = book.tape.label_columns(book.statistic)
    if columns is None or not len(rows):
        return _nothing(())
    codes, ratios = (_texts(rows[name]) for name in columns)
    named = _texts(rows["green_catalogue"]) if "green_catalogue" in rows else [""] * len(rows)
    held, keys, shares = [], [], []
    judged: dict[tuple[str, str], Mapping[str, Any] | str] = {}
    for place, (code, ratio, catalogue) in enumerate(zip(codes, ratios, named, strict=True)):
        share, problem = ratio_of(ratio) if ratio else (0, "L-011")
        if problem or (not code and not share):
            continue
        pair = (catalogue or book.tape.catalogue or "", code)
        if pair not in judged:
            key, refused, _ = judge_code(*pair)
            judged[pair] = {} if refused else key
        key_or_none = judged[pair]
        if isinstance(key_or_none, str):
            held.append(place)
            keys.append(key_or_none)
            shares.append(share)
    names = sorted(set(keys) - {NONE})
    number = {key: at for at, key in enumerate([*names, NONE])}
    code_at = np.array([number[key] for key in keys], dtype=np.int32)
    return np.array(held, dtype=np.int64), (*names, NONE), code_at, np.array(shares, dtype=np.int64)


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value).strip() for value in column]


def _nothing(keys: Sequence[str]) -> tuple[Any, Sequence[str], Any, Any]:
    none = np.zeros(0, dtype=np.int64)
    return none, tuple(keys) or (NONE,), none.astype(np.int32), none
