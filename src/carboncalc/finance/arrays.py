"""Columns of a block as plain integer arrays, each with the problems of its cells.

Every function looks at a whole column at once; only cells that fail the fast path are
looked at one by one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from carboncalc.errors import FinanceError
from carboncalc.finance.money import LARGEST_FEN, to_fen

#: Days since 1970-01-01 that stand for no date.
NO_DAY = np.iinfo(np.int32).min
#: What can be wrong with a cell: message code → which rows.
Problems = Mapping[str, NDArray[np.bool_]]

_EPOCH = date(1970, 1, 1).toordinal()
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DIGIT_TEXT = r"^[+-]?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True)
class Texts:
    """A column of text as its bytes and offsets."""

    array: pa.Array
    bytes: NDArray[np.uint8]
    offsets: NDArray[np.int32]

    @classmethod
    def of(cls, array: pa.Array) -> Texts:
        """The bytes of a column of any type; empty cells have length 0, edges are trimmed."""
        if pa.types.is_dictionary(array.type):
            array = array.cast(array.type.value_type)
        if pa.types.is_floating(array.type):
            array = _whole_numbers(array)
        if not pa.types.is_string(array.type):
            array = array.cast(pa.string())
        texts = cls._view(array)
        if texts._blank_edges():
            texts = cls._view(pc.utf8_trim_whitespace(array))
        return texts

    @classmethod
    def _view(cls, array: pa.Array) -> Texts:
        if array.null_count:
            array = array.fill_null("")
        offsets = np.frombuffer(array.buffers()[1], np.int32)[
            array.offset : array.offset + len(array) + 1
        ]
        data = array.buffers()[2]
        found = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
        return cls(array, found, offsets)

    def _blank_edges(self) -> bool:
        used = self.bytes[self.offsets[0] : self.offsets[-1]]
        # 0xE3 begins the ideographic space, which sheets in Chinese are full of.
        if not len(used) or (used.min() > 32 and used.max() < 0xE3):
            return False
        filled = self.lengths > 0
        first = self.bytes[self.offsets[:-1][filled]]
        last = self.bytes[self.offsets[1:][filled] - 1]
        return bool(min(first.min(), last.min()) <= 32 or (first == 0xE3).any())

    @functools.cached_property
    def lengths(self) -> NDArray[np.int32]:
        """Length of each text in bytes."""
        return np.diff(self.offsets)

    def hashes(self) -> NDArray[np.uint64]:
        """A 64-bit hash of each text: equal texts have equal hashes, and seldom others.

        Examples
        --------
        >>> a, b, c = Texts.of(pa.array(["J0000000001", "J0000000002", "J0000000001"])).hashes()
        >>> a == c, a == b
        (np.True_, np.False_)
        """
        lengths = self.lengths
        found = np.empty(len(lengths), dtype=np.uint64)
        low, high = (int(lengths.min()), int(lengths.max())) if len(lengths) else (0, 0)
        if low == high:
            return self._hash(low, self.offsets[:-1], whole=True)
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            found[rows] = self._hash(int(length), self.offsets[rows], whole=False)
        return found

    def _hash(self, length: int, starts: NDArray[np.int32], *, whole: bool) -> NDArray[np.uint64]:
        """Mix the 8-byte words of texts of one length; the last word overlaps the one before."""
        mixed = np.full(len(starts), (length * 0x9E3779B97F4A7C15) % 2**64, dtype=np.uint64)
        if not len(starts) or not length:
            return mixed
        if length < 8:
            for place in range(length):
                mixed ^= self.bytes[starts + place].astype(np.uint64) << np.uint64(8 * place)
            return _stir(_stir(mixed))
        for place in dict.fromkeys([*range(0, length - 7, 8), length - 8]):
            if whole:
                # Texts of one length stand side by side: their words are a strided view.
                base = int(starts[0]) + place
                words = np.ndarray((len(starts),), "<u8", self.bytes, base, (length,))
            else:
                view = np.ndarray((len(self.bytes) - 7,), "<u8", self.bytes, 0, (1,))
                words = view[starts + place]
            mixed ^= words
            mixed = _stir(mixed)
        return _stir(mixed)


def _stir(mixed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _whole_numbers(array: pa.Array) -> pa.Array:
    """Identifiers that a spreadsheet or a frame made into floats: 1001.0 is 1001."""
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return array


def keyed(hashes: NDArray[np.uint64], days: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Hashes of (text, date) pairs from hashes of texts.

    Examples
    --------
    >>> one = keyed(np.array([7, 7], np.uint64), np.array([0, 1], np.int32))
    >>> one[0] == one[1]
    np.False_
    """
    shift = days.astype(np.int64).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return _stir(_stir(hashes ^ shift))


