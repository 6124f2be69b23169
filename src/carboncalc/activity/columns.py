"""Which column of a sheet is which column of the table, and the sheets joined into one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from carboncalc import units
from carboncalc.activity.header import DERIVED, Heading, is_parameter_name, read_heading
from carboncalc.activity.layout import Layout
from carboncalc.activity.numbers import NumberColumn, split_quantity
from carboncalc.activity.problems import Places, Problems
from carboncalc.activity.sheet import Ragged, RawSheet, given_texts
from carboncalc.activity.text import TextColumn, tidy_unmarked, without_mark
from carboncalc.activity.workbook import positions_of
from carboncalc.errors import ActivityDataError, Issue, UnitError
from carboncalc.vocabulary import names


@dataclass
class _Plan:
    """Columns of one sheet: canonical name → index; units from headers; parameters."""

    index: dict[str, int] = field(default_factory=dict)
    unit_index: dict[str, int] = field(default_factory=dict)
    header_unit: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    nameless: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Joined:
    """All sheets as one table of canonical columns, blank rows left out.

    ``raw`` has the columns of each sheet as Arrow arrays; ``text`` and ``pieces`` give a
    canonical column over all sheets.
    """

    sheets: tuple[RawSheet, ...]
    plans: tuple[_Plan, ...]
    problems: Problems
    columns: tuple[str, ...]
    parameters: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.problems.places)

    def has(self, name: str) -> bool:
        """Whether any sheet has the column."""
        return any(name in plan.index for plan in self.plans)

    def text(self, name: str, clean: Callable[[str], str] = tidy_unmarked) -> TextColumn:
        """A key column over all sheets."""
        return TextColumn.joined(
            [
                TextColumn.of(sheet.columns[plan.index[name]], clean)
                if name in plan.index
                else TextColumn.constant(None, len(sheet))
                for sheet, plan in zip(self.sheets, self.plans, strict=True)
            ]
        )

    def free(self, name: str) -> pa.ChunkedArray:
        """A column of free text over all sheets, nulls where empty."""
        parts = [
            _texts(piece)
            if piece is not None
            else pa.chunked_array([pa.nulls(len(s), pa.string())])
            for piece, s in zip(self.pieces(name), self.sheets, strict=True)
        ]
        return pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string())

    def pieces(self, name: str) -> list[pa.ChunkedArray | None]:
        """The column as each sheet has it, None where it does not."""
        return [
            sheet.columns[plan.index[name]] if name in plan.index else None
            for sheet, plan in zip(self.sheets, self.plans, strict=True)
        ]

    def units_of(self, name: str) -> TextColumn:
        """The units that stand in a unit column or in the header of a column."""
        parts = []
        for sheet, plan in zip(self.sheets, self.plans, strict=True):
            if name in plan.unit_index:
                part = TextColumn.of(sheet.columns[plan.unit_index[name]], tidy_unmarked)
            else:
                part = TextColumn.constant(None, len(sheet))
            unit = plan.header_unit.get(name)
            parts.append(part if unit is None else part.filled(unit))
        return TextColumn.joined(parts)

    def given(self, positions: NDArray[np.int64]) -> dict[str, pa.ChunkedArray]:
        """The cells of some rows, in their order, as the user wrote them under their headers."""
        chunks: dict[str, list[pa.Array]] = {}
        done = start = 0
        for sheet in self.sheets:
            inside = (positions >= start) & (positions < start + len(sheet))
            here = positions[inside] - start
            for header, column in zip(sheet.header, sheet.columns, strict=True):
                before = chunks.setdefault(header, [pa.nulls(done, pa.string())])
                if sum(map(len, before)) == done:
                    before += given_texts(column, here).chunks
            done, start = done + len(here), start + len(sheet)
            for parts in chunks.values():
                parts.append(pa.nulls(done - sum(map(len, parts)), pa.string()))
        return {name: pa.chunked_array(parts, pa.string()) for name, parts in chunks.items()}


def join(sheets: Sequence[RawSheet], layout: Layout) -> Joined:
    """Map the headers of each sheet and put the sheets one below the other.

    Raises
    ------
    ActivityDataError
        Required columns are missing (A-012), two headers mean the same (A-011), or nothing
        but blank rows (A-003); all of these at once.
    """
    plans = [_plan(sheet, layout) for sheet in sheets]
    refused = [
        issue
        for sheet, plan in zip(sheets, plans, strict=True)
        for issue in _refusals(sheet, plan, layout)
    ]
    kept = [_numbered(s.kept(~_blank(s)), plan) for s, plan in zip(sheets, plans, strict=True)]
    if not refused and not any(len(sheet) for sheet in kept):
        # records there are, but none has as many cells as the header
        refused = [_ragged(sheet, record) for sheet in sheets for record in sheet.ragged]
        refused = refused or [Issue("A-003", {"file": sheets[0].file}, file=sheets[0].file)]
    if refused:
        single = refused[0]
        if len(refused) == 1:
            raise ActivityDataError(single.code, issues=refused, **single.params)
        raise ActivityDataError("A-015", issues=refused, file=sheets[0].file or "data")
    problems = Problems(_places(kept, plans))
    for sheet in sheets:
        for note in (*sheet.notes, *map(functools.partial(_ragged, sheet), sheet.ragged)):
            problems.note(note)
    parameters: dict[str, None] = {}
    for number, (sheet, plan) in enumerate(zip(kept, plans, strict=True)):
        parameters |= dict.fromkeys(_settle_unknown(sheet, plan, layout, problems))
        _mark_cells(sheet, plan, number, problems)
    found = [name for name in layout.columns if any(name in plan.index for plan in plans)]
    return Joined(tuple(kept), tuple(plans), problems, tuple(found), tuple(parameters))


def _numbered(sheet: RawSheet, plan: _Plan) -> RawSheet:
    """A table of ours that is read back keeps the row numbers of the first reading."""
    if sheet.file is not None or "row" not in plan.index or sheet.cells:
        return sheet
    column = sheet.columns[plan.index["row"]]
    if not pa.types.is_integer(column.type) or column.null_count:
        return sheet
    return replace(sheet, rows=column.to_numpy())


def _ragged(sheet: RawSheet, record: Ragged) -> Issue:
    params = {"found": record.found, "expected": record.expected}
    return Issue("A-020", params, file=sheet.file, row=record.row)


def _plan(sheet: RawSheet, layout: Layout) -> _Plan:
    plan = _Plan()
    for index, given in enumerate(sheet.header):
        heading = read_heading(given, layout.table)
        if not heading.name:
            plan.nameless.append(index)
        elif heading.is_unit:
            plan.unit_index.setdefault(heading.column or heading.name, index)
        else:
            name = heading.column or heading.name
            target = plan.index if heading.column else plan.unknown
            if name not in target:
                target[name] = index
            if heading.unit:
                plan.header_unit.setdefault(name, heading.unit)
    # `value_unit`, 数值单位: the same as the column `unit`.
    for measured in ("amount", "value"):
        if measured in plan.unit_index:
            plan.index.setdefault("unit", plan.unit_index[measured])
        if "unit" in plan.index and measured in layout.columns:
            plan.unit_index.setdefault(measured, plan.index["unit"])
    return plan


def _refusals(sheet: RawSheet, plan: _Plan, layout: Layout) -> list[Issue]:
    refused: list[Issue] = []
    first: dict[tuple[str, bool], Heading] = {}
    for given in sheet.header:
        heading = read_heading(given, layout.table)
        if not heading.name:
            continue
        key = (heading.column or names.fold(heading.name), heading.is_unit)
        if key in first:
            params = {"first": first[key].given, "second": given}
            refused.append(sheet.issue("A-011", params, given))
        first.setdefault(key, heading)
    for name in layout.required:
        in_header = name == "unit" and bool({"amount", "value"} & plan.header_unit.keys())
        if name not in plan.index and not in_header:
            headers = ", ".join(cell for cell in sheet.header if cell)[:200]
            params = {
                "column": name,
                "zh": names.label("header", name, "zh"),
                "headers": headers,
            }
            refused.append(sheet.issue("A-012", params, name))
    return refused


def _settle_unknown(sheet: RawSheet, plan: _Plan, layout: Layout, problems: Problems) -> list[str]:
    """Decide which further columns are parameters; say which columns are left out."""
    parameters: list[str] = []
    known = set(layout.columns)
    for name in [name for name in plan.index if name not in known]:
        if name in DERIVED:
            continue
        if layout.parameters:
            parameters.append(name)
        else:
            plan.unknown[name] = plan.index.pop(name)
    for name, index in plan.unknown.items():
        given = sheet.header[index]
        has_unit = name in plan.unit_index or name in plan.header_unit
        numeric = layout.parameters and is_parameter_name(name) and _numeric(sheet.columns[index])
        if numeric:
            plan.index[name] = index
            parameters.append(name)
        if not (numeric and has_unit):
            code = "A-025" if numeric else "A-024"
            problems.note(sheet.issue(code, {"column": given}, given, "finding"))
    for index in plan.nameless:
        if not _empty(sheet.columns[index]).all():
            problems.note(sheet.issue("A-029", {"column": index + 1}, severity="finding"))
    return parameters


def _numeric(column: pa.ChunkedArray) -> bool:
    """Whether every filled cell is a number, perhaps with a unit; judged per distinct cell."""
    if not pa.types.is_dictionary(column.type):
        return bool(pa.types.is_floating(column.type) or pa.types.is_integer(column.type))
    values = TextColumn.of(column).values
    if not values:
        return False
    rest = NumberColumn.of(pa.chunked_array([pa.array(values, pa.string())])).wrong
    return all(_has_unit(values[index]) for index in np.flatnonzero(rest))


def _has_unit(cell: str) -> bool:
    found = split_quantity(cell)
    try:
        return found is not None and bool(units.parse(found[1]))
    except UnitError:
        return False


def _empty(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    if pa.types.is_dictionary(column.type):
        return TextColumn.of(column).missing
    empty = column.is_null()
    if pa.types.is_string(column.type):
        blank = pc.equal(pc.utf8_trim_whitespace(column), "").fill_null(True)
        empty = pc.or_(empty, blank)
    found: NDArray[np.bool_] = empty.to_numpy().astype(np.bool_)
    return found


def _blank(sheet: RawSheet) -> NDArray[np.bool_]:
    """Rows without any content; looked for only where the first filled column has holes."""
    blank = np.ones(len(sheet), dtype=np.bool_)
    for column in sheet.columns:
        if not blank.any():
            break
        blank &= _empty(column)
    return blank


def _places(sheets: Sequence[RawSheet], plans: Sequence[_Plan]) -> Places:
    piece = np.repeat(np.arange(len(sheets), dtype=np.int32), [len(sheet) for sheet in sheets])
    return Places(
        row=np.concatenate([sheet.rows for sheet in sheets]),
        piece=piece,
        files=tuple(sheet.file for sheet in sheets),
        sheets=tuple(sheet.name for sheet in sheets),
        labels=tuple(_labels(s, p) for s, p in zip(sheets, plans, strict=True)),
    )


def _labels(sheet: RawSheet, plan: _Plan) -> Mapping[str, str]:
    named = {name: sheet.header[index] for name, index in plan.index.items()}
    units = {f"{name}_unit": sheet.header[index] for name, index in plan.unit_index.items()}
    return units | named


def _mark_cells(sheet: RawSheet, plan: _Plan, piece: int, problems: Problems) -> None:
    """Formulas, error values and merged amounts quarantine their rows."""
    used = {*plan.index.values(), *plan.unit_index.values()}
    marked = [cell for cell in sheet.cells if cell.column in used]
    if not marked:
        return
    start = int(np.searchsorted(problems.places.piece, piece))
    place = positions_of(sheet.rows, np.array([cell.row for cell in marked], dtype=np.int64))
    for code, column in sorted({(cell.code, cell.column) for cell in marked}):
        chosen = [
            (position, cell)
            for cell, position in zip(marked, place.tolist(), strict=True)
            if position >= 0 and (cell.code, cell.column) == (code, column)
        ]
        problems.add(
            code,
            np.array([start + position for position, _ in chosen], dtype=np.int64),
            column=sheet.header[column],
            params=[{"cell": cell.cell} for _, cell in chosen],
            which=np.arange(len(chosen)),
        )


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = column if pa.types.is_string(column.type) else None
    if text is None:
        found = TextColumn.of(column, without_mark)
        return pa.chunked_array([found.arrow().cast(pa.string())])
    text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
