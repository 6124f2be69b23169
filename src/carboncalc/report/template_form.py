"""One form of the template: title, how to fill it in, bands, header and empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from carboncalc.report.svg import words_wide
from carboncalc.report.template_lists import letters
from carboncalc.report.template_words import TemplateWords

#: The row of the header and the first row of data, counted from 0.
HEADER, FIRST = 3, 4
#: How many rows have drop-downs.
ROWS = 2000
#: How many columns are legible on one printed page.
_COLUMNS_PRINTED = 18
#: The most characters of the text that a cell shows when it is chosen, and of its title.
_MOST_NOTE, _MOST_TITLE = 250, 30

COLOURS = {
    "required": "#1F6F54", "optional": "#DDEBE3", "band": "#EEF3F0", "missing": "#F7B267",
    "one_of": "#FFF4CC", "unused": "#E3E3E3",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a form.

    ``choices`` is the formula of its list; ``strict`` refuses anything else. ``kind`` is
    text (kept as typed, so that 2024-01 does not become a date), number, percent, amount or day.
    """

    id: str
    header: str
    band: str
    note: str = ""
    needed: bool = False
    choices: str | None = None
    strict: bool = False
    kind: Literal["text", "number", "percent", "amount", "day"] = "text"
    width: float | None = None


class Looks:
    """The cell formats of the template, each made once."""

    def __init__(self, book: Any) -> None:
        shared = {"valign": "vcenter", "text_wrap": True}
        head = {**shared, "bold": True, "border": 1, "border_color": "#9DB8AB", "align": "center"}
        self.title = book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"})
        self.line = book.add_format({**shared, "font_color": "#444444"})
        self.band = book.add_format(
            {**head, "bg_color": COLOURS["band"], "font_size": 9, "align": "left"}
        )
        self.required = book.add_format(
            {**head, "bg_color": COLOURS["required"], "font_color": "#FFFFFF"}
        )
        self.optional = book.add_format({**head, "bg_color": COLOURS["optional"]})
        cell = {"locked": False, "border": 1, "border_color": "#D9E2DD"}
        numbers = {
            "text": "@", "number": "General", "percent": "General", "amount": "#,##0.######",
            "day": "yyyy-mm-dd",
        }  # fmt: skip
        self.cells = {
            kind: book.add_format({**cell, "num_format": shown}) for kind, shown in numbers.items()
        }
        self.fill = {
            name: book.add_format({"bg_color": COLOURS[name]})
            for name in ("missing", "one_of", "unused")
        }
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.section = book.add_format(
            {"bold": True, "font_size": 12, "font_color": COLOURS["required"], "bottom": 1}
        )
        self.field = book.add_format({"border": 1, "locked": False, "num_format": "@"})


class Form:
    """Writes one form; ``sheet`` is open for what a form of its kind adds."""

    def __init__(self, book: Any, looks: Looks, words: TemplateWords, name: str) -> None:
        self.looks, self.words, self.name = looks, words, name
        self.sheet = book.add_worksheet(words(f"sheet_{name}"))

    def write(self, fields: Sequence[Field], *, frozen: int) -> None:
        """Title, bands, header with notes, drop-downs, print set-up and protection."""
        sheet, looks = self.sheet, self.looks
        for row in (0, 1):  # beside the texts no cell may look as if it were to be filled in
            for at in range(len(fields)):
                sheet.write_blank(row, at, None, looks.title)
        sheet.write_string(0, 0, self.words(f"title_{self.name}"), looks.title)
        sheet.set_row(0, 24)
        last = len(fields) - 1
        shown = min(last, max(frozen, 10))
        sheet.merge_range(1, 0, 1, shown, self.words(f"line_{self.name}"), looks.line)
        sheet.set_row(1, 34)
        sheet.set_row(2, 18)
        sheet.set_row(HEADER, 34)
        self._bands(fields)
        for at, field in enumerate(fields):
            text = field.header + ("*" if field.needed else "")
            sheet.write_string(HEADER, at, text, looks.required if field.needed else looks.optional)
            width = field.width or min(max(words_wide(text, 1) * 1.25 + 3, 9), 22)
            sheet.set_column(at, at, width, looks.cells[field.kind])
            self._validation(at, field)
        sheet.freeze_panes(FIRST, frozen)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3: the forms are wide
        sheet.fit_to_pages(max(1, round(len(fields) / _COLUMNS_PRINTED)), 0)
        sheet.repeat_rows(2, HEADER)
        if frozen:
            sheet.repeat_columns(0, frozen - 1)
        sheet.set_footer(f"&L{self.words(f'title_{self.name}')}&R{self.words('footer')}")
        sheet.protect("", {
            "format_columns": True, "format_rows": True, "insert_rows": True,
            "delete_rows": True, "sort": True, "autofilter": True, "format_cells": True,
        })  # fmt: skip

    def _bands(self, fields: Sequence[Field]) -> None:
        at = 0
        for band, group in groupby(fields, key=lambda field: field.band):
            width = len(list(group))
            text = self.words(f"band_{band}")
            if width > 1:
                self.sheet.merge_range(2, at, 2, at + width - 1, text, self.looks.band)
            else:
                self.sheet.write_string(2, at, text, self.looks.band)
            at += width

    def _validation(self, at: int, field: Field) -> None:
        said = {
            "input_title": field.header[:_MOST_TITLE],
            "input_message": field.note[:_MOST_NOTE],
        } if field.note else {}  # fmt: skip
        rule: dict[str, Any] = {"validate": "any"}
        if field.choices is not None:
            rule = {"validate": "list", "source": field.choices}
            rule["error_type"] = "stop" if field.strict else "information"
            rule["show_error"] = field.strict
            rule["error_message"] = self.words("error_list")
        elif field.kind == "amount":
            rule = {"validate": "decimal", "criteria": ">=", "value": 0}
            rule |= {"error_type": "warning", "error_message": self.words("error_amount")}
        elif field.kind == "percent":
            first = f"{letters(at)}{FIRST + 1}"
            rule = {"validate": "custom", "value": f"=OR({first}=0,AND({first}>1,{first}<=100))"}
            rule |= {"error_type": "warning", "error_message": self.words("error_percent")}
        elif field.kind == "day":
            rule = {"validate": "date", "criteria": ">=", "value": _FIRST_DAY}
            rule |= {"error_type": "warning", "error_message": self.words("error_date")}
        elif not said:
            return
        self.sheet.data_validation(FIRST, at, FIRST + ROWS - 1, at, rule | said)
        if field.note:
            self.sheet.write_comment(HEADER, at, field.note, {"x_scale": 1.6})


#: Days before this one are no days of calibration (serial number of 1990-01-01).
_FIRST_DAY = 32874
