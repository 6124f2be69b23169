"""The sheets of the template that are read by people: how to fill it in, what each source needs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from carboncalc._version import __version__
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.sheets import sources as documents
from carboncalc.inventory.method_evidence import MethodDefaults, method_evidence
from carboncalc.messages.catalogue import message
from carboncalc.methods.catalogue import constants
from carboncalc.methods.equation import Equation
from carboncalc.methods.route import Method, MethodSource, Route
from carboncalc.methods.template import items_of, needs, open_sources, parameters, units
from carboncalc.methods.typeset import worded
from carboncalc.model.method import Input
from carboncalc.report.svg import words_wide
from carboncalc.report.template_form import COLOURS, Looks
from carboncalc.report.template_words import TemplateWords
from carboncalc.report.words import Words
from carboncalc.vocabulary.items import items

#: So many items of a source are named one by one.
_MOST_ITEMS = 12


def write_how(book: Any, looks: Looks, method: Method, words: TemplateWords) -> None:
    """The first sheet: who fills it in, how, the colours, the method and its version."""
    sheet = book.add_worksheet(words("sheet_how"))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 96)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, f"{method.name[words.lang]}  ({method.id})", looks.title)
    sheet.set_row(0, 26)
    row = _form(sheet, 2, looks, words)
    row = _section(sheet, row, words("how_use_title"), looks)
    for text in words("how_use").splitlines():
        sheet.merge_range(row, 0, row, 1, text, looks.text)
        sheet.set_row(row, 16 if len(text) < 100 else 32)
        row += 1
    row = _section(sheet, row + 1, words("how_colours_title"), looks)
    for name in ("required", "optional", "missing", "one_of", "unused"):
        sheet.write_blank(row, 0, None, book.add_format({"bg_color": COLOURS[name], "border": 1}))
        sheet.write_string(row, 1, words(f"colour_{name}"), looks.text)
        row += 1
    row = _section(sheet, row + 1, words("how_method_title"), looks)
    for heading, text in about(method, words):
        sheet.write_string(row, 0, heading, looks.bold)
        sheet.write_string(row, 1, text, looks.text)
        sheet.set_row(row, 16 * (1 + len(text) // (55 if words.lang == "zh" else 105)))
        row += 1
    row = _section(sheet, row + 1, words("how_example_title"), looks)
    for text in examples(method, words):
        sheet.merge_range(row, 0, row, 1, text, looks.text)
        sheet.set_row(row, 16 * (1 + len(text) // (65 if words.lang == "zh" else 125)))
        row += 1
    _printed(sheet, words)
    sheet.set_portrait()
    sheet.activate()
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _form(sheet: Any, row: int, looks: Looks, words: TemplateWords) -> int:
    row = _section(sheet, row, words("how_form_title"), looks)
    for name in ("unit", "year", "person", "checked", "day"):
        sheet.write_string(row, 0, words(f"form_{name}"), looks.bold)
        sheet.write_blank(row, 1, None, looks.field)
        row += 1
    return row + 1


def _section(sheet: Any, row: int, text: str, looks: Looks) -> int:
    sheet.write_string(row, 0, text, looks.section)
    sheet.write_blank(row, 1, None, looks.section)
    return row + 1


def about(method: Method, words: TemplateWords) -> Iterator[tuple[str, str]]:
    """The method in a few lines: documents and status, boundary, gases, version, evidence."""
    known = documents()
    for edition in method.editions:
        document = known.get(edition.document)
        title = (
            edition.document
            if document is None
            else f"《{document.title[words.lang]}》 {document.number or ''}"
            if words.lang == "zh"
            else f"{document.title['en']} {document.number or ''}"
        )
        first, last = edition.data_years
        years = f"{first or '…'}–{last or '…'}" if first or last else words("how_years_open")
        yield (
            words("how_document"),
            f"{title.strip()} [{edition.document}]; {words('how_years')}: {years}",
        )
    for note in method.status_notes:
        text = message(note.code, {"method": method.id}, words.lang)
        yield (
            words("how_status"),
            words("status_from", day=f"{note.since}", text=text) if note.since else text,
        )
    outside = method.outside_years.get(words.lang, "")
    if outside:
        yield words("how_years"), outside
    yield words("how_boundary"), method.boundary[words.lang]
    yield words("how_total"), method.total_basis[words.lang]
    if method.biogenic:
        yield words("how_biogenic"), method.biogenic[words.lang]
    if method.rounding_note:
        yield words("how_rounding"), method.rounding_note[words.lang]
    evidence = method_evidence(method.id)
    yield (
        words("how_evidence"),
        words(
            "evidence", equations=_counts(evidence.equations), constants=_counts(evidence.constants)
        ),
    )
    yield words("how_version"), words(
        "version", version=__version__, method=method.id, digest=method.digest[:16],
        library=FactorLibrary.default().version,
    )  # fmt: skip


def _counts(grades: Any) -> str:
    return ", ".join(f"{grade} {count}" for grade, count in grades.items() if count) or "–"


def examples(method: Method, words: TemplateWords) -> Iterator[str]:
    """One row per source in words: what is typed, and which further columns it needs.

    Examples
    --------
    >>> from carboncalc.methods.catalogue import load_method
    >>> next(examples(load_method("power-generation-cets"), TemplateWords("en")))[:40]
    'fossil fuel combustion: entity=Example |'
    """
    needed = needs(method.id)
    for source in open_sources(method):
        known = _with_defaults(source, method)
        first = next(iter(defaults_first(source, method)), "")
        item = first if source.items is not None or first in known else ""
        more = [
            words.name("header", name)
            for name, need in needed[source.id].items()
            if need == "required" and name in {*parameters([source]), "technology"}
        ]
        yield words(
            "example",
            source=words.name("source", source.id),
            item=words.name("item", item) if item else "…",
            unit=units(source)[0],
            more="".join(f" | {name}=…" for name in more),
        )


def defaults_first(source: MethodSource, method: Method) -> list[str]:
    """The items of a source, those the document has defaults for before the others.

    For vehicles the liquid fuels come first.

    Examples
    --------
    >>> from carboncalc.methods.catalogue import load_method
    >>> method = load_method("power-generation-cets")
    >>> defaults_first(method.source("purchased_electricity"), method)
    ['electricity']
    """
    known = _with_defaults(source, method)
    liquid = {record.id for record in items() if record.state == "liquid"}
    vehicles = source.block == "mobile"
    return sorted(
        items_of(source), key=lambda item: (item not in known, vehicles and item not in liquid)
    )


def _with_defaults(source: MethodSource, method: Method) -> set[str]:
    tables = MethodDefaults(FactorLibrary.default(), method, method.editions[-1])
    return {
        tables.library.cell(row, "item")
        for route in source.routes
        for wanted in route.inputs.values()
        for row in tables.rows(source, route, wanted, instruments=False)
    }


def write_needs(book: Any, looks: Looks, method: Method, words: TemplateWords) -> None:
    """Per source its ways to the figure: when, items, units, what must be given, defaults."""
    columns = ("source", "route", "when", "items", "units", "required", "default", "equation",
               "cited")  # fmt: skip
    sheet = book.add_worksheet(words("sheet_needs"))
    rows = list(_needs(method, words))
    _sheet(sheet, columns, rows, "needs", looks, words, (20, 20, 18, 26, 14, 28, 46, 44, 30))


def _needs(method: Method, words: TemplateWords) -> Iterator[tuple[str, ...]]:
    tables = MethodDefaults(FactorLibrary.default(), method, method.editions[-1])
    for source in method.sources.values():
        signs = [
            words("needs_scope", scope=source.scope),
            *([words("needs_minus")] if source.sign < 0 else []),
            *([words("needs_memo")] if source.account != "counted" else []),
        ]
        name = f"{words.name('source', source.id)}\n({source.id})\n{'; '.join(signs)}"
        if source.status != "complete":
            yield (name, words("needs_not_open", hole=source.hole[words.lang]), *[""] * 7)
        elif source.note:
            name += f"\n{source.note[words.lang]}"
        for route in source.routes:
            yield (
                name,
                route.title[words.lang],
                _when(route, source, words),
                _items(route, source, words),
                "\n".join(route.inputs["amount"].units),
                "\n".join(_asked(i, words) for i in route.inputs.values() if _must(i, source)),
                "\n".join(
                    f"{_asked(i, words)}: {_default(tables, source, route, i, words)}"
                    for i in route.inputs.values()
                    if i.name != "amount" and not _must(i, source)
                ),
                "\n".join(_equations(route, words)),
                f"{route.citation.where} ({route.citation.grade})",
            )  # fmt: skip


def _equations(route: Route, words: TemplateWords) -> Iterator[str]:
    """Steps and results in words, calculations that no equation can say by their names."""
    page = Words(words.lang)
    said = {name: ratio.removesuffix("/1") for name, (_, _, ratio) in constants().items()}
    for item in route.inputs.values():
        own = "header_amount" if item.name == "amount" else ""
        said[item.name] = item.label.get(words.lang) or words.either(
            own, words.name("header", item.name)
        )
    rules = [*((name, step.rule) for name, step in route.steps.items()), *route.results.items()]
    said |= {name: page.either(f"name_{name}", name) for name in route.steps}
    for name, rule in rules:
        if isinstance(rule, Equation):
            text = worded(rule, said)
        else:
            inputs = (said.get(one) or words.name("header", one) for one in rule.names)
            text = f"{page.either(f'name_{rule.id}', rule.id)}({', '.join(inputs)})"
        result = (
            words("needs_own_gas")
            if name == "item"
            else said.get(name) or page.either(f"name_{name}", name)
        )
        yield f"{result} = {text}"


def _must(item: Input, source: MethodSource) -> bool:
    by_instrument = any(basis.input_name == item.name for basis in source.bases.values())
    return item.name != "amount" and item.required and not item.factors and not by_instrument


def _when(route: Route, source: MethodSource, words: TemplateWords) -> str:
    limits = [
        f"{words.name('header', k)}: {' / '.join(text or words('needs_empty') for text in v)}"
        for k, v in route.when.items()
    ]
    if source.technologies:
        shown = [words.name("technology", t) for t in source.technologies]
        limits.append(f"{words.name('header', 'technology')}: {', '.join(shown)}")
    return "\n".join(limits)


def _items(route: Route, source: MethodSource, words: TemplateWords) -> str:
    named = route.items or source.items
    if named is None:
        return words("needs_any_fuel")
    shown = [words.name("item", item) for item in named[:_MOST_ITEMS]]
    more = len(named) - len(shown)
    return ", ".join(shown) + (f" … (+{more})" if more else "")


def _asked(item: Input, words: TemplateWords) -> str:
    label = item.label.get(words.lang) or words.name("header", item.name)
    return f"{label} [{' | '.join(item.units)}]"


def _default(
    tables: MethodDefaults, source: MethodSource, route: Route, item: Input, words: TemplateWords
) -> str:
    library = tables.library
    rows = tables.rows(source, route, item)
    if any(library.set_of(row) == "grid" for row in rows):
        return words("needs_grid")
    if len(rows) == 1:
        row = rows[0]
        return f"{library.cell(row, 'value')} {library.units[row]} ({library.grades[row]})"
    if not rows:
        return "–"
    grades = [str(library.grades[row]) for row in rows]
    counted = ", ".join(f"{g} {grades.count(g)}" for g in "ABCD" if g in grades)
    return words("needs_sorted", count=len(rows), grades=counted)


def write_defaults(book: Any, looks: Looks, method: Method, words: TemplateWords) -> None:
    """Every default of the method with value, unit, grade, document and place in it."""
    columns = ("edition", "source", "item", "technology", "parameter", "value", "unit", "grade",
               "document", "where")  # fmt: skip
    sheet = book.add_worksheet(words("sheet_defaults"))
    rows = list(_defaults(method, words))
    _sheet(sheet, columns, rows, "defaults", looks, words, (10, 30, 18, 18, 20, 14, 16, 7, 30, 40))


def _defaults(method: Method, words: TemplateWords) -> Iterator[tuple[Any, ...]]:
    library = FactorLibrary.default()
    known = documents()
    for edition in method.editions:
        tables = MethodDefaults(library, method, edition)
        users: dict[int, dict[str, None]] = {}
        for source in open_sources(method):
            for route in source.routes:
                for item in route.inputs.values():
                    for row in tables.rows(source, route, item, instruments=False):
                        users.setdefault(row, {})[words.name("source", source.id)] = None
        for row in sorted(users):
            if library.set_of(row) == "grid":
                continue
            document = known.get(library.sources[row])
            yield (
                edition.key,
                ", ".join(users[row]),
                words.name("item", library.cell(row, "item")),
                words.name("technology", library.cell(row, "technology")),
                words.name("header", library.cell(row, "parameter")),
                float(library.values[row]),
                library.units[row],
                str(library.grades[row]),
                library.sources[row] if document is None else document.number or document.key,
                library.wheres[row],
            )


def _sheet(
    sheet: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]], name: str, looks: Looks,
    words: TemplateWords, widths: tuple[float, ...],
) -> None:  # fmt: skip
    """A protected sheet that is read by people: title, a line, a header, rows."""
    sheet.write_string(0, 0, words(f"sheet_{name}"), looks.title)
    sheet.merge_range(1, 0, 1, len(columns) - 1, words(f"{name}_line"), looks.line)
    sheet.set_row(1, 32)
    for at, column in enumerate(columns):
        sheet.write_string(2, at, words(f"{name}_{column}"), looks.optional)
        sheet.set_column(at, at, widths[at])
    for down, row in enumerate(rows, start=3):
        for at, value in enumerate(row):
            if isinstance(value, float):
                sheet.write_number(down, at, value, looks.text)
            else:
                sheet.write_string(down, at, value, looks.text)
        tallest = [_lines(str(value), widths[at]) for at, value in enumerate(row)]
        sheet.set_row(down, 3 + 14 * max(tallest))
    sheet.freeze_panes(3, 1)
    if rows:
        sheet.autofilter(2, 0, 2 + len(rows), len(columns) - 1)
    _printed(sheet, words)
    sheet.set_landscape()
    sheet.repeat_rows(2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})


def _lines(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column, whose width is counted in digits."""
    return sum(max(1, math.ceil(words_wide(part, 1) * 1.75 / width)) for part in text.split("\n"))


def _printed(sheet: Any, words: TemplateWords) -> None:
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&R{words('footer')}")
