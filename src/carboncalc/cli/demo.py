"""``carboncalc demo``: the main job on data that ship with the package."""

from __future__ import annotations

from pathlib import Path

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.session import Session


@bilingual_command(
    "demo",
    zh="演示:已发表案例,以及编造并已标明的示例企业(三个厂、十二个月)、园区、认定对象与贷款台账;写出"
    "网页、JSON、工作簿与运行目录。",
    en="The main job on shipped data: the published cases, and a made enterprise (three plants, "
    "twelve months), park, entries and loan tape, labelled as made. Writes pages, JSON, a "
    "workbook and run folders.",
)
@option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-output"),
    metavar="DIR",
    zh="输出目录 [demo-output]。",
    en="Folder for the output [demo-output].",
)
@click.pass_obj
def command(session: Session, output: Path) -> int:
    """Compute every part, and print where its files are and what came out."""
    from carboncalc.cli import demonstration

    output.mkdir(parents=True, exist_ok=True)
    parts = {}
    for name, make in (
        ("cases", demonstration.published_cases),
        ("enterprise", demonstration.enterprise),
        ("park", demonstration.park),
        ("entries", demonstration.entries),
        ("book", demonstration.book),
    ):
        with session.step(zh=f"计算 {name}", en=f"computing {name}"):
            parts[name] = make(output, session)
    files = {name: place for part in parts.values() for name, place in part.files.items()}
    payload = {name: part.payload for name, part in parts.items()}
    lines = [line for part in parts.values() for line in (*part.lines, "")]
    lines += [f"{name}: {place}" for name, place in files.items()]
    lines += [
        "",
        session.text(
            zh=f"追溯一行:carboncalc trace {output / 'enterprise'} L000001",
            en=f"walk one line back: carboncalc trace {output / 'enterprise'} L000001",
        ),
    ]
    session.emit({**payload, "files": files}, lines)
    return 0 if all(part.agrees for part in parts.values()) else 1
