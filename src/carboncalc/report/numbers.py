"""How numbers are written for people: rounded half up on the decimal that is seen.

What a page shows is rounded; the full value stands beside it in the page (``<data>``), in
the workbook's cell and in the JSON.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

Kind = Literal["text", "code", "tonnes", "number", "share", "count", "yuan", "yi", "grade"]

NUMERIC: frozenset[str] = frozenset({"tonnes", "number", "share", "count", "yuan", "yi"})
ABSENT = "—"
_FEN_PER_YI = 10_000_000_000


def shown(value: Any, kind: Kind) -> str:
    """A value as text.

    ``tonnes`` has two decimals (two figures below 0.01), ``number`` up to twelve figures,
    ``share`` is a percentage with one decimal, ``yuan`` and ``yi`` take whole 分 and give
    元 with two decimals and 亿元 with four. Absent is a dash, never a zero.

    Examples
    --------
    >>> shown(26.455, "tonnes"), shown(-1234.5, "tonnes"), shown(0.00042, "tonnes")
    ('26.46', '−1,234.50', '0.00042')
    >>> shown(None, "tonnes"), shown(0.62069, "share"), shown(0.0001, "share")
    ('—', '62.1 %', '< 0.1 %')
    >>> shown(0.99999999999995, "share"), shown(1.0, "share")
    ('< 100 %', '100.0 %')
    >>> shown(120000.0, "number"), shown(-1 / 3, "number")
    ('120,000', '−0.333333333333')
    >>> shown(20_000_000_000_050, "yuan"), shown(20_000_000_000_050, "yi")
    ('200,000,000,000.50', '2,000.0000')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ABSENT
    if kind == "tonnes":
        return tonnes(float(value))
    if kind == "number":
        return minus(f"{value:,.12g}")
    if kind == "share":
        return _share(float(value))
    if kind == "count":
        return minus(f"{int(value):,}")
    if kind == "yuan":
        return minus(f"{Decimal(int(value)) / 100:,.2f}")
    if kind == "yi":
        return decimals(Decimal(int(value)) / _FEN_PER_YI, 4)
    return str(value)


def tonnes(value: float) -> str:
    """Tonnes with two decimals, or two figures where that would read as nothing."""
    if 0 < abs(value) < 0.005:
        return minus(f"{Decimal(repr(value)):.2g}")
    return decimals(Decimal(repr(value)), 2)


def decimals(value: Decimal, places: int) -> str:
    """A decimal rounded half up, with thousands separators.

    Examples
    --------
    >>> decimals(Decimal("2.675"), 2)
    '2.68'
    """
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return minus(f"{rounded + 0:,.{places}f}")


def plain(value: Any) -> str:
    """A number with up to fifteen figures and no trailing zeros.

    Examples
    --------
    >>> plain(13.44), plain(1204.0), plain(-0.5)
    ('13.44', '1204', '−0.5')
    """
    return minus(f"{value:.15g}")


def minus(text: str) -> str:
    """The text with a typographic minus, which no spreadsheet takes for a formula."""
    return text.replace("-", "−", 1) if text.startswith("-") else text


def _share(value: float) -> str:
    if 0 < abs(value) < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= value < 1:  # what falls short of the whole never reads as the whole
        return "< 100 %"
    return decimals(Decimal(repr(value)) * 100, 1) + " %"
