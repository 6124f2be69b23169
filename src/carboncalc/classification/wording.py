"""Says the steps, thresholds and vetoes of a verdict in Chinese or English.

Inside the tables a threshold keeps one short form in every language (``in 3415|3811``,
``>= 5 MW``, ``is yes``); people read it in words.
"""

from __future__ import annotations

from carboncalc.classification.criteria import metrics
from carboncalc.classification.policy import vetoes
from carboncalc.model.taxonomy import ItemRule

WORDS = {
    "eligible": {"zh": "符合", "en": "eligible"},
    "ineligible": {"zh": "不符合", "en": "ineligible"},
    "undetermined": {"zh": "待定(缺证据)", "en": "undetermined (evidence is missing)"},
    "pass": {"zh": "通过", "en": "pass"},
    "fail": {"zh": "不通过", "en": "fail"},
    "missing": {"zh": "缺证据", "en": "missing"},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "given": {"zh": "须填写", "en": "to be given"},
    "any": {"zh": "不限", "en": "any"},
    "read_none": {"zh": "已读,无检验条件", "en": "read, it only describes a scope"},
    "hand_read": {"zh": "已读", "en": "read by a person"},
    "extracted": {"zh": "仅机器摘录", "en": "extracted by machine only"},
    "unread": {"zh": "未读", "en": "unread"},
    "manufacturer": {"zh": "制造企业", "en": "manufacturer"},
    "manufacturer_direct_sale": {"zh": "制造企业直接销售", "en": "manufacturer selling directly"},
    "trader": {"zh": "贸易企业", "en": "trader"},
    "builder": {"zh": "建设方", "en": "builder"},
    "operator": {"zh": "运营方", "en": "operator"},
    "service": {"zh": "服务机构", "en": "service provider"},
    "buyer": {"zh": "购买方", "en": "buyer"},
}

STEPS = {
    "claimed_code": {"zh": "申报条目", "en": "claimed item"},
    "industry_code": {"zh": "行业行", "en": "industry line"},
    "condition_status": {"zh": "条件是否已读", "en": "whether the conditions have been read"},
    "role": {"zh": "角色", "en": "role"},
    "product": {"zh": "产品或活动", "en": "product or activity"},
    "scope_confirmed_by": {"zh": "范围确认人", "en": "who confirmed the scope"},
    "green_revenue_share": {"zh": "绿色收入占比", "en": "green revenue share"},
}

_READ = {"zh": "须由人阅读附件", "en": "a person reads the annex"}
_BOND = {
    "zh": "不低于 0.5;或收入与利润占比均不低于 0.3 且均排名第一",
    "en": "0.5 or more; or 0.3 or more of revenue and of profit, both ranking first",
}
_EXCLUDED = {"zh": "不得适用", "en": "must not apply"}


def word(value: str, lang: str) -> str:
    """A status, verdict, role or other known word; unknown ones as they are.

    Examples
    --------
    >>> word("fail", "zh"), word("W1", "zh")
    ('不通过', 'W1')
    """
    known = WORDS.get(value)
    return known[lang] if known else value


def step_name(criterion: str, rule: ItemRule | None, lang: str) -> str:
    """What a reason is about.

    Examples
    --------
    >>> step_name("rated_power", None, "en"), step_name("role", None, "zh")
    ('rated power (unit capacity)', '角色')
    """
    metric = metrics().get(criterion)
    if metric is not None:
        return metric.name[lang]
    if criterion in STEPS:
        return STEPS[criterion][lang]
    return veto_name(criterion.removeprefix("veto:"), rule, lang)


def veto_name(veto: str, rule: ItemRule | None, lang: str) -> str:
    """What a veto says.

    Examples
    --------
    >>> veto_name("contains_mercury", None, "en")
    'contains mercury'
    """
    if veto in vetoes():
        return vetoes()[veto].name[lang]
    left = veto.removeprefix("outside:")
    for outside in rule.outside if rule else ():
        if outside.id == left:
            return f"{outside.name[lang]}: {outside.why[lang]}"
    metric = metrics().get(veto)
    return metric.name[lang] if metric else veto


def asked(criterion: str, threshold: str, rule: ItemRule | None, lang: str) -> str:
    """A threshold in words.

    Examples
    --------
    >>> asked("role", "in builder|operator", None, "zh")
    '建设方 / 运营方'
    >>> asked("rated_power", ">= 5 MW", None, "zh")
    '≥ 5 MW'
    """
    if criterion == "condition_status":
        return _READ[lang]
    if criterion == "green_revenue_share":
        return _BOND[lang]
    if criterion.startswith("veto:"):
        return _EXCLUDED[lang]
    operator, _, rest = threshold.partition(" ")
    value, bracket, standard = rest.partition(" (")
    tail = f" ({standard}" if bracket else ""
    if operator == "in":
        names = [_value(criterion, v, rule, lang) for v in value.split("|")]
        return " / ".join(names) + tail
    if operator in ("is", "any"):
        return word(value or operator, lang) + tail
    signs = {"<=": "≤", ">=": "≥", "==": "="}
    return f"{signs.get(operator, operator)} {rest}"


def _value(criterion: str, value: str, rule: ItemRule | None, lang: str) -> str:
    if criterion == "product" and rule is not None:
        return next((p.name[lang] for p in rule.products if p.id == value), value)
    metric = metrics().get(criterion)
    if metric is not None and value in metric.values:
        return metric.values[value][f"name_{lang}"]
    return word(value, lang)
