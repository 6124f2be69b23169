"""One flag for every field of the policy, made from the record itself."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import click

from carboncalc.cli.bilingual import Decorated, option
from carboncalc.provenance import Policy

#: What each choice is about; a test sees that no field lacks its text.
TEXTS: dict[str, dict[str, str]] = {
    "gwp": {
        "zh": "全球变暖潜势:各核算文件自带(method)或统一指定。",
        "en": "Warming potentials: each document's own set (method), or one named set.",
    },
    "scope2": {
        "zh": "范围二基准:核算文件规定、位置法或市场法。",
        "en": "Scope 2 basis: the document's, by location or by market.",
    },
    "market_residual": {
        "zh": "市场法中未购绿电部分所用因子。",
        "en": "Factor of power without an instrument on the market basis.",
    },
    "grid_level": {
        "zh": "电网因子的地区层级。",
        "en": "Regional level of the grid factor.",
    },
    "grid_fallback": {
        "zh": "没有本省因子时,允许用区域或全国因子替代。",
        "en": "Where a province has no factor: let its region or the nation stand in.",
    },
    "year_fallback": {
        "zh": "没有当年因子时,允许用最近的较早年份替代。",
        "en": "Where a year has no factor: let the latest earlier year stand in.",
    },
    "split_year": {
        "zh": "跨年期间:按天拆分或拒绝。",
        "en": "A period across two years: split it by days, or refuse it.",
    },
    "rounding": {
        "zh": "修约规则:none、mee-guide、platform-form、ndrc-report 或规则文件路径。",
        "en": "Rounding: none, mee-guide, platform-form, ndrc-report, or the path of a file.",
    },
    "grades": {
        "zh": "允许进入总量的证据等级;ABCDS 含凭记忆未核对的 D 级。",
        "en": "Evidence grades a total may rest on; ABCDS lets in grade D, recalled and unchecked.",
    },
    "missing": {
        "zh": "缺少因子或参数的行:报错或列入待核数据。",
        "en": "Rows whose factor or parameter is missing: raise, or set them aside.",
    },
    "duplicates": {
        "zh": "重复行:列入待核数据或保留。",
        "en": "Duplicate rows: set them aside, or keep them.",
    },
    "gas_reference": {
        "zh": "以 m3 计的气体所用基准状态。",
        "en": "Reference state of gas volumes given in m3.",
    },
    "edition": {
        "zh": "指定核算文件的版本(默认按数据年份选取)。",
        "en": "Edition of the document by name (by data year when not given).",
    },
}


def policy_flags(function: Decorated) -> Decorated:
    """Add a flag for every field of the policy; :func:`policy_of` gathers them again."""
    for name, field in reversed(Policy.model_fields.items()):
        choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        texts = {lang: f"{text} [{field.default}]" for lang, text in TEXTS[name].items()}
        function = option(
            "--" + name.replace("_", "-"),
            name,
            type=click.Choice([str(value) for value in choices]) if choices else str,
            metavar=None if choices else "NAME",
            zh=texts["zh"],
            en=texts["en"],
        )(function)
    return function


def policy_of(given: dict[str, Any]) -> Policy:
    """The policy of the flags that were given; the record's own defaults hold for the rest.

    Examples
    --------
    >>> policy_of({"scope2": "market", "gwp": None}).scope2
    'market'
    """
    chosen = {k: v for k, v in given.items() if k in Policy.model_fields and v is not None}
    return Policy(**chosen)
