"""Named example inventories: made ones, labelled as made, and published cases with citation."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.resources import package_file

if TYPE_CHECKING:
    from carboncalc.activity.table import ActivityTable
    from carboncalc.inventory.result import Inventory


@functools.cache
def minimal() -> Inventory:
    """The inventory of one made plant: natural gas, diesel and electricity in 2023.

    The sheet is ``path("minimal.csv")``, read as ``minimal().activity``.

    Examples
    --------
    >>> import carboncalc as cc
    >>> len(cc.examples.minimal().lines)
    3
    """
    return _inventory(_read("minimal.csv"))


@functools.cache
def full() -> Inventory:
    """The inventory of a made enterprise of three plants, with twelve months of readings.

    Two plants report under the guideline of other industry, a fleet under that of land
    transport; a refrigerant loss has no place in either and stands in the memo.

    Examples
    --------
    >>> import carboncalc as cc
    >>> sorted(cc.examples.full().by_entity())
    ['made-plant-1', 'made-plant-2', 'made-plant-3']
    """
    return _inventory(_read("enterprise.csv", entities=path("enterprise.yaml")))


@functools.cache
def empty() -> Inventory:
    """The inventory of no rows at all: a total of nothing, not an error.

    Examples
    --------
    >>> import carboncalc as cc
    >>> len(cc.examples.empty().lines)
    0
    """
    table = _read("minimal.csv")
    return _inventory(dataclasses.replace(table, rows=table.rows.iloc[:0]))


def case_names() -> tuple[str, ...]:
    """The names of the published cases.

    Examples
    --------
    >>> case_names()[0]
    'gas_boiler_platform_form'
    """
    return tuple(_cases())


def case(name: str) -> dict[str, Any]:
    """One published case: title, source, the path of its sheet, and every published figure.

    Raises
    ------
    KeyError
        If there is no case of that name.

    Examples
    --------
    >>> case("gas_boiler_platform_form")["expected"][0]["value"]
    454.33
    """
    found = dict(_cases()[name])
    found["path"] = path("cases", found.pop("file"))
    return found


def path(*parts: str) -> Path:
    """The file of an example, for tools that want a path.

    Examples
    --------
    >>> path("enterprise.csv").name
    'enterprise.csv'
    """
    return package_file("examples", "data", *parts)


@functools.cache
def _cases() -> dict[str, dict[str, Any]]:
    import yaml

    text = path("cases", "cases.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return found


def _read(name: str, entities: Path | None = None) -> ActivityTable:
    from carboncalc.activity.read import read_activity

    return read_activity(path(name), entities=entities)


def _inventory(table: ActivityTable) -> Inventory:
    from carboncalc.inventory.calculator import compute

    return compute(table)
