"""CSV into a sheet: UTF-8, else strict GB18030; records numbered as the user counts them."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from carboncalc.activity.files import OpenFile, refuse
from carboncalc.activity.header import HEADER_SEARCH, find_header
from carboncalc.activity.layout import Layout
from carboncalc.activity.sheet import Ragged, RawSheet, Wide

_SLICE = 1 << 20
_PREFIX = 1 << 18
_SHOWN = 500


def read_csv(file: OpenFile, layout: Layout, max_rows: int) -> RawSheet:
    r"""The file as one sheet; the header is looked for in the first rows.

    Row numbers are record numbers: the header is row 1 if it stands first, blank lines
    count, a quoted line break does not. Rows with too many or too few cells are noted and
    left out.

    Raises
    ------
    ActivityDataError
        Encoding is neither (A-008), no header (A-010), too many rows (A-005), broken
        quoting (A-013).

    Examples
    --------
    >>> data = "企业,数量,单位\n甲,１,t\n".encode("gb18030")
    >>> sheet = read_csv(OpenFile("a.csv", data, "csv", ""), Layout("activity", (), ()), 10)
    >>> sheet.encoding, sheet.header, sheet.rows.tolist()
    ('gb18030', ('企业', '数量', '单位'), [2])
    """
    data, encoding = _utf8(file)
    delimiter = "\t" if file.kind == "tsv" else ","
    records = _first_records(data, delimiter, file.name)
    place, notes = find_header(records, file=file.name, table=layout.table)
    header = tuple(records[place])
    read, skipped = _read(data, delimiter, header, place + 1, layout.wide, file.name)
    if read.num_rows + len(skipped) > max_rows:
        raise refuse("A-005", file.name, rows=read.num_rows + len(skipped), limit=max_rows)
    return RawSheet(
        header=header,
        columns=tuple(read.columns),
        rows=_numbers(read.num_rows, place + 2, [record.row for record in skipped]),
        file=file.name,
        notes=notes,
        ragged=tuple(record for record in skipped if record.found),
        encoding=encoding,
    )


def _utf8(file: OpenFile) -> tuple[bytes, str]:
    """The bytes in UTF-8. GB18030 is tried strictly: a byte that it does not have refuses."""
    data = file.data.removeprefix(codecs.BOM_UTF8)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for start in range(0, len(data), _SLICE):
            decoder.decode(data[start : start + _SLICE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030", "strict").encode(), "gb18030"
        except (UnicodeDecodeError, UnicodeEncodeError):
            raise refuse("A-008", file.name) from None
    return data, "utf-8"


def _first_records(data: bytes, delimiter: str, name: str) -> list[list[str]]:
    prefix = data[:_PREFIX].decode("utf-8", "ignore")
    reader = csv.reader(io.StringIO(prefix, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    try:
        for record in reader:
            found.append(record)
            if len(found) > HEADER_SEARCH:
                break
    except csv.Error as error:
        raise refuse("A-013", name, reason=str(error)) from None
    return found


def _read(
    data: bytes, delimiter: str, header: tuple[str, ...], skip: int, wide: Wide, name: str
) -> tuple[pa.Table, list[Ragged]]:
    """The table and the records left out (``found`` is 0 for a blank one)."""
    if len(header) == 1:
        raise refuse("A-010", name, headers=header[0][:60])
    skipped: list[Ragged] = []

    def left_out(row: Any) -> str:
        blank = not row.text.strip(delimiter + ' "\t')
        found = 0 if blank else row.actual_columns
        skipped.append(Ragged(row.number, found, row.expected_columns, row.text[:_SHOWN]))
        return "skip"

    names = [f"c{i}" for i in range(len(header))]
    encoded = pa.dictionary(pa.int32(), pa.string())
    kinds = {n: pa.string() if wide(h) else encoded for n, h in zip(names, header, strict=True)}
    convert = arrow_csv.ConvertOptions(column_types=kinds, strings_can_be_null=False)

    def attempt(threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=skip, use_threads=threads
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=b'"' in data,
                # Skipped blank lines would shift the number of every row below them.
                ignore_empty_lines=False,
                invalid_row_handler=None if threads else left_out,
            ),
            convert_options=convert,
        )

    try:
        try:
            return attempt(threads=True), skipped
        except pa.ArrowInvalid:
            # Row numbers of ragged rows are only known in a single-threaded pass.
            return attempt(threads=False), skipped
    except pa.ArrowException as error:
        raise refuse("A-013", name, reason=str(error).splitlines()[0][:200]) from None


def _numbers(count: int, first: int, skipped: list[int]) -> NDArray[np.int64]:
    if not skipped:
        return np.arange(first, first + count, dtype=np.int64)
    every = np.arange(first, first + count + len(skipped), dtype=np.int64)
    return every[~np.isin(every, np.array(skipped, dtype=np.int64))]
