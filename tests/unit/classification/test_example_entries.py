"""The twenty made entries of the demonstration, each with the verdict a reader expects."""

import pytest

import carboncalc as cc
from carboncalc.resources import package_file

PATH = package_file("examples", "data", "entries.csv")
VERDICTS = cc.classify(PATH)

EXPECTED = {
    "E01": "eligible",  # 6.25 MW onshore
    "E02": "ineligible",  # 4.5 MW onshore
    "E03": "eligible",  # offshore: no power test
    "E04": "eligible",  # blades: no power test
    "E05": "undetermined",  # 3415 describes a scope, nobody confirmed it
    "E06": "eligible",  # roof solar, scope confirmed
    "E07": "eligible",  # wind farm, scope confirmed
    "E08": "eligible",  # compressor of grade 1
    "E09": "ineligible",  # compressor of grade 2
    "E10": "undetermined",  # boiler without an efficiency figure
    "E11": "eligible",  # traction battery, three standards
    "E12": "undetermined",  # one of the three reports is missing
    "E13": "eligible",  # pure electric lorries
    "E14": "ineligible",  # plug-in hybrid
    "E15": "eligible",  # two stars
    "E16": "ineligible",  # refrigerant of GWP 2088
    "E17": "ineligible",  # a green factory is not the certifying service
    "E18": "undetermined",  # nobody has read the line
    "E19": "ineligible",  # coal unit: veto
    "E20": "eligible",  # green office for own use
}


@pytest.mark.parametrize("entry", EXPECTED)
def test_a_made_entry_gets_the_expected_verdict(entry: str) -> None:
    found = VERDICTS.frame.set_index("entry_id")["verdict"]
    assert found[entry] == EXPECTED[entry]


def test_the_made_entries_are_twenty_labelled_as_made_and_free_of_problems() -> None:
    table = cc.read_entries(PATH)
    assert len(table) == 20
    assert table.issues == ()
    assert all(name.startswith("示例") for name in table.rows["name"])


@pytest.mark.parametrize("entry", EXPECTED)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_story_can_be_told_without_a_hole(entry: str, lang: str) -> None:
    story = VERDICTS.explain(entry).text(lang)
    assert "{" not in story
    assert "None" not in story


def test_the_notebook_view_shows_the_three_verdicts() -> None:
    html = VERDICTS._repr_html_()
    assert "ineligible" in html
    assert len(repr(VERDICTS).splitlines()) <= 10
