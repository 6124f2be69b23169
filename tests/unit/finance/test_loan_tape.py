"""Reading a loan tape: every format the same, every error found and named."""

import gc
import io
import logging
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from carboncalc.errors import ActivityDataError, FinanceError
from carboncalc.examples.loan_errors import with_errors
from carboncalc.examples.loans import made_loans, made_rates
from carboncalc.finance.tape import read_loans

ZH = {
    "loan_id": "借据号",
    "contract_id": "合同号",
    "as_of": "数据日期",
    "bank_id": "机构代码",
    "branch_id": "支行代码",
    "borrower_id": "借款人统一社会信用代码",
    "product": "贷款品种",
    "use_industry_code": "贷款投向行业",
    "currency": "币种",
    "principal_outstanding": "贷款余额",
    "origination_date": "发放日期",
    "maturity_date": "到期日",
    "class5": "五级分类",
}
QUALITY_ZH = {
    "normal": "正常",
    "special_mention": "关注",
    "substandard": "次级",
    "doubtful": "可疑",
    "loss": "损失",
}


@pytest.fixture(scope="module")
def made():
    return made_loans(400)


def read(data, **given):
    """Five made banks are all the institutions there are."""
    return read_loans(data, **{"coverage": "all_institutions:CN-3502", **given})


def total(tape):
    return tape.reconciliation().kept


def expected_total(frame):
    """Σ balance × rate, half-up per loan, with Python decimals."""
    rates = {row.currency: Decimal(row.cny_per_unit) for row in made_rates().itertuples()}
    return sum(
        int((Decimal(text) * rates[currency] * 100).quantize(Decimal(1), "ROUND_HALF_UP"))
        for text, currency in zip(frame.principal_outstanding, frame.currency, strict=True)
    )


def typed(frame):
    """The frame with Arrow types of a data warehouse: decimals and dates."""
    columns = {name: pa.array(frame[name]) for name in frame}
    columns["principal_outstanding"] = pa.array(
        [Decimal(text) for text in frame.principal_outstanding], pa.decimal128(18, 2)
    )
    for name in ("as_of", "origination_date", "maturity_date"):
        columns[name] = columns[name].cast(pa.string()).cast(pa.date32())
    return pa.table(columns)


def written(frame, form, folder):
    path = folder / f"tape.{form}"
    if form == "csv":
        path.write_text(frame.to_csv(index=False), encoding="utf-8")
    elif form == "gb18030.csv":
        path.write_bytes(frame.rename(columns=ZH).to_csv(index=False).encode("gb18030"))
    elif form == "xlsx":
        numbers = frame.assign(principal_outstanding=frame.principal_outstanding.astype(float))
        numbers.rename(columns=ZH).to_excel(path, index=False)
    elif form == "parquet":
        pq.write_table(typed(frame), path, row_group_size=150)
    elif form == "int.parquet":
        pq.write_table(typed(frame), path, store_decimal_as_integer=True)
    elif form == "float.parquet":
        frame.assign(principal_outstanding=frame.principal_outstanding.astype(float)).to_parquet(
            path
        )
    elif form == "text.parquet":
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize(
    "form",
    ["csv", "gb18030.csv", "xlsx", "parquet", "int.parquet", "float.parquet", "text.parquet"],
)
def test_every_format_gives_the_same_balance_to_the_fen(made, form, tmp_path):
    tape = read(written(made.loans, form, tmp_path), rates=made.rates)
    assert not tape.issues
    assert total(tape) == expected_total(made.loans)
    assert tape.dates == ("2025-12-31",)


def test_frames_of_any_library_and_records_are_read(made):
    import polars as pl

    expected = expected_total(made.loans)
    for data in (
        made.loans,
        pl.from_pandas(made.loans),
        pa.Table.from_pandas(made.loans),
        typed(made.loans),
        made.loans.to_dict("records"),
    ):
        assert total(read(data, rates=made.rates)) == expected


