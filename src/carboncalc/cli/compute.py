"""``carboncalc compute FILE -o DIR``: the figure, and everything it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.policy_flags import policy_flags, policy_of
from carboncalc.cli.problems import distinct, listed
from carboncalc.cli.reading import FILE, reading_of, reading_options
from carboncalc.cli.session import Session

#: Findings shown above the figure; ``check`` and ``--json`` give all of them.
FINDINGS = 10
TARGET = click.Path(dir_okay=False, path_type=Path)


@bilingual_command(
    "compute",
    zh="计算排放量;-o 保存运行目录(输入、所用因子、逐行结果、运行记录),可追溯、可复算。",
    en="Compute the emissions; -o keeps the run (inputs, factors used, lines, record), so that it "
    "can be traced and verified.",
)
@reading_options
@option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    zh="运行目录。",
    en="Folder of the run.",
)
@option("--page", type=TARGET, metavar="HTML", zh="另写网页。", en="Write a page too.")
@option(
    "--workbook", type=TARGET, metavar="XLSX", zh="另写工作簿。", en="Write a workbook as well."
)
@option("--verifier", type=TARGET, metavar="XLSX", zh="另写核查文件。", en="And a verifier's file.")
@option("--quality-plan", type=FILE, zh="数据质量控制计划。", en="Quality control plan for it.")
@option("--factors", type=FILE, zh="自备因子文件(CSV)。", en="A CSV of your own factors.")
@policy_flags
@click.pass_obj
def command(
    session: Session,
    /,
    file: Path,
    output: Path | None,
    page: Path | None,
    workbook: Path | None,
    verifier: Path | None,
    quality_plan: Path | None,
    factors: Path | None,
    **given: Any,
) -> int:
    """Compute the sheet; exit code 1 if rows had to be left out of the total."""
    from carboncalc.factors.library import FactorLibrary
    from carboncalc.inventory.calculator import Calculator
    from carboncalc.inventory.summary import in_ten_lines

    library = FactorLibrary.default()
    if factors is not None:
        library = library.with_overlay(factors)
    calculator = Calculator(library=library, policy=policy_of(given))
    with session.step(zh="计算", en="computing"):
        inventory = calculator.compute(file, **reading_of(given))
    payload = inventory.to_json()
    payload["issues"] = [issue.record(session.lang) for issue in inventory.issues]
    payload["findings"] = [issue.record(session.lang) for issue in inventory.findings]
    lines = [
        *listed(session, distinct(inventory.issues)),
        *listed(session, distinct(inventory.findings), FINDINGS),
        in_ten_lines(inventory, session.lang),
    ]
    if output is not None:
        with session.step(zh="写出运行目录", en="writing the run"):
            inventory.save(output)
        payload["output"] = str(output)
        lines.append(session.text(zh=f"运行目录:{output}", en=f"run: {output}"))
    if page is not None:
        from carboncalc.report.inventory_page import write_page

        payload["page"] = str(write_page(inventory, page, session.lang))
        lines.append(session.text(zh=f"网页:{page}", en=f"page: {page}"))
    if workbook is not None:
        from carboncalc.report.inventory_workbook import write_workbook

        payload["workbook"] = str(write_workbook(inventory, workbook, session.lang))
        lines.append(session.text(zh=f"工作簿:{workbook}", en=f"workbook: {workbook}"))
    if verifier is not None:
        from carboncalc.report.verifier_file import write_verifier_file

        written = write_verifier_file(inventory, verifier, plan=quality_plan, lang=session.lang)
        payload["verifier"] = str(written)
        lines.append(session.text(zh=f"核查文件:{verifier}", en=f"verifier's file: {verifier}"))
    session.emit(payload, lines)
    return 1 if inventory.issues else 0
