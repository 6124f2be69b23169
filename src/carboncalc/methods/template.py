"""What a plant is asked for under a method: the columns of its table and what each source needs.

The workbook itself is written by ``carboncalc.report.method_template``; here stands which
columns the activity table of a method has, in which order and with which choices, and for
each source which of them must be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from carboncalc.methods.catalogue import load_method
from carboncalc.methods.route import Method, MethodSource, Route
from carboncalc.model.method import Input
from carboncalc.vocabulary import names

#: Columns that every row fills in.
BASE = ("entity", "period", "source", "item", "amount", "unit")

_PLACE = ("entity", "facility", "process", "period", "source", "item", "amount", "unit")
_ELECTRIC = ("instrument", "certificate_id")
_VOLUME = ("density", "density_unit", "gas_reference")
_CHECK = ("check_amount", "check_source")
_EVIDENCE = (
    "evidence_type", "evidence_no", "data_quality", "uncertainty_pct", "note", "region", "method",
)  # fmt: skip

_NOTES = {
    "entity": ("企业编号或名称,与“企业信息”表一致", "id or name, as in the sheet of entities"),
    "facility": ("机组、厂区、生产线;不分则留空", "unit, site or line; empty if there is one"),
    "process": ("工序名称;不分工序则留空", "process; empty if figures are not kept by process"),
    "period": (
        "逐月填写,如 2024-01;也可 2024、2024Q1、2024年3月",
        "month by month, as 2024-01; also 2024, 2024Q1",
    ),
    "source": ("从列表选择;先选排放源,再选品种和单位", "from the list; then item and unit follow"),
    "item": ("燃料、物料、气体或产品,按所选排放源列出", "fuel, material, gas or product"),
    "amount": (
        "不小于 0;外供、扣减有独立的排放源;空白不等于零",
        "0 or more; exports and deductions are sources of their own; empty is not zero",
    ),
    "unit": ("从列表选择,或填写可换算的单位", "from the list, or a unit that converts"),
    "record_kind": (
        "留空为消耗量。库存法:期初库存、购入量、期末库存、外销量各一行",
        "empty is consumption. Stock balance: opening, purchase, closing, sold: a row each",
    ),
    "technology": ("因子随工艺、处理方式、车型而不同时必填", "where the factor depends on it"),
    "meter": ("电表、皮带秤等编号,与数据质量控制计划一致", "as in the quality control plan"),
    "counterparty": ("园区内部转供的对方企业", "the other entity of an internal transfer"),
    "instrument": ("留空为无;绿证、绿电交易、购电协议须另填凭证号", "empty is none"),
    "certificate_id": ("绿证或绿电交易凭证号", "number of the certificate"),
    "density": ("以体积计量的液体必填", "for liquids by volume"),
    "gas_reference": ("以 m3 计的气体必填(0 °C 或 20 °C)", "for a gas in m3"),
    "carbon_basis": (
        "填实测元素碳含量时必填:ar 收到基、ad 空气干燥基、d 干燥基",
        "with a measured carbon content of coal: ar, ad or d",
    ),
    "check_amount": ("另一来源的同一数量(发票、台账)", "the same amount by another record"),
    "check_source": ("核对数据的来源", "what the other record is"),
    "evidence_no": ("发票、化验报告、台账编号", "invoice, test report or ledger number"),
    "note": ("与核对数量不一致时在此说明原因", "explains a difference to the check amount"),
    "abatement_technology": (
        "尾气处理技术;决定去除率缺省值,无处理装置填“无尾气处理”",
        "decides the default efficiency; 'no abatement' where there is none",
    ),
    "gwp_set": (
        "以 CO2e 给出的数量或因子所用的 GWP 数据集",
        "the GWP set that weighed an amount or a factor given as CO2e",
    ),
    "factor_set": ("因子集编号,如 uk_desnz_2025", "id of a factor set, such as uk_desnz_2025"),
    "region": ("省份;留空取“企业信息”中的地区", "province; empty takes that of the entity"),
    "method": ("留空取“企业信息”中的核算方法", "empty takes that of the entity"),
}

_PERCENT = (";填百分数,98% 填 98", "; in per cent, 98 for 98 %")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: id, header, note, list of choices, and the band it stands in.

    ``strict`` says that nothing but the choices is understood. ``band`` is base, use,
    electric, volume, parameter, check or evidence.
    """

    id: str
    header: str
    note: str
    choices: tuple[str, ...] = ()
    strict: bool = False
    band: str = "base"


