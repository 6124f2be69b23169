"""Opens a file within limits and says what it is by its content, not by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal

from carboncalc.errors import ActivityDataError, Issue

Kind = Literal["csv", "tsv", "workbook", "parquet"]

#: A file may have this many bytes, packed and unpacked.
MAX_BYTES = 1 << 30
#: A table may have this many rows.
MAX_ROWS = 20_000_000

_HEAD = 1 << 16
_BLANK = b"\r\n\t \0\xef\xbb\xbf"

_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "Excel 97 (.xls)",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"Rar!": "RAR",
    b"ARROW1": "Arrow IPC",
}


@dataclass(frozen=True)
class OpenFile:
    """The bytes of a file, its name, kind and digest."""

    name: str
    data: bytes
    kind: Kind
    digest: str


def refuse(
    code: str, file: str | None = None, sheet: str | None = None, **params: object
) -> ActivityDataError:
    """The error for an input of which no table can be made; it carries itself as an issue.

    Examples
    --------
    >>> refuse("A-003", file="empty.csv").issues[0].code
    'A-003'
    """
    place = {"file": file, "sheet": sheet}
    named = {**{name: value for name, value in place.items() if value is not None}, **params}
    issue = Issue(code, dict(named), file=file, sheet=sheet)
    return ActivityDataError(code, issues=(issue,), **named)


def open_file(path: str | PathLike[str], max_bytes: int = MAX_BYTES) -> OpenFile:
    """Read a file of at most ``max_bytes`` and tell its kind.

    Raises
    ------
    ActivityDataError
        Not found or unreadable (A-002), empty (A-003), too large (A-004), or not a table of
        a kind that is read (A-007).

    Examples
    --------
    >>> from carboncalc.resources import package_file
    >>> try:
    ...     open_file(package_file("py.typed"))
    ... except ActivityDataError as error:
    ...     error.code
    'A-003'
    """
    location = Path(path)
    name = location.name
    try:
        size = location.stat().st_size
        if size > max_bytes:
            raise refuse("A-004", name, size=size, limit=max_bytes)
        with location.open("rb") as handle:
            # One byte more than allowed shows a file that grew since it was measured.
            data = handle.read(max_bytes + 1)
    except OSError as error:
        raise refuse("A-002", name, reason=error.strerror or type(error).__name__) from None
    if len(data) > max_bytes:
        raise refuse("A-004", name, size=len(data), limit=max_bytes)
    if not data[:_HEAD].strip(_BLANK) and not data.strip(_BLANK):
        raise refuse("A-003", name)
    return OpenFile(name, data, _kind(name, data), hashlib.sha256(data).hexdigest())


def _kind(name: str, data: bytes) -> Kind:
    if data[:4] == b"PK\x03\x04":
        return "workbook"
    if data[:4] == b"PAR1":
        return "parquet"
    for start, kind in _OTHER_KINDS.items():
        if data.startswith(start):
            raise refuse("A-007", name, found=kind)
    head = data[:_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse("A-008", name)
    if b"\0" in data or any(byte in head for byte in b"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f"):
        raise refuse("A-007", name, found="binary data")
    return "tsv" if name.lower().endswith((".tsv", ".tab")) else "csv"
