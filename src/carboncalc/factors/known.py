"""When a publication counts as known."""

from __future__ import annotations

from datetime import date, timedelta


def known_by(published: str, day: date) -> bool:
    """Whether something published on a date, in a month or in a year was out by a day.

    A month or a year counts from its last day on; an undated publication always counts.

    Examples
    --------
    >>> known_by("2024-04-12", date(2024, 4, 12)), known_by("2014-09", date(2014, 9, 15))
    (True, False)
    """
    return not published or last_day(published) <= day


def last_day(published: str) -> date:
    """The last day of a date, month or year in ISO form.

    Examples
    --------
    >>> last_day("2014-02").isoformat(), last_day("2007").isoformat()
    ('2014-02-28', '2007-12-31')
    """
    parts = [int(part) for part in published.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31)
    if len(parts) == 2:
        year, month = parts
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date(*parts)