def columns(method_id: str, lang: str = "zh") -> tuple[Column, ...]:
    """The columns of a method's activity table, in order.

    Examples
    --------
    >>> [c.id for c in columns("public-building")][:6]
    ['entity', 'facility', 'process', 'period', 'source', 'item']
    """
    return tuple(_columns(load_method(method_id), lang))


def open_sources(method: Method) -> list[MethodSource]:
    """The sources whose specification is complete: the ones a template offers.

    Examples
    --------
    >>> [s.id for s in open_sources(load_method("power-generation-cets"))]
    ['fossil_combustion', 'biomass_combustion', 'purchased_electricity']
    """
    return [source for source in method.sources.values() if source.status == "complete"]


def needs(method_id: str) -> dict[str, dict[str, str]]:
    """For each open source, the columns it uses: ``required``, ``optional`` or ``one_of``.

    ``required`` has no default in any route. ``one_of`` is needed by one route where every
    other needs something else instead. A column that is not named has no meaning for the
    source.

    Examples
    --------
    >>> found = needs("power-generation-cets")["fossil_combustion"]
    >>> found["amount"], found["net_calorific_value"], "certificate_id" in found
    ('required', 'optional', False)
    """
    method = load_method(method_id)
    return {source.id: _needs(source) for source in open_sources(method)}


def _needs(source: MethodSource) -> dict[str, str]:
    found = dict.fromkeys(BASE, "required")
    optional = ["facility", "process", "record_kind", "meter", *_CHECK, *_EVIDENCE]
    optional += [*_VOLUME] if _by_volume(source) else []
    optional += _ELECTRIC if source.bases else ()
    optional += ["counterparty"] if _transferred(source) else []
    for route in source.routes:
        optional += [name for name, item in route.inputs.items() if _asked(name, item)]
    optional += _texts([source])
    if source.technologies:
        found["technology"] = "required" if _technology_needed(source) else "optional"
    for name in dict.fromkeys(optional):
        found.setdefault(name, _need(source.routes, name))
    for basis in source.bases.values():  # the instrument decides its default
        found[basis.input_name] = "optional"
    return found


def _need(routes: tuple[Route, ...], name: str) -> str:
    lacking = [
        {n for n, item in route.inputs.items() if not item.factors and item.required} - {"amount"}
        for route in routes
    ]
    if routes and all(name in needed for needed in lacking):
        return "required"
    if all(lacking) and any(name in needed for needed in lacking):
        return "one_of"
    return "optional"


def _technology_needed(source: MethodSource) -> bool:
    """Whether no way to the figure does without knowing the technology."""
    return bool(source.routes) and all(
        any(
            item.required
            and item.factors
            and all(q.technology == "$technology" or q.only_technologies for q in item.factors)
            for item in route.inputs.values()
        )
        for route in source.routes
    )


def _by_volume(source: MethodSource) -> bool:
    return source.block in ("combustion", "mobile") or any("m3" in unit for unit in units(source))


def _transferred(source: MethodSource) -> bool:
    return source.id.startswith(("purchased_", "exported_"))


def _columns(method: Method, lang: str) -> Iterator[Column]:
    ready = open_sources(method)
    used = {name for source in ready for name in _needs(source)}
    choices: dict[str, tuple[str, ...]] = {
        "source": tuple(names.label("source", s.id, lang) for s in ready),
        "item": _distinct(names.label("item", i, lang) for s in ready for i in items_of(s)),
        "unit": _distinct(u for s in ready for u in units(s)),
        "technology": _distinct(
            names.label("technology", t, lang) for s in ready for t in s.technologies or ()
        ),
        "density_unit": ("kg/L", "t/m3", "kg/m3"),
        "method": (method.id,),
    }
    for kind in ("record_kind", "instrument", "gas_reference"):
        choices[kind] = tuple(names.label(kind, i, lang) for i in names.ids(kind))
    texts = _texts(ready)
    for name, values in texts.items():
        kind = "technology" if name.endswith("technology") else ""
        choices[name] = tuple(names.label(kind, v, lang) if kind else v for v in values)
    bands = {
        "base": _PLACE,
        "use": ("record_kind", "technology", "meter", "counterparty"),
        "electric": _ELECTRIC,
        "volume": _VOLUME,
    }
    for band, wanted in bands.items():
        yield from (_column(n, lang, choices, band) for n in wanted if n in used or n in BASE)
    for name, inputs in parameters(ready).items():
        spelled = _distinct(u for i in inputs for u in i.units if u != "1")
        if not spelled and any(i.bounds == "fraction" for i in inputs):
            spelled = ("%",)
        label = names.label("header", name, lang)
        note = parameter_note(inputs, lang)
        if len(spelled) == 1:  # the unit stands in the header, and nobody has to choose it
            percent = _PERCENT[0 if lang == "zh" else 1] if spelled == ("%",) else ""
            yield Column(name, f"{label} [{spelled[0]}]", note + percent, band="parameter")
            continue
        yield Column(name, label, note, band="parameter")
        if spelled:
            yield _column(f"{name}_unit", lang, {f"{name}_unit": spelled}, "parameter")
    yield from (_column(name, lang, choices, "parameter") for name in texts)
    yield from (_column(name, lang, choices, "check") for name in _CHECK)
    yield from (_column(name, lang, choices, "evidence") for name in _EVIDENCE)


