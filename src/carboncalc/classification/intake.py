"""Opens what a user hands over as entries: a file, a data frame of any library, or records.

The green wing has its own small door: a table of entries is flat, has one header row and
no merged cells, so it needs none of the care that sheets of meter readings do.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import ActivityDataError, ClassificationError
from carboncalc.resources import file_digest

#: A table of entries larger than this is split before it is read.
MAX_BYTES = 2 << 30


class EntryDataError(ClassificationError, ActivityDataError):
    """The entries have problems; ``.issues`` lists each with row, column and hint."""

    code = "C-100"


@dataclass(frozen=True, slots=True)
class Opened:
    """A table as it was handed over: cells as they are, and the row number of each."""

    frame: pd.DataFrame
    rows: np.ndarray[Any, np.dtype[np.int64]]
    file: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    digest: str | None = None


def open_entries(data: Any, sheet: str | None = None) -> Opened:
    """The table behind a path, a data frame or a list of records.

    Raises
    ------
    EntryDataError
        C-120 no such file, C-121 unknown kind of file or object, C-122 neither UTF-8 nor
        GB18030, C-123 damaged, C-124 too large, C-125 no rows or no such sheet.

    Examples
    --------
    >>> open_entries([{"entry_id": "P1", "claimed_code": "4.1.1"}]).rows.tolist()
    [1]
    """
    if isinstance(data, (str, os.PathLike)):
        return _file(Path(data), sheet)
    if isinstance(data, pd.DataFrame):
        return _numbered(data)
    if isinstance(data, Sequence) and all(isinstance(row, Mapping) for row in data):
        return _numbered(pd.DataFrame(list(data), dtype=object))
    import narwhals as nw

    try:
        return _numbered(nw.from_native(data, eager_only=True).to_pandas())
    except TypeError:
        raise EntryDataError("C-121", what=type(data).__name__) from None


def _numbered(frame: pd.DataFrame) -> Opened:
    return Opened(frame.reset_index(drop=True), np.arange(1, len(frame) + 1, dtype=np.int64))


def _file(path: Path, sheet: str | None) -> Opened:
    if not path.is_file():
        raise EntryDataError("C-120", file=str(path))
    if path.stat().st_size > MAX_BYTES:
        raise EntryDataError("C-124", file=path.name, limit=MAX_BYTES)
    suffix = path.suffix.lower()
    encoding = None
    try:
        if suffix in (".csv", ".tsv"):
            frame, encoding = _csv(path, "\t" if suffix == ".tsv" else ",")
        elif suffix in (".xlsx", ".xlsm"):
            frame, sheet = _workbook(path, sheet)
        elif suffix in (".parquet", ".pq"):
            frame = pd.read_parquet(path)
        else:
            raise EntryDataError("C-121", what=path.name)
    except (pd.errors.ParserError, OSError, ValueError) as error:
        raise EntryDataError("C-123", file=path.name, reason=str(error)[:200]) from None
    first = 1 if suffix in (".parquet", ".pq") else 2
    rows = np.arange(first, first + len(frame), dtype=np.int64)
    blank = frame.isna().all(axis=1).to_numpy() if first == 2 else np.zeros(len(frame), dtype=bool)
    kept = frame[~blank].reset_index(drop=True)
    return Opened(kept, rows[~blank], path.name, sheet, encoding, file_digest(path))


def _csv(path: Path, separator: str) -> tuple[pd.DataFrame, str]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        frame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=False,
        )
        return frame, encoding.removesuffix("-sig")
    raise EntryDataError("C-122", file=path.name)


def _workbook(path: Path, sheet: str | None) -> tuple[pd.DataFrame, str]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        name = sheet or book.sheet_names[0]
        if name not in book.sheet_names:
            raise EntryDataError("C-125", file=path.name, sheet=name)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise EntryDataError("C-123", file=path.name, reason=str(error)[:200]) from None
    if not cells:
        raise EntryDataError("C-125", file=path.name, sheet=name)
    header = [str(cell).strip() for cell in cells[0]]
    body = [[None if cell == "" else cell for cell in row] for row in cells[1:]]
    frame = pd.DataFrame(body, columns=pd.Index(header), dtype=object)
    return frame.loc[:, [bool(title) for title in header]], name
