"""Whatever the user hands over, as sheets: a path, a frame, a list of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import Any

from carboncalc.activity.csv_file import read_csv
from carboncalc.activity.files import MAX_BYTES, MAX_ROWS, open_file, refuse
from carboncalc.activity.frames import from_frame, from_records, read_parquet
from carboncalc.activity.layout import Layout
from carboncalc.activity.sheet import RawSheet
from carboncalc.activity.workbook import SheetChoice, read_workbook


@dataclass(frozen=True)
class Loaded:
    """The sheets of an input with the digests and encodings of its files.

    ``beside`` names, per other table, the sheets of the same workbook that hold it.
    """

    sheets: tuple[RawSheet, ...]
    files: dict[str, str]
    encodings: dict[str, str]
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)


def load(
    data: Any,
    layout: Layout,
    *,
    sheet: SheetChoice = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Loaded:
    """The tables of an input, before any column is understood.

    Raises
    ------
    ActivityDataError
        A-002 … A-016: no table can be made of it; the message says why.

    Examples
    --------
    >>> layout = Layout("activity", ("item", "amount"), ())
    >>> len(load([{"item": "diesel", "amount": 1}], layout).sheets[0])
    1
    """
    if isinstance(data, str | PathLike):
        return _from_file(fspath(data), layout, sheet, max_bytes, max_rows)
    if sheet is not None:
        raise refuse("A-009", sheet=str(sheet), sheets="-")
    if isinstance(data, Sequence) and not isinstance(data, bytes | bytearray):
        if len(data) > max_rows:
            raise refuse("A-005", rows=len(data), limit=max_rows)
        return Loaded((from_records(data, layout.wide),), {}, {})
    return Loaded((from_frame(data, layout.wide, max_rows),), {}, {})


def _from_file(
    path: Any, layout: Layout, sheet: SheetChoice, max_bytes: int, max_rows: int
) -> Loaded:
    file = open_file(path, max_bytes)
    sheets: list[RawSheet]
    beside: Mapping[str, Sequence[str]] = {}
    if file.kind == "workbook":
        sheets, beside = read_workbook(file, layout, sheet, max_rows, max_bytes)
    elif sheet is not None:
        raise refuse("A-009", file.name, sheet=str(sheet), sheets="-")
    elif file.kind == "parquet":
        sheets = [read_parquet(file, layout.wide, max_rows, max_bytes)]
    else:
        sheets = [read_csv(file, layout, max_rows)]
    encoding = sheets[0].encoding
    encodings = {} if encoding is None else {file.name: encoding}
    return Loaded(tuple(sheets), {file.name: file.digest}, encodings, beside)
