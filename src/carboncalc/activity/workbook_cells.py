"""Finds in a workbook's own XML what a reader of values does not tell: formulas and errors.

A library that reads values hands over the cached result of a formula, or nothing, and an
empty text for ``#N/A``: both in silence. The XML inside the zip says which cells they are.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from carboncalc.activity.files import refuse
from carboncalc.activity.sheet import CellNote

_CELL_TAG = rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']"
_CELL = re.compile(_CELL_TAG)
_FILLED = re.compile(_CELL_TAG + rb"[^>]*(?<!/)>")
_MARKED = re.compile(rb"<(?:\w+:)?f[\s/>]|\st=[\"']e[\"']")
_SPREAD = re.compile(
    rb"<(?:\w+:)?f\s[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_ARRAY = re.compile(rb"\bt=[\"'](?:array|dataTable)[\"']")
# Upper bounds that one search each can prove, before cells are looked at one by one.
_WIDTHS = (
    (re.compile(rb"\br=[\"'][A-Z]{3}\d"), 16_384),
    (re.compile(rb"\br=[\"'][A-Z]{2}\d"), 702),
)
_HEIGHTS = tuple(
    (re.compile(rb"\br=[\"'][A-Z]{1,3}\d{%d}" % digits), 10**digits) for digits in (7, 6, 5)
)
_SLICE = 1 << 24
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# The readers of workbooks hold every cell of the used rectangle; one takes about this much.
_BYTES_PER_CELL = 24
_LARGEST_PART = 1 << 24
# Repeated XML packs well, but a real sheet not a thousandfold.
_WORST_RATIO = 400
_RATIO_FROM = 1 << 24


class WorkbookParts:
    r"""The zip of a workbook: checked for size, then searched sheet by sheet.

    Raises
    ------
    ActivityDataError
        Not a readable workbook (A-013), encrypted (A-014), or it would expand beyond the
        limit (A-006).

    Examples
    --------
    >>> try:
    ...     WorkbookParts("a.xlsx", b"PK\x03\x04 and nothing more", 1000)
    ... except Exception as error:
    ...     error.code
    'A-013'
    """

    def __init__(self, name: str, data: bytes, max_bytes: int) -> None:
        self.name = name
        self._max_bytes = max_bytes
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise refuse("A-013", name, reason=str(error)) from None
        entries = self._zip.infolist()
        if any(entry.flag_bits & 1 for entry in entries):
            raise refuse("A-014", name)
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > max_bytes or (
            unpacked > _RATIO_FROM and unpacked > _WORST_RATIO * max(len(data), 1)
        ):
            raise refuse("A-006", name, size=unpacked, limit=max_bytes)
        self._paths = self._sheet_paths()
        # The declared sizes may lie; reading each shared part once proves them, because
        # the zip reader stops at the declared size and then compares the checksum.
        for entry in entries:
            if entry.filename.startswith("xl/") and entry.filename not in self._paths.values():
                self._part(entry.filename)

    def notes(self, sheet: str) -> tuple[CellNote, ...]:
        """The formula and error cells of one sheet.

        Raises
        ------
        ActivityDataError
            The sheet's used rectangle is too large to hold (A-006).
        """
        xml = self._part(self._paths[sheet])
        most = self._max_bytes // _BYTES_PER_CELL
        if _rough_area(xml) > most:
            height, width = _rectangle(xml)
            if height * width > most:
                size = height * width * _BYTES_PER_CELL
                raise refuse("A-006", self.name, sheet, size=size, limit=self._max_bytes)
        return tuple(_marked_cells(xml))

    def _part(self, path: str) -> bytes:
        try:
            return self._zip.read(path)
        except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError) as error:
            raise refuse("A-013", self.name, reason=str(error)) from None
        except Exception as error:
            # zlib.error derives from Exception alone.
            if type(error).__module__ != "zlib":
                raise
            raise refuse("A-013", self.name, reason=str(error)) from None

    def _sheet_paths(self) -> dict[str, str]:
        """Sheet name → path of its XML in the zip."""
        book = self._tree("xl/workbook.xml")
        links = self._tree("xl/_rels/workbook.xml.rels")
        targets = {link.get("Id", ""): link.get("Target", "") for link in links}
        paths: dict[str, str] = {}
        for node in book.iter():
            if node.tag.rpartition("}")[2] == "sheet":
                target = targets.get(node.get(_RELATION, ""), "")
                path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                paths[node.get("name", "")] = path
        return paths

    def _tree(self, path: str) -> ElementTree.Element:
        try:
            if self._zip.getinfo(path).file_size > _LARGEST_PART:
                raise refuse("A-006", self.name, size=_LARGEST_PART, limit=_LARGEST_PART)
            return ElementTree.fromstring(self._part(path))
        except (KeyError, ElementTree.ParseError) as error:
            raise refuse("A-013", self.name, reason=str(error)) from None


def _rough_area(xml: bytes) -> int:
    width = next((size for pattern, size in _WIDTHS if pattern.search(xml)), 26)
    height = next((size for pattern, size in _HEIGHTS if pattern.search(xml)), 10_000)
    return width * height


def _rectangle(xml: bytes) -> tuple[int, int]:
    """The last row and the number of columns with content, slice by slice."""
    height = width = start = 0
    while start < len(xml):
        stop = start + _SLICE
        if stop < len(xml):
            stop = max(xml.rfind(b"<", start, stop), start + 1)
        cells = _FILLED.findall(xml, start, stop)
        height = max(height, max((int(row) for _, row in cells), default=0))
        letters = {letters for letters, _ in cells}
        width = max(width, max((_column(text) + 1 for text in letters), default=0))
        start = stop
    return height, width


def _marked_cells(xml: bytes) -> list[CellNote]:
    found: list[CellNote] = []
    corner: tuple[int, int] | None = None
    for mark in _MARKED.finditer(xml):
        start = xml.rfind(b"<c ", 0, mark.start())
        prefixed = xml.rfind(b":c ", 0, mark.start())
        if prefixed > start:
            start = xml.rfind(b"<", 0, prefixed)
        cell = _CELL.match(xml, max(start, 0))
        if cell is None:
            continue
        if mark[0].startswith(b"<"):
            head = xml[mark.start() : xml.find(b">", mark.start()) + 1]
            spread = _SPREAD.match(head)
            if spread is not None and _ARRAY.search(head) is not None:
                corner = corner or _rectangle(xml)
                found += _spread_cells(spread, corner)
            else:
                found.append(_note("A-021", cell[1], int(cell[2])))
        elif b">" not in xml[start : mark.start()]:
            found.append(_note("A-022", cell[1], int(cell[2])))
    return found


def _spread_cells(spread: re.Match[bytes], corner: tuple[int, int]) -> list[CellNote]:
    """A formula that fills a range is written in the range's first cell only."""
    rows = range(int(spread[2]), min(int(spread[4]), corner[0]) + 1)
    columns = range(_column(spread[1]), min(_column(spread[3]) + 1, corner[1]))
    return [CellNote("A-021", row, col, cell_name(col, row)) for row in rows for col in columns]


def _note(code: str, letters: bytes, row: int) -> CellNote:
    return CellNote(code, row, _column(letters), cell_name(_column(letters), row))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def cell_name(column: int, row: int) -> str:
    """The name of a cell from its column (from 0) and row (from 1).

    Examples
    --------
    >>> cell_name(0, 5), cell_name(27, 1)
    ('A5', 'AB1')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return f"{text}{row}"
