"""The walk from a target down to a page, and from a carbon record to a guideline, link by link."""

import dataclasses
import re

import pandas as pd
import pytest
from chain_case import chain, one_bank
from page_reader import Page, assert_safe_and_whole, read

import carboncalc as cc
from carboncalc.examples.loans import made_loans
from carboncalc.report.anchors import anchor
from carboncalc.report.book_views import book_charts
from carboncalc.report.chain_page import chain_page
from carboncalc.report.words import Words

HOSTILE = "<script>alert(1)</script>"


def page_of(lang: str = "en", **more: object) -> tuple[str, Page]:
    case = chain()
    text = chain_page(
        case.book,
        lang,
        verdicts=case.verdicts,
        records=case.records,
        runs=case.runs,
        financed=case.financed,
        **more,
    )  # type: ignore[arg-type]
    return text, read(text)


def part_of(text: str, name: str) -> str:
    """What lies between the element of that id and the next element with one."""
    start = text.index(f'id="{name}"')
    following = re.search(r'<(?:details|h2|h3|tbody)[^>]* id="', text[start + 1 :])
    return text[start : start + following.start() if following else None]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_alone_and_every_anchor_leads_somewhere(lang: str) -> None:
    assert_safe_and_whole(page_of(lang)[1])


def test_the_walk_goes_from_the_target_to_the_page_of_the_catalogue() -> None:
    case, (text, page) = chain(), page_of()
    loan = case.judged[0]
    verdict = case.verdicts.explain(loan)
    code = verdict.record["code"]
    assert anchor("target", "T2025-03") in page.ids
    assert '<a href="#book-NFRA">' in part_of(text, "readings-T2025-03")
    assert f'<a href="#{anchor("code", "NFRA", code)}">' in text
    group = part_of(text, anchor("code", "NFRA", code))
    assert f'id="{anchor("loan", "NFRA", loan)}"' in group
    assert f'<a href="#{anchor("verdict", loan)}">' in group
    opened = part_of(text, anchor("verdict", loan))
    line = anchor("line", "cgt-2025", code, verdict.line.sequence)
    assert f'<a href="#{line}">page {verdict.line.page}</a>' in opened
    conditions = part_of(text, line)
    assert f"page {verdict.line.page}" in conditions
    assert verdict.rule.read_by in conditions


def test_the_walk_goes_from_a_carbon_record_to_the_guideline() -> None:
    case, (text, page) = chain(), page_of()
    start = text.index('id="record-1"')
    end = text.index('id="record-2"')
    shown = text[start:end]
    assert case.records[0].run_digest in shown
    lines = re.findall(r'id="(R1-L\d{6})"', shown)
    assert lines
    trace = case.runs[0].trace(lines[0].removeprefix("R1-"))
    opened = part_of(text, lines[0])
    assert f'href="#doc-{trace.document}"' in opened
    assert f"doc-{trace.document}" in page.ids
    loan = anchor("loan", "NFRA", case.judged[0])
    assert f'<a href="#{loan}">' in shown  # and back up to the loan


def test_the_lines_behind_a_record_add_up_to_it() -> None:
    case, (_, page) = chain(), page_of(lines_per_entity=10_000)
    record = case.records[0]
    assert record.s2_location_t is not None
    stated = record.s1_t + record.s2_location_t
    assert f"add up to {stated:,.2f} t CO2e; the record states {stated:,.2f} t CO2e." in page.words
    inside = case.records[1]
    assert inside.s2_location_t is not None
    assert "supply inside the park at its internal factor" in page.words


def test_figures_of_the_page_are_those_of_the_book() -> None:
    case, (_, page) = chain(), page_of()
    for statistic in ("NFRA", "PBOC"):
        book = case.book.on(statistic)
        found = page.figures(f"balances-{statistic}")
        for name, amount in (
            ("Green", book.green), ("Declared", book.declared), ("Confirmed", book.confirmed),
            ("Undetermined", book.undetermined), ("Refuted", book.refuted),
        ):  # fmt: skip
            assert found[name] == float(amount), name
    readings = page.tables["readings-T2025-03"]
    assert len(readings) == 3  # a head and one row per statistic, side by side


def test_the_two_statistics_are_never_added() -> None:
    case, (text, page) = chain(), page_of()
    both = case.book.on("NFRA").green + case.book.on("PBOC").green
    assert f'value="{both}"' not in text
    assert float(both) not in page.values