def test_a_unit_in_the_header_scales_exactly(made):
    frame = made.loans.head(50).copy()
    frame["currency"] = "CNY"
    fen = [int(text.replace(".", "")) for text in frame.principal_outstanding]
    frame["principal_outstanding"] = [f"{Decimal(value) / 10**6}" for value in fen]
    tape = read(frame.rename(columns={"principal_outstanding": "贷款余额（万元）"}))
    assert total(tape) == sum(fen)


def test_chinese_class_names_and_currency_names_are_understood(made):
    frame = made.loans.rename(columns=ZH)
    frame["五级分类"] = frame["五级分类"].map(QUALITY_ZH)
    frame["币种"] = frame["币种"].replace({"CNY": "人民币", "USD": "美元"})
    tape = read(frame, rates=made.rates)
    assert not tape.issues
    assert set(tape.rows.class5) <= set(QUALITY_ZH)


def test_rows_come_back_under_canonical_names_with_exact_integers(made):
    rows = read(made.loans, rates=made.rates).rows
    assert len(rows) == 400
    assert rows.principal_fen.sum() == sum(
        int(text.replace(".", "")) for text in made.loans.principal_outstanding
    )
    assert rows.cny_fen.sum() == expected_total(made.loans)


def test_each_planted_error_is_found_and_named_at_its_row_and_column():
    bad = with_errors(made_loans(1500))
    tape = read(bad.loans, labels=bad.labels, rates=bad.rates)
    tables = {"loans": tape.check().issues, "labels": tape.label_table.issues}
    for table, issues in tables.items():
        found = {(issue.row, issue.column, issue.code) for issue in issues}
        rows = bad.planted[bad.planted.table == table]
        planted = {(row.position + 1, row.column, row.code) for row in rows.itertuples()}
        assert planted == found
    loans = bad.planted[bad.planted.table == "loans"]
    assert tape.quarantined.row.tolist() == sorted(loans.position + 1)
    assert len(tape) == len(bad.loans) - len(loans)


def test_rows_are_numbered_as_the_user_sees_them_in_a_sheet(tmp_path, made):
    frame = made.loans.head(5).copy()
    frame.loc[3, "class5"] = "?"
    text = frame.to_csv(index=False).splitlines()
    text.insert(3, "")  # a blank line between the second and the third loan
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(["某银行借据台账", *text]), encoding="utf-8")
    tape = read(path, rates=made.rates)
    # A title, the header, and the blank line stand above the fourth loan.
    assert [(issue.row, issue.code) for issue in tape.issues] == [(7, "L-018")]
    assert len(tape) == 4


def test_a_row_with_too_many_cells_is_named_and_the_others_keep_their_numbers(tmp_path, made):
    frame = made.loans.head(5).copy()
    frame.loc[4, "currency"] = "ZZZ"
    lines = frame.to_csv(index=False).splitlines()
    lines[2] += ",stray"
    path = tmp_path / "ragged.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    tape = read(path, rates=made.rates)
    assert [(issue.row, issue.code) for issue in tape.issues] == [(3, "L-029"), (6, "L-016")]


def test_missing_and_doubled_columns_are_all_told_at_once(made):
    frame = made.loans.drop(columns=["class5", "currency"])
    frame["余额"] = frame["principal_outstanding"]
    with pytest.raises(ActivityDataError) as refused:
        read(frame)
    found = [(issue.code, issue.params["column"]) for issue in refused.value.issues]
    assert ("L-005", "class5") in found
    assert ("L-005", "currency") in found
    assert any(code == "L-010" for code, _ in found)


def test_strict_reading_raises_with_all_problems():
    bad = with_errors(made_loans(600))
    with pytest.raises(ActivityDataError) as refused:
        read(bad.loans, labels=bad.labels, rates=bad.rates, strict=True)
    assert len(refused.value.issues) >= len(bad.planted)


