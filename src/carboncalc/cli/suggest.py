"""``carboncalc suggest TEXT``: which catalogue items a description points to."""

from __future__ import annotations

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.session import Session, table


@bilingual_command(
    "suggest",
    zh="按项目描述 TEXT 提示可能的绿色目录条目及匹配的词;提示不是认定。",
    en="The catalogue items that a description points to, with the words that matched. A "
    "suggestion is not a verdict.",
)
@click.argument("text", nargs=-1, required=True)
@option(
    "--taxonomy",
    default="cgt-2025",
    metavar="ID",
    zh="目录 [cgt-2025]。",
    en="Catalogue [cgt-2025].",
)
@option("--limit", type=click.IntRange(min=1), default=10, zh="最多几条。", en="At most so many.")
@click.pass_obj
def command(session: Session, text: tuple[str, ...], taxonomy: str, limit: int) -> int:
    """Print the candidates, best first."""
    from carboncalc.classification.suggest import suggest

    found = suggest(" ".join(text), taxonomy, top=limit)
    rows = [
        (one.code, f"{one.score:.2f}", one.name[session.lang], " ".join(one.matched))
        for one in found
    ]
    header = session.text(zh="代码 得分 名称 匹配", en="code score name matched").split()
    nothing = session.text(zh="没有找到。", en="nothing was found.")
    session.emit(found.to_json(), table(rows, header) if rows else nothing)
    return 0
