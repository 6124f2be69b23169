"""A loan tape as blocks of rows: streamed from Parquet, or cut from a table in memory.

Blocks carry canonical column names. Columns of codes arrive dictionary-encoded, so that
whatever follows looks at each distinct value once; nothing is parsed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from carboncalc.errors import Issue
from carboncalc.finance.columns import Header, read_headers, tape_columns

#: Rows of a block: small enough for the caches, large enough to hide the calls.
BLOCK = 1 << 14
#: Rows of a group: what one worker takes at a time from a table in memory.
GROUP = 1 << 18


@dataclass(frozen=True)
class Group:
    """Rows that one worker takes at a time; ``start`` is the position of the first."""

    number: int
    start: int
    rows: int


@dataclass(frozen=True)
class TapeSource:
    """A table in memory with canonical column names.

    ``numbers`` holds the row of each position as the user counts; without it the rows
    count from ``first``.
    """

    table: pa.Table
    headers: Mapping[str, Header]
    file: str | None = None
    sheet: str | None = None
    first: int = 1
    numbers: NDArray[np.int64] | None = None
    unused: tuple[str, ...] = ()
    notes: tuple[Issue, ...] = ()
    digest: str | None = None

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self.table.num_rows)

    def groups(self) -> list[Group]:
        """The parts that workers take in turn."""
        starts = range(0, self.rows, GROUP)
        return [Group(i, s, min(GROUP, self.rows - s)) for i, s in enumerate(starts)]

    def blocks(
        self, groups: Iterable[Group], columns: Sequence[str]
    ) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Blocks of the groups with their first position."""
        chosen = self.table.select([name for name in columns if name in self.headers])
        for group in groups:
            for start in range(group.start, group.start + group.rows, BLOCK):
                rows = min(BLOCK, group.start + group.rows - start)
                part = chosen.slice(start, rows).combine_chunks()
                yield start, part.to_batches()[0] if part.num_columns else _no_columns(rows)

    def take(self, positions: NDArray[np.int64]) -> pa.Table:
        """Some rows whole, in the order of the positions."""
        return self.table.take(pa.array(positions))

    def nulls(self, column: str) -> int | None:
        """How many cells of a column are empty or blank, where that is known unread."""
        return None

    def row_numbers(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows as the user counts them."""
        return positions + self.first if self.numbers is None else self.numbers[positions]


@dataclass(frozen=True)
class ParquetSource(TapeSource):
    """A Parquet file, read row group by row group; nothing is kept."""

    path: Path = field(default_factory=Path)
    starts: tuple[int, ...] = ()

    @classmethod
    def open(cls, path: Path) -> ParquetSource:
        """Read the footer and the headers of a file.

        Raises
        ------
        ActivityDataError
            A required column is missing or named twice.
        """
        with pq.ParquetFile(path) as file:
            headers = read_headers(file.schema_arrow.names, file=path.name)
            sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
            known = {header.physical for header in headers.values()}
            return cls(
                table=file.schema_arrow.empty_table(),
                headers=headers,
                file=path.name,
                unused=tuple(name for name in file.schema_arrow.names if name not in known),
                path=path,
                starts=tuple(np.cumsum([0, *sizes]).tolist()),
            )

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.starts[-1]

    def groups(self) -> list[Group]:
        """The row groups of the file."""
        pairs = zip(self.starts[:-1], self.starts[1:], strict=True)
        return [Group(i, begin, end - begin) for i, (begin, end) in enumerate(pairs)]

    def blocks(
        self, groups: Iterable[Group], columns: Sequence[str]
    ) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Blocks of the row groups with their first position."""
        wanted = [self.headers[name] for name in columns if name in self.headers]
        names = [header.column for header in wanted]
        with self._reader() as file:
            for group in groups:
                start = group.start
                for batch in file.iter_batches(
                    BLOCK,
                    row_groups=[group.number],
                    columns=[header.physical for header in wanted],
                    use_threads=False,
                ):
                    by_name = {
                        name: batch.column(h.physical)
                        for name, h in zip(names, wanted, strict=True)
                    }
                    arrays = [encoded(name, array) for name, array in by_name.items()]
                    yield start, pa.RecordBatch.from_arrays(arrays, names=names)
                    start += batch.num_rows

    def take(self, positions: NDArray[np.int64]) -> pa.Table:
        """Some rows whole, reading only the row groups they stand in."""
        group = np.searchsorted(self.starts, positions, side="right") - 1
        names = list(self.headers)
        physical = [self.headers[name].physical for name in names]
        parts = []
        with self._reader() as file:
            for number in np.unique(group):
                inside = positions[group == number] - self.starts[number]
                part = file.read_row_group(int(number), columns=physical, use_threads=False)
                parts.append(part.select(physical).rename_columns(names).take(pa.array(inside)))
        if not parts:
            return self.table.select(physical).rename_columns(names)
        # The parts stand in the order of their groups; put them back in the order asked for.
        order = np.argsort(np.argsort(group, kind="stable"), kind="stable")
        return pa.concat_tables(parts, promote_options="permissive").take(pa.array(order))

    def nulls(self, column: str) -> int | None:
        """Empty cells by the statistics of the file; None where they cannot tell.

        A blank text sorts before any other, so the smallest value shows whether there is one.
        """
        with self._reader() as file:
            place = file.metadata.schema.names.index(self.headers[column].physical)
            found = 0
            for number in range(file.num_row_groups):
                chunk = file.metadata.row_group(number).column(place)
                stats = chunk.statistics
                if stats is None or not stats.has_null_count or not stats.has_min_max:
                    return None
                smallest = stats.min
                if not isinstance(smallest, str) or not smallest[:1].strip():
                    return None
                found += stats.null_count
            return found

    def _reader(self) -> pq.ParquetFile:
        encoded_columns = [
            header.physical for name, header in self.headers.items() if _is_code(name)
        ]
        return pq.ParquetFile(
            self.path, read_dictionary=encoded_columns, pre_buffer=False, buffer_size=1 << 16
        )


def encoded(column: str, array: pa.Array) -> pa.Array:
    """An array of codes as a dictionary of texts; others as they are.

    Examples
    --------
    >>> encoded("use_industry_code", pa.array([4415, None])).dictionary.to_pylist()
    ['4415']
    """
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    if not _is_code(column):
        return array
    if pa.types.is_dictionary(array.type):
        if array.type == pa.dictionary(pa.int32(), pa.string()):
            return array
        return array.cast(pa.dictionary(pa.int32(), pa.string()))
    distinct = array.dictionary_encode()
    texts = _texts(distinct.dictionary)
    if column.endswith("industry_code") and not pa.types.is_string(distinct.dictionary.type):
        # A column of numbers has lost leading zeros: 411 may be 0411 or the group 411.
        texts = pa.array(
            [text if len(text) % 2 == 0 else f"{text} (number)" for text in texts.to_pylist()]
        )
    return pa.DictionaryArray.from_arrays(distinct.indices, texts)


def _texts(values: pa.Array) -> pa.Array:
    if pa.types.is_floating(values.type):
        # Codes that a spreadsheet made into numbers: 4415.0 is 4415.
        return pa.array([f"{value:.15g}" for value in values.to_pylist()], pa.string())
    return values.cast(pa.string())


def _is_code(column: str) -> bool:
    spec = tape_columns()[column]
    return spec.kind == "code" or column in {"pboc_green_ratio", "nfra_green_ratio", "green_ratio"}


def _no_columns(rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(rows)], names=["none"])
