"""An entity file as plain records: YAML read safely, or sheets with a record a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from carboncalc.activity.files import refuse
from carboncalc.activity.header import read_heading
from carboncalc.activity.layout import Layout
from carboncalc.activity.load import load
from carboncalc.activity.sheet import DATE_MARK, RawSheet, given_texts
from carboncalc.activity.text import tidy
from carboncalc.activity.workbook import SheetChoice
from carboncalc.errors import ActivityDataError, Issue

#: An entity file in YAML may have this many bytes.
MAX_YAML_BYTES = 1 << 24

ENTITY_LAYOUT = Layout(
    table="entity",
    columns=(
        "id", "name", "uscc", "kind", "parent", "region", "methods", "share", "control",
        "floor_area", "headcount", "sector", "internal_factor", "allocation", "valid_from",
        "valid_to",
    ),
    required=("id",),
)  # fmt: skip

CERTIFICATE_LAYOUT = Layout(
    table="certificates",
    columns=("certificate_id", "mwh", "period", "owner", "beneficiary"),
    required=("certificate_id", "mwh", "period", "owner"),
)

_SECTIONS = ("park", "entities", "internal_factor", "allocation", "certificates")
_LISTED = ("methods", "internal_factor", "allocation")


@dataclass
class PlainFile:
    """The sections of an entity file, each record with the place it stands in."""

    name: str | None = None
    park: Any = None
    entities: list[tuple[Mapping[str, Any], Issue]] = field(default_factory=list)
    internal_factor: Mapping[str, Any] = field(default_factory=dict)
    allocation: Mapping[str, Any] = field(default_factory=dict)
    certificates: list[tuple[Mapping[str, Any], Issue]] = field(default_factory=list)
    findings: list[Issue] = field(default_factory=list)
    problems: list[Issue] = field(default_factory=list)


class _PlainLoader(yaml.SafeLoader):
    """Safe YAML without aliases (they can expand without end) and without repeated keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.YAMLError(f"line {event.start_mark.line + 1}: aliases (*) are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | dt.date) or key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.YAMLError(f"line {line}: the key {key!r} stands twice or is no word")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_plain(data: Any, sheet: SheetChoice = None) -> PlainFile:
    """The sections of an entity file, YAML path, sheet path, frame, mapping or records.

    Raises
    ------
    ActivityDataError
        A-002 … A-016 for files that cannot be read, A-201 for broken YAML.

    Examples
    --------
    >>> plain = read_plain([{"id": "A", "名称": "甲厂"}])
    >>> plain.entities[0][0]
    {'id': 'A', 'name': '甲厂'}
    """
    if isinstance(data, str | PathLike) and fspath(data).lower().endswith((".yaml", ".yml")):
        path = Path(data)
        return _sections(_yaml(path), path.name)
    if isinstance(data, Mapping):
        return _sections(data, None)
    return _from_sheets(data, sheet)


def _yaml(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_YAML_BYTES:
            raise refuse("A-004", path.name, size=path.stat().st_size, limit=MAX_YAML_BYTES)
        text = path.read_bytes().decode("utf-8-sig")
        loader = _PlainLoader(text)  # a SafeLoader: plain values only
        content = loader.get_single_data()
    except OSError as error:
        raise refuse("A-002", path.name, reason=error.strerror or "") from None
    except UnicodeDecodeError:
        raise refuse("A-008", path.name) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        mark = getattr(error, "problem_mark", None)
        at = f"第 {mark.line + 1} 行第 {mark.column + 1} 列附近" if mark is not None else reason
        raise refuse("A-201", path.name, reason=reason, reason_zh=at) from None
    if not content:
        raise refuse("A-003", path.name)
    return content


def _sections(content: Any, name: str | None) -> PlainFile:
    plain = PlainFile(name=name)
    if isinstance(content, list):
        content = {"entities": content}
    if not isinstance(content, Mapping):
        raise refuse(
            "A-201",
            name,
            reason="a mapping with `entities` is expected",
            reason_zh="须为含 entities 的对应表",
        )
    if not any(section in content for section in _SECTIONS) and all(
        isinstance(value, Mapping) for value in content.values()
    ):
        # Entities by id, without sections.
        content = {"entities": content}
    for section in content:
        if section not in _SECTIONS:
            known = ", ".join(_SECTIONS)
            plain.problems.append(
                Issue("A-202", {"field": str(section), "known": known}, file=name)
            )
    plain.park = content.get("park")
    for section in ("internal_factor", "allocation"):
        given = content.get(section) or {}
        if isinstance(given, Mapping):
            setattr(plain, section, given)
        else:
            plain.problems.append(Issue("A-204", {"field": section}, file=name, column=section))
    plain.entities = _records(content.get("entities"), "entities", plain)
    plain.certificates = _records(content.get("certificates"), "certificates", plain)
    return plain


def _records(given: Any, section: str, plain: PlainFile) -> list[tuple[Mapping[str, Any], Issue]]:
    if given is None:
        return []
    if isinstance(given, Mapping):
        # `entities: {A: {…}}`: the key is the id.
        given = [
            {"id": key, **value} if isinstance(value, Mapping) else value
            for key, value in given.items()
        ]
    found: list[tuple[Mapping[str, Any], Issue]] = []
    for number, record in enumerate(given if isinstance(given, list) else [given], start=1):
        place = Issue("A-200", file=plain.name, sheet=section, row=number)
        if not isinstance(record, Mapping):
            plain.problems.append(
                Issue("A-204", {"field": section}, file=plain.name, sheet=section, row=number)
            )
            continue
        found.append(({str(key): value for key, value in record.items()}, place))
    return found


def _from_sheets(data: Any, sheet: SheetChoice) -> PlainFile:
    if isinstance(data, Sequence) and not isinstance(data, str):
        data = [r.model_dump() if hasattr(r, "model_dump") else r for r in data]
        if any(not isinstance(r, Mapping) for r in data):
            raise refuse("A-016", kind=type(data).__name__)
        # Nested records are kept as they are; only flat ones can be a sheet.
        if any(isinstance(v, Mapping | list) for record in data for v in record.values()):
            return _sections({"entities": list(data)}, None)
    plain = PlainFile()
    loaded = load(data, ENTITY_LAYOUT, sheet=sheet)
    plain.name = next(iter(loaded.files), None)
    for raw in loaded.sheets:
        plain.entities += _rows(raw, ENTITY_LAYOUT, plain)
        plain.findings += [note for note in raw.notes if note.code != "A-026"]
    if plain.name is not None and sheet is None:
        try:
            extra = load(data, CERTIFICATE_LAYOUT).sheets
        except ActivityDataError:
            extra = ()
        for raw in extra:
            if any(read_heading(h, "certificates").column == "mwh" for h in raw.header):
                plain.certificates += _rows(raw, CERTIFICATE_LAYOUT, plain)
    return plain


def _rows(raw: RawSheet, layout: Layout, plain: PlainFile) -> list[tuple[Mapping[str, Any], Issue]]:
    everywhere = np.arange(len(raw), dtype=np.int64)
    columns: dict[str, list[str | None]] = {}
    for given, column in zip(raw.header, raw.columns, strict=True):
        heading = read_heading(given, layout.table)
        name = heading.column
        if name is None or name not in layout.columns:
            if heading.name:
                plain.findings.append(
                    Issue("A-024", {"column": given}, raw.file, raw.name, column=given,
                          severity="finding")
                )  # fmt: skip
        elif name in columns:
            raise refuse("A-011", raw.file, raw.name, first=name, second=given)
        else:
            columns[name] = given_texts(column, everywhere).to_pylist()
    missing = [name for name in layout.required if name not in columns]
    if missing:
        headers = ", ".join(raw.header)[:200]
        raise refuse("A-012", raw.file, raw.name, column=missing[0], zh=missing[0], headers=headers)
    formulas = {cell.row: cell for cell in raw.cells if cell.code in ("A-021", "A-022")}
    found: list[tuple[Mapping[str, Any], Issue]] = []
    for index, row in enumerate(raw.rows.tolist()):
        texts = {name: tidy(cells[index] or "") for name, cells in columns.items()}
        record = {
            name: _listed(text.removeprefix(DATE_MARK)) if name in _LISTED else text
            for name, text in texts.items()
            if text
        }
        # a row of a template that only says which method holds names nobody yet
        if record.keys() - {"methods"}:
            found.append((record, Issue("A-200", {}, raw.file, raw.name, row)))
        if row in formulas:
            cell = formulas[row]
            plain.problems.append(Issue(cell.code, {"cell": cell.cell}, raw.file, raw.name, row))
    return found


def _listed(text: str) -> Any:
    """`a=1; b=2` in a cell as a mapping; a single word as it is.

    Examples
    --------
    >>> _listed("default=chemical; purchased_heat=ghg-protocol")["default"], _listed("chemical")
    ('chemical', 'chemical')
    """
    if "=" not in text:
        return text
    pairs = [part.partition("=") for part in text.replace("\n", ";").split(";") if part.strip()]
    return {key.strip(): value.strip() for key, _, value in pairs}
