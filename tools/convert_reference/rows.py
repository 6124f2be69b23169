"""One row of the database, how marks become grades, and how a set is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

#: Verification marks of the reference pack → evidence grade.
GRADES = {
    "official-text": "A",
    "two-sources": "B",
    "two-sources(calc)": "B",
    "2S": "B",
    "one-source": "C",
    "1S": "C",
    "memory": "D",
    "M": "D",
    "derived": "D",
}

#: Where a transcription does not say on which page or in which table it stands.
NOT_SEEN = "place not seen"


@dataclass
class Row:
    """One factor row, every cell as text."""

    set: str
    item: str
    parameter: str
    value: str
    unit: str
    grade: str
    source: str
    where: str = ""
    technology: str = ""
    region: str = ""
    gas: str = ""
    basis: str = ""
    data_year: str = ""
    published: str = ""
    valid_from: str = ""
    valid_to: str = ""
    uncertainty: str = ""
    distribution: str = ""
    version: str = "1"
    supersedes: str = ""
    note: str = ""
    licence: str = ""
    transcription: str = ""


COLUMNS = [
    *["set", "item", "parameter", "technology", "region", "gas", "value", "unit", "basis"],
    *["data_year", "published", "valid_from", "valid_to", "uncertainty", "distribution", "grade"],
    *["source", "where", "version", "supersedes", "note", "licence", "transcription"],
]
assert set(COLUMNS) == {f.name for f in fields(Row)}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """The records of one reference file, with their line numbers."""
    with (folder / name).open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        return [{**record, "line": str(line)} for line, record in enumerate(reader, start=2)]


def grade(mark: str) -> str:
    """The evidence grade of a verification mark; any question mark in it is D."""
    if "?" in mark:
        return "D"
    return GRADES[mark.split("(", maxsplit=1)[0].removesuffix("+mem").strip() or "memory"]


def plain(text: str) -> str:
    """A note or a list of transcriptions without identifiers that outsiders cannot follow."""
    text = re.sub(r"\(?\bofficial/[\w.]+\)?", "", text)
    text = re.sub(
        r"transcriptions? #\d+(?:\s*(?:,|and)\s*#?\d{6,})*", "a stored transcription", text
    )
    text = re.sub(r"(a stored transcription)(\s*[;,]\s*a stored transcription)+", r"\1s", text)
    return re.sub(r"\s+", " ", text).replace("( ", "(").replace(" )", ")").strip(" ;")


def write(root: Path, kind: str, rows: Iterable[Row], name: str = "") -> Path:
    """Write a set to ``<kind>/<set>.csv`` in a stable order and return the path."""
    listed = list(rows)
    path = root / kind / f"{name or listed[0].set}.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in listed)
    return path


def factor_id(row: Row) -> str:
    """The id of a row, as ``carboncalc.factors.files.factor_id`` makes it."""
    technology = f"/{row.technology}" if row.technology else ""
    if row.set == "grid":
        return f"grid/{row.parameter}{technology}/{row.region}/{row.data_year}@{row.version}"
    if row.set == "gwp":
        return f"gwp/{row.technology}/{row.item}@{row.version}"
    gas = f"[{row.gas}]" if row.gas else ""
    where = f"/{row.region}" if row.region else ""
    year = f"/{row.data_year}" if row.data_year else ""
    return f"{row.set}/{row.item}{technology}{where}{year}/{row.parameter}{gas}@{row.version}"
