"""What a template asks for: headers and choices that are read back as what they stand for."""

from pathlib import Path

import pytest

from carboncalc import units
from carboncalc.activity.header import read_heading
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.template import columns, needs, open_sources
from carboncalc.vocabulary import names

GOLDEN = Path(__file__).parents[2] / "golden/methods"
METHODS = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())


@pytest.mark.parametrize("method_id", METHODS)
def test_every_header_of_a_template_is_read_as_what_it_stands_for(method_id: str) -> None:
    for lang in ("zh", "en"):
        for column in columns(method_id, lang):
            heading = read_heading(column.header)
            assert heading.column == column.id.removesuffix("_unit"), (column, lang)
            assert heading.is_unit == column.id.endswith("_unit"), (column, lang)
            if "[" in column.header:
                assert heading.unit == column.header.rpartition("[")[2].rstrip("]"), column


@pytest.mark.parametrize("method_id", METHODS)
def test_every_choice_in_a_drop_down_is_understood(method_id: str) -> None:
    for column in columns(method_id):
        for choice in column.choices:
            if column.id.endswith("unit"):
                assert units.parse(choice)
            elif column.id in ("source", "item", "technology", "record_kind", "instrument"):
                assert isinstance(names.lookup(column.id, choice), names.Resolved), choice


def test_a_second_dimension_has_a_drop_down_of_its_own() -> None:
    offered = {c.id: c for c in columns("chemical")}
    words = offered["abatement_technology"].choices
    assert "非选择性催化还原" in words
    assert "回收为硝酸" in words
    assert "abatement_technology" not in {c.id for c in columns("public-building")}
    assert {"gwp_set", "factor_set"} <= {c.id for c in columns("ghg-protocol")}


@pytest.mark.parametrize("method_id", METHODS)
def test_every_column_of_a_template_is_used_by_some_source(method_id: str) -> None:
    used = {name for uses in needs(method_id).values() for name in uses}
    for column in columns(method_id):
        assert column.id.removesuffix("_unit") in used | {"unit"} or column.id in used, column


def test_what_has_no_default_in_any_route_must_be_given() -> None:
    water = needs("other-industry")["industrial_wastewater"]
    assert (water["cod_in"], water["technology"]) == ("required", "required")
    assert water["amount"] == "required"


def test_one_of_several_ways_is_told_from_what_has_a_default() -> None:
    firing = needs("ceramics")["ceramic_firing"]
    assert {firing[n] for n in ("caco3_fraction", "cao_fraction")} == {"one_of"}
    fuel = needs("other-industry")["fossil_combustion"]
    assert fuel["carbon_content"] == "optional"


def test_a_partial_source_is_not_offered() -> None:
    method = load_method("cement-cets")
    offered = next(c for c in columns("cement-cets") if c.id == "source").choices
    assert "alternative_fuel_combustion" in method.sources
    assert "alternative_fuel_combustion" not in [s.id for s in open_sources(method)]
    assert names.label("source", "alternative_fuel_combustion", "zh") not in offered
