"""``carboncalc targets``: the figures of the pilot plan, each with its comparator and date."""

from __future__ import annotations

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.session import Session, plain, table


@bilingual_command(
    "targets",
    zh="试点方案中的目标数值;给出 ID 时列出该目标的全部记录。",
    en="The figures of the pilot plan; with ID, everything that is recorded of one.",
)
@click.argument("target_id", metavar="ID", required=False)
@click.pass_obj
def command(session: Session, target_id: str | None) -> int:
    """List the targets, or show one."""
    from carboncalc.finance.target import targets

    if target_id is not None:
        one = targets[target_id]
        record = one.model_dump(mode="json")
        yes, no = session.text(zh="是 否", en="yes no").split()
        shown = record | {
            "name": one.name[session.lang],
            "statistics": " / ".join(one.statistics),
            "judged": yes if one.judged else no,
        }
        known = [(name, plain(value)) for name, value in shown.items() if value not in (None, "")]
        header = session.text(zh="项 值", en="field value").split()
        session.emit({"target": record}, table(known, header))
        return 0
    rows = [
        (one.id, one.name[session.lang], f"{one.comparator} {one.value} {one.unit}")
        for one in targets.values()
    ]
    header = session.text(zh="编号 名称 目标", en="id name target").split()
    records = [one.model_dump(mode="json") for one in targets.values()]
    session.emit({"targets": records}, table(rows, header))
    return 0
