"""What a method rests on is counted from its own files and rows, by hand for one source."""

import pytest

from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.method_evidence import (
    GRADES,
    MethodDefaults,
    all_evidence,
    method_evidence,
)
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.model.method import Edition, FactorQuery


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return FactorLibrary.default()


def named_by_the_row(query: FactorQuery, edition: Edition) -> bool:
    """Whether the row says which set it takes its factor from."""
    return query.set.startswith("$") and query.set[1:] not in edition.parameters


def test_every_default_that_a_method_file_names_has_a_row(library: FactorLibrary) -> None:
    missing = []
    for name in method_ids():
        method = load_method(name)
        for edition in method.editions:
            tables = MethodDefaults(library, method, edition)
            for source in method.sources.values():
                for route in source.routes:
                    for wanted in route.inputs.values():
                        missing += [
                            (name, edition.key, source.id, wanted.name, query.set)
                            for query in wanted.factors
                            if not named_by_the_row(query, edition)
                            and not tables.of_query(query, source, route)
                        ]
    # the set scope3 is the user's own overlay
    assert [m for m in missing if m[4] != "scope3"] == []


def test_equations_are_counted_by_the_grade_of_their_citation() -> None:
    method = load_method("power-generation-cets")
    grades = [r.citation.grade for s in method.sources.values() for r in s.routes]
    found = method_evidence(method.id)
    assert found.equations == {grade: grades.count(grade) for grade in GRADES}
    assert sum(found.equations.values()) == sum(
        sum(source["equations"].values()) for source in found.sources
    )


def test_constants_are_counted_once_however_many_inputs_take_them(library: FactorLibrary) -> None:
    method = load_method("aluminium-cets")
    tables = MethodDefaults(library, method, method.editions[0])
    rows = {
        row
        for source in method.sources.values()
        for route in source.routes
        for wanted in route.inputs.values()
        for row in tables.rows(source, route, wanted)
    }
    found = method_evidence(method.id, library)
    counted = sum(found.constants.values()) + sum(found.grid_factors.values())
    assert len(method.editions) == 1
    assert counted == len(rows)


def test_a_row_that_a_newer_version_supersedes_is_no_default(library: FactorLibrary) -> None:
    """Slope, C2F6 and their ratio of the 2013 aluminium guideline were D once and are C now."""
    method = load_method("aluminium-ndrc-2013")
    tables = MethodDefaults(library, method, method.editions[0])
    route = method.source("anode_effect").route("factors")
    rows = tables.rows(method.source("anode_effect"), route, route.inputs["c2f6_factor"])
    assert [library.ids[row].rpartition("@")[2] for row in rows] == ["2"]
    # what is left at D is the carbon of LNG, printed as that of LPG
    assert method_evidence(method.id, library).constants["D"] == 1


def test_a_source_that_is_not_open_is_told_apart() -> None:
    cement = method_evidence("cement-cets")
    status = {source["id"]: source["status"] for source in cement.sources}
    assert status["alternative_fuel_combustion"] == "partial"


def test_every_method_is_audited_once() -> None:
    assert [found.method for found in all_evidence()] == list(method_ids())
