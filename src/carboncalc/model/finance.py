"""Targets of public plans, measured figures, and what one says of the other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from carboncalc.errors import StatisticError
from carboncalc.messages.catalogue import message
from carboncalc.provenance import Frozen, Grade

Statistic = Literal["NFRA", "PBOC"]
Comparator = Literal[">=", ">", "=", "≈"]
QuantityKind = Literal["stock", "flow", "count", "ratio"]
Verdict = Literal[
    "met", "not_met", "on_track", "at_risk", "off_track", "not_assessable", "expired_unknown"
]


class Target(Frozen):
    """One figure of a plan: a target, a measure or a baseline.

    ``value`` is in ``unit`` as printed, ``base_value`` in CNY or pieces. ``statistic`` is
    None where the plan names none; ``statistics`` are then those it may mean, and each gets
    a reading of its own.

    Examples
    --------
    >>> from carboncalc.finance.target import targets
    >>> goal = targets["T2025-03"]
    >>> goal.base_value, goal.comparator, goal.statistic, goal.statistics
    (Decimal('200000000000'), '>=', None, ('NFRA', 'PBOC'))
    """

    id: str
    kind: str
    year: str
    section: str
    name: dict[str, str]
    value: Decimal
    unit: str
    comparator: Comparator
    base_value: Decimal
    base_unit: str
    wording: str
    note: str = ""
    target_date: date | None = None
    area: str | None = None
    quantity_kind: QuantityKind
    statistic: Statistic | None = None
    statistics: tuple[Statistic, ...] = ()
    comparator_basis: Literal["printed", "assumed"] = "printed"
    judged: bool = True
    grade: Grade = "C"

    @property
    def value_cny(self) -> Decimal | None:
        """The value in CNY, or None if it is not an amount of money."""
        return self.base_value if self.base_unit == "CNY" else None

    def on(self, statistic: Statistic) -> Target:
        """The target read on one statistic and no other.

        Raises
        ------
        StatisticError
            ``L-003`` if the target is not or cannot be on it.

        Examples
        --------
        >>> from carboncalc.finance.target import targets
        >>> targets["T2025-03"].on("NFRA").statistics
        ('NFRA',)
        """
        if statistic not in self.statistics:
            raise StatisticError(
                "L-003", given=statistic, wanted=" / ".join(self.statistics) or "–"
            )
        return self.model_copy(update={"statistic": statistic, "statistics": (statistic,)})


class Measured(Frozen):
    """A measured figure: what it is, of when, of what area, on which statistic.

    ``value`` is in CNY or pieces. ``half_unit`` is half of the last printed digit: 0 for a
    figure exact to the 分. ``area`` None means one institution.

    Examples
    --------
    >>> Measured(value="200300000000", statistic="PBOC", as_of="2024-03-31", area="CN-3502",
    ...          half_unit="50000000").value
    Decimal('200300000000')
    """

    value: Decimal
    as_of: date
    statistic: Statistic | None = None
    area: str | None = None
    quantity_kind: QuantityKind = "stock"
    half_unit: Decimal = Decimal(0)
    source: str = ""
    usable: bool = True


class Reading(Frozen):
    """What a figure says of a target on one statistic.

    ``progress`` and ``gap_cny`` exist only for data of the whole area; one institution has a
    ``contribution``. ``reason`` is the message code of why the verdict is what it is.
    ``not_met`` is an observation at the target date that misses the line.

    Examples
    --------
    >>> Reading(statistic="NFRA", verdict="not_assessable", reason="L-084").because("en")
    'there is no balance on this statistic'
    """

    statistic: Statistic | None
    verdict: Verdict
    reason: str
    observed: Decimal | None = None
    as_of: date | None = None
    progress: float | None = None
    contribution: float | None = None
    gap: Decimal | None = None
    required_cagr: float | None = None
    required_per_month: Decimal | None = None
    probability: float | None = None
    rounding_could_reverse: bool = False
    params: dict[str, str] = Field(default_factory=dict)

    def because(self, lang: str | None = None) -> str:
        """The reason in words, in Chinese (``zh``) or English (``en``)."""
        return message(self.reason, self.params, lang)

    def record(self) -> dict[str, Any]:
        """The reading as contract JSON: money as text with two decimals."""
        return {
            "statistic": self.statistic,
            "observed_cny": _money(self.observed),
            "progress": self.progress,
            "contribution": self.contribution,
            "gap_cny": _money(self.gap),
            "required_cagr": self.required_cagr,
            "verdict": self.verdict,
            "rounding_could_reverse": self.rounding_could_reverse,
            "reason": self.reason,
            "because": {"zh": self.because("zh"), "en": self.because("en")},
        }


def _money(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
