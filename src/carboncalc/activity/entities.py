"""The entity file (contract section 6): who belongs, and does the whole hold together."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from os import PathLike
from typing import Any

from pydantic import ValidationError

from carboncalc.activity.entity_file import PlainFile, read_plain
from carboncalc.activity.header import read_heading
from carboncalc.activity.workbook import SheetChoice
from carboncalc.errors import (
    ActivityDataError,
    BoundaryError,
    CarbonCalcError,
    Issue,
    OwnershipError,
)
from carboncalc.model.entity import Certificate, Entity, EntitySet, Park
from carboncalc.vocabulary import names
from carboncalc.vocabulary.credit_code import is_credit_code
from carboncalc.vocabulary.periods import parse_period

_OWNERSHIP = frozenset({"A-220", "A-221", "A-222"})
_BOUNDARY = frozenset({"A-210", "A-211", "A-212", "A-213", "A-214", "A-218"})

# Shares typed with a few decimals may miss 1 by their rounding.
_SHARE_TOLERANCE = 1e-6

_CONTROL_WORDS = frozenset({"operational", "financial", "joint", "both", "none"})


def load_park(path: str | PathLike[str]) -> EntitySet:
    r"""A park from its entity file: tenants, shared plants, what they share, certificates.

    Parameters
    ----------
    path
        YAML with the sections ``park``, ``entities``, ``internal_factor``, ``allocation`` and
        ``certificates``, or a workbook with a sheet of entities (and one of certificates).

    Returns
    -------
    EntitySet
        Frozen records; ``.findings`` says what is worth knowing.

    Raises
    ------
    ActivityDataError
        The file cannot be read, or fields are wrong (A-2xx); all of them in ``.issues``.
    BoundaryError
        Two entities with one id, an unknown parent, a circle of parents, certificates used
        twice; ``params["issues"]`` lists all.
    OwnershipError
        Shares outside 0–1 or not adding up, contradictory control.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "park.yaml"
    >>> _ = path.write_text("park: {id: p, name: North}\nentities:\n- {id: T1, kind: tenant}\n")
    >>> load_park(path)
    EntitySet of North: 1 tenant; 0 certificates
    """
    return read_entities(path)


def read_entities(data: Any, *, sheet: SheetChoice = None) -> EntitySet:
    """Entities from YAML, a sheet, a frame, a mapping with sections, or records.

    See :func:`load_park` for the sections and the errors raised.

    Examples
    --------
    >>> read_entities([{"id": "A", "名称": "甲厂", "地区": "福建"}])["A"].region
    'CN-35'
    >>> try:
    ...     read_entities([{"id": "T1", "kind": "tenant"}, {"id": "T1", "kind": "tenant"}])
    ... except BoundaryError as error:
    ...     error.params["issues"][0].code
    'A-210'
    """
    if isinstance(data, EntitySet):
        return data
    plain = read_plain(data, sheet)
    problems = list(plain.problems)
    if not plain.entities and problems:
        raise _error(problems, plain.name)
    if not plain.entities:
        raise ActivityDataError("A-203", field="entities", file=plain.name or "-")
    records = _with_shared(plain, problems)
    entities = [_entity(record, place, problems) for record, place in records]
    certificates = [_certificate(*entry, problems) for entry in plain.certificates]
    park = _park(plain, problems)
    placed = [
        (entity, place)
        for entity, (_, place) in zip(entities, records, strict=True)
        if entity is not None
    ]
    problems += _structure(placed, park)
    problems += _certificate_ids([c for c in certificates if c is not None], plain)
    if problems:
        raise _error(problems, plain.name)
    allocation = {
        str(service): str(key)
        for service, key in plain.allocation.items()
        if not isinstance(key, Mapping)
    }
    belonging = tuple(_below_park(entity, park) for entity, _ in placed)
    findings = [*plain.findings, *_findings(belonging, certificates, plain)]
    return EntitySet(
        entities=belonging,
        park=park,
        allocation=allocation,
        certificates=tuple(c for c in certificates if c is not None),
        findings=tuple(findings),
    )


def _with_shared(plain: PlainFile, problems: list[Issue]) -> list[tuple[dict[str, Any], Issue]]:
    """Sections that are keyed by plant are written into the records of the plants."""
    records = [(dict(record), place) for record, place in plain.entities]
    by_id = {str(record.get("id")): record for record, _ in records}
    for section in ("internal_factor", "allocation"):
        for plant, rule in getattr(plain, section).items():
            if section == "allocation" and not isinstance(rule, Mapping):
                continue
            if str(plant) in by_id:
                by_id[str(plant)].setdefault(section, rule)
            else:
                params = {"entity": str(plant), "section": section}
                problems.append(Issue("A-218", params, file=plain.name, column=section))
    return records


def _entity(record: dict[str, Any], place: Issue, problems: list[Issue]) -> Entity | None:
    known = {read_heading(name, "entity").column or name: value for name, value in record.items()}
    for field, kind in (("region", "region"), ("kind", "entity_kind")):
        if known.get(field):
            known[field] = _word(kind, str(known[field]), field, place, problems)
    methods = known.get("methods", known.pop("method", None))
    if isinstance(methods, list | tuple) and len(methods) == 1:
        methods = methods[0]
    if isinstance(methods, str):
        methods = {"default": methods}
    if isinstance(methods, Mapping):
        known["methods"] = {
            _source(str(source), place, problems): _word(
                "method", str(method), "methods", place, problems
            )
            for source, method in methods.items()
        }
    try:
        entity = Entity.model_validate(known)
    except ValidationError as error:
        problems += _field_issues(error, str(record.get("id", "?")), Entity, place)
        return None
    return entity


def _word(kind: str, text: str, field: str, place: Issue, problems: list[Issue]) -> str:
    found = names.lookup(kind, text)
    if isinstance(found, names.Resolved):
        return found.id
    code, params = names.refusal(kind, text, found)
    problems.append(_at(place, code, params, field))
    # The record is checked further with a word that passes.
    return "enterprise" if kind == "entity_kind" else text


def _source(text: str, place: Issue, problems: list[Issue]) -> str:
    return text if text == "default" else _word("source", text, "methods", place, problems)


def _certificate(
    record: Mapping[str, Any], place: Issue, problems: list[Issue]
) -> Certificate | None:
    known = dict(record)
    if "certificate_id" in known:
        known["id"] = known.pop("certificate_id")
    try:
        certificate = Certificate.model_validate(known)
    except ValidationError as error:
        problems += _field_issues(error, str(known.get("id", "?")), Certificate, place)
        return None
    try:
        period = parse_period(certificate.period).text
    except ActivityDataError as error:
        problems.append(_at(place, error.code, error.params, "period"))
        return None
    return certificate.model_copy(update={"period": period})


def _park(plain: PlainFile, problems: list[Issue]) -> Park | None:
    if plain.park is None:
        return None
    given = plain.park if isinstance(plain.park, Mapping) else {"id": plain.park}
    place = Issue("A-200", {}, plain.name, "park")
    known = dict(given)
    if "name" in known:
        known.setdefault("id", known["name"])
    if known.get("region"):
        known["region"] = _word("region", str(known["region"]), "region", place, problems)
    try:
        return Park.model_validate(known)
    except ValidationError as error:
        problems += _field_issues(error, "park", Park, place)
        return None


def _field_issues(
    error: ValidationError, entity: str, model: type[Any], place: Issue
) -> list[Issue]:
    found = []
    for detail in error.errors(include_url=False):
        field = ".".join(str(part) for part in detail["loc"]) or "-"
        params = {"entity": entity, "field": field, "text": str(detail.get("input"))[:60]}
        if detail["type"] == "extra_forbidden":
            params["known"] = ", ".join(model.model_fields)
            code = "A-202"
        elif detail["type"] == "missing":
            code = "A-203"
        elif field.partition(".")[0] in ("share", "owners"):
            code = "A-220"
        else:
            params["reason"] = detail["msg"]
            params["reason_zh"] = _reason(str(detail["type"]), str(detail["msg"]))
            code = "A-206" if field == "methods" else "A-205"
        found.append(_at(place, code, params, field))
    return found


#: Kinds of refusal by their beginning → what a Chinese reader is told.
_REASONS = {
    "dict": "须为对应表", "list": "须为列表", "string": "须为文字", "float": "须为数字",
    "int": "须为整数", "date": "须为日期,如 2024-03-01", "bool": "须为是或否",
    "greater_than": "小于下限", "less_than": "大于上限", "finite": "须为有限的数字",
}  # fmt: skip


def _reason(kind: str, text: str) -> str:
    return next((said for start, said in _REASONS.items() if kind.startswith(start)), text)


def _structure(entities: list[tuple[Entity, Issue]], park: Park | None) -> list[Issue]:
    found: list[Issue] = []
    first: dict[str, Entity] = {}
    tops = {park.id} if park else set()
    for entity, place in entities:
        if entity.id in first or entity.id in tops:
            params = {"entity": entity.id, "name": entity.name or entity.id}
            found.append(_at(place, "A-210", params, "id"))
        first.setdefault(entity.id, entity)
    for entity, place in entities:
        found += _one_entity(entity, first, tops, place)
    found += _circles(first)
    return found


def _one_entity(
    entity: Entity, known: Mapping[str, Entity], tops: set[str], place: Issue
) -> list[Issue]:
    found: list[Issue] = []
    if entity.parent is not None and entity.parent not in known and entity.parent not in tops:
        near = difflib.get_close_matches(entity.parent, [*known, *tops], n=3, cutoff=0.4)
        params = {"entity": entity.id, "parent": entity.parent, "nearest": ", ".join(near) or "-"}
        found.append(_at(place, "A-211", params, "parent"))
    if entity.valid_from and entity.valid_to and entity.valid_from > entity.valid_to:
        params = {"entity": entity.id, "from": str(entity.valid_from), "to": str(entity.valid_to)}
        found.append(_at(place, "A-213", params, "valid_to"))
    total = sum(entity.owners.values())
    if entity.owners and abs(total - 1) > _SHARE_TOLERANCE:
        params = {"entity": entity.id, "total": f"{total:g}"}
        found.append(_at(place, "A-221", params, "share"))
    words = set((entity.control or "").split(",")) - {""}
    alone = len(words) > 1 and bool(words & {"none", "both"})
    if words - _CONTROL_WORDS or alone or {"joint", "financial"} <= words:
        params = {"entity": entity.id, "control": entity.control or ""}
        found.append(_at(place, "A-222", params, "control"))
    return found


def _circles(entities: Mapping[str, Entity]) -> list[Issue]:
    found: list[Issue] = []
    settled: set[str] = set()
    for start in entities:
        chain: list[str] = []
        here: str | None = start
        while here is not None and here in entities and here not in settled and here not in chain:
            chain.append(here)
            here = entities[here].parent
        if here in chain:
            circle = " → ".join([*chain[chain.index(here) :], here])
            found.append(Issue("A-212", {"chain": circle}, column="parent"))
        settled.update(chain)
    return found


def _certificate_ids(certificates: list[Certificate], plain: PlainFile) -> list[Issue]:
    found: list[Issue] = []
    seen: dict[str, Certificate] = {}
    for certificate in certificates:
        if certificate.id in seen:
            params = {
                "certificate": certificate.id,
                "first": seen[certificate.id].beneficiary or "-",
                "second": certificate.beneficiary or "-",
            }
            found.append(Issue("A-214", params, plain.name, "certificates", column="id"))
        seen.setdefault(certificate.id, certificate)
    return found


def _findings(
    entities: tuple[Entity, ...], certificates: list[Certificate | None], plain: PlainFile
) -> list[Issue]:
    found: list[Issue] = []
    for field, code in (("name", "A-216"), ("uscc", "A-217")):
        owners: dict[str, list[str]] = {}
        for entity in entities:
            if word := getattr(entity, field):
                owners.setdefault(word, []).append(entity.id)
        found += [
            Issue(code, {"text": word, "entities": ", ".join(ids)}, plain.name, severity="finding")
            for word, ids in owners.items()
            if len(ids) > 1
        ]
    found += [
        Issue("A-219", {"entity": entity.id, "text": entity.uscc}, plain.name, severity="finding")
        for entity in entities
        if entity.uscc and not is_credit_code(entity.uscc)
    ]
    ids = {entity.id for entity in entities}
    for certificate in certificates:
        for role in ("owner", "beneficiary"):
            who = getattr(certificate, role)
            if who is not None and who not in ids and certificate is not None:
                params = {"certificate": certificate.id, "entity": who, "role": role}
                found.append(Issue("A-215", params, plain.name, severity="finding"))
    return found


def _below_park(entity: Entity, park: Park | None) -> Entity:
    """The park is not an entity: to be its member is to have no other parent."""
    if park is not None and entity.parent == park.id:
        return entity.model_copy(update={"parent": None})
    return entity


def _at(place: Issue, code: str, params: Mapping[str, Any], column: str) -> Issue:
    return Issue(code, dict(params), place.file, place.sheet, place.row, column)


def _error(problems: list[Issue], name: str | None) -> CarbonCalcError:
    file = name or "entities"
    codes = {issue.code for issue in problems}
    if codes <= _OWNERSHIP | _BOUNDARY:
        kind = OwnershipError if codes <= _OWNERSHIP else BoundaryError
        listing = "; ".join(f"[{issue.code}] {issue.message()}" for issue in problems[:20])
        return kind(
            "A-200", count=len(problems), file=file, listing=listing, issues=tuple(problems)
        )
    return ActivityDataError("A-015", issues=problems, file=file)
