"""``carboncalc methods``: which guidelines are held, and what each of them asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.group import Entry, LazyGroup
from carboncalc.cli.session import Session, table

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
    from carboncalc.methods.describe import show_method

    found = show_method(method, session.lang)
    session.emit({"method": found}, _sheet(found, session))
    return 0


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
    metavar="FILE",
    zh="XLSX 文件,缺省为 方法编号.xlsx。",
    en="The XLSX file; METHOD.xlsx by default.",
)
@click.pass_obj
def template_command(session: Session, method: str, output: Path | None) -> int:
    """Write the template of one method."""
    from carboncalc.methods.template import columns, template

    path = output or Path(f"{method}.xlsx")
    path.write_bytes(template(method, session.lang))
    headers = [column.header for column in columns(method, session.lang)]
    text = session.text(zh=f"模板:{path}", en=f"template: {path}")
    session.emit({"template": str(path), "columns": headers}, [text])
    return 0


def _sheet(method: dict[str, Any], session: Session) -> list[str]:
    lines = [
        f"{method['id']}  {method['name']}",
        session.text(zh="边界:", en="boundary: ") + method["boundary"],
        session.text(zh="总量:", en="total: ") + method["total_basis"],
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
            lines += [f"      {name} = {rule}" for name, rule in route["steps"].items()]
            lines += [f"      {gas}: {rule}" for gas, rule in route["results"].items()]
            lines.append(f"      [{cited['source']}, {cited['where']}; {cited['grade']}]")
    return lines
