"""Opens what a bank hands over (CSV, workbook, Parquet, frame, records) as one table.

Every cell of a CSV stays text; a workbook keeps its numbers and dates. The header is the
first row with enough known names; rows are numbered as the user counts them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.activity.files import OpenFile, open_file, refuse
from carboncalc.errors import Issue

_SEARCH = 30
_ENOUGH = 3
#: From here on a spreadsheet has rounded the digits of a number (IEEE double, 15 digits).
_DIGITS_LOST = 10**15

Known = Callable[[str], bool]


@dataclass(frozen=True)
class GivenTable:
    """A table as given; ``numbers`` only where rows do not count evenly from ``first``."""

    table: pa.Table
    file: str | None = None
    sheet: str | None = None
    first: int = 1
    numbers: NDArray[np.int64] | None = None
    notes: tuple[Issue, ...] = ()
    digest: str | None = None


def open_table(given: Any, known: Known, *, sheet: str | None = None) -> GivenTable:
    """The table in a file, a frame of any library, or a list of records.

    Raises
    ------
    ActivityDataError
        The file cannot be read, or no row of it names known columns (``L-004``).

    Examples
    --------
    >>> open_table([{"loan_id": "J1"}], lambda name: True).table.column_names
    ['loan_id']
    """
    if isinstance(given, str | Path):
        file = open_file(given)
        if file.kind == "parquet":
            import pyarrow.parquet as pq

            table = pq.read_table(pa.BufferReader(file.data))
            return GivenTable(table, file.name, digest=file.digest)
        return _workbook(file, known, sheet) if file.kind == "workbook" else _csv(file, known)
    if isinstance(given, pa.Table):
        return GivenTable(given)
    return GivenTable(_from_frame(given))


def _from_frame(given: Any) -> pa.Table:
    import pandas as pd

    if isinstance(given, Sequence):
        given = pd.DataFrame(list(given))
    if not isinstance(given, pd.DataFrame):
        import narwhals as nw

        table: pa.Table = nw.from_native(given, eager_only=True).to_arrow()
        return table
    arrays = {str(name): _series(given[name]) for name in given.columns}
    return pa.table(arrays)


def _series(series: Any) -> pa.Array:
    try:
        found = pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # Amounts as text in one row and as numbers in the next.
        found = pa.array([_cell_text(value) for value in series.tolist()], pa.string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _csv(file: OpenFile, known: Known) -> GivenTable:
    import pyarrow.csv as arrow_csv

    data = _utf8(file)
    delimiter = "\t" if file.kind == "tsv" else ","
    head = io.StringIO(data[: 1 << 18].decode("utf-8", "ignore"), newline="")
    records = [
        record
        for _, record in zip(range(_SEARCH), csv.reader(head, delimiter=delimiter), strict=False)
    ]
    place = _header(records, known, file.name)
    names = _unique(records[place], known, file.name)
    ragged: list[tuple[int, int]] = []

    def left_out(row: Any) -> str:
        ragged.append((row.number, row.actual_columns if row.text.strip(delimiter + ' "\t') else 0))
        return "skip"

    def attempt(threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=place + 1, use_threads=threads
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=b'"' in data,
                # A skipped blank line would shift the number of every row below it.
                ignore_empty_lines=False,
                invalid_row_handler=None if threads else left_out,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )

    try:
        table = attempt(threads=True)
    except pa.ArrowInvalid:
        # The numbers of ragged rows are only known in a single-threaded pass.
        table = attempt(threads=False)
    notes = tuple(
        Issue("L-029", {"found": found, "expected": len(names)}, file=file.name, row=row)
        for row, found in ragged
        if found
    )
    numbers = np.arange(place + 2, place + 2 + table.num_rows + len(ragged))
    if ragged:
        numbers = numbers[~np.isin(numbers, [row for row, _ in ragged])]
    return _without_blank(
        GivenTable(table, file.name, None, place + 2, numbers, notes, file.digest)
    )


def _workbook(file: OpenFile, known: Known, sheet: str | None) -> GivenTable:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise refuse("A-013", file.name, reason=str(error)[:200]) from None
    if sheet is not None and sheet not in book.sheet_names:
        raise refuse("A-009", file.name, sheet=sheet, sheets=", ".join(book.sheet_names))
    for name in [sheet] if sheet is not None else book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        head = [[_cell_text(cell) or "" for cell in row] for row in rows[:_SEARCH]]
        scores = [sum(map(known, row)) for row in head]
        if max(scores, default=0) < _ENOUGH and sheet is None:
            continue
        place = _header(head, known, file.name)
        names = _unique(head[place], known, file.name)
        columns = list(zip(*rows[place + 1 :], strict=True)) or [()] * len(names)
        arrays = {n: _column(cells) for n, cells in zip(names, columns, strict=True)}
        numbers = np.arange(place + 2, len(rows) + 1)
        given = GivenTable(pa.table(arrays), file.name, name, place + 2, numbers, (), file.digest)
        return _without_blank(given)
    raise refuse("L-004", file.name)


def _utf8(file: OpenFile) -> bytes:
    data = file.data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030", "strict").encode()
        except (UnicodeDecodeError, UnicodeEncodeError):
            raise refuse("A-008", file.name) from None
    return data


def _header(records: Sequence[Sequence[str]], known: Known, file: str) -> int:
    scores = [sum(known(cell) for cell in record if cell) for record in records]
    for place, score in enumerate(scores):
        if score >= _ENOUGH:
            return place
    raise refuse("L-004", file)


def _unique(names: Sequence[str], known: Known, file: str) -> list[str]:
    """Headers as they are; an empty or repeated one that nobody knows gets a number."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        if name in seen and known(name):
            raise refuse("L-010", file, column=name, first=name)
        seen[name] = seen.get(name, 0) + 1
        found.append(name if name and seen[name] == 1 else f"{name}#{len(found) + 1}")
    return found


def _without_blank(given: GivenTable) -> GivenTable:
    """Blank lines hold no loan; their numbers stay counted."""
    table = given.table
    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        blank &= column.is_null().to_numpy()
    if not blank.any():
        return given
    kept = np.flatnonzero(~blank)
    numbers = given.numbers[kept] if given.numbers is not None else kept + given.first
    return GivenTable(
        table.take(pa.array(kept)),
        given.file,
        given.sheet,
        given.first,
        numbers,
        given.notes,
        given.digest,
    )


def _column(cells: Sequence[Any]) -> pa.Array:
    """Numbers stay numbers where the whole column has them; else every cell becomes text."""
    filled = [None if cell == "" else cell for cell in cells]
    kinds = {type(cell) for cell in filled if cell is not None}
    if kinds and kinds <= {int, float}:
        return pa.array([None if cell is None else float(cell) for cell in filled], pa.float64())
    if kinds == {dt.date}:
        return pa.array(filled, pa.date32())
    return pa.array([None if cell is None else _cell_text(cell) for cell in filled], pa.string())


def _cell_text(value: Any) -> str | None:
    """A cell as text; a number keeps only the digits that a spreadsheet has."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _DIGITS_LOST:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return str(dict(value))
    return str(value)
