"""One page per method: what it asks, how each tonne is made, and what every number rests on.

An auditor reads it from top to bottom: the document and its status, the grades, every source
on one line, then each source with its equations, inputs, defaults, clause and instruments,
then all defaults with their place in the document, then a worked example that is a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from carboncalc.errors import MethodError
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.sheets import sources as documents
from carboncalc.inventory.method_evidence import GRADES, MethodDefaults, method_evidence
from carboncalc.messages.catalogue import message
from carboncalc.methods.catalogue import constants, load_method, method_ids
from carboncalc.methods.equation import Equation
from carboncalc.methods.kernels import Kernel
from carboncalc.methods.route import Method, MethodSource, Route
from carboncalc.methods.typeset import mathml, worded
from carboncalc.model.method import FactorQuery, Input
from carboncalc.provenance import GRADE_MEANING
from carboncalc.vocabulary import names

#: One case per method, the worked examples of its page.
GOLDEN = Path(__file__).parents[1] / "tests/golden/methods"
_ABSENT = {
    "error": "must be given · 须填",
    "note": "left out and said so · 缺则不计并说明",
    "omit": "does not exist for some items · 部分品种没有",
    "nothing": "zero where not claimed · 不填按 0",
}


def method_index(library: FactorLibrary) -> Iterator[str]:
    """All methods with their documents and grades on one page."""
    yield "# Methods · 核算方法\n"
    yield (
        "Equations by the grade of their citation, constants by the grade of their row; grid "
        "factors, which all methods share, are counted apart. `carboncalc methods audit` prints "
        "the same. 公式按出处的等级、常数按因子行的等级计数;电网因子各方法共用,未计入。\n"
    )
    yield "| method · 方法 | documents · 依据 | GWP | sources · 排放源 | equations · 公式 | constants · 常数 |"
    yield "|---|---|---|---|---|---|"
    for key in method_ids():
        method, found = load_method(key), method_evidence(key, library)
        numbers = dict.fromkeys(_number(edition.document) for edition in method.editions)
        closed = [s.id for s in method.sources.values() if s.status != "complete"]
        open_ = f"{len(method.sources) - len(closed)}" + (
            f" (+{len(closed)} not open · 未开放)" if closed else ""
        )
        yield (
            f"| [{method.name['zh']} · {key}]({key}.md) | {'; '.join(numbers)} | {method.gwp_set} "
            f"| {open_} | {_counts(found.equations)} | {_counts(found.constants)} |"
        )
    yield "\n" + _meaning()
    yield "\n```{toctree}\n:hidden:\n"
    yield from method_ids()
    yield "```\n"


def method_page(key: str, library: FactorLibrary) -> Iterator[str]:
    """The sheet of one method."""
    method = load_method(key)
    yield f"# {method.name['zh']} · {method.name['en']}\n"
    yield f"`{key}` · method file {method.digest[:16]} · factor library {library.version}\n"
    yield from _documents(method)
    yield from _facts(method)
    yield from _grades(method, library)
    yield from _at_a_glance(method)
    tables = MethodDefaults(library, method, method.editions[-1])
    for source in method.sources.values():
        yield from _source(source, method, tables)
    yield from _defaults(method, library)
    yield from _worked(key)


def _documents(method: Method) -> Iterator[str]:
    yield "## Document and status · 依据与状态\n"
    yield "| edition · 版本 | document · 文件 | data years · 数据年度 | read · 读过的文本 |\n|---|---|---|---|"
    for edition in method.editions:
        first, last = edition.data_years
        document = documents().get(edition.document)
        title, note = f"`{edition.document}`", ""
        if document is not None:
            said = " ".join(p for p in (f"《{document.title['zh']}》", document.number) if p)
            title, note = f"{said} (`{edition.document}`)", document.note or ""
        years = f"{first or '…'}–{last or '…'}" if first or last else "until replaced · 至被替代"
        yield f"| {edition.key} | {_cell(title)} | {years} | {_cell(note)} |"
    yield ""
    for status in method.status_notes:
        since = f"reports from {status.since} on · {status.since} 起: " if status.since else ""
        said = [message(status.code, {"method": method.id}, lang) for lang in ("zh", "en")]
        yield f"- {since}{said[0]} · {said[1]} ({status.code})"
    if method.outside_years:
        yield f"- {method.outside_years['zh']} · {method.outside_years['en']}"
    yield ""


def _facts(method: Method) -> Iterator[str]:
    yield "| | |\n|---|---|"
    facts = (
        ("boundary · 边界", method.boundary),
        ("total · 总量", method.total_basis),
        ("biogenic · 生物源", method.biogenic),
        ("rounding · 修约", method.rounding_note),
    )
    for heading, text in facts:
        if text:
            yield f"| **{heading}** | {_cell(text['zh'])}<br>{_cell(text['en'])} |"
    fill = (
        f", {method.gwp_fill} where it has none · 所缺取 {method.gwp_fill}"
        if method.gwp_fill
        else ""
    )
    yield f"| **GWP** | {method.gwp_set}{fill} |"
    months = "document default, month by month · 逐月取文件缺省值,不取平均"
    yield f"| **missing months · 缺失月份** | {months} |\n"


def _grades(method: Method, library: FactorLibrary) -> Iterator[str]:
    found = method_evidence(method.id, library)
    yield "## What it rests on · 证据等级\n"
    yield "| | " + " | ".join(GRADES) + " |\n|---|" + "---|" * len(GRADES)
    for heading, counts in (
        ("equations · 公式(每条路径)", found.equations),
        ("constants · 常数(可作缺省值的因子行)", found.constants),
        ("grid factors · 电网因子(各方法共用)", found.grid_factors),
    ):
        yield f"| {heading} | " + " | ".join(str(counts[g] or "") for g in GRADES) + " |"
    yield "\n" + _meaning()


def _at_a_glance(method: Method) -> Iterator[str]:
    """Every source on one line: where a kilowatt-hour or a tonne of coal becomes a tonne."""
    yield "\n## Every source on one line · 排放源一览\n"
    yield "| source · 排放源 | scope · 范围 | preferred equation · 首选公式 | clause · 条款 |\n|---|---|---|---|"
    for source in method.sources.values():
        link = f"[{source.name['zh']} · {source.name['en']}](#{_anchor(method, source)})"
        marks = [f"scope {source.scope}", f"ISO {source.iso_category}"]
        marks += ["− subtracted · 扣减"] if source.sign < 0 else []
        marks += [f"memo · 备忘: {source.account}"] if source.account != "counted" else []
        if source.status != "complete":
            yield f"| {link} | {', '.join(marks)} | **not open · 未开放** | |"
            continue
        route = _usual(source)
        said = "<br>".join(_cell(text) for text in _in_words(route))
        cited = f"{_number(route.citation.source)} {route.citation.where} ({route.citation.grade})"
        yield f"| {link} | {'<br>'.join(marks)} | {said} | {_cell(cited)} |"
    yield ""


def _usual(source: MethodSource) -> Route:
    """The first route that asks for nothing without a default, else the first."""
    for route in source.routes:
        needed = [i for i in route.inputs.values() if i.required and not i.factors]
        by_instrument = {basis.input_name for basis in source.bases.values()}
        if all(item.name == "amount" or item.name in by_instrument for item in needed):
            return route
    return source.routes[0]


def _in_words(route: Route) -> Iterator[str]:
    """Results in Chinese words, steps filled in where they are equations of their own."""
    said = {name: ratio.removesuffix("/1") for name, (_, _, ratio) in constants().items()}
    said |= {i.name: i.label.get("zh") or _header(i.name) for i in route.inputs.values()}
    for name, step in route.steps.items():
        if isinstance(step.rule, Equation):
            text = worded(step.rule, said)
            said[name] = text if set("+−").isdisjoint(text) else f"({text})"
    for gas, rule in route.results.items():
        yield f"{gas} = {worded(rule, said)}"


def _source(source: MethodSource, method: Method, tables: MethodDefaults) -> Iterator[str]:
    yield f"\n({_anchor(method, source)})="
    yield f"## {source.name['zh']} · {source.name['en']}\n"
    marks = [f"`{source.id}`", f"scope {source.scope}", source.category,
             f"ISO 14064-1 {source.iso_category}"]  # fmt: skip
    marks += ["subtracted · 扣减项"] if source.sign < 0 else []
    marks += [f"memo · 备忘: {source.account}"] if source.account != "counted" else []
    yield " · ".join(marks) + "\n"
    if source.status != "complete":
        yield f"```{{warning}}\n{source.hole['zh']} {source.hole['en']}\n```\n"
    if source.note:
        yield f"{source.note['zh']} {source.note['en']}\n"
    if source.technologies:
        said = ", ".join(f"{_named('technology', t)} (`{t}`)" for t in source.technologies)
        yield f"Kinds · 技术/类别: {said}\n"
    for column, known in source.choices.items():
        said = ", ".join(f"{_named('technology', word)} (`{word}`)" for word in known)
        yield f"`{column}` · {_header(column)}: {said or 'any set'}\n"
    if len(source.routes) > 1:
        yield "Ways in order of preference; a row takes the first for which it has all inputs. "
        yield "按优先顺序;一行数据齐备哪一种就用哪一种。\n"
    for number, route in enumerate(source.routes, start=1):
        yield from _route(route, number, source, method, tables)
    yield from _instruments(source)


def _route(
    route: Route, number: int, source: MethodSource, method: Method, tables: MethodDefaults
) -> Iterator[str]:
    yield f"### {number}. {route.title['zh']} · {route.title['en']}\n"
    limits = [f"`{k}` = {' / '.join(v or '(empty · 空)' for v in some)}"
              for k, some in route.when.items()]  # fmt: skip
    if route.items:
        limits.append("only · 仅: " + ", ".join(_named("item", item) for item in route.items))
    if limits:
        yield "; ".join(limits) + "\n"
    for name, rule in (*((n, s.rule) for n, s in route.steps.items()), *route.results.items()):
        yield _typeset(name, rule.text)
        if isinstance(rule, Kernel):
            yield f"<p><small>{_cell(_kernel_said(rule))}</small></p>\n"
    yield "".join(f"<p>{_cell(text)}</p>" for text in _in_words(route)) + "\n"
    yield "| symbol · 符号 | unit · 单位 | default · 缺省值 |\n|---|---|---|"
    for item in route.inputs.values():
        label = " · ".join(t for t in (item.label.get("zh"), item.label.get("en")) if t)
        label = "数量 · amount" if item.name == "amount" else label
        units = " or ".join(item.units)
        default = "—" if item.name == "amount" else _default(item, source, route, tables)
        yield f"| `{item.name}` {_cell(label)} | {units} | {default} |"
    for name, ratio in ((n, constants()[n][2]) for n in route.constants):
        yield f"| `{name}` | {constants()[name][1]} | {ratio.removesuffix('/1')}, exact · 精确值 |"
    cited = route.citation
    read = f"; the wording was read in {cited.read_in}" if cited.read_in else ""
    document = documents().get(cited.source)
    title = f"《{document.title['zh']}》" if document is not None else ""
    meaning = GRADE_MEANING[cited.grade]
    yield (
        f"\nFrom · 出自 {title} {_number(cited.source)} (`{cited.source}`), **{cited.where}**; grade "
        f"{cited.grade}: {meaning['zh']} · {meaning['en']}{read}.\n"
    )
    if route.note:
        yield f"{route.note['zh']} {route.note['en']}\n"


def _default(item: Input, source: MethodSource, route: Route, tables: MethodDefaults) -> str:
    rows, library = tables.rows(source, route, item, instruments=False), tables.library
    if any(basis.input_name == item.name for basis in source.bases.values()):
        return "by instrument, see below · 按绿电属性,见下表"
    if len(rows) == 1:
        row = rows[0]
        document = _number(library.sources[row])
        return (
            f"**{library.cell(row, 'value')} {library.units[row]}**, grade {library.grades[row]}, "
            f"{_cell(document)} {_cell(library.wheres[row])}"
        )
    if not rows:
        return _ABSENT[item.absent]
    counts = {g: sum(library.grades[row] == g for row in rows) for g in GRADES}
    return f"{len(rows)} values by item, [below](#{tables.method.id}-defaults) · 按品种,见下表 ({_counts(counts)})"


def _instruments(source: MethodSource) -> Iterator[str]:
    """What each electricity instrument takes as its factor, per basis."""
    if not source.bases:
        return
    yield "\n**What each instrument takes · 各绿电属性取用的因子**\n"
    yield "| instrument · 绿电属性 | " + " | ".join(f"`{basis}`" for basis in source.bases) + " |"
    yield "|---|" + "---|" * len(source.bases)
    ids = dict.fromkeys(i for basis in source.bases.values() for i in basis.instruments)
    for instrument in ids:
        cells = []
        for basis in source.bases.values():
            found = basis.instruments.get(instrument)
            if found is None:
                cells.append("—")
                continue
            text = ", else ".join(_asked(query) for query in found.factors)
            if found.without_certificate is not None:
                other = ", else ".join(_asked(query) for query in found.without_certificate)
                text += f"; without certificate · 无凭证: {other}"
            codes = [c for c in (found.finding, found.uncertified_finding) if c]
            cells.append(text + (f" ({', '.join(codes)})" if codes else ""))
        yield f"| {_named('instrument', instrument)} (`{instrument}`) | " + " | ".join(cells) + " |"
    yield ""


def _asked(query: FactorQuery) -> str:
    region = {"nation": "nation · 全国", "ladder": "region ladder · 地区优先", "exact": "region"}
    years = [y for y in query.years if y is not None]
    parts = [query.set, query.technology or "", query.parameter]
    text = "/".join(part for part in parts if part)
    said = [region.get(query.region_rule, "")]
    said += ["year of the data · 数据年度"] if query.year_rule != "none" else []
    said += [f"{query.years[0] or '…'}–{query.years[1] or '…'}"] if years else []
    said += [f"policy {k}={v}" for k, v in query.choice.items()]
    shown = ", ".join(part for part in said if part)
    return f"`{text}`" + (f" ({shown})" if shown else "")


def _defaults(method: Method, library: FactorLibrary) -> Iterator[str]:
    """Every row behind a default, with its document and its place in it."""
    rows: dict[int, dict[str, None]] = {}
    for edition in method.editions:
        tables = MethodDefaults(library, method, edition)
        for source in method.sources.values():
            for route in source.routes:
                for item in route.inputs.values():
                    for row in tables.rows(source, route, item, instruments=False):
                        if library.set_of(row) != "grid":
                            rows.setdefault(row, {})[edition.key] = None
    yield f"\n({method.id}-defaults)=\n## All defaults · 全部缺省值\n"
    yield (
        f"{len(rows)} rows; a value of grade D enters no total unless it is let in. "
        "D 级数值未经许可不进入总量。电网因子见 [grid](../factors/grid.md)。\n"
    )
    yield "| item · 品种 | quantity · 参数 | value · 数值 | grade | document and place · 文件与出处 | edition |"
    yield "|---|---|---|---|---|---|"
    for row in sorted(rows):
        kind = library.cell(row, "technology")
        item = _named("item", library.cell(row, "item")) + (
            f", {_named('technology', kind)}" if kind else ""
        )
        gas = library.cell(row, "gas")
        quantity = _header(library.cell(row, "parameter")) + (f" [{gas}]" if gas else "")
        place = f"{_number(library.sources[row])} {library.wheres[row]}"
        yield (
            f"| {_cell(item)} | {_cell(quantity)} | {library.cell(row, 'value')} {library.units[row]} "
            f"| {library.grades[row]} | {_cell(place)} | {', '.join(rows[row])} |"
        )
    yield ""


def _worked(key: str) -> Iterator[str]:
    """The method's golden case: its arithmetic, done by hand and checked by a test."""
    case = GOLDEN / key / "about.md"
    if case.exists():
        lines = case.read_text(encoding="utf-8").splitlines()[1:]
        yield "\n## Worked examples · 算例\n"
        yield (
            "Done by hand, row by row, and checked by `tests/golden/test_methods.py` at every "
            f"change; the rows stand in `tests/golden/methods/{key}/activity.csv`. "
            "逐行手算,每次改动都由测试核对。\n"
        )
        yield from lines


