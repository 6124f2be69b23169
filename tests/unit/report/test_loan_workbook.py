"""The officer's workbook: all loans, sums that close, nothing mixed, a sheet to sign."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from chain_case import chain

import carboncalc as cc


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    case = chain()
    path = tmp_path_factory.mktemp("loans") / "loans.xlsx"
    cc.write_loan_workbook(
        case.book,
        path,
        "en",
        verdicts=case.verdicts,
        records=case.records,
        notice="made",
        financed=case.financed,
    )
    return openpyxl.load_workbook(path)


def frame(workbook: Any, sheet: str) -> pd.DataFrame:
    rows = list(workbook[sheet].values)
    made = pd.DataFrame(rows[1:], columns=rows[0])
    return made.astype(object).where(made.notna(), None)


def fen(values: Any) -> int:
    return sum(round(value * 100) for value in values)


@pytest.mark.parametrize("statistic", ["NFRA", "PBOC"])
def test_the_loans_add_up_to_the_book_to_the_fen(workbook: Any, statistic: str) -> None:
    book = chain().book.on(statistic)
    loans = frame(workbook, f"loans {statistic}")
    for column, amount in (
        ("declared_cny", book.declared), ("confirmed_cny", book.confirmed),
        ("undetermined_cny", book.undetermined), ("refuted_cny", book.refuted),
    ):  # fmt: skip
        assert fen(loans[column]) == int(amount * 100), column
    assert loans["loan_id"].is_unique


def test_each_statistic_has_sheets_of_its_own(workbook: Any) -> None:
    assert workbook.sheetnames == [
        "summary", "loans NFRA", "sums NFRA", "loans PBOC", "sums PBOC", "targets",
        "financed emissions PCAF-2025", "issues", "sign-off",
    ]  # fmt: skip


def test_a_loan_stands_with_its_verdict_its_gaps_and_who_decided(workbook: Any) -> None:
    case = chain()
    loans = frame(workbook, "loans NFRA").set_index("loan_id")
    records = {record["entry_id"]: record for record in case.verdicts.records()}
    seen = set()
    for loan in case.judged:
        if loan not in loans.index:
            continue
        row, record = loans.loc[loan], records[loan]
        seen.add(record["verdict"])
        assert row["verdict"] == record["verdict"]
        assert bool(row["missing_evidence"]) == bool(record["missing_evidence"])
        failed = [r for r in record["reasons"] if r["status"] == "fail"]
        assert bool(row["failed_steps"]) == bool(failed)
        assert row["decided_by"] == "made-officer-1"
        assert row["evidence_ids"] == f"E-{loan}"
    assert {"eligible", "ineligible"} <= seen
    assert (loans["verdict"] == "none").any()


def test_the_sheet_to_sign_names_three_roles_and_the_digests(workbook: Any) -> None:
    case = chain()
    text = [str(cell) for row in workbook["sign-off"].values for cell in row if cell]
    for needed in ("prepared by", "checked by", "approved by"):
        assert needed in text
    for record in case.records:
        assert record.digest in text
    assert any(case.verdicts.taxonomy.id in cell for cell in text)


def test_targets_are_read_per_statistic(workbook: Any) -> None:
    text = [[str(c) for c in row if c is not None] for row in workbook["targets"].values]
    flat = [cell for row in text for cell in row]
    assert any("T2025-03" in cell for cell in flat)
    assert sum("NFRA statistic" in cell for cell in flat) == 1
    assert sum("PBOC statistic" in cell for cell in flat) == 1


def test_headers_come_in_chinese_and_nothing_is_a_formula(tmp_path: Path) -> None:
    case = chain()
    loans = case.made.loans.copy()
    loans["bank_id"] = "=1+1"
    loans["branch_id"] = "@x"
    tape = cc.read_loans(loans, labels=case.made.labels, rates=case.made.rates)
    path = cc.write_loan_workbook(
        cc.exposure(tape, case.verdicts, statistic="PBOC"), tmp_path / "l.xlsx", "zh",
        verdicts=case.verdicts, notice="=HYPERLINK(1)",
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    cells = [c for sheet in book for row in sheet for c in row if c.value is not None]
    assert "f" not in {c.data_type for c in cells}
    assert "=1+1" in {c.value for c in cells}
    heads = [c.value for c in book["借据 PBOC"][1]]
    assert heads[0] == "借据编号"
    assert all(any("\u4e00" <= c <= "\u9fff" for c in head) for head in heads)
