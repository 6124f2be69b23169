"""Reads what people type into the cells of an entry: words, yes/no, grades, numbers with units.

Every reader works on one distinct text, so that a column of a million rows costs no more
than its distinct values.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

from carboncalc import units
from carboncalc.classification.criteria import Metric
from carboncalc.errors import UnitDimensionError, UnitError

YES = frozenset({"yes", "y", "true", "1", "1.0", "是", "有", "√", "符合", "达到"})
NO = frozenset({"no", "n", "false", "0", "0.0", "否", "无", "×", "不符合", "未达到"})

_NUMBER = re.compile(r"^([+-]?(?:\d+(?:,\d{3})*|\d*)(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*)$", re.I)
_GRADE = re.compile(
    r"^(?:grade|level|class|国标)?\s*([1-9一二三四五])\s*(?:级|星级|星|stars?|[★☆])?(?:能效)?$",
    re.I,
)
_CHINESE_DIGITS = {"一": 1.0, "二": 2.0, "三": 3.0, "四": 4.0, "五": 5.0}


class UnreadableError(ValueError):
    """A cell that cannot be read; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def plain(text: object) -> str:
    """The text without width variants and outer spaces.

    Examples
    --------
    >>> plain(" ５ＭＷ ")
    '5MW'
    """
    return unicodedata.normalize("NFKC", str(text)).strip()


def key(text: object) -> str:
    """The text as it is compared: no case, no spaces, hyphens, underscores or brackets.

    Examples
    --------
    >>> key("Plug-in hybrid") == key("plug_in_hybrid")
    True
    """
    return re.sub(r"[\s_\-‐–()（）、,，]+", "", plain(text).casefold())


def read_cell(metric: Metric, text: str, unit: str | None) -> float:
    """The number a cell stands for, in the unit of its metric.

    Parameters
    ----------
    metric
        What is measured.
    text
        The cell; a number may carry its unit (``4.5 MW``).
    unit
        The unit of the column or of the row's unit cell, if there is one.

    Raises
    ------
    UnreadableError
        C-110 no number, C-111 another dimension, C-112 unknown unit, C-113 a word that is
        not among the choices, C-115 a number without its unit, C-116 two units that differ.

    Examples
    --------
    >>> from carboncalc.classification.criteria import metrics
    >>> read_cell(metrics()["rated_power"], "4500 kW", None)
    4.5
    >>> read_cell(metrics()["energy_efficiency_grade"], "一级", None)
    1.0
    """
    if metric.kind == "yes_no":
        return _yes_no(metric, text)
    if metric.kind == "category":
        return _choice(metric, text)
    if metric.kind == "grade":
        found = _GRADE.match(plain(text))
        if found:
            digit = found.group(1)
            return _CHINESE_DIGITS.get(digit) or float(digit)
    return _number(metric, plain(text), unit)


def _yes_no(metric: Metric, text: str) -> float:
    word = plain(text).casefold()
    if word in YES:
        return 1.0
    if word in NO:
        return 0.0
    raise UnreadableError("C-113", metric=metric.id, value=text, choices="yes, no (是, 否)")


def _choice(metric: Metric, text: str) -> float:
    wanted = key(text)
    for value, row in metric.values.items():
        if wanted in {key(w) for w in _words(value, row)}:
            return metric.code(value)
    raise UnreadableError("C-113", metric=metric.id, value=text, choices=", ".join(metric.values))


def _words(value: str, row: Mapping[str, str]) -> list[str]:
    return [value, row["name_zh"], row["name_en"], *filter(None, row["aliases"].split("|"))]


def _number(metric: Metric, text: str, unit: str | None) -> float:
    found = _NUMBER.match(text)
    digits = found.group(1).replace(",", "") if found else ""
    if not found or not re.search(r"\d", digits):
        raise UnreadableError("C-110", metric=metric.id, value=text)
    value, own_unit = float(digits), found.group(2).strip()
    if not math.isfinite(value):
        raise UnreadableError("C-110", metric=metric.id, value=text)
    if own_unit and unit and not _same_unit(own_unit, unit):
        raise UnreadableError("C-116", metric=metric.id, value=text, unit=unit)
    multiply, divide = scale(metric, own_unit or unit)
    return value * multiply / divide


def _same_unit(first: str, second: str) -> bool:
    try:
        return units.conversion(first, second) == (1.0, 1.0)
    except UnitError:
        return False


def scale(metric: Metric, unit: str | None) -> tuple[float, float]:
    """How a number in ``unit`` becomes one in the metric's unit: multiply, then divide.

    Examples
    --------
    >>> from carboncalc.classification.criteria import metrics
    >>> scale(metrics()["rated_power"], "kW")
    (1.0, 1000.0)
    """
    if unit is None or unit == "":
        if metric.unit == "1":
            return 1.0, 1.0
        raise UnreadableError("C-115", metric=metric.id, unit=metric.unit)
    try:
        return units.conversion(unit, metric.unit)
    except UnitDimensionError as error:
        raise UnreadableError("C-111", metric=metric.id, unit=unit, wanted=metric.unit) from error
    except UnitError as error:
        raise UnreadableError("C-112", metric=metric.id, unit=unit, wanted=metric.unit) from error