def days(array: pa.Array) -> tuple[NDArray[np.int32], dict[str, NDArray[np.bool_]]]:
    """Days since 1970-01-01 and the problems: ``L-011`` empty, ``L-021`` not a date.

    Examples
    --------
    >>> found, problems = days(pa.array(["1970-01-02", "2025/12/31", "2025-13-01", None]))
    >>> found[:2].tolist(), {code: mask.tolist() for code, mask in problems.items()}
    ([1, 20453], {'L-011': [False, False, False, True], 'L-021': [False, False, True, False]})
    """
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    if pa.types.is_date64(array.type) or pa.types.is_timestamp(array.type):
        array = array.cast(pa.date32(), safe=False)
    problems: dict[str, NDArray[np.bool_]] = {}
    if pa.types.is_date32(array.type):
        found = array.view(pa.int32())
        if array.null_count:
            problems["L-011"] = array.is_null().to_numpy(zero_copy_only=False)
            found = found.fill_null(NO_DAY)
        return found.to_numpy(), problems
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    values = ["" if value is None else value for value in array.dictionary.to_pylist()]
    table = np.array([*(_day(value) for value in values), NO_DAY], dtype=np.int32)
    blank = np.array([*(str(value).strip() == "" for value in values), True])
    indices = array.indices.fill_null(len(values)).to_numpy()
    found = table[indices]
    if (found == NO_DAY).any():
        empty = blank[indices]
        if empty.any():
            problems["L-011"] = empty
        unreadable = (found == NO_DAY) & ~empty
        if unreadable.any():
            problems["L-021"] = unreadable
    return found, problems


def _day(value: Any) -> int:
    match = _DATE.fullmatch(str(value).strip())
    if match is None:
        return NO_DAY
    try:
        return date(*(int(part) for part in match.groups())).toordinal() - _EPOCH
    except ValueError:
        return NO_DAY


def day_text(day: int) -> str:
    """The ISO date of a day number.

    Examples
    --------
    >>> day_text(20453)
    '2025-12-31'
    """
    return date.fromordinal(int(day) + _EPOCH).isoformat()


def day_number(text: str | date) -> int:
    """The day number of a date.

    Raises
    ------
    FinanceError
        ``L-021`` if the text is not a date.

    Examples
    --------
    >>> day_number("2025-12-31")
    20453
    """
    found = _day(text.isoformat()[:10] if isinstance(text, date) else text)
    if found == NO_DAY:
        raise FinanceError("L-021", value=text)
    return found


