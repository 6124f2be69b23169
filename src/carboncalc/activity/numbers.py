"""Numbers from cells: exact for what is a number, with the text kept for what is not.

A cell is a number if, in one width and without outer spaces, it is a decimal number, with
commas only as thousands separators. Nothing else is guessed: ``12万``, ``约30`` and
``1.234,5`` are not numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from carboncalc.activity.text import tidy, without_mark

Floats = NDArray[np.float64]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_LEADING = re.compile(r"([+-]?[\d.][\d.,]*(?:[eE][+-]?\d{1,3}(?![\w^]))?)\s*(.*)")
# The minus signs that word processors put in place of the hyphen.
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-"})
_INFINITE = {"inf", "infinity", "nan", "∞"}


@dataclass(frozen=True)
class NumberColumn:
    """Values (nan where there is none), and which cells are empty or not a number."""

    values: Floats
    missing: NDArray[np.bool_]
    wrong: NDArray[np.bool_]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> NumberColumn:
        """Read a column of text or numbers.

        Examples
        --------
        >>> column = NumberColumn.of(pa.chunked_array([["1,234.5", "１２", "", "x"]]))
        >>> column.values[:2].tolist(), column.missing.tolist(), column.wrong.tolist()
        ([1234.5, 12.0], [False, False, True, False], [False, False, False, True])
        """
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            values = column.cast(pa.float64(), safe=False).to_numpy()
            missing = column.is_null().to_numpy()
            return cls(_owned(values), missing, np.zeros(len(values), dtype=np.bool_))
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        if not column.null_count:
            try:
                values = pc.cast(column, pa.float64()).to_numpy()
            except pa.ArrowInvalid:
                pass
            else:
                nothing = np.zeros(len(values), dtype=np.bool_)
                return cls(_not_nan(values), nothing, nothing)
        return cls._with_bad_cells(column)

    @classmethod
    def _with_bad_cells(cls, column: pa.ChunkedArray) -> NumberColumn:
        text = pc.utf8_trim_whitespace(column)
        plain = pc.match_substring_regex(text, r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
        plain = plain.fill_null(False).to_numpy().astype(np.bool_)
        values = np.full(len(column), np.nan)
        missing = pc.equal(text, "").fill_null(True).to_numpy().astype(np.bool_)
        wrong = np.zeros(len(column), dtype=np.bool_)
        values[plain] = pc.cast(text.filter(pa.array(plain)), pa.float64()).to_numpy()
        rest = np.flatnonzero(~plain & ~missing)
        if len(rest):
            # Only cells that are not plain numbers come here, each distinct text once.
            odd = text.take(pa.array(rest)).combine_chunks().dictionary_encode()
            read = [number_of(cell) for cell in odd.dictionary.to_pylist()]
            found = np.array([np.nan if r is None else r for r in read], dtype=np.float64)
            empty = np.array(
                [not tidy(cell) for cell in odd.dictionary.to_pylist()], dtype=np.bool_
            )
            unread = np.array([r is None for r in read], dtype=np.bool_) & ~empty
            index = odd.indices.to_numpy(zero_copy_only=False)
            values[rest], missing[rest], wrong[rest] = found[index], empty[index], unread[index]
        return cls(values, missing, wrong)

    @classmethod
    def joined(cls, parts: list[NumberColumn]) -> NumberColumn:
        """Several columns one below the other."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.missing for part in parts]),
            np.concatenate([part.wrong for part in parts]),
        )

    @classmethod
    def absent(cls, length: int) -> NumberColumn:
        """A column without any value."""
        return cls(
            np.full(length, np.nan), np.ones(length, dtype=np.bool_), np.zeros(length, np.bool_)
        )


def _not_nan(values: Floats) -> Floats:
    """A cell that says `nan` is filled and not finite; only an empty cell is absent."""
    said = np.isnan(values)
    return np.where(said, np.inf, values) if said.any() else values


def _owned(values: Floats) -> Floats:
    return values if values.flags.writeable else values.copy()


def number_of(cell: str) -> float | None:
    """The number in a cell, infinities included, or None if it is not a number.

    Examples
    --------
    >>> number_of("1,234.50"), number_of("１２．５"), number_of("12万")
    (1234.5, 12.5, None)
    """
    text = tidy(without_mark(cell)).translate(_MINUS)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    if text.lstrip("+-").casefold() in _INFINITE:
        return float("inf")
    return None


def split_quantity(cell: str) -> tuple[float, str] | None:
    """The number and the unit of a cell such as ``389.31 GJ/万Nm3``; None if there is no number.

    Examples
    --------
    >>> split_quantity("389.31 GJ/万Nm3"), split_quantity("99%"), split_quantity("high")
    ((389.31, 'GJ/万Nm3'), (99.0, '%'), None)
    """
    text = tidy(without_mark(cell)).translate(_MINUS)
    whole = number_of(text)
    if whole is not None:
        return whole, ""
    match = _LEADING.fullmatch(text)
    if match is None:
        return None
    value = number_of(match[1])
    return None if value is None else (value, match[2].strip())
