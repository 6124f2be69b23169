"""Periods: read once per distinct text, as a first day and the first day after."""

from __future__ import annotations

import datetime as dt

import numpy as np

from carboncalc.activity.draft import Draft, Refusal
from carboncalc.activity.sheet import DATE_MARK
from carboncalc.activity.text import TextColumn, tidy
from carboncalc.errors import ActivityDataError
from carboncalc.vocabulary.periods import Period, parse_period


def read_periods(draft: Draft, today: dt.date) -> None:
    """Fill ``period``, ``period_start`` and ``period_end``.

    A cell that holds a date is a day, unless every date of the column is the first of a
    month: a spreadsheet turns ``2024-03`` into 1 March by itself, so they are months, and
    that is a finding (A-050). A year after ``today``'s is refused (A-052), a later month of
    the same year is a finding (A-053).
    """
    given = draft.joined.text("period", tidy)
    draft.require("period", given.missing)
    months = _dates_mean_months(given)
    periods: list[Period | None] = []
    refusals: list[Refusal] = []
    for text in given.values:
        period, refusal = _read(text, months)
        periods.append(period)
        refusals.append(refusal or (_future(period, today) if period else None))
    draft.flag(given, refusals, "period")
    if months:
        first = np.flatnonzero(given.is_in(lambda text: text.startswith(DATE_MARK)))[:1]
        draft.problems.add("A-050", first, column="period", severity="finding")
    draft.flag_first(given, [_not_yet(period, today) for period in periods], "period")
    draft.texts["period"] = given.mapped([p.text if p else None for p in periods])
    for name in ("start", "end"):
        days = [getattr(p, name) if p else None for p in periods]
        table = np.array([*days, None], dtype="datetime64[D]")
        draft.dates[f"period_{name}"] = table[given.codes]


def _dates_mean_months(column: TextColumn) -> bool:
    dates = [text[1:] for text in column.values if text.startswith(DATE_MARK)]
    return bool(dates) and all(text.endswith("-01") for text in dates)


def _read(text: str, months: bool) -> tuple[Period | None, Refusal]:
    if text.startswith(DATE_MARK):
        text = text[1:-3] if months else text[1:]
    try:
        return parse_period(text), None
    except ActivityDataError as error:
        return None, (error.code, error.params)


def _future(period: Period, today: dt.date) -> Refusal:
    if period.start.year > today.year:
        return "A-052", {"text": period.text, "year": today.year}
    return None


def _not_yet(period: Period | None, today: dt.date) -> Refusal:
    if period is not None and period.start > today and period.start.year == today.year:
        return "A-053", {"text": period.text, "today": today.isoformat()}
    return None
