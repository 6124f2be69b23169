"""Methods as plain dictionaries, for the command line and the docs."""

from __future__ import annotations

from typing import Any

from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.route import Method, MethodSource, Route
from carboncalc.model.method import FactorQuery, Input


def list_methods(lang: str = "en") -> list[dict[str, Any]]:
    """One record per method held: id, name, editions, GWP set, sources and what is partial.

    Examples
    --------
    >>> record = next(r for r in list_methods() if r["id"] == "land-transport")
    >>> record["gwp_set"], record["partial_sources"]
    ('SAR', [])
    """
    return [_summary(load_method(method_id), lang) for method_id in method_ids()]


def _summary(method: Method, lang: str) -> dict[str, Any]:
    return {
        "id": method.id,
        "name": _text(method.name, lang),
        "documents": list(dict.fromkeys(edition.document for edition in method.editions)),
        "editions": [edition.key for edition in method.editions],
        "gwp_set": method.gwp_set,
        "ets": method.ets,
        "sources": list(method.sources),
        "partial_sources": [s.id for s in method.sources.values() if s.status == "partial"],
    }


def show_method(method_id: str, lang: str = "en") -> dict[str, Any]:
    """Everything a method says: editions, sources, routes, inputs, equations, citations.

    Raises
    ------
    MethodError
        M-001 when no such method is held.

    Examples
    --------
    >>> shown = show_method("other-industry")
    >>> shown["sources"][0]["id"], shown["sources"][0]["routes"][0]["results"]
    ('fossil_combustion', {'CO2': 'amount * carbon_per_unit * co2_per_carbon'})
    """
    method = load_method(method_id)
    return {
        **_summary(method, lang),
        "boundary": _text(method.boundary, lang),
        "total_basis": _text(method.total_basis, lang),
        "biogenic": _text(method.biogenic, lang),
        "rounding": method.rounding,
        "rounding_note": _text(method.rounding_note, lang),
        "editions": [
            {
                "key": edition.key,
                "document": edition.document,
                "data_years": list(edition.data_years),
                "parameters": dict(edition.parameters),
            }
            for edition in method.editions
        ],
        "digest": method.digest,
        "sources": [_source(source, lang) for source in method.sources.values()],
    }


def _source(source: MethodSource, lang: str) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": _text(source.name, lang),
        "scope": source.scope,
        "category": source.category,
        "iso_category": source.iso_category,
        "account": source.account,
        "totals": sorted(source.totals),
        "sign": source.sign,
        "items": None if source.items is None else list(source.items),
        "technologies": None if source.technologies is None else list(source.technologies),
        "choices": {name: list(words) for name, words in source.choices.items()},
        "gases": list(source.gases),
        "status": source.status,
        "hole": _text(source.hole, lang),
        "note": _text(source.note, lang),
        "instruments": {basis: sorted(b.instruments) for basis, b in source.bases.items()},
        "routes": [_route(route, lang) for route in source.routes],
    }


def _route(route: Route, lang: str) -> dict[str, Any]:
    return {
        "id": route.id,
        "title": _text(route.title, lang),
        "when": {name: list(values) for name, values in route.when.items()},
        "items": None if route.items is None else list(route.items),
        "linear_in_amount": route.linear,
        "inputs": [_input(item, lang) for item in route.inputs.values()],
        "constants": dict(route.constants),
        "steps": {name: step.rule.text for name, step in route.steps.items()},
        "results": {gas: equation.text for gas, equation in route.results.items()},
        "citation": route.citation.model_dump(),
        "note": _text(route.note, lang),
    }


def _input(item: Input, lang: str) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": _text(item.label, lang),
        "units": list(item.units),
        "absent": item.absent,
        "aliases": list(item.aliases),
        "substance": item.substance,
        "defaults": [query_text(query) for query in item.factors],
        "note": _text(item.note, lang),
    }


def query_text(query: FactorQuery) -> str:
    """A factor query in one line, as its factor ids are written.

    Examples
    --------
    >>> query_text(FactorQuery(set="$fuel_set", parameter="oxidation_factor"))
    '$fuel_set/$item/oxidation_factor'
    """
    parts = [query.set, query.item, query.technology, query.parameter]
    text = "/".join(part for part in parts if part)
    return text + (f"[{query.gas}]" if query.gas else "")


def _text(text: dict[str, str], lang: str) -> str:
    return text.get(lang, text.get("en", ""))
