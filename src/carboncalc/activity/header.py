"""Finds the header row of a table and reads what stands in a header: a name, perhaps a unit."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from carboncalc.activity.files import refuse
from carboncalc.activity.text import tidy
from carboncalc.errors import Issue
from carboncalc.vocabulary.headers import split_header

#: So many rows are looked through for the header; a title and notes may stand above it.
HEADER_SEARCH = 30

#: A row is a header if it has so many names that are known.
_ENOUGH = 3

_UNIT_SUFFIX = re.compile(r"(?P<name>.+?)(?:_unit| unit|[ _]?单位)", re.IGNORECASE)
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\[[^\[\]]+\])?")

#: Columns of our own making: a table that was read once can be given back.
DERIVED = (
    "period_start", "period_end", "amount_reported", "check_difference", "file", "sheet", "row",
)  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """What a header says: the canonical column, or a name of its own; a unit, if it has one.

    ``column`` is None for a name the vocabulary does not know in this table. ``is_unit``
    says that the column holds the units of the one it names.
    """

    given: str
    name: str
    column: str | None
    unit: str | None = None
    is_unit: bool = False


@functools.lru_cache(maxsize=8192)
def read_heading(given: str, table: str = "activity") -> Heading:
    """Read one header of a table.

    Examples
    --------
    >>> heading = read_heading("数量（ＭＷｈ）")
    >>> heading.column, heading.unit
    ('amount', 'MWh')
    >>> read_heading("net_calorific_value_unit").is_unit
    True
    """
    text = tidy(given)
    if table == "activity" and text in DERIVED:
        return Heading(given, text, text)
    column, unit, name = split_header(text, table)
    if column is not None:
        stem = column.removesuffix("_unit")
        return Heading(given, stem, stem, unit, is_unit=stem != column)
    suffix = _UNIT_SUFFIX.fullmatch(text)
    if suffix is not None:
        return Heading(given, suffix["name"].strip(" _"), None, is_unit=True)
    return Heading(given, name, None, unit)


def is_parameter_name(name: str) -> bool:
    """Whether a name has the form of a method's parameter, such as ``by_product_rate[CF4]``.

    Examples
    --------
    >>> is_parameter_name("purity"), is_parameter_name("负责人")
    (True, False)
    """
    return _PARAMETER.fullmatch(name) is not None


def find_header(
    records: Sequence[Sequence[str]],
    *,
    file: str | None,
    sheet: str | None = None,
    table: str = "activity",
) -> tuple[int, tuple[Issue, ...]]:
    """The index of the header among the first rows, with a finding if it is not the first.

    Raises
    ------
    ActivityDataError
        No row has names of columns that are known (A-010).

    Examples
    --------
    >>> find_header([["2024年能源台账"], ["企业", "期间", "数量"]], file="a.csv")[0]
    1
    """
    scores = [header_score(record, table) for record in records]
    enough = [i for i, score in enumerate(scores) if score >= _ENOUGH]
    if enough:
        place = enough[0]
    elif max(scores, default=0) > 0:
        place = scores.index(max(scores))
    else:
        shown = next((", ".join(record) for record in records if any(record)), "")
        raise refuse("A-010", file, sheet, headers=tidy(shown)[:120])
    above = any(any(cell.strip() for cell in record) for record in records[:place])
    if not above:
        return place, ()
    note = Issue(
        "A-027", {"row": place + 1}, file=file, sheet=sheet, row=place + 1, severity="finding"
    )
    return place, (note,)


def header_score(record: Sequence[str], table: str = "activity") -> int:
    """How many different known columns a row names.

    Examples
    --------
    >>> header_score(["企业", "数量 [t]", "x", ""])
    2
    """
    found = {read_heading(cell, table).column for cell in record if cell and len(cell) < 100}
    return len(found - {None})
