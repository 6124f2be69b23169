"""Which values rows bring themselves, in which units."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import IssueLog, UnitError
from carboncalc.inventory.coded import Coded, CodedRows, combined
from carboncalc.inventory.ledger import GHG_PROTOCOL
from carboncalc.methods.catalogue import load_method, method_ids


@dataclass(frozen=True)
class Given:
    """What rows give: ``code`` 0 for nothing, else an index into ``units``.

    ``units[code]`` maps a column to the unit it is given in; ``values`` holds the columns;
    ``refused`` marks rows whose unit could not be read.
    """

    code: Any
    units: tuple[Mapping[str, str], ...]
    values: Mapping[str, Any]
    refused: Any


def known_parameters(methods: Iterable[str]) -> frozenset[str]:
    """The names of inputs, and their aliases, of some methods (the amount left out).

    Examples
    --------
    >>> "purity" in known_parameters(["other-industry"])
    True
    """
    return frozenset().union(*(_parameters(name) for name in _documents(methods)))


def known_texts(methods: Iterable[str]) -> tuple[str, ...]:
    """The text parameters that routes and defaults depend on, such as ``carbon_basis``."""
    return tuple(sorted(frozenset().union(*(_texts(name) for name in _documents(methods)))))


def _documents(methods: Iterable[str]) -> set[str]:
    """The methods that exist among those named, and the one that serves what they lack."""
    return {name for name in methods if name in method_ids()} | {GHG_PROTOCOL}


@functools.cache
def _parameters(method: str) -> frozenset[str]:
    names: set[str] = set()
    for source in load_method(method).sources.values():
        for route in source.routes:
            for name, wanted in route.inputs.items():
                names |= {name, *wanted.aliases}
    return frozenset(names - {"amount"})


@functools.cache
def _texts(method: str) -> frozenset[str]:
    sources = tuple(load_method(method).sources.values())
    routes = [route for source in sources for route in source.routes]
    return frozenset(name for route in routes for name in route.when) | frozenset(
        name for source in sources for name in source.choices
    )


def text_parameters(rows: pd.DataFrame, coded: CodedRows) -> list[str]:
    """The text parameters that the table has a column for."""
    known = known_texts(coded["method"].values)
    return [name for name in known if name in rows and rows[name].notna().any()]


def given_groups(rows: pd.DataFrame, coded: CodedRows, log: IssueLog) -> Given:
    """Group rows by the parameters they give and the units they give them in.

    A parameter without a unit column is a plain number (unit ``1``).
    """
    known = known_parameters(coded["method"].values)
    names = sorted(name for name in known if name in rows and rows[name].notna().any())
    refused = np.zeros(len(rows), dtype=bool)
    if not names:
        return Given(np.zeros(len(rows), dtype=np.int32), ({},), {}, refused)
    values: dict[str, Any] = {}
    spelled: list[Coded] = []
    for name in names:
        value = pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=np.float64)
        values[name] = value
        unit = _units(coded, name, ~np.isnan(value))
        refused |= _unreadable(coded, name, unit, log)
        spelled.append(unit)
    numbers, firsts = combined(spelled, len(rows))
    groups = zip(*(unit.take(firsts).texts(None) for unit in spelled), strict=True)
    mappings = [
        {name: unit for name, unit in zip(names, group, strict=True) if unit is not None}
        for group in groups
    ]
    # Code 0 is "gives nothing", whether or not such a row is there.
    table = [{}, *(mapping for mapping in mappings if mapping)]
    codes = np.cumsum([bool(mapping) for mapping in mappings], dtype=np.int32)
    codes[[not mapping for mapping in mappings]] = 0
    return Given(codes[numbers], tuple(table), values, refused)


def _units(coded: CodedRows, name: str, given: Any) -> Coded:
    """The unit of each given value; missing where no value is given."""
    column = f"{name}_unit"
    if column not in coded:
        return Coded(np.where(given, np.int32(0), np.int32(-1)), ["1"])
    unit = coded[column]
    values = [*unit.values] if "1" in unit.values else [*unit.values, "1"]
    codes = np.where(unit.codes < 0, np.int32(values.index("1")), unit.codes)
    return Coded(np.where(given, codes, np.int32(-1)), [str(text) for text in values])


def _unreadable(coded: CodedRows, name: str, unit: Coded, log: IssueLog) -> Any:
    refusals: dict[int, UnitError] = {}
    for code, text in enumerate(unit.values):
        try:
            units.parse(text)
        except UnitError as error:
            refusals[code] = error
    bad = np.isin(unit.codes, list(refusals))
    for code in dict.fromkeys(unit.codes[bad].tolist()):
        found = refusals[code]
        for position in np.flatnonzero(unit.codes == code):
            log.add(found.code, found.params, **coded.place(position), column=f"{name}_unit")
    return bad
