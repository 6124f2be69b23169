"""What has been added up: exact sums per gas over group keys, and which groups occur."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc.inventory.exact import ExactSums

Marks = npt.NDArray[np.bool_]


class Partial:
    """Exact sums per gas over group keys.

    ``seen`` marks groups that occur though their sum may be zero, ``used[gas]`` the cells
    whose mass of a gas was characterised.
    """

    def __init__(self) -> None:
        self.sums: dict[str, ExactSums] = {}
        self.seen: Marks = np.zeros(0, dtype=bool)
        self.used: dict[str, Marks] = {}

    def of(self, gas: str, size: int) -> ExactSums:
        """The sums of a gas, with room for ``size`` keys."""
        sums = self.sums.get(gas)
        if sums is None:
            sums = self.sums[gas] = ExactSums(size)
        sums.grow(size)
        return sums

    def mark(self, keys: Any, size: int) -> None:
        """Note that groups occur, though their sum may be zero."""
        self.seen = _longer(self.seen, size)
        self.seen[keys] = True

    def use(self, gas: str, cells: Any, size: int) -> None:
        """Note the cells whose mass of a gas was turned into carbon dioxide equivalents."""
        marks = self.used[gas] = _longer(self.used.get(gas, np.zeros(0, dtype=bool)), size)
        marks[cells] = True


def _longer(marks: Marks, size: int) -> Marks:
    more = size - len(marks)
    return np.append(marks, np.zeros(more, dtype=bool)) if more > 0 else marks
