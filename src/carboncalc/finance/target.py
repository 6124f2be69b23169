"""Targets of public plans, and what a figure or a loan book says of them.

A city target is judged only from data of all institutions of the city, on the target's
statistic, at the target date. One bank has a contribution. Where the plan does not name
the statistic there is a reading for each, side by side, and none is preferred.
"""

from __future__ import annotations

import csv
import difflib
import functools
import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from carboncalc.errors import FinanceError, StatisticError
from carboncalc.finance.forecast import chance
from carboncalc.messages.catalogue import language
from carboncalc.model.finance import Measured, Reading, Statistic, Target, Verdict
from carboncalc.resources import package_file

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.finance.book import LoanBook

#: 左右 and 约 without a stated width.
_ABOUT = Decimal("0.05")
_YEAR = Fraction(36525, 100)


class Targets(Mapping[str, Target]):
    """The figures of the pilot plan by id.

    Examples
    --------
    >>> len(targets), targets["T2025-03"].name["zh"]
    (53, '绿色信贷余额')
    """

    def __init__(self) -> None:
        self._read = functools.cache(_read)

    def __getitem__(self, identifier: str) -> Target:
        found = self._read().get(identifier)
        if found is None:
            nearest = difflib.get_close_matches(identifier, list(self._read()), n=3, cutoff=0.3)
            raise FinanceError("L-071", target=identifier, nearest=", ".join(nearest) or "–")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._read()

    def to_frame(self) -> pd.DataFrame:
        """All of them as a table."""
        import pandas as pd

        rows = [target.model_dump() for target in self.values()]
        for row in rows:
            row["name_zh"], row["name_en"] = row["name"]["zh"], row.pop("name")["en"]
            row["statistics"] = "|".join(row["statistics"])
        return pd.DataFrame(rows).set_index("id")

    def __repr__(self) -> str:
        return f"Targets: {len(self)} figures, " + ", ".join(list(self)[:6]) + ", …"


@dataclass(frozen=True)
class Progress:
    """A target and its readings, one per statistic."""

    target: Target
    readings: tuple[Reading, ...]

    def record(self) -> dict[str, Any]:
        """The readings as contract JSON."""
        value = self.target.value_cny
        return {
            "id": self.target.id,
            "value_cny": None if value is None else f"{value:.2f}",
            "readings": [reading.record() for reading in self.readings],
        }

    def to_frame(self) -> pd.DataFrame:
        """The readings as a table, one row per statistic."""
        import pandas as pd

        rows = [
            {**reading.model_dump(exclude={"params"}), "because": reading.because()}
            for reading in self.readings
        ]
        return pd.DataFrame(rows)

    def told(self, lang: str | None = None) -> list[str]:
        """The target in one line, then each reading: verdict, reason, figures.

        Shares are cut, never rounded up: a figure one 分 below the line does not show 100 %.

        Examples
        --------
        >>> day = date(2025, 12, 31)
        >>> one = Reading(statistic="NFRA", verdict="not_assessable", reason="L-081", as_of=day,
        ...               observed=Decimal("199999999999.99"), contribution=0.99999999999995)
        >>> print(Progress(targets["T2025-03"], (one,)).told("en")[-1].strip())
        CNY 199,999,999,999.99, contribution 99.99 %
        """
        goal, tongue = self.target, language(lang)
        lines = [f"{goal.id} {goal.name[tongue]} {goal.comparator} {goal.value}{goal.unit}"]
        for reading in self.readings:
            said = _ZH[reading.verdict] if tongue == "zh" else reading.verdict
            lines.append(f"  {reading.statistic}: {said} – {reading.because(tongue)}")
            if reading.observed is not None and goal.base_unit == "CNY":
                lines.append("    " + _figures(reading, goal, tongue))
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.told())

    def _repr_html_(self) -> str:
        return "<pre>" + html.escape(repr(self)) + "</pre>"


_ZH = {
    "met": "已达到", "not_met": "未达到", "on_track": "可望达到", "at_risk": "有风险",
    "off_track": "偏离", "not_assessable": "不能判断", "expired_unknown": "已过期、未知",
}  # fmt: skip


