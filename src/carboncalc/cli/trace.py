"""``carboncalc trace DIR LINE``: one line of a run, walked back to cell, equation and pages."""

from __future__ import annotations

from pathlib import Path

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.session import Session

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@bilingual_command(
    "trace",
    zh="打印运行目录 DIR 中一行的公式、数字、单位、出处与证据等级;LINE 形如 L000001。",
    en="Print the equation of one line of the run in DIR with its numbers, units, sources and "
    "grades; LINE looks like L000001.",
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("line", metavar="LINE")
@click.pass_obj
def command(session: Session, folder: Path, line: str) -> int:
    """Recompute the run, so that the trace shows what really makes the stored figure."""
    from carboncalc.inventory.run_folder import verify

    with session.step(zh="复算", en="recomputing"):
        found = verify(folder).trace(line)
    session.emit({"line": found.record()}, found.text(session.lang))
    return 0
