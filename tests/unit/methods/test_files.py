"""The method files themselves: no values in them, every name known, blocks shared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from carboncalc import units
from carboncalc.errors import MethodError
from carboncalc.factors.library import FactorLibrary
from carboncalc.messages.catalogue import catalogue
from carboncalc.methods.catalogue import (
    KNOWN_EVERYWHERE,
    OUTSIDE_DOCUMENT,
    constants,
    load_method,
    method_digest,
    method_ids,
    read_method,
)
from carboncalc.methods.files import data_folder
from carboncalc.methods.kernels import KERNELS
from carboncalc.model.method import FactorQuery
from carboncalc.provenance import Policy
from carboncalc.resources import emission_factors
from carboncalc.vocabulary import names

LIBRARY = FactorLibrary.default()
FILES = sorted(data_folder().glob("*.yaml"))

#: Keys under which a number is a year, a sign or a scope: structure, not a published value.
STRUCTURE = {"scope", "sign", "data_years", "named_years", "years", "findings"}


def numbers(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, (*path, str(key)))
    elif isinstance(node, list):
        for value in node:
            yield from numbers(value, path)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path, node


def every_query() -> Iterator[tuple[str, FactorQuery]]:
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            for route in source.routes:
                for item in route.inputs.values():
                    yield from ((f"{method_id}/{source.id}/{item.name}", q) for q in item.factors)
            for basis in source.bases.values():
                for instrument in basis.instruments.values():
                    found = (*instrument.factors, *(instrument.without_certificate or ()))
                    yield from ((f"{method_id}/{source.id}", q) for q in found)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_method_file_holds_a_value(path: Path) -> None:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [(where, n) for where, n in numbers(raw) if not STRUCTURE & set(where)]
    assert found == []


def test_no_equation_holds_a_number_but_one() -> None:
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            for route in source.routes:
                rules = [*route.results.values(), *(s.rule for s in route.steps.values())]
                for rule in rules:
                    if hasattr(rule, "numbers"):
                        assert set(rule.numbers()) <= {1.0}, (method_id, rule.text)


def test_constants_are_ratios_of_whole_numbers() -> None:
    for value, unit, ratio in constants().values():
        top, bottom = ratio.split("/")
        assert float(int(top)) / float(int(bottom)) == pytest.approx(value, rel=1e-15)
        assert units.parse(unit)


def test_every_method_says_what_a_method_must_say() -> None:
    for method_id in method_ids():
        method = load_method(method_id)
        assert method.id == method_id
        for text in (method.name, method.boundary, method.total_basis):
            assert set(text) == {"zh", "en"}
        assert method.editions
        for source in method.sources.values():
            assert set(source.name) == {"zh", "en"}, source.id
            assert source.status == "complete" or source.hole, source.id
            assert source.status == "partial" or source.routes, source.id


def test_every_source_and_item_is_in_the_vocabulary() -> None:
    sources, items = set(names.ids("source")), set(names.ids("item"))
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            assert source.id in sources, source.id
            assert set(source.items or ()) <= items, source.id
            for route in source.routes:
                assert set(route.items or ()) <= items, (source.id, route.id)


def test_every_parameter_has_a_header_so_that_a_table_can_bring_it() -> None:
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            for route in source.routes:
                for name in {*route.inputs, *route.when}:
                    assert names.header(name, "activity") == name, (method_id, name)


def test_every_document_cited_stands_in_the_list_of_sources() -> None:
    known = yaml.safe_load((emission_factors() / "sources.yaml").read_text(encoding="utf-8"))
    for method_id in method_ids():
        method = load_method(method_id)
        for edition in method.editions:
            assert edition.document in known, (method_id, edition.document)
        for source in method.sources.values():
            for route in source.routes:
                assert route.citation.source in known, (method_id, route.citation.source)


def test_every_message_code_has_its_text_in_both_languages() -> None:
    codes = {q.finding for _, q in every_query() if q.finding}
    for method_id in method_ids():
        method = load_method(method_id)
        codes |= {n.code for n in method.status_notes}
        codes |= {code for e in method.editions for code, _, _ in e.findings}
    assert codes
    for code in codes:
        assert {"zh", "en"} <= set(catalogue()[code]), code


def test_every_factor_set_that_a_method_names_exists() -> None:
    sets = LIBRARY.sets()
    for where, query in every_query():
        method = load_method(where.split("/")[0])
        for edition in method.editions:
            name = query.set
            if name.startswith("$"):
                if name in ("$technology", "$factor_set"):  # the row names it
                    continue
                name = edition.parameters[name[1:]]
            assert name in sets or name == "scope3", (where, name)


def test_every_fixed_query_finds_a_row() -> None:
    """A query without an open item answers, else a default was promised that is not there."""
    from carboncalc.factors.request import FactorRequest

    for where, query in every_query():
        if query.item.startswith("$") or (query.technology and query.technology.startswith("$")):
            continue
        parameters = load_method(where.split("/")[0]).editions[0].parameters
        bound = query.bind(
            item=(query.only_items or ("x",))[0],
            technology=(query.only_technologies or (None,))[0],
            parameters=parameters,
        )
        assert bound is not None, where
        request = FactorRequest(bound.set, bound.item, bound.parameter, bound.technology, bound.gas)
        found = LIBRARY.find(request)
        assert found, (where, request)


def test_known_sources_can_be_computed_outside_a_document() -> None:
    method = load_method(OUTSIDE_DOCUMENT)
    for source_id in KNOWN_EVERYWHERE:
        assert method.source(source_id).routes


def test_two_methods_that_share_a_block_hold_the_same_equations() -> None:
    one, other = load_method("other-industry"), load_method("land-transport")
    for route in other.sources["fossil_combustion"].routes:
        twin = one.sources["fossil_combustion"].route(route.id)
        assert twin.results == route.results
        assert {n: s.rule for n, s in twin.steps.items()} == {
            n: s.rule for n, s in route.steps.items()
        }


def test_every_combustion_route_names_the_carbon_per_unit() -> None:
    for method_id in method_ids():
        for source_id in ("fossil_combustion", "mobile_combustion"):
            source = load_method(method_id).sources.get(source_id)
            for route in source.routes if source else ():
                if set(route.results) != {"CO2e"}:  # a figure known only as CO2e has no carbon
                    assert "carbon_per_unit" in route.steps, (method_id, route.id)


def test_the_proofs_are_covered_by_digest_and_the_digests_are_current() -> None:
    proven = json.loads((data_folder() / "proven.json").read_text(encoding="utf-8"))
    current = {method_digest(data_folder() / f"{m}.yaml"): m for m in method_ids()}
    assert proven == current, "run: python tools/prove_methods.py"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    head = (
        "id: mine\nname: {zh: 我, en: mine}\nboundary: {zh: 厂, en: plant}\n"
        "total_basis: {zh: CO2, en: CO2}\ngwp_set: SAR\neditions: [{key: '1', document: mine}]\n"
    )
    path.write_text(head + text, encoding="utf-8")
    return path


def test_one_writes_a_method_of_ones_own_with_the_shared_blocks(tmp_path: Path) -> None:
    method = read_method(write(tmp_path, "sources: {purchased_heat: {block: purchased_heat}}\n"))
    assert method.sources["purchased_heat"].routes[0].id == "heat_energy"


CARBONATE = "sources:\n  x:\n    block: carbonate\n    routes:\n      - "


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sources: {x: {block: nowhere}}\n", "M-007"),
        ("sources: {x: {name: {zh: 无, en: none}}}\n", "M-007"),
        ("sources: {}\nextra: 1\n", "M-007"),
        ("sources: [1]\n", "M-007"),
        (CARBONATE + "{route: carbonate, results: {CO2: amount * purity}}\n", "M-005"),
        (CARBONATE + "{route: carbonate, results: {CO2: open('x')}}\n", "M-004"),
        (CARBONATE + "{route: carbonate, results: {CO2: amount * 0.44}}\n", "M-008"),
        (CARBONATE + "{route: carbonate, steps: {s: {kernel: no, units: [t]}}}\n", "M-007"),
    ],
)
def test_a_wrong_method_file_is_refused_with_a_code(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(MethodError) as caught:
        read_method(write(tmp_path, text))
    assert caught.value.code == code


def test_binary_or_broken_yaml_is_refused_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    for content in (b"\x00\x01\x02", b"a: [1, 2", b"- just\n- a list\n", b"!!python/object:x {}"):
        path.write_bytes(content)
        with pytest.raises(MethodError, match="M-007"):
            read_method(path)


def test_every_kernel_declares_units_that_exist() -> None:
    for inputs, output, _, clause, _ in KERNELS.values():
        assert clause
        for unit in (*inputs, output):
            assert units.parse(unit)


def test_a_query_is_bound_only_where_it_applies() -> None:
    query = FactorQuery(
        set="s", parameter="p", only_items=("a",), years=(2020, 2021), choice={"rounding": "none"}
    )
    assert query.bind(item="a", data_year=2020, policy=Policy()) is not None
    assert query.bind(item="b") is None
    assert query.bind(item="a", data_year=2022) is None
    assert query.bind(item="a", policy=Policy(rounding="mee-guide")) is None
