"""Reads the period a figure stands for: a year, a quarter, a month, or a span of days."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from carboncalc.errors import ActivityDataError

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_DIGITS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_YEAR = re.compile(r"(\d{4})(?:年度?)?")
_MONTH = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})月?(?:份)?|(\d{4})\.(\d{2})|(\d{4})(\d{2})")
_QUARTER = re.compile(r"(\d{4})(?:年度?|-)?(?:Q([1-4])|第?([1-4一二三四])季度?)", re.IGNORECASE)
_HALF = re.compile(r"(\d{4})(?:年度?|-)?(?:H([12])|([上下])半年)", re.IGNORECASE)
_DAY = re.compile(
    r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})[日号]?|(\d{4})\.(\d{2})\.(\d{2})"
    r"|(\d{4})(\d{2})(\d{2})"
)
_MONTHS = re.compile(r"(\d{4})年(\d{1,2})月?(?:-|至|到|~)(\d{1,2})月")
_NAMED = re.compile(r"([a-z]{3,9})\.?,?(\d{4})|(\d{4}),?([a-z]{3,9})\.?", re.IGNORECASE)
_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_WHOLE_FLOAT = re.compile(r"(\d{4}|\d{6}|\d{8})\.0")
_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?$")
_INCLUSIVE = re.compile(r"至|到|~|—+|–|\s-\s")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days. ``end`` is the first day after it.

    Examples
    --------
    >>> parse_period("2024年3月")
    Period(start=datetime.date(2024, 3, 1), end=datetime.date(2024, 4, 1), text='2024-03')
    """

    start: date
    end: date
    text: str

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.end - self.start).days


@functools.lru_cache(maxsize=65_536)
def parse_period(text: str) -> Period:
    """Read a period as people write it.

    Known forms: ``2024``, ``2024年``, ``2024-03``, ``2024年3月``, ``2024/3``, ``202403``,
    ``March 2024``, ``2024Q1``, ``2024年第一季度``, ``2024H1``, ``2024年上半年``,
    ``2024年1-3月``, one day, and a span. The
    end of ``2024-12-16/2025-01-15`` is exclusive, as the contract says; 至, 到 and ~ say
    "up to and including", as they do in Chinese.

    Returns
    -------
    Period
        Start, exclusive end and canonical text (``2024``, ``2024-03``, ``2024Q1`` or
        ``2024-12-16/2025-01-15``).

    Raises
    ------
    ActivityDataError
        A-110: not a period, a month 13, an end before the start, or a form that two
        people read differently (``2024.1``, which may be October).

    Examples
    --------
    >>> [parse_period(text).text for text in ("2024", "２０２４Ｑ１", "2024年3月", "202403")]
    ['2024', '2024Q1', '2024-03', '2024-03']
    >>> parse_period("2024-12-16/2025-01-15").days, parse_period("2024-12-16至2025-01-15").days
    (30, 31)
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    try:
        if found := _MONTHS.fullmatch(re.sub(r"\s+", "", plain)):
            year, first, last = map(int, found.groups())
            return _between(_date(year, first, 1), _months(found[1], last, 1).end)
        return _span(plain) or _single(re.sub(r"\s+", "", _MIDNIGHT.sub("", plain)))
    except (ValueError, OverflowError):
        raise ActivityDataError("A-110", text=str(text)[:60]) from None


def _span(plain: str) -> Period | None:
    exclusive = re.sub(r"\s+", "", plain).split("/")
    if len(exclusive) == 2 and min(map(len, exclusive)) > 4:
        # Only whole days: "2024-01/2024-03" is two months to one reader and three to another.
        return _between(_day(exclusive[0]), _day(exclusive[1]))
    parts = [re.sub(r"\s+", "", part) for part in _INCLUSIVE.split(plain)]
    if len(parts) == 1:
        # A bare hyphen joins two dates only where neither is written with hyphens.
        parts = parts[0].split("-")
        if min(map(len, parts)) < 6:
            return None
    if len(parts) == 2:
        return _between(_single(parts[0]).start, _single(parts[1]).end)
    return None


def _between(start: date, end: date) -> Period:
    if end <= start:
        raise ValueError("a period ends after it starts")
    months = (end.year - start.year) * 12 + end.month - start.month
    if start.day == end.day == 1:
        if months == 1:
            return Period(start, end, f"{start:%Y-%m}")
        if months == 3 and start.month % 3 == 1:
            return Period(start, end, f"{start.year}Q{start.month // 3 + 1}")
        if months == 12 and start.month == 1:
            return Period(start, end, str(start.year))
    return Period(start, end, f"{start.isoformat()}/{end.isoformat()}")


def _single(compact: str) -> Period:
    if found := _WHOLE_FLOAT.fullmatch(compact):
        compact = found[1]
    if found := _YEAR.fullmatch(compact):
        return _months(found[1], 1, 12)
    if found := _QUARTER.fullmatch(compact):
        number = found[2] or _DIGITS.get(found[3], found[3])
        return _months(found[1], 3 * int(number) - 2, 3)
    if found := _HALF.fullmatch(compact):
        second = found[2] == "2" or found[3] == "下"
        return _months(found[1], 7 if second else 1, 6)
    if found := _MONTH.fullmatch(compact):
        year, month = (part for part in found.groups() if part is not None)
        return _months(year, int(month), 1)
    if found := _NAMED.fullmatch(compact):
        name, year = found[1] or found[4], found[2] or found[3]
        return _months(year, _month_number(name.lower()), 1)
    day = _day(compact)
    return _between(day, day + timedelta(days=1))


def _month_number(name: str) -> int:
    fits = [number for number, full in enumerate(_NAMES, 1) if full.startswith(name)]
    if len(fits) != 1 and name != "may":
        raise ValueError("not the name of a month")
    return fits[0]


def _months(year: str, first: int, count: int) -> Period:
    start = _date(int(year), first, 1)
    after = first + count
    end = date(start.year + (after > 12), after - 12 if after > 12 else after, 1)
    return _between(start, end)


def _day(compact: str) -> date:
    found = _DAY.fullmatch(compact)
    if found is None:
        raise ValueError("not a day")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError("not a year of this era")
    return date(year, month, day)
