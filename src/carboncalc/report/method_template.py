"""The workbook that a plant fills in for a method, and ``compute`` reads back in one step.

Sheets: how to fill it in, with the method, its document and its version; entities; activity
data month by month; measured values; output; the data-quality control plan with every
parameter of the method already in it; the ways to the figure of each source; the defaults
with their grades. Lists and what each source needs stand on a hidden sheet, so that items,
units and parameters follow the chosen source and empty cells that it needs turn orange.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.verification.plan_file import NEEDED_IF_MEASURED
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.route import Method
from carboncalc.methods.template import (
    Column,
    columns,
    needs,
    open_sources,
    parameters,
    units,
)
from carboncalc.report.template_form import FIRST, ROWS, Field, Form, Looks
from carboncalc.report.template_lists import Lists, letters
from carboncalc.report.template_texts import defaults_first, write_defaults, write_how, write_needs
from carboncalc.report.template_words import TemplateWords
from carboncalc.vocabulary import names
from carboncalc.vocabulary.items import items

_AMOUNTS = frozenset({"amount", "check_amount"})
_NUMBERS = frozenset({"density", "data_quality", "uncertainty_pct"})
_WIDE = {"source": 18.0, "item": 16.0, "period": 11.0, "entity": 13.0, "amount": 14.0, "note": 24.0,
         "parameter": 18.0, "unit": 12.0}  # fmt: skip

#: The control plan in the order of appendix D.4: band → columns.
_PLAN = {
    "place": ("entity", "facility", "process", "source", "item", "parameter", "unit"),
    "obtained": ("acquisition", "description"),
    "meter": (
        "meter", "meter_model", "meter_location", "measurement_frequency", "accuracy",
        "calibration_frequency", "calibration_date",
    ),
    "kept": ("recording_frequency", "missing_rule", "owner"),
    "version": ("version", "valid_from", "note"),
}  # fmt: skip


def template(method_id: str, lang: str = "zh") -> bytes:
    """The XLSX workbook for a method.

    Parameters
    ----------
    method_id
        The method's id.
    lang
        Language of headers, choices and notes, ``zh`` or ``en``.

    Raises
    ------
    MethodError
        M-001 when no such method is held.
    CarbonCalcError
        M-017 when XlsxWriter is not installed.

    Examples
    --------
    >>> template("public-building")[:2]
    b'PK'
    """
    try:
        import xlsxwriter
    except ImportError:
        raise CarbonCalcError("M-017", extra="report") from None
    method = load_method(method_id)
    words = TemplateWords(lang)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    # a fixed date: the same method gives the same bytes
    book.set_properties({"title": method.name[words.lang], "created": datetime(2026, 1, 1)})  # noqa: DTZ001
    looks = Looks(book)
    write_how(book, looks, method, words)
    forms = [Form(book, looks, words, name) for name in _FORMS]
    write_needs(book, looks, method, words)
    write_defaults(book, looks, method, words)
    lists = Lists(book)
    _lists_by_source(lists, method, words)
    for form in forms:
        _WRITERS[form.name](form, lists, method, words)
    book.close()
    return out.getvalue()


def _lists_by_source(lists: Lists, method: Method, words: TemplateWords) -> None:
    """Items, units, technologies and parameters, each per source as the source is shown."""
    ready = {words.name("source", s.id): s for s in open_sources(method)}
    per_source: dict[str, dict[str, list[str]]] = {
        "items": {
            k: [words.name("item", i) for i in defaults_first(s, method)] for k, s in ready.items()
        },
        "units": {k: list(units(s)) for k, s in ready.items()},
        "technologies": {
            k: [words.name("technology", t) for t in s.technologies or ()] for k, s in ready.items()
        },
        "parameters": {
            k: [words.name("header", n) for n in parameters([s])] for k, s in ready.items()
        },
    }
    for name, table in per_source.items():
        lists.by_key(name, {k: list(dict.fromkeys(v)) for k, v in table.items()})
    asked = parameters(open_sources(method))
    lists.by_key(
        "parameter_units",
        {
            words.name("header", name): list(dict.fromkeys(u for i in some for u in _spelled(i)))
            for name, some in asked.items()
        },
    )


def _spelled(item: Any) -> tuple[str, ...]:
    return ("%", "1") if item.units == ("1",) else tuple(item.units)


def _activity(form: Form, lists: Lists, method: Method, words: TemplateWords) -> None:
    wanted = columns(method.id, words.lang)
    needed = needs(method.id)
    at = {column.id: letters(number) for number, column in enumerate(wanted)}
    cell = f"${at['source']}{FIRST + 1}"
    fields = [_field(column, lists, words, cell) for column in wanted]
    place = [column.id for column in wanted]
    form.write(fields, frozen=place.index("item") + 1)
    rows = []
    for uses in needed.values():
        shown = {"required": "R", "one_of": "1", "optional": "o"}
        base = [name.removesuffix("_unit") if name != "unit" else name for name in place]
        rows.append([shown.get(uses.get(name, ""), "") for name in base])
    lists.matrix("activity", [words.name("source", source) for source in needed], rows)
    last = len(wanted) - 1
    first = f"A{FIRST + 1}"
    need = f"INDEX(cc_activity_needs,MATCH({cell},cc_activity_rows,0),COLUMN())"
    for look, test in (
        ("missing", f'=AND({cell}<>"",{first}="",{need}="R")'),
        ("one_of", f'=AND({cell}<>"",{first}="",{need}="1")'),
        ("unused", f'=AND({cell}<>"",{need}="")'),
    ):
        form.sheet.conditional_format(
            FIRST, 0, FIRST + ROWS - 1, last,
            {"type": "formula", "criteria": test, "format": form.looks.fill[look]},
        )  # fmt: skip


def _field(column: Column, lists: Lists, words: TemplateWords, cell: str) -> Field:
    by_source = {"item": "items", "unit": "units", "technology": "technologies"}
    choices = None
    if column.id == "entity":
        choices = _entities(words)
    elif column.id == "region":
        choices = lists.plain(_provinces(words))
    elif column.id in by_source:
        choices = lists.of_cell(by_source[column.id], cell)
    elif column.choices:
        choices = lists.plain(column.choices)
    numeric = column.band == "parameter" and not column.id.endswith(("_unit", "_basis"))
    kind: Any = "text"
    if column.id in _AMOUNTS:
        kind = "amount"
    elif numeric or column.id in _NUMBERS:
        kind = "percent" if column.header.endswith("[%]") else "number"
    return Field(
        column.id, column.header, column.band, column.note,
        needed=column.id in ("entity", "period", "source", "item", "amount", "unit"),
        choices=choices, strict=column.strict, kind=kind, width=_WIDE.get(column.id),
    )  # fmt: skip


def _entities(words: TemplateWords) -> str:
    return f"='{words('sheet_entity')}'!$A${FIRST + 1}:$A${FIRST + 50}"


def _provinces(words: TemplateWords) -> tuple[str, ...]:
    return tuple(words.name("region", i) for i in names.ids("region") if len(i) == 5)


def _plain_fields(
    table: str, wanted: Iterator[tuple[str, str, bool]], words: TemplateWords, **more: Any
) -> list[Field]:
    """Fields of a table whose columns need no lists but those given by column."""
    return [
        Field(
            name, words.header(table, name), band, words.either(f"note_{name}", ""), needed,
            more.get("choices", {}).get(name), kind=more.get("kinds", {}).get(name, "text"),
            width=_WIDE.get(name),
        )
        for name, band, needed in wanted
    ]  # fmt: skip


def _entity(form: Form, lists: Lists, method: Method, words: TemplateWords) -> None:
    columns = ("id", "name", "uscc", "methods", "region", "sector")
    choices = {
        "methods": lists.plain([method.id]),
        "region": lists.plain(_provinces(words)),
    }
    wanted = ((name, "base", name in ("id", "methods", "region")) for name in columns)
    fields = _plain_fields("entity", wanted, words, choices=choices)
    form.write(fields, frozen=1)
    form.sheet.set_column(0, 5, 24, form.looks.cells["text"])
    form.sheet.write_string(FIRST, columns.index("methods"), method.id, form.looks.cells["text"])


def _parameters(form: Form, lists: Lists, method: Method, words: TemplateWords) -> None:
    columns = ("entity", "facility", "period", "source", "item", "parameter", "value", "unit",
               "weight", "evidence")  # fmt: skip
    source, parameter = f"$D{FIRST + 1}", f"$F{FIRST + 1}"
    choices = {
        "entity": _entities(words),
        "source": lists.plain([words.name("source", s.id) for s in open_sources(method)]),
        "item": lists.of_cell("items", source),
        "parameter": lists.of_cell("parameters", source),
        "unit": lists.of_cell("parameter_units", parameter),
    }
    optional = ("facility", "item", "weight", "evidence")
    wanted = ((n, "evidence" if n in ("weight", "evidence") else "base", n not in optional)
              for n in columns)  # fmt: skip
    kinds = {"value": "number", "weight": "number"}
    form.write(_plain_fields("parameters", wanted, words, choices=choices, kinds=kinds), frozen=5)


def _outputs(form: Form, lists: Lists, method: Method, words: TemplateWords) -> None:
    columns = ("entity", "facility", "process", "period", "measure", "amount", "unit",
               "statistic", "evidence")  # fmt: skip
    products = {record.id for record in items() if record.kind == "product"}
    own = [i for s in open_sources(method) for i in s.items or () if i in products]
    measures = [words.name("item", i) for i in dict.fromkeys(own)]
    if method.id.startswith("power-generation"):
        measures += words.choices("power")
    choices = {
        "entity": _entities(words),
        "measure": lists.plain([*measures, *words.choices("measures")]),
        "unit": lists.plain(("t", "MWh", "GJ", "10^4 CNY", "tce", "m2", "person", "h")),
        "statistic": lists.plain(words.choices("statistic")),
    }
    optional = ("facility", "process", "statistic", "evidence")
    wanted = ((n, "evidence" if n in ("statistic", "evidence") else "base", n not in optional)
              for n in columns)  # fmt: skip
    fields = _plain_fields("outputs", wanted, words, choices=choices, kinds={"amount": "amount"})
    form.write(fields, frozen=4)


def _plan(form: Form, lists: Lists, method: Method, words: TemplateWords) -> None:
    choices = {
        "entity": _entities(words),
        "acquisition": lists.plain(words.choices("acquisition")),
    }
    needed = ("parameter", "acquisition", *NEEDED_IF_MEASURED)
    wanted = ((n, band, n in needed) for band, some in _PLAN.items() for n in some)
    kinds = {"calibration_date": "day", "valid_from": "day"}
    fields = _plain_fields("plan", wanted, words, choices=choices, kinds=kinds)
    form.write(fields, frozen=7)
    place = {field.id: number for number, field in enumerate(fields)}
    looks = form.looks.cells["text"]
    row = FIRST
    for source in open_sources(method):
        asked = parameters([source])
        for name in ("amount", *asked):
            unit = units(source) if name == "amount" else _spelled(asked[name][0])
            form.sheet.write_string(row, place["source"], words.name("source", source.id), looks)
            form.sheet.write_string(row, place["parameter"], words.name("header", name), looks)
            form.sheet.write_string(row, place["unit"], unit[0], looks)
            row += 1


_WRITERS = {
    "entity": _entity, "activity": _activity, "parameters": _parameters, "outputs": _outputs,
    "plan": _plan,
}  # fmt: skip
_FORMS = tuple(_WRITERS)
