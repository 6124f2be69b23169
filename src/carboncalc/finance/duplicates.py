"""Finds loans that stand twice at one date, in tapes of any order and size.

Only a 64-bit hash of (loan, date) is kept per row; above a few million rows the hashes go
to a temporary file, so that memory stays small. Equal hashes are confirmed by reading the
rows themselves, so a chance collision never names an innocent row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from carboncalc.finance.arrays import Texts, days, keyed
from carboncalc.finance.source import TapeSource

_HELD = 1 << 21
_PART = 1 << 21


class KeyStore:
    """The key hashes of all rows, in memory or spilled.

    Examples
    --------
    >>> with KeyStore() as store:
    ...     store.add(np.array([3, 1], np.uint64))
    ...     store.add(np.array([3], np.uint64))
    ...     store.repeated().tolist()
    [3]
    """

    def __init__(self) -> None:
        self._held: list[NDArray[np.uint64]] = []
        self._size = 0
        self._total = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, keys: NDArray[np.uint64]) -> None:
        """Keep the keys of some rows. Not for two threads at once."""
        self._held.append(keys)
        self._size += len(keys)
        self._total += len(keys)
        if self._size >= _HELD:
            if self._file is None:
                self._file = tempfile.TemporaryFile()
            for held in self._held:
                self._file.write(held.data)
            self._held, self._size = [], 0

    def repeated(self) -> NDArray[np.uint64]:
        """The keys that occur more than once, sorted."""
        parts = max(1, -(-self._total // _PART))
        found = []
        for part in range(parts):
            kept = [self._within(keys, part, parts) for keys in self._chunks()]
            keys = np.concatenate(kept) if kept else np.empty(0, np.uint64)
            keys.sort()
            found.append(np.unique(keys[1:][keys[1:] == keys[:-1]]))
        return np.concatenate(found)

    @staticmethod
    def _within(keys: NDArray[np.uint64], part: int, parts: int) -> NDArray[np.uint64]:
        if parts == 1:
            return keys
        width = np.uint64(2**64 // parts + 1)
        return keys[keys // width == np.uint64(part)]

    def _chunks(self) -> Iterator[NDArray[np.uint64]]:
        if self._file is not None:
            self._file.seek(0)
            while chunk := self._file.read(1 << 22):
                yield np.frombuffer(chunk, np.uint64)
            self._file.seek(0, 2)
        yield from self._held


def locate(
    source: TapeSource, repeated: NDArray[np.uint64], skip: NDArray[np.int64]
) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Where the loans with repeated keys stand, told apart by what the rows say.

    Parameters
    ----------
    repeated
        Sorted keys that occur more than once.
    skip
        Sorted positions of rows that are set aside already or have left the balance.

    Returns
    -------
    Pairs (repeat, first) of rows that are alike in every column, the first of which
    stands; and groups of rows that contradict each other, none of which can stand.
    """
    positions = []
    for start, batch in source.blocks(source.groups(), ("loan_id", "as_of")):
        day, _ = days(batch.column("as_of"))
        keys = keyed(Texts.of(batch.column("loan_id")).hashes(), day)
        place = np.minimum(np.searchsorted(repeated, keys), len(repeated) - 1)
        positions.append(np.flatnonzero(repeated[place] == keys) + start)
    found = np.setdiff1d(np.concatenate(positions), skip, assume_unique=True)
    rows = source.take(found)
    day, _ = days(rows.column("as_of").combine_chunks())
    loans = Texts.of(rows.column("loan_id").combine_chunks()).array.to_pylist()
    rest = rows.drop_columns(["loan_id", "as_of"])
    cells = zip(*(column.to_pylist() for column in rest.columns), strict=True)
    return _told_apart(found.tolist(), zip(loans, day.tolist(), strict=True), cells)


def _told_apart(
    positions: Iterable[int],
    loans: Iterable[tuple[str, int]],
    rows: Iterable[tuple[object, ...]],
) -> tuple[list[tuple[int, int]], list[list[int]]]:
    members: dict[tuple[str, int], list[tuple[int, tuple[object, ...]]]] = {}
    for position, loan, row in zip(positions, loans, rows, strict=True):
        members.setdefault(loan, []).append((position, row))
    alike, apart = [], []
    for group in members.values():
        first, *others = (position for position, _ in group)
        if len({row for _, row in group}) > 1:
            apart.append([first, *others])
        else:
            alike += [(position, first) for position in others]
    return alike, apart