def test_no_personal_data_reach_messages_frames_or_logs(caplog):
    bad = with_errors(made_loans(600))
    personal = ("110101190001010014", "Zhang San")
    with caplog.at_level(logging.DEBUG):
        tape = read(bad.loans, labels=bad.labels, rates=bad.rates)
        shown = io.StringIO()
        tape.quarantined.to_csv(shown)
        tape.rows.to_csv(shown)
        for issue in tape.issues:
            shown.write(issue.text("zh") + issue.text("en") + str(issue.params))
        shown.write(repr(tape) + tape._repr_html_() + caplog.text)
    assert not [text for text in personal if text in shown.getvalue()]


def test_a_contradicting_repeat_leaves_both_out_whatever_the_order(made):
    frame = pd.concat([made.loans, made.loans.iloc[[5]]], ignore_index=True)
    frame.loc[400, "principal_outstanding"] = "1.00"
    one = read(frame, rates=made.rates)
    other = read(frame.iloc[::-1].reset_index(drop=True), rates=made.rates)
    assert one.counts["L-025"] == other.counts["L-025"] == 2
    assert total(one) == total(other)


def test_the_seller_and_the_buyer_of_a_transferred_loan_are_no_repeat(made):
    frame = made.loans.assign(status="正常在册")
    seller = frame.iloc[[7]].assign(bank_id="MADE-BANK-99", status="转出")
    tape = read(pd.concat([frame, seller]), rates=made.rates)
    assert not [code for code in tape.counts if code in ("L-024", "L-025")]


def test_one_loan_at_two_dates_is_no_repeat(made):
    later = made.loans.assign(as_of="2026-01-31")
    rates = pd.concat([made.rates, made_rates("2026-01-31")])
    tape = read(pd.concat([made.loans, later]), rates=rates)
    assert not tape.issues
    assert tape.dates == ("2025-12-31", "2026-01-31")


def test_the_control_total_is_met_to_the_fen_or_the_difference_is_named(made):
    exact = Decimal(expected_total(made.loans)) / 100
    met = read(made.loans, rates=made.rates, control_total=exact)
    assert met.reconciliation().difference == 0
    off = read(made.loans, rates=made.rates, control_total=exact + Decimal("0.01"))
    assert [issue.code for issue in off.issues] == ["L-008"]
    assert off.reconciliation().difference == 1


def test_what_is_set_aside_reconciles_with_the_control_total(made):
    bad = made.loans.copy()
    bad.loc[3, "class5"] = "?"
    bad.loc[9, "principal_outstanding"] = "unreadable"
    tape = read(
        bad, rates=made.rates, control_total={"2025-12-31": expected_total(made.loans) / 100}
    )
    result = tape.reconciliation("2025-12-31")
    assert result.aside["L-018"] == (1, expected_total(made.loans.iloc[[3]]))
    assert result.unreadable == 1
    assert result.difference == expected_total(made.loans.iloc[[9]])


def test_a_sidecar_beside_the_tape_is_found_and_arguments_go_before_it(made, tmp_path):
    path = written(made.loans, "parquet", tmp_path)
    made.rates.to_csv(tmp_path / "fx.csv", index=False)
    made.labels.to_csv(tmp_path / "labels.csv", index=False)
    (tmp_path / "tape.yaml").write_text(
        "labels: labels.csv\nrates: fx.csv\ncoverage: all_institutions:厦门\n", encoding="utf-8"
    )
    tape = read_loans(path)
    assert not tape.issues
    assert str(tape.coverage) == "all_institutions:CN-3502"
    assert tape.statistics == ("NFRA", "PBOC")
    assert str(read(path, coverage="one_institution").coverage) == "one_institution"
    (tmp_path / "tape.yaml").write_text("label: labels.csv\n", encoding="utf-8")
    with pytest.raises(ActivityDataError, match="L-009"):
        read(path)


