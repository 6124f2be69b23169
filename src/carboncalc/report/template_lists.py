"""The lists behind the drop-downs: one hidden sheet with named ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from carboncalc.activity.sheet_roles import TEMPLATE_MARK

#: How many cells of a list a spreadsheet is asked for at the most.
_TALLEST = 1_000


class Lists:
    """Writes lists side by side on the hidden sheet and hands out the formulas to use them.

    A list may depend on another cell: the table has one column per key, and the formula
    finds the column of the key that the cell holds. The formulas stand in the validation of
    cells, never in cells.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet = book.add_worksheet(TEMPLATE_MARK)
        self._sheet.hide()
        self._next = 0
        self._written: dict[tuple[str, ...], str] = {}

    def plain(self, values: Sequence[str]) -> str:
        """The formula of a fixed list; the same list is written once."""
        key = tuple(values)
        if key not in self._written:
            at = self._next
            self._sheet.write_column(0, at, key)
            self._next += 1
            self._written[key] = f"={_range(at, 0, at, len(key) - 1)}"
        return self._written[key]

    def by_key(self, name: str, table: Mapping[str, Sequence[str]]) -> None:
        """A list per key; :meth:`of_cell` gives the formula for a cell that holds the key."""
        first, last = self._next, self._next + len(table) - 1
        for at, (key, values) in enumerate(table.items(), start=first):
            self._sheet.write_string(0, at, key)
            self._sheet.write_number(1, at, max(len(values), 1))
            self._sheet.write_column(2, at, list(values)[:_TALLEST])
        self._next += len(table)
        self._book.define_name(f"cc_{name}_keys", f"={_range(first, 0, last, 0)}")
        self._book.define_name(f"cc_{name}_count", f"={_range(first, 1, last, 1)}")
        self._book.define_name(f"cc_{name}_first", f"={_range(first, 2, first, 2)}")

    @staticmethod
    def of_cell(name: str, cell: str) -> str:
        """The formula of the list that belongs to the key in a cell, such as ``$E5``."""
        found = f"MATCH({cell},cc_{name}_keys,0)"
        return f"=OFFSET(cc_{name}_first,0,{found}-1,INDEX(cc_{name}_count,{found}),1)"

    def matrix(self, name: str, keys: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A matrix with a row per key, columns as in the sheet that asks for it."""
        at, width = self._next, max(len(row) for row in rows)
        self._sheet.write_column(0, at, keys)
        for down, row in enumerate(rows):
            self._sheet.write_row(down, at + 1, row)
        self._next += width + 1
        self._book.define_name(f"cc_{name}_rows", f"={_range(at, 0, at, len(keys) - 1)}")
        self._book.define_name(
            f"cc_{name}_needs", f"={_range(at + 1, 0, at + width, len(keys) - 1)}"
        )


def _range(left: int, top: int, right: int, bottom: int) -> str:
    start = f"${letters(left)}${top + 1}"
    return f"{TEMPLATE_MARK}!{start}:${letters(right)}${bottom + 1}"


def letters(number: int) -> str:
    """The letters of a column, counted from 0.

    Examples
    --------
    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
