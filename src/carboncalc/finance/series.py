"""Published balances of green loans: what may be drawn, and what growth may be read from them.

Each figure carries its statistic, the base it stands on, a grade and its source. Figures
derived by subtracting one statistic from another are kept for the record and never leave
:func:`public_rows`. Growth is read within one base only: at the start of 2022, in 2023
and in 2025 the national base was restated.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from carboncalc.errors import FinanceError, StatisticError
from carboncalc.finance.target import assess
from carboncalc.model.finance import Measured, Reading, Target
from carboncalc.resources import package_file
from carboncalc.vocabulary import names

if TYPE_CHECKING:
    import pandas as pd

_SCALE = {"亿元": 8, "万亿元": 12}


def public_rows() -> pd.DataFrame:
    """Every published or derived figure that is held, with its flags; for reading, not for drawing.

    ``usable`` is False for figures that mix statistics. ``value_cny`` is in CNY,
    ``half_unit_cny`` half of the last printed digit.

    Examples
    --------
    >>> rows = public_rows()
    >>> int((~rows.usable).sum())
    3
    """
    import pandas as pd

    path = package_file("finance", "data", "public_series.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        frame = pd.DataFrame(list(csv.DictReader(handle)))
    printed = [
        (Decimal(value), _SCALE[unit]) if value else None
        for value, unit in zip(frame["value"], frame["unit"], strict=True)
    ]
    values = [None if p is None else p[0].scaleb(p[1]) for p in printed]
    halves = [None if p is None else _half_unit(*p) for p in printed]
    frame["value_cny"] = pd.Series(values, dtype=object)
    frame["half_unit_cny"] = pd.Series(halves, dtype=object)
    frame["usable"] = frame["usable"] == "Y"
    for column in ("yoy_pct", "ytd_growth_pct"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def public_series(
    area: str = "CN", indicator: str = "green loans", *, grades: str = "ABCS"
) -> pd.DataFrame:
    """One published series that may be drawn, with growth inside each base.

    Figures that mix statistics never appear. ``growth`` is the change since the figure
    before it where both stand on one base, and missing where they do not: a chart breaks
    its line there. Published year-on-year rates (``yoy_pct``) are as printed.

    Parameters
    ----------
    area
        ``CN``, ``CN-35``, ``CN-3502`` or their names.
    grades
        Evidence grades to take; figures of grade D (recalled) come only if asked for.

    Raises
    ------
    FinanceError
        ``L-079`` there is no such series.

    Examples
    --------
    >>> series = public_series("CN", grades="ABCDS")
    >>> first_2022 = series[series.period_end == "2022-03-31"].iloc[0]
    >>> bool(first_2022.growth != first_2022.growth)
    True
    """
    rows = public_rows()
    found = names.lookup("region", area)
    wanted = found.id if isinstance(found, names.Resolved) else area
    kept = rows["usable"] & rows["value_cny"].notna() & rows["grade"].isin(list(grades))
    held = rows[kept]
    series = held[(held["area"] == wanted) & (held["indicator"] == indicator)]
    if series.empty:
        known = sorted({f"{a} {i}" for a, i in zip(held["area"], held["indicator"], strict=True)})
        raise FinanceError("L-079", series=f"{area} {indicator}", known="; ".join(known))
    series = series.sort_values("period_end").reset_index(drop=True)
    series["growth"] = [None, *_steps(series)]
    series["growth"] = series["growth"].astype(float)
    return series


def public_growth(series: pd.DataFrame, start: str, end: str) -> float:
    """Growth between two figures of a published series, where both stand on one base.

    Raises
    ------
    StatisticError
        ``L-077`` the figures stand on different bases or may not be used.
    FinanceError
        ``L-084`` the series has no figure at one of the dates.

    Examples
    --------
    >>> series = public_series("CN")
    >>> round(public_growth(series, "2022-03-31", "2022-06-30"), 4)
    0.0819
    """
    ends = []
    for day in (start, end):
        rows = series[series["period_end"] == day]
        if rows.empty:
            raise FinanceError("L-084", date=day)
        ends.append(rows.iloc[0])
    first, last = ends
    bases = [f"{row['statistic']} {row['segment']}" for row in ends]
    if bases[0] != bases[1] or not (first["usable"] and last["usable"]):
        raise StatisticError("L-077", one=bases[0], other=bases[1])
    return float(last["value_cny"] / first["value_cny"]) - 1


def assess_public(target: Target, *, on: date | str) -> tuple[Reading, ...]:
    """What published balances say of a target on a day, a reading per possible statistic.

    The last usable figure of the target's area up to the target date is taken on its own
    statistic; a figure of another statistic never stands in.

    Examples
    --------
    >>> from carboncalc.finance.target import targets
    >>> [reading.verdict for reading in assess_public(targets["T2025-03"], on="2026-11-22")]
    ['expired_unknown', 'expired_unknown']
    """
    if not target.statistics:
        raise FinanceError("L-072", target=target.id)
    rows = public_rows()
    limit = min(str(on), target.target_date.isoformat() if target.target_date else str(on))
    held = rows[rows["usable"] & rows["value_cny"].notna() & (rows["period_end"] <= limit)]
    readings = []
    for statistic in target.statistics:
        own = held[
            (held["area"] == target.area)
            & (held["statistic"] == statistic)
            & held["indicator"].isin(["green loans", "green credit"])
        ].sort_values("period_end")
        measured = None if own.empty else _measured(own.iloc[-1])
        readings.append(assess(target.on(statistic), measured, on=on))
    return tuple(readings)


def _measured(row: Any) -> Measured:
    return Measured(
        value=row["value_cny"],
        as_of=row["period_end"],
        statistic=row["statistic"] or None,
        area=row["area"],
        half_unit=row["half_unit_cny"],
        source=row["source"],
        usable=bool(row["usable"]),
    )


def _half_unit(value: Decimal, scale: int) -> Decimal:
    """Half of the last printed digit, in CNY."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(exponent + scale - 1)


def _steps(series: pd.DataFrame) -> list[float | None]:
    values, bases = series["value_cny"].tolist(), series["segment"].tolist()
    steps: list[float | None] = []
    for place in range(1, len(values)):
        same = bases[place] == bases[place - 1]
        steps.append(float(values[place] / values[place - 1]) - 1 if same else None)
    return steps
