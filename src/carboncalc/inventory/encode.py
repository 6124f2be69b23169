"""From any table to integer codes, block by block, without a pass over distinct values.

Each text column of a block is dictionary-encoded by Arrow (dictionary columns and pandas
categoricals are taken as they are); only the small dictionary meets Python, where each
text becomes a code once. Rows never do.
"""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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

#: Texts that a column is looked up among; preparing more for each block would cost too much.
_MANY_WORDS = 8192

#: Blocks with new texts after which a column is encoded block by block.
_GIVEN_UP = 8

#: Rows that are encoded at once: half as many turns with the interpreter's lock.
ENCODED_ROWS = 2 * BLOCK_ROWS

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
    if str(dtype) in ("str", "string"):
        return pa.array(series.array, from_pandas=True)
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # numbers and texts in one column: read as typed
        return pa.array(series.astype("string").array, from_pandas=True)


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


class Words:
    """The texts that a column has shown so far; later blocks are looked up among them.

    Looking up in a known set costs less than encoding anew, and what follows from a text is
    then worked out once and not once per block. A column that keeps showing new texts, or
    very many, is encoded block by block. Safe to share between threads.

    Examples
    --------
    >>> words = Words()
    >>> for texts in (["t", "kg", "t"], ["kg", None, "MWh"]):
    ...     column = words.encode(pa.array(texts))
    ...     print(column.indices.tolist(), column.texts)
    [0, 1, 0] ('t', 'kg', None)
    [1, 3, 2] ('t', 'kg', 'MWh', None)
    """

    _numbers = itertools.count(1)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Encoded | None = None
        self._misses = 0

    def encode(self, column: Any) -> Encoded:
        """A text column of one block."""
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if pa.types.is_dictionary(column.type):
            return self._of_categories(column)
        known = self._known
        if known is not None and self._misses < _GIVEN_UP:
            place = pc.index_in(column, value_set=known.dictionary)
            if place.null_count == column.null_count:
                return known.with_indices(_indices(place, known.width - 1))
        encoded = column.dictionary_encode()
        codes = _indices(encoded.indices, len(encoded.dictionary))
        if self._misses >= _GIVEN_UP or len(encoded.dictionary) > _MANY_WORDS:
            return Encoded(codes, encoded.dictionary)
        known = self._learn(encoded.dictionary)
        place = pc.index_in(encoded.dictionary, value_set=known.dictionary)
        return known.with_indices(np.append(place.to_numpy(), known.width - 1)[codes])

    def _learn(self, texts: pa.Array) -> Encoded:
        with self._lock:
            self._misses += 1
            known = self._known
            if known is not None:
                fresh = texts.filter(pc.is_null(pc.index_in(texts, value_set=known.dictionary)))
                texts = pa.concat_arrays([known.dictionary, fresh])
            if len(texts) > _MANY_WORDS:
                self._misses = _GIVEN_UP
            known = self._known = Encoded(np.zeros(0, np.int32), texts, next(self._numbers))
            return known

    def _of_categories(self, column: Any) -> Encoded:
        """A dictionary column as it is; one dictionary serves all blocks of a table."""
        known = self._known
        if known is None or not _same_buffers(known.dictionary, column.dictionary):
            with self._lock:
                known = Encoded(np.zeros(0, np.int32), column.dictionary, next(self._numbers))
                self._known = known
        return known.with_indices(_indices(column.indices, known.width - 1))


def _indices(codes: Any, empty: int) -> Any:
    if codes.null_count:
        codes = codes.fill_null(empty)
    return codes.to_numpy(zero_copy_only=False)


def _same_buffers(one: pa.Array, other: pa.Array) -> bool:
    """Whether two dictionaries are one: the table holds it, so its addresses stay its own."""
    addresses = [
        (len(d), d.offset, tuple(0 if b is None else b.address for b in d.buffers()))
        for d in (one, other)
    ]
    return addresses[0] == addresses[1]


class TextCodes:
    """Codes for the texts of one column; a new text is handed to ``make`` once.

    Parameters
    ----------
    make
        From a text (or None, where the cell is empty) to its code.

    Examples
    --------
    >>> codes = TextCodes({"t": 3, "kg": 5, None: -1}.__getitem__)
    >>> codes.of(Words().encode(pa.array(["kg", "t", "kg"]))).tolist()
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


#: What stands for a row with the number of a certificate, whatever the number.
CERTIFIED = "certified"


def _certified(column: Any) -> Encoded:
    """Whether each row has the number of a certificate: numbers differ from row to row."""
    texts = column.cast(pa.string())
    there = pc.fill_null(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0), False)
    indices = 1 - there.to_numpy(zero_copy_only=False).astype(np.int32)
    return Encoded(indices, pa.array([CERTIFIED]), 0)


def blocks(
    table: pa.Table, first: int, stop: int, numbers: Collection[str], words: Mapping[str, Words]
) -> Iterator[list[dict[str, Any]]]:
    """Row blocks of a table: texts encoded, ``numbers`` as arrays with nan where empty."""
    for batch in table.slice(first, stop - first).to_batches(max_chunksize=ENCODED_ROWS):
        columns: dict[str, Any] = {}
        for i, name in enumerate(batch.schema.names):
            column = batch.column(i)
            if name in numbers:
                columns[name] = _numbers(column)
            elif name == "certificate_id":
                columns["certified"] = _certified(column)
            else:
                columns[name] = words[name].encode(column)
        yield [
            {name: _part(column, start) for name, column in columns.items()}
            for start in range(0, batch.num_rows, BLOCK_ROWS)
        ]


def _part(column: Any, start: int) -> Any:
    rows = slice(start, start + BLOCK_ROWS)
    if isinstance(column, Encoded):
        return column.with_indices(column.indices[rows])
    return column[rows]


def _numbers(column: Any) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return values.astype(np.float64, copy=False)
