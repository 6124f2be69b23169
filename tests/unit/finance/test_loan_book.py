"""The book: declared, confirmed, refuted, undetermined; every partition closes to the 分."""

import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest

from carboncalc.errors import CurrencyError, FinanceError, StatisticError
from carboncalc.examples.loans import made_loans, made_rates
from carboncalc.finance.exposure import exposure
from carboncalc.finance.tape import read_loans

CENT = Decimal("0.01")
NON_PERFORMING = {"substandard", "doubtful", "loss"}
OFF = {"guarantee", "entrusted"}


@pytest.fixture(scope="module")
def made():
    return made_loans(1200)


@pytest.fixture(scope="module")
def tape(made):
    return read_loans(
        made.loans, labels=made.labels, rates=made.rates, coverage="all_institutions:CN-3502"
    )


def verdicts_of(made, statistic, seed=5):
    """Made verdicts on two thirds of the labels: each kind, some partial, some on other codes."""
    draw = np.random.default_rng(seed)
    labels = made.labels[made.labels.statistic == statistic]
    rows = labels[draw.random(len(labels)) < 0.66]
    count = len(rows)
    kind = draw.choice(["eligible", "ineligible", "undetermined"], count, p=[0.6, 0.15, 0.25])
    ratio = draw.choice(["1", "0.5", "0.123456789"], count)
    code = rows.code.where(draw.random(count) > 0.05, "7.4.12")
    return pd.DataFrame(
        {"entry_id": rows.loan_id, "code": code, "verdict": kind, "green_ratio": ratio}
    )


def cents(value):
    return value.quantize(CENT, ROUND_HALF_UP)


def oracle(made, statistic, verdicts=None):
    """The whole book row by row with Python decimals and dictionaries."""
    rates = {row.currency: Decimal(row.cny_per_unit) for row in made.rates.itertuples()}
    labels = {
        row.loan_id: row for row in made.labels[made.labels.statistic == statistic].itertuples()
    }
    judged = {}
    if verdicts is not None:
        judged = {(row.entry_id, row.code): row for row in verdicts.itertuples()}
    book = defaultdict(Decimal)
    for loan in made.loans.itertuples():
        balance = cents(Decimal(loan.principal_outstanding) * rates[loan.currency])
        label = labels.get(loan.loan_id)
        declared = confirmed = refuted = Decimal(0)
        if label is not None:
            share = Decimal(label.green_ratio)
            declared = cents(balance * share)
            verdict = judged.get((loan.loan_id, label.code))
            if verdict is not None and verdict.verdict == "eligible":
                confirmed = cents(balance * min(share, Decimal(verdict.green_ratio)))
                refuted = declared - confirmed
            elif verdict is not None and verdict.verdict == "ineligible":
                refuted = declared
        if loan.product in OFF:
            book["off", "green"] += declared - refuted
            continue
        keys = {
            "taxonomy": label.code if label is not None else "(none)",
            "industry": loan.use_industry_code,
            "institution": loan.bank_id,
            "branch": loan.branch_id,
            "quality": loan.class5,
            "product": loan.product,
            "currency": loan.currency,
        }
        for name, value in (
            ("outstanding", balance),
            ("declared", declared),
            ("confirmed", confirmed),
            ("refuted", refuted),
        ):
            book["total", name] += value
            for dimension, key in keys.items():
                book[dimension, key, name] += value
        if verdicts is None or (label is not None and (loan.loan_id, label.code) not in judged):
            book["unmatched"] += label is not None
    return book


@pytest.mark.parametrize("statistic", ["NFRA", "PBOC"])
@pytest.mark.parametrize("judged", [False, True])
def test_the_book_equals_the_one_computed_loan_by_loan_with_decimals(made, tape, statistic, judged):
    verdicts = verdicts_of(made, statistic) if judged else None
    book = exposure(tape, verdicts, statistic=statistic)
    expected = oracle(made, statistic, verdicts)
    for name in ("outstanding", "declared", "confirmed", "refuted"):
        assert getattr(book, name) == expected["total", name], name
    assert book.undetermined == book.declared - book.confirmed - book.refuted
    assert book.green == book.declared - book.refuted
    assert book.off_balance_green == expected["off", "green"]
    assert book.unmatched_count == len(book.unmatched) == expected["unmatched"]
    for dimension in (
        "taxonomy",
        "industry",
        "institution",
        "branch",
        "quality",
        "product",
        "currency",
    ):
        frame = book.by(dimension)
        for key, row in frame.iterrows():
            for name in ("outstanding", "declared", "confirmed", "refuted"):
                assert row[f"{name}_cny"] == expected[dimension, key, name], (dimension, key, name)
        for column in ("outstanding", "declared", "confirmed", "undetermined", "refuted", "green"):
            assert sum(frame[f"{column}_cny"]) == getattr(book, column), (dimension, column)
    if judged:
        assert book.confirmed > 0
        assert book.refuted > 0
        assert book.undetermined > 0


