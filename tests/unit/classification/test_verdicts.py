"""What the catalogue says about entries whose answer a person can read off the annex."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import ClassificationError

TURBINE = {
    "entry_id": "W",
    "kind": "project",
    "claimed_code": "4.1.1",
    "industry_code": "3811",
    "role": "manufacturer",
}


def judged(**entry: object):
    return cc.classify([{"kind": "project", **entry, "entry_id": "X"}])


def verdict(**entry: object) -> str:
    frame = judged(**entry).frame
    assert len(frame) == 1
    return str(frame["verdict"][0])


@pytest.mark.parametrize(
    ("product", "power", "expected"),
    [
        ("onshore_turbine", "4.5 MW", "ineligible"),
        ("onshore_turbine", "5 MW", "eligible"),  # 5 兆瓦及以上: the number is included
        ("onshore_turbine", "5000 kW", "eligible"),
        ("onshore_turbine", "4999.9 kW", "ineligible"),
        ("onshore_turbine", None, "undetermined"),
        ("offshore_turbine", "4.5 MW", "eligible"),
        ("low_wind_turbine", "4.5 MW", "eligible"),
        ("plateau_turbine", "2 MW", "eligible"),
        ("low_temperature_turbine", None, "eligible"),
        ("叶片", None, "eligible"),
        ("blade", "4.5 MW", "eligible"),
        ("塔筒", None, "eligible"),
    ],
)
def test_the_5_mw_test_is_for_complete_onshore_turbines_only(
    product: str, power: str | None, expected: str
) -> None:
    assert verdict(**TURBINE, product=product, rated_power=power) == expected


def test_a_failed_turbine_says_what_would_change_it_and_where_it_is_written() -> None:
    found = judged(**TURBINE, product="onshore_turbine", rated_power="4.5 MW").frame.iloc[0]
    assert list(found["would_change"]) == ["rated_power >= 5 MW"]
    last = found["reasons"][-1]
    assert last == {
        "criterion": "rated_power",
        "measured": "4.5 MW",
        "threshold": ">= 5 MW",
        "status": "fail",
        "page": 77,
    }


def test_a_wind_farm_under_the_turbine_item_is_not_judged_by_the_5_mw_test() -> None:
    found = judged(
        claimed_code="4.2.1", industry_code="4415", role="operator", rated_power="2 MW"
    ).frame.iloc[0]
    assert found["verdict"] == "undetermined"
    assert list(found["missing_evidence"]) == ["scope_confirmed_by"]


@pytest.mark.parametrize(
    "car",
    [
        {"product": "plug_in_hybrid_vehicle"},
        {"product": "插电式混合动力汽车"},
        {"product": "PHEV"},
        {"drive_type": "plug-in hybrid"},
        {"product": "新能源汽车", "drive_type": "插电混动"},
        {"product": "纯电动汽车", "drive_type": "PHEV"},
    ],
)
def test_a_plug_in_hybrid_is_not_9_1_1(car: dict[str, str]) -> None:
    assert verdict(claimed_code="9.1.1", role="buyer", **car) == "ineligible"


@pytest.mark.parametrize(
    "car",
    [
        {"product": "纯电动汽车"},
        {"drive_type": "BEV"},
        {"product": "新能源汽车", "drive_type": "燃料电池"},
    ],
)
def test_a_pure_electric_or_fuel_cell_vehicle_for_own_use_is_9_1_1(car: dict[str, str]) -> None:
    assert verdict(claimed_code="9.1.1", role="buyer", **car) == "eligible"


def test_a_new_energy_vehicle_of_unknown_drive_is_undetermined() -> None:
    assert verdict(claimed_code="9.1.1", role="buyer", product="新能源汽车") == "undetermined"


def test_a_car_dealer_is_not_a_buyer() -> None:
    found = judged(claimed_code="9.1.1", role="trader", drive_type="BEV").frame.iloc[0]
    assert found["verdict"] == "ineligible"
    assert list(found["would_change"]) == ["role in buyer"]


def test_no_row_that_nobody_has_read_is_ever_eligible() -> None:
    """One entry per line and role of the whole catalogue, with every measure at its best."""
    catalogue = cc.load_taxonomy()
    roles = ("manufacturer", "trader", "builder", "operator", "service", "buyer")
    lines = [x for x in catalogue.lines if x.condition_status in ("unread", "extracted")]
    frame = pd.DataFrame(
        [
            {
                "entry_id": f"{line.code}/{line.sequence}/{role}",
                "claimed_code": line.code,
                "industry_code": None if line.industry_code == "-" else line.industry_code,
                "role": role,
                "energy_efficiency_grade": 1,
                "sector_leading": "yes",
                "scope_confirmed_by": "a person",
            }
            for line in lines
            for role in roles
        ]
    )
    found = cc.classify(frame).frame
    unread = found[found["condition_status"].isin(["unread", "extracted"])]
    # Items with coded and uncoded lines need the class of their uncoded lines named, too.
    assert unread[["code", "sequence"]].drop_duplicates().shape[0] > 0.85 * len(lines)
    assert set(found["verdict"]) == {"undetermined"}
    assert set(unread["verdict"]) == {"undetermined"}
    assert all("condition_status" in list(m) for m in unread["missing_evidence"])


def test_a_line_that_only_describes_a_scope_needs_a_person_to_confirm_it() -> None:
    solar = {"claimed_code": "4.2.2", "industry_code": "4416", "role": "operator"}
    assert verdict(**solar) == "undetermined"
    assert verdict(**solar, scope_confirmed_by="李工") == "eligible"


def test_an_exclusion_beats_a_confirmed_scope() -> None:
    meter = {
        "claimed_code": "1.1.19",
        "industry_code": "4016",
        "role": "manufacturer",
        "scope_confirmed_by": "李工",
    }
    assert verdict(**meter) == "undetermined"
    assert verdict(**meter, contains_mercury="no") == "eligible"
    refused = judged(**meter, contains_mercury="是").frame.iloc[0]
    assert refused["verdict"] == "ineligible"
    assert list(refused["vetoes"]) == ["contains_mercury"]


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ({"energy_efficiency_grade": "1级"}, "eligible"),
        ({"energy_efficiency_grade": 2}, "undetermined"),  # the other way is still open
        ({"energy_efficiency_grade": 2, "thermal_efficiency_target_reached": "no"}, "ineligible"),
        ({"energy_efficiency_grade": 2, "thermal_efficiency_target_reached": "yes"}, "eligible"),
        ({"thermal_efficiency_target_reached": "否"}, "undetermined"),
        ({}, "undetermined"),
    ],
)
def test_one_of_two_ways_is_enough_for_a_boiler(measures: dict[str, object], expected: str) -> None:
    boiler = {
        "claimed_code": "1.1.1",
        "industry_code": "3411",
        "role": "manufacturer",
        "product": "锅炉",
        "local_stricter_rules_met": "yes",
    }
    assert verdict(**boiler, **measures) == expected


def test_a_way_that_is_closed_is_not_asked_for() -> None:
    found = judged(
        claimed_code="1.1.1",
        industry_code="3411",
        role="manufacturer",
        product="锅炉",
        local_stricter_rules_met="yes",
        energy_efficiency_grade=2,
    ).frame.iloc[0]
    assert list(found["missing_evidence"]) == ["thermal_efficiency_target_reached"]


@pytest.mark.parametrize(
    ("power", "expected"), [("560 kW", "eligible"), ("560.1 kW", "ineligible")]
)
def test_below_560_kw_includes_the_number(power: str, expected: str) -> None:
    engine = {
        "claimed_code": "1.1.3",
        "industry_code": "3412",
        "role": "manufacturer",
        "product": "non_road_diesel_engine",
        "energy_efficiency_grade": 1,
    }
    assert verdict(**engine, rated_power=power) == expected


def test_a_green_factory_is_not_the_service_that_certifies_it() -> None:
    factory = judged(claimed_code="7.4.12", industry_code="3062", product="绿色工厂").frame.iloc[0]
    assert factory["verdict"] == "ineligible"
    assert list(factory["vetoes"]) == ["outside:green_factory"]
    service = {"claimed_code": "7.4.12", "industry_code": "7455", "role": "service"}
    assert verdict(**service, scope_confirmed_by="王工") == "eligible"


def test_an_industry_without_a_line_is_refused_and_the_lines_are_named() -> None:
    found = judged(claimed_code="4.1.1", industry_code="0111", role="manufacturer").frame.iloc[0]
    assert found["verdict"] == "ineligible"
    assert list(found["would_change"]) == ["industry_code in 3415|3811"]


def test_a_missing_product_is_named_with_the_choices() -> None:
    found = judged(**TURBINE).frame.iloc[0]
    assert found["verdict"] == "undetermined"
    assert list(found["missing_evidence"]) == ["product"]
    assert "onshore_turbine|offshore_turbine" in found["would_change"][0]


def test_an_unknown_product_is_a_finding_and_leaves_the_entry_undetermined() -> None:
    verdicts = judged(**TURBINE, product="大型风机")
    assert verdicts.frame["verdict"][0] == "undetermined"
    assert [(i.code, i.severity) for i in verdicts.issues] == [("C-007", "finding")]


def test_an_entry_without_a_code_is_undetermined() -> None:
    found = judged(name="something").frame.iloc[0]
    assert found["verdict"] == "undetermined"
    assert list(found["missing_evidence"]) == ["claimed_code"]
    assert pd.isna(found["code"])


def test_the_product_decides_between_two_lines_of_one_class() -> None:
    storage = {"claimed_code": "4.1.8", "industry_code": "3849", "role": "manufacturer"}
    first = judged(**storage, product="supercapacitor").frame.iloc[0]
    second = judged(**storage, product="液流电池").frame.iloc[0]
    assert (first["sequence"], second["sequence"]) == (3, 5)


def test_the_green_ratio_is_the_whole_of_a_project_and_nothing_when_refused() -> None:
    frame = cc.classify(
        [
            {**TURBINE, "entry_id": "a", "product": "叶片"},
            {**TURBINE, "entry_id": "b", "product": "叶片", "green_ratio": "40%"},
            {**TURBINE, "entry_id": "c", "product": "onshore_turbine", "rated_power": "1 MW"},
            {**TURBINE, "entry_id": "d"},
            {
                **TURBINE,
                "entry_id": "e",
                "kind": "enterprise",
                "product": "叶片",
                "green_revenue_share": 0.7,
            },
            {**TURBINE, "entry_id": "f", "kind": "enterprise", "product": "叶片"},
        ]
    ).frame
    ratios = [None if pd.isna(r) else r for r in frame["green_ratio"]]
    assert ratios == [1.0, 0.4, 0.0, None, 0.7, None]


def test_explain_tells_the_story_in_both_languages() -> None:
    story = judged(**TURBINE, product="onshore_turbine", rated_power="4.5 MW").explain("X")
    english, chinese = story.text("en"), story.text("zh")
    assert "annex p. 77" in english
    assert "≥ 5 MW" in english
    assert "第 77 页" in chinese
    assert "陆上风力发电机整机" in chinese


def test_explain_refuses_an_entry_it_does_not_have() -> None:
    with pytest.raises(ClassificationError) as caught:
        judged(**TURBINE).explain("nobody")
    assert caught.value.code == "C-008"


def test_money_used_for_two_items_has_two_verdicts_and_explain_asks_which() -> None:
    verdicts = cc.classify(
        [
            {"entry_id": "L1", "claimed_code": "4.2.1", "industry_code": "4415"},
            {"entry_id": "L1", "claimed_code": "4.2.2", "industry_code": "4416"},
        ]
    )
    assert len(verdicts) == 2
    with pytest.raises(ClassificationError) as caught:
        verdicts.explain("L1")
    assert caught.value.code == "C-014"
    assert "4.2.2" in verdicts.explain("L1", "4.2.2").text("en")


def test_by_verdict_shows_all_three_and_never_adds_currencies() -> None:
    verdicts = cc.classify(
        [
            {**TURBINE, "entry_id": "a", "product": "叶片", "amount": 10, "currency": "CNY"},
            {**TURBINE, "entry_id": "b", "product": "叶片", "amount": 5, "currency": "USD"},
        ]
    )
    table = verdicts.by_verdict()
    assert set(table["verdict"]) == {"eligible", "ineligible", "undetermined"}
    eligible = table[table["verdict"] == "eligible"].set_index("currency")
    assert eligible["amount"].to_dict() == {"CNY": 10.0, "USD": 5.0}


def test_the_record_has_the_columns_of_the_contract_and_goes_to_json() -> None:
    import json

    made = judged(**TURBINE, product="叶片").to_json("zh")
    contract = [
        "entry_id",
        "taxonomy",
        "taxonomy_version",
        "code",
        "verdict",
        "green_ratio",
        "reasons",
        "missing_evidence",
        "vetoes",
        "would_change",
    ]
    assert list(made["verdicts"][0])[: len(contract)] == contract
    assert set(made["verdicts"][0]["reasons"][0]) == {
        "criterion", "measured", "threshold", "status", "page",
    }  # fmt: skip
    assert json.loads(json.dumps(made, ensure_ascii=False))["contract"] == 1


def test_verdicts_go_to_parquet_and_back(tmp_path) -> None:
    judged(**TURBINE, product="叶片").to_parquet(tmp_path / "v.parquet")
    again = pd.read_parquet(tmp_path / "v.parquet")
    assert again["verdict"].tolist() == ["eligible"]
    assert again["reasons"][0][0]["criterion"] == "industry_code"


def test_an_empty_table_gives_no_verdicts_and_no_error() -> None:
    verdicts = cc.classify(pd.DataFrame({"entry_id": pd.Series([], dtype="str")}))
    assert len(verdicts) == 0
    assert verdicts.by_verdict()["entries"].sum() == 0
