"""Parquet, data frames of any library, and lists of records into sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from carboncalc.activity.files import OpenFile, refuse
from carboncalc.activity.sheet import RawSheet, Wide, arrow_column, plain_column


def read_parquet(file: OpenFile, wide: Wide, max_rows: int, max_bytes: int) -> RawSheet:
    """A Parquet file as a sheet; text columns are read as dictionaries.

    Raises
    ------
    ActivityDataError
        Damaged (A-013), too many rows (A-005), or it would expand beyond the limit (A-006).
    """
    from pyarrow import parquet

    try:
        source = parquet.ParquetFile(pa.BufferReader(file.data))
        total = source.metadata.num_rows
        if total > max_rows:
            raise refuse("A-005", file.name, rows=total, limit=max_rows)
        groups = range(source.metadata.num_row_groups)
        size = sum(source.metadata.row_group(i).total_byte_size for i in groups)
        if size > max_bytes:
            raise refuse("A-006", file.name, size=size, limit=max_bytes)
        schema = source.schema_arrow
        texts = [f.name for f in schema if _is_text(f.type) and not wide(f.name)]
        reader = parquet.ParquetFile(pa.BufferReader(file.data), read_dictionary=texts)
        table = reader.read()
    except (pa.ArrowException, OSError) as error:
        raise refuse("A-013", file.name, reason=str(error).splitlines()[0][:200]) from None
    return _sheet(table, wide, file=file.name, first=1)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def from_records(records: Sequence[Any], wide: Wide) -> RawSheet:
    """A list of mappings (or of pydantic records) as a sheet; the first record is row 1.

    Raises
    ------
    ActivityDataError
        An element is not a mapping (A-016), or the list is empty (A-003).

    Examples
    --------
    >>> from_records([{"item": "diesel", "amount": 2}], lambda name: False).header
    ('item', 'amount')
    """
    if not records:
        raise refuse("A-003", file=None)
    rows: list[Mapping[str, Any]] = []
    for record in records:
        if isinstance(record, Mapping):
            rows.append(record)
        elif hasattr(record, "model_dump"):
            rows.append(record.model_dump(exclude_none=True))
        else:
            raise refuse("A-016", kind=type(record).__name__)
    header = list(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(
        arrow_column([row.get(name) for row in rows], wide(str(name))) for name in header
    )
    return RawSheet(
        header=tuple(str(name) for name in header),
        columns=columns,
        rows=np.arange(1, len(rows) + 1, dtype=np.int64),
    )


def from_frame(frame: Any, wide: Wide, max_rows: int) -> RawSheet:
    """A frame of any library that narwhals knows, or an Arrow table; the first record is row 1.

    Raises
    ------
    ActivityDataError
        Not a table that is known (A-016), empty (A-003), too many rows (A-005), or two
        columns of one name (A-011).

    Examples
    --------
    >>> import pandas as pd
    >>> from_frame(pd.DataFrame({"amount": [1.5]}), lambda name: False, 10).columns[0].to_pylist()
    [1.5]
    """
    import narwhals as nw

    names = [str(name) for name in getattr(frame, "columns", ())] if _pandas_like(frame) else []
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise refuse("A-011", first=repeated[0], second=repeated[0])
    try:
        native = nw.from_native(frame)
    except TypeError:
        raise refuse("A-016", kind=type(frame).__name__) from None
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    if not len(native):
        raise refuse("A-003", file=None)
    if len(native) > max_rows:
        raise refuse("A-005", rows=len(native), limit=max_rows)
    header = [str(name) for name in native.columns]
    columns = tuple(_series(native[name], wide(str(name))) for name in native.columns)
    return RawSheet(
        header=tuple(header), columns=columns, rows=np.arange(1, len(native) + 1, dtype=np.int64)
    )


def _pandas_like(frame: Any) -> bool:
    return type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "columns")


def _series(series: Any, wide: bool) -> pa.ChunkedArray:
    try:
        column = series.to_arrow()
    except (pa.ArrowException, TypeError, ValueError):
        # A pandas object column of mixed kinds: read cell by cell, as from a sheet.
        return arrow_column(series.to_list(), wide)
    whole = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    return plain_column(whole, wide)


def _sheet(table: pa.Table, wide: Wide, *, file: str | None, first: int) -> RawSheet:
    if not table.num_rows:
        raise refuse("A-003", file)
    columns = tuple(
        plain_column(column, wide(name))
        for name, column in zip(table.column_names, table.columns, strict=True)
    )
    return RawSheet(
        header=tuple(table.column_names),
        columns=columns,
        rows=np.arange(first, first + table.num_rows, dtype=np.int64),
        file=file,
    )
