"""Writes one page per factor set and per method, from the files that the library itself reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from carboncalc.errors import MethodError
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.sheets import sheets, sources
from carboncalc.methods.catalogue import method_ids
from carboncalc.methods.describe import show_method
from carboncalc.methods.typeset import mathml
from carboncalc.provenance import GRADE_MEANING
from carboncalc.vocabulary import names

#: One case per method, the worked examples of its page.
GOLDEN = Path(__file__).parents[1] / "tests/golden/methods"

#: A longer set is shown by its first rows; the CSV and `carboncalc factors list SET` have all.
SHOWN = 400


def write_data_pages(folder: Path) -> None:
    """Write `factors/` and `methods/` below the folder, each with an index."""
    library = FactorLibrary.default().open_all()
    pages = {f"factors/{key}.md": "\n".join(_set_page(library, key)) for key in sheets()}
    pages["factors/index.md"] = "\n".join(_set_index(library))
    pages |= {f"methods/{key}.md": "\n".join(_method_page(key, library)) for key in method_ids()}
    pages["methods/index.md"] = "\n".join(_method_index())
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


def _method_index() -> Iterator[str]:
    yield "# Methods · 核算方法\n"
    yield "| id | 中文 | English | GWP | sources |\n|---|---|---|---|---|"
    for key in method_ids():
        zh, en = show_method(key, "zh"), show_method(key, "en")
        yield f"| [{key}]({key}.md) | {zh['name']} | {en['name']} | {en['gwp_set']} | {len(en['sources'])} |"
    yield "\n```{toctree}\n:hidden:\n"
    yield from method_ids()
    yield "```\n"


def _method_page(key: str, library: FactorLibrary) -> Iterator[str]:
    zh, en = show_method(key, "zh"), show_method(key, "en")
    yield f"# {key}\n\n**{zh['name']} · {en['name']}**\n"
    yield f"- Boundary · 边界: {en['boundary']} · {zh['boundary']}"
    yield f"- Total · 总量: {en['total_basis']}; warming potentials {en['gwp_set']}"
    yield f"- Biogenic · 生物源: {en['biogenic']} · {zh['biogenic']}"
    yield f"- Rounding · 修约: {en['rounding_note']} · {zh['rounding_note']}\n"
    yield "| edition | document | data years | factor sets |\n|---|---|---|---|"
    for edition in en["editions"]:
        sets = ", ".join(f"{name} `{value}`" for name, value in edition["parameters"].items())
        first, last = edition["data_years"]
        yield f"| {edition['key']} | `{edition['document']}` | {first or '…'}–{last or '…'} | {sets} |"
    for source, chinese in zip(en["sources"], zh["sources"], strict=True):
        yield from _source(source, chinese, Defaults(library, en["editions"][0]["parameters"]))
    yield from _worked(key)


def _worked(key: str) -> Iterator[str]:
    """The method's golden case: its arithmetic, done by hand and checked by a test."""
    case = GOLDEN / key / "about.md"
    if case.exists():
        lines = case.read_text(encoding="utf-8").splitlines()[1:]
        yield "\n## Worked examples · 算例\n"
        yield "Row by row as `tests/golden/test_methods.py` checks it.\n"
        yield from lines


class Defaults:
    """What stands behind the defaults of a method under its first edition, with grades."""

    def __init__(self, library: FactorLibrary, parameters: dict[str, str]) -> None:
        self.library = library
        self.parameters = parameters

    def text(self, path: str) -> str:
        """A default's path with its value and grade, or the grades of all items in its set."""
        filled = "/".join(
            self.parameters.get(part[1:], part) if part.startswith("$") else part
            for part in path.split("/")
        )
        parts = filled.split("/")
        name = parts[-1].split("[")[0]
        rows = [
            row
            for row in (self.library.indices(parts[0]) if parts[0] in self.library.sets() else ())
            if self.library.cell(row, "parameter") == name
            and parts[1] in (self.library.cell(row, "item"), "$item")
            and (
                len(parts) < 4 or parts[2] in (self.library.cell(row, "technology"), "$technology")
            )
        ]
        if len(rows) == 1:
            value, unit = self.library.cell(rows[0], "value"), self.library.units[rows[0]]
            return f"{value} {unit}, grade {self.library.grades[rows[0]]} (`{filled}`)"
        grades = [str(self.library.grades[row]) for row in rows]
        counts = ", ".join(f"{g} {grades.count(g)}" for g in "ABCD" if g in grades)
        return f"`{filled}`" + (f" ({counts})" if counts else "")


def _source(source: dict[str, Any], chinese: dict[str, Any], defaults: Defaults) -> Iterator[str]:
    yield f"\n## {source['id']}\n\n**{chinese['name']} · {source['name']}** · "
    sign = " · subtracted" if source["sign"] < 0 else ""
    counted = "" if source["account"] == "counted" else f" · memo: {source['account']}"
    yield f"scope {source['scope']} · {source['category']} · ISO {source['iso_category']}{sign}{counted}\n"
    if source["status"] != "complete":
        yield f"```{{warning}}\n{source['hole']} {chinese['hole']}\n```\n"
    yield from _columns(source, chinese)
    for route, route_zh in zip(source["routes"], chinese["routes"], strict=True):
        yield f"### {source['id']}: {route['id']}\n\n{route_zh['title']} · {route['title']}\n"
        rules = {**route["steps"], **route["results"]}
        yield from (_typeset(name, rule) for name, rule in rules.items())
        yield ""
        yield "| input | 中文 | unit | default |\n|---|---|---|---|"
        for given, given_zh in zip(route["inputs"], route_zh["inputs"], strict=True):
            found = ", else ".join(defaults.text(one) for one in given["defaults"])
            default = found or _absent(given["absent"])
            units = " or ".join(given["units"])
            yield f"| `{given['name']}` | {_cell(given_zh['label'])} | {units} | {default} |"
        cited = route["citation"]
        read = f"; the wording was read in {cited['read_in']}" if cited["read_in"] else ""
        yield f"\nFrom `{cited['source']}`, {cited['where']} (grade {cited['grade']}{read}).\n"


def _columns(source: dict[str, Any], chinese: dict[str, Any]) -> Iterator[str]:
    """The note of a source, and the words its text columns may hold."""
    if source["note"]:
        yield f"{chinese['note']} · {source['note']}\n"
    words = {"technology": source["technologies"] or [], **source["choices"]}
    for column, known in words.items():
        if known or column == "factor_set":
            listed = ", ".join(
                f"`{word}` {names.label('technology', word, 'zh')}" for word in known
            )
            yield f"- `{column}` · {names.label('header', column, 'zh')}: {listed or 'any set'}"
    if any(words.values()):
        yield ""


def _typeset(name: str, rule: str) -> str:
    """An equation as MathML, or a kernel's call as it is written."""
    try:
        return f"<p>{mathml(rule, name)}</p>\n"
    except MethodError:
        return f"<p><code>{name} = {rule}</code></p>\n"


def _absent(kind: str) -> str:
    return {"error": "must be given", "note": "left out and said so", "omit": "does not exist for "
            "some items", "nothing": "zero where not claimed"}[kind]  # fmt: skip
