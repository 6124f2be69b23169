"""Exchange rates of the day: a table of exact decimals, asked for by date and currency.

A balance in foreign currency is converted at the rate of its own date (for Chinese
statistics the month-end central parity, 人民币汇率中间价), once per loan, half-up to 分.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from carboncalc.errors import CurrencyError
from carboncalc.finance.columns import resolve
from carboncalc.vocabulary import names

_COLUMNS = ("date", "currency", "cny_per_unit", "source")
_ALSO = {"日期": "date", "来源": "source"}
#: Both parts of a rate stay below 10^9, so that the rounding is exact in int64.
_BOUND = 10**9


@dataclass(frozen=True)
class Rate:
    """CNY per unit of a currency on a day, as an exact fraction."""

    numerator: int
    denominator: int
    source: str = ""


ONE = Rate(1, 1)


class RateTable:
    """Rates by (date, currency). CNY is always 1.

    Examples
    --------
    >>> table = RateTable.read([{"date": "2025-12-31", "currency": "美元", "cny_per_unit": "7.1"}])
    >>> table.find(date(2025, 12, 31), "USD")
    Rate(numerator=71, denominator=10, source='')
    >>> table.find(date(2025, 12, 30), "USD") is None
    True
    """

    def __init__(self, rates: Mapping[tuple[date, str], Rate]) -> None:
        self._rates = dict(rates)

    @classmethod
    def read(cls, given: Any) -> RateTable:
        """A table from a path (CSV), a frame or records; None gives an empty table.

        Raises
        ------
        CurrencyError
            ``L-034`` a rate that is not a positive decimal, ``L-016`` an unknown currency,
            ``L-035`` two rates for one day, ``L-036`` a column that is missing.
        """
        if given is None:
            return cls({})
        if isinstance(given, RateTable):
            return given
        rates: dict[tuple[date, str], Rate] = {}
        for record in _records(given):
            currency = resolve("currency", str(record["currency"]).strip())
            if currency is None:
                raise CurrencyError("L-016", value=record["currency"])
            day = _day(record["date"])
            rate = _rate(record["cny_per_unit"], str(record.get("source") or ""))
            earlier = rates.setdefault((day, currency), rate)
            if earlier.numerator * rate.denominator != rate.numerator * earlier.denominator:
                raise CurrencyError("L-035", currency=currency, date=day.isoformat())
        return cls(rates)

    def find(self, day: date, currency: str) -> Rate | None:
        """The rate of the day, or None: a neighbouring day never stands in."""
        if currency == "CNY":
            return ONE
        return self._rates.get((day, currency))

    def on(self, day: date) -> RateTable:
        """The same rates for every date: those of one day, for constant-currency growth.

        Examples
        --------
        >>> table = RateTable.read([("2024-12-31", "USD", "7.2")])
        >>> table.on(date(2024, 12, 31)).find(date(2025, 12, 31), "USD").numerator
        36
        """
        return _Constant({key: rate for key, rate in self._rates.items() if key[0] == day}, day)

    def __len__(self) -> int:
        return len(self._rates)


class _Constant(RateTable):
    def __init__(self, rates: Mapping[tuple[date, str], Rate], day: date) -> None:
        super().__init__(rates)
        self._day = day

    def find(self, day: date, currency: str) -> Rate | None:
        return super().find(self._day, currency)


def _records(given: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(given, str | Path):
        given = pd.read_csv(given, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if not isinstance(given, pd.DataFrame):
        rows = list(given)
        named = all(isinstance(row, Mapping) for row in rows)
        given = (
            pd.DataFrame(rows) if named else pd.DataFrame(rows, columns=_COLUMNS[: len(rows[0])])
        )
    renamed: dict[Any, str] = {}
    for name in given.columns:
        column = names.header(str(name), "rates") or _ALSO.get(str(name), str(name))
        if column in _COLUMNS and column not in renamed.values():
            renamed[name] = column
    for column in _COLUMNS[:3]:
        if column not in renamed.values():
            raise CurrencyError("L-036", column=column)
    frame = given.rename(columns=renamed)
    records: list[Mapping[str, Any]] = frame[list(renamed.values())].to_dict("records")
    return records


def _day(value: Any) -> date:
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value).strip()[:10].replace("/", "-"))


def _rate(value: Any, source: str) -> Rate:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise CurrencyError("L-034", value=value) from None
    if not number.is_finite() or number <= 0:
        raise CurrencyError("L-034", value=value)
    numerator, denominator = number.as_integer_ratio()
    if max(numerator, denominator) >= _BOUND:
        raise CurrencyError("L-034", value=value)
    return Rate(numerator, denominator, source)
