"""From a description to candidates, and from a code to what an entry must bring."""

import pytest

import carboncalc as cc
from carboncalc.errors import ClassificationError


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("海上风电叶片制造", "4.1.1"),
        ("offshore wind turbine blades", "4.1.1"),
        ("工业园区循环化改造", "3.2.8"),
        ("购买纯电动汽车", "9.1.1"),
        ("锂电池储能设备", "4.1.8"),
        ("绿色工厂评价认证", "7.4.12"),
        ("装配式建筑施工", "6.1.6"),
    ],
)
def test_the_item_meant_stands_first(text: str, code: str) -> None:
    assert cc.suggest(text).candidates[0].code == code


def test_a_candidate_shows_the_words_that_matched() -> None:
    best = cc.suggest("某厂房屋顶光伏项目").frame.set_index("code")
    assert "屋顶" in "".join(best.loc["6.1.5", "matched"])


def test_scores_fall_and_the_list_is_the_same_every_time() -> None:
    first, second = cc.suggest("余热发电", top=20), cc.suggest("余热发电", top=20)
    assert first.records() == second.records()
    scores = [c.score for c in first]
    assert scores == sorted(scores, reverse=True)


def test_words_of_no_item_give_no_candidate_and_no_text_is_refused() -> None:
    assert len(cc.suggest("zzzz")) == 0
    with pytest.raises(ClassificationError) as caught:
        cc.suggest(" ,。 ")
    assert caught.value.code == "C-011"


def test_catalogues_that_can_only_be_browsed_can_be_searched() -> None:
    assert cc.suggest("煤炭清洁利用", taxonomy="gic-2019").candidates[0].code == "3.3.2"


def test_the_template_of_the_turbine_line_asks_the_5_mw_of_one_product() -> None:
    made = cc.entry_template("4.1.1")
    asked = made.frame.dropna(subset=["metric"])
    assert asked[["product", "metric", "threshold"]].values.tolist() == [
        ["onshore_turbine", "rated_power", ">= 5 MW"]
    ]
    assert "rated_power [MW]" in made.columns


def test_a_filled_template_is_read_without_a_finding() -> None:
    made = cc.entry_template("1.1.3")
    entry = dict.fromkeys(made.columns)
    entry |= {
        "entry_id": "X",
        "kind": "project",
        "claimed_code": "1.1.3",
        "industry_code": "3412",
        "role": "manufacturer",
        "product": "small_petrol_engine",
        "rated_power [MW]": "0.03",
        "energy_efficiency_grade": "1",
    }
    verdicts = cc.classify([entry])
    assert verdicts.issues == ()
    assert verdicts.frame["verdict"].tolist() == ["eligible"]


def test_the_template_of_an_unread_item_says_so() -> None:
    made = cc.entry_template("2.3.5")
    assert set(made.frame["condition_status"]) <= {"unread", "extracted"}
    assert made.to_json()["asks"][0]["metric"] is None


def test_every_item_of_the_catalogue_has_a_template() -> None:
    for item in cc.load_taxonomy():
        if item.level == 3:
            assert len(cc.entry_template(item.code).frame)


@pytest.mark.parametrize(("code", "message"), [("9.9.9", "C-003"), ("4.1", "C-006")])
def test_a_template_of_no_item_is_refused(code: str, message: str) -> None:
    with pytest.raises(ClassificationError) as caught:
        cc.entry_template(code)
    assert caught.value.code == message