def amounts(
    array: pa.Array, power: int = 0
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.bool_]]]:
    """Whole 分 from a column of money in units of 10^``power`` yuan, and its problems.

    Decimals, integers and text are read exactly. A float is accepted where it is within
    four units in the last place of an amount in whole 分. Problems: ``L-011`` empty,
    ``L-012`` unreadable, ``L-013`` not whole 分, ``L-014`` negative, ``L-015`` too large;
    such cells are 0.

    Examples
    --------
    >>> amounts(pa.array(["12.3", "-1", "x"]))[0].tolist()
    [1230, 0, 0]
    >>> amounts(pa.array([0.1 + 0.2, 1.005]))[0].tolist()
    [30, 0]
    """
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind = array.type
    empty = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    if pa.types.is_decimal(kind):
        fen, problems = _from_decimal(array, power)
    elif pa.types.is_integer(kind):
        whole = array.fill_null(0).cast(pa.int64()).to_numpy().astype(np.float64)
        factor = 10 ** (power + 2)
        wide = np.abs(whole) > LARGEST_FEN // factor
        fen = np.where(wide, 0, whole).astype(np.int64) * factor
        problems = {"L-015": wide}
    elif pa.types.is_floating(kind):
        fen, problems = _from_float(array.cast(pa.float64()).fill_null(0.0).to_numpy(), power)
    else:
        fen, problems, empty = _from_text(array.cast(pa.string()), power)
    if empty is not None:
        problems["L-011"] = empty
    if len(fen) and fen.min() < 0:
        problems["L-014"] = fen < 0
    problems = {code: mask for code, mask in problems.items() if mask.any()}
    if problems:
        fen = fen.copy()
        for mask in problems.values():
            fen[mask] = 0
    return fen, problems


def _from_decimal(
    array: pa.Array, power: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.bool_]]]:
    if not pa.types.is_decimal128(array.type):
        array = array.cast(pa.decimal128(38, array.type.scale))
    if array.null_count:
        array = array.fill_null(0)
    words = np.frombuffer(array.buffers()[1], np.int64)[
        2 * array.offset : 2 * (array.offset + len(array))
    ]
    low, high = words[::2], words[1::2]
    problems = {"L-015": (high != low >> 63) | (np.abs(low) > LARGEST_FEN * 100)}
    shift = power + 2 - array.type.scale
    if shift < 0:
        factor = 10**-shift
        problems["L-013"] = low % factor != 0
        return low // factor, problems
    if shift:
        wide = np.abs(low) > LARGEST_FEN // 10**shift
        problems["L-015"] |= wide
        return np.where(wide, 0, low) * 10**shift, problems
    problems["L-015"] |= np.abs(low) > LARGEST_FEN
    return low, problems


def _from_float(
    value: NDArray[np.float64], power: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.bool_]]]:
    factor = float(10 ** (power + 2))
    with np.errstate(invalid="ignore", over="ignore"):
        wide = ~(np.abs(value) <= LARGEST_FEN / factor)
        kept = np.where(wide, 0.0, value)
        fen = np.rint(kept * factor)
        # A float that stands for whole 分 is the nearest one to fen / factor, give or take
        # the last digits that a sum or a conversion in the sender's system has cost.
        off = np.abs(fen / factor - kept) > 4 * np.spacing(np.abs(kept))
    unreadable = ~np.isfinite(value)
    problems = {"L-012": unreadable, "L-015": wide & ~unreadable, "L-013": off}
    return fen.astype(np.int64), problems


def _from_text(
    array: pa.Array, power: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.bool_]], NDArray[np.bool_]]:
    array = pc.utf8_trim_whitespace(array).fill_null("")
    empty = pc.equal(array, "").to_numpy(zero_copy_only=False)
    plain = pc.match_substring_regex(array, _DIGIT_TEXT)
    good = plain.to_numpy(zero_copy_only=False)
    problems = {code: np.zeros(len(array), bool) for code in ("L-012", "L-013", "L-015")}
    try:
        numbers = pc.if_else(plain, array, "0").cast(pa.decimal128(38, power + 2))
        fen, wide = _from_decimal(numbers, power)
        problems["L-015"] |= wide["L-015"]
        slow = np.flatnonzero(~good & ~empty)
    except pa.ArrowInvalid:
        # Some text has too many digits: read all, one by one.
        fen, slow = np.zeros(len(array), np.int64), np.flatnonzero(~empty)
    if len(slow):
        fen = fen.copy()
        for row, text in zip(slow.tolist(), array.take(pa.array(slow)).to_pylist(), strict=True):
            try:
                fen[row] = to_fen(text, power)
            except FinanceError as error:
                problems[error.code][row] = True
    return fen, problems, empty
