"""The table of resolutions: for each distinct key, which values it was computed with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.inventory.slots import Cells, Slot

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Variant:
    """A route taken by rows that give some inputs themselves: input name → column name."""

    cells: Cells
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """Resolutions that took one route of one slot with the same inputs given by the rows.

    ``positions`` are their positions, ascending, among those that were asked about.
    """

    positions: npt.NDArray[np.intp]
    slot: Slot
    cells: Cells
    given: Mapping[str, str]


@dataclass(frozen=True)
class Resolutions:
    """Arrays over resolutions.

    ``slot``, ``region`` and ``year`` index the plan's slots and axes. ``row`` is −1 for a
    resolution that many rows share, else the one activity row whose own values it uses;
    ``variant`` then indexes ``variants``.
    """

    slot: Ints
    region: Ints
    year: Ints
    row: npt.NDArray[np.int64]
    variant: Ints
    slots: tuple[Slot, ...]
    variants: tuple[Variant, ...]

    def __len__(self) -> int:
        return len(self.slot)

    def cells(self, index: int) -> tuple[Cells, Mapping[str, str]]:
        """The route, its inputs, and which of them the row gave itself."""
        if self.variant[index] >= 0:
            chosen = self.variants[int(self.variant[index])]
            return chosen.cells, chosen.given
        slot = self.slots[int(self.slot[index])]
        position = slot.cell[int(self.region[index]), int(self.year[index])]
        return slot.cells[int(position)], {}

    def ways(self, index: npt.NDArray[Any], apart: npt.NDArray[Any] | None = None) -> Iterator[Way]:
        """The given resolutions by slot, route and given inputs, and by one more code."""
        slot, variant = self.slot[index], self.variant[index]
        key = (variant.astype(np.int64) + 1) * len(self.slots) + slot
        if apart is not None:
            key = key * (int(apart.max(initial=0)) + 1) + apart
        numbers, distinct = pd.factorize(key)
        order = np.argsort(numbers, kind="stable")
        bounds = np.searchsorted(numbers[order], np.arange(len(distinct) + 1))
        for start, stop in itertools.pairwise(bounds):
            here = order[start:stop]
            own, which = self.slots[int(slot[here[0]])], int(variant[here[0]])
            if which >= 0:
                yield Way(here, own, self.variants[which].cells, self.variants[which].given)
                continue
            taken = own.cell[self.region[index[here]], self.year[index[here]]]
            for number in np.flatnonzero(np.bincount(taken)):
                yield Way(here[taken == number], own, own.cells[int(number)], {})
