"""``carboncalc factors diff | audit | validate | lock``: check the emission-factor database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.problems import listed
from carboncalc.cli.reading import FILE
from carboncalc.cli.session import Session, table
from carboncalc.cli.trace import FOLDER

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.factors.library import FactorLibrary

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@bilingual_command(
    "diff",
    zh="两个因子集之间的差别(同一对象两边数值不同或只有一边有);A、B 也可以是日期(当时已知的"
    "因子库)或发布号。",
    en="What differs between two sets: other values for the same thing, or only one side has it. A "
    "and B may also be days (the database as it was known then) or releases.",
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@option("--all", "everything", is_flag=True, zh="相同的也列出。", en="List what agrees as well.")
@click.pass_obj
def diff_command(session: Session, a: str, b: str, everything: bool) -> int:
    """Compare two sets, or the library as of two days or releases."""
    from carboncalc.factors.compare import compare_libraries, compare_sets
    from carboncalc.factors.library import FactorLibrary

    library = FactorLibrary.default()
    if {a, b} & set(library.sets()):
        found = compare_sets(library, a, b)
        if not everything:
            found = found[~(found["ratio"] == 1)]
    else:
        found = compare_libraries(_as_of(library, a), _as_of(library, b))
    records = _records(found)
    rows = [["" if value is None else value for value in one.values()] for one in records]
    nothing = session.text(zh="没有差别。", en="nothing differs.")
    session.emit({"differences": records}, table(rows, list(found.columns)) if rows else nothing)
    return 0


def _as_of(library: FactorLibrary, text: str) -> FactorLibrary:
    return library.as_known_on(text) if _DAY.fullmatch(text) else library.pinned(text)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


@bilingual_command(
    "audit",
    zh="给出运行目录 DIR 时:结果依赖哪些常数、占总量多少、各是什么等级;不给时:因子库按类别与"
    "等级计数。",
    en="With a run folder DIR: the constants the result rests on, by share of the total and by "
    "grade. Without: how many rows the database holds by kind and grade.",
)
@click.argument("folder", metavar="DIR", type=FOLDER, required=False)
@option(
    "--limit", type=click.IntRange(min=1), default=20, zh="最多几个常数。", en="At most so many."
)
@click.pass_obj
def audit_command(session: Session, folder: Path | None, limit: int) -> int:
    """Audit a run, or the database."""
    from carboncalc.factors.audit import audit_library, audit_run
    from carboncalc.factors.library import FactorLibrary

    library = FactorLibrary.default()
    if folder is None:
        counts = audit_library(library)
        rows = [[kind, *row] for kind, row in zip(counts.index, counts.to_numpy(), strict=True)]
        payload = {"version": library.version, "kinds": counts.to_dict("index")}
        session.emit(payload, table(rows, ["", *counts.columns]))
        return 0
    audit = audit_run(_lines_of(folder), library)
    shares = [(one["grade"], f"{one['share']:.1%}") for one in audit.grades.to_dict("records")]
    constants = [
        (one["factor_id"], f"{one['value']:g} {one['unit']}", one["grade"], f"{one['share']:.1%}")
        for one in audit.constants.head(limit).to_dict("records")
    ]
    heads = session.text(zh="等级 占比", en="grade share").split()
    columns = session.text(zh="因子 数值 等级 占比", en="factor value grade share").split()
    session.emit(audit.record(), [*table(shares, heads), "", *table(constants, columns)])
    return 0


def _lines_of(folder: Path) -> pd.DataFrame:
    import pandas as pd

    from carboncalc.errors import CarbonCalcError

    path = folder / "lines.csv"
    if not path.is_file():
        raise CarbonCalcError("V-002", folder=folder.name, file=path.name)
    return pd.read_csv(path, dtype={"factor_ids": "str"})


@bilingual_command(
    "validate",
    zh="检查自备因子文件 FILE(CSV),全部问题一次列出,因子库不受影响;不给文件时检查因子库本身。",
    en="Check a CSV of your own factors; all problems at once, the database is left as it is. "
    "Without FILE, check the database itself.",
)
@click.argument("file", type=FILE, required=False)
@click.pass_obj
def validate_command(session: Session, file: Path | None) -> int:
    """Read the file as an overlay (its problems are one error), or check every shipped row."""
    from carboncalc import resources
    from carboncalc.factors.library import FactorLibrary
    from carboncalc.factors.validate import validate

    library = FactorLibrary.default()
    if file is None:
        issues = validate(resources.emission_factors())
        rows, name = len(library), "emission_factors"
    else:
        issues, name = (), str(file)
        rows = len(library.with_overlay(file)) - len(library)
    said = session.text(
        zh=f"{rows} 行,{len(issues)} 个问题。", en=f"{rows} rows, {len(issues)} problems."
    )
    records = [issue.record(session.lang) for issue in issues]
    session.emit({"file": name, "rows": rows, "issues": records}, [*listed(session, issues), said])
    return 1 if issues else 0


@bilingual_command(
    "lock",
    zh="写入 index.csv 与 lock.csv;已发布的行若被改动则拒绝(更正须另立新版本)。",
    en="Write index.csv and lock.csv; refuses a published row that was changed: a correction is "
    "a new version.",
)
@option("--check", is_flag=True, zh="只检查,不写。", en="Only check, write nothing.")
@click.pass_obj
def lock_command(session: Session, check: bool) -> int:
    """Lock the rows of the database as they stand in this checkout."""
    from carboncalc import resources
    from carboncalc.factors.lock import lock

    report = lock(resources.emission_factors(), check=check)
    said = session.text(
        zh=f"{report.release}:{report.files} 个文件,{report.rows} 行,新增 {len(report.new)} 行。",
        en=f"{report.release}: {report.files} files, {report.rows} rows, {len(report.new)} new.",
    )
    payload = {"release": report.release, "files": report.files, "rows": report.rows}
    session.emit({**payload, "new": list(report.new)}, said)
    return 0
