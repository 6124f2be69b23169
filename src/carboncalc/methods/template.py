"""The workbook a plant fills in for a method: drop-downs, units, notes; read back as it is.

One visible table (``活动数据``) with the columns of the activity table that the method needs,
one page that explains every source, and a hidden sheet with the lists behind the
drop-downs. ``read_activity`` takes the filled workbook without further words.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carboncalc.errors import CarbonCalcError
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.describe import query_text
from carboncalc.methods.route import Method, MethodSource
from carboncalc.model.method import Input
from carboncalc.vocabulary import names

#: How many rows get drop-downs.
ROWS = 2000

_ALWAYS = ("entity", "facility", "process", "period", "source", "item", "amount", "unit")
_OPTIONAL = ("record_kind", "region", "counterparty", "meter", "technology")
_ELECTRIC = ("instrument", "certificate_id")
_LAST = ("density", "gas_reference", "check_amount", "check_source")
_EVIDENCE = ("data_quality", "uncertainty_pct", "evidence_type", "evidence_no", "note")

_NOTES = {
    "entity": ("企业名称或编号", "name or id of the enterprise"),
    "period": ("如 2024、2024-03、2024Q1、2024年3月", "2024, 2024-03, 2024Q1 …"),
    "amount": (
        "不小于 0;外供、扣减有独立的排放源",
        "0 or more: exports and deductions are sources of their own",
    ),
    "unit": ("从列表选择,或填写等价单位", "from the list, or a unit that converts"),
    "record_kind": (
        "库存法:期初库存、购入量、期末库存、外销量各一行",
        "stock balance: one row each for opening stock, purchase, closing stock, sold",
    ),
    "region": ("省份,如 福建 或 CN-35", "province, for example CN-35"),
    "density": ("体积计量的液体必填,带单位,如 0.84 kg/L", "for litres, with unit: 0.84 kg/L"),
    "gas_reference": ("以 m3 计的气体必填", "for a gas in m3"),
    "abatement_technology": (
        "尾气处理技术;决定去除率缺省值,无处理装置填“无尾气处理”",
        "decides the default efficiency; 'no abatement' where there is none",
    ),
    "gwp_set": (
        "以 CO2e 给出的数量或因子所用的 GWP 数据集",
        "the GWP set that weighed an amount or a factor given as CO2e",
    ),
    "factor_set": ("因子集编号,如 uk_desnz_2025", "id of a factor set, such as uk_desnz_2025"),
    "certificate_id": ("绿证或绿电交易凭证号", "number of the certificate"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its id, its header, its note and its list of choices."""

    id: str
    header: str
    note: str
    choices: tuple[str, ...] = ()
    strict: bool = False


