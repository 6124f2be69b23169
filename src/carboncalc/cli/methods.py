"""``carboncalc methods``: which guidelines are held, and what each of them asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.group import Entry, LazyGroup
from carboncalc.cli.session import Session, table
from carboncalc.cli.usage import ending

command = LazyGroup(
    "methods",
    entries={
        "list": Entry("methods", "列出核算方法。", "List the methods.", "list_command"),
        "show": Entry(
            "methods",
            "一个方法的排放源、路径、公式和出处。",
            "One method: sources, routes, equations, citations.",
            "show_command",
        ),
        "template": Entry(
            "methods",
            "输出可填写的 XLSX 模板。",
            "Write the workbook that a plant fills in.",
            "template_command",
        ),
        "audit": Entry(
            "methods",
            "各方法的公式和常数依据何种证据等级。",
            "How much of each method rests on which evidence grade.",
            "audit_command",
        ),
    },
    zh="核算方法:有哪些指南,各要什么数据,公式出自哪一条。",
    en="The methods: which guidelines are held, what each asks for, where each equation stands.",
)


@bilingual_command("list", zh="列出核算方法。", en="List the methods.")
@click.pass_obj
def list_command(session: Session) -> int:
    """Print every method with its documents and GWP set."""
    from carboncalc.methods.describe import list_methods

    found = list_methods(session.lang)
    header = session.text(zh="编号 名称 GWP 排放源数", en="id name GWP sources").split()
    rows = [(one["id"], one["name"], one["gwp_set"], len(one["sources"])) for one in found]
    session.emit({"methods": found}, table(rows, header))
    return 0


@bilingual_command(
    "show",
    zh="一个方法的排放源、路径、公式和出处;METHOD 为方法编号。",
    en="One method by its id: its sources, routes, equations and citations.",
)
@click.argument("method")
@click.pass_obj
def show_command(session: Session, method: str) -> int:
    """Print one method as a verifier reads it."""
    from carboncalc.inventory.method_evidence import method_evidence
    from carboncalc.methods.describe import show_method

    found = show_method(method, session.lang)
    evidence = method_evidence(method).record()
    session.emit({"method": {**found, "evidence": evidence}}, _sheet(found, evidence, session))
    return 0


@bilingual_command(
    "audit",
    zh="各方法有多少公式和常数依据 A、B、C、D 级证据;可列出方法编号,缺省为全部。",
    en="How many equations and constants rest on the grades A, B, C, D: of the METHODs named, or "
    "of all.",
)
@click.argument("methods", nargs=-1, metavar="[METHOD]...")
@click.pass_obj
def audit_command(session: Session, methods: tuple[str, ...]) -> int:
    """Print what every method rests on, with the sources that are not open."""
    from carboncalc.inventory.method_evidence import method_evidence
    from carboncalc.methods.catalogue import method_ids

    found = [method_evidence(name).record() for name in methods or method_ids()]
    header = session.text(
        zh="编号 公式 常数 电网因子 未开放的排放源",
        en="id equations constants grid_factors sources_not_open",
    ).split()
    rows = [
        (
            one["id"],
            *(_grades(one[name]) for name in ("equations", "constants", "grid_factors")),
            ", ".join(s["id"] for s in one["sources"] if s["status"] != "complete"),
        )
        for one in found
    ]
    meaning = session.text(
        zh="公式:每条路径一个,按出处的等级;常数:可作缺省值的不同因子行;A 已读官方文本,"
        "B 两份独立转录,S 用户提供,C 一份转录,D 凭记忆(未经许可不进入总量)。",
        en="Equations: one per route, by the grade of its citation. Constants: distinct factor "
        "rows that can be a default. A official text read, B two independent transcriptions, S "
        "supplied by the user, C one transcription, D recalled (never in a total unless let in).",
    )
    session.emit({"methods": found}, [*table(rows, header), "", meaning])
    return 0


def _grades(counts: dict[str, int]) -> str:
    return "  ".join(f"{grade} {count}" for grade, count in counts.items() if count) or "–"


@bilingual_command(
    "template",
    zh="输出企业可填写的 XLSX 模板;METHOD 为方法编号,`compute` 可直接读回。",
    en="Write the workbook that a plant fills in for METHOD; `compute` reads it back.",
)
@click.argument("method")
@option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=ending(".xlsx"),
    metavar="FILE",
    zh="XLSX 文件,缺省为 方法编号.xlsx。",
    en="The XLSX file; METHOD.xlsx by default.",
)
@click.pass_obj
def template_command(session: Session, method: str, output: Path | None) -> int:
    """Write the template of one method."""
    from carboncalc.methods.template import columns
    from carboncalc.report.method_template import template

    path = output or Path(f"{method}.xlsx")
    path.write_bytes(template(method, session.lang))
    headers = [column.header for column in columns(method, session.lang)]
    text = session.text(zh=f"模板:{path}", en=f"template: {path}")
    session.emit({"template": str(path), "columns": headers}, [text])
    return 0


def _sheet(method: dict[str, Any], evidence: dict[str, Any], session: Session) -> list[str]:
    lines = [
        f"{method['id']}  {method['name']}",
        *(session.text(zh="依据:", en="document: ") + _edition(one) for one in method["editions"]),
        session.text(zh="边界:", en="boundary: ") + method["boundary"],
        session.text(zh="总量:", en="total: ") + method["total_basis"],
        session.text(zh="公式的等级:", en="grades of the equations: ")
        + _grades(evidence["equations"]),
        session.text(zh="常数的等级:", en="grades of the constants: ")
        + _grades(evidence["constants"]),
        session.text(zh="方法文件摘要:", en="digest of the method file: ") + method["digest"][:16],
    ]
    for source in method["sources"]:
        scope = session.text(zh="范围", en="scope ") + str(source["scope"])
        status = "" if source["status"] == "complete" else f"  [{source['status']}]"
        lines += ["", f"{source['id']}  {source['name']}  ({scope}){status}"]
        if source["hole"]:
            lines.append(f"  ! {source['hole']}")
        for route in source["routes"]:
            cited = route["citation"]
            lines.append(f"  {route['id']}  {route['title']}")
            lines += [f"      ? {_asked(given, session)}" for given in route["inputs"]]
            lines += [f"      {name} = {rule}" for name, rule in route["steps"].items()]
            lines += [f"      {gas}: {rule}" for gas, rule in route["results"].items()]
            lines.append(f"      [{cited['source']}, {cited['where']}; {cited['grade']}]")
    return lines


def _edition(edition: dict[str, Any]) -> str:
    first, last = (year or "…" for year in edition["data_years"])
    return f"{edition['document']} ({edition['key']}; {first}–{last})"


def _asked(given: dict[str, Any], session: Session) -> str:
    """One input: its name, units, and where a default comes from or that it must be given."""
    text = f"{given['name']} [{' | '.join(given['units'])}] {given['label']}".rstrip()
    if given["name"] == "amount":
        return text
    if given["defaults"]:
        return text + " ← " + ", ".join(given["defaults"])
    if given["absent"] == "error":
        return text + session.text(zh=" (须填)", en=" (must be given)")
    return text
