"""Exact sums of a book by every dimension asked for, gathered block by block.

A block is summed under the places of its own dictionaries; only when a dictionary changes
are the sums moved to canonical keys. All sums are int64, so order, blocks and threads do
not matter, and a running bound raises long before one could overflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from carboncalc.errors import FinanceError
from carboncalc.finance.check import Block
from carboncalc.finance.codes import NONE, Coded
from carboncalc.finance.green import Green
from carboncalc.finance.money import sums

#: Dimension → column of the tape; taxonomy is the label's code and has none.
DIMENSIONS = {
    "taxonomy": "",
    "industry": "use_industry_code",
    "institution": "bank_id",
    "branch": "branch_id",
    "quality": "class5",
    "product": "product",
    "currency": "currency",
}
#: What is summed for each group; undetermined and green follow from these.
MEASURES = ("loans", "outstanding", "green_loans", "declared", "confirmed", "refuted")
_NO_CODES: Sequence[str] = ()
_CELLS = 1 << 20
_FULL = 2**62

Key = tuple[str, ...]


@dataclass
class Cells:
    """Sums by the keys of some dimensions together.

    Examples
    --------
    >>> one, other = Cells(("quality",)), Cells(("quality",))
    >>> one.sums[("normal",)] = np.arange(6)
    >>> other.sums[("normal",)] = np.arange(6)
    >>> one.merge(other)
    >>> one.sums[("normal",)].tolist()
    [0, 2, 4, 6, 8, 10]
    """

    dimensions: Key
    sums: dict[Key, NDArray[np.int64]] = field(default_factory=dict)
    _tables: tuple[object, ...] = ()
    _keys: tuple[Sequence[str], ...] = ()
    _held: NDArray[np.int64] | None = None

    def add(
        self,
        parts: Sequence[Coded | None],
        block: Block,
        out: NDArray[np.int64],
        green: Green | None,
    ) -> None:
        """Add a block; rows ``out`` are not in the balance. None stands for taxonomy."""
        codes = green.keys if green is not None else _NO_CODES
        tables = tuple(part.table if part is not None else codes for part in parts)
        if not all(a is b for a, b in zip(tables, self._tables, strict=False)) or not self._tables:
            self.flush()
            self._tables = tables
            self._keys = tuple(
                part.table.keys if part is not None else (*codes, NONE) for part in parts
            )
        sizes = [len(keys) for keys in self._keys]
        size = int(np.prod(sizes))
        if size > _CELLS:
            raise FinanceError("L-062", dimensions=" × ".join(self.dimensions), cells=size)
        if self._held is None:
            self._held = np.zeros((len(MEASURES), size), dtype=np.int64)
        index = self._index(parts, block, green, sizes)
        held, largest = self._held, int(block.cny.max(initial=0))
        held[0] += np.bincount(index, minlength=size)
        held[1] += sums(index, block.cny, size, largest)
        if len(out):
            gone = index[out]
            held[0] -= np.bincount(gone, minlength=size)
            held[1] -= sums(gone, block.cny[out], size, largest)
        if green is not None and len(green.rows):
            own = index[green.rows]
            held[2] += np.bincount(own, minlength=size)
            held[3] += sums(own, green.declared, size, largest)
            if green.confirmed is not None and green.refuted is not None:
                held[4] += sums(own, green.confirmed, size, largest)
                held[5] += sums(own, green.refuted, size, largest)

    @staticmethod
    def _index(
        parts: Sequence[Coded | None], block: Block, green: Green | None, sizes: Sequence[int]
    ) -> NDArray[np.intp]:
        index: NDArray[np.integer] | None = None
        for part, size in zip(parts, sizes, strict=True):
            if part is None:
                own: NDArray[np.integer] = np.full(block.rows, size - 1, dtype=np.int32)
                if green is not None:
                    own[green.rows] = green.code
            else:
                own = part.indices
            index = own if index is None else index * np.int32(size) + own
        # bincount would convert the places once for every sum.
        return np.asarray(index).astype(np.intp)

    def flush(self) -> None:
        """Move what is summed under the current dictionaries to canonical keys."""
        if self._held is None:
            return
        sizes = [len(keys) for keys in self._keys]
        for place in np.flatnonzero(self._held.any(axis=0)).tolist():
            numbers = np.unravel_index(place, sizes)
            key = tuple(keys[number] for keys, number in zip(self._keys, numbers, strict=True))
            earlier = self.sums.get(key)
            column = self._held[:, place]
            self.sums[key] = column.copy() if earlier is None else earlier + column
        self._held = None
        self._tables = ()

    def merge(self, other: Cells) -> None:
        """Add the sums of another worker."""
        for cells in (self, other):
            cells.flush()
        for key, column in other.sums.items():
            earlier = self.sums.get(key)
            self.sums[key] = column if earlier is None else earlier + column

    def table(self) -> dict[Key, NDArray[np.int64]]:
        """The sums by key, in the order of the keys, without groups that hold no loan."""
        self.flush()
        return {key: self.sums[key] for key in sorted(self.sums) if self.sums[key].any()}


@dataclass
class Totals:
    """What one worker has gathered of a book."""

    cells: dict[Key, Cells]
    off_balance: NDArray[np.int64] = field(default_factory=lambda: np.zeros(6, dtype=np.int64))
    excluded: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    not_counted: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    unmatched: dict[int, list[str]] = field(default_factory=dict)
    unmatched_count: int = 0
    bound: int = 0

    @classmethod
    def over(cls, groupings: Iterable[Key]) -> Totals:
        """Empty totals over groupings of dimensions."""
        return cls({grouping: Cells(grouping) for grouping in groupings})

    def leave_out(self, reason: str, block: Block, rows: NDArray[np.int64]) -> None:
        """Count rows that are not in the balance."""
        _count(self.excluded, reason, block.cny[rows])

    def not_green(
        self, refused: Mapping[str, NDArray[np.int64]], block: Block, out: NDArray[np.bool_]
    ) -> None:
        """Count loans in the balance whose label does not count."""
        for reason, rows in refused.items():
            kept = rows[~out[rows]]
            if len(kept):
                _count(self.not_counted, reason, block.cny[kept])

    def guard(self, block: Block) -> None:
        """Raise before any sum could leave int64."""
        self.bound += int(block.cny.max(initial=0)) * block.rows
        if self.bound > _FULL:
            raise FinanceError("L-015", value=self.bound)

    def merge(self, other: Totals) -> None:
        """Add the totals of another worker."""
        for grouping, cells in other.cells.items():
            self.cells[grouping].merge(cells)
        self.off_balance = self.off_balance + other.off_balance
        for own, more in ((self.excluded, other.excluded), (self.not_counted, other.not_counted)):
            for reason, pair in more.items():
                own[reason] = own.get(reason, np.zeros(2, dtype=np.int64)) + pair
        self.unmatched |= other.unmatched
        self.unmatched_count += other.unmatched_count
        self.bound += other.bound


def _count(into: dict[str, NDArray[np.int64]], reason: str, fen: NDArray[np.int64]) -> None:
    pair = np.array([len(fen), int(fen.sum())], dtype=np.int64)
    into[reason] = into.get(reason, np.zeros(2, dtype=np.int64)) + pair
