"""From any table to integer codes, block by block, without a pass over distinct values.

Each text column of a block is dictionary-encoded by Arrow (dictionary columns and pandas
categoricals are taken as they are); only the small dictionary meets Python, where each
text becomes a code once. Rows never do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from carboncalc.errors import ActivityDataError, Issue

#: Rows in a block: its columns stay in the processor's second cache.
BLOCK_ROWS = 1 << 16

#: Codes are as wide as an index, so that looking up with them copies nothing.
Ints = npt.NDArray[np.intp]


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
        codes = series.array.codes
        empty = len(codes) > 0 and codes.min() < 0
        indices = pa.array(codes, mask=codes < 0 if empty else None)
        # pandas guarantees that codes are within the categories
        return pa.DictionaryArray.from_arrays(
            indices, pa.array(series.array.categories), safe=False
        )
    return pa.array(series.array if str(dtype) in ("str", "string") else series, from_pandas=True)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A block's text column as indices into a few texts; the last text is None (empty cell).

    ``shared`` identifies a dictionary that all blocks of a table have in common.
    """

    indices: Any
    texts: Sequence[Any]
    shared: int | None = None


def encode(column: Any, shared: dict[int, Sequence[Any]]) -> Encoded:
    """A text column of one block, encoded once for all who need its codes.

    ``shared`` keeps the texts of dictionaries that the whole table has in common.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    identity = None
    if pa.types.is_dictionary(column.type):
        # The table holds the dictionary while it runs, so its address stays its own.
        texts_of = column.dictionary
        addresses = tuple(0 if b is None else b.address for b in texts_of.buffers())
        identity = hash((addresses, texts_of.offset, len(texts_of)))
    else:
        column = column.dictionary_encode()
    texts = shared.get(identity) if identity is not None else None
    if texts is None:
        texts = [*column.dictionary.to_pylist(), None]
        if identity is not None:
            shared[identity] = texts
    indices = column.indices
    if indices.null_count:
        indices = indices.fill_null(len(texts) - 1)
    return Encoded(indices.to_numpy(zero_copy_only=False), texts, identity)


class TextCodes:
    """Codes for the texts of one column; a new text is handed to ``make`` once.

    Parameters
    ----------
    make
        From a text (or None, where the cell is empty) to its code.

    Examples
    --------
    >>> codes = TextCodes({"t": 3, "kg": 5, None: -1}.__getitem__)
    >>> codes.of(encode(pa.array(["kg", "t", "kg"]), {})).tolist()
    [5, 3, 5]
    """

    def __init__(self, make: Callable[[Any], int]) -> None:
        self._make = make
        self._known: dict[Any, int] = {}
        self._shared: dict[int, Ints] = {}

    def code(self, text: Any) -> int:
        """The code of one text."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._make(text)
        return found

    def of(self, column: Encoded, out: Ints | None = None) -> Ints:
        """The codes of an encoded column, as indices; ``out`` is a buffer at least as long."""
        mapping = self._shared.get(column.shared) if column.shared is not None else None
        if mapping is None:
            mapping = self._mapping(column)
            if column.shared is not None:
                self._shared[column.shared] = mapping
        result: Ints = np.take(
            mapping,
            column.indices,
            out=None if out is None else out[: len(column.indices)],
            mode="clip",
        )
        return result

    def _mapping(self, column: Encoded) -> Ints:
        """Codes of the column's texts; the empty cell is asked for only where there is one."""
        known = self._known
        *texts, _ = column.texts
        try:
            codes = [known[text] for text in texts]
        except KeyError:
            codes = [self.code(text) for text in texts]
        empty = len(column.indices) and int(column.indices.max()) == len(texts)
        if empty or column.shared is not None:  # a shared dictionary serves later blocks too
            codes.append(self._code_of_nothing(required=bool(empty)))
        else:
            codes.append(0)
        return np.array(codes, dtype=np.intp)

    def _code_of_nothing(self, *, required: bool) -> int:
        try:
            return self.code(None)
        except Exception:
            if required:
                raise
            return -(1 << 30)  # out of every table: an empty cell in a later block is refused


def blocks(table: pa.Table, first: int, stop: int) -> Iterator[dict[str, Any]]:
    """Row blocks of a table: text columns encoded, ``amount`` as numbers."""
    shared: dict[int, Sequence[Any]] = {}
    for batch in table.slice(first, stop - first).to_batches(max_chunksize=BLOCK_ROWS):
        yield {
            name: batch.column(i).to_numpy(zero_copy_only=False)
            if name == "amount"
            else encode(batch.column(i), shared)
            for i, name in enumerate(batch.schema.names)
        }
