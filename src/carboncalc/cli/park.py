"""``carboncalc park FILE``: whose emissions they are, and what adds up to the park."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.compute import TARGET
from carboncalc.cli.policy_flags import policy_flags, policy_of
from carboncalc.cli.problems import distinct, listed
from carboncalc.cli.reading import reading_of, reading_options
from carboncalc.cli.session import Session, table

BOUNDARIES = ("operational_control", "financial_control", "equity_share")


@bilingual_command(
    "park",
    zh="园区或集团的碳足迹:各企业与公用设施之和减去内部转移(按声明的内部因子计价,双方核对),给出范围、"
    "企业与用户承担额。实体文件由 --entities 给出。",
    en="The footprint of a park or a group: tenants and shared plants less the transfers between "
    "them, each priced at a stated internal factor and checked on both sides; by scope, by entity, "
    "and what each tenant bears. The entity file comes with --entities.",
)
@reading_options
@option(
    "--boundary",
    type=click.Choice(BOUNDARIES),
    default=BOUNDARIES[0],
    zh="组织边界 [operational_control]。",
    en="Organisational boundary [operational_control].",
)
@option(
    "--profile",
    type=click.Choice(["ndrc910", "ghg7"]),
    zh="按规则另作判断:ndrc910 零碳园区(发改环资〔2025〕910号),ghg7 七种气体。",
    en="Judge it under a profile as well: ndrc910 zero-carbon park, ghg7 seven gases.",
)
@option("--page", type=TARGET, metavar="HTML", zh="另写网页。", en="Write a page too.")
@policy_flags
@click.pass_obj
def command(
    session: Session,
    /,
    file: Path,
    boundary: str,
    profile: str | None,
    page: Path | None,
    **given: Any,
) -> int:
    """Compute the sheet and consolidate it; exit code 1 if rows had to be left out."""
    from carboncalc.footprint.consolidate import consolidate
    from carboncalc.footprint.show import in_ten_lines
    from carboncalc.inventory.calculator import Calculator

    with session.step(zh="计算", en="computing"):
        inventory = Calculator(policy=policy_of(given)).compute(file, **reading_of(given))
    footprint = consolidate(inventory, boundary=boundary)
    tenants = footprint.by_tenant()
    columns = [str(name) for name in tenants.columns]
    rows = [
        [str(name), *(f"{v:,.2f}" if isinstance(v, float) else v for v in row)]
        for name, row in zip(tenants.index, tenants.to_numpy().tolist(), strict=True)
    ]
    problems = distinct((*inventory.issues, *footprint.findings))
    lines = [
        *listed(session, problems),
        in_ten_lines(footprint, session.lang),
        "",
        *table(rows, ["", *columns]),
    ]
    payload = footprint.to_json()
    judged = None
    if profile is not None:
        judged = footprint.profile(profile)
        payload["profile"] = {"name": profile, **judged.to_json()}
        lines += ["", repr(judged)]
    if page is not None:
        from carboncalc.footprint.profile_result import ParkProfile
        from carboncalc.report.park_page import write_park_page

        shown = judged if isinstance(judged, ParkProfile) else None
        payload["page"] = str(write_park_page(footprint, page, session.lang, profile=shown))
        lines.append(session.text(zh=f"网页:{page}", en=f"page: {page}"))
    session.emit(payload, lines)
    return 1 if inventory.issues else 0