def test_the_two_statistics_are_two_books(made, tape):
    nfra, pboc = exposure(tape, statistic="NFRA"), exposure(tape, statistic="PBOC")
    assert nfra.outstanding == pboc.outstanding
    assert nfra.green != pboc.green
    assert nfra.on("PBOC").green == pboc.green
    only = read_loans(
        made.loans, labels=made.labels[made.labels.statistic == "PBOC"], rates=made.rates
    )
    assert exposure(only, statistic="NFRA").green == 0
    with pytest.raises(StatisticError):
        exposure(tape, statistic="绿色")


def test_green_fields_on_the_tape_are_read_as_labels_of_their_own_statistic(made, tape):
    frame = made.loans.copy()
    for prefix, statistic in (("nfra", "NFRA"), ("pboc", "PBOC")):
        labels = made.labels[made.labels.statistic == statistic].set_index("loan_id")
        frame[f"{prefix}_green_code"] = frame.loan_id.map(labels.code)
        frame[f"{prefix}_green_ratio"] = frame.loan_id.map(labels.green_ratio)
    inline = read_loans(frame, rates=made.rates, catalogue="cgt-2025")
    for statistic in ("NFRA", "PBOC"):
        own, table = exposure(inline, statistic=statistic), exposure(tape, statistic=statistic)
        pd.testing.assert_frame_equal(own.by("taxonomy"), table.by("taxonomy"))
    unnamed = exposure(read_loans(frame, rates=made.rates), statistic="NFRA")
    assert unnamed.green == 0
    assert unnamed.label_counts["L-047"] == int(frame.nfra_green_code.notna().sum())


def test_green_fields_that_name_no_statistic_do_not_count(made):
    frame = made.loans.assign(green_code="4.2.2", green_ratio="1", green_catalogue="cgt-2025")
    silent = read_loans(frame, rates=made.rates)
    assert "L-054" in silent.counts
    assert exposure(silent, statistic="NFRA").green == 0
    named = read_loans(frame, rates=made.rates, label_statistic="NFRA")
    book = exposure(named, statistic="NFRA")
    assert book.green == book.outstanding
    assert exposure(named, statistic="PBOC").green == 0


def test_a_label_out_of_force_or_refused_does_not_count_and_is_listed(made):
    labels = made.labels[made.labels.statistic == "NFRA"].copy().reset_index(drop=True)
    in_balance = set(made.loans[~made.loans["product"].isin(OFF)].loan_id)
    places = [i for i, loan in enumerate(labels.loan_id) if loan in in_balance][:3]
    labels.loc[places[0], "valid_to"] = "2025-12-30"
    labels.loc[places[1], "valid_from"] = "2026-01-01"
    labels.loc[places[2], "green_ratio"] = "1.01"
    tape = read_loans(made.loans, labels=labels, rates=made.rates)
    book = exposure(tape, statistic="NFRA")
    listed = {part["reason"]: part["count"] for part in book.labels_not_counted}
    assert listed == {"L-043": 1, "L-049": 2}
    whole = exposure(read_loans(made.loans, labels=made.labels, rates=made.rates), statistic="NFRA")
    assert book.green < whole.green
    assert book.outstanding == whole.outstanding


def test_what_is_off_the_balance_or_has_left_it_is_listed_and_not_added(made):
    frame = made.loans.assign(status="active")
    frame.loc[0, "status"] = "已核销"
    frame.loc[1, "status"] = "证券化出表"
    frame.loc[2, "status"] = "转出"
    frame.loc[3, "product"] = "统借统还"
    frame["branch_city"] = "厦门市"
    frame.loc[4, "branch_city"] = "福州市"
    tape = read_loans(frame, rates=made.rates, coverage="all_institutions:CN-3502")
    book = exposure(tape, statistic="NFRA")
    found = {part["reason"]: part["count"] for part in book.excluded}
    assert found["left_the_balance"] == 3
    assert found["group_on_lending"] == 1
    assert found["outside_area"] == 1
    assert found["off_balance"] == int(frame.loc[5:, "product"].isin(OFF).sum())
    whole = Decimal(tape.reconciliation().kept) / 100
    assert book.outstanding + sum(part["amount_cny"] for part in book.excluded) == whole


