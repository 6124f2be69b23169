"""Sheets that are printed and signed: a title, a line, bordered cells that wrap, colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from carboncalc.report.numbers import Kind
from carboncalc.report.sheets import FORMULA_STARTS, MOST_ROWS, Sheets, printable
from carboncalc.report.svg import words_wide
from carboncalc.report.table import Table

#: The row of the header in a page, counted from 0: title and line stand above it.
HEADER = 2
#: The colour of a cell by what it says.
COLOURS = {
    "good": "#E3F1E8", "plain": "#FFFFFF", "filled": "#FFF4CC", "warn": "#F9CF9C",
    "bad": "#F4B6B6", "grey": "#E6E6E6",
}  # fmt: skip
_NUMBERS: dict[str, str] = {
    "tonnes": "#,##0.00", "share": "0.0%", "count": "0", "number": "#,##0.######",
}  # fmt: skip
#: Units whose figures are shown with two decimals.
_TWO_DECIMALS = frozenset({"t CO2e", "GJ"})
_LINE = 14.5
_TALLEST = 12
#: A table of two columns, a word and a text.
_PAIR = 2


@dataclass(frozen=True)
class Page:
    """How a table is laid out: widths by column, what stays in sight, which cells are coloured.

    ``colours`` maps the text of a cell to a name of :data:`COLOURS`, in the columns of
    ``coloured`` alone. ``paper`` is 9 (A4) or 8 (A3), printed ``across`` pages wide. Rows
    whose unit is that of emissions or heat show two decimals.
    """

    title: str
    line: str = ""
    widths: Mapping[str, float] = field(default_factory=dict)
    frozen: int = 0
    coloured: frozenset[str] = frozenset()
    colours: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    paper: int = 9
    across: int = 1
    last_bold: bool = False


class VerifierSheets(Sheets):
    """The sheets of a verifier's file: what :class:`Sheets` guards, laid out for reading."""

    def page(
        self, name: str, frame: pd.DataFrame, headings: Mapping[str, str], layout: Page
    ) -> None:
        """A table under its title; long ones are continued on a further sheet."""
        for number, start in enumerate(range(0, max(len(frame), 1), MOST_ROWS), start=1):
            part = frame.iloc[start : start + MOST_ROWS]
            self._page(name if number == 1 else f"{name} {number}", part, headings, layout)

    def _page(
        self, name: str, frame: pd.DataFrame, headings: Mapping[str, str], layout: Page
    ) -> None:
        sheet = self._sheet(name)
        sheet.set_paper(layout.paper)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.repeat_rows(HEADER)
        sheet.fit_to_pages(layout.across, 0)
        if layout.across > 1 and layout.frozen:
            sheet.repeat_columns(0, layout.frozen - 1)
        sheet.set_footer(f"&L{name}&R&P / &N")
        names = [str(column) for column in frame.columns]
        widths = [layout.widths.get(n, 12.0) for n in names]
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.set_row(0, 22)
        self._text(sheet, 0, 0, layout.title, "title")
        self._text(sheet, 1, 0, layout.line, "plain")
        heads = [headings.get(n, n) for n in names]
        sheet.set_row(HEADER, _LINE * _lines(heads, widths) + 3)
        for at, head in enumerate(heads):
            self._heading(sheet, HEADER, at, head)
        columns = [frame[column].astype("object").tolist() for column in frame.columns]
        kinds = [layout.kinds.get(n, "number") for n in names]
        unit = names.index("unit") if "unit" in names else None
        for down in range(len(frame)):
            values = [column[down] for column in columns]
            texts = [value if isinstance(value, str) else "" for value in values]
            sheet.set_row(HEADER + 1 + down, _LINE * _lines(texts, widths) + 2)
            bold = layout.last_bold and down + 1 == len(frame)
            for at, value in enumerate(values):
                colour = layout.colours.get(value, "") if names[at] in layout.coloured else ""
                summed = unit is not None and values[unit] in _TWO_DECIMALS
                kind = "tonnes" if summed and kinds[at] == "number" else kinds[at]
                self._boxed(sheet, HEADER + 1 + down, at, value, kind, colour, bold)
        sheet.freeze_panes(HEADER + 1, layout.frozen)
        if len(frame):
            sheet.autofilter(HEADER, 0, HEADER + len(frame), len(names) - 1)

    def cover(
        self, name: str, title: str, tables: Iterable[Table], widths: Sequence[float]
    ) -> None:
        """Small tables one below the other, on one portrait page."""
        sheet = self._sheet(name)
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L{name}&R&P / &N")
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, title, self._look("cover"))
        row = 1
        for block in tables:
            row += 1
            sheet.set_row(row, 20)
            self._text(sheet, row, 0, block.title, "title")
            row += 1
            if any(column.heading for column in block.columns):
                for at, column in enumerate(block.columns):
                    self._heading(sheet, row, at, column.heading)
                row += 1
            for values in block.rows:
                texts = [value if isinstance(value, str) else "" for value in values]
                spread = len(values) == _PAIR
                room = (widths[0], sum(widths[1:])) if spread else widths
                sheet.set_row(row, _LINE * _lines(texts, room) + 3)
                for at, (value, column) in enumerate(zip(values, block.columns, strict=True)):
                    self._boxed(sheet, row, at, value, column.kind, "", False)
                if spread:  # a text runs over the columns that are left
                    look = self._look("cell", guarded=texts[1].startswith(FORMULA_STARTS))
                    sheet.merge_range(row, 1, row, len(widths) - 1, "", look)
                    sheet.write_string(row, 1, printable(texts[1]), look)
                row += 1
            if block.note:
                self._text(sheet, row, 0, block.note, "plain")
                row += 1

    def _heading(self, sheet: Any, row: int, at: int, text: str) -> None:
        if text:
            sheet.write_string(row, at, text, self._look("head"))
        else:
            sheet.write_blank(row, at, None, self._look("head"))

    def _boxed(
        self, sheet: Any, row: int, at: int, value: Any, kind: Kind, colour: str, bold: bool
    ) -> None:
        """One bordered cell: a number, a day, or a text that can be nothing else."""
        if value is None or value is pd.NA or value is pd.NaT or value == "":
            sheet.write_blank(row, at, None, self._look("cell", colour=colour, bold=bold))
        elif isinstance(value, bool):
            sheet.write_boolean(row, at, value, self._look("cell", colour=colour))
        elif isinstance(value, str):
            guarded = value.startswith(FORMULA_STARTS)
            look = self._look("cell", colour=colour, bold=bold, guarded=guarded)
            sheet.write_string(row, at, printable(value), look)
        elif isinstance(value, pd.Timestamp):
            look = self._look("cell", number="yyyy-mm-dd")
            sheet.write_datetime(row, at, value.to_pydatetime(), look)
        elif math.isfinite(float(value)):
            shown = _NUMBERS.get(kind, "General")
            sheet.write_number(row, at, value, self._look("cell", colour, shown, bold))
        else:
            sheet.write_blank(row, at, None, self._look("cell", colour=colour))

    def _look(
        self, look: str, colour: str = "", number: str = "", bold: bool = False,
        guarded: bool = False,
    ) -> Any:  # fmt: skip
        key = (look, colour, number, bold, guarded)
        if key not in self._styles:
            settings: dict[str, Any] = {"valign": "top", "text_wrap": True, "border": 1,
                                        "border_color": "#B9C7C0", "font_size": 10}  # fmt: skip
            if look == "head":
                settings |= {"bold": True, "bg_color": "#DDEBE3", "align": "center",
                             "valign": "vcenter"}  # fmt: skip
            elif look == "cover":
                settings = {"bold": True, "font_size": 17, "valign": "vcenter"}
            if colour:
                settings["bg_color"] = COLOURS[colour]
            if number:
                settings |= {"num_format": number, "text_wrap": False}
            if bold:
                settings["bold"] = True
            if guarded:
                settings["quote_prefix"] = True
            self._styles[key] = self._book.add_format(settings)
        return self._styles[key]


def _lines(texts: Sequence[str], widths: Sequence[float]) -> int:
    """The lines of the tallest text of a row, within reason."""
    most = 1
    for text, width in zip(texts, widths, strict=False):
        if len(text) * 2 <= width:
            continue
        needed = sum(
            max(1, math.ceil(words_wide(part, 1) * 1.75 / width)) for part in text.split("\n")
        )
        most = max(most, needed)
    return min(most, _TALLEST)
