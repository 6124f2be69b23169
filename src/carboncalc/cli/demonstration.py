"""The parts of the demonstration: each computes, writes its files and says what came out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carboncalc.cli.session import Session, plain, table

LOANS = 2_000

#: Stands on everything that was computed from invented readings.
MADE = {
    "zh": "示例数据:企业、园区、认定对象、贷款及其数值均为编造,不对应任何真实单位;"
    "指南与常数是真实的。",
    "en": "Made data: enterprise, park, entries, loans and their figures are invented and "
    "describe nothing that exists; the guidelines and constants are real.",
}


@dataclass(frozen=True)
class Part:
    """What one part of the demonstration came to."""

    payload: Any
    lines: list[str]
    files: dict[str, str] = field(default_factory=dict)
    agrees: bool = True


def published_cases(output: Path, session: Session) -> Part:
    """The published cases: every published figure beside ours, a run and a page for each."""
    from carboncalc.examples import case, case_names
    from carboncalc.examples.reproduce import compute_case, figures
    from carboncalc.report.inventory_page import write_page

    compared = list(figures())
    files = {}
    for name in case_names():
        inventory = compute_case(name)
        files[name] = str(inventory.save(output / "cases" / name))
        page = output / "cases" / f"{name}.html"
        said = case(name)["source"][session.lang]
        write_page(inventory, page, session.lang, notice=said, lines_href=f"{name}/lines.csv")
    records = [
        {
            "case": one.case,
            "quantity": one.quantity,
            "published": one.published,
            "computed": one.ours,
            "unit": one.unit,
            "policy": one.policy,
            "agrees": one.agrees,
        }
        for one in compared
    ]
    rows = [
        (
            one.case,
            one.quantity,
            one.published,
            f"{one.ours:.6f}",
            one.unit,
            " ".join(f"{name}={value}" for name, value in one.policy.items()),
        )
        for one in compared
    ]
    header = session.text(
        zh="案例 数值 已发表 本次计算 单位 策略", en="case figure published computed unit policy"
    )
    lines = [session.text(zh="已发表案例", en="Published cases"), *table(rows, header.split())]
    return Part(records, lines, files, all(one.agrees for one in compared))


def enterprise(output: Path, session: Session) -> Part:
    """The made enterprise: run folder, JSON, a page in each language, a workbook."""
    from carboncalc.examples import full
    from carboncalc.report.inventory_page import write_page
    from carboncalc.report.inventory_workbook import write_workbook

    inventory = full()
    summary = inventory.to_json()
    files = {
        "enterprise": str(inventory.save(output / "enterprise")),
        "enterprise.json": _write_json(output / "enterprise.json", summary),
    }
    for lang in ("zh", "en"):
        page = output / f"enterprise.{lang}.html"
        write_page(inventory, page, lang, notice=MADE[lang], lines_href="enterprise/lines.csv")
        files[page.name] = str(page)
    workbook = output / "enterprise.xlsx"
    write_workbook(inventory, workbook, session.lang, notice=MADE[session.lang])
    files[workbook.name] = str(workbook)
    shares = "  ".join(f"{grade} {share:.1%}" for grade, share in summary["evidence_share"].items())
    lines = [
        session.text(zh="示例企业(编造,2023 年)", en="The made enterprise (invented, 2023)"),
        f"  {summary['co2e_t']:,.2f} t CO2e",
        *_tonnes(summary["by_entity"]),
        session.text(zh="  证据等级占比 ", en="  shares by evidence grade ") + shares,
    ]
    return Part(summary, lines, files)


def park(output: Path, session: Session) -> Part:
    """The made park: three tenants, a heat station, PV; and the zero-carbon profile."""
    from carboncalc.examples import park_footprint
    from carboncalc.report.park_page import write_park_page

    footprint = park_footprint()
    profile = footprint.profile("ndrc910")
    payload = {**footprint.to_json(), "profile": {"name": "ndrc910", **profile.to_json()}}
    files = {"park.json": _write_json(output / "park.json", payload)}
    for lang in ("zh", "en"):
        page = output / f"park.{lang}.html"
        write_park_page(footprint, page, lang, profile=profile, notice=MADE[lang])
        files[page.name] = str(page)
    tenants = footprint.by_tenant()
    borne = dict(zip(tenants["name"], tenants["co2e_t"].tolist(), strict=True))
    lines = [
        session.text(zh="示例园区(编造,2023 年)", en="The made park (invented, 2023)"),
        f"  {footprint.co2e_t:,.2f} t CO2e",
        *_tonnes(borne),
        *repr(profile).splitlines()[1:3],
    ]
    return Part(payload, lines, files)


def entries(output: Path, session: Session) -> Part:
    """Twenty made entries under the green catalogue of 2025."""
    from carboncalc.classification.classify import classify
    from carboncalc.classification.wording import word
    from carboncalc.examples import path

    verdicts = classify(path("entries.csv"))
    payload = verdicts.to_json(session.lang)
    files = {"verdicts.json": _write_json(output / "verdicts.json", payload)}
    lines = [
        session.text(zh="示例认定对象(编造)", en="Twenty made entries"),
        *(f"  {word(name, session.lang)}: {count}" for name, count in payload["counts"].items()),
    ]
    return Part(payload, lines, files)


def book(output: Path, session: Session) -> Part:
    """A made tape at five institutions, from the target down to a verdict and a record."""
    from carboncalc.examples.bank import made_bank
    from carboncalc.finance.carbon_record import write_carbon_record
    from carboncalc.finance.target import targets
    from carboncalc.report.chain_page import write_chain_page
    from carboncalc.report.loan_workbook import write_loan_workbook

    bank = made_bank(LOANS)
    tables = {"loans": bank.made.loans, "labels": bank.made.labels, "rates": bank.made.rates}
    for name, frame in tables.items():
        frame.to_csv(output / f"{name}.csv", index=False)
    payload = {
        **bank.book.to_dict(),
        "financed_emissions": bank.financed.to_json(),
    }
    files = {
        "loans.csv": str(output / "loans.csv"),
        "exposure.json": _write_json(output / "exposure.json", payload),
    }
    for number, record in enumerate(bank.records, start=1):
        place = output / f"carbon_record_{number}.json"
        write_carbon_record(record, place)
        files[place.name] = str(place)
    for lang in ("zh", "en"):
        page = output / f"bank.{lang}.html"
        write_chain_page(
            bank.book,
            page,
            lang,
            verdicts=bank.verdicts,
            records=bank.records,
            runs=bank.runs,
            financed=[bank.financed],
            notice=MADE[lang],
        )
        files[page.name] = str(page)
    workbook = output / "bank.xlsx"
    write_loan_workbook(
        bank.book,
        workbook,
        session.lang,
        verdicts=bank.verdicts,
        records=bank.records,
        financed=[bank.financed],
        notice=MADE[session.lang],
    )
    files[workbook.name] = str(workbook)
    heading = session.text(
        zh=f"示例台账(编造,{LOANS:,} 笔,五家机构)",
        en=f"The made tape ({LOANS:,} invented loans at five institutions)",
    )
    progress = repr(bank.book.progress(targets["T2025-03"]))
    told = [*repr(bank.book).splitlines(), *progress.splitlines()]
    return Part(payload, [heading, *(f"  {line}" for line in told)], files)


def _tonnes(parts: Mapping[str, float]) -> list[str]:
    return [f"  {name}: {value:,.2f} t CO2e" for name, value in parts.items()]


def _write_json(path: Path, document: Mapping[str, Any]) -> str:
    text = json.dumps(plain({"contract": 1, **document}), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    return str(path)
