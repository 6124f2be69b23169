"""The words of a trace, in Chinese and English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from carboncalc.messages.catalogue import language
from carboncalc.provenance import GRADE_MEANING
from carboncalc.vocabulary.spoken import word

if TYPE_CHECKING:
    from carboncalc.inventory.describe import NamedValue
    from carboncalc.inventory.trace import Trace

_WORDS = {
    "zh": {
        "line": "记录", "cell": "数据位置", "method": "方法", "edition": "版本", "route": "路线",
        "citation": "公式出处", "amount": "活动数据", "inputs": "参数", "steps": "步骤",
        "equation": "公式", "mass": "排放量", "co2e": "二氧化碳当量", "grade": "证据等级",
        "basis": "范围二口径", "account": "科目", "fallback": "替代", "scope": "范围",
        "sign": "外供,取负号", "balance": "库存平衡",
    },
    "en": {
        "line": "line", "cell": "cell", "method": "method", "edition": "edition",
        "route": "route", "citation": "equation from", "amount": "activity", "inputs": "inputs",
        "steps": "steps", "equation": "equation", "mass": "mass", "co2e": "CO2e",
        "grade": "evidence grade", "basis": "scope 2 basis", "account": "account",
        "fallback": "stands in", "scope": "scope", "sign": "an export: counted negative",
        "balance": "stock balance",
    },
}  # fmt: skip


_CHINESE = {
    "counted": "计入总量", "biogenic": "生物源 CO2(不计入)",
    "outside_document": "核算文件之外(不计入)",
    "auxiliary": "辅助报告项(不计入)", "process": "工序单列(不计入)",
    "offsets": "抵销(不计入)", "removal": "移除(不计入)", "exported": "外供(不计入)",
    "other_gases": "七类以外的气体(不计入)",
    "method": "核算文件规定", "location": "位置法", "market": "市场法", "region": "其他地区的因子",
    "year": "较早年份的因子", "region+year": "其他地区、较早年份的因子",
}  # fmt: skip


def render(trace: Trace, lang: str | None = None) -> str:
    """The trace as indented text."""
    from carboncalc.inventory.trace import number

    words = _WORDS[language(lang)]

    def said(identifier: str) -> str:
        return _CHINESE.get(identifier, identifier) if language(lang) == "zh" else identifier

    place = " ".join(_placed(k, v, language(lang)) for k, v in trace.place.items() if v is not None)
    source = _named(trace.source, "source", language(lang))
    item = _named(trace.item, "item", language(lang))
    lines = [
        f"{words['line']} {trace.line_id}  {trace.entity}  {trace.period}  {source}  {item}",
        f"  {words['cell']}: {place or '-'}",
        f"  {words['method']}: {trace.method}, {words['edition']} {trace.edition} "
        f"({trace.document})",
        f"  {words['route']}: {trace.route} ({trace.route_title.get(language(lang), '')})",
        f"  {words['citation']}: {trace.citation} [{trace.citation_grade}]",
        f"  {words['amount']}: {number(trace.amount)} {trace.unit}{_scale(trace)}",
    ]
    if trace.balance:
        lines.append(f"  {words['balance']}: {trace.balance}")
    if trace.inputs:
        lines.append(f"  {words['inputs']}:")
    for value in trace.inputs:
        label = value.label.get(language(lang), value.name)
        lines.append(
            f"    {value.name} ({label}) = {number(value.value)} {_unit(value.unit)} "
            f"[{value.grade}] {value.factor_id or ''} {_origin(value, language(lang))}".rstrip()
        )
    if trace.stages:
        lines.append(f"  {words['steps']}:")
    for stage in trace.stages:
        result = f"{number(stage.value)} {_unit(stage.unit)}".rstrip()
        lines.append(f"    {stage.name} = {stage.equation} = {result}")
    lines += [
        f"  {words['equation']}: {trace.gas} = {trace.equation}",
        f"    = {trace.substituted}",
    ]
    if trace.sign < 0:
        lines.append(f"    ({words['sign']})")
    gwp_from = f" ({trace.gwp_id})" if trace.gwp_id else ""
    lines += [
        f"  {words['mass']}: {number(trace.mass_t)} t {trace.gas}",
        f"  {words['co2e']}: {number(trace.mass_t)} × {number(trace.gwp)} "
        f"[GWP {trace.gwp_set}{gwp_from}] = {number(trace.co2e_t)} t CO2e",
        f"  {words['scope']}: {trace.scope}   {words['account']}: {said(trace.account)}"
        + (f"   {words['basis']}: {said(trace.scope2_basis)}" if trace.scope2_basis else "")
        + (f"   {words['fallback']}: {said(trace.fallback)}" if trace.fallback else ""),
        f"  {words['grade']}: {trace.evidence_grade} "
        f"({GRADE_MEANING[trace.evidence_grade][language(lang)]})",
    ]
    return "\n".join(lines)


_PLACES = {"file": "文件 {}", "sheet": "工作表 {}", "row": "第 {} 行", "meter": "表计 {}"}
_MEASURED = "parameter table row"


def _placed(name: str, value: Any, lang: str) -> str:
    return _PLACES[name].format(value) if lang == "zh" and name in _PLACES else f"{name} {value}"


def _named(identifier: str, kind: str, lang: str) -> str:
    """The id, with its Chinese name for a Chinese reader."""
    said = word(identifier, (kind,)) if lang == "zh" else identifier
    return identifier if said == identifier else f"{said} ({identifier})"


def _origin(value: NamedValue, lang: str) -> str:
    """Document and place of a value; a value of the plant's own with its table and evidence."""
    if lang == "en" or value.grade != "S":
        return f"{value.source} {value.where}"
    where = own_place(value.where)
    known = value.where.startswith(_MEASURED) or value.where == "not stated"
    return where if known else f"企业填报 {where}"


def own_place(where: str) -> str:
    """Where a value of the plant's own stands, as a Chinese reader says it.

    Examples
    --------
    >>> own_place("sheet S row 5 column amount"), own_place("not stated")
    ('工作表 S 第 5 行 数量 列', '未填报,按 0 计')
    >>> own_place("parameter table row 7 HY-01")
    '实测参数表 行 7 HY-01'
    """
    if where == "not stated":
        return "未填报,按 0 计"
    if where.startswith(_MEASURED):
        return where.replace(_MEASURED, "实测参数表 行")
    found = re.fullmatch(r"(?:sheet (?P<sheet>.+) )?row (?P<row>\d+) column (?P<name>\S+)", where)
    if found is None:
        return where
    sheet = f"工作表 {found['sheet']} " if found["sheet"] else ""
    return f"{sheet}第 {found['row']} 行 {word(found['name'], ('header',))} 列"


def _unit(unit: str) -> str:
    """The unit as it is written behind a number: a plain number has none."""
    return "" if unit == "1" else f"{unit} "


def _scale(trace: Trace) -> str:
    from carboncalc.inventory.trace import number

    if trace.scale == 1 and trace.scale_divisor == 1:
        return ""
    times = f" × {number(trace.scale)}" if trace.scale != 1 else ""
    over = f" ÷ {number(trace.scale_divisor)}" if trace.scale_divisor != 1 else ""
    return f"{times}{over} = {number(trace.amount_in_equation)} {trace.equation_unit}"
