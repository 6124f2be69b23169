"""Text columns as integers: each is factorised once, and rows are then compared as numbers.

What is decided about texts is decided once per distinct text or combination of texts; per
row there is only a look-up of an integer.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.integer[Any]]

#: Packed keys up to here cannot overflow when one more column is packed into them.
_ROOM = 2**62


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as codes into its distinct values, which stand in order of first appearance.

    The code −1 is a missing value.

    Examples
    --------
    >>> column = Coded.of(pd.Series(["t", None, "kg", "t"], dtype="str"))
    >>> column.codes.tolist(), column.values
    ([0, -1, 1, 0], ['t', 'kg'])
    """

    codes: Codes
    values: list[Any]

    @classmethod
    def of(cls, column: pd.Series) -> Coded:
        """Factorise a column."""
        codes, values = pd.factorize(column)
        return cls(codes.astype(np.int32), values.tolist())

    @classmethod
    def nothing(cls, length: int) -> Coded:
        """A column without any value."""
        return cls(np.full(length, -1, dtype=np.int32), [])

    @property
    def present(self) -> list[bool]:
        """Which of the values occur."""
        found: list[bool] = self._flags()[:-1].tolist()
        return found

    def take(self, rows: Any) -> Coded:
        """The column at some rows; values that do not occur there stay in the list."""
        return Coded(self.codes[rows], self.values)

    def filled(self, value: Any) -> Coded:
        """The column with a value in place of what is missing."""
        missing = self.codes < 0
        if not missing.any():
            return self
        values = self.values if value in self.values else [*self.values, value]
        return Coded(np.where(missing, np.int32(values.index(value)), self.codes), values)

    def mapped(self, table: Sequence[Any], missing: Any, dtype: Any = None) -> npt.NDArray[Any]:
        """Per row what a table holds for its value, or what stands for a missing one."""
        chosen: npt.NDArray[Any] = _array([*table, missing], dtype)[self.codes]
        return chosen

    def texts(self, missing: Any = "") -> npt.NDArray[Any]:
        """The column written out, one Python object per row."""
        return self.mapped(self.values, missing, object)

    def series(self) -> pd.Series:
        """The column written out as pandas' ``str``."""
        distinct = pd.Series([*self.values, None], dtype="str")
        return distinct.take(self.codes).reset_index(drop=True)

    def ranked(self) -> tuple[Codes, list[Any]]:
        """Codes that sort as the values do, and the values in that order; missing values last."""
        order = sorted(range(len(self.values)), key=self.values.__getitem__)
        ranks = np.empty(len(order) + 1, dtype=np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        ranks[-1] = len(order)
        return ranks[self.codes], [self.values[k] for k in order]

    def _flags(self) -> npt.NDArray[np.bool_]:
        flags = np.zeros(len(self.values) + 1, dtype=np.bool_)
        flags[self.codes] = True
        return flags


class CodedRows:
    """The columns of a frame as codes, each factorised when it is first asked for."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows
        self._known: dict[str, Coded] = {}

    def __getitem__(self, name: str) -> Coded:
        found = self._known.get(name)
        if found is None:
            found = Coded.of(self._rows[name])
            self._known[name] = found
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def place(self, position: int | np.integer[Any]) -> dict[str, Any]:
        """Where a row stands: its ``file``, ``sheet`` and ``row``, for an issue."""
        file, sheet, number = self._places
        return {
            "file": _text_at(file, position),
            "sheet": _text_at(sheet, position),
            "row": int(number[position]),
        }

    @functools.cached_property
    def _places(self) -> tuple[Coded, Coded, npt.NDArray[Any]]:
        return self["file"], self["sheet"], self._rows["row"].to_numpy()


def _text_at(column: Coded, position: int | np.integer[Any]) -> str | None:
    code = column.codes[position]
    return None if code < 0 else str(column.values[code])


def combined(columns: Sequence[Coded], length: int) -> tuple[Codes, npt.NDArray[np.intp]]:
    """A number per row for each distinct combination, by first appearance, and its first row.

    Missing values are equal to each other.

    Examples
    --------
    >>> one = Coded(np.array([0, 0, -1, 0], dtype=np.int32), ["a"])
    >>> two = Coded(np.array([1, 0, 0, 1], dtype=np.int32), ["x", "y"])
    >>> numbers, firsts = combined([one, two], 4)
    >>> numbers.tolist(), firsts.tolist()
    ([0, 1, 2, 0], [0, 1, 2])
    """
    key = np.zeros(length, dtype=np.int64)
    room = 1
    for column in columns:
        size = len(column.values) + 1
        if size == 1:
            continue
        if room * size > _ROOM:
            key, distinct = pd.factorize(key)
            room = len(distinct)
        key *= size
        key += column.codes
        key += 1
        room *= size
    numbers, distinct = pd.factorize(key)
    return numbers.astype(np.int32), first_rows(numbers, len(distinct))


def sorted_groups(columns: Sequence[Coded], length: int) -> tuple[Codes, list[list[Any]]]:
    """A number per row for each distinct combination in sorted order, and their values by column.

    Missing values sort last and are shown as NaN.

    Examples
    --------
    >>> one = Coded.of(pd.Series(["b", "a", "b"]))
    >>> numbers, (values,) = sorted_groups([one], 3)
    >>> numbers.tolist(), values
    ([1, 0, 1], ['a', 'b'])
    """
    ranked = [column.ranked() for column in columns]
    shape = [len(values) + 1 for _, values in ranked]
    if math.prod(shape) > _ROOM:  # too many to pack: number the rows' own combinations first
        numbers, firsts = combined(columns, length)
        found, labels = _sorted_few([column.take(firsts) for column in columns])
        return found[numbers], labels
    key = np.zeros(length, dtype=np.int64)
    for (ranks, _), size in zip(ranked, shape, strict=True):
        key *= size
        key += ranks
    numbers, distinct = pd.factorize(key, sort=True)
    labels = []
    for (_, values), size in zip(reversed(ranked), reversed(shape), strict=True):
        distinct, code = np.divmod(distinct, size)
        labels.append(_array([*values, np.nan], object)[code].tolist())
    return numbers.astype(np.int32), labels[::-1]


def _sorted_few(columns: Sequence[Coded]) -> tuple[Codes, list[list[Any]]]:
    """As ``sorted_groups``, for rows that all differ."""
    order = np.lexsort([column.ranked()[0] for column in reversed(columns)])
    numbers = np.empty(len(order), dtype=np.int32)
    numbers[order] = np.arange(len(order), dtype=np.int32)
    return numbers, [column.take(order).texts(np.nan).tolist() for column in columns]


def first_rows(numbers: npt.NDArray[Any], size: int) -> npt.NDArray[np.intp]:
    """The first row of each number from 0 to ``size - 1``; −1 where it does not occur."""
    first = np.full(size, -1, dtype=np.intp)
    # the last assignment stands, so the rows are gone through from the end
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)
    return first


def _array(values: list[Any], dtype: Any) -> npt.NDArray[Any]:
    if dtype is not object:
        return np.array(values, dtype=dtype)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
