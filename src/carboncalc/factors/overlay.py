"""A user's own factors: read, checked with every problem named at once, never shadowing in silence.

The library itself is not touched and nothing leaves the machine: an overlay lives in the
library object that it was given to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from carboncalc.errors import FactorDataError, IssueLog
from carboncalc.factors.files import AT, COLUMNS, factor_id
from carboncalc.factors.overlay_checks import check_row
from carboncalc.factors.overlay_table import read_table

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.factors.library import FactorLibrary


def read_overlay(
    rows: pd.DataFrame | str | Path | Sequence[Mapping[str, object]],
    library: FactorLibrary,
    *,
    name: str = "overlay",
) -> tuple[tuple[str, ...], ...]:
    """The rows of an overlay in the columns of the database, all cells as text.

    Needed are item, parameter, value, unit and source; set defaults to the overlay's name.
    A row that has the key of a published one names it in ``supersedes``.

    Raises
    ------
    FactorDataError
        With one issue per problem: unknown unit, wrong dimension, missing source, a value far
        outside its range, a formula in a cell, overlapping validity, duplicate id, a published
        row shadowed without saying so.

    Examples
    --------
    >>> import pandas as pd
    >>> from carboncalc.factors.library import FactorLibrary
    >>> rows = pd.DataFrame([{"item": "柴油", "parameter": "net_calorific_value", "value": 43.1,
    ...                       "unit": "GJ/t", "source": "test report 17"}])
    >>> read_overlay(rows, FactorLibrary.default())[0][1]
    'diesel'
    """
    table = read_table(rows)
    log = IssueLog()
    log.extend(table.issues)
    found: list[tuple[str, ...]] = []
    numbers: list[int] = []
    for number, record in table.records:
        cells = check_row(record, number, table.sheet, name, log)
        if cells is not None:
            found.append(cells)
            numbers.append(number)
    twins = _check_together(found, numbers, table.sheet, library, log)
    if len(log):
        raise FactorDataError("F-030", issues=log.issues, name=name, count=len(log))
    taken: dict[str, int] = {}
    numbered = []
    for cells, twin in zip(found, twins, strict=True):
        identity = factor_id(cells).rpartition("@")[0]
        version = max(taken.get(identity, 0), int((twin or "@0").rpartition("@")[2])) + 1
        taken[identity] = version = max(version, int(cells[AT["version"]]))
        numbered.append(_with_version(cells, version))
    return tuple(numbered)


def _check_together(
    rows: list[tuple[str, ...]],
    numbers: list[int],
    sheet: str | None,
    library: FactorLibrary,
    log: IssueLog,
) -> list[str | None]:
    """What only shows between rows; the published row that each stands in for, if any."""
    twins: list[str | None] = []
    seen: dict[str, list[tuple[int, str, str]]] = {}
    for cells, number in zip(rows, numbers, strict=True):
        identity = factor_id(cells).rpartition("@")[0]
        start = cells[AT["valid_from"]] or "0001-01-01"
        end = cells[AT["valid_to"]] or "9999-12-31"
        for other, from_, to in seen.get(identity, []):
            overlap = start <= to and from_ <= end
            code = "F-038" if (start, end) == (from_, to) else "F-037"
            if overlap:
                log.add(code, {"id": identity, "other": other}, sheet=sheet, row=number)
                break
        seen.setdefault(identity, []).append((number, start, end))
        published = _published_twin(library, cells, identity)
        if published and cells[AT["supersedes"]] != published:
            log.add("F-039", {"id": published}, sheet=sheet, row=number, column="supersedes")
        twins.append(published)
    return twins


def _with_version(cells: tuple[str, ...], version: int) -> tuple[str, ...]:
    """The row with the next free version: after a published row, after an earlier period."""
    found = list(cells)
    found[AT["version"]] = str(version)
    return tuple(found)


def _published_twin(library: FactorLibrary, cells: Sequence[str], identity: str) -> str | None:
    """The id of the row that the library would otherwise answer with."""
    rows = library.rows_for(cells[AT["set"]], cells[AT["item"]], cells[AT["parameter"]])
    for row in rows:
        if library.ids[row].rpartition("@")[0] == identity:
            return library.ids[row]
    return None


def template() -> str:
    """The header of an overlay file, to start from.

    Examples
    --------
    >>> template().split(",")[:3]
    ['set', 'item', 'parameter']
    """
    return ",".join(COLUMNS)
