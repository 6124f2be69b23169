"""``carboncalc classify FILE``: is it green, why, and what would change the verdict."""

from __future__ import annotations

from pathlib import Path

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.problems import listed
from carboncalc.cli.reading import FILE
from carboncalc.cli.session import Session, table


@bilingual_command(
    "classify",
    zh="认定:FILE 中每个认定对象是否符合绿色目录,逐条给出理由、页码、缺少的证据与可改变结论的条件。"
    "结论为符合、不符合或待定(缺证据)。",
    en="Judge every entry of FILE under a green catalogue: eligible, ineligible or undetermined, "
    "with each step's reason and page, the evidence missing, and what would change the verdict.",
)
@click.argument("file", type=FILE, required=False)
@option(
    "--taxonomy",
    default="cgt-2025",
    metavar="ID",
    zh="目录 [cgt-2025]。",
    en="Catalogue [cgt-2025].",
)
@option(
    "--template",
    metavar="CODE",
    zh="打印目录条目 CODE 需要填报的内容,不认定。",
    en="Print what an entry must bring for CODE; judges nothing.",
)
@option(
    "--explain",
    metavar="ID",
    zh="只讲清一个认定对象的结论。",
    en="Tell one entry's verdict in full.",
)
@click.pass_obj
def command(
    session: Session, file: Path | None, taxonomy: str, template: str | None, explain: str | None
) -> int:
    """Classify a table, or print the template of a code."""
    from carboncalc.classification.classify import classify
    from carboncalc.classification.wording import word

    if template is not None:
        return _template(session, template, taxonomy)
    if file is None:
        raise click.UsageError(
            session.text(zh="请给出文件或 --template CODE", en="give a FILE, or --template CODE")
        )
    verdicts = classify(str(file), taxonomy)
    problems = [issue for issue in verdicts.issues if issue.severity == "problem"]
    lines = listed(session, verdicts.issues)
    if explain is not None:
        lines.append(verdicts.explain(explain).text(session.lang))
    else:
        header = session.text(
            zh="编号 代码 结论 缺少 可改变", en="entry code verdict missing change"
        )
        rows = [
            (
                one["entry_id"],
                one["code"] or "-",
                word(one["verdict"], session.lang),
                "; ".join(one["missing_evidence"]),
                "; ".join(one["would_change"]),
            )
            for one in verdicts.records()
        ]
        lines += table(rows, header.split())
    session.emit(verdicts.to_json(session.lang), lines)
    return 1 if problems else 0


def _template(session: Session, code: str, taxonomy: str) -> int:
    from carboncalc.classification.template import entry_template

    found = entry_template(code, taxonomy)
    asks = found.to_json()["asks"]
    header = list(asks[0]) if asks else []
    rows = [["" if value is None else value for value in one.values()] for one in asks]
    heading = f"{found.item.code} {found.item.name[session.lang]}"
    session.emit(
        found.to_json(),
        [heading, ",".join(found.columns), "", *(table(rows, header) if rows else [])],
    )
    return 0
