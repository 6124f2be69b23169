"""The form of a method file, and how shared blocks are put into it.

A method file names editions, parameters and sources. A source names a block
(``block: combustion``) and may change single fields; its routes are names of shared routes,
shared routes with changes (``{route: ncv_carbon, inputs: [...]}``), or routes of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from carboncalc.errors import MethodError
from carboncalc.model.method import (
    Basis,
    Edition,
    Input,
    Instrument,
    RouteCitation,
    Status,
    StatusNote,
    Text,
)
from carboncalc.provenance import Frozen
from carboncalc.resources import package_file

#: libyaml where it is there: a method file loads in a few milliseconds instead of fifty.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


#: Documents that print the shared equations themselves, though their texts were not read.
_OWN_CLAUSE = ("ndrc-2013-2526-", "ndrc-2015-1722-", "cement-", "iron-steel-", "aluminium-")


class StepFile(Frozen):
    """A step as written: an equation or a kernel with the names it takes."""

    equation: str | None = None
    kernel: str | None = None
    names: tuple[str, ...] = ()
    units: tuple[str, ...]


class RouteFile(Frozen):
    """A route after its shared parts were put in."""

    id: str
    title: Text
    inputs: tuple[Input, ...]
    steps: dict[str, StepFile] = Field(default_factory=dict)
    results: dict[str, str]
    citation: RouteCitation
    accounts: dict[str, str] = Field(default_factory=dict)
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    text_required: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    without: tuple[str, ...] = ()
    bases: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    editions: tuple[str, ...] = ()
    note: Text = Field(default_factory=dict)


class SourceFile(Frozen):
    """A source after its block was put in."""

    id: str
    block: str = ""
    name: Text
    scope: Literal[1, 2, 3]
    category: str
    iso_category: str
    account: str = "counted"
    totals: tuple[Literal["document", "ets", "ghgp"], ...] = ("document", "ghgp")
    sign: Literal[1, -1] = 1
    items: tuple[str, ...] | None = None
    technologies: tuple[str, ...] | None = None
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    status: Status = "complete"
    hole: Text = Field(default_factory=dict)
    routes: tuple[RouteFile, ...] = ()
    bases: dict[str, Basis] = Field(default_factory=dict)
    note: Text = Field(default_factory=dict)
    requires: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    handed_on: tuple[str, ...] = ()
    other_items: str | None = None


class MethodFile(Frozen):
    """A whole method file after its blocks were put in."""

    id: str
    name: Text
    boundary: Text
    total_basis: Text
    gwp_set: Literal["SAR", "AR4", "AR5", "AR6"]
    gwp_fill: Literal["SAR", "AR4", "AR5", "AR6"] | None = None
    gwp_finding: str | None = None
    missing_months: Literal["document_default"] = "document_default"
    scope2: Literal["method", "location", "market"] = "method"
    rounding: str = "none"
    rounding_note: Text = Field(default_factory=dict)
    biogenic: Text = Field(default_factory=dict)
    ets: bool = False
    editions: tuple[Edition, ...]
    outside_years: Text = Field(default_factory=dict)
    status_notes: tuple[StatusNote, ...] = ()
    sectors: dict[str, str] = Field(default_factory=dict)
    default_sector: str | None = None
    sources: tuple[SourceFile, ...]


def data_folder() -> Path:
    """The folder of the shipped method files.

    Examples
    --------
    >>> (data_folder() / "blocks.yaml").exists()
    True
    """
    return package_file("methods", "data")


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file as plain dictionaries; no tags, no objects."""
    try:
        loaded = _LOADER(path.read_text(encoding="utf-8")).get_single_data()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        detail = str(error).splitlines()[0]
        raise MethodError("M-007", file=path.name, detail=detail) from None
    if not isinstance(loaded, dict):
        raise MethodError("M-007", file=path.name, detail="not a mapping")
    return loaded


@functools.cache
def blocks() -> dict[str, Any]:
    """The shared blocks as written."""
    return read_yaml(data_folder() / "blocks.yaml")