def _figures(reading: Reading, goal: Target, lang: str) -> str:
    zh = lang == "zh"
    observed = reading.observed or Decimal(0)
    share = (observed * 100 / goal.base_value).quantize(Decimal("0.01"), ROUND_DOWN)
    said = [f"{observed:,.2f} 元" if zh else f"CNY {observed:,.2f}"]
    if reading.contribution is not None:
        said.append(f"贡献 {share} %" if zh else f"contribution {share} %")
    if reading.progress is not None:
        said.append(f"进度 {share} %" if zh else f"progress {share} %")
    if reading.gap is not None:
        said.append(f"差距 {reading.gap:,.2f} 元" if zh else f"gap CNY {reading.gap:,.2f}")
    return ("，" if zh else ", ").join(said)


def assess(
    target: Target,
    measured: Measured | None,
    *,
    on: date | str | None = None,
    history: Iterable[Measured] = (),
) -> Reading:
    """What one measured figure says of a target.

    At the target date the comparator of the text decides, exactly: 达到 is ≥, 超过 is >.
    Before it, progress = observed ÷ target, gap = target − observed, and
    required growth a year = (target ÷ observed)^(1/Δt) − 1 with Δt in years of 365.25 days;
    a verdict then needs a history with a prediction interval (P ≥ 0.8 on track, < 0.2 off).

    Parameters
    ----------
    measured
        The figure; None says that there is none on the target's statistic.
    on
        The day the question is asked; the day of the figure if left out.
    history
        Earlier figures of the same statistic and area, at least eight for an interval.

    Raises
    ------
    StatisticError
        ``L-003`` a figure of another statistic.
    FinanceError
        ``L-073`` a flow against a balance, ``L-076`` the target has no date.

    Examples
    --------
    >>> goal = targets["T2025-03"].on("NFRA")
    >>> exact = Measured(
    ...     value="200000000000.00", statistic="NFRA", as_of="2025-12-31", area="CN-3502")
    >>> assess(goal, exact).verdict
    'met'
    >>> less = exact.model_copy(update={"value": Decimal("199999999999.99")})
    >>> assess(goal, less).verdict
    'not_met'
    """
    when = target.target_date
    if when is None:
        raise FinanceError("L-076", target=target.id)
    statistic = target.statistic
    if measured is None or not measured.usable:
        past = on is not None and _date(on) > when
        return _reading(
            statistic,
            "expired_unknown" if past else "not_assessable",
            "L-086" if past else "L-084",
            wanted=when,
        )
    _refuse_mixing(target, measured)
    statistic = measured.statistic
    value, line = measured.value, target.base_value
    seen: dict[str, Any] = {"observed": value, "as_of": measured.as_of}
    if measured.area is None:
        share = _ratio(value, line)
        return _reading(statistic, "not_assessable", "L-081", contribution=share, **seen)
    if measured.area != target.area:
        return _reading(
            statistic, "not_assessable", "L-082", given=measured.area, wanted=target.area, **seen
        )
    seen |= {
        "progress": _ratio(value, line),
        "gap": line - value,
        "rounding_could_reverse": _could_reverse(target, measured),
    }
    if measured.as_of == when:
        verdict: Verdict = "met" if _meets(target, value) else "not_met"
        return _reading(statistic, verdict, "L-087", **seen)
    asked = measured.as_of if on is None else _date(on)
    if max(asked, measured.as_of) > when:
        return _reading(
            statistic, "expired_unknown", "L-086", given=measured.as_of, wanted=when, **seen
        )
    seen |= _required(value, line, measured.as_of, when)
    points = [(past.as_of, past.value) for past in history if past.statistic == statistic]
    odds = chance(sorted({*points, (measured.as_of, value)}), when, line)
    if odds is None:
        return _reading(
            statistic, "not_assessable", "L-085", given=measured.as_of, wanted=when, **seen
        )
    verdict = "on_track" if odds >= 0.8 else "off_track" if odds < 0.2 else "at_risk"
    return _reading(
        statistic,
        verdict,
        "L-088",
        probability=odds,
        quarters=len({*points, (measured.as_of, value)}),
        **seen,
    )


