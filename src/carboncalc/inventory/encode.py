"""From any table to integer codes, block by block, without a pass over distinct values.

Each text column of a block is dictionary-encoded by Arrow (dictionary columns and pandas
categoricals are taken as they are); only the small dictionary meets Python, where each
text becomes a code once. Rows never do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from carboncalc.errors import ActivityDataError, Issue

#: Rows in a block: its columns stay in the processor's second cache.
BLOCK_ROWS = 1 << 16

Ints = npt.NDArray[np.int32]


def as_arrow(data: Any, columns: Sequence[str], optional: Sequence[str]) -> pa.Table:
    """The named columns of a frame as an Arrow table, without copying text where possible.

    Parameters
    ----------
    data
        A pandas or Arrow table, or any frame that narwhals reads.
    columns, optional
        Columns that must be there and columns that are taken when they are.

    Raises
    ------
    ActivityDataError
        ``A-000`` naming every missing column.
    """
    if isinstance(data, pa.Table):
        table = data
    elif hasattr(data, "dtypes") and hasattr(data, "iloc"):
        here = [name for name in (*columns, *optional) if name in data.columns]
        table = pa.table({name: _arrow_column(data[name]) for name in here})
    else:
        import narwhals as nw

        table = nw.from_native(data, eager_only=True).to_arrow()
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise ActivityDataError(
            "I-010", issues=[Issue("I-020", {"column": name}, column=name) for name in missing]
        )
    wanted = [name for name in (*columns, *optional) if name in table.column_names]
    return table.select(wanted)


def _arrow_column(series: Any) -> pa.ChunkedArray | pa.Array:
    dtype = series.dtype
    if str(dtype) == "category":
        codes = series.cat.codes.to_numpy()
        mask = codes < 0
        indices = pa.array(codes, mask=mask if mask.any() else None)
        return pa.DictionaryArray.from_arrays(indices, pa.array(series.cat.categories))
    return pa.array(series.array if str(dtype) in ("str", "string") else series, from_pandas=True)


class TextCodes:
    """Codes for the texts of one column; a new text is handed to ``make`` once.

    Parameters
    ----------
    make
        From a text (or None, where the cell is empty) to its code.

    Examples
    --------
    >>> codes = TextCodes({"t": 3, "kg": 5}.__getitem__)
    >>> codes.of(pa.array(["kg", "t", "kg"])).tolist()
    [5, 3, 5]
    """

    def __init__(self, make: Callable[[Any], int]) -> None:
        self._make = make
        self._known: dict[Any, int] = {}
        self._last: tuple[Any, Ints] | None = None

    def code(self, text: Any) -> int:
        """The code of one text."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._make(text)
        return found

    def of(self, column: Any, out: Ints | None = None) -> Ints:
        """The codes of an Arrow column (plain or dictionary), as int32.

        ``out`` is a buffer at least as long as the column.
        """
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
            mapping = self._mapping(column.dictionary)
        else:
            mapping = self._cached_mapping(column.dictionary)
        indices = column.indices
        if indices.null_count:
            indices = indices.fill_null(len(mapping) - 1)
        result: Ints = np.take(
            mapping,
            indices.to_numpy(zero_copy_only=False),
            out=None if out is None else out[: len(column)],
            mode="clip",
        )
        return result

    def _mapping(self, dictionary: Any) -> Ints:
        known = self._known
        texts = dictionary.to_pylist()
        try:
            codes = [known[text] for text in texts]
            codes.append(known[None])
        except KeyError:
            codes = [self.code(text) for text in (*texts, None)]
        return np.array(codes, dtype=np.int32)

    def _cached_mapping(self, dictionary: Any) -> Ints:
        """A dictionary shared by all blocks (a categorical) is mapped once."""
        identity = tuple(b.address if b is not None else 0 for b in dictionary.buffers())
        identity += (dictionary.offset, len(dictionary))
        if self._last is None or self._last[0] != identity:
            self._last = (identity, self._mapping(dictionary))
        return self._last[1]


def blocks(table: pa.Table, first: int, stop: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Row blocks of a table from row ``first`` to ``stop``: start row and columns by name."""
    start = first
    for batch in table.slice(first, stop - first).to_batches(max_chunksize=BLOCK_ROWS):
        yield start, {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
        start += batch.num_rows