def template(method_id: str, lang: str = "zh") -> bytes:
    """The XLSX workbook for a method.

    Parameters
    ----------
    method_id
        The method's id.
    lang
        Language of headers and notes, ``zh`` or ``en``.

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
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    # a fixed date: the same method gives the same bytes
    book.set_properties({"title": method.name[lang], "created": datetime(2026, 1, 1)})  # noqa: DTZ001
    _table(book, method, lang)
    _explanation(book, method, lang)
    book.close()
    return out.getvalue()


def columns(method_id: str, lang: str = "zh") -> tuple[Column, ...]:
    """The columns of a method's table, in order.

    Examples
    --------
    >>> [c.id for c in columns("public-building")][:6]
    ['method', 'entity', 'facility', 'process', 'period', 'source']
    """
    return tuple(_columns(load_method(method_id), lang))


def _columns(method: Method, lang: str) -> Iterator[Column]:
    ready = [s for s in method.sources.values() if s.status == "complete"]
    choices = {
        "method": (method.id,),
        "source": tuple(names.label("source", s.id, lang) for s in ready),
        "item": tuple(dict.fromkeys(names.label("item", i, lang) for i in _items(ready))),
        "unit": tuple(dict.fromkeys(u for s in ready for u in _units(s))),
        "technology": tuple(
            dict.fromkeys(
                names.label("technology", t, lang) for s in ready for t in s.technologies or ()
            )
        ),
    }
    for kind in ("record_kind", "instrument", "gas_reference"):
        choices[kind] = tuple(names.label(kind, i, lang) for i in names.ids(kind))
    electric = _ELECTRIC if any(s.bases for s in ready) else ()
    for name in ("method", *_ALWAYS, *_OPTIONAL, *electric, *_LAST):
        yield _column(name, lang, choices.get(name, ()))
        if name == "density":
            yield _unit_column(name, lang, ("kg/L", "t/m3", "kg/m3"))
    for name, inputs in _parameters(ready).items():
        units = tuple(dict.fromkeys(u for i in inputs for u in i.units if u != "1"))
        yield Column(name, names.label("header", name, lang), _parameter_note(inputs, lang))
        if units or any(i.bounds == "fraction" for i in inputs):
            yield _unit_column(name, lang, (*units, *(() if units else ("%", "1"))))
    for name, values in _texts(ready).items():
        kind = "technology" if name.endswith("technology") else ""
        yield _column(name, lang, tuple(names.label(kind, v, lang) if kind else v for v in values))
    for name in _EVIDENCE:
        yield _column(name, lang, ())


def _column(name: str, lang: str, choices: tuple[str, ...]) -> Column:
    note = _NOTES.get(name, ("", ""))[0 if lang == "zh" else 1]
    strict = name in (
        "source", "record_kind", "instrument", "gas_reference", "carbon_basis", "gwp_set",
    )  # fmt: skip
    return Column(name, names.label("header", name, lang), note, choices, strict)


def _unit_column(name: str, lang: str, units: tuple[str, ...]) -> Column:
    word = "单位" if lang == "zh" else " unit"
    return Column(f"{name}_unit", names.label("header", name, lang) + word, "", units)


def _items(sources: list[MethodSource]) -> Iterator[str]:
    """Items a row may name: those a source lists, else the fuels, gases and biofuels."""
    from carboncalc.vocabulary.items import items

    kinds = {
        "combustion": {"fuel"},
        "mobile": {"fuel"},
        "biomass": {"biofuel"},
        "carbonate": {"carbonate"},
        "wastewater": set(),
        "refrigerant": {"gas", "blend"},
    }
    for source in sources:
        if source.items is not None:
            yield from source.items
            continue
        wanted = kinds.get(source.block, {"material", "product", "fuel"})
        yield from (record.id for record in items() if record.kind in wanted)
        if source.block == "wastewater":
            yield "wastewater"


def _units(source: MethodSource) -> Iterator[str]:
    for route in source.routes:
        yield from route.inputs["amount"].units


def _parameters(sources: list[MethodSource]) -> dict[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for source in sources:
        for route in source.routes:
            for name, item in route.inputs.items():
                if name != "amount" and not _printed_constant(item):
                    found.setdefault(name, []).append(item)
    return found


def _texts(sources: list[MethodSource]) -> dict[str, tuple[str, ...]]:
    """The further text columns that routes and defaults depend on, with the words for each."""
    found: dict[str, dict[str, None]] = {}
    for source in sources:
        whens = [route.when for route in source.routes]
        for name, words in [*source.choices.items(), *(pair for w in whens for pair in w.items())]:
            found.setdefault(name, {}).update(dict.fromkeys(word for word in words if word))
    return {name: tuple(words) for name, words in found.items()}


def _printed_constant(item: Input) -> bool:
    """Whether it is a constant of the document rather than a property of the plant."""
    fixed = all("$" not in f"{q.item}{q.technology}" for q in item.factors)
    return bool(item.factors) and fixed and not item.aliases


def _parameter_note(inputs: list[Input], lang: str) -> str:
    defaults = dict.fromkeys(query_text(q) for i in inputs for q in i.factors)
    if not defaults:
        return "须实测或填报,无缺省值" if lang == "zh" else "must be given: there is no default"
    word = "留空取缺省值:" if lang == "zh" else "left empty, the default is "
    return word + "; ".join(list(defaults)[:3])


def _table(book: Any, method: Method, lang: str) -> None:
    head = book.add_format(
        {"bold": True, "bg_color": "#DDEBE3", "border": 1, "text_wrap": True, "valign": "top"}
    )
    sheet = book.add_worksheet("活动数据" if lang == "zh" else "activity")
    lists = book.add_worksheet("lists")
    lists.hide()
    for number, column in enumerate(_columns(method, lang)):
        sheet.write_string(0, number, column.header, head)
        sheet.set_column(number, number, max(10, min(24, 2 * len(column.header))))
        if column.note:
            sheet.write_comment(0, number, column.note)
        if column.choices:
            lists.write_column(0, number, column.choices)
            letter = _letter(number)
            sheet.data_validation(
                1,
                number,
                ROWS,
                number,
                {
                    "validate": "list",
                    "source": f"=lists!${letter}$1:${letter}${len(column.choices)}",
                    "error_type": "stop" if column.strict else "warning",
                },
            )
    sheet.freeze_panes(1, 5)


def _letter(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _explanation(book: Any, method: Method, lang: str) -> None:
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("说明" if lang == "zh" else "notes")
    sheet.set_column(0, 0, 110, wrap)
    for row, (text, heading) in enumerate(_sentences(method, lang)):
        sheet.write_string(row, 0, text, bold if heading else wrap)


def _sentences(method: Method, lang: str) -> Iterator[tuple[str, bool]]:
    chinese = lang == "zh"
    yield method.name[lang], True
    yield ("边界:" if chinese else "boundary: ") + method.boundary[lang], False
    yield ("气体与 GWP:" if chinese else "gases and GWP: ") + method.total_basis[lang], False
    if method.biogenic:
        yield method.biogenic[lang], False
    for edition in method.editions:
        yield ("依据:" if chinese else "document: ") + edition.document, False
    for source in method.sources.values():
        yield "", False
        yield f"{names.label('source', source.id, lang)}  ({source.id})", True
        if source.status == "partial":
            yield ("未开放:" if chinese else "not open: ") + source.hole[lang], False
        if source.note:
            yield source.note[lang], False
        for route in source.routes:
            needed = [
                (item.label.get(lang, name) + f" [{' | '.join(item.units)}]")
                for name, item in route.inputs.items()
                if name != "amount" and not item.factors and item.required
            ]
            text = f"{route.title[lang]}:" if chinese else f"{route.title[lang]}: "
            text += "; ".join(f"{gas} = {eq.text}" for gas, eq in route.results.items())
            if needed:
                text += ("。须填:" if chinese else ". Needed: ") + ", ".join(needed)
            yield text, False
