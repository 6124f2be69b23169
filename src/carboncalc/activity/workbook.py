"""Workbooks into sheets: merged labels filled down, formulas and errors pointed out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carboncalc.activity.files import OpenFile, refuse
from carboncalc.activity.header import HEADER_SEARCH, find_header, header_score
from carboncalc.activity.layout import Layout
from carboncalc.activity.sheet import CellNote, RawSheet, arrow_column, text_of
from carboncalc.activity.sheet_roles import SIGNATURES, TEMPLATE_MARK, TEMPLATE_TEXTS, role_of
from carboncalc.activity.workbook_cells import WorkbookParts, cell_name
from carboncalc.errors import Issue

#: A sheet that nobody asked for is read if its header names so many known columns.
_RECOGNISED = 3

SheetChoice = str | Sequence[str] | None


def read_workbook(
    file: OpenFile, layout: Layout, sheet: SheetChoice, max_rows: int, max_bytes: int
) -> tuple[list[RawSheet], dict[str, list[str]]]:
    """The sheets of an .xlsx or .xlsm file that hold a table, and the names of its companions.

    Without ``sheet`` every visible sheet with a recognised header is read, a sheet whose
    header is that of another table (measured values, output, control plan, entities) is named
    under that table, and the others are listed as findings; with it, the named ones and no
    others. A label merged over rows
    stands in each of them; an amount merged over rows is a problem of each. The cached
    result of a formula is never used: the cell is a problem (A-021).

    Raises
    ------
    ActivityDataError
        Damaged (A-013), encrypted (A-014), expands too much (A-006), no such sheet (A-009),
        no table in it (A-010), too many rows (A-005), not a workbook inside (A-007).
    """
    import python_calamine

    if b"xl/workbook.xml" not in file.data:
        raise refuse("A-007", file.name, found="zip")
    parts = WorkbookParts(file.name, file.data, max_bytes)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    except python_calamine.PasswordError:
        raise refuse("A-014", file.name) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise refuse("A-013", file.name, reason=str(error)[:200]) from None
    chosen, notes = _chosen(file.name, book, sheet)
    template = TEMPLATE_MARK in book.sheet_names
    found: list[RawSheet] = []
    beside: dict[str, list[str]] = {}
    for name in chosen:
        if template and sheet is None and name in TEMPLATE_TEXTS:
            continue
        cells = parts.notes(name)
        try:
            whole = book.get_sheet_by_name(name)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise refuse("A-013", file.name, name, reason=str(error)[:200]) from None
        height = whole.end[0] + 1 if whole.end is not None else 0
        if height > max_rows:
            raise refuse("A-005", file.name, name, rows=height, limit=max_rows)
        read = _read_sheet(file.name, whole, cells, layout, asked=sheet is not None)
        if isinstance(read, str):
            beside.setdefault(read, []).append(name)
        elif isinstance(read, Issue):
            notes.append(read)
        else:
            found.append(replace(read, notes=()) if template else read)
    if not found:
        raise refuse("A-010", file.name, headers=", ".join(book.sheet_names)[:120])
    if notes:
        first = found[0]
        found[0] = RawSheet(**{**vars(first), "notes": (*notes, *first.notes)})
    return found, beside


def _chosen(file: str, book: Any, sheet: SheetChoice) -> tuple[list[str], list[Issue]]:
    import python_calamine

    visible = python_calamine.SheetVisibleEnum.Visible
    tables = python_calamine.SheetTypeEnum.WorkSheet
    if sheet is not None:
        wanted = [sheet] if isinstance(sheet, str) else list(sheet)
        missing = [name for name in wanted if name not in book.sheet_names]
        if missing:
            raise refuse(
                "A-009", file, sheet=", ".join(missing), sheets=", ".join(book.sheet_names)
            )
        return wanted, []
    chosen = [m.name for m in book.sheets_metadata if m.typ == tables and m.visible == visible]
    hidden = [m.name for m in book.sheets_metadata if m.typ == tables and m.visible != visible]
    notes = [
        Issue("A-028", {"sheet": name}, file=file, sheet=name, severity="finding")
        for name in hidden
        if name != TEMPLATE_MARK
    ]
    return chosen, notes


def _read_sheet(
    file: str, sheet: Any, cells: tuple[CellNote, ...], layout: Layout, *, asked: bool
) -> RawSheet | Issue | str:
    """The sheet; why it is left out; or the other table that it belongs to."""
    # `iter_rows` begins at row 1, but at the first column that is used.
    left = sheet.start[1] if sheet.start is not None else 0
    records = [list(row) for row in sheet.iter_rows()]
    head = [[text_of(cell) for cell in row] for row in records[:HEADER_SEARCH]]
    role = None if asked or layout.table not in SIGNATURES else role_of(head)
    if role is not None and role != layout.table:
        return role
    if (
        not asked
        and max((header_score(row, layout.table) for row in head), default=0) < _RECOGNISED
    ):
        return Issue(
            "A-026", {"sheet": sheet.name}, file=file, sheet=sheet.name, severity="finding"
        )
    if not any(any(row) for row in head):
        raise refuse("A-003", file, sheet.name)
    place, notes = find_header(head, file=file, sheet=sheet.name, table=layout.table)
    header = tuple(text_of(cell) for cell in records[place])
    first = place + 1
    body = records[first:]
    merged = _fill_merged(
        body, sheet.merged_cell_ranges or (), first, left, [layout.counted(name) for name in header]
    )
    columns = tuple(
        arrow_column(values, layout.wide(name))
        for name, values in zip(header, _transposed(body, len(header)), strict=True)
    )
    marked = [
        CellNote(note.code, note.row, note.column - left, note.cell)
        for note in cells
        if note.row > first and 0 <= note.column - left < len(header)
    ]
    return RawSheet(
        header=header,
        columns=columns,
        rows=np.arange(first + 1, first + 1 + len(body), dtype=np.int64),
        file=file,
        name=sheet.name,
        cells=(*marked, *merged),
        notes=notes,
    )


def _transposed(body: list[list[Any]], width: int) -> Iterable[Sequence[Any]]:
    return zip(*body, strict=True) if body else [()] * width


def _fill_merged(
    body: list[list[Any]], ranges: Iterable[Any], first: int, left: int, counted: list[bool]
) -> list[CellNote]:
    """Write a merged label into each of its rows; note merged amounts instead."""
    notes: list[CellNote] = []
    for (top, at), (bottom, _) in ranges:
        begin, end, column = top - first, bottom - first, at - left
        if begin < 0 or end <= begin or not 0 <= column < len(counted) or begin >= len(body):
            continue
        value = body[begin][column]
        for index in range(begin, min(end, len(body) - 1) + 1):
            if counted[column]:
                span = f"{cell_name(at, top + 1)}:{cell_name(at, bottom + 1)}"
                notes.append(CellNote("A-023", index + first + 1, column, span))
            else:
                body[index][column] = value
    return notes


def positions_of(rows: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of row numbers among the rows of a sheet, −1 for rows it does not have."""
    if not len(rows):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = np.clip(np.searchsorted(rows, wanted), 0, len(rows) - 1)
    return np.where(rows[place] == wanted, place, -1).astype(np.int64)
