"""The tables that stand beside the activity data in one workbook, read in the same step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from carboncalc.activity.entities import read_entities
from carboncalc.activity.load import Loaded
from carboncalc.activity.table import DataTable
from carboncalc.errors import ActivityDataError, Issue
from carboncalc.model.entity import EntitySet

#: A sheet that was left empty: no rows, or no entity.
_EMPTY = ("A-003", "A-203")

#: The table that each reader of a companion reads.
_TABLES = {"read_parameters": "parameters", "read_outputs": "outputs"}


def entities_beside(data: Any, loaded: Loaded) -> EntitySet | None:
    """The entities that the workbook itself describes; None where it does not.

    Raises
    ------
    ActivityDataError, BoundaryError, OwnershipError
        The sheet has problems; all of them are listed.
    """
    sheets = loaded.beside.get("entity")
    if not sheets:
        return None
    try:
        return read_entities(data, sheet=sheets)
    except ActivityDataError as error:
        if error.code in _EMPTY:
            return None
        raise


def table_beside(
    read: Callable[..., DataTable], given: Any, data: Any, loaded: Loaded, **options: Any
) -> DataTable | None:
    """The table that the caller gave, else the one in the workbook; None where there is none.

    Raises
    ------
    ActivityDataError
        No table can be made of what was given, or of a sheet that is not empty.
    """
    if given is not None:
        return read(given, **options)
    sheets = loaded.beside.get(_TABLES[read.__name__])
    if not sheets:
        return None
    try:
        return read(data, sheet=sheets, **options)
    except ActivityDataError as error:
        if error.code in _EMPTY:
            return None
        raise


def unread(loaded: Loaded, given: Iterable[str]) -> Iterator[Issue]:
    """A finding for each companion sheet that stays unread, as the caller gave another table.

    Examples
    --------
    >>> loaded = Loaded((), {"a.xlsx": ""}, {}, {"parameters": ["实测参数"]})
    >>> [issue.code for issue in unread(loaded, ["parameters"])]
    ['A-019']
    """
    file = next(iter(loaded.files), None)
    for table in given:
        for sheet in loaded.beside.get(table, ()):
            yield Issue("A-019", {"sheet": sheet}, file=file, sheet=sheet, severity="finding")
