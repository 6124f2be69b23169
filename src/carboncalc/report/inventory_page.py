"""The page of an inventory: from the total down to the cell, the equation and the document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.inventory.summary import total_basis
from carboncalc.report import evidence_tables as evidence
from carboncalc.report import inventory_tables as figures
from carboncalc.report.bars import bars, shares
from carboncalc.report.chart import Chart
from carboncalc.report.html import render, write
from carboncalc.report.line_views import opened_lines
from carboncalc.report.palette import GRADES, GREY, SCOPES
from carboncalc.report.stacked import stacked_columns
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory


#: Up to so many lines a page opens each of them; beyond, the largest of each entity.
EVERY_LINE = 600
LARGEST = 20


def write_page(
    inv: Inventory,
    path: str | Path,
    lang: str | None = None,
    *,
    title: str | None = None,
    notice: str | None = None,
    lines_per_entity: int | None = None,
    lines_href: str | None = None,
) -> Path:
    """A self-contained HTML page of an inventory: no network, no scripts, prints well.

    The figures are those of ``inv.to_json()``; each stands in the page with all its digits
    (``<data value>``) beside the rounded text. Every line shown opens to its equation with
    numbers, units, evidence grades and the document and page behind each of them.

    Parameters
    ----------
    inv
        The inventory, in tonnes of CO2e.
    path
        Where to write; missing folders are made.
    lang
        ``zh`` or ``en``; default: the environment's, else English.
    title, notice
        A title of your own; a notice under it, such as that the data are made up.
    lines_per_entity
        How many lines of each entity are opened, the largest by magnitude. By default every
        line of an inventory of up to 600, else 20. The page says how many there are; the run
        folder and the workbook hold all of them.
    lines_href
        Where the rest of the lines is, as a link relative to the page.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if jinja2 is not installed (``pip install carboncalc[report]``).

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = cc.write_page(cc.examples.minimal(), folder + "/page.html", lang="zh")
    ...     "排放总量" in page.read_text(encoding="utf-8")
    True
    """
    return write(
        inventory_page(
            inv, lang, title=title, notice=notice, lines_per_entity=lines_per_entity,
            lines_href=lines_href,
        ),
        path,
    )  # fmt: skip


def inventory_page(
    inv: Inventory,
    lang: str | None = None,
    *,
    title: str | None = None,
    notice: str | None = None,
    lines_per_entity: int | None = None,
    lines_href: str | None = None,
) -> str:
    """The page of :func:`write_page` as text."""
    words = Words(lang)
    total, refused = figures.total_or_reason(inv, words)
    count = int(inv.ledger.counted.sum())
    if lines_per_entity is None:
        lines_per_entity = count if count <= EVERY_LINE else LARGEST
    opened = opened_lines(inv, lines_per_entity, words)
    shown = sum(len(entity.lines) for entity in opened)
    memo = figures.memo_table(inv, words)
    charts = inventory_charts(inv, words)
    views = [view for entity in opened for view in entity.lines]
    keys = {key for view in views for key in view.documents()} | _method_documents(inv)
    cut = words(
        "lines_cut", per_entity=lines_per_entity, shown=f"{shown:,}", count=f"{count:,}",
        place=words("lines_file"),
    )  # fmt: skip
    return render(
        "inventory.html.j2",
        words,
        title=title or words("title"),
        notice=notice,
        entities_text=_entities(inv, words),
        years_text=_years(inv, words),
        basis_text=_basis(inv, words),
        total=total,
        refused=refused,
        scope_cards=_scope_cards(inv, words),
        evidence_shares=[(g, s) for g, s in inv.evidence_share().items() if s],
        coverage=inv.coverage(),
        warnings=evidence.warnings_of(inv, words),
        sections=_sections(charts, bool(memo.rows), words),
        totals=figures.totals_table(inv, words),
        residual=evidence.residual_text(inv, words) if total is not None else "",
        charts=charts,
        memo=memo,
        coverage_table=evidence.coverage_table(inv, words),
        quarantined=evidence.issue_table(
            inv.issues, inv.quarantined, words, key="quarantined-rows"
        ),
        findings=evidence.issue_table(inv.findings, inv.quarantined, words, key="findings"),
        fallbacks=evidence.fallback_table(inv, words),
        policy=evidence.policy_table(inv, words),
        methods=evidence.methods_table(inv, words),
        potentials=evidence.potentials_table(inv, words),
        entity_lines=opened,
        lines_cut=cut if shown < count else "",
        lines_href=lines_href,
        sources=evidence.documents(keys),
        run=evidence.run_table(inv, words),
    )


def inventory_charts(inv: Inventory, lang: Words | str | None = None) -> list[Chart]:
    """Every chart of an inventory page, each with its table; a notebook shows both.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inventory_charts(cc.examples.minimal(), "en")[0]
    <Chart By scope: 5 rows>
    """
    words = Words.of(lang)
    by_scope = figures.scope_table(inv, words)
    shown = list(inv.by_scope())
    counts = by_scope.column("counts")
    out = [
        bars(
            by_scope, "co2e_t", colours=[SCOPES[key[0]] for key in shown],
            skip=[i for i, mark in enumerate(counts) if mark != words("yes")],
        )
    ]  # fmt: skip
    for key in ("source", "entity", "item", "gas"):
        out.append(bars(figures.group_table(inv, key, words), "co2e_t"))
    months = figures.period_table(inv, words)
    scopes = [c.key for c in months.columns if c.key in SCOPES]
    out.append(stacked_columns(months, scopes, [SCOPES[s] for s in scopes]))
    grades = evidence.evidence_table(inv, words)
    letters = [str(letter) for letter in grades.column("grade")]
    out.append(shares(grades, "share", [GRADES.get(g, GREY) for g in letters], letters))
    return out


def _sections(charts: list[Chart], memo: bool, words: Words) -> list[tuple[str, str]]:
    found = [("totals-section", words("four_totals"))]
    found += [(f"{chart.table.key}-section", chart.title) for chart in charts]
    if memo:
        found.append(("memo-section", words("memo")))
    found += [("gaps", words("gaps")), ("policy-section", words("policy"))]
    found += [("lines", words("lines")), ("documents", words("documents"))]
    return [*found, ("run-section", words("run"))]


def _scope_cards(inv: Inventory, words: Words) -> list[tuple[str, float]]:
    """The scopes that stand in the total and are not nothing."""
    out = []
    table = figures.scope_table(inv, words)
    for label, value, counts, _ in table.rows:
        if value and counts == words("yes"):
            out.append((str(label), float(value)))
    return out


def _entities(inv: Inventory, words: Words) -> str:
    names = figures.entity_names(inv)
    held = sorted({str(name) for name in inv.ledger.rows["entity"]}) if len(inv.ledger) else []
    shown = words("comma").join(names.get(name, name) for name in held[:5])
    if len(held) <= 5:
        return shown or words("none")
    return f"{shown} … {words('entities_many', count=f'{len(held):,}')}"


def _years(inv: Inventory, words: Words) -> str:
    years = sorted({int(year) for year in inv.ledger.rows["year"]}) if len(inv.ledger) else []
    return words("comma").join(str(year) for year in years) or words("none")


def _basis(inv: Inventory, words: Words) -> str:
    methods = words("comma").join(words.name("method", name) for name in sorted(inv.run.methods))
    return words(
        "basis_text",
        methods=methods or total_basis(inv),
        scope2=words(f"policy_scope2_{inv.policy.scope2}"),
        gwp=words.either(f"policy_gwp_{inv.policy.gwp}", inv.policy.gwp),
    )


def _method_documents(inv: Inventory) -> set[str]:
    from carboncalc.methods.catalogue import load_method

    rows = inv.ledger.rows
    pairs: Any = (
        set() if not len(inv.ledger) else set(zip(rows["method"], rows["year"], strict=True))
    )
    chosen = inv.policy.edition
    return {load_method(name).edition(int(year), chosen).document for name, year in pairs}
