"""``carboncalc exposure FILE``: the loan book, what of it is green, and what is confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.problems import distinct, listed
from carboncalc.cli.reading import FILE
from carboncalc.cli.session import Session, table

if TYPE_CHECKING:
    import pandas as pd


@bilingual_command(
    "exposure",
    zh="贷款账本:余额、申报绿色、已证实、待定、已否定,分目录、行业、机构;并与目标对照。"
    "绿色贷款(PBOC)与绿色信贷(NFRA)是两种口径,须指定其一,互不替代。",
    en="The loan book: outstanding, declared green, confirmed, undetermined and refuted, by code, "
    "industry and institution, and beside the targets. PBOC and NFRA are two statistics: name one; "
    "nothing is read across.",
)
@click.argument("file", type=FILE)
@option(
    "--statistic",
    type=click.Choice(["PBOC", "NFRA"]),
    required=True,
    zh="统计口径。",
    en="The statistic.",
)
@option("--as-of", metavar="DATE", zh="基准日。", en="Date of the balances.")
@option("--labels", type=FILE, zh="绿色标识表。", en="Table of green labels.")
@option("--rates", type=FILE, zh="汇率表。", en="Table of exchange rates.")
@option(
    "--verdicts",
    type=FILE,
    zh="认定结论:classify --json 的输出,或含 entry_id、verdict 的表。",
    en="Verdicts: what classify --json printed, or a table with entry_id and verdict.",
)
@option(
    "--coverage",
    metavar="TEXT",
    zh="覆盖范围:one_institution 或 all_institutions:CN-3502。",
    en="one_institution, or all_institutions:CN-3502.",
)
@option("--control-total", metavar="AMOUNT", zh="控制总数(元)。", en="Control total in CNY.")
@option("--sheet", metavar="NAME", zh="工作簿中的工作表名。", en="Sheet of the workbook.")
@option(
    "--by",
    type=click.Choice(["taxonomy", "industry", "institution", "branch", "quality", "product"]),
    default="taxonomy",
    zh="按什么分组显示 [taxonomy]。",
    en="What to show the balances by [taxonomy].",
)
@click.pass_obj
def command(
    session: Session,
    /,
    file: Path,
    statistic: str,
    as_of: str | None,
    verdicts: Path | None,
    by: str,
    **reading: Any,
) -> int:
    """Read the tape, sum it exactly, and say what it means for the targets."""
    from carboncalc.finance.exposure import exposure
    from carboncalc.finance.tape import read_loans
    from carboncalc.finance.target import green_targets

    with session.step(zh="读取台账", en="reading the tape"):
        tape = read_loans(file, **reading)
    with session.step(zh="汇总", en="summing"):
        judged = None if verdicts is None else _verdicts(verdicts)
        book = exposure(tape, judged, statistic=statistic, as_of=as_of)
    groups = book.by(by)
    sums = zip(groups.index, groups["outstanding_cny"], groups["green_cny"], strict=True)
    rows = [(name, f"{outstanding:,}", f"{green:,}") for name, outstanding, green in sums]
    issues = distinct((*tape.issues, *book.issues))
    problems = [issue for issue in issues if issue.severity == "problem"]
    header = (by, session.text(zh="余额", en="outstanding"), session.text(zh="绿色", en="green"))
    goals = [line for goal in green_targets() for line in book.progress(goal).told(session.lang)]
    lines = [*listed(session, issues), repr(book), "", *table(rows, header), "", *goals]
    session.emit(book.to_dict(), lines)
    return 1 if problems else 0


def _verdicts(path: Path) -> pd.DataFrame:
    import pandas as pd

    if path.suffix == ".json":
        return pd.DataFrame(json.loads(path.read_text(encoding="utf-8"))["verdicts"])
    return pd.read_csv(path, dtype={"entry_id": "str", "code": "str"})
