"""One table as it was given: header, columns as Arrow arrays, and the number of each row.

Every format ends here. Text columns are dictionary-encoded, so that whatever follows looks
at each distinct spelling once; columns of amounts stay plain text until they are parsed,
so that a bad cell keeps its text.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from carboncalc.errors import Issue, Severity

#: Stands before the text of a cell that held a date, so that a period column can tell.
DATE_MARK = "\ue000"

#: Decides whether a header's column holds mostly distinct values (amounts, invoice numbers).
Wide = Callable[[str], bool]

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class CellNote:
    """Something about one cell: a formula, an error value, a merged amount."""

    code: str
    row: int
    column: int
    cell: str


@dataclass(frozen=True)
class Ragged:
    """A record with too many or too few cells: which one, how many, and its text."""

    row: int
    found: int
    expected: int
    text: str


@dataclass(frozen=True)
class RawSheet:
    """A table as given.

    ``columns`` are chunked Arrow arrays of string, dictionary of string, int64 or float64;
    ``rows`` holds the row number of each as the user sees it.
    """

    header: tuple[str, ...]
    columns: tuple[pa.ChunkedArray, ...]
    rows: NDArray[np.int64]
    file: str | None = None
    name: str | None = None
    cells: tuple[CellNote, ...] = ()
    notes: tuple[Issue, ...] = ()
    ragged: tuple[Ragged, ...] = ()
    encoding: str | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def issue(
        self,
        code: str,
        params: Mapping[str, Any],
        column: str | None = None,
        severity: Severity = "problem",
    ) -> Issue:
        """An issue about the whole sheet or one of its columns."""
        return Issue(code, dict(params), self.file, self.name, None, column, severity)

    def kept(self, mask: NDArray[np.bool_]) -> RawSheet:
        """The same sheet with only the rows of the mask."""
        if mask.all():
            return self
        chosen = pa.array(mask)
        columns = tuple(column.filter(chosen) for column in self.columns)
        return replace(self, columns=columns, rows=self.rows[mask])


def arrow_column(values: Iterable[object], wide: bool) -> pa.ChunkedArray:
    """A column from Python values: float64 if all are numbers, else their texts.

    Examples
    --------
    >>> arrow_column([1, 2.5, None, ""], wide=True).to_pylist()
    [1.0, 2.5, None, None]
    >>> arrow_column([2024.0, "2024-03"], wide=True).to_pylist()
    ['2024', '2024-03']
    """
    cells = [None if type(value) is str and not value else value for value in values]
    kinds = set(map(type, cells)) - {type(None)}
    if kinds and kinds <= {float, int} and not (int in kinds and _long(cells)):
        # In a frame or a record NaN stands for an empty cell.
        return pa.chunked_array([pa.array(cells, pa.float64(), from_pandas=True)])
    texts = cells if kinds <= {str} else [None if _absent(c) else text_of(c) for c in cells]
    column = pa.array(texts, pa.string())
    return pa.chunked_array([column if wide else column.dictionary_encode()])


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _long(cells: Sequence[object]) -> bool:
    """Whole numbers beyond 2^53 are identifiers: as floats they would lose their last digits."""
    return any(isinstance(cell, int) and abs(cell) > 2**53 for cell in cells)


def text_of(value: object) -> str:
    """The text a cell shows: whole floats without `.0`, dates in ISO form with a mark.

    Examples
    --------
    >>> text_of(7.0), text_of(0.25), text_of(True)
    ('7', '0.25', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
    if isinstance(value, dt.datetime):
        plain = value.time() == dt.time(0)
        return DATE_MARK + (value.date().isoformat() if plain else value.isoformat())
    if isinstance(value, dt.date):
        return DATE_MARK + value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    return str(value)


def plain_column(column: pa.ChunkedArray, wide: bool) -> pa.ChunkedArray:
    """An Arrow column of any type as string, dictionary of string, int64 or float64.

    Examples
    --------
    >>> import datetime as dt
    >>> plain_column(pa.chunked_array([[dt.date(2024, 3, 1)]]), wide=True)[0].as_py()[1:]
    '2024-03-01'
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type):
            return column.cast(pa.string()) if wide else column.cast(_DICTIONARY)
        return plain_column(column.cast(kind.value_type), wide)
    if pa.types.is_integer(kind):
        return column.cast(pa.int64() if kind != pa.uint64() else pa.string())
    if pa.types.is_floating(kind):
        number = column.cast(pa.float64())
        # A frame cannot tell an empty cell from NaN; both are absent, never zero.
        return pc.if_else(pc.is_nan(number), pa.scalar(None, pa.float64()), number)
    return _as_text(column, wide)


def _as_text(column: pa.ChunkedArray, wide: bool) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_date(kind):
        text = pc.binary_join_element_wise(DATE_MARK, column.cast(pa.string()), "")
    elif pa.types.is_timestamp(kind):
        return arrow_column(column.cast(pa.timestamp("us", kind.tz)).to_pylist(), wide)
    elif pa.types.is_nested(kind):
        return arrow_column((str(v) if v is not None else None for v in column.to_pylist()), wide)
    else:
        try:
            text = column.cast(pa.string())
        except pa.ArrowException:
            return arrow_column(column.to_pylist(), wide)
    if wide:
        return text
    # An all-null column has no dictionary of its own to speak of; the cast gives it one.
    return text.dictionary_encode().cast(_DICTIONARY)


def given_texts(column: pa.ChunkedArray, positions: NDArray[np.int64]) -> pa.ChunkedArray:
    """The cells of some rows as the user wrote them.

    Examples
    --------
    >>> given_texts(pa.chunked_array([[1.5, 2.0, None]]), np.array([1, 2])).to_pylist()
    ['2', None]
    """
    cells = column.take(pa.array(positions))
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.string())
    if pa.types.is_string(cells.type):
        return pc.replace_substring(cells, DATE_MARK, "")
    distinct = cells.combine_chunks().dictionary_encode()
    shown = pa.array([text_of(value) for value in distinct.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([shown.take(distinct.indices)])
