"""``carboncalc check FILE``: every problem of a sheet at once, without a figure."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.policy_flags import policy_flags, policy_of
from carboncalc.cli.problems import distinct, listed, records
from carboncalc.cli.reading import reading_of, reading_options
from carboncalc.cli.session import Session
from carboncalc.errors import CoverageWarning


@bilingual_command(
    "check",
    zh="检查活动数据:一次列出全部有问题的单元格,并核对每一行能否取得所需的因子与参数;不给出排放量。",
    en="Check activity data: name every bad cell at once, and see whether each row finds the "
    "factors and parameters it needs. Gives no figure.",
)
@reading_options
@policy_flags
@click.pass_obj
def command(session: Session, /, file: Path, **given: Any) -> int:
    """Read and resolve the sheet; exit code 1 if there is a problem."""
    from carboncalc.activity.read import read_activity
    from carboncalc.inventory.calculator import Calculator
    from carboncalc.inventory.verification.plan_file import plan_beside

    policy = policy_of(given)
    with session.step(zh="读取数据", en="reading"):
        table = read_activity(file, policy=policy, **reading_of(given))
    with session.step(zh="查找因子", en="looking factors up"), warnings.catch_warnings():
        # rows that are set aside are listed below, one by one
        warnings.simplefilter("ignore", CoverageWarning)
        patient = policy.model_copy(update={"missing": "quarantine"})
        found = Calculator(policy=patient).compute(table)
    plan = plan_beside(file, table)
    said = ((), ()) if plan is None else (plan.issues, plan.findings)
    problems = distinct((*table.issues, *found.issues, *said[0]))
    findings = distinct((*table.findings, *found.findings, *said[1]))
    payload = {
        "file": str(file),
        "rows": len(table) + len(table.quarantined),
        "usable": found.coverage()["computed"],
        "counts": dict(Counter(issue.code for issue in problems)),
        "issues": records(session, problems),
        "findings": records(session, findings),
    }
    session.emit(payload, [*listed(session, (*problems, *findings)), _summary(session, payload)])
    return 1 if problems else 0


def _summary(session: Session, payload: dict[str, Any]) -> str:
    rows, usable = payload["rows"], payload["usable"]
    problems, findings = len(payload["issues"]), len(payload["findings"])
    return session.text(
        zh=f"{rows} 行,可用 {usable} 行;问题 {problems} 条,提示 {findings} 条。",
        en=f"{_count(rows, 'row')}, {usable} usable; {_count(problems, 'problem')}, "
        f"{_count(findings, 'finding')}.",
    )


def _count(number: int, thing: str) -> str:
    """A number of things, in English.

    Examples
    --------
    >>> _count(1, "row"), _count(0, "problem")
    ('1 row', '0 problems')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