def test_non_performing_ratios_follow_the_five_classes(made, tape):
    book = exposure(tape, statistic="NFRA")
    frame = book.by("quality")
    bad = [name for name in frame.index if name in NON_PERFORMING]
    green = sum(frame.loc[bad, "green_cny"])
    assert book.npl_ratio_green == float(green / book.green)
    assert book.npl_ratio == float(sum(frame.loc[bad, "outstanding_cny"]) / book.outstanding)


def test_several_dates_need_one_to_be_named(made):
    later = made.loans.assign(as_of="2026-01-31")
    rates = pd.concat([made.rates, made_rates("2026-01-31")])
    tape = read_loans(pd.concat([made.loans, later]), labels=made.labels, rates=rates)
    with pytest.raises(FinanceError, match="L-030"):
        exposure(tape, statistic="NFRA")
    book = exposure(tape, statistic="NFRA", as_of="2025-12-31")
    assert {part["reason"] for part in book.excluded} == {"other_date", "off_balance"}
    assert book.by("quality").loans.sum() == book.loans


def test_a_tape_of_which_no_row_can_be_used_says_so_instead_of_naming_no_dates(made):
    tape = read_loans(made.loans.assign(currency="ZZZ"), labels=made.labels, rates=made.rates)
    with pytest.raises(FinanceError, match="L-040"):
        exposure(tape, statistic="NFRA")


def test_a_book_on_a_statistic_without_labels_says_that_nothing_is_declared(made):
    only_nfra = made.labels[made.labels.statistic == "NFRA"]
    tape = read_loans(made.loans, labels=only_nfra, rates=made.rates)
    said = {statistic: exposure(tape, statistic=statistic).issues for statistic in ("NFRA", "PBOC")}
    assert "L-064" in {issue.code for issue in said["PBOC"]}
    assert "L-064" not in {issue.code for issue in said["NFRA"]}


def test_growth_at_constant_rates_leaves_the_exchange_rate_out(made):
    later = made.loans.assign(as_of="2026-01-31", maturity_date="2031-01-31")
    dearer = made_rates("2026-01-31")
    dearer["cny_per_unit"] = ["1", "9.9", "9.9", "9.9", "9.9"]
    labels = made.labels.assign(valid_to="2031-01-31")
    tape = read_loans(
        pd.concat([made.loans, later]), labels=labels, rates=pd.concat([made.rates, dearer])
    )
    first, last = (
        exposure(tape, statistic="NFRA", as_of=day) for day in ("2025-12-31", "2026-01-31")
    )
    assert last.growth(first)["growth"] > 0
    fixed = [
        exposure(tape, statistic="NFRA", as_of=day, rates_date="2025-12-31")
        for day in ("2025-12-31", "2026-01-31")
    ]
    assert fixed[1].growth(fixed[0])["change_cny"] == 0
    assert fixed[0].green == first.green
    with pytest.raises(StatisticError, match="L-077"):
        last.growth(fixed[0])
    with pytest.raises(StatisticError, match="L-077"):
        last.growth(first.on("PBOC"))
    with pytest.raises(CurrencyError, match="L-017"):
        exposure(tape, statistic="NFRA", as_of="2025-12-31", rates_date="2024-12-31")


def test_verdicts_come_as_a_frame_an_object_with_one_or_records(made, tape):
    frame = verdicts_of(made, "NFRA")

    class Result:
        pass

    Result.frame = frame
    books = [
        exposure(tape, given, statistic="NFRA")
        for given in (frame, Result(), frame.to_dict("records"))
    ]
    assert len({book.confirmed for book in books}) == 1
    assert books[0].confirmed > 0


def test_a_verdict_on_another_code_settles_nothing(made, tape):
    label = made.labels[made.labels.statistic == "NFRA"].iloc[0]
    other = pd.DataFrame([{"entry_id": label.loan_id, "code": "9.1.1", "verdict": "ineligible"}])
    book = exposure(tape, other, statistic="NFRA")
    assert book.refuted == 0
    assert label.loan_id in book.unmatched


