"""Who belongs: the entities of an entity file as the footprint needs them.

Inside the boundary are enterprises, tenants and shared plants; ``outside`` entities are
named only so that flows to and from them are not flows to nobody.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from carboncalc.errors import BoundaryError

KINDS = ("enterprise", "tenant", "shared", "outside")


@dataclass(frozen=True, slots=True)
class Member:
    """One entity, with the words of the entity file (contract section 6).

    ``control`` holds any of operational, financial, joint, none; empty means not stated.
    ``internal_factor`` is the method of the factor of a plant that supplies others, or
    stated factors by carrier. ``allocation`` has the keys of the plant's services and those
    of the park, ``services`` names only its own. ``valid_to`` is the last day it belongs.
    """

    id: str
    name: str
    kind: str = "enterprise"
    uscc: str | None = None
    parent: str | None = None
    region: str | None = None
    share: float | None = None
    control: frozenset[str] = frozenset()
    floor_area: float | None = None
    headcount: float | None = None
    internal_factor: Any = None
    allocation: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def inside(self) -> bool:
        """Whether its emissions can belong to the footprint."""
        return self.kind != "outside"


@dataclass(frozen=True)
class Members:
    """All entities by id, in the order of the file."""

    by_id: Mapping[str, Member]
    certificates: tuple[Any, ...] = ()
    name: str = ""

    def inside(self) -> tuple[Member, ...]:
        """Enterprises, tenants and shared plants."""
        return tuple(member for member in self.by_id.values() if member.inside)

    def ids(self, *kinds: str) -> frozenset[str]:
        """Ids of the entities of some kinds; of all that are inside if none is named."""
        return frozenset(m.id for m in self.inside() if not kinds or m.kind in kinds)

    def belonging(self, entities: pd.Series, start: pd.Series) -> pd.Series:
        """Which rows are of members that belong on the first day of the row's period.

        Examples
        --------
        >>> park = members_of([{"id": "T", "kind": "tenant", "valid_to": date(2024, 6, 30)}])
        >>> days = pd.Series(pd.to_datetime(["2024-06-01", "2024-07-01"]))
        >>> park.belonging(pd.Series(["T", "T"]), days).tolist()
        [True, False]
        """
        ok: pd.Series = entities.isin(self.ids())
        start = pd.to_datetime(start)
        for member in self.inside():
            if member.valid_from is None and member.valid_to is None:
                continue
            mine = entities == member.id
            if member.valid_from is not None:
                ok &= ~mine | (start >= pd.Timestamp(member.valid_from))
            if member.valid_to is not None:
                ok &= ~mine | (start <= pd.Timestamp(member.valid_to))
        return ok

    @property
    def is_park(self) -> bool:
        """Whether there are tenants or shared plants."""
        return bool(self.ids("tenant", "shared"))

    def nearest(self, text: str) -> str:
        """The ids that look most like a text, for a message."""
        ids = list(self.by_id)
        return ", ".join(difflib.get_close_matches(text, ids, n=3, cutoff=0.4) or ids[:5])


def members_of(entities: Any) -> Members:
    """The members of an entity set (or an iterable of records with the same fields).

    Raises
    ------
    BoundaryError
        ``B-010`` if two entities have one id, ``B-011`` for an unknown kind.

    Examples
    --------
    >>> members_of([{"id": "T1", "name": "Tenant", "kind": "tenant"}]).is_park
    True
    """
    records = getattr(entities, "entities", entities)
    if isinstance(records, Mapping):
        records = records.values()
    shared_keys = dict(getattr(entities, "allocation", None) or {})
    park = getattr(entities, "park", None)
    found: dict[str, Member] = {}
    for record in records:
        member = _member(record, shared_keys, park)
        if member.id in found:
            raise BoundaryError(
                "B-010", entity=member.id, first=found[member.id].name, second=member.name
            )
        found[member.id] = member
    return Members(
        by_id=found,
        certificates=tuple(getattr(entities, "certificates", ()) or ()),
        name=str(getattr(entities, "name", "") or ""),
    )


def _member(record: Any, shared_keys: Mapping[str, str], park: Any) -> Member:
    get = field_of(record)
    kind = get("kind") or "enterprise"
    if kind not in KINDS:
        raise BoundaryError("B-011", entity=get("id"), kind=kind, kinds=", ".join(KINDS))
    own = dict(get("allocation") or {})
    parent = get("parent")
    return Member(
        id=str(get("id")),
        name=_label(get("name")) or str(get("id")),
        kind=kind,
        uscc=get("uscc"),
        parent=None if park is not None and parent == park.id else parent,
        region=get("region") or getattr(park, "region", None),
        share=get("share"),
        control=_control(get("control")),
        floor_area=get("floor_area"),
        headcount=get("headcount"),
        internal_factor=get("internal_factor"),
        allocation={**shared_keys, **own} if kind == "shared" else own,
        services=tuple(own),
        valid_from=get("valid_from"),
        valid_to=get("valid_to"),
    )


def field_of(record: Any) -> Callable[[str], Any]:
    """Reads a field of a record, whether it is a mapping or an object; None if absent.

    Examples
    --------
    >>> field_of({"id": "T1"})("id")
    'T1'
    """
    if isinstance(record, Mapping):
        return record.get
    return lambda name: getattr(record, name, None)


def _label(name: Any) -> str:
    if isinstance(name, Mapping):
        return str(name.get("zh") or name.get("en") or "")
    return str(name) if name else ""


def _control(value: Any) -> frozenset[str]:
    if not value:
        return frozenset()
    words: Iterable[Any] = value.replace("+", ",").split(",") if isinstance(value, str) else value
    found = {str(word).strip().removesuffix("_control") for word in words}
    if "both" in found:
        found = (found - {"both"}) | {"operational", "financial"}
    return frozenset(found)
