"""The files of the factor database: their index, their rows, and what a row is called.

A set is one or more CSV files with the columns ``COLUMNS``; ``index.csv`` says which file
holds which set, so that opening the library reads nothing but the index.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from carboncalc.errors import FactorDigestError, FactorError

COLUMNS = (
    "set",
    "item",
    "parameter",
    "technology",
    "region",
    "gas",
    "value",
    "unit",
    "basis",
    "data_year",
    "published",
    "valid_from",
    "valid_to",
    "uncertainty",
    "distribution",
    "grade",
    "source",
    "where",
    "version",
    "supersedes",
    "note",
    "licence",
    "transcription",
)

#: Position of each column in a row.
AT = {name: position for position, name in enumerate(COLUMNS)}

_INDEX = "index.csv"
_LOCK = "lock.csv"


@dataclass(frozen=True, slots=True)
class SetFile:
    """One file of the database: the set and kind it holds, its rows and its digest."""

    set: str
    kind: str
    path: str
    rows: int
    digest: str


def factor_id(cells: Mapping[str, str] | Sequence[str]) -> str:
    """The id of a row; ids are unique over the database and never change.

    Examples
    --------
    >>> cells = dict.fromkeys(COLUMNS, "") | {"set": "ndrc_sector_2013_2015", "version": "1"}
    >>> factor_id(cells | {"item": "diesel", "parameter": "net_calorific_value"})
    'ndrc_sector_2013_2015/diesel/net_calorific_value@1'
    >>> factor_id(cells | {"set": "grid", "item": "electricity", "parameter": "average",
    ...                    "region": "CN-35", "data_year": "2023"})
    'grid/average/CN-35/2023@1'
    """
    row = cells if isinstance(cells, Mapping) else dict(zip(COLUMNS, cells, strict=True))
    technology, region, year = row["technology"], row["region"], row["data_year"]
    if row["set"] == "grid":
        parts = ["grid", row["parameter"], technology, region, year]
    elif row["set"] == "gwp":
        parts = ["gwp", technology, row["item"]]
    else:
        gas = f"[{row['gas']}]" if row["gas"] else ""
        parts = [row["set"], row["item"], technology, region, year, row["parameter"] + gas]
    return "/".join(part for part in parts if part) + "@" + row["version"]


def row_digest(cells: Sequence[str]) -> str:
    """The digest of a canonical row: SHA-256 over its cells, every column counted.

    Examples
    --------
    >>> row_digest(["a"] * len(COLUMNS)) == row_digest(["a"] * len(COLUMNS))
    True
    """
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:32]


def parse_rows(content: bytes, path: str) -> list[list[str]]:
    """The rows of a factor file, cell by cell as text.

    Raises
    ------
    FactorError
        F-020 where the header is not the one of a factor file or a row has another length.
    """
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    header = next(reader, [])
    if header != list(COLUMNS):
        raise FactorError("F-020", file=path, row=1, found=",".join(header))
    rows = [row for row in reader if row]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS):
            raise FactorError("F-020", file=path, row=number, found=",".join(row))
    return rows


def read_index(root: Path) -> list[SetFile]:
    """The files of the database in the order of their rows."""
    with (root / _INDEX).open(encoding="utf-8", newline="") as handle:
        return [
            SetFile(r["set"], r["kind"], r["path"], int(r["rows"]), r["digest"])
            for r in csv.DictReader(handle)
        ]


def read_version(root: Path) -> str:
    """The release of the database, for example ``2026.1`` (first line of ``index.yaml``)."""
    text = (root / "index.yaml").read_text(encoding="utf-8")
    found = re.search(r'^version:\s*"?([\w.]+)"?', text, flags=re.MULTILINE)
    if found is None:
        raise FactorError("F-021", file="index.yaml")
    return found[1]


def read_lock(root: Path) -> dict[str, tuple[str, str]]:
    """Factor id → (digest, release) of every published row."""
    path = root / _LOCK
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as handle:
        return {r["id"]: (r["digest"], r["release"]) for r in csv.DictReader(handle)}


def read_set_file(root: Path, entry: SetFile) -> list[list[str]]:
    """The rows of one file, after its digest was checked.

    Raises
    ------
    FactorDigestError
        F-003 naming file, row and value of the first published row that was changed, F-004
        where a published row is gone, F-005 where a row is not locked yet.
    """
    content = (root / entry.path).read_bytes()
    rows = parse_rows(content, entry.path)
    if hashlib.sha256(content).hexdigest() != entry.digest:
        _name_the_change(root, entry, rows)
    return rows


def _name_the_change(root: Path, entry: SetFile, rows: list[list[str]]) -> None:
    lock = read_lock(root)
    ids = {factor_id(row): number for number, row in enumerate(rows, start=2)}
    for number, row in enumerate(rows, start=2):
        known, value = lock.get(factor_id(row)), row[AT["value"]]
        if known is None:
            published = [key for key in lock if key.split("/")[0] == entry.set and key not in ids]
            code = "F-004" if published else "F-005"
            about = published[0] if published else factor_id(row)
            raise FactorDigestError(code, file=entry.path, row=number, value=value, id=about)
        if known[0] != row_digest(row):
            raise FactorDigestError(
                "F-003", file=entry.path, row=number, value=value, id=factor_id(row)
            )
    if len(rows) != entry.rows:
        raise FactorDigestError("F-004", file=entry.path, row=0, value="", id=entry.set)
