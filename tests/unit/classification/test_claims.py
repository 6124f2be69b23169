"""Codes: whole, with names, unknown, too coarse, and of another catalogue."""

import pytest

import carboncalc as cc
from carboncalc.errors import ClassificationError


def refused(claimed: object, **more: object):
    verdicts = cc.classify([{"entry_id": "X", "claimed_code": claimed, **more}])
    assert len(verdicts.frame) == 0
    assert len(verdicts.quarantined) == 1
    return verdicts.issues[0]


@pytest.mark.parametrize(
    "claimed", ["4.1.1", " 4.1.1 ", "４.１.１", "4.1.1 风力发电装备制造", "风力发电装备制造"]
)
def test_a_code_is_read_alone_with_its_name_or_by_its_name(claimed: str) -> None:
    frame = cc.classify([{"entry_id": "X", "claimed_code": claimed}]).frame
    assert frame["code"].tolist() == ["4.1.1"]


def test_an_unknown_code_is_refused_with_the_way_to_find_one() -> None:
    issue = refused("7.9.9")
    assert issue.code == "C-003"
    assert "suggest" in issue.hint("en")


@pytest.mark.parametrize(
    ("claimed", "declared", "catalogue", "successor"),
    [
        ("3.2.2.1", None, "gbec-2021", "4.2.1"),
        ("3.2.2 太阳能利用设施建设和运营", None, "gic-2019", "4.2.2"),
        ("3.2.1", "gic-2019", "gic-2019", "4.2.1"),
        ("3.2.1", "绿色产业指导目录2019", "gic-2019", "4.2.1"),
    ],
)
def test_a_code_of_another_catalogue_year_is_refused_by_name_with_its_successor(
    claimed: str, declared: str | None, catalogue: str, successor: str
) -> None:
    issue = refused(claimed, claimed_taxonomy=declared)
    assert issue.code == "C-004"
    assert catalogue in issue.message("zh")
    assert successor in issue.hint("zh")


def test_a_fossil_item_of_an_older_catalogue_has_no_successor() -> None:
    issue = refused("煤炭清洁利用", claimed_taxonomy="gic-2019")
    assert issue.code == "C-015"


def test_a_code_that_is_too_coarse_is_refused_with_its_children() -> None:
    issue = refused("9.1")
    assert issue.code == "C-006"
    assert "9.1.1, 9.1.2, 9.1.3" in issue.hint("en")


def test_a_code_with_the_name_of_another_item_is_refused() -> None:
    assert refused("4.1.2 风力发电装备制造").code == "C-013"


def test_a_catalogue_that_nobody_has_read_gives_no_verdict() -> None:
    for taxonomy in ("gic-2019", "gic-2024", "gbec-2021"):
        with pytest.raises(ClassificationError) as caught:
            cc.classify([{"entry_id": "X"}], taxonomy=taxonomy)
        assert caught.value.code == "C-002"


def test_an_unknown_catalogue_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ClassificationError) as caught:
        cc.load_taxonomy("eu-2020")
    assert caught.value.code == "C-001"
    assert "cgt-2025" in caught.value.hint("en")


def test_strict_raises_on_a_refused_code() -> None:
    with pytest.raises(ClassificationError):
        cc.classify([{"entry_id": "X", "claimed_code": "7.9.9"}], strict=True)


def test_every_entry_is_judged_or_set_aside() -> None:
    entries = [{"entry_id": str(n), "claimed_code": c} for n, c in enumerate(["4.1.1", "x", None])]
    verdicts = cc.classify([*entries, {"entry_id": "r", "role": "king"}])
    assert len(verdicts.frame) + len(verdicts.quarantined) == 4
    assert sorted(verdicts.to_json()["without_verdict"]) == ["1", "r"]


def test_an_industry_code_that_the_table_lacks_is_a_finding() -> None:
    verdicts = cc.classify([{"entry_id": "X", "claimed_code": "4.1.1", "industry_code": "9999"}])
    assert [(i.code, i.severity) for i in verdicts.issues] == [("C-010", "finding")]
    assert verdicts.frame["verdict"].tolist() == ["ineligible"]
