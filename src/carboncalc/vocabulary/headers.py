"""Reads a column header: which column it is, and the unit written in it."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from carboncalc.errors import AmbiguousUnitError, UnitError
from carboncalc.units import normalise
from carboncalc.vocabulary.names import Resolved, header, lookup

_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\[(【〔{](?P<inside>[^\[【〔{]*)[\])】〕}]\s*$")
_UNIT_SUFFIX = re.compile(
    r"^(?P<name>.+?)[\s_]*(?:_unit|[\s_]unit|的?(?:计量)?单位)$", re.IGNORECASE
)
_LABELLED_UNIT = re.compile(r"^(?:单位|unit)\s*[:：]\s*", re.IGNORECASE)


class SplitHeader(NamedTuple):
    """A header in its parts: column id or None, canonical unit or None, the name as written.

    An ambiguous unit stays as it was written, so that reading it names the ambiguity.
    """

    column: str | None
    unit: str | None
    name: str


@functools.lru_cache(maxsize=4096)
def split_header(text: str, table: str | None = None) -> SplitHeader:
    """Split a header into column, unit and name.

    Known shapes: ``amount [MWh]``, ``数量（万kWh）``, ``消费量/t``, ``低位发热量单位`` (the
    column of units), ``by_product_rate[CF4]`` (a gas, which stays in the column id).

    Parameters
    ----------
    text
        The header as it stands in the sheet.
    table
        The table it heads, where known.

    Examples
    --------
    >>> split_header("amount [MWh]")
    SplitHeader(column='amount', unit='MWh', name='amount')
    >>> split_header("数量（万kWh）")
    SplitHeader(column='amount', unit='10^4 kWh', name='数量')
    >>> split_header("低位发热量单位").column, split_header("by_product_rate[四氟化碳]").column
    ('net_calorific_value_unit', 'by_product_rate[CF4]')
    >>> split_header("备注（选填）")
    SplitHeader(column='note', unit=None, name='备注')
    >>> split_header("Line 3 reading")
    SplitHeader(column=None, unit=None, name='Line 3 reading')
    """
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(text))).strip(" *:：")
    whole = header(plain, table)
    if whole is not None:
        return SplitHeader(whole, None, plain)
    if suffixed := _UNIT_SUFFIX.match(plain):
        base = split_header(suffixed["name"], table)
        if base.column is not None and base.unit is None:
            named = "unit" if base.column == "amount" else f"{base.column}_unit"
            return SplitHeader(named, None, plain)
    if bracketed := _BRACKETED.match(plain):
        return _with_bracket(bracketed["name"], bracketed["inside"].strip(), table)
    name, slash, unit_text = plain.partition("/")
    unit = _unit(unit_text) if slash else None
    column = header(name, table) if unit else None
    if column is not None:
        return SplitHeader(column, unit, name.strip())
    return SplitHeader(None, None, plain)


def _with_bracket(name: str, inside: str, table: str | None) -> SplitHeader:
    column = header(name, table)
    gas = lookup("gas", inside) if inside else None
    if isinstance(gas, Resolved):
        return SplitHeader(f"{column}[{gas.id}]" if column else None, None, name)
    return SplitHeader(column, _unit(_LABELLED_UNIT.sub("", inside)), name)


def _unit(text: str) -> str | None:
    try:
        return normalise(text)
    except AmbiguousUnitError:
        return text
    except UnitError:
        return None
