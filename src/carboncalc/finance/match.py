"""Finds the label or verdict of each loan of a block, by its id and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from carboncalc.finance.arrays import Texts


@dataclass(frozen=True)
class IdIndex:
    """Rows of a small table by their id. An id may stand in several rows.

    Examples
    --------
    >>> index = IdIndex.of(pa.array(["b", "a", "b"]))
    >>> index.first(Texts.of(pa.array(["a", "c", "b"]))).tolist(), index.order.tolist()
    ([0, -1, 1], [1, 0, 2])
    """

    ids: pa.Array
    hashes: NDArray[np.uint64]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, ids: pa.Array) -> IdIndex:
        """An index over a column of ids; ``order`` lists the rows by hash, equal ids together."""
        texts = Texts.of(ids)
        hashes = texts.hashes()
        order = np.argsort(hashes, kind="stable")
        return cls(texts.array.take(pa.array(order)), hashes[order], order)

    def first(self, wanted: Texts) -> NDArray[np.int64]:
        """For each id the first place in ``order`` that has it, or −1."""
        count = len(self.hashes)
        if not count:
            return np.full(len(wanted.lengths), -1, dtype=np.int64)
        hashes = wanted.hashes()
        # Sorted questions walk the index once instead of jumping through it.
        turn = np.argsort(hashes)
        place = np.empty(len(hashes), dtype=np.int64)
        place[turn] = np.searchsorted(self.hashes, hashes[turn])
        place[place == count] = count - 1
        found = self.hashes[place] == hashes
        rows = np.flatnonzero(found)
        # A hash is not a proof: the texts must be equal too.
        same = pc.equal(self.ids.take(pa.array(place[rows])), wanted.array.take(pa.array(rows)))
        result = np.full(len(hashes), -1, dtype=np.int64)
        kept = same.to_numpy(zero_copy_only=False)
        result[rows[kept]] = place[rows[kept]]
        return result

    def runs(self) -> int:
        """The largest number of rows that share an id."""
        if not len(self.hashes):
            return 0
        starts = np.flatnonzero(np.append(True, self.hashes[1:] != self.hashes[:-1]))
        return int(np.diff(np.append(starts, len(self.hashes))).max())
