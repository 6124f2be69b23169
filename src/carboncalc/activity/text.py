"""Text columns as codes over distinct, tidied values.

Everything that is decided about a text is decided once per distinct spelling; per row there
is only a look-up of an integer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.activity.sheet import DATE_MARK, text_of

Codes = NDArray[np.int32]

# Characters that show nothing and come along when cells are copied from web pages.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)


def tidy(text: str) -> str:
    """The text in one width, without unseen characters, outer or doubled spaces.

    Examples
    --------
    >>> tidy("　ＭＷｈ\u200b ")
    'MWh'
    """
    if text.isascii():
        return " ".join(text.split()) if text.isprintable() else " ".join(_printable(text).split())
    return " ".join(_printable(unicodedata.normalize("NFKC", text.translate(_UNSEEN))).split())


def _printable(text: str) -> str:
    return "".join(c if c.isspace() or unicodedata.category(c) != "Cc" else "" for c in text)


@dataclass(frozen=True)
class TextColumn:
    """Codes into distinct values; −1 where the cell is empty."""

    codes: Codes
    values: tuple[str, ...]

    @classmethod
    def of(cls, column: pa.ChunkedArray, clean: Callable[[str], str] = tidy) -> TextColumn:
        """Encode an Arrow column; different spellings that tidy to the same text become one.

        Examples
        --------
        >>> column = TextColumn.of(pa.chunked_array([["a", " a ", "", None]]))
        >>> column.values, column.codes.tolist()
        (('a',), [0, 0, -1, -1])
        """
        codes, given = _encoded(column)
        return cls._mapped(codes, [clean(text) for text in given])

    @classmethod
    def untouched(cls, column: pa.ChunkedArray) -> TextColumn:
        """Encode an Arrow column of texts as they stand, nulls where empty."""
        codes, given = _encoded(column)
        return cls(codes, tuple(given))

    @classmethod
    def constant(cls, value: str | None, length: int) -> TextColumn:
        """One value in every row, or none."""
        return cls(
            np.full(length, -1 if value is None else 0, dtype=np.int32),
            () if value is None else (value,),
        )

    @classmethod
    def joined(cls, parts: Sequence[TextColumn]) -> TextColumn:
        """Several columns one below the other."""
        if len(parts) == 1:
            return parts[0]
        values: dict[str, int] = {}
        codes = [
            _take(part.codes, [values.setdefault(text, len(values)) for text in part.values])
            for part in parts
        ]
        return cls(np.concatenate(codes), tuple(values))

    @classmethod
    def _mapped(cls, codes: Codes, texts: Sequence[str | None]) -> TextColumn:
        values: dict[str, int] = {}
        targets = [-1 if not text else values.setdefault(text, len(values)) for text in texts]
        if targets == list(range(len(targets))):
            return cls(codes, tuple(values))
        return cls(_take(codes, targets), tuple(values))

    def mapped(self, texts: Sequence[str | None]) -> TextColumn:
        """The column with each distinct value replaced; None empties the cell."""
        return self._mapped(self.codes, texts)

    def filled(self, value: str, where: NDArray[np.bool_] | None = None) -> TextColumn:
        """The column with empty cells (of the mask) set to a value."""
        empty = self.codes < 0 if where is None else (self.codes < 0) & where
        if not empty.any():
            return self
        values = self.values if value in self.values else (*self.values, value)
        codes = np.where(empty, np.int32(values.index(value)), self.codes).astype(np.int32)
        return TextColumn(codes, values)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Where the cell is empty."""
        found: NDArray[np.bool_] = self.codes < 0
        return found

    def is_in(self, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Where the value satisfies a test, made once per distinct value."""
        return self.lookup([wanted(value) for value in self.values], False)

    def lookup(self, per_value: Sequence[bool], missing: bool) -> NDArray[np.bool_]:
        """A mask from one truth value per distinct value."""
        table = np.array([*per_value, missing], dtype=np.bool_)
        chosen: NDArray[np.bool_] = table[self.codes]
        return chosen

    def arrow(self) -> pa.DictionaryArray:
        """The column as an Arrow dictionary array, nulls where empty."""
        mask = self.missing
        indices = pa.array(self.codes, mask=mask) if mask.any() else pa.array(self.codes)
        return pa.DictionaryArray.from_arrays(indices, pa.array(self.values, pa.string()))

    def kept_at(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> TextColumn:
        """Only the rows of a mask, or at some positions."""
        return TextColumn(self.codes[rows], self.values)


def _encoded(column: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    if pa.types.is_dictionary(column.type):
        encoded = column.unify_dictionaries()
    else:
        encoded = column.dictionary_encode()
    whole = encoded.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        if whole.num_chunks == 0:
            return np.zeros(0, dtype=np.int32), []
        whole = whole.chunk(0)
    indices = whole.indices
    if indices.null_count:
        indices = indices.fill_null(-1)
    codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    texts = whole.dictionary.to_pylist()
    # A null may also stand inside the dictionary.
    if whole.dictionary.null_count or not pa.types.is_string(whole.dictionary.type):
        texts = ["" if value is None else text_of(value) for value in texts]
    return codes, texts


def _take(codes: Codes, targets: Sequence[int]) -> Codes:
    table = np.array([*targets, -1], dtype=np.int32)
    taken: Codes = table[codes]
    return taken


def without_mark(text: str) -> str:
    """Free text: only outer spaces and the mark of a date cell removed."""
    return text.removeprefix(DATE_MARK).strip()


def tidy_unmarked(text: str) -> str:
    """Tidied text of a key column, where a date cell is just its ISO text."""
    return tidy(text.removeprefix(DATE_MARK))