def test_coverage_must_be_understood_and_must_fit_the_tape(made):
    with pytest.raises(FinanceError, match="L-007"):
        read(made.loans, coverage="the whole city")
    several = read(made.loans, rates=made.rates, coverage="one_institution")
    assert [(issue.code, issue.severity) for issue in several.issues] == [("L-053", "finding")]
    one = made.loans[made.loans.bank_id == "MADE-BANK-01"]
    declared = read(one, rates=made.rates, coverage="all_institutions:CN-3502")
    assert [issue.code for issue in declared.issues] == ["L-052"]
    assert declared.covers_area is None


def test_ids_that_a_spreadsheet_has_damaged_are_named(made):
    frame = made.loans.head(3).copy()
    frame.loc[1, "loan_id"] = "3.50201E+17"
    tape = read(frame, rates=made.rates)
    assert tape.counts == {"L-027": 1}


def test_a_date_that_is_no_month_end_is_a_finding(made):
    frame = made.loans.assign(as_of="2025-12-30", origination_date="2020-01-01")
    tape = read(frame, rates=made_rates("2025-12-30"))
    assert [(issue.code, issue.severity) for issue in tape.issues] == [("L-028", "finding")]


def test_a_parquet_tape_holds_no_rows_until_they_are_asked_for(made, tmp_path):
    tape = read(written(made.loans, "parquet", tmp_path), rates=made.rates)
    assert total(tape) == expected_total(made.loans)
    gc.collect()
    assert tape.source.table.num_rows == 0


def test_empty_optional_columns_change_nothing(made):
    frame = made.loans.assign(status=None, branch_city=None, principal_cny=None, own_share=None)
    tape = read(frame, rates=made.rates)
    assert not tape.issues
    assert total(tape) == expected_total(made.loans)


def test_columns_typed_by_another_program_are_read_all_the_same(made):
    frame = made.loans.copy()
    frame["as_of"] = pd.to_datetime(frame["as_of"])
    frame["maturity_date"] = pd.to_datetime(frame["maturity_date"]).dt.date
    frame["class5"] = frame["class5"].astype("category")
    frame["principal_outstanding"] = frame["principal_outstanding"].astype(float)
    frame["loan_id"] = range(len(frame))
    tape = read(frame, rates=made.rates)
    assert not tape.issues
    assert total(tape) == expected_total(made.loans)


def test_an_industry_column_of_numbers_has_lost_its_leading_zeros_and_is_not_guessed(made):
    frame = made.loans.copy()
    frame["use_industry_code"] = frame["use_industry_code"].astype(int)
    tape = read(frame, rates=made.rates)
    lost = int(made.loans.use_industry_code.str.startswith("0").sum())
    assert lost > 0
    assert tape.counts == {"L-020": lost}


def test_an_empty_tape_is_read_and_says_so(made):
    tape = read(made.loans.head(0), rates=made.rates)
    assert (len(tape), len(tape.rows), len(tape.quarantined), tape.dates) == (0, 0, 0, ())


def test_a_bank_s_own_conversion_and_share_are_compared(made):
    frame = made.loans.head(20).copy()
    frame["principal_cny"] = [
        f"{Decimal(expected_total(frame.iloc[[row]])) / 100:.2f}" for row in range(20)
    ]
    frame["own_share"] = frame["principal_outstanding"]
    assert not [i for i in read(frame, rates=made.rates).issues if i.code in ("L-037", "L-038")]
    frame.loc[4, "principal_cny"] = "1.00"
    frame.loc[6, "own_share"] = "1.00"
    issues = read(frame, rates=made.rates).issues
    assert [(i.row, i.code, i.severity) for i in issues] == [
        (5, "L-037", "finding"),
        (7, "L-038", "finding"),
    ]


def test_individuals_need_no_industry_but_a_masked_number(made):
    frame = made.loans.head(4).assign(borrower_type="个人", borrower_id="IND-0001")
    frame["use_industry_code"] = None
    frame.loc[2, "borrower_type"] = "企业"
    tape = read(frame, rates=made.rates)
    assert tape.counts == {"L-011": 1}
    assert tape.quarantined.row.tolist() == [3]
