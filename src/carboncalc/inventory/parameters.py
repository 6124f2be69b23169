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
from carboncalc.inventory.placement import GHG_PROTOCOL
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


def text_parameters(rows: pd.DataFrame) -> list[str]:
    """The text parameters that the table has a column for."""
    known = known_texts(rows["method"].dropna().unique())
    return [name for name in known if name in rows and rows[name].notna().any()]


def given_groups(rows: pd.DataFrame, log: IssueLog) -> Given:
    """Group rows by the parameters they give and the units they give them in.

    A parameter without a unit column is a plain number (unit ``1``).
    """
    known = known_parameters(rows["method"].dropna().unique())
    names = sorted(name for name in known if name in rows and rows[name].notna().any())
    refused = np.zeros(len(rows), dtype=bool)
    if not names:
        return Given(np.zeros(len(rows), dtype=np.int64), ({},), {}, refused)
    values: dict[str, Any] = {}
    spelled: list[pd.Series] = []
    for name in names:
        value = pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=np.float64)
        values[name] = value
        unit = rows[f"{name}_unit"] if f"{name}_unit" in rows else pd.Series("1", rows.index)
        unit = unit.fillna("1").where(~np.isnan(value))
        refused |= _unreadable(rows, name, unit, log)
        spelled.append(unit)
    keys = pd.MultiIndex.from_arrays(spelled)
    codes, groups = pd.factorize(keys)
    mappings = [
        {name: str(unit) for name, unit in zip(names, group, strict=True) if not pd.isna(unit)}
        for group in groups
    ]
    # Code 0 is "gives nothing", whether or not such a row is there.
    table: list[Mapping[str, str]] = [{}]
    renumber = []
    for mapping in mappings:
        renumber.append(0 if not mapping else len(table))
        if mapping:
            table.append(mapping)
    return Given(np.array(renumber, dtype=np.int64)[codes], tuple(table), values, refused)


def _unreadable(rows: pd.DataFrame, name: str, unit: pd.Series, log: IssueLog) -> Any:
    codes, texts = pd.factorize(unit)
    bad = np.zeros(len(rows), dtype=bool)
    for code, text in enumerate(texts):
        try:
            units.parse(str(text))
        except UnitError as error:
            here = codes == code
            bad |= here
            for position in np.flatnonzero(here):
                row = rows.iloc[int(position)]
                log.add(
                    error.code, error.params, file=row["file"], sheet=row["sheet"],
                    row=int(row["row"]), column=f"{name}_unit",
                )  # fmt: skip
    return bad
