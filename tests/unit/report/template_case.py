"""Fills a method's template the way a person does: cell by cell, under the headers."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl

from carboncalc import units
from carboncalc.activity.numbers import split_quantity
from carboncalc.methods.template import columns
from carboncalc.report.method_template import template
from carboncalc.report.template_form import FIRST, HEADER
from carboncalc.vocabulary import names

GOLDEN = Path(__file__).parents[2] / "golden/methods"
METHODS = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())
RULES = {"grades": "ABCDS", "year_fallback": "latest"}


def in_header_unit(text: str, header: str) -> Any:
    """A quantity with a unit of its own as the number to type under a header with a unit."""
    _, bracket, inside = header.partition(" [")
    found = split_quantity(text)
    if not bracket or found is None:
        return text
    multiply, divide = units.conversion(found[1], inside.rstrip("]"))
    return float(found[0]) * multiply / divide


class Filled:
    """A template that is open for filling in; headers are as they are shown."""

    def __init__(self, method_id: str, lang: str = "zh") -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(template(method_id, lang)))
        self._next: dict[str, int] = {}

    def places(self, sheet: str) -> dict[str, int]:
        """Header without its star → column."""
        cells = self.book[sheet][HEADER + 1]
        return {str(cell.value).rstrip("*"): cell.column for cell in cells if cell.value}

    def row(self, sheet: str, cells: dict[str, Any]) -> int:
        """Write one row; the number of the row as the spreadsheet shows it."""
        number = self._next.setdefault(sheet, FIRST + 1)
        self._next[sheet] += 1
        where = self.places(sheet)
        for header, value in cells.items():
            self.book[sheet].cell(number, where[header], value)
        return number

    def add_column(self, sheet: str, header: str) -> None:
        """A column of the plant's own, right of the last."""
        at = max(self.places(sheet).values()) + 1
        self.book[sheet].cell(HEADER + 1, at, header)

    def save(self, path: Path) -> Path:
        self.book.save(path)
        return path


def golden_rows(method_id: str) -> list[dict[str, str]]:
    with (GOLDEN / method_id / "activity.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def monthly_rows(method_id: str) -> list[dict[str, str]]:
    """Every golden row once a month of its year, with an amount of the month's own."""
    return [
        {**row, "period": f"{row['period'][:4]}-{month:02d}",
         "amount": repr(float(row["amount"]) * (1 + month / 8))}
        for row in golden_rows(method_id)
        for month in range(1, 13)
    ]  # fmt: skip


def filled_with_golden_rows(method_id: str, path: Path) -> Path:
    """The method's golden rows typed into its Chinese template, by their Chinese names."""
    return filled(method_id, golden_rows(method_id), path)


def filled(method_id: str, rows: list[dict[str, str]], path: Path) -> Path:
    """Rows of ids typed into the Chinese template of a method, by their Chinese names."""
    form = Filled(method_id)
    headers = {column.id: column.header for column in columns(method_id)}
    for row in rows:
        cells: dict[str, Any] = {}
        for name, text in row.items():
            if not text:
                continue
            if name not in headers:
                # a constant of the document that this plant overrides, or a unit of its own
                stem = name.removesuffix("_unit")
                word = names.label("header", stem, "zh") + ("单位" if stem != name else "")
                headers[name] = word
                form.add_column("活动数据", word)
            kind = "technology" if name.endswith("technology") else name
            known = kind in ("source", "item", "technology")
            value = names.label(kind, text, "zh") if known else text
            cells[headers[name]] = (
                float(text) if name == "amount" else in_header_unit(value, headers[name])
            )
        form.row("活动数据", cells)
    return form.save(path)