def progress_of(
    book: LoanBook,
    target: Target,
    *,
    on: date | str | None = None,
    history: Iterable[Measured] = (),
) -> Progress:
    """What a loan book says of a green-credit target, a reading per possible statistic.

    The figure is the book's green balance (declared − refuted), exact to the 分. A book of
    one institution, or declared as all of an area but holding one, yields its contribution.

    Raises
    ------
    FinanceError
        ``L-072`` the target is not a balance of green loans.
    StatisticError
        ``L-003`` the target is on another statistic than the book.
    """
    if not target.statistics:
        raise FinanceError("L-072", target=target.id)
    if target.statistic is not None and target.statistic != book.statistic:
        raise StatisticError("L-003", given=book.statistic, wanted=target.statistic)
    readings = []
    for statistic in target.statistics:
        own = book.on(statistic) if book.tape.has_labels(statistic) else None
        measured = None if own is None else measured_of(own)
        readings.append(assess(target.on(statistic), measured, on=on, history=history))
    return Progress(target, tuple(readings))


def measured_of(book: LoanBook) -> Measured:
    """The green balance of a book as a measured figure."""
    return Measured(
        value=book.green,
        as_of=date.fromisoformat(book.as_of),
        statistic=_statistic(book.statistic),
        area=book.tape.covers_area,
        source="loan tape",
    )


def green_targets() -> list[Target]:
    """The targets that a balance of green loans can be read against."""
    return [target for target in targets.values() if target.judged and target.statistics]


def _refuse_mixing(target: Target, measured: Measured) -> None:
    if target.statistics and measured.statistic not in target.statistics:
        wanted = " / ".join(target.statistics)
        raise StatisticError("L-003", given=measured.statistic or "–", wanted=wanted)
    if measured.quantity_kind != target.quantity_kind:
        raise FinanceError(
            "L-073", target=target.id, given=measured.quantity_kind, wanted=target.quantity_kind
        )


def _meets(target: Target, value: Decimal) -> bool:
    line = target.base_value
    if target.comparator == ">=":
        return value >= line
    if target.comparator == ">":
        return value > line
    if target.comparator == "=":
        return value == line
    return abs(value - line) <= _ABOUT * line


def _could_reverse(target: Target, measured: Measured) -> bool:
    """Whether the figure before it was rounded could have given the other verdict."""
    half = measured.half_unit
    verdicts = {_meets(target, measured.value + shift) for shift in (-half, Decimal(0), half)}
    return len(verdicts) > 1


def _required(value: Decimal, line: Decimal, start: date, end: date) -> dict[str, Any]:
    days = (end - start).days
    if value <= 0:
        return {}
    months = Decimal(days) / (Decimal("365.25") / 12)
    return {
        "required_cagr": float(line / value) ** float(_YEAR / days) - 1,
        "required_per_month": ((line - value) / months).quantize(Decimal("0.01")),
    }


def _reading(statistic: Statistic | None, verdict: Verdict, reason: str, **given: Any) -> Reading:
    fields = {name: value for name, value in given.items() if name in Reading.model_fields}
    params = {
        name: str(value) for name, value in given.items() if name in ("given", "wanted", "quarters")
    }
    if "probability" in given:
        params["probability"] = f"{given['probability']:.0%}"
    return Reading(statistic=statistic, verdict=verdict, reason=reason, params=params, **fields)


def _ratio(part: Decimal, whole: Decimal) -> float:
    return float(Fraction(part) / Fraction(whole))


def _date(given: date | str) -> date:
    return date.fromisoformat(given) if isinstance(given, str) else given


def _statistic(text: str) -> Statistic:
    return "NFRA" if text == "NFRA" else "PBOC"


def _read() -> dict[str, Target]:
    path = package_file("finance", "data", "pilot_targets.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["id"]: _target(row) for row in csv.DictReader(handle)}


def _target(row: Mapping[str, str]) -> Target:
    possible = [part for part in row["statistics_possible"].split("|") if part]
    named = [row["statistic"]] if row["statistic"] else possible
    fields: dict[str, Any] = {
        **{key: row[key] or None for key in ("target_date", "area", "statistic")},
        **{key: row[key] for key in _SAME},
        "name": {"zh": row["name_zh"], "en": row["name_en"]},
        "value": row["value"].replace("%", ""),
        "statistics": tuple(named),
        "judged": row["judged"] == "y",
    }
    return Target.model_validate(fields)


_SAME = (
    "id",
    "kind",
    "year",
    "section",
    "unit",
    "comparator",
    "base_value",
    "base_unit",
    "wording",
    "note",
    "quantity_kind",
    "comparator_basis",
    "grade",
)

#: The figures of the pilot plan, by id.
targets = Targets()
