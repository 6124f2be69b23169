"""Finds loans that stand twice at one date, in tapes of any order and size.

Only a 64-bit hash of (loan, date) is kept per row; above a few million rows the hashes go
to a temporary file, so that memory stays small. Equal hashes are confirmed by reading the
rows themselves, so a chance collision never names an innocent row.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from carboncalc.finance.arrays import Texts, days, keyed
from carboncalc.finance.source import TapeSource

#: Keys held before any go to a file.
_HELD = 1 << 18
#: Keys are cut by their top bits, so that one part at a time can be sorted.
_BITS = 6


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
        self._bounds: list[NDArray[np.int64]] = []
        self._size = 0
        self._spilled = 0
        self._files = contextlib.ExitStack()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    def add(self, keys: NDArray[np.uint64]) -> None:
        """Keep the keys of some rows. Not for two threads at once."""
        part = (keys >> np.uint64(64 - _BITS)).astype(np.uint8)
        order = np.argsort(part, kind="stable")
        self._held.append(keys[order])
        self._bounds.append(np.searchsorted(part[order], np.arange((1 << _BITS) + 1)))
        self._size += len(keys)
        if self._size >= _HELD:
            if self._file is None:
                file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the stack
                self._file = self._files.enter_context(file)
            for held in self._held:
                self._file.write(held.data)
            self._spilled += len(self._held)
            # From now on every block goes out at once.
            self._held, self._size = [], _HELD

    def repeated(self) -> NDArray[np.uint64]:
        """The keys that occur more than once, sorted."""
        found = [np.empty(0, np.uint64)]
        for part in range(1 << _BITS):
            keys = np.concatenate([np.empty(0, np.uint64), *self._part(part)])
            keys.sort()
            twice = keys[1:][keys[1:] == keys[:-1]]
            if len(twice):
                found.append(np.unique(twice))
        return np.concatenate(found)

    def _part(self, part: int) -> Iterator[NDArray[np.uint64]]:
        offset = 0
        for bounds in self._bounds[: self._spilled]:
            assert self._file is not None
            begin, end, whole = (int(bounds[place]) for place in (part, part + 1, -1))
            self._file.seek(8 * (offset + begin))
            yield np.frombuffer(self._file.read(8 * (end - begin)), np.uint64)
            offset += whole
        for keys, bounds in zip(self._held, self._bounds[self._spilled :], strict=True):
            yield keys[bounds[part] : bounds[part + 1]]


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
