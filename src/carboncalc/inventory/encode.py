"""From any table to integer codes, block by block, without a pass over distinct values.

Each text column of a block is dictionary-encoded by Arrow (dictionary columns and pandas
categoricals are taken as they are); only the small dictionary meets Python, where each
text becomes a code once. Rows never do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from carboncalc.errors import ActivityDataError, Issue

#: Rows in a block: its columns stay in the processor's second cache.
BLOCK_ROWS = 1 << 16

#: A dictionary longer than this is compared with the known texts as a whole.
MANY = 128

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
    if dtype.kind == "f":
        return pa.array(series.to_numpy())  # nan stays nan, and nothing is copied
    return pa.array(series.array if str(dtype) in ("str", "string") else series, from_pandas=True)


@dataclass(frozen=True)
class Encoded:
    """A block's text column as indices into a dictionary; the index after its last is empty.

    ``shared`` identifies a dictionary that all blocks of a table have in common.
    """

    indices: Any
    dictionary: pa.Array
    shared: int | None = None

    @property
    def width(self) -> int:
        """How many different cells there may be, the empty one among them."""
        return len(self.dictionary) + 1

    def with_indices(self, indices: Any) -> Encoded:
        """Another block's column over the same dictionary."""
        found = Encoded(indices, self.dictionary, self.shared)
        found.__dict__["texts"] = self.texts  # told once for all blocks
        return found

    @functools.cached_property
    def texts(self) -> Sequence[Any]:
        """The texts behind the indices; the last is None, an empty cell."""
        return (*self.dictionary.to_pylist(), None)


def encode(column: Any, shared: dict[int, Encoded]) -> Encoded:
    """A text column of one block, encoded once for all who need its codes.

    ``shared`` keeps what stands for a dictionary that the whole table has in common.
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
    indices = column.indices
    if indices.null_count:
        indices = indices.fill_null(len(column.dictionary))
    codes = indices.to_numpy(zero_copy_only=False)
    if identity is None:
        return Encoded(codes, column.dictionary)
    first = shared.setdefault(identity, Encoded(codes, column.dictionary, identity))
    return first.with_indices(codes)


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
        self._seen: pa.Array | None = None
        self._codes: Ints = np.zeros(0, dtype=np.intp)

    def code(self, text: Any) -> int:
        """The code of one text."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._make(text)
        return found

    def of(self, column: Encoded, out: Ints | None = None) -> Ints:
        """The codes of an encoded column, as indices; ``out`` is a buffer at least as long."""
        result: Ints = np.take(
            self.codes(column),
            column.indices,
            out=None if out is None else out[: len(column.indices)],
            mode="clip",
        )
        return result

    def codes(self, column: Encoded) -> Ints:
        """The codes of a column's texts, in the order of the texts."""
        mapping = self._shared.get(column.shared) if column.shared is not None else None
        if mapping is None:
            mapping = self._mapping(column)
            if column.shared is not None:
                self._shared[column.shared] = mapping
        return mapping

    def _mapping(self, column: Encoded) -> Ints:
        """Codes of the column's texts; the empty cell is asked for only where there is one."""
        codes = self._of_texts(column)
        empty = len(column.indices) and int(column.indices.max()) == column.width - 1
        if empty or column.shared is not None:  # a shared dictionary serves later blocks too
            codes = np.append(codes, self._code_of_nothing(required=bool(empty)))
        else:
            codes = np.append(codes, 0)
        return codes

    def _of_texts(self, column: Encoded) -> Ints:
        """Codes of the texts; in a long dictionary, Arrow finds those that are known."""
        if column.width <= MANY:
            return np.array([self.code(text) for text in column.texts[:-1]], dtype=np.intp)
        if self._seen is None or len(self._seen) != len(self._known):
            texts = [text for text in self._known if isinstance(text, str)]
            self._seen = pa.array(texts, column.dictionary.type)
            self._codes = np.array([self._known[text] for text in texts], dtype=np.intp)
        place = pc.index_in(column.dictionary, value_set=self._seen)
        if place.null_count:
            return np.array([self.code(text) for text in column.texts[:-1]], dtype=np.intp)
        codes: Ints = self._codes[place.to_numpy()]
        return codes

    def _code_of_nothing(self, *, required: bool) -> int:
        try:
            return self.code(None)
        except Exception:
            if required:
                raise
            return -(1 << 30)  # out of every table: an empty cell in a later block is refused


def blocks(
    table: pa.Table, first: int, stop: int, numbers: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Row blocks of a table: texts encoded, ``numbers`` as arrays with nan where empty."""
    shared: dict[int, Encoded] = {}
    for batch in table.slice(first, stop - first).to_batches(max_chunksize=BLOCK_ROWS):
        yield {
            name: _numbers(batch.column(i)) if name in numbers else encode(batch.column(i), shared)
            for i, name in enumerate(batch.schema.names)
        }


def _numbers(column: Any) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return values.astype(np.float64, copy=False)
