"""The page of a park: who emits for whom, by month and by tenant, and the zero-carbon gap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.report import evidence_tables as evidence
from carboncalc.report import park_tables as figures
from carboncalc.report.bars import bars, shares, stacked_bars
from carboncalc.report.chart import Chart
from carboncalc.report.html import render, write
from carboncalc.report.line_views import EntityLines, opened_lines
from carboncalc.report.palette import (
    BLUE,
    BLUISH_GREEN,
    GRADES,
    GREY,
    REDDISH_PURPLE,
    SCOPES,
    SKY_BLUE,
    VERMILLION,
    series,
)  # fmt: skip
from carboncalc.report.park_flows import carbon_chart, energy_chart
from carboncalc.report.profile_tables import profile_part
from carboncalc.report.stacked import stacked_columns
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.footprint.profile_result import ParkProfile
    from carboncalc.footprint.result import Footprint

_TENANT_COLOURS = {
    "scope1": VERMILLION, "scope2": BLUE, "scope3": BLUISH_GREEN, "allocated": SKY_BLUE,
    "passed_on": REDDISH_PURPLE,
}  # fmt: skip


def write_park_page(
    footprint: Footprint,
    path: str | Path,
    lang: str | None = None,
    *,
    profile: ParkProfile | None = None,
    title: str | None = None,
    notice: str | None = None,
    lines_per_entity: int = 10,
) -> Path:
    """A self-contained HTML page of a park (or an enterprise) footprint, in t CO2e.

    Energy and carbon as Sankey charts, months stacked, tenants ranked, both sides of every
    internal transfer, internal factors, what stays unallocated, and, where a ``profile`` of
    the zero-carbon park is given, its indicators with the gap to the limit. Lines that are
    the members' own open to their equation and document.

    Parameters
    ----------
    footprint
        The result of :func:`carboncalc.consolidate`.
    profile
        The result of ``footprint.profile("ndrc910")``.
    path, lang, title, notice, lines_per_entity
        As for :func:`carboncalc.write_page`.

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
    ...     page = cc.write_park_page(cc.examples.park_footprint(), folder + "/park.html", "en")
    ...     "Tenants ranked" in page.read_text(encoding="utf-8")
    True
    """
    return write(
        park_page(
            footprint, lang, profile=profile, title=title, notice=notice,
            lines_per_entity=lines_per_entity,
        ),
        path,
    )  # fmt: skip


def park_page(
    footprint: Footprint,
    lang: str | None = None,
    *,
    profile: ParkProfile | None = None,
    title: str | None = None,
    notice: str | None = None,
    lines_per_entity: int = 10,
) -> str:
    """The page of :func:`write_park_page` as text."""
    words = Words(lang)
    inv = footprint.inventory
    charts = park_charts(footprint, words)
    opened = own_lines(footprint, lines_per_entity, words)
    shown = sum(len(entity.lines) for entity in opened)
    count = sum(entity.count for entity in opened)
    keys = {key for entity in opened for view in entity.lines for key in view.documents()}
    part = None if profile is None else profile_part(profile, words)
    cut = words(
        "lines_cut", per_entity=lines_per_entity, shown=f"{shown:,}", count=f"{count:,}",
        place=words("lines_file"),
    )  # fmt: skip
    return render(
        "park.html.j2",
        words,
        title=title or words("park_title", name=footprint.members.name or ""),
        notice=notice,
        lead=words(
            "park_lead",
            boundary=words.either(f"boundary_{footprint.boundary}", footprint.boundary),
            years=footprint.years, gwp=words.either(f"policy_gwp_{inv.policy.gwp}", inv.policy.gwp),
            scope2=words(f"policy_scope2_{inv.policy.scope2}"),
        ),
        total=footprint.co2e_t,
        scope_cards=_cards(footprint, words),
        evidence_shares=[(g, s) for g, s in inv.evidence_share().items() if s],
        coverage=inv.coverage(),
        totals=figures.totals_table(footprint, words),
        charts=charts,
        members=figures.entity_table(footprint, words),
        supplies=figures.supply_table(footprint, words),
        transfers=figures.transfer_table(footprint, words),
        unallocated=figures.unallocated_table(footprint, words),
        excluded=figures.excluded_table(footprint, words),
        intensities=figures.intensity_table(footprint, words),
        profile=part,
        findings=evidence.issue_table(
            [*footprint.findings, *inv.findings], inv.quarantined, words, key="findings"
        ),
        quarantined=evidence.issue_table(
            inv.issues, inv.quarantined, words, key="quarantined-rows"
        ),
        entity_lines=opened,
        lines_cut=cut if shown < count else "",
        sources=evidence.documents(keys | (part.documents if part else set())),
        run=evidence.run_table(inv, words),
    )  # fmt: skip


def park_charts(footprint: Footprint, lang: Words | str | None = None) -> dict[str, Chart]:
    """The charts of a park by name, each with its table; a notebook shows both.

    ``scopes``, ``tenants``, ``carbon``, ``energy``, ``months``, ``evidence``.

    Examples
    --------
    >>> import carboncalc as cc
    >>> charts = park_charts(cc.examples.park_footprint(), "en")
    >>> charts["tenants"]
    <Chart Tenants ranked: 4 rows>
    """
    words = Words.of(lang)
    by_scope = figures.scope_table(footprint, words)
    counts = by_scope.column("counts")
    tenants = figures.tenant_table(footprint, words)
    parts = [c.key for c in tenants.columns if c.key in _TENANT_COLOURS]
    months = figures.month_table(footprint, words)
    kinds = [c.key for c in months.columns if c.numeric and c.key != "co2e_t"]
    grades = evidence.evidence_table(footprint.inventory, words)
    letters = [str(letter) for letter in grades.column("grade")]
    return {
        "scopes": bars(
            by_scope, "co2e_t", colours=[SCOPES[key[0]] for key in footprint.by_scope()],
            skip=[i for i, mark in enumerate(counts) if mark != words("yes")],
        ),
        "tenants": stacked_bars(tenants, parts, [_TENANT_COLOURS[p] for p in parts], "co2e_t"),
        "carbon": carbon_chart(footprint, words),
        "energy": energy_chart(footprint, words),
        "months": stacked_columns(months, kinds, series(len(kinds))),
        "evidence": shares(grades, "share", [GRADES.get(g, GREY) for g in letters], letters),
    }  # fmt: skip


def own_lines(footprint: Footprint, per_entity: int, words: Words) -> list[EntityLines]:
    """The largest own lines of each member; what it takes from another member is not among them."""
    return opened_lines(
        footprint.inventory, per_entity, words, where=figures.own_entries(footprint)
    )


def _cards(footprint: Footprint, words: Words) -> list[tuple[str, Any]]:
    table = figures.scope_table(footprint, words)
    seen: set[Any] = set()
    out = []
    for label, value, counts in table.rows:
        if value and counts == words("yes") and value not in seen:
            seen.add(value)
            out.append((label, value))
    return out
