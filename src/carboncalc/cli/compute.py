"""``carboncalc compute FILE -o DIR``: the figure, and everything it rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.policy_flags import policy_flags, policy_of
from carboncalc.cli.problems import distinct, listed, records
from carboncalc.cli.reading import FILE, reading_of, reading_options
from carboncalc.cli.session import Session
from carboncalc.cli.usage import ending

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory
    from carboncalc.inventory.verification.plan_file import QualityPlan

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
@option(
    "--page",
    type=TARGET,
    callback=ending(".html", ".htm"),
    metavar="HTML",
    zh="另写网页。",
    en="Write a page too.",
)
@option(
    "--workbook",
    type=TARGET,
    callback=ending(".xlsx"),
    metavar="XLSX",
    zh="另写工作簿。",
    en="Write a workbook as well.",
)
@option(
    "--verifier",
    type=TARGET,
    multiple=True,
    callback=ending(".xlsx", ".json"),
    metavar="XLSX|JSON",
    zh="另写核查文件(.xlsx 或 .json,可重复)。",
    en="And a verifier's file (.xlsx or .json; may be repeated).",
)
@option(
    "--quality-plan",
    type=FILE,
    zh="数据质量控制计划;缺省取工作簿中的同名表。",
    en="Quality control plan for it; by default the sheet of the workbook.",
)
@option(
    "--materiality",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    default=0.05,
    zh="核查的重要性水平(占总量的份额,缺省 0.05)。",
    en="Materiality level of the verification, a share of the total (0.05).",
)
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
    verifier: tuple[Path, ...],
    quality_plan: Path | None,
    materiality: float,
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
    payload["issues"] = records(session, inventory.issues)
    payload["findings"] = records(session, inventory.findings)
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
    if verifier:
        plan = _plan(file, inventory, quality_plan)
        for path in verifier:
            _write_verifier(inventory, path, plan, materiality, session)
            lines.append(session.text(zh=f"核查文件:{path}", en=f"verifier's file: {path}"))
        payload["verifier"] = str(verifier[0])
        payload["verifier_files"] = [str(path) for path in verifier]
    session.emit(payload, lines)
    return 1 if inventory.issues else 0


def _plan(file: Path, inventory: Inventory, given: Path | None) -> QualityPlan | None:
    """The control plan that was given, else the one in the workbook of the activity data."""
    from carboncalc.inventory.verification.plan_file import plan_beside, read_quality_plan

    table = inventory.activity
    if given is not None:
        return read_quality_plan(given, entities=table.entities)
    return plan_beside(file, table)


def _write_verifier(
    inventory: Inventory,
    path: Path,
    plan: QualityPlan | None,
    materiality: float,
    session: Session,
) -> None:
    from carboncalc.report.verifier_file import verifier_record, write_verifier_file

    if path.suffix.lower() == ".json":
        record = verifier_record(inventory, plan=plan, materiality=materiality, lang=session.lang)
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")
        return
    write_verifier_file(inventory, path, plan=plan, materiality=materiality, lang=session.lang)
