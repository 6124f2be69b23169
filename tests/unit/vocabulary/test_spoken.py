"""Messages for a Chinese reader name columns, parameters and sources in Chinese."""

from carboncalc.errors import Issue
from carboncalc.vocabulary.spoken import in_words


def test_ids_of_columns_parameters_and_sources_are_said_in_words() -> None:
    params = {"source": "fossil_combustion", "item": "diesel", "unit": "kWh",
              "missing": "carbon_content [t C/t], net_calorific_value [GJ/t]"}  # fmt: skip
    said = in_words(Issue("I-018", params, row=5, column="carbon_content"), "zh")
    assert "化石燃料燃烧" in said.message("zh")
    assert "柴油" in said.message("zh")
    assert said.params["missing"] == "含碳量 [t C/t]、低位发热量 [GJ/t]"
    assert said.place("zh") == "第 5 行 含碳量 列"


def test_the_header_of_the_users_own_sheet_is_kept() -> None:
    assert in_words(Issue("A-033", {"value": "-1"}, column="用量(吨)"), "zh").column == "用量(吨)"


def test_what_is_no_id_stays_as_it_is() -> None:
    issue = Issue("I-050", {"parameter": "of our own", "entity": "甲", "periods": "2024-01"})
    assert "of our own" in in_words(issue, "zh").message("zh")


def test_an_english_reader_keeps_the_ids() -> None:
    issue = Issue("A-030", {"column": "amount"}, column="amount")
    assert in_words(issue, "en") is issue
