"""The footprint: one total that can be taken apart by scope, entity and tenant."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.errors import BoundaryError, Issue
from carboncalc.footprint.boundary import Weight
from carboncalc.footprint.flows import Flows
from carboncalc.footprint.grains import tonnes
from carboncalc.footprint.members import Member, Members
from carboncalc.footprint.statement import Statement

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: The name of what stays with shared plants in ``by_tenant``.
UNALLOCATED = "(unallocated)"


@dataclass(frozen=True, eq=False)
class Footprint:
    """Emissions of an enterprise or a park within a boundary, in tonnes of CO2e.

    Made by :func:`carboncalc.consolidate`. ``statements`` holds the same footprint on each
    basis: ``chosen`` (the inventory's own), ``document``, ``ghgp_location``, ``ghgp_market``.

    Examples
    --------
    >>> import carboncalc as cc
    >>> fp = cc.examples.park_footprint()
    >>> tenants = fp.by_tenant()
    >>> bool(abs(tenants.co2e_t.sum() - fp.co2e_t) < 1e-9)
    True
    """

    inventory: Any
    members: Members
    boundary: str
    weights: Mapping[str, Weight]
    flow_table: Flows
    statements: Mapping[str, Statement | None]
    ets_compliance_t: float | None
    gases: Mapping[str, list[str]]
    certificates: tuple[Any, ...] = ()
    findings: tuple[Issue, ...] = field(default=())

    # -- totals ------------------------------------------------------------------------

    @property
    def statement(self) -> Statement:
        """The statement on the inventory's own basis."""
        found = self.statements["chosen"]
        assert found is not None
        return found

    @property
    def co2e_t(self) -> float:
        """The total on the inventory's own basis, in t CO2e."""
        return tonnes(self.statement.total)

    @functools.cached_property
    def years(self) -> str:
        """The calendar years of the data, such as ``2024`` or ``2023–2024``."""
        years = sorted({cell.year for cell in self.statement.own})
        return "–".join(str(year) for year in dict.fromkeys([*years[:1], *years[-1:]]))

    @functools.cached_property
    def totals(self) -> dict[str, float | None]:
        """``document``, ``ets_compliance``, ``ghgp_location``, ``ghgp_market`` in t CO2e.

        Internal transfers are eliminated in all but ``ets_compliance``, which adds up what
        each enterprise has to account for by itself. None where a total cannot be had.
        """
        out: dict[str, float | None] = {
            "document": self._total("document"),
            "ets_compliance": self.ets_compliance_t,
        }
        return out | {name: self._total(name) for name in ("ghgp_location", "ghgp_market")}

    def _total(self, name: str) -> float | None:
        statement = self.statements[name]
        return None if statement is None else tonnes(statement.total)

    def by_scope(self) -> dict[str, float | None]:
        """Totals by scope in t CO2e; scope 2 on each basis, internal supply eliminated.

        Scope 3 is None where nothing of it was assessed: absent is not zero.
        """
        scope3 = self.statement.scope("3")

        def scope2(name: str) -> float | None:
            found = self.statements[name]
            return None if found is None else tonnes(found.scope("2"))

        return {
            "1": tonnes(self.statement.scope("1")),
            "2_location": scope2("ghgp_location"),
            "2_market": scope2("ghgp_market"),
            "2_method": scope2("document"),
            "3": tonnes(scope3) if scope3 else None,
        }

    # -- tables ------------------------------------------------------------------------

    def by_entity(self, basis: str = "chosen") -> pd.DataFrame:
        """One row per member: what it emits, what it is charged, what it passes on (t CO2e).

        Columns: name, kind, weight, scope1, scope2_external, scope2_internal, scope3,
        allocated, passed_on (negative), co2e_t. The last column adds up to the total.

        Raises
        ------
        BoundaryError
            ``B-014`` if the footprint has no statement on that basis.
        """
        parts = self.on(basis).by_member()
        rows = [
            {
                "entity": member.id,
                "name": member.name,
                "kind": member.kind,
                "weight": float(self.weights[member.id].weight),
                **{name: tonnes(count) for name, count in parts[member.id].items()},
                "co2e_t": tonnes(sum(parts[member.id].values())),
            }
            for member in self.members.inside()
        ]
        return pd.DataFrame(rows).set_index("entity")

    def on(self, basis: str) -> Statement:
        """The statement on a basis: chosen, document, ghgp_location or ghgp_market."""
        statement = self.statements.get(basis)
        if statement is None:
            held = [name for name, value in self.statements.items() if value is not None]
            raise BoundaryError("B-014", basis=basis, held=", ".join(held))
        return statement

    def by_tenant(self, basis: str = "chosen") -> pd.DataFrame:
        """One row per tenant (or enterprise) and one for what stays with the shared plants.

        Columns: name, scope1, scope2 (bought outside and inside), scope3, allocated (shared
        services), passed_on, co2e_t. The last column adds up to the total of the park.
        """
        table = self.by_entity(basis)
        shared = table[table["kind"] == "shared"]
        users = table[table["kind"] != "shared"]
        out = pd.DataFrame(
            {
                "name": users["name"],
                "scope1": users["scope1"],
                "scope2": users["scope2_external"] + users["scope2_internal"],
                "scope3": users["scope3"],
                "allocated": users["allocated"],
                "passed_on": users["passed_on"],
                "co2e_t": users["co2e_t"],
            }
        )
        if len(shared):
            parts = self.on(basis).by_member()
            left = tonnes(sum(sum(parts[entity].values()) for entity in shared.index))
            rest = {"name": UNALLOCATED, "co2e_t": left}
            row = pd.DataFrame(rest, index=[UNALLOCATED]).reindex(columns=out.columns)
            out = pd.concat([out, row.fillna(dict.fromkeys(out.columns[1:-1], 0.0))])
        return out.sort_values("co2e_t", ascending=False, kind="stable")

    def unallocated(self, basis: str = "chosen") -> pd.DataFrame:
        """What stays with the shared plants, by plant and service (t CO2e)."""
        items = self.on(basis).unallocated.items()
        rows = [{"entity": e, "service": s, "co2e_t": tonnes(n)} for (e, s), n in items]
        return pd.DataFrame(rows, columns=["entity", "service", "co2e_t"])

    def internal_factors(self, basis: str = "chosen") -> pd.DataFrame:
        """The internal factor of every supply, and the reconciliation factor of a resale.

        ``factor`` is t CO2e per ``unit``; ``reconciliation_factor`` = main meter ÷ Σ
        sub-meters where power or heat is passed on by a shared plant.
        """
        return self.on(basis).supplies.copy()

    def transfers(self) -> pd.DataFrame:
        """Both sides of every internal transfer, and whether they agree."""
        return self.flow_table.checks.copy()

    def excluded(self) -> pd.DataFrame:
        """What the boundary leaves out, with the scope 3 category where it belongs."""
        rows = [
            {
                "entity": entity,
                "excluded_share": float(1 - self.weights[entity].weight),
                "category": self.weights[entity].rest_category,
                "co2e_t": tonnes(count),
            }
            for entity, count in self.statement.excluded.items()
        ]
        return pd.DataFrame(rows, columns=["entity", "excluded_share", "category", "co2e_t"])

    # -- walking down ------------------------------------------------------------------

    def entity(self, text: str) -> Member:
        """The member of that id or name.

        Raises
        ------
        BoundaryError
            ``B-015`` with the nearest, or with all of the same name.
        """
        found = [m for m in self.members.inside() if text in (m.id, m.name)]
        if len(found) != 1:
            near = ", ".join(m.id for m in found) or self.members.nearest(text)
            raise BoundaryError("B-015", entity=text, nearest=near)
        return found[0]

    def explain(
        self, entity: str | None = None, top: int = 5, basis: str = "chosen"
    ) -> pd.DataFrame:
        """The largest parts of an entity's (or the whole footprint's) emissions.

        Columns: entity, part (own | supplied by … | allocated by … | passed on to …), source,
        item, scope, co2e_t, share of the total magnitude.
        """
        from carboncalc.footprint.explain import largest_parts

        chosen = None if entity is None else self.entity(entity).id
        return largest_parts(self.on(basis), self.members, chosen, top)

    def lines_of(self, entity: str) -> pd.DataFrame:
        """The inventory lines of an entity, for the walk down with ``inventory.trace``."""
        lines = self.inventory.lines
        found: pd.DataFrame = lines[lines["entity"] == self.entity(entity).id]
        return found

    def flows(self, basis: str = "chosen") -> pd.DataFrame:
        """Carbon and energy from where they arise to who bears them.

        Columns: origin, target, kind (fuel | process | purchase | supply | service), label,
        quantity, unit, co2e_t.
        """
        from carboncalc.footprint.explain import flow_frame

        return flow_frame(self.on(basis), self.members)

    def sankey(self, lang: str | None = None, basis: str = "chosen") -> go.Figure:
        """The flows as a plotly figure (needs the extra ``report``)."""
        from carboncalc.footprint.sankey import carbon_sankey

        return carbon_sankey(self, lang=lang, basis=basis)

    def intensity(
        self, per: str, *, level: str = "footprint", basis: str = "chosen"
    ) -> pd.DataFrame:
        """Emissions per unit of a measure of the output table.

        See :func:`carboncalc.footprint.intensity.intensities`.
        """
        from carboncalc.footprint.intensity import intensities

        return intensities(self, per, level=level, basis=basis)

    def profile(self, name: str, **inputs: Any) -> Any:
        """The footprint under a park profile: ``ndrc910`` (zero-carbon park) or ``ghg7``.

        See :func:`carboncalc.footprint.profiles.apply_profile`.
        """
        from carboncalc.footprint.profiles import apply_profile

        return apply_profile(self, name, **inputs)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the footprint by name, for a workbook or a page."""
        scopes = pd.DataFrame(self.by_scope().items(), columns=["scope", "co2e_t"])
        totals = pd.DataFrame(self.totals.items(), columns=["total", "co2e_t"])
        totals["gases"] = [", ".join(self.gases.get(name, [])) for name in totals["total"]]
        return {
            "by_scope": scopes,
            "totals": totals,
            "by_entity": self.by_entity().reset_index(),
            "by_tenant": self.by_tenant().reset_index(names="tenant"),
            "internal_factors": self.internal_factors(),
            "transfers": self.transfers(),
            "unallocated": self.unallocated(),
            "excluded": self.excluded(),
            "flows": self.flows(),
            "findings": pd.DataFrame([issue.record() for issue in self.findings]),
        }

    def to_json(self) -> dict[str, Any]:
        """The footprint as plain values (``park --json``)."""
        from carboncalc.footprint.show import summary

        return summary(self)

    def __repr__(self) -> str:
        from carboncalc.footprint.show import in_ten_lines

        return in_ten_lines(self)

    def _repr_html_(self) -> str:
        from carboncalc.footprint.show import as_html

        return as_html(self)
