"""An inventory in JSON, in ten lines and in a notebook cell."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from carboncalc.errors import CarbonCalcError
from carboncalc.messages.catalogue import language, message

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory


def total_basis(inv: Inventory) -> str:
    """Which rule the total follows: the documents in it and the scope 2 basis."""
    methods = ", ".join(sorted(inv.run.methods))
    return f"{methods}; scope 2: {inv.policy.scope2}"


def summary(inv: Inventory) -> dict[str, Any]:
    """The JSON object of contract section 5. Full precision; shares sum to 1."""
    try:
        total: float | None = inv.co2e_t
        refused = None
    except CarbonCalcError as error:  # totals over different GWP sets do not add up
        total, refused = None, error
    warnings = [{"code": c, "message": m} for c, m in notes(inv)]
    if refused is not None:
        warnings.append({"code": refused.code, "message": refused.text()})
    return {
        "contract": 1,
        "total_basis": total_basis(inv),
        "co2e_t": total,
        "totals": inv.totals,
        "totals_gases": {k: v and v["gases"] for k, v in inv.totals_with_gases.items()},
        "gases": sorted(inv.by_gas()),
        "scope2_basis": inv.policy.scope2,
        "by_scope": inv.by_scope(),
        "by_source": inv.by_source(),
        "by_entity": inv.by_entity(),
        "by_gas": inv.by_gas(),
        "memo": inv.memo_totals(),
        "policy": inv.policy.model_dump(mode="json"),
        "rounding_residual_t": None if total is None else inv.rounding_residual_t,
        "evidence_share": inv.evidence_share(),
        "coverage": inv.coverage(),
        "lines": int(inv.ledger.counted.sum()),
        "quarantined": len(inv.quarantined),
        "issues": [issue.record() for issue in inv.issues],
        "findings": [issue.record() for issue in inv.findings],
        "warnings": warnings,
        "run_digest": inv.run.digest,
    }


def notes(inv: Inventory, lang: str | None = None) -> list[tuple[str, str]]:
    """What has to be said about the total: left-out rows, fallbacks, low evidence."""
    out = []
    if len(inv.quarantined):
        params = {"count": len(inv.quarantined)}
        out.append(("I-036", message("I-036", params, lang)))
    low = inv.evidence_share()["D"]
    if low > 0:
        out.append(("I-037", message("I-037", {"share": f"{low:.1%}"}, lang)))
    counted = inv.ledger.counted
    for bit, code in ((1, "I-038"), (2, "I-039")):
        number = int(((inv.ledger.fallback & bit) > 0)[counted].sum())
        if number:
            out.append((code, message(code, {"count": number}, lang)))
    references = sorted(set(inv.ledger.rows["gas_reference"].dropna())) if len(inv.ledger) else []
    if inv.policy.gas_reference != "none":
        references.append(inv.policy.gas_reference)
    if references:
        said = {"references": ", ".join(dict.fromkeys(references))}
        out.append(("I-040", message("I-040", said, lang)))
    by_scope = inv.by_scope()
    location, market = by_scope["2_location"], by_scope["2_market"]
    if location is not None and market is not None and market > location:
        figures = {"location": f"{location:,.2f}", "market": f"{market:,.2f}"}
        out.append(("I-041", message("I-041", figures, lang)))
    return out


_LABELS = {
    "zh": ("温室气体清单", "合计", "范围", "证据等级", "覆盖", "GWP", "范围二口径", "无"),
    "en": ("inventory", "total", "scope", "evidence", "coverage", "GWP", "scope 2 basis", "none"),
}


_CHINESE = {
    "1": "范围一", "2_location": "范围二(位置法)", "2_market": "范围二(市场法)",
    "2_method": "范围二(文件规定)", "3": "范围三", "method": "核算文件规定",
    "location": "位置法", "market": "市场法",
}  # fmt: skip


def facts(inv: Inventory, lang: str | None = None) -> list[tuple[str, str]]:
    """The headline facts as label and text, in the order they are read."""
    words = _LABELS[language(lang)]
    try:
        total = f"{inv.co2e_t:,.2f} t CO2e"
    except CarbonCalcError as error:
        total = error.text(lang).splitlines()[0]
    chinese = language(lang) == "zh"

    def said(choice: str) -> str:
        return _CHINESE.get(choice, choice) if chinese else choice

    scopes = "  ".join(f"{said(k)}: {v:,.2f}" for k, v in inv.by_scope().items() if v is not None)
    shares = "  ".join(f"{k} {_share(v)}" for k, v in inv.evidence_share().items() if v)
    coverage = inv.coverage()
    years = sorted(set(inv.ledger.rows["year"].take(np.unique(inv.ledger.row)).tolist()))
    return [
        (words[1], f"{total}  ({', '.join(str(year) for year in years) or words[7]})"),
        (words[2], scopes or words[7]),
        (words[3], shares or words[7]),
        (words[4], f"{coverage['computed']}/{coverage['rows']}"),
        (words[5], f"{said(inv.policy.gwp)}  {words[6]}: {said(inv.policy.scope2)}"),
    ]


def _share(part: float) -> str:
    """A share in per cent; what is there is never shown as nothing.

    Examples
    --------
    >>> _share(0.0004), _share(0.9996), _share(1.0), _share(0.376)
    ('<1%', '>99%', '100%', '38%')
    """
    if 0 < part < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= part < 1 else f"{part:.0%}"


def in_ten_lines(inv: Inventory, lang: str | None = None) -> str:
    """The inventory as at most ten printed lines."""
    entities = sorted(set(inv.ledger.rows["entity"].take(np.unique(inv.ledger.row))))
    head = f"<Inventory {len(entities)} × {', '.join(map(str, entities[:3]))}>"
    lines = [head, *(f"  {label}: {text}" for label, text in facts(inv, lang))]
    lines += [f"  {text}" for _, text in notes(inv, lang)]
    return "\n".join(lines[:10])


def as_html(inv: Inventory, lang: str | None = None) -> str:
    """The inventory as a small table for a notebook; every text is escaped."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(label)}</th><td>{escape(text)}</td></tr>"
        for label, text in facts(inv, lang)
    )
    said = "".join(f"<li>{escape(text)}</li>" for _, text in notes(inv, lang))
    title = escape(_LABELS[language(lang)][0])
    return f"<table><caption>{title}</caption>{rows}</table><ul>{said}</ul>"
