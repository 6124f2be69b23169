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
# Patterns that begin with a literal are searched many times faster; they hold for sheets
# with double quotes and no namespace prefix, which is what spreadsheet programs write.
_PLAIN_MARKS = (re.compile(rb"<f[\s/>]"), re.compile(rb' t="e"'))
_ANY_MARKS = (re.compile(rb"<(?:\w+:)?f[\s/>]"), re.compile(rb"\st=[\"']e[\"']"))
_SPREAD = re.compile(
    rb"<(?:\w+:)?f\s[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_ARRAY = re.compile(rb"\bt=[\"'](?:array|dataTable)[\"']")
# Upper bounds that one search each can prove, before cells are looked at one by one.
_WIDTHS = ((re.compile(rb' r="[A-Z]{3}'), 16_384), (re.compile(rb' r="[A-Z]{2}\d'), 702))
_TALL = re.compile(rb' r="[A-Z]+\d{6}')
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
        plain = _plain(xml)
        if _rough_area(xml, plain) > most:
            height, width = _rectangle(xml)
            if height * width > most:
                size = height * width * _BYTES_PER_CELL
                raise refuse("A-006", self.name, sheet, size=size, limit=self._max_bytes)
        try:
            return tuple(_marked_cells(xml, plain))
        except _NoAddressError:
            reason = "formulas in cells without an address"
            raise refuse("A-013", self.name, sheet, reason=reason) from None

    def _part(self, path: str) -> bytes:
        try:
            return self._zip.read(path)
        except (zipfile.BadZipFile, KeyError, OSError, EOFError, RuntimeError) as error:
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


class _NoAddressError(Exception):
    """A formula stands in a cell that does not say which it is."""


def _plain(xml: bytes) -> bool:
    """Whether attributes stand in double quotes and tags have no namespace prefix."""
    return b"='" not in xml and re.search(rb"<\w+:worksheet", xml[:4096]) is None


def _rough_area(xml: bytes, plain: bool) -> int:
    if not plain:
        return 16_384 * 1_048_576
    width = next((size for pattern, size in _WIDTHS if pattern.search(xml)), 26)
    return width * (1_048_576 if _TALL.search(xml) else 99_999)


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


def _marked_cells(xml: bytes, plain: bool) -> list[CellNote]:
    formulas, errors = _PLAIN_MARKS if plain else _ANY_MARKS
    found: list[CellNote] = []
    corner: tuple[int, int] | None = None
    # Behind the cells stand extensions with formulas of their own.
    end = xml.rfind(b"sheetData>")
    for mark in formulas.finditer(xml, 0, end):
        cell = _CELL.match(xml, _cell_start(xml, mark.start()))
        if cell is None:
            raise _NoAddressError
        head = xml[mark.start() : xml.find(b">", mark.start()) + 1]
        spread = _SPREAD.match(head)
        if spread is not None and _ARRAY.search(head) is not None:
            corner = corner or _rectangle(xml)
            found += _spread_cells(spread, corner)
        else:
            found.append(_note("A-021", cell[1], int(cell[2])))
    for mark in errors.finditer(xml, 0, end):
        start = _cell_start(xml, mark.start())
        cell = _CELL.match(xml, start)
        if cell is not None and b">" not in xml[start : mark.start()]:
            found.append(_note("A-022", cell[1], int(cell[2])))
    return found


def _cell_start(xml: bytes, place: int) -> int:
    start = xml.rfind(b"<c ", 0, place)
    prefixed = xml.rfind(b":c ", max(start, 0), place)
    return max(xml.rfind(b"<", 0, prefixed) if prefixed >= 0 else start, 0)


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
