"""``carboncalc demo``: the main job on data that ship with the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from carboncalc.cli.bilingual import command as bilingual_command
from carboncalc.cli.bilingual import option
from carboncalc.cli.session import Session, plain, table

#: Stands on everything that was computed from invented readings.
MADE = {
    "zh": "示例数据:三个厂与十二个月的读数均为编造,不对应任何真实企业;指南与常数是真实的。",
    "en": "Made data: the three plants and their twelve months of readings are invented and "
    "describe no real enterprise; the guidelines and constants are real.",
}


@bilingual_command(
    "demo",
    zh="演示:计算已发表案例与一个示例企业(三个厂、十二个月,数据为编造并已标明),"
    "写出 JSON、运行目录与网页。",
    en="The main job on shipped data: the published cases, and a made enterprise (three plants, "
    "twelve months, labelled as made). Writes JSON, run folders and a page.",
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
    """Compute everything, write it, and print the headline figures."""
    from carboncalc.examples import case, case_names, full
    from carboncalc.examples.reproduce import compute_case, figures
    from carboncalc.report.inventory_page import write_page
    from carboncalc.report.inventory_workbook import write_workbook

    output.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    with session.step(zh="计算已发表案例", en="computing the published cases"):
        compared = list(figures())
        for name in case_names():
            inventory = compute_case(name)
            written[name] = str(inventory.save(output / "cases" / name))
            page = output / "cases" / f"{name}.html"
            said = case(name)["source"][session.lang]
            write_page(inventory, page, session.lang, notice=said, lines_href=f"{name}/lines.csv")
    with session.step(zh="计算示例企业", en="computing the made enterprise"):
        enterprise = full()
        summary = enterprise.to_json()
        written["enterprise"] = str(enterprise.save(output / "enterprise"))
        written["json"] = _write_json(output / "enterprise.json", summary)
    with session.step(zh="写出网页与工作簿", en="writing pages and the workbook"):
        for lang in ("zh", "en"):
            page = output / f"enterprise.{lang}.html"
            href = "enterprise/lines.csv"
            write_page(enterprise, page, lang, notice=MADE[lang], lines_href=href)
            written[f"page ({lang})"] = str(page)
        workbook = output / "enterprise.xlsx"
        write_workbook(enterprise, workbook, session.lang, notice=MADE[session.lang])
        written["workbook"] = str(workbook)
    cases = [
        {
            "case": one.case, "quantity": one.quantity, "published": one.published,
            "computed": one.ours, "unit": one.unit, "policy": one.policy, "agrees": one.agrees,
        }
        for one in compared
    ]  # fmt: skip
    payload = {"cases": cases, "enterprise": summary, "files": written}
    session.emit(payload, _told(session, payload, output))
    return 0 if all(one.agrees for one in compared) else 1


def _write_json(path: Path, document: dict[str, Any]) -> str:
    text = json.dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return str(path)


def _told(session: Session, payload: dict[str, Any], output: Path) -> list[str]:
    header = session.text(
        zh="案例 数值 已发表 本次计算 单位 策略", en="case figure published computed unit policy"
    ).split()
    rows = [
        (
            one["case"],
            one["quantity"],
            one["published"],
            f"{one['computed']:.6f}",
            one["unit"],
            " ".join(f"{name}={value}" for name, value in one["policy"].items()),
        )
        for one in payload["cases"]
    ]
    total = payload["enterprise"]
    shares = "  ".join(f"{grade} {share:.1%}" for grade, share in total["evidence_share"].items())
    return [
        session.text(zh="已发表案例", en="Published cases"),
        *table(rows, header),
        "",
        session.text(
            zh="示例企业(编造的数据,2023 年)", en="The made enterprise (invented data, 2023)"
        ),
        f"  {total['co2e_t']:,.2f} t CO2e",
        *(f"  {name}: {value:,.2f} t CO2e" for name, value in total["by_entity"].items()),
        session.text(zh="  证据等级占比 ", en="  shares by evidence grade ") + shares,
        "",
        *(f"{name}: {place}" for name, place in payload["files"].items()),
        "",
        session.text(
            zh=f"追溯一行:carboncalc trace {output / 'enterprise'} L000001",
            en=f"walk one line back: carboncalc trace {output / 'enterprise'} L000001",
        ),
    ]