def read_method_file(path: Path) -> MethodFile:
    """A method file with its blocks put in and its form checked.

    Raises
    ------
    MethodError
        M-007 naming what is wrong and where.

    Examples
    --------
    >>> read_method_file(data_folder() / "other-industry.yaml").gwp_set
    'SAR'
    """
    raw = {key: body for key, body in read_yaml(path).items() if not key.startswith("x-")}
    own = {key: {**blocks().get(key, {}), **raw.pop(key, {})} for key in ("queries", "groups")}
    shared = {**blocks(), **own}
    try:
        shared["document"] = raw["editions"][0]["document"]
        sources = [
            _source(source_id, body or {}, shared)
            for source_id, body in raw.get("sources", {}).items()
        ]
        return MethodFile.model_validate({**raw, "sources": sources})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MethodError("M-007", file=path.name, detail=f"{where}: {first['msg']}") from None
    except (AttributeError, TypeError, IndexError) as error:
        raise MethodError("M-007", file=path.name, detail=str(error)) from None
    except KeyError as error:
        raise MethodError("M-007", file=path.name, detail=f"nothing is called {error}") from None


def _source(source_id: str, body: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    block = body.get("block", "")
    merged = {**(shared["sources"][block] if block else {}), **body, "id": source_id}
    merged["routes"] = [_route(route, shared) for route in merged.get("routes", [])]
    merged["bases"] = {
        basis: _basis(shared["bases"][named], shared)
        for basis, named in merged.get("bases", {}).items()
    }
    if isinstance(merged.get("items"), str):
        merged["items"] = shared["groups"][merged["items"]]
    return merged


def _basis(body: Mapping[str, Any], shared: Mapping[str, Any]) -> Basis:
    return Basis(
        instruments={
            name: Instrument(
                factors=_queries(entry["queries"], shared),
                without_certificate=(
                    _queries(entry["uncertified"], shared) if "uncertified" in entry else None
                ),
                finding=entry.get("finding"),
                uncertified_finding=entry.get("uncertified_finding"),
            )
            for name, entry in body.items()
        }
    )


def _route(route: str | Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A shared route by name, one with changes, or one written out."""
    if isinstance(route, str):
        route = {"route": route}
    changes = dict(route)
    base_name = changes.pop("route", None)
    base = {"id": base_name, **shared["routes"][base_name]} if base_name else {}
    merged: dict[str, Any] = {**base, **changes}
    for key in ("steps", "results", "accounts"):
        merged[key] = {**base.get(key, {}), **changes.get(key, {})}
    inputs = {
        entry["name"]: entry for entry in (_input(i, shared) for i in (*base.get("inputs", ()),))
    }
    inputs |= {
        entry["name"]: {**inputs.get(entry["name"], {}), **entry}
        for entry in (_input(i, shared) for i in changes.get("inputs", ()))
    }
    merged["inputs"] = list(inputs.values())
    if isinstance(merged.get("items"), str):
        merged["items"] = shared["groups"][merged["items"]]
    _cite(merged, cited_here="citation" in changes, document=shared["document"])
    required = merged.get("text_required", {})
    merged["text_required"] = {name: shared["groups"][group] for name, group in required.items()}
    return merged


def _cite(route: dict[str, Any], *, cited_here: bool, document: str) -> None:
    """Name the method's own document where a shared equation stands in it too.

    A block says in ``clause`` where guidelines print its equation and how sure we are of
    that; ``read_in`` keeps the text in which the wording was read.
    """
    clause = route.pop("clause", None)
    if clause is None or cited_here or not document.startswith(_OWN_CLAUSE):
        return
    read = route["citation"]
    if read["source"] != document:
        route["citation"] = {
            "source": document, **clause, "read_in": f"{read['source']}, {read['where']}",
        }  # fmt: skip


def _input(entry: str | Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A shared input by name, one with changes (``use:``), or one written out."""
    if isinstance(entry, str):
        entry = {"use": entry}
    changes = dict(entry)
    used = changes.pop("use", None)
    base = {"name": used, **shared["inputs"][used]} if used else {}
    merged = {**base, **changes}
    queries = merged.pop("queries", None)
    if queries is not None:
        merged["factors"] = _queries(queries, shared)
    return merged


def _queries(queries: Any, shared: Mapping[str, Any]) -> tuple[Any, ...]:
    """A named list of queries, or one written out; groups of items are put in."""
    written = shared["queries"][queries] if isinstance(queries, str) else queries
    return tuple(
        {**query, "only_items": shared["groups"][query["only_items"]]}
        if isinstance(query.get("only_items"), str)
        else query
        for query in written
    )
