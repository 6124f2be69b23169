"""Workbooks that cannot be turned against their reader: text stays text, numbers stay whole.

A cell of a user may begin with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return; all
of them are formulas to a spreadsheet. Here every text is written as a text cell, and those
also carry the quote mark that keeps them texts when the cell is edited. No formula, link
or macro is ever written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd

from carboncalc._version import __version__
from carboncalc.errors import CarbonCalcError
from carboncalc.report.numbers import Kind
from carboncalc.report.svg import words_wide
from carboncalc.report.table import Table

#: What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: Rows of one sheet (the format's limit is 1,048,576, header included).
MOST_ROWS = 1_000_000
#: Rows whose texts a column is made wide enough for.
_MEASURED = 200
#: The most characters of a cell.
MOST_TEXT = 32_767
_FORMATS = {
    "tonnes": "#,##0.00", "number": "General", "share": "0.0%", "count": "#,##0",
    "yuan": "#,##0.00", "yi": "#,##0.0000",
}  # fmt: skip
#: A spreadsheet number holds fifteen figures; more than this in 分 is written as text.
_WHOLE_FEN = 10**15
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Sheets:
    """A workbook that is written sheet by sheet, row by row.

    Use it in a ``with`` statement; the file is whole when the block ends.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if XlsxWriter is not installed (``pip install carboncalc[report]``).
    """

    def __init__(self, path: str | Path) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise CarbonCalcError("P-001", library="XlsxWriter", extra="report") from None
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._book = xlsxwriter.Workbook(
            str(self.path),
            {
                "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )  # fmt: skip
        self._book.set_properties({"comments": f"carboncalc {__version__}"})
        self._styles: dict[Any, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def blocks(self, name: str, tables: Sequence[Table], above: Sequence[str] = ()) -> None:
        """Tables one below the other, under some lines of text."""
        sheet = self._sheet(name)
        row = 0
        for place, text in enumerate(above):
            self._text(sheet, row, 0, text, "title" if place == 0 else "plain")
            row += 1
        widths: dict[int, float] = {}
        for block in tables:
            row += 1 if row else 0
            self._text(sheet, row, 0, block.title, "title")
            for at, column in enumerate(block.columns):
                self._text(sheet, row + 1, at, column.heading, "head")
                shown = [words_wide(t, 1) for t in map(str, block.column(column.key)[:200])]
                widths[at] = max([widths.get(at, 8.0), words_wide(column.heading, 1), *shown])
            for down, values in enumerate(block.rows, start=row + 2):
                for at, (value, column) in enumerate(zip(values, block.columns, strict=True)):
                    self._cell(sheet, down, at, value, column.kind)
            row += len(block) + 2
            if block.note:
                self._text(sheet, row, 0, block.note, "plain")
                row += 1
        for at, width in widths.items():
            sheet.set_column(at, at, min(width * 1.9 + 2, 60))

    def frame(
        self,
        name: str,
        frame: pd.DataFrame,
        headings: Mapping[str, str] | None = None,
        kinds: Mapping[str, Kind] | None = None,
    ) -> None:
        """A data frame with a header that stays in sight and a filter; long ones are continued."""
        kinds = kinds or {}
        heads = [(headings or {}).get(str(c), str(c)) for c in frame.columns]
        parts = range(0, max(len(frame), 1), MOST_ROWS)
        for number, start in enumerate(parts, start=1):
            part = frame.iloc[start : start + MOST_ROWS]
            sheet = self._sheet(name if number == 1 else f"{name} {number}")
            columns = [part[c].astype("object").tolist() for c in part.columns]
            for at, head in enumerate(heads):
                self._text(sheet, 0, at, head, "head")
                texts = [cell for cell in columns[at][:_MEASURED] if isinstance(cell, str)]
                widest = max([words_wide(text, 1) for text in [head, *texts]])
                sheet.set_column(at, at, min(max(widest * 1.9 + 2, 11), 48))
            chosen = [kinds.get(str(c), "number") for c in part.columns]
            for down in range(len(part)):
                for at, values in enumerate(columns):
                    self._cell(sheet, down + 1, at, values[down], chosen[at])
            sheet.freeze_panes(1, 0)
            if len(part):
                sheet.autofilter(0, 0, len(part), len(heads) - 1)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name[:31])
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _cell(self, sheet: Any, row: int, column: int, value: Any, kind: Kind) -> None:
        if value is None or value is pd.NA or value is pd.NaT:
            return
        if isinstance(value, (bool, np.bool_)):
            sheet.write_boolean(row, column, bool(value))
        elif isinstance(value, (datetime, date, np.datetime64)):
            self._day(sheet, row, column, value)
        elif isinstance(value, (int, float, np.integer, np.floating)):
            self._number(sheet, row, column, value, kind)
        else:
            self._text(sheet, row, column, str(value), "plain")

    def _number(self, sheet: Any, row: int, column: int, value: Any, kind: Kind) -> None:
        if isinstance(value, (float, np.floating)) and not math.isfinite(value):
            if not math.isnan(value):
                self._text(sheet, row, column, str(value), "plain")
            return
        if kind in ("yuan", "yi"):
            if abs(int(value)) >= _WHOLE_FEN:
                whole, fen = divmod(abs(int(value)), 100)
                sign = "−" if value < 0 else ""
                self._text(sheet, row, column, f"{sign}{whole:,}.{fen:02d}", "plain")
                return
            value = int(value) / (100 if kind == "yuan" else 10_000_000_000)
        sheet.write_number(row, column, value, self._style(_FORMATS.get(kind, "General")))

    def _day(self, sheet: Any, row: int, column: int, value: Any) -> None:
        moment = pd.Timestamp(value)
        if moment.year < 1900:  # before the calendar of spreadsheets
            self._text(sheet, row, column, f"{moment:%Y-%m-%d}", "plain")
            return
        sheet.write_datetime(row, column, moment.to_pydatetime(), self._style("yyyy-mm-dd"))

    def _text(self, sheet: Any, row: int, column: int, text: str, look: str) -> None:
        if not text:
            return
        guarded = text.startswith(FORMULA_STARTS)
        sheet.write_string(row, column, printable(text), self._style(look, guarded))

    def _style(self, look: str, guarded: bool = False) -> Any:
        key = (look, guarded)
        if key not in self._styles:
            settings: dict[str, Any] = {"valign": "top"}
            if look == "title":
                settings |= {"bold": True, "font_size": 13}
            elif look == "head":
                settings |= {"bold": True, "bottom": 1, "text_wrap": True}
            elif look != "plain":
                settings["num_format"] = look
            if guarded:
                settings["quote_prefix"] = True
            self._styles[key] = self._book.add_format(settings)
        return self._styles[key]


def printable(text: str) -> str:
    r"""The text without characters that XML cannot hold, cut at the length of a cell.

    Examples
    --------
    >>> printable("a\x00b\tc"), len(printable("x" * 40_000))
    ('ab\tc', 32767)
    """
    kept = _UNPRINTABLE.sub("", text)
    return kept if len(kept) <= MOST_TEXT else kept[: MOST_TEXT - 1] + "…"
