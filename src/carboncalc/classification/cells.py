"""How each column of an entry that is not a measure is read: words, dates, ratios, money."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.classification.measures import factorise
from carboncalc.classification.taxonomy import read_table
from carboncalc.classification.words import key, plain

Reader = Callable[[str, pd.Series, Any], pd.Series]

_DATE = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]00:00:00.*)?$")
_RATIO = re.compile(r"^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([%％]?)$", re.I)
_AMOUNT = re.compile(r"^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$", re.I)


def text(_column: str, series: pd.Series, _report: Any) -> pd.Series:
    """The trimmed text; blank is missing.

    Examples
    --------
    >>> text("name", pd.Series([" a ", ""]), None).tolist()
    ['a', None]
    """
    codes, words = factorise(series)
    return _spread(codes, words)


def term(column: str, series: pd.Series, report: Any) -> pd.Series:
    """One of the known words of a column, by id, Chinese or English; others are problems.

    Examples
    --------
    >>> term("role", pd.Series(["制造商", "Buyer"]), None).tolist()
    ['manufacturer', 'buyer']
    """
    codes, words = factorise(series)
    found = [terms()[column].get(key(word)) for word in words]
    for position, value in enumerate(found):
        if value is None:
            choices = ", ".join(dict.fromkeys(terms()[column].values()))
            params = {"column": column, "value": words[position], "choices": choices}
            report("C-104", params, np.flatnonzero(codes == position))
    return _spread(codes, found)


def day(column: str, series: pd.Series, report: Any) -> pd.Series:
    """A date; a text that is none is a problem.

    Examples
    --------
    >>> day("approval_date", pd.Series(["2025年7月1日"]), None)[0].date()
    datetime.date(2025, 7, 1)
    """
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return series.reset_index(drop=True).astype("datetime64[us]")
    codes, words = factorise(series)
    days = np.full(len(words) + 1, np.datetime64("NaT"), dtype="datetime64[us]")
    for position, word in enumerate(words):
        found = _DATE.match(word)
        try:
            if found is None:
                raise ValueError
            days[position] = datetime.datetime(*(int(p) for p in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
        except ValueError:
            params = {"column": column, "value": word}
            report("C-106", params, np.flatnonzero(codes == position))
    return pd.Series(days[codes])


def ratio(column: str, series: pd.Series, report: Any) -> pd.Series:
    """A share between 0 and 1, or a text with a percent sign; anything else is a problem.

    Examples
    --------
    >>> ratio("green_ratio", pd.Series(["60%", "0.5"]), None).tolist()
    [0.6, 0.5]
    """

    def one(word: str) -> float:
        found = _RATIO.match(word)
        if found is None:
            raise ValueError
        return float(found.group(1)) / (100.0 if found.group(2) else 1.0)

    numbers = _numbers(column, series, one, "C-107", report)
    outside = np.flatnonzero((numbers < 0) | (numbers > 1))
    if len(outside):
        for value in np.unique(numbers[outside]).tolist():
            params = {"column": column, "value": f"{value:g}"}
            report("C-107", params, outside[numbers[outside] == value])
    return pd.Series(numbers)


def money(column: str, series: pd.Series, report: Any) -> pd.Series:
    """An amount that is not negative.

    Examples
    --------
    >>> money("amount", pd.Series(["1,000.50"]), None).tolist()
    [1000.5]
    """

    def one(word: str) -> float:
        if not _AMOUNT.match(word.replace(",", "")):
            raise ValueError
        return float(word.replace(",", ""))

    numbers = _numbers(column, series, one, "C-108", report)
    below = np.flatnonzero(numbers < 0)
    if len(below):
        report("C-108", {"column": column, "value": "< 0"}, below)
    return pd.Series(numbers)


def _numbers(
    column: str, series: pd.Series, one: Callable[[str], float], code: str, report: Any
) -> np.ndarray[Any, np.dtype[np.float64]]:
    if pd.api.types.is_numeric_dtype(series.dtype) and series.dtype != bool:
        given: np.ndarray[Any, np.dtype[np.float64]] = np.array(
            series.to_numpy(na_value=np.nan), dtype=np.float64
        )
        return given
    codes, words = factorise(series)
    values: np.ndarray[Any, np.dtype[np.float64]] = np.full(len(words) + 1, np.nan)
    for position, word in enumerate(words):
        try:
            values[position] = one(plain(word))
        except ValueError:
            params = {"column": column, "value": word}
            report(code, params, np.flatnonzero(codes == position))
    return np.take(values, codes)


def _spread(codes: np.ndarray[Any, Any], words: list[Any]) -> pd.Series:
    # The extra last element answers code −1: a blank cell.
    return pd.Series(np.array([*words, None], dtype=object)[codes], dtype=object)


@functools.cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """The known words of each column, as they are compared, to their value."""
    found: dict[str, dict[str, str]] = {}
    for row in read_table("terms.csv"):
        words = found.setdefault(row["column"], {})
        for word in (row["value"], *row["words"].split("|")):
            words[key(word)] = row["value"]
    return found


#: The reader of each column of contract section 9 and of the optional ones beside it.
CELLS: Mapping[str, Reader] = {
    "entry_id": text,
    "kind": term,
    "name": text,
    "industry_code": text,
    "description": text,
    "claimed_code": text,
    "role": term,
    "product": text,
    "approval_date": day,
    "drawdown_date": day,
    "amount": money,
    "currency": text,
    "green_revenue_share": ratio,
    "scope_confirmed_by": text,
    "green_ratio": ratio,
    "claimed_taxonomy": term,
    "instrument": term,
    "partly_drawn": term,
}
