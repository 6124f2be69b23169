"""From an inventory and an entity file to a footprint."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import BoundaryError, Issue
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.footprint import bases
from carboncalc.footprint.boundary import weights
from carboncalc.footprint.cells import own_cells
from carboncalc.footprint.certificates import (
    Certificate,
    check_use,
    read_certificates,
    sold_green_power,
)
from carboncalc.footprint.flows import Flows, read_flows
from carboncalc.footprint.grains import grains_of, tonnes
from carboncalc.footprint.keys import AllocationKeys
from carboncalc.footprint.members import Members, members_of
from carboncalc.footprint.result import Footprint
from carboncalc.footprint.statement import Statement, state
from carboncalc.provenance import Policy

#: Sources of energy sold across the boundary count (negative) in these bases.
_WITH_EXPORTS = ("chosen", "document")


def consolidate(
    inv: Any,
    park: Any = None,
    boundary: str = "operational_control",
    *,
    keys: Mapping[str, Mapping[str, float]] | None = None,
    meter_class: Mapping[str, float] | None = None,
) -> Footprint:
    """The footprint of an enterprise or a park: who emits, who is charged, what adds up.

    A park is its tenants and shared plants less the transfers between them, each priced at
    the internal factor of its supplier: ``E = Σ (S1 + S2) − Σ q·f``, which equals
    ``Σ direct + net external energy`` whatever the factors are.

    Parameters
    ----------
    inv
        An inventory made by :func:`carboncalc.compute`.
    park
        The entity file (an entity set, or records with its fields); by default the one the
        activity table was read with, else every entity stands for itself.
    boundary
        ``operational_control``, ``financial_control`` or ``equity_share``.
    keys
        Allocation keys by name, tenant id → key, for services without a meter.
    meter_class
        Meter id → accuracy class in percent, where the two sides of a transfer may differ by
        other than 0.5 %.

    Returns
    -------
    Footprint
        Tonnes of CO2e by scope, entity and tenant; four totals; internal factors.

    Raises
    ------
    BoundaryError
        The boundary does not hold together: each kind has its own code and remedy (B-0xx).
    OwnershipError
        Shares or control contradict each other.
    TransferImbalanceError
        The two sides of a transfer differ; both figures are in the parameters.

    Examples
    --------
    >>> import carboncalc as cc
    >>> fp = cc.consolidate(cc.compute(cc.examples.park_table()), cc.examples.park_entities())
    >>> fp.by_tenant().index.tolist()
    ['T3', 'T2', 'T1', '(unallocated)']
    """
    chosen = bases.chosen_lines(inv)
    members = _members(inv, park, chosen)
    weighting = weights(members, boundary)
    flows = read_flows(inv.activity.rows, members, meter_class)
    certificates = read_certificates(members.certificates)
    _refuse_strangers(chosen, members)
    findings = [*flows.findings, *check_use(certificates, flows), *_left_out(chosen, members)]
    outputs = getattr(inv.activity, "outputs", None)
    allocation = AllocationKeys(members, outputs, keys)
    statements: dict[str, Statement | None] = {}
    gases: dict[str, list[str]] = {}
    for name, given in _lines(inv, chosen).items():
        if given is None:
            statements[name] = None
            continue
        lines = given
        if name == "ghgp_market" or (name == "chosen" and inv.policy.scope2 == "market"):
            lines = _with_sold_attributes(lines, certificates, members, flows, inv)
        try:
            bases.refuse_mixed_potentials(lines)
        except BoundaryError as error:
            if name == "chosen":
                raise
            findings.append(Issue(error.code, {**error.params, "total": name}, severity="finding"))
            statements[name] = None
            continue
        own = own_cells(lines, members, exports=name in _WITH_EXPORTS)
        statements[name] = state(name, own, flows, members, weighting, allocation)
        gases[name] = sorted(lines["gas"].dropna().unique())
    ets = bases.ets_lines(inv)
    if ets is not None:
        ets = ets[members.belonging(ets["entity"], ets["period_start"])]
    return Footprint(
        inventory=inv,
        members=members,
        boundary=boundary,
        weights=weighting,
        flow_table=flows,
        statements=statements,
        ets_compliance_t=None if ets is None else tonnes(grains_of(ets)),
        gases=gases,
        certificates=certificates,
        findings=(*findings, *_remarks(statements["chosen"], members)),
    )


def _members(inv: Any, park: Any, lines: pd.DataFrame) -> Members:
    entities = park if park is not None else getattr(inv.activity, "entities", None)
    if entities is not None:
        return members_of(entities)
    return members_of([{"id": name} for name in sorted(lines["entity"].dropna().unique())])


def _refuse_strangers(lines: pd.DataFrame, members: Members) -> None:
    for entity in sorted(set(lines["entity"].dropna()) - set(members.by_id)):
        raise BoundaryError("B-021", entity=entity, where="-", nearest=members.nearest(entity))


def _left_out(lines: pd.DataFrame, members: Members) -> list[Issue]:
    """Lines that are in the inventory and not in the footprint, said by entity."""
    inside = members.ids()
    lost = lines[~members.belonging(lines["entity"], lines["period_start"])]
    findings = []
    for entity, rows in lost.groupby("entity"):
        code = "B-045" if entity in inside else "B-044"
        about = {"entity": entity, "count": len(rows), "co2e_t": tonnes(grains_of(rows))}
        findings.append(Issue(code, about, severity="finding"))
    return findings


def _lines(inv: Any, chosen: pd.DataFrame) -> dict[str, pd.DataFrame | None]:
    return {
        "chosen": chosen,
        "document": bases.document_lines(inv),
        "ghgp_location": bases.ghgp_lines(inv, "location"),
        "ghgp_market": bases.ghgp_lines(inv, "market"),
    }


def _with_sold_attributes(
    lines: pd.DataFrame,
    certificates: tuple[Certificate, ...],
    members: Members,
    flows: Flows,
    inv: Any,
) -> pd.DataFrame:
    """Lines plus the non-green factor on power whose certificate was sold outside."""
    sold = sold_green_power(certificates, members, flows)
    if not sold:
        return lines
    extra = []
    for (plant, year), amount in sorted(sold.items()):
        factor = residual_factor(year, members.by_id[plant].region, inv.policy, _library(inv))
        extra.append(
            {
                "entity": plant,
                "scope": 2,
                "category": "electricity",
                "item": "electricity",
                "source": "certificate_sold",
                "gas": "CO2",
                "co2e_t": amount * factor,
                "mass_t": amount * factor,
                "period_start": pd.Timestamp(year, 1, 1),
            }
        )
    return pd.concat([lines, pd.DataFrame(extra)], ignore_index=True)


def residual_factor(year: int, region: str | None, policy: Policy, library: FactorLibrary) -> float:
    """The market factor of power without an attribute, in t CO2/MWh, as the policy chooses it.

    Raises
    ------
    BoundaryError
        ``B-064`` if the library has none for the year and the policy allows no other.

    Examples
    --------
    >>> residual_factor(2023, "CN-35", Policy(), FactorLibrary.default())
    0.6096
    """
    national = policy.market_residual == "excl_market_nonfossil"
    request = FactorRequest(
        set="grid",
        item="electricity",
        parameter="average_excl_market_nonfossil" if national else "average",
        region_rule="nation" if national else "ladder",
        year_rule="data_year",
    )
    found = match(library, request, ["CN" if national else region], [year], policy)
    value = float(found.value[0, 0])
    if np.isnan(value):
        raise BoundaryError("B-064", year=year, parameter=request.parameter)
    return value


@functools.cache
def _default_library() -> FactorLibrary:
    return FactorLibrary.default()


def _library(inv: Any) -> FactorLibrary:
    plan: Any = getattr(inv, "plan", None)
    return _default_library() if plan is None else plan.context.library


def _remarks(statement: Statement | None, members: Members) -> list[Issue]:
    """Findings that the figures themselves give rise to."""
    assert statement is not None
    remarks = []
    for row in statement.supplies.to_dict("records"):
        factor = row["reconciliation_factor"]
        if factor is not None and factor < 1 and not pd.isna(factor):
            remarks.append(
                Issue(
                    "B-041",
                    {
                        "entity": row["supplier"],
                        "carrier": row["carrier"],
                        "year": row["year"],
                        "main": row["main_meter"],
                        "sub": row["supplied"],
                        "unit": row["unit"],
                    },
                    severity="finding",
                )
            )
    if members.is_park and statement.scope("3"):
        remarks.append(Issue("B-043", {}, severity="finding"))
    return remarks
