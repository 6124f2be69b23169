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
from carboncalc.finance.codes import NONE
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
#: Dimensions are summed together while their cells stay within the first-level cache.
_TOGETHER = 1 << 12
_CELLS = 1 << 20

Key = tuple[str, ...]
Table = dict[Key, NDArray[np.int64]]


@dataclass(frozen=True)
class Part:
    """One dimension of a block: the place of each row among the keys of a dictionary."""

    places: NDArray[np.int32]
    keys: Sequence[str]
    dictionary: object


@dataclass
class Joint:
    """Sums over the product of some dimensions, and the groupings that are read from it."""

    dimensions: Key
    sizes: tuple[int, ...]
    groupings: tuple[Key, ...]
    held: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.held = np.zeros((len(MEASURES), int(np.prod(self.sizes))), dtype=np.int64)

    def add(self, parts: Mapping[str, Part], amounts: Amounts) -> None:
        """Add a block."""
        places = parts[self.dimensions[0]].places
        for name, size in zip(self.dimensions[1:], self.sizes[1:], strict=True):
            places = places * np.int32(size) + parts[name].places
        # bincount would convert the places once for every sum.
        index = places.astype(np.intp)
        cells = self.held.shape[1]
        self.held[0] += np.bincount(index, minlength=cells)
        self.held[1] += amounts.over(index, amounts.outstanding, cells)
        if len(amounts.out):
            gone = index[amounts.out]
            self.held[0] -= np.bincount(gone, minlength=cells)
            self.held[1] -= amounts.over(gone, amounts.outstanding[amounts.out], cells)
        if len(amounts.green_rows):
            own = index[amounts.green_rows]
            self.held[2] += np.bincount(own, minlength=cells)
            for place, values in enumerate(amounts.green, start=3):
                self.held[place] += amounts.over(own, values, cells)

    def table(self, grouping: Key, keys: Sequence[Sequence[str]]) -> Table:
        """The sums of one grouping by canonical keys."""
        axes = [self.dimensions.index(name) for name in grouping]
        cube = self.held.reshape(len(MEASURES), *self.sizes)
        others = tuple(1 + axis for axis in range(len(self.sizes)) if axis not in axes)
        summed = cube.sum(axis=others)
        rank = [sorted(axes).index(axis) + 1 for axis in axes]
        summed = summed.transpose(0, *rank)
        found: Table = {}
        for place in zip(*np.nonzero(summed.any(axis=0)), strict=True):
            key = tuple(keys[axis][int(number)] for axis, number in zip(axes, place, strict=True))
            column = summed[(slice(None), *place)]
            found[key] = found[key] + column if key in found else column.copy()
        return found


@dataclass(frozen=True)
class Amounts:
    """The amounts of a block, ready to be summed: in floats where every sum of them is exact."""

    outstanding: NDArray[np.int64] | NDArray[np.float64]
    out: NDArray[np.int64]
    green_rows: NDArray[np.int64]
    green: Sequence[NDArray[np.int64] | NDArray[np.float64]]
    largest: int

    @classmethod
    def of(cls, block: Block, out: NDArray[np.int64], green: Green | None) -> Amounts:
        """The amounts of a block; rows ``out`` are not in the balance."""
        largest = int(block.cny.max(initial=0))
        parts = [] if green is None else [green.declared, green.confirmed, green.refuted]
        values = [block.cny, *(part for part in parts if part is not None)]
        # Amounts are not negative, so no partial sum exceeds the whole; the factor of two
        # covers the rounding of this estimate.
        if float(block.cny.sum(dtype=np.float64)) < 2**52:
            values = [value.astype(np.float64) for value in values]
        rows = np.empty(0, np.int64) if green is None else green.rows
        return cls(values[0], out, rows, values[1:], largest)

    def over(
        self, index: NDArray[np.intp], values: NDArray[np.int64] | NDArray[np.float64], size: int
    ) -> NDArray[np.int64]:
        """Exact sums of some values by place."""
        if values.dtype == np.float64:
            return np.bincount(index, weights=values, minlength=size).astype(np.int64)
        return sums(index, values.astype(np.int64, copy=False), size, self.largest)


