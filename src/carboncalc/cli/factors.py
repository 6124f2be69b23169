"""``carboncalc factors``: read and search the emission-factor database."""

from __future__ import annotations

from collections import Counter

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.group import Entry, LazyGroup
from carboncalc.cli.session import Session, table

command = LazyGroup(
    "factors",
    entries={
        "list": Entry("factors", "列出因子集。", "List the sets.", "list_command"),
        "show": Entry(
            "factors", "一个因子的全部记录。", "Everything about one factor.", "show_command"
        ),
        "search": Entry("factors", "按词查找因子。", "Find factors by words.", "search_command"),
        "diff": Entry(
            "factors_check",
            "两个因子集或两个时点的差别。",
            "What differs between two sets or days.",
            "diff_command",
        ),
        "audit": Entry(
            "factors_check",
            "结果或因子库依赖哪些等级。",
            "What a run or the database rests on.",
            "audit_command",
        ),
        "validate": Entry(
            "factors_check",
            "检查自备因子文件或因子库。",
            "Check your own factors, or the database.",
            "validate_command",
        ),
        "lock": Entry(
            "factors_check",
            "锁定已发布的行;不许改动。",
            "Lock published rows; refuses changed ones.",
            "lock_command",
        ),
    },
    zh="排放因子库:每个常数都有出处、页码和证据等级。",
    en="The emission-factor database: every constant with its source, page and evidence grade.",
)


@bilingual_command(
    "list",
    zh="列出因子集;给出 SET 时列出该集的全部因子。",
    en="List the sets; with SET, every factor of that set.",
)
@click.argument("set_name", metavar="SET", required=False)
@click.pass_obj
def list_command(session: Session, set_name: str | None) -> int:
    """Print the sets with their size and grades, or the rows of one."""
    from carboncalc.factors.library import FactorLibrary

    library = FactorLibrary.default()
    if set_name is not None:
        return _list_set(session, set_name)
    library.open_all()
    found, shown = [], []
    total: Counter[str] = Counter()
    for name, kind in library.sets().items():
        grades = Counter(str(library.grades[row]) for row in library.indices(name))
        found.append({"set": name, "kind": kind, "rows": grades.total(), "grades": dict(grades)})
        shown.append((name, kind, grades.total(), _counts(grades)))
        total.update(grades)
    header = session.text(zh="因子集 类别 行数 等级", en="set kind rows grades").split()
    shown.append((session.text(zh="合计", en="all"), "", total.total(), _counts(total)))
    payload = {"version": library.version, "sets": found, "grades": dict(total)}
    session.emit(payload, table(shown, header))
    return 0


def _counts(grades: Counter[str]) -> str:
    return " ".join(f"{grade}:{grades[grade]}" for grade in "ABSCD" if grades.get(grade))


def _list_set(session: Session, name: str) -> int:
    from carboncalc.factors.library import FactorLibrary

    library = FactorLibrary.default()
    if name not in library.sets():
        said = session.text(zh=f"没有因子集“{name}”", en=f"there is no set '{name}'")
        raise click.BadParameter(said)
    rows = [
        (library.ids[i], f"{library.cell(i, 'value')} {library.units[i]}", str(library.grades[i]))
        for i in library.indices(name)
    ]
    header = session.text(zh="编号 数值 等级", en="id value grade").split()
    records = [dict(zip(("id", "value", "grade"), row, strict=True)) for row in rows]
    session.emit({"set": name, "factors": records}, table(rows, header))
    return 0


@bilingual_command(
    "show",
    zh="一个因子的全部记录:数值、单位、出处、页码、证据等级。",
    en="Everything about one factor by its id: value, unit, source, page, evidence grade.",
)
@click.argument("factor_id", metavar="ID")
@click.pass_obj
def show_command(session: Session, factor_id: str) -> int:
    """Print one factor."""
    from carboncalc.factors.library import FactorLibrary

    record = FactorLibrary.default().by_id(factor_id).model_dump(mode="json")
    known = [(key, value) for key, value in record.items() if value not in (None, "")]
    session.emit(
        {"factor": record}, table(known, session.text(zh="项 值", en="field value").split())
    )
    return 0


@bilingual_command(
    "search",
    zh="按词查找因子,例如:search 天然气 排放因子。",
    en="Find factors by words, for example: search natural gas carbon content.",
)
@click.argument("words", nargs=-1, required=True)
@option("--limit", type=click.IntRange(min=1), default=10, zh="最多几条。", en="At most so many.")
@click.pass_obj
def search_command(session: Session, words: tuple[str, ...], limit: int) -> int:
    """Print the factors that the words mean, best first."""
    from carboncalc.factors.library import FactorLibrary

    found = FactorLibrary.default().search(" ".join(words), limit=limit)
    rows = [(one.id, f"{one.value_text} {one.unit}", one.grade, one.source) for one in found]
    header = session.text(zh="编号 数值 等级 出处", en="id value grade source").split()
    nothing = session.text(zh="没有找到。", en="nothing was found.")
    records = [one.model_dump(mode="json") for one in found]
    session.emit({"factors": records}, table(rows, header) if rows else nothing)
    return 0