def test_an_eligible_verdict_without_a_ratio_stays_undetermined_and_is_named(made, tape):
    label = made.labels[made.labels.statistic == "NFRA"].iloc[0]
    given = [
        {"entry_id": label.loan_id, "code": label.code, "verdict": "eligible", "green_ratio": None}
    ]
    book = exposure(tape, given, statistic="NFRA")
    assert book.confirmed == 0
    assert label.loan_id not in book.unmatched
    assert [i.params["entries"] for i in book.issues if i.code == "L-059"] == [label.loan_id]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ([{"entry_id": "J1"}], "L-056"),
        ([{"entry_id": "J1", "verdict": "perhaps"}], "L-058"),
        (
            [
                {"entry_id": "J1", "code": "4.2.2", "verdict": "eligible", "green_ratio": "1"},
                {"entry_id": "J1", "code": "4.2.2", "verdict": "ineligible"},
            ],
            "L-057",
        ),
        ([{"entry_id": "J1", "verdict": "eligible", "green_ratio": 1.2}], "L-043"),
    ],
)
def test_unusable_verdicts_are_refused_by_name(tape, frame, code):
    with pytest.raises(FinanceError) as refused:
        exposure(tape, frame, statistic="NFRA")
    assert refused.value.code == code


def test_crosses_are_summed_on_request_and_close(tape):
    book = exposure(
        tape, statistic="NFRA", crosses=[("institution", "taxonomy"), ("quality", "product")]
    )
    frame = book.by("institution", "taxonomy")
    assert sum(frame.outstanding_cny) == book.outstanding
    alone = book.by("institution")
    for bank, rows in frame.groupby(level="institution"):
        assert sum(rows.green_cny) == alone.loc[bank, "green_cny"]
    with pytest.raises(FinanceError, match="L-061"):
        book.by("branch", "taxonomy")
    with pytest.raises(FinanceError, match="L-060"):
        book.by("colour")


def test_levels_roll_up_without_losing_a_fen(tape):
    book = exposure(tape, statistic="NFRA")
    for dimension, level in (
        ("taxonomy", 1),
        ("taxonomy", 2),
        ("industry", "section"),
        ("industry", 2),
    ):
        frame = book.by(dimension, level=level)
        assert sum(frame.outstanding_cny) == book.outstanding
        assert len(frame) < len(book.by(dimension))
    assert set(book.by("industry", level="section").index) <= set("ABCDEFGHIJKLMNOPQRST")


def test_the_json_is_the_contract_s_with_money_as_text(tape):
    record = json.loads(exposure(tape, statistic="NFRA").to_json())
    required = [
        "contract", "as_of", "statistic", "coverage", "outstanding_cny", "declared_cny",
        "confirmed_cny", "undetermined_cny", "refuted_cny", "green_cny", "green_share",
        "by_taxonomy", "by_industry", "by_institution", "npl_ratio_green",
        "off_balance_green_cny", "excluded", "unmatched", "reconciliation", "targets",
    ]  # fmt: skip
    assert [name for name in required if name not in record] == []
    assert record["contract"] == 1
    whole = Decimal(record["outstanding_cny"])
    for name in ("by_taxonomy", "by_industry", "by_institution"):
        assert sum(Decimal(text) for text in record[name].values()) == whole
        assert all(text[-3] == "." for text in record[name].values())
    assert "(none)" in record["by_taxonomy"]
    assert record["reconciliation"] == {"difference_cny": None}
    reading = record["targets"][0]["readings"][0]
    assert {"statistic", "observed_cny", "progress", "contribution", "gap_cny", "required_cagr",
            "verdict", "rounding_could_reverse"} <= set(reading)  # fmt: skip


def test_a_book_shows_itself_in_ten_lines(tape):
    book = exposure(tape, statistic="NFRA")
    assert len(repr(book).splitlines()) == 10
    assert "<table>" in book._repr_html_()
    assert len(repr(tape).splitlines()) <= 10


def test_codes_of_two_catalogues_never_fall_together(made):
    labels = made.labels[made.labels.statistic == "NFRA"].copy()
    half = labels.index[: len(labels) // 2]
    labels["code"] = "1.1.1"
    labels.loc[half, "catalogue_version"] = "gic-2019"
    book = exposure(read_loans(made.loans, labels=labels, rates=made.rates), statistic="NFRA")
    assert set(book.by("taxonomy").index) == {"(none)", "1.1.1", "gic-2019/1.1.1"}


def test_labels_without_a_loan_are_counted(made):
    labels = pd.concat([made.labels, made.labels.iloc[[0]].assign(loan_id="nobody")])
    book = exposure(read_loans(made.loans, labels=labels, rates=made.rates), statistic="NFRA")
    assert [issue.params["count"] for issue in book.issues if issue.code == "L-050"] == [1]