def test_one_bank_has_a_contribution_and_no_progress() -> None:
    text = chain_page(one_bank(), "en")
    page = read(text)
    for row in page.tables["readings-T2025-03"][1:]:
        by_head = dict(zip([t for t, _ in page.tables["readings-T2025-03"][0]], row, strict=True))
        assert by_head["Progress"][0] == "—"
        assert by_head["Contribution"][0] != "—"
        assert by_head["Verdict"][0] == "not assessable"
    chart = text[text.index('id="chart-readings') : text.index("</svg>")]
    assert "#8A8A8A" in chart  # grey, and no target line to be measured against
    assert ">target<" not in chart


def test_partitions_of_the_charts_close_to_the_fen() -> None:
    book = chain().book
    charts = book_charts(book, Words("zh"))
    for name in ("industry", "institution", "quality"):
        assert sum(charts[name].table.column("green")) == int(book.green * 100), name
        assert sum(charts[name].table.column("outstanding")) == int(book.outstanding * 100)
    by_code = charts["catalogue"].table
    assert sum(by_code.column("declared")) == int(book.declared * 100)
    for row in by_code.rows:
        assert row[2] == row[3] + row[4] + row[5]


def test_hostile_texts_of_a_bank_stay_text() -> None:
    case = chain()
    loans = case.made.loans.copy()
    loans["bank_id"] = HOSTILE
    entries = pd.DataFrame(
        [{"entry_id": case.judged[0], "kind": "project", "name": HOSTILE, "role": HOSTILE,
          "claimed_code": "4.1.1", "industry_code": "3811", "product": HOSTILE}]
    )  # fmt: skip
    tape = cc.read_loans(loans, labels=case.made.labels, rates=case.made.rates)
    verdicts = cc.classify(entries)
    record = case.records[0].model_copy(update={"name": HOSTILE, "consent_id": HOSTILE})
    book = cc.exposure(tape, verdicts, statistic="NFRA")
    page = read(
        chain_page(book, "zh", verdicts=verdicts, records=[record], notice=HOSTILE, title=HOSTILE)
    )
    assert_safe_and_whole(page)
    assert HOSTILE in page.words


def test_financed_emissions_stand_with_their_quality_and_lead_to_loan_and_record() -> None:
    case, (_, page) = chain(), page_of()
    found = case.financed[0]
    shown = page.figures("financed-PCAF-2025")
    assert shown["Scopes 1 and 2 as attributed, t CO2e"] == found.s12_t
    assert shown["Data quality"] == found.data_quality
    listed = page.tables["financed-PCAF-2025-loans"][1:]
    assert len(listed) == len(found.loan_table())
    assert "#record-1" in page.links
    text = page_of()[0]
    rows = text[text.index('id="financed-PCAF-2025-loans"') :]
    assert '<a href="#loan-NFRA-' in rows[: rows.index("</table>")]


def test_a_record_without_its_run_says_so() -> None:
    case = chain()
    stranger = case.records[0].model_copy(update={"run_digest": "0" * 64})
    page = read(chain_page(case.book, "en", records=[stranger], runs=case.runs))
    assert "No run with this digest is at hand" in page.words


def test_a_page_without_verdicts_and_records_is_a_page_of_the_book() -> None:
    case = chain()
    plain = dataclasses.replace(case.book, verdicts=None)
    page = read(chain_page(plain.on("PBOC"), "zh"))
    assert_safe_and_whole(page)
    assert "verdicts" not in page.ids


@pytest.mark.parametrize(
    ("second", "verdict", "share", "gap"),
    [
        ("100000000000.00", "已达到", "100.0 %", "0.00"),
        ("99999999999.99", "未达到", "&lt; 100 %", "0.01"),
    ],
)
def test_one_fen_below_the_line_never_reads_as_the_line(
    second: str, verdict: str, share: str, gap: str
) -> None:
    loans = made_loans(10).loans.head(2).assign(product="project", currency="CNY", class5="normal")
    loans["bank_id"], loans["principal_outstanding"] = ["B1", "B2"], ["100000000000.00", second]
    label = {"statistic": "NFRA", "code": "4.2.2", "green_ratio": "1"}
    labels = pd.DataFrame({"loan_id": loans["loan_id"]}).assign(
        **label, catalogue_version="cgt-2025"
    )
    tape = cc.read_loans(loans, labels=labels, coverage="all_institutions:CN-3502")
    shown = part_of(chain_page(cc.exposure(tape, statistic="NFRA"), "zh"), "readings-T2025-03")
    row = shown.split("<tbody>")[1].split("</tr>")[0]
    assert verdict in row
    assert f">{share}<" in row
    assert f">{gap}<" in row
