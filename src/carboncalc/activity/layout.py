"""What columns a kind of table has."""

from __future__ import annotations

from dataclasses import dataclass

from carboncalc.activity.header import read_heading


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of table.

    ``numbers`` are parsed as numbers, ``wide`` have mostly distinct texts, ``free`` keep
    their text untouched; all others are key columns. ``parameters`` says that further
    columns may be parameters of a method.
    """

    table: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    numbers: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    parameters: bool = False

    def wide(self, given: str) -> bool:
        """Whether the column under a header is kept as plain text."""
        heading = read_heading(given, self.table)
        return not heading.is_unit and heading.column in self.numbers | self.free

    def counted(self, given: str) -> bool:
        """Whether the column under a header holds amounts, one per row."""
        heading = read_heading(given, self.table)
        return not heading.is_unit and heading.column in self.numbers
