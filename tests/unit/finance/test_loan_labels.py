"""Green labels: one per loan and statistic, checked before a balance counts on them."""

import pandas as pd
import pytest

from carboncalc.errors import ActivityDataError
from carboncalc.finance.labels import ratio_of, read_labels

GOOD = {
    "loan_id": "J1",
    "statistic": "NFRA",
    "code": "4.2.2",
    "green_ratio": "0.8",
    "catalogue_version": "cgt-2025",
    "decided_by": "a",
    "checked_by": "b",
}


def found(*rows):
    return [
        (issue.row, issue.column, issue.code)
        for issue in read_labels([{**GOOD, **row} for row in rows]).issues
    ]


def test_a_good_label_has_no_issue():
    assert found({}) == []


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"code": "4.2.99"}, (1, "code", "L-041")),
        ({"code": "1.6.2"}, (1, "code", "L-042")),
        ({"green_ratio": "1.0000001"}, (1, "green_ratio", "L-043")),
        ({"green_ratio": "120%"}, (1, "green_ratio", "L-043")),
        ({"green_ratio": "-0.2"}, (1, "green_ratio", "L-043")),
        ({"green_ratio": None}, (1, "green_ratio", "L-044")),
        ({"green_ratio": "0.1234567891"}, (1, "green_ratio", "L-044")),
        ({"statistic": "both"}, (1, "statistic", "L-046")),
        ({"catalogue_version": "2030"}, (1, "catalogue_version", "L-047")),
        ({"catalogue_version": None}, (1, "catalogue_version", "L-047")),
        ({"code": ""}, (1, "code", "L-048")),
        ({"checked_by": "a"}, (1, "checked_by", "L-051")),
        ({"loan_id": ""}, (1, "loan_id", "L-011")),
    ],
)
def test_each_fault_of_a_label_is_named(change, issue):
    assert found(change) == [issue]


def test_a_code_of_another_catalogue_year_says_which():
    issue = read_labels([{**GOOD, "code": "1.6.2"}]).issues[0]
    assert issue.params["others"].startswith("gic-2019")


def test_two_labels_of_one_loan_under_one_statistic_are_refused_both():
    assert found({}, {"code": "4.2.1"}) == [(1, "loan_id", "L-045"), (2, "loan_id", "L-045")]


def test_one_label_for_each_statistic_is_right():
    assert found({}, {"statistic": "PBOC", "code": "4.2.1"}) == []


def test_chinese_headers_and_spellings_are_read():
    frame = pd.DataFrame(
        [["J1", "人民银行", "4.2.2", "80%", "绿金目录2025"]],
        columns=["借据号", "统计口径", "目录代码", "绿色认定比例", "目录版本"],
    )
    labels = read_labels(frame)
    assert not labels.issues
    assert labels.sets["PBOC"].ratio.tolist() == [800_000_000]


def test_missing_columns_are_told_at_once():
    with pytest.raises(ActivityDataError) as refused:
        read_labels(pd.DataFrame({"loan_id": ["J1"], "code": ["4.2.2"]}))
    assert [i.params["column"] for i in refused.value.issues] == [
        "statistic",
        "green_ratio",
        "catalogue_version",
    ]


@pytest.mark.parametrize(
    ("text", "billionths"),
    [("1", 10**9), ("0", 0), ("33.3333333%", 333_333_333), ("0.5", 5 * 10**8)],
)
def test_ratios_are_exact_billionths(text, billionths):
    assert ratio_of(text) == (billionths, None)