def _column(
    name: str, lang: str, choices: Mapping[str, tuple[str, ...]], band: str = "base"
) -> Column:
    note = _NOTES.get(name, ("", ""))[0 if lang == "zh" else 1]
    strict = name in (
        "source", "record_kind", "instrument", "gas_reference", "carbon_basis", "gwp_set",
    )  # fmt: skip
    if name.endswith("_unit"):
        word = "单位" if lang == "zh" else " unit"
        header = names.label("header", name.removesuffix("_unit"), lang) + word
    else:
        header = names.label("header", name, lang)
    return Column(name, header, note, choices.get(name, ()), strict, band)


def _distinct(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def items_of(source: MethodSource) -> Iterator[str]:
    """Items a row of a source may name: those it lists, else the fuels, gases or biofuels.

    Examples
    --------
    >>> list(items_of(load_method("power-generation-cets").source("purchased_electricity")))
    ['electricity']
    """
    from carboncalc.vocabulary.items import items

    kinds = {
        "combustion": {"fuel"},
        "mobile": {"fuel"},
        "biomass": {"biofuel"},
        "carbonate": {"carbonate"},
        "wastewater": set(),
        "refrigerant": {"gas", "blend"},
    }
    if source.items is not None:
        yield from source.items
        return
    wanted = kinds.get(source.block, {"material", "product", "fuel"})
    yield from (record.id for record in items() if record.kind in wanted)
    if source.block == "wastewater":
        yield "wastewater"


def units(source: MethodSource) -> tuple[str, ...]:
    """The units of the amount that the routes of a source start from.

    Examples
    --------
    >>> units(load_method("power-generation-cets").source("fossil_combustion"))
    ('t', '10^4 Nm3')
    """
    return _distinct(unit for route in source.routes for unit in route.inputs["amount"].units)


def parameters(sources: list[MethodSource]) -> dict[str, list[Input]]:
    """The properties of the plant that the routes ask for, without constants of the document.

    Examples
    --------
    >>> list(parameters(open_sources(load_method("power-generation-cets"))))[:2]
    ['carbon_content', 'oxidation_factor']
    """
    found: dict[str, list[Input]] = {}
    for source in sources:
        for route in source.routes:
            for name, item in route.inputs.items():
                if _asked(name, item):
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


def _asked(name: str, item: Input) -> bool:
    return name != "amount" and not _printed_constant(item)


def _printed_constant(item: Input) -> bool:
    """Whether it is a constant of the document rather than a property of the plant."""
    fixed = all("$" not in f"{q.item}{q.technology}" for q in item.factors)
    return bool(item.factors) and fixed and not item.aliases


def parameter_note(inputs: list[Input], lang: str) -> str:
    """Whether a parameter must be given, or what an empty cell means.

    Examples
    --------
    >>> shown = parameters([load_method("ceramics").source("fossil_combustion")])
    >>> parameter_note(shown["net_calorific_value"], "en")
    'empty: the default of the document, see the sheet of defaults'
    """
    given = [bool(item.factors) or item.name == "grid_factor" for item in inputs]
    absent = {item.absent for item in inputs if not item.factors}
    chinese = lang == "zh"
    if all(given):
        return (
            "留空取文件缺省值,见“缺省值”表"
            if chinese
            else "empty: the default of the document, see the sheet of defaults"
        )
    if absent <= {"nothing"}:
        return "不填即不扣减" if chinese else "empty: nothing is deducted"
    if absent <= {"nothing", "omit", "note"}:
        return "如有则填" if chinese else "where it exists"
    if any(given):
        return (
            "视排放源而定:橙色单元格须填,其余可取缺省值"
            if chinese
            else "by source: orange cells must be filled in, others have a default"
        )
    return "实测或填报,无缺省值" if chinese else "must be given: there is no default"
