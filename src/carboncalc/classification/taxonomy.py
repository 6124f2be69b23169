"""Which catalogues are known, what they hold, and which of them may give a verdict.

Codes and names are facts of public documents; each carries the grade of its transcription.
Only a catalogue whose conditions have been read (``decides``) can judge; the others are
here to browse, to recognise an old code and to point to its successor.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

import yaml

from carboncalc.errors import ClassificationError
from carboncalc.messages.catalogue import language
from carboncalc.model.taxonomy import CatalogueItem, IndustryLine
from carboncalc.resources import package_file

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Taxonomy:
    """A catalogue: its document, its codes and, where printed, its industry lines.

    Examples
    --------
    >>> load_taxonomy("cgt-2025")
    <Taxonomy cgt-2025: Green finance endorsed project catalogue (2025), levels 9 / 38 / 271, ...>
    >>> [item.code for item in load_taxonomy("cgt-2025").children("9")]
    ['9.1']
    """

    id: str
    version: str
    name: Mapping[str, str]
    document: str
    published: date | None
    in_force: date | None
    decides: bool
    note: Mapping[str, str]
    items: tuple[CatalogueItem, ...]
    lines: tuple[IndustryLine, ...]
    _by_code: Mapping[str, CatalogueItem]
    _lines_of: Mapping[str, tuple[IndustryLine, ...]]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[CatalogueItem]:
        return iter(self.items)

    def item(self, code: str) -> CatalogueItem:
        """The item of a code; raises ClassificationError C-003 for a code it does not hold."""
        found = self._by_code.get(code)
        if found is None:
            raise ClassificationError("C-003", code=code, taxonomy=self.id)
        return found

    def children(self, code: str = "") -> tuple[CatalogueItem, ...]:
        """The items right under a code; the first level without one."""
        return tuple(i for i in self.items if i.parent == code and (code or i.level == 1))

    def lines_of(self, code: str) -> tuple[IndustryLine, ...]:
        """The industry lines of a level-3 code, in the order of the annex."""
        return self._lines_of.get(code, ())

    def named(self, name: str) -> tuple[CatalogueItem, ...]:
        """The items with exactly this Chinese or English name."""
        wanted = name.strip().casefold()
        return tuple(i for i in self.items if wanted in {t.casefold() for t in i.name.values()})

    def frame(self) -> pd.DataFrame:
        """The codes as a table: code, level, parent, names, successors and grade."""
        import pandas as pd

        return pd.DataFrame(
            {
                "code": [i.code for i in self.items],
                "level": [i.level for i in self.items],
                "parent": [i.parent for i in self.items],
                "name_zh": [i.name["zh"] for i in self.items],
                "name_en": [i.name["en"] for i in self.items],
                "cgt_2025_codes": ["|".join(i.successors) for i in self.items],
                "fossil": [i.fossil for i in self.items],
                "code_status": [i.code_status for i in self.items],
                "grade": [i.grade for i in self.items],
            }
        )

    def line_frame(self) -> pd.DataFrame:
        """The industry lines as a table, each with its page and condition status."""
        import pandas as pd

        return pd.DataFrame([line.model_dump() for line in self.lines])

    def __repr__(self) -> str:
        levels = sorted({i.level for i in self.items})
        counts = " / ".join(str(sum(i.level == n for i in self.items)) for n in levels)
        read = sum(x.condition_status in ("hand_read", "read_none") for x in self.lines)
        judged = f"{len(self.lines)} lines, {read} read" if self.decides else "browse only"
        return f"<Taxonomy {self.id}: {self.name['en']}, levels {counts}, {judged}>"

    def _repr_html_(self) -> str:
        lang = language()
        rows = "".join(
            f"<tr><td>{escape(i.code)}</td><td>{escape(i.name[lang])}</td></tr>"
            for i in self.items
            if i.level <= 2
        )
        return f"<p>{escape(repr(self))}</p><table>{rows}</table>"


def taxonomy_ids() -> tuple[str, ...]:
    """The ids of the catalogues that are known.

    Examples
    --------
    >>> taxonomy_ids()
    ('cgt-2025', 'gbec-2021', 'gic-2019', 'gic-2024')
    """
    return tuple(sorted(_sheets()))


@functools.cache
def load_taxonomy(taxonomy: str = "cgt-2025") -> Taxonomy:
    """A catalogue by its id; raises ClassificationError C-001 for an unknown one.

    Examples
    --------
    >>> cgt = load_taxonomy("cgt-2025")
    >>> cgt.item("4.1.1").name["en"]
    'Wind power equipment'
    >>> len(cgt), len(cgt.lines)
    (318, 1035)
    """
    sheet = _sheets().get(taxonomy)
    if sheet is None:
        raise ClassificationError("C-001", taxonomy=taxonomy, known=", ".join(taxonomy_ids()))
    items = tuple(_item(row) for row in read_table(taxonomy, "codes.csv"))
    lines = tuple(_line(row) for row in read_table(taxonomy, "lines.csv")) if sheet["lines"] else ()
    of: dict[str, tuple[IndustryLine, ...]] = {}
    for line in lines:
        of[line.code] = (*of.get(line.code, ()), line)
    return Taxonomy(
        id=taxonomy,
        version=sheet["version"],
        name=sheet["name"],
        document=sheet["document"],
        published=sheet.get("published"),
        in_force=sheet.get("in_force"),
        decides=sheet["decides"],
        note=sheet["note"],
        items=items,
        lines=lines,
        _by_code={item.code: item for item in items if item.code},
        _lines_of=of,
    )


def other_holders(
    code: str, name: str | None, not_in: str
) -> tuple[tuple[str, CatalogueItem], ...]:
    """The other catalogues that hold a code (under that name, if one is given).

    Examples
    --------
    >>> [holder for holder, item in other_holders("3.2.2.1", None, "cgt-2025")]
    ['gbec-2021']
    """
    found = []
    for taxonomy in taxonomy_ids():
        if taxonomy == not_in:
            continue
        catalogue = load_taxonomy(taxonomy)
        if name:
            found += [(taxonomy, item) for item in catalogue.named(name)]
        elif code in catalogue:
            found.append((taxonomy, catalogue.item(code)))
    return tuple(found)


@functools.cache
def industries() -> Mapping[str, str]:
    """GB/T 4754-2017: Chinese name by code (sections by letter, classes by four digits).

    The table is one public transcription; a handful of classes are missing from it, so a
    code that is not here is a finding and not an error.

    Examples
    --------
    >>> industries()["3811"]
    '发电机及发电机组制造'
    """
    return {row["industry_code"]: row["name_zh"] for row in read_table("gbt4754-2017.csv")}


def read_table(*parts: str) -> list[dict[str, str]]:
    """The rows of a data file of this room, as text.

    Examples
    --------
    >>> read_table("gic-2019", "codes.csv")[0]["name_zh"]
    '节能环保产业'
    """
    path = package_file("classification", "data", *parts)
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@functools.cache
def _sheets() -> Mapping[str, dict[str, Any]]:
    path = package_file("classification", "data", "taxonomies.yaml")
    sheets: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return sheets


def _item(row: Mapping[str, str]) -> CatalogueItem:
    return CatalogueItem(
        code=row["code"],
        level=int(row["level"]),
        parent=row["parent"],
        name={"zh": row["name_zh"], "en": row["name_en"] or row["name_zh"]},
        grade=row["grade"],
        verification=row["verification"],
        successors=_split(row.get("cgt_2025_codes", ""), ";"),
        fossil=row.get("fossil", "N") == "Y",
        code_status=row.get("code_status", "confirmed"),
        activity_type=row.get("activity_type", ""),
    )


def _line(row: Mapping[str, str]) -> IndustryLine:
    return IndustryLine(
        code=row["code"],
        sequence=int(row["sequence"]),
        industry_code=row["industry_code"],
        industry_name=row["industry_name"],
        ghg_mark=int(row["ghg_mark"]),
        logic=row["logic"],
        direct_sale=row["direct_sale"] == "Y",
        shared_with_previous=row["shared_with_previous"] == "Y",
        exclusions=row["exclusions"],
        refers_to=_split(row["refers_to"], ";"),
        page=int(row["page"]),
        condition_status=row["condition_status"],
        machine_criteria=_split(row["machine_criteria"], "|"),
        keywords=_split(row["keywords"], "|"),
    )


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark) if part.strip())
