"""A footprint in JSON, in ten lines and in a notebook cell."""

from __future__ import annotations

from html import escape
from typing import Any

from carboncalc.messages.catalogue import language

_WORDS = {
    "zh": {
        "head": "碳足迹",
        "total": "合计",
        "scopes": "范围",
        "totals": "四个口径",
        "boundary": "边界",
        "gwp": "GWP",
        "charged": "用户承担",
        "left": "公用设施未分配",
        "holes": "缺口与提示",
        "evidence": "证据等级",
        "none": "无",
    },
    "en": {
        "head": "footprint",
        "total": "total",
        "scopes": "scope",
        "totals": "four totals",
        "boundary": "boundary",
        "gwp": "GWP",
        "charged": "borne by users",
        "left": "not allocated",
        "holes": "holes and findings",
        "evidence": "evidence",
        "none": "none",
    },
}


#: What a Chinese reader sees in place of ids of scopes, totals, boundaries and choices.
_CHINESE = {
    "1": "范围一", "2_location": "范围二(位置法)", "2_market": "范围二(市场法)",
    "2_method": "范围二(文件规定)", "3": "范围三",
    "document": "核算文件口径", "ets_compliance": "碳市场履约口径",
    "ghgp_location": "GHG Protocol(位置法)", "ghgp_market": "GHG Protocol(市场法)",
    "operational_control": "运营控制", "financial_control": "财务控制",
    "equity_share": "股权比例", "method": "核算文件规定",
}  # fmt: skip


def summary(footprint: Any) -> dict[str, Any]:
    """The footprint as plain values, full precision."""

    def records(frame: Any) -> list[dict[str, Any]]:
        plain = frame.astype(object).where(frame.notna(), None)
        found: list[dict[str, Any]] = plain.to_dict("records")
        return found

    return {
        "contract": 1,
        "boundary": footprint.boundary,
        "years": footprint.years,
        "co2e_t": footprint.co2e_t,
        "totals": footprint.totals,
        "totals_gases": dict(footprint.gases),
        "by_scope": footprint.by_scope(),
        "by_tenant": records(footprint.by_tenant().reset_index(names="tenant")),
        "by_entity": records(footprint.by_entity().reset_index()),
        "internal_factors": records(footprint.internal_factors()),
        "transfers": records(footprint.transfers()),
        "unallocated": records(footprint.unallocated()),
        "excluded": records(footprint.excluded()),
        "findings": [issue.record() for issue in footprint.findings],
        "evidence_share": footprint.inventory.evidence_share(),
        "run_digest": footprint.inventory.run.digest,
    }


def facts(footprint: Any, lang: str | None = None) -> list[tuple[str, str]]:
    """The headline facts as label and text."""
    words = _WORDS[language(lang)]
    tenants = footprint.by_tenant()
    shared = footprint.by_entity()
    left = shared.loc[shared["kind"] == "shared", "co2e_t"].sum()
    by_scope = {key: value for key, value in footprint.by_scope().items() if value is not None}
    totals = {key: value for key, value in footprint.totals.items() if value is not None}
    users = tenants[tenants.index != "(unallocated)"]
    top = "  ".join(
        f"{row['name']} {row['co2e_t']:,.1f}" for row in users.head(3).to_dict("records")
    )
    said = _CHINESE if language(lang) == "zh" else {}
    by_scope = {said.get(key, key): value for key, value in by_scope.items()}
    totals = {said.get(key, key): value for key, value in totals.items()}
    boundary = said.get(footprint.boundary, footprint.boundary)
    shares, gwp = footprint.inventory.evidence_share(), footprint.inventory.policy.gwp
    return [
        (words["total"], f"{footprint.co2e_t:,.2f} t CO2e  ({footprint.years})"),
        (words["scopes"], _pairs(by_scope)),
        (words["totals"], _pairs(totals)),
        (
            words["boundary"],
            f"{boundary}  {words['gwp']}: {said.get(gwp, gwp)}",
        ),
        (words["charged"], top or words["none"]),
        (words["left"], f"{left:,.2f} t CO2e"),
        (words["evidence"], "  ".join(f"{k} {v:.0%}" for k, v in shares.items() if v)),
        (words["holes"], ", ".join(sorted({i.code for i in footprint.findings})) or words["none"]),
    ]


def _pairs(values: dict[str, float]) -> str:
    return "  ".join(f"{key}: {value:,.2f}" for key, value in values.items())


def in_ten_lines(footprint: Any, lang: str | None = None) -> str:
    """The footprint as at most ten printed lines."""
    count = len(footprint.members.inside())
    head = f"<Footprint {footprint.members.name or count}>"
    return "\n".join([head, *(f"  {label}: {text}" for label, text in facts(footprint, lang))][:10])


def as_html(footprint: Any, lang: str | None = None) -> str:
    """The footprint as a small table for a notebook; every text is escaped."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(label)}</th><td>{escape(text)}</td></tr>"
        for label, text in facts(footprint, lang)
    )
    said = "".join(f"<li>{escape(issue.text(lang))}</li>" for issue in footprint.findings)
    title = escape(_WORDS[language(lang)]["head"])
    return f"<table><caption>{title}</caption>{rows}</table><ul>{said}</ul>"
