"""The chance that a growing balance reaches a line: a log-linear fit with its interval.

ln(balance) = a + b·t, by least squares on at least eight observations of one basis; the
prediction error at the target date follows Student's t with n − 2 degrees of freedom. A
chance is read from that interval only, never from a single line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

#: Fewer observations give no interval worth the name.
ENOUGH = 8


def chance(points: Sequence[tuple[date, Decimal]], when: date, line: Decimal) -> float | None:
    """The probability that the balance at a date is at least the line; None without an interval.

    Examples
    --------
    >>> quarters = [date(2023 + q // 4, 3 * (q % 4) + 1, 1) for q in range(8)]
    >>> growing = [(day, Decimal(100 + 10 * q)) for q, day in enumerate(quarters)]
    >>> round(chance(growing, date(2025, 4, 1), Decimal(150)), 2)
    1.0
    >>> chance(growing[:5], date(2025, 4, 1), Decimal(150)) is None
    True
    """
    count = len(points)
    if count < ENOUGH or line <= 0 or any(value <= 0 for _, value in points):
        return None
    times = [(day - when).days / 365.25 for day, _ in points]
    logs = [math.log(value) for _, value in points]
    middle = math.fsum(times) / count
    level = math.fsum(logs) / count
    spread = math.fsum((time - middle) ** 2 for time in times)
    if spread == 0:
        return None
    slope = (
        math.fsum(
            (time - middle) * (value - level) for time, value in zip(times, logs, strict=True)
        )
        / spread
    )
    residual = math.fsum(
        (value - level - slope * (time - middle)) ** 2
        for time, value in zip(times, logs, strict=True)
    )
    expected = level - slope * middle
    error = math.sqrt(residual / (count - 2) * (1 + 1 / count + middle**2 / spread))
    distance = expected - math.log(line)
    if error == 0:
        return 1.0 if distance >= 0 else 0.0
    return student(distance / error, count - 2)


def student(value: float, degrees: int) -> float:
    """P(T ≤ value) of Student's t with a whole number of degrees of freedom.

    The finite series of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3
    and 26.7.4.

    Examples
    --------
    >>> student(0.0, 5), round(student(2.015, 5), 3)
    (0.5, 0.95)
    """
    angle = math.atan(value / math.sqrt(degrees))
    cosine, sine = math.cos(angle), math.sin(angle)
    term = cosine if degrees % 2 else 1.0
    total = term if degrees > 1 else 0.0
    for place in range(3 if degrees % 2 else 2, degrees, 2):
        term *= cosine**2 * (place - 1) / place
        total += term
    inside = 2 / math.pi * (angle + sine * total) if degrees % 2 else sine * total
    return 0.5 + inside / 2