@dataclass
class Cells:
    """Exact sums by every grouping asked for.

    Examples
    --------
    >>> one, other = Cells((("quality",),)), Cells((("quality",),))
    >>> one.tables["quality",]["normal",] = np.arange(6)
    >>> other.tables["quality",]["normal",] = np.arange(6)
    >>> one.merge(other)
    >>> one.tables["quality",]["normal",].tolist()
    [0, 2, 4, 6, 8, 10]
    """

    groupings: tuple[Key, ...]
    tables: dict[Key, Table] = field(init=False)
    _joints: list[Joint] = field(default_factory=list)
    _parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = {grouping: {} for grouping in self.groupings}

    def add(self, parts: Mapping[str, Part], amounts: Amounts) -> None:
        """Add a block."""
        if not self._parts or any(
            part.dictionary is not self._parts[name].dictionary for name, part in parts.items()
        ):
            self.flush()
            self._joints = self._plan({name: len(part.keys) for name, part in parts.items()})
        self._parts = dict(parts)
        for joint in self._joints:
            joint.add(parts, amounts)

    def _plan(self, sizes: Mapping[str, int]) -> list[Joint]:
        """Pack small dimensions together; a cross that no pack holds gets its own."""
        packs: list[list[str]] = []
        cells = _TOGETHER + 1
        for name in sorted(sizes, key=lambda name: (sizes[name], name)):
            if cells * sizes[name] > _TOGETHER:
                packs.append([])
                cells = 1
            packs[-1].append(name)
            cells *= sizes[name]
        for grouping in self.groupings:
            if not any(set(grouping) <= set(pack) for pack in packs):
                packs.append(list(grouping))
                if np.prod([float(sizes[name]) for name in grouping]) > _CELLS:
                    raise FinanceError("L-062", dimensions=" × ".join(grouping), cells=_CELLS)
        left = list(self.groupings)
        joints = []
        for pack in packs:
            own = tuple(grouping for grouping in left if set(grouping) <= set(pack))
            left = [grouping for grouping in left if grouping not in own]
            if own:
                joints.append(Joint(tuple(pack), tuple(sizes[name] for name in pack), own))
        return joints

    def flush(self) -> None:
        """Move what is summed under the current dictionaries to canonical keys."""
        for joint in self._joints:
            keys = [self._parts[name].keys for name in joint.dimensions]
            for grouping in joint.groupings:
                _add(self.tables[grouping], joint.table(grouping, keys))
        self._joints, self._parts = [], {}

    def merge(self, other: Cells) -> None:
        """Add the sums of another worker."""
        self.flush()
        other.flush()
        for grouping, table in other.tables.items():
            _add(self.tables[grouping], table)

    def table(self, grouping: Key) -> Table:
        """The sums of a grouping, in the order of the keys, without groups that hold no loan."""
        self.flush()
        table = self.tables[grouping]
        return {key: table[key] for key in sorted(table) if table[key].any()}


def _add(into: Table, more: Table) -> None:
    for key, column in more.items():
        into[key] = into[key] + column if key in into else column


@dataclass
class Totals:
    """What one worker has gathered of a book."""

    cells: Cells
    off_balance: NDArray[np.int64] = field(default_factory=lambda: np.zeros(6, dtype=np.int64))
    excluded: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    not_counted: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    unmatched: dict[int, list[str]] = field(default_factory=dict)
    unmatched_count: int = 0

    @classmethod
    def over(cls, groupings: Iterable[Key]) -> Totals:
        """Empty totals over groupings of dimensions."""
        return cls(Cells(tuple(groupings)))

    def add(self, block: Block, out: NDArray[np.int64], green: Green | None) -> None:
        """Add a block of which rows ``out`` are not in the balance."""
        parts = {
            name: Part(coded.indices, coded.table.keys, coded.table)
            for name, column in DIMENSIONS.items()
            if column and (coded := block.coded[column])
        }
        keys: Sequence[str] = () if green is None else green.keys
        places = np.full(block.rows, len(keys), dtype=np.int32)
        if green is not None:
            places[green.rows] = green.code
        parts["taxonomy"] = Part(places, (*keys, NONE), None if green is None else green.keys)
        self.cells.add(parts, Amounts.of(block, out, green))

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

    def merge(self, other: Totals) -> None:
        """Add the totals of another worker."""
        self.cells.merge(other.cells)
        self.off_balance = self.off_balance + other.off_balance
        for own, more in ((self.excluded, other.excluded), (self.not_counted, other.not_counted)):
            for reason, pair in more.items():
                own[reason] = own.get(reason, np.zeros(2, dtype=np.int64)) + pair
        self.unmatched |= other.unmatched
        self.unmatched_count += other.unmatched_count


def _count(into: dict[str, NDArray[np.int64]], reason: str, fen: NDArray[np.int64]) -> None:
    pair = np.array([len(fen), int(fen.sum())], dtype=np.int64)
    into[reason] = into.get(reason, np.zeros(2, dtype=np.int64)) + pair
