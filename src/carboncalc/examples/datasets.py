"""Named example data: made ones, labelled as made, and published cases with their citation."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.resources import package_file

if TYPE_CHECKING:
    from carboncalc.activity.read import ActivityTable


def minimal() -> ActivityTable:
    """Three rows of one made plant: natural gas, diesel, electricity, in 2023.

    Examples
    --------
    >>> import carboncalc as cc
    >>> len(cc.examples.minimal())
    3
    """
    return _read("minimal.csv")


def full() -> ActivityTable:
    """A made enterprise of three plants with twelve months of readings in 2023.

    Two plants report under the guideline of other industry, a fleet under that of land
    transport; a refrigerant loss has no place in either and goes to the memo.

    Examples
    --------
    >>> import carboncalc as cc
    >>> cc.examples.full().rows["entity"].nunique()
    3
    """
    return _read("enterprise.csv", entities=path("enterprise.yaml"))


def empty() -> ActivityTable:
    """No rows at all, with the columns of the contract.

    Examples
    --------
    >>> import carboncalc as cc
    >>> len(cc.examples.empty())
    0
    """
    table = minimal()
    return table.head(0)


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

    found: dict[str, dict[str, Any]] = yaml.safe_load(
        path("cases", "cases.yaml").read_text(encoding="utf-8")
    )
    return found


def _read(name: str, entities: Path | None = None) -> ActivityTable:
    from carboncalc.activity.read import read_activity

    return read_activity(path(name), entities=entities)
