"""``carboncalc verify DIR``: does the stored run still come out to the bit."""

from __future__ import annotations

from pathlib import Path

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.problems import listed
from carboncalc.cli.session import Session
from carboncalc.cli.trace import FOLDER
from carboncalc.errors import ReproductionError


@bilingual_command(
    "verify",
    zh="用保存的输入重算运行目录 DIR,逐位比较;不一致时指出单元格、因子、方法或行。",
    en="Recompute the run in DIR from its stored inputs and compare to the bit; names the cell, "
    "factor, method or line that differs.",
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.pass_obj
def command(session: Session, folder: Path) -> int:
    """Verify a run folder; exit code 1 if something differs."""
    from carboncalc.inventory.run_folder import verify

    try:
        with session.step(zh="复算", en="recomputing"):
            inventory = verify(folder)
    except ReproductionError as error:
        found = error.params["differences"]
        records = [issue.record(session.lang) for issue in found]
        payload = {"reproduced": False, "differences": records}
        session.emit(payload, [error.text(session.lang), *listed(session, found)])
        return 1
    lines = len(inventory.lines)
    said = session.text(
        zh=f"{lines} 行全部逐位一致;运行摘要 {inventory.run.digest}",
        en=f"all {lines} lines come out to the bit; run digest {inventory.run.digest}",
    )
    payload = {"reproduced": True, "lines": lines, "run_digest": inventory.run.digest}
    session.emit({**payload, "differences": []}, said)
    return 0
