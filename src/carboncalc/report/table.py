"""A table as pages, charts and workbooks share it: columns with a kind, and plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from carboncalc.report.numbers import NUMERIC, Kind, shown


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key, its heading, and what kind of value it holds."""

    key: str
    heading: str
    kind: Kind = "text"

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, set to the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another place of the same page."""

    text: str
    target: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """A heading, columns and rows of values; ``note`` says what a reader must know.

    Examples
    --------
    >>> table = Table("t", "Fuels", (Column("fuel", "Fuel"), Column("co2e_t", "t", "tonnes")),
    ...               (("gas", 2.5), ("coal", None)))
    >>> [table.shown(row) for row in table.rows]
    [['gas', '2.50'], ['coal', '—']]
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def trimmed(self) -> Table:
        """The table without the columns that hold no text at all, such as empty remarks."""
        kept = [
            place
            for place, column in enumerate(self.columns)
            if place == 0 or column.numeric or any(row[place] != "" for row in self.rows)
        ]
        if len(kept) == len(self.columns) or not self.rows:
            return self
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        columns = tuple(self.columns[place] for place in kept)
        return Table(self.key, self.title, columns, rows, self.note)

    def shown(self, row: Sequence[Any]) -> list[str]:
        """A row as the texts a person reads."""
        return [shown(value, c.kind) for value, c in zip(row, self.columns, strict=True)]

    def column(self, key: str) -> list[Any]:
        """The values of one column."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]


def table(
    key: str,
    title: str,
    columns: Iterable[tuple[str, str] | tuple[str, str, Kind]],
    rows: Iterable[Sequence[Any]],
    note: str = "",
) -> Table:
    """A table from plain tuples."""
    made = tuple(Column(*column) for column in columns)
    return Table(key, title, made, tuple(tuple(row) for row in rows), note)
