"""The options with which every command reads a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import Decorated, option

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_NAMES = ("entities", "parameters", "outputs", "sheet")


def reading_options(function: Decorated) -> Decorated:
    """Add the file and what belongs to it; :func:`reading_of` gathers them again."""
    function = option(
        "--sheet", metavar="NAME", zh="工作簿中的工作表名。", en="Sheet of the workbook."
    )(function)
    function = option(
        "--parameters",
        type=FILE,
        zh="实测参数表(低位发热量、含碳量等)。",
        en="Table of measured parameters (calorific values, carbon contents …).",
    )(function)
    function = option(
        "--outputs",
        type=FILE,
        zh="产出表(产量、供电量、营业收入等;强度与分摊的分母)。",
        en="Output table: production, revenue … (denominators of intensities and allocation keys).",
    )(function)
    function = option(
        "--entities",
        type=FILE,
        zh="实体文件:企业、所在地、核算方法。",
        en="Entity file: who they are, where, and which method holds.",
    )(function)
    return click.argument("file", type=FILE)(function)


def reading_of(given: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of ``read_activity`` among the options that were given.

    Examples
    --------
    >>> reading_of({"sheet": "Fuel", "entities": None, "gwp": None})
    {'sheet': 'Fuel'}
    """
    return {name: given[name] for name in _NAMES if given.get(name) is not None}