def _kernel_said(rule: Kernel) -> str:
    """What a kernel computes: the first line of its docstring, which has its equation."""
    said = (rule.function.__doc__ or "").strip().partition("\n\n")[0]
    return f"{rule.id}: {' '.join(said.split())} [{rule.clause}]"


def _typeset(name: str, rule: str) -> str:
    """An equation as MathML, or a kernel's call as it is written."""
    try:
        return f"<p>{mathml(rule, name)}</p>\n"
    except MethodError:
        return f"<p><code>{name} = {rule}</code></p>\n"


def _anchor(method: Method, source: MethodSource) -> str:
    return f"{method.id}-{source.id}".replace("_", "-")


def _number(key: str) -> str:
    document = documents().get(key)
    return key if document is None or not document.number else document.number


def _named(kind: str, identifier: str) -> str:
    try:
        return names.label(kind, identifier, "zh")
    except KeyError:
        return identifier


def _header(identifier: str) -> str:
    return _named("header", identifier)


def _counts(grades: dict[str, int]) -> str:
    return ", ".join(f"{grade} {count}" for grade, count in grades.items() if count) or "–"


def _meaning() -> str:
    parts: Iterable[str] = (f"**{g}** {m['zh']} · {m['en']}" for g, m in GRADE_MEANING.items())
    return "Grades · 等级: " + "; ".join(parts) + ".\n"


def _cell(text: object) -> str:
    return str("" if text is None else text).replace("|", "\\|").replace("\n", " ")
