"""The rows of a library as arrays by row number, filled file by file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carboncalc.factors.files import AT, factor_id


class RowStore:
    """Arrays by row number; a row that was not read yet is NaN and ''.

    Examples
    --------
    >>> store = RowStore(2)
    >>> bool(np.isnan(store.values[0])), store.ids
    (True, ['', ''])
    """

    def __init__(self, size: int) -> None:
        self.values = np.full(size, np.nan)
        self.grades = np.full(size, "", dtype="<U1")
        self.units, self.ids = [""] * size, [""] * size
        self.sources, self.wheres = [""] * size, [""] * size
        self.cells: dict[int, Sequence[str]] = {}

    def place(self, number: int, row: Sequence[str]) -> None:
        """Put the cells of a row where its number says."""
        self.values[number] = float(row[AT["value"]])
        self.grades[number] = row[AT["grade"]]
        self.units[number], self.ids[number] = row[AT["unit"]], factor_id(row)
        self.sources[number], self.wheres[number] = row[AT["source"]], row[AT["where"]]
        self.cells[number] = row

    def cell(self, number: int, column: str) -> str:
        """One cell of a row as text, '' where it is empty."""
        return self.cells[number][AT[column]]

    def identity(self, number: int) -> tuple[str, str, str]:
        """What makes a row the same thing as another: its id without version, and its validity."""
        name = self.ids[number].rpartition("@")[0]
        return name, self.cell(number, "valid_from"), self.cell(number, "valid_to")

    def newest(self, numbers: Sequence[int], overlay_from: int) -> list[int]:
        """Of rows that are the same thing the newest one, one of an overlay before any other."""
        best: dict[tuple[str, str, str], tuple[bool, int, int]] = {}
        for number in numbers:
            rank = (number >= overlay_from, int(self.cell(number, "version")), number)
            identity = self.identity(number)
            best[identity] = max(best.get(identity, rank), rank)
        return sorted(rank[2] for rank in best.values())
