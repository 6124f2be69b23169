"""The table of resolutions: for each distinct key, which values it was computed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carboncalc.inventory.slots import Cells, Slot

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Variant:
    """A route taken by rows that give some inputs themselves: input name → column name."""

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
