"""Who emits: enterprises, tenants, shared plants, and the park they form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from carboncalc.errors import Issue
from carboncalc.provenance import Frozen

EntityKind = Literal["enterprise", "tenant", "shared", "outside"]
FactorRule = Literal["efficiency", "energy", "exergy", "heat_ratio", "stated"]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_control(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "both" if value else "none"
    words = value.replace("+", ",").split(",") if isinstance(value, str) else value
    return ",".join(sorted({str(word).strip().removesuffix("_control") for word in words}))


#: An id: a spreadsheet or YAML may hand over a number.
Id = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Entity(Frozen):
    """One emitter: a legal entity, a tenant, a shared plant, or someone outside.

    Parameters
    ----------
    id, name
        The id that rows use; the name may be used as well.
    uscc
        Unified social credit code (统一社会信用代码).
    kind
        enterprise, tenant, shared or outside.
    parent
        The id of the entity or park that it belongs to.
    region
        Where its electricity comes from: a region id.
    methods
        Accounting method by source id; ``default`` for all others. A single id means the
        default.
    share
        The reporting group's economic share, 0–1.
    owners
        The shares of all owners by name, where they are given; they add up to 1.
    control
        Any of operational, financial, joint, both, none; several with a comma.
    floor_area, headcount
        m2 and persons, the keys of many allocations.
    sector
        Its sector, where a factor depends on it.
    internal_factor
        For a plant that supplies others: the rule its carriers' factors are made by, or
        stated factors by carrier, such as ``{"heat": "0.09 tCO2/GJ"}``.
    allocation
        For a plant that serves others: service → key that its emissions are allocated by.
    valid_from, valid_to
        First and last day that it belongs to its parent.

    Examples
    --------
    >>> Entity(id="A", methods="other-industry", region="CN-35").method("fossil_combustion")
    'other-industry'
    """

    id: Id
    name: str | None = None
    uscc: Annotated[str, BeforeValidator(_as_text)] | None = None
    kind: EntityKind = "enterprise"
    parent: Id | None = None
    region: Annotated[str, BeforeValidator(_as_text)] | None = None
    methods: dict[str, str] = Field(default_factory=dict)
    share: Share | None = None
    owners: dict[str, Share] = Field(default_factory=dict)
    control: Annotated[str | None, BeforeValidator(_as_control)] = None
    floor_area: Amount | None = None
    headcount: Amount | None = None
    sector: str | None = None
    internal_factor: FactorRule | dict[str, float | str] | None = None
    allocation: dict[str, str] = Field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_method(cls, given: Any) -> Any:
        if isinstance(given, dict):
            given = {key: value for key, value in given.items() if value is not None}
            if isinstance(given.get("methods"), str):
                given["methods"] = {"default": given["methods"]}
            if isinstance(given.get("share"), dict):
                given["owners"] = given.pop("share")
        return given

    def method(self, source: str) -> str | None:
        """The method for a source, or the default one, or None.

        Examples
        --------
        >>> plant = Entity(id="P", methods={"default": "chemical", "clinker": "cement-cets"})
        >>> plant.method("clinker"), plant.method("purchased_heat")
        ('cement-cets', 'chemical')
        """
        return self.methods.get(source, self.methods.get("default"))

    def belongs(self, start: date, end: date) -> bool:
        """Whether it is valid on all days from ``start`` until before ``end``.

        Examples
        --------
        >>> tenant = Entity(id="T", valid_to=date(2024, 6, 30))
        >>> tenant.belongs(date(2024, 6, 1), date(2024, 7, 1))
        True
        >>> tenant.belongs(date(2024, 6, 1), date(2024, 7, 2))
        False
        """
        begins = self.valid_from is None or start >= self.valid_from
        return begins and (
            self.valid_to is None or end.toordinal() - 1 <= self.valid_to.toordinal()
        )


class Certificate(Frozen):
    """Green-power certificates: who holds them and whose consumption they cover.

    Examples
    --------
    >>> Certificate(id="GEC-1", mwh=120, period="2024", owner="P", beneficiary="A").mwh
    120.0
    """

    id: Id
    mwh: Amount
    period: Annotated[str, BeforeValidator(_as_text)]
    owner: Id
    beneficiary: Id | None = None
    note: str | None = None


class Park(Frozen):
    """The park as a whole.

    Examples
    --------
    >>> Park(id="park", name="North Park").name
    'North Park'
    """

    id: Id
    name: str | None = None
    region: Annotated[str, BeforeValidator(_as_text)] | None = None
    note: str | None = None


class EntitySet(Frozen):
    """Entities with what is shared between them (contract section 6).

    Parameters
    ----------
    entities
        All of them, ids unique.
    park
        The park they form, if it is one.
    allocation
        Service → key for services that no entity of the file is named for.
    certificates
        Green-power certificates, ids unique.
    findings
        What is worth knowing about the file although it holds together.

    Examples
    --------
    >>> park = EntitySet(entities=(Entity(id="A", name="甲厂"), Entity(id="B", parent="A")))
    >>> park["A"].name, park.find("甲厂"), [entity.id for entity in park.children("A")]
    ('甲厂', ('A',), ['B'])
    """

    entities: tuple[Entity, ...] = ()
    park: Park | None = None
    allocation: dict[str, str] = Field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()
    findings: tuple[Issue, ...] = Field(default=(), exclude=True, repr=False)

    @property
    def name(self) -> str:
        """The park's name; empty if it is no park."""
        return (self.park.name or self.park.id) if self.park else ""

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        """Entities by id."""
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for entity in self.entities:
            for word in dict.fromkeys((entity.name, entity.uscc)):
                if word:
                    found[_folded(word)] = (*found.get(_folded(word), ()), entity.id)
        return found

    def find(self, text: str) -> tuple[str, ...]:
        """The ids a text may mean: an id first, else a name or credit code; empty if none."""
        if text in self.by_id:
            return (text,)
        return self._names.get(_folded(text), ())

    def children(self, parent: str) -> tuple[Entity, ...]:
        """The entities directly below one."""
        return tuple(entity for entity in self.entities if entity.parent == parent)

    def ids(self) -> tuple[str, ...]:
        """All ids, in file order."""
        return tuple(entity.id for entity in self.entities)

    def defaults(self) -> dict[str, dict[str, Any]]:
        """Per entity what a row that is silent takes from it: method, region, sector.

        Examples
        --------
        >>> EntitySet(entities=(Entity(id="A", methods="chemical"),)).defaults()
        {'A': {'method': {'default': 'chemical'}, 'region': None, 'sector': None}}
        """
        region = self.park.region if self.park else None
        return {
            entity.id: {
                "method": dict(entity.methods) or None,
                "region": entity.region or region,
                "sector": entity.sector,
            }
            for entity in self.entities
        }

    def __getitem__(self, entity_id: str) -> Entity:
        return self.by_id[entity_id]

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self.by_id

    def __len__(self) -> int:
        return len(self.entities)

    def each(self) -> Iterator[Entity]:
        """Entity by entity, in file order."""
        return iter(self.entities)

    def __repr__(self) -> str:
        kinds: dict[str, int] = {}
        for entity in self.entities:
            kinds[entity.kind] = kinds.get(entity.kind, 0) + 1
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "none"
        of = f" of {self.name}" if self.park else ""
        return f"EntitySet{of}: {counted}; {len(self.certificates)} certificates"


def _folded(text: str) -> str:
    import unicodedata

    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
