"""Attribution of emissions to loans, against the standard's own example and its rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import AttributionError, CurrencyError
from carboncalc.finance.attribution import rules_of
from carboncalc.finance.tape import read_loans
from carboncalc.model.carbon_record import CarbonRecord


def record(uscc="B1", **fields):
    return CarbonRecord(**{
        "uscc": uscc, "name": "made", "year": 2025, "document": "d", "boundary": "legal entity",
        "approach": "operational_control", "s1_t": 1000.0, "s2_location_t": 500.0,
        "s2_market_t": 700.0, "gases": ("CO2", "CH4"), "gwp_set": "AR5", "verification": "none",
        "evidence_share": {"B": 0.9, "C": 0.1}, "consent_id": "C", "consent_until": "2030-12-31",
        "run_digest": "0" * 64, **fields,
    })  # fmt: skip


def loan(loan_id="L1", borrower="B1", outstanding="10000000.00", **fields):
    return {
        "loan_id": loan_id, "borrower_id": borrower, "as_of": "2025-12-31", "currency": "CNY",
        "product": "working_capital", "principal_outstanding": outstanding,
        "borrower_equity": 6e7, "total_debt": 4e7, "revenue": 2e8, **fields,
    }  # fmt: skip


def financed(loans, records=(), **rules):
    return cc.financed_emissions(pd.DataFrame(loans), records, **rules)


def codes(result):
    return {issue.code for issue in result.findings}


# -- PCAF ----------------------------------------------------------------------------------


def test_the_example_portfolio_of_the_standard_comes_out_as_printed():
    # PCAF Part A (2022), tables 5-8 and 5-9: three companies at 10, 25 and 20 %.
    companies = [
        ("forestry", 1000, 100, 5000, 0.10),
        ("industrial", 20000, 5000, 30000, 0.25),
        ("energy", 5000, 0, 10000, 0.20),
    ]
    records = [
        record(name, s1_t=s1, s2_location_t=s2, s3_t=s3) for name, s1, s2, s3, _ in companies
    ]
    loans = [
        loan(name, name, f"{share * 1e8:.2f}", borrower_equity=3e7, total_debt=7e7)
        for name, *_, share in companies
    ]
    found = financed(loans, records)
    table = found.loan_table()
    assert table["financed_s1_t"].sum() == pytest.approx(6100, rel=1e-12)
    assert table["financed_s2_t"].sum() == pytest.approx(1260, rel=1e-12)
    assert found.s12_t == pytest.approx(7360, rel=1e-12)
    assert found.s3_t == pytest.approx(10000, rel=1e-12)


@pytest.mark.parametrize(
    ("fields", "denominator", "kind"),
    [
        ({}, 1e8, "equity + debt"),
        ({"borrower_equity": -2e7}, 4e7, "equity + debt"),
        ({"borrower_equity": None, "total_assets": 1.3e8}, 1.3e8, "total assets"),
        ({"market_capitalisation": 2e8, "minority_interest": 1e7}, 2.5e8, "EVIC"),
        ({"market_capitalisation": 2e8}, 2.4e8, "EVIC"),
        ({"product": "project", "project_id": "P", "project_equity_debt": 5e7}, 5e7,
         "project equity + debt"),
        ({"product": "project", "project_id": "P", "project_total_investment": 8e7}, 8e7,
         "total financing raised"),
    ],
)  # fmt: skip
def test_each_class_has_its_own_denominator(fields, denominator, kind):
    records = [record(), record(project_id="P")]
    row = financed([loan(**fields)], records).loan_table().iloc[0]
    assert (row["denominator"], row["denominator_kind"]) == (denominator, kind)
    assert row["attribution_factor"] == pytest.approx(1e7 / denominator, rel=1e-15)


def test_stand_ins_are_findings():
    rows = [
        loan("L1", borrower_equity=-1.0),
        loan("L2", borrower_equity=None, total_assets=1e8),
        loan("L3", product="project", project_id="P", project_total_investment=1e8),
    ]
    found = financed(rows, [record(year=2024), record(project_id="P")])
    assert codes(found) == {"L-151", "L-154", "L-155", "L-156"}


def test_all_financiers_together_bear_all_emissions():
    # debt 4e7 in three loans of three banks, equity 6e7: the equity holders' share is 0.6
    parts = ["20000000.00", "12500000.00", "7500000.00"]
    rows = [loan(f"L{i}", outstanding=amount) for i, amount in enumerate(parts)]
    by_loans = financed(rows, [record()]).s12_t
    assert by_loans + 0.6 * 1500 == pytest.approx(1500, rel=1e-12)


def test_verified_figures_score_one_and_the_mean_is_weighted_by_balance():
    rows = [loan("L1", "B1", "30000000.00"), loan("L2", "B2", "10000000.00")]
    found = financed(rows, [record(verification="limited"), record("B2")])
    assert found.loan_table()["data_quality"].tolist() == [1.0, 2.0]
    assert found.data_quality == pytest.approx((3 * 1 + 1 * 2) / 4)
    assert found.by("option")["outstanding_cny"].to_dict() == {
        "1a": Decimal("30000000.00"), "1b": Decimal("10000000.00"),
    }  # fmt: skip


def test_the_grade_is_the_worst_of_record_and_method():
    assert financed([loan()], [record(evidence_share={"D": 1.0})]).grade == "D"
    assert financed([loan()], [record(evidence_share={"A": 1.0})], edition="2022").grade == "A"
    assert financed([loan()], [record(evidence_share={"A": 1.0})], edition="2025").grade == "C"


def test_a_borrower_without_figures_takes_the_average_of_its_trade():
    sectors = [
        {"industry_code": "34", "t_per_million_revenue": 50, "source": "made"},
        {"industry_code": "3489", "t_per_million_revenue": 80, "t_per_million_assets": 30,
         "source": "made"},
    ]  # fmt: skip
    rows = [
        loan("L1", industry_code="3489"),
        loan("L2", "B2", industry_code="3412"),
        loan("L3", "B3", industry_code="3489", revenue=None),
        loan("L4", "B4", industry_code="26"),
    ]
    found = financed(rows, sectors=sectors)
    table = found.loan_table().set_index("loan_id")
    # 0.1 × 200 million × 80; 0.1 × 200 × 50; 10 million × 30 without any factor
    assert table["financed_s12_t"].to_dict() == {
        "L1": pytest.approx(1600), "L2": pytest.approx(1000), "L3": pytest.approx(300),
    }  # fmt: skip
    assert table["option"].tolist() == ["3a", "3a", "3b"]
    assert table["data_quality"].tolist() == [4.0, 4.0, 5.0]
    assert pd.isna(table.loc["L3", "attribution_factor"])
    assert found.excluded("en")["reason"].tolist() == ["L-134"]


def test_a_factor_above_one_is_a_finding_and_clipped_only_when_told():
    rows = [loan(outstanding="200000000.00")]
    kept = financed(rows, [record()])
    assert kept.loan_table()["attribution_factor"].tolist() == [2.0]
    assert "L-150" in codes(kept)
    capped = financed(rows, [record()], over_one="cap")
    assert capped.s12_t == pytest.approx(1500)
    assert "L-150" in codes(capped)
    with pytest.raises(AttributionError) as caught:
        financed(rows, [record()], over_one="refuse")
    assert caught.value.params["factor"] == 2.0


def test_foreign_balances_are_converted_at_the_rate_of_their_day():
    rates = [{"date": "2025-12-31", "currency": "USD", "cny_per_unit": "7.1"}]
    found = financed([loan(outstanding="1000000.00", currency="USD")], [record()], rates=rates)
    assert found.attributed_cny == Decimal("7100000.00")
    with pytest.raises(CurrencyError) as caught:
        financed([loan(currency="USD")], [record()])
    assert caught.value.code == "L-109"


def test_the_latest_record_up_to_the_date_is_used_and_another_year_is_said():
    records = [record(year=2023, s1_t=0.0), record(year=2024), record(year=2026, s1_t=9e9)]
    found = financed([loan()], records)
    assert found.loan_table()["emission_year"].tolist() == [2024]
    assert "L-151" in codes(found)


def test_a_lapsed_consent_keeps_the_figures_out():
    found = financed([loan()], [record(consent_until="2025-06-30")])
    assert found.excluded("en")["reason"].tolist() == ["L-105"]
    assert found.s12_t == 0.0


def test_what_is_no_business_loan_is_left_out_by_reason():
    rows = [
        loan("L1", status="written_off"),
        loan("L2", product="guarantee"),
        loan("L3", borrower_type="individual"),
        loan("L4", borrower_type="financial_institution"),
        loan("L5", product="mortgage"),
        loan("L6", total_debt=None),
        loan("L7", "nobody"),
    ]
    left = financed(rows, [record()]).excluded("en").set_index("reason")["loans"]
    assert left.to_dict() == {
        "L-120": 1, "L-121": 1, "L-122": 1, "L-123": 1, "L-124": 1, "L-133": 1, "L-134": 1,
    }  # fmt: skip


def test_coverage_is_the_share_of_the_balance():
    rows = [loan("L1", outstanding="30000000.00"), loan("L2", "nobody", "10000000.00")]
    assert financed(rows, [record()]).coverage == 0.75
    assert financed([loan("L1", "nobody")]).data_quality is None


def test_emissions_on_the_tape_must_say_which_gases_they_cover():
    stated = {"emis_s1": 800.0, "emis_s2": 200.0, "emis_year": 2025}
    assert financed([loan(**stated)]).excluded("en")["reason"].tolist() == ["L-131"]
    alone = [loan(**stated, emis_basis="CO2")]
    assert financed(alone).excluded("en")["reason"].tolist() == ["L-101"]
    flagged = financed(alone, allow_co2_only=True)
    assert flagged.s12_t == pytest.approx(100.0)
    assert "L-153" in codes(flagged)
    whole = financed([loan(**stated, emis_basis="CO2e", verified="是")])
    assert whole.loan_table()["option"].tolist() == ["1a"]
    assert whole.loan_table()["grade"].tolist() == ["S"]


def test_a_record_goes_before_the_tape():
    stated = {"emis_s1": 1.0, "emis_s2": 1.0, "emis_basis": "CO2e"}
    assert financed([loan(**stated)], [record()]).s12_t == pytest.approx(150.0)


def test_scope_2_by_market_is_a_choice():
    assert financed([loan()], [record()], scope2="market").s12_t == pytest.approx(170.0)


def test_accounts_may_come_apart_from_the_tape():
    accounts = [{"borrower_id": "B1", "borrower_equity": 1e8, "total_debt": 1e8}]
    assert financed([loan()], [record()], accounts=accounts).s12_t == pytest.approx(75.0)
    with pytest.raises(AttributionError) as caught:
        financed([loan()], [record()], accounts=accounts * 2)
    assert caught.value.code == "L-108"


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"method": "other"}, "L-140"),
        ({"edition": "2020"}, "L-141"),
        ({"over_one": "clip"}, "L-142"),
        ({"scope2": "both"}, "L-142"),
        ({"missing": "raise"}, "L-144"),
    ],
)
def test_wrong_choices_are_refused_by_name(rules, code):
    with pytest.raises(AttributionError) as caught:
        financed([loan("L1", "nobody")], [record()], **rules)
    assert caught.value.code == code
    assert caught.value.hint("zh")


def test_wrong_tables_are_refused_by_name():
    with pytest.raises(AttributionError) as caught:
        financed([{k: v for k, v in loan().items() if k != "product"}])
    assert caught.value.params["column"] == "product"
    with pytest.raises(AttributionError) as caught:
        financed([loan("L1"), loan("L2", as_of="2024-12-31")])
    assert caught.value.code == "L-107"
    with pytest.raises(AttributionError) as caught:
        financed([loan(outstanding="-5.00")])
    assert caught.value.code == "L-110"
    with pytest.raises(AttributionError) as caught:
        financed([loan()], [record(), record()])
    assert caught.value.code == "L-130"
    with pytest.raises(AttributionError) as caught:
        financed([loan()], sectors=[{"industry_code": "34", "source": None}])
    assert caught.value.code == "L-132"
    with pytest.raises(AttributionError) as caught:
        financed([loan()], [record()]).by("colour")
    assert caught.value.code == "L-146"


def test_the_scores_of_both_classes_are_those_of_the_standard():
    # Tables 5-7 and 5-10 of PCAF Part A (2022)
    wanted = {"1a": 1, "1b": 2, "2a": 2, "2b": 3, "3a": 4, "3b": 5, "3c": 5}
    for entry in rules_of("pcaf")["classes"].values():
        assert entry["scores"] == wanted


# -- PBOC ----------------------------------------------------------------------------------


def months(*balances):
    return {f"monthly_balance_{m}": b for m, b in enumerate(balances, start=1)}


def test_the_guide_divides_the_monthly_average_by_revenue_or_investment():
    half = months(*[0] * 6, *[24e6] * 6)  # drawn in July: an average of 12 million
    rows = [
        loan("L1", **half),
        loan("L2", product="project", project_id="P", project_total_investment=6e7, **half),
    ]
    found = financed(rows, [record(), record(project_id="P", s1_t=100.0)], method="pboc")
    table = found.loan_table().set_index("loan_id")
    # 12/200 × 1500 = 90; 12/60 × 600 = 120
    assert table["financed_s12_t"].tolist() == pytest.approx([90.0, 120.0])
    assert (found.method, found.grade) == ("PBOC-2021", "D")
    assert "L-145" in codes(found)


def test_small_and_brief_exposures_are_left_out_under_the_thresholds_shown():
    rows = [
        loan("L1", "B1", **months(*[3e6] * 12)),
        loan("L2", "B1", **months(*[3e6] * 12)),  # 6 million together: above the threshold
        loan("L3", "B2", **months(*[3e6] * 12)),
        loan("L4", "B3", origination_date="2025-12-10", **months(*[9e7] * 12)),
    ]
    records = [record(), record("B2"), record("B3")]
    found = financed(rows, records, method="pboc")
    assert found.loan_table()["loan_id"].tolist() == ["L1", "L2"]
    assert found.excluded("en").set_index("reason")["loans"].to_dict() == {"L-136": 1, "L-138": 1}
    assert found.parameters["min_monthly_average_cny"] == 5_000_000
    all_in = financed(rows, records, method="pboc", min_monthly_average=0, min_days=0)
    assert len(all_in.loan_table()) == 4


def test_a_balance_above_the_revenue_is_a_finding():
    found = financed([loan(**months(*[4e8] * 12))], [record()], method="pboc")
    assert found.loan_table()["attribution_factor"].tolist() == [2.0]
    assert "L-150" in codes(found)


def test_the_average_of_a_tape_takes_loans_repaid_in_the_year():
    rows = []
    for month in range(1, 13):
        end = (pd.Timestamp(2025, month, 1) + pd.offsets.MonthEnd()).date().isoformat()
        common = {
            "contract_id": "C", "as_of": end, "bank_id": "MADE-BANK", "branch_id": "1",
            "borrower_id": "91440300708461136T", "use_industry_code": "3489", "currency": "CNY",
            "origination_date": "2024-01-01", "maturity_date": "2026-12-31", "class5": "normal",
            "product": "working_capital", "revenue": "200000000.00",
        }  # fmt: skip
        rows.append({**common, "loan_id": "L1", "principal_outstanding": "12000000.00"})
        if month <= 6:
            rows.append({**common, "loan_id": "L2", "principal_outstanding": "24000000.00"})
    tape = read_loans(pd.DataFrame(rows))
    found = cc.financed_emissions(
        tape, [record("91440300708461136T")], method="pboc", as_of="2025-12-31"
    )
    # averages 12 and 12 million: 2 × 12/200 × 1500
    assert found.s12_t == pytest.approx(180.0)
    point = cc.financed_emissions(tape, [record("91440300708461136T")], as_of="2025-12-31")
    assert point.excluded("en")["reason"].tolist() == ["L-133"]


def test_without_twelve_month_ends_there_is_no_average():
    rows = [loan()]
    found = financed(rows, [record()], method="pboc")
    assert found.excluded("en")["reason"].tolist() == ["L-135"]
    with pytest.raises(AttributionError) as caught:
        financed(rows, [record()], method="pboc", missing="raise")
    assert caught.value.code == "L-135"


def test_a_book_without_any_emission_figure_shows_no_total_and_says_why():
    loans = cc.examples.attribution_loans()
    for method in ("pcaf", "pboc"):
        told = dict(cc.financed_emissions(loans, method=method).facts("en"))
        assert told["scopes 1 and 2"] == "-"
        assert "{" not in " ".join(told.values())
        assert told["left out"]


def test_the_result_shows_itself():
    found = financed([loan()], [record()])
    text = repr(found)
    assert len(text.splitlines()) <= 10
    for fact in ("PCAF-2025", "150.0 t CO2e", "2025-12-31"):
        assert fact in text
    assert "<table>" in found._repr_html_()
    data = found.to_json()
    assert data["attributed_cny"] == "10000000.00"
    assert data["by_class"][0]["asset_class"] == "business_loan"
    assert date.fromisoformat(data["as_of"])
