"""Writes one page per factor set and per method, from the files that the library itself reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from method_pages import method_index, method_page

from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.sheets import sheets, sources
from carboncalc.methods.catalogue import method_ids
from carboncalc.provenance import GRADE_MEANING

#: A longer set is shown by its first rows; the CSV and `carboncalc factors list SET` have all.
SHOWN = 400


def write_data_pages(folder: Path) -> None:
    """Write `factors/` and `methods/` below the folder, each with an index."""
    library = FactorLibrary.default().open_all()
    pages = {f"factors/{key}.md": "\n".join(_set_page(library, key)) for key in sheets()}
    pages["factors/index.md"] = "\n".join(_set_index(library))
    pages |= {f"methods/{key}.md": "\n".join(method_page(key, library)) for key in method_ids()}
    pages["methods/index.md"] = "\n".join(method_index(library))
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _cell(text: object) -> str:
    return str("" if text is None else text).replace("|", "\\|").replace("\n", " ")


def _set_index(library: FactorLibrary) -> Iterator[str]:
    yield "# The factor database · 排放因子库\n"
    yield f"Release {library.version}. Every row has a document, a place in it and a grade.\n"
    yield "| set | 中文 | what it is | rows | A | B | S | C | D |\n|---|---|---|---|---|---|---|---|---|"
    for key, sheet in sheets().items():
        grades = [str(library.grades[row]) for row in library.indices(key)]
        counts = " | ".join(str(grades.count(grade) or "") for grade in "ABSCD")
        title = f"[{key}]({key}.md) | {_cell(sheet.title['zh'])} | {_cell(sheet.title['en'])}"
        yield f"| {title} | {len(grades)} | {counts} |"
    yield "\nGrades: " + "; ".join(f"**{g}** {m['en']}" for g, m in GRADE_MEANING.items()) + ".\n"
    yield "```{toctree}\n:hidden:\n"
    yield from sheets()
    yield "```\n"


def _set_page(library: FactorLibrary, key: str) -> Iterator[str]:
    sheet, documents = sheets()[key], sources()
    yield f"# {key}\n\n**{sheet.title['zh']} · {sheet.title['en']}**\n"
    yield f"{sheet.about['zh']}\n\n{sheet.about['en']}\n"
    yield f"Publisher: {sheet.publisher}. Licence: {sheet.licence}.\n"
    if sheet.cautions:
        yield "## Before you use it · 使用前\n"
        yield from (f"- {caution['zh']}\n- {caution['en']}" for caution in sheet.cautions)
    yield "\n## Documents\n"
    for name in sheet.documents:
        document = documents.get(name)
        if document is not None:
            said = [document.number, document.title.get("zh"), document.title.get("en")]
            yield f"- `{name}`: " + ", ".join(_cell(part) for part in said if part)
    rows = library.indices(key)
    yield f"\n## Rows ({len(rows)})\n"
    if len(rows) > SHOWN:
        yield f"The first {SHOWN}; `carboncalc factors list {key}` prints all.\n"
    yield "| id | value | unit | grade | document | where |\n|---|---|---|---|---|---|"
    for row in rows[:SHOWN]:
        value = library.cell(row, "value")
        place = f"{library.sources[row]} | {_cell(library.wheres[row])}"
        name = library.ids[row].removeprefix(f"{key}/")
        yield f"| `{_cell(name)}` | {value} | {library.units[row]} | {library.grades[row]} | {place} |"
    yield ""
