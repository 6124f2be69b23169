"""JSON Schema of every table and JSON document of the public contract.

A table is a CSV in ``schemas/`` with one row per column (name, Chinese name, type, whether
it is required, allowed values, meaning in both languages): schema, manual and Chinese header
in one. A JSON document is a JSON Schema beside it. A record that is a pydantic model gives
its own schema.
"""

from __future__ import annotations

import csv
import functools
import importlib
import json
from pathlib import Path
from typing import Any, Literal

from carboncalc.messages.catalogue import Language
from carboncalc.resources import package_file

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Names whose schema is that of a pydantic model: module, class, and whether the record is read
#: from a user (``validation``) or written by us (``serialization``: every field is there).
MODELS: dict[str, tuple[str, str, Literal["validation", "serialization"]]] = {
    "entities": ("carboncalc.model.entity", "EntitySet", "validation"),
    "factor": ("carboncalc.model.factor", "EmissionFactor", "serialization"),
    "borrower-carbon": ("carboncalc.model.carbon_record", "CarbonRecord", "serialization"),
    "policy": ("carboncalc.provenance", "Policy", "serialization"),
    "target": ("carboncalc.model.finance", "Target", "serialization"),
    "run": ("carboncalc.provenance", "RunRecord", "serialization"),
}

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "list": {"type": "array"},
    "date": {"type": "string", "format": "date"},
    "json": {"type": "string", "contentMediaType": "application/json"},
    # Money is text with two decimals: a float cannot hold it.
    "money": {"type": "string", "pattern": r"^-?\d+\.\d{2}$"},
}
_BOUNDS: dict[str, dict[str, float]] = {
    ">=0": {"minimum": 0},
    ">0": {"exclusiveMinimum": 0},
    "0..1": {"minimum": 0, "maximum": 1},
}


def names() -> tuple[str, ...]:
    """The names that have a schema.

    Examples
    --------
    >>> "activity" in names() and "compute" in names()
    True
    """
    return tuple(sorted({*_tables(), *_documents(), *MODELS}))


def schema(name: str, lang: Language = "en") -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a table, a JSON document or a record.

    A table's schema describes the list of its rows.

    Raises
    ------
    KeyError
        If there is no such name.

    Examples
    --------
    >>> schema("outputs")["items"]["required"][:3]
    ['entity', 'period', 'measure']
    >>> schema("outputs", "zh")["items"]["properties"]["measure"]["title"]
    '指标'
    """
    if name in MODELS:
        module, model, mode = MODELS[name]
        record = getattr(importlib.import_module(module), model)
        found: dict[str, Any] = record.model_json_schema(mode=mode)
        return {"$schema": DIALECT, **found, "title": name}
    if name in _documents():
        document: dict[str, Any] = json.loads(_documents()[name].read_text(encoding="utf-8"))
        definitions = document.get("$defs", {})
        for key in definitions.keys() & MODELS.keys():
            definitions[key] = schema(key, lang)
        return document
    return _of_table(name, columns(name), lang)


@functools.cache
def columns(name: str) -> tuple[dict[str, str], ...]:
    """The columns of a table, one record each, in order.

    Examples
    --------
    >>> columns("activity")[0]["chinese"]
    '企业'
    """
    with _tables()[name].open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def _tables() -> dict[str, Path]:
    return {path.stem: path for path in package_file("cli", "schemas").glob("*.csv")}


def _documents() -> dict[str, Path]:
    return {path.stem: path for path in package_file("cli", "schemas").glob("*.json")}


def _of_table(name: str, rows: tuple[dict[str, str], ...], lang: Language) -> dict[str, Any]:
    record = {
        "type": "object",
        "required": [row["column"] for row in rows if row["required"] == "yes"],
        "properties": {row["column"]: _of_column(row, lang) for row in rows},
    }
    return {"$schema": DIALECT, "title": name, "type": "array", "items": record}


def _of_column(row: dict[str, str], lang: Language) -> dict[str, Any]:
    kind, _, nullable = row["type"].partition("|")
    found: dict[str, Any] = {"title": row["chinese"] if lang == "zh" else row["column"]}
    if meaning := row[f"meaning_{lang}"]:
        found["description"] = meaning
    found |= _TYPES[kind]
    values = row["values"]
    if values in _BOUNDS:
        found |= _BOUNDS[values]
    elif values:
        found["enum"] = [int(v) if kind == "integer" else v for v in values.split("|")]
    if nullable:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found
