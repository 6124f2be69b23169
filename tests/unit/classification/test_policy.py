"""The transition between catalogues, the issuer test, and vetoes, each as a named choice."""

import pytest

import carboncalc as cc
from carboncalc.errors import ClassificationError

BLADE = {
    "entry_id": "X",
    "claimed_code": "4.1.1",
    "industry_code": "3811",
    "role": "manufacturer",
    "product": "叶片",
}


def standard(**dates: str) -> tuple[str, str, str]:
    row = cc.classify([{**BLADE, **dates}]).frame.iloc[0]
    return row["standard"], row["standard_rule"], row["standard_other"]


# The notice was published on 2025-07-14 and is in force from 2025-10-01. It names two cases:
# approved but not drawn before publication, and bonds outstanding or approved.
@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"approval_date": "2025-10-01"}, ("cgt-2025", "in_force", "")),
        ({"approval_date": "2025-07-13"}, ("previous", "notice_approved_not_drawn", "")),
        (
            {"approval_date": "2025-06-01", "drawdown_date": "2025-08-01"},
            ("previous", "notice_approved_not_drawn", ""),
        ),
        (
            {"approval_date": "2025-05-01", "instrument": "债券"},
            ("previous", "notice_bond", ""),
        ),
        (
            {"approval_date": "2025-07-14"},
            ("cgt-2025", "silent_between_dates", "previous"),
        ),
        (
            {"approval_date": "2025-09-30", "drawdown_date": "2025-10-05"},
            ("cgt-2025", "silent_between_dates", "previous"),
        ),
        (
            {"approval_date": "2025-05-01", "drawdown_date": "2025-06-01"},
            ("cgt-2025", "silent_old_stock", "previous"),
        ),
        (
            {
                "approval_date": "2025-05-01",
                "drawdown_date": "2025-06-01",
                "partly_drawn": "是",
            },
            ("cgt-2025", "silent_partly_drawn", "previous"),
        ),
        ({}, ("cgt-2025", "undated", "")),
    ],
)
def test_the_list_that_applies_follows_from_the_dates(
    dates: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert standard(**dates) == expected


def test_where_the_notice_is_silent_the_policy_decides_and_the_other_answer_is_shown() -> None:
    entry = {**BLADE, "approval_date": "2025-08-01"}
    row = cc.classify([entry], silent_cases="previous_standard").frame.iloc[0]
    assert (row["standard"], row["standard_other"]) == ("previous", "cgt-2025")


FIRM = {**BLADE, "kind": "enterprise"}


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"green_revenue_share": 0.5}, "eligible"),
        ({"green_revenue_share": "49.9%"}, "undetermined"),
        ({"green_revenue_share": 0.29}, "ineligible"),
        (
            {
                "green_revenue_share": 0.3,
                "green_profit_share": 0.3,
                "green_revenue_ranks_first": "yes",
                "green_profit_ranks_first": "yes",
            },
            "eligible",
        ),
        (
            {
                "green_revenue_share": 0.4,
                "green_profit_share": 0.29,
                "green_revenue_ranks_first": "yes",
                "green_profit_ranks_first": "yes",
            },
            "ineligible",
        ),
        ({"green_revenue_share": 0.4, "green_revenue_ranks_first": "no"}, "ineligible"),
        ({}, "undetermined"),
    ],
)
def test_the_issuer_test_when_it_is_asked_for(evidence: dict[str, object], expected: str) -> None:
    frame = cc.classify([{**FIRM, **evidence}], enterprise_test="bond_issuer").frame
    assert frame["verdict"].tolist() == [expected]


def test_the_issuer_test_is_for_enterprises_only_and_off_unless_asked_for() -> None:
    low = {"green_revenue_share": 0.1}
    assert cc.classify([{**FIRM, **low}]).frame["verdict"][0] == "eligible"
    project = {**BLADE, **low, "kind": "project"}
    asked = cc.classify([project], enterprise_test="bond_issuer")
    assert asked.frame["verdict"][0] == "eligible"


def test_cleaner_use_of_fossil_fuel_is_vetoed_by_default() -> None:
    row = cc.classify([{**BLADE, "fossil_fuel_clean_up": "是"}]).frame.iloc[0]
    assert row["verdict"] == "ineligible"
    assert list(row["vetoes"]) == ["fossil_fuel_clean_up"]


PENALTY = {
    "unrectified_penalty": "yes",
    "penalty_within_three_years": "yes",
    "largest_single_fine": "60 万元",
}


def test_the_veto_of_one_bank_applies_only_when_it_is_chosen() -> None:
    assert cc.classify([{**BLADE, **PENALTY}]).frame["verdict"][0] == "eligible"
    chosen = ("catalogue", "bank-environment-penalty")
    row = cc.classify([{**BLADE, **PENALTY}], vetoes=chosen).frame.iloc[0]
    assert list(row["vetoes"]) == ["unrectified_environmental_penalty"]


@pytest.mark.parametrize(
    "milder",
    [
        {"largest_single_fine": "500000 CNY"},  # above 500 000: the number is not included
        {"unrectified_penalty": "no"},
        {"penalty_within_three_years": "no"},
        {"penalty_within_three_years": None},
    ],
)
def test_the_veto_of_one_bank_needs_all_its_facts(milder: dict[str, object]) -> None:
    entry = {**BLADE, **PENALTY, **milder}
    found = cc.classify([entry], vetoes=("bank-environment-penalty",)).frame
    assert found["verdict"][0] == "eligible"


def test_an_unknown_veto_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ClassificationError) as caught:
        cc.classify([BLADE], vetoes=("moon",))
    assert caught.value.code == "C-009"


def test_the_policy_is_kept_with_the_verdicts() -> None:
    made = cc.classify([BLADE], silent_cases="previous_standard").to_json()
    assert made["policy"]["silent_cases"] == "previous_standard"
