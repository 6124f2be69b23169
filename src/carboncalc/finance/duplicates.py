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
_HELD = 1 << 16
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
        self._size = 0
        self._bounds: list[NDArray[np.int64]] = []
        self._files = contextlib.ExitStack()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    def add(self, keys: NDArray[np.uint64]) -> None:
        """Keep the keys of some rows. Not for two threads at once."""
        self._held.append(keys)
        self._size += len(keys)
        if self._size >= _HELD:
            self._spill()

    def _spill(self) -> None:
        """Write what is held to the file, ordered by part."""
        if self._file is None:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the stack
            self._file = self._files.enter_context(file)
        keys = np.concatenate(self._held)
        self._held, self._size = [], 0
        part = (keys >> np.uint64(64 - _BITS)).astype(np.uint8)
        order = np.argsort(part, kind="stable")
        self._bounds.append(np.searchsorted(part, np.arange((1 << _BITS) + 1), sorter=order))
        self._file.write(keys[order].data)

    def repeated(self) -> NDArray[np.uint64]:
        """The keys that occur more than once, sorted."""
        if self._file is None:
            return _repeated(self._held)
        if self._held:
            self._spill()
        return np.concatenate([_repeated(list(self._part(part))) for part in range(1 << _BITS)])

    def _part(self, part: int) -> Iterator[NDArray[np.uint64]]:
        assert self._file is not None
        offset = 0
        for bounds in self._bounds:
            begin, end, whole = (int(bounds[place]) for place in (part, part + 1, -1))
            self._file.seek(8 * (offset + begin))
            yield np.frombuffer(self._file.read(8 * (end - begin)), np.uint64)
            offset += whole


def _repeated(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    keys = np.concatenate([np.empty(0, np.uint64), *parts])
    keys.sort()
    return np.unique(keys[1:][keys[1:] == keys[:-1]])


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
