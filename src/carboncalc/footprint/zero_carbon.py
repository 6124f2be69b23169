"""The national zero-carbon park (发改环资〔2025〕910号): CO2 per unit of energy, and the verdict.

``c = E / W`` with ``E = E_fuel + E_el + E_heat + E_process`` (CO2 only, annex 4) and ``W``
the energy consumed with electricity at primary equivalent (annex 3). Power that is supplied
directly from non-fossil plants or carries certificates is 0, every other kWh takes the
factor the text prints. Nothing is netted: no offsets, no sinks, no capture.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import Issue
from carboncalc.footprint.certificates import sold_green_power
from carboncalc.footprint.flows import TRANSFER_SOURCES
from carboncalc.footprint.grains import grains_of, tonnes
from carboncalc.footprint.indicators import Indicator, core_indicator, guiding_indicators
from carboncalc.footprint.park_energy import (
    Power,
    biomass_coal,
    energy_coefficient,
    fuel_table,
    net_heat,
    power_of,
)
from carboncalc.footprint.primary import PrimaryEquivalent, read_primary
from carboncalc.footprint.profile_result import ParkProfile
from carboncalc.inventory.calculator import Calculator

#: Sources that the method has; whatever else a park emits has no place in its total.
_SOURCES = ("fossil_combustion", "mobile_combustion", "biomass_combustion", *TRANSFER_SOURCES)
#: Columns of a row that would replace a factor the text prints.
_PRINTED = ("grid_factor", "emission_factor")
#: Recovery is not netted (no term for it in annex 4).
_NOT_NETTED = ("co2_recovery", "ch4_recovery")


def assess(
    footprint: Any,
    rules: Mapping[str, Any],
    *,
    primary_tce: PrimaryEquivalent | Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    not_applicable: Mapping[str, str] | None = None,
) -> ParkProfile:
    """The park under the zero-carbon rules.

    The park is its place: shares and control of the boundary play no part here.

    Parameters
    ----------
    primary_tce
        The primary equivalent of electricity with value, unit, date and source; by default
        the measure ``tce_primary_coefficient`` of the output table.
    facts
        What the guiding indicators Z2–Z5 are made of, see
        :func:`carboncalc.footprint.indicators.guiding_indicators`.
    not_applicable
        Guiding indicator → reason, where the park lacks the objective conditions.

    Raises
    ------
    BoundaryError
        ``B-090``–``B-094``: an input is missing or does not fit.
    """
    inv = footprint.inventory
    library = inv.plan.context.library
    calculated = Calculator(library, _policy(inv.policy)).compute(_activity(inv.activity))
    lines = _inside(calculated.lines, footprint)
    calorific = energy_coefficient("electricity", "MWh", library, inv.policy)
    primary = read_primary(primary_tce, getattr(inv.activity, "outputs", None), calorific)
    flows = footprint.flow_table
    sold = math.fsum(sold_green_power(footprint.certificates, footprint.members, flows).values())
    power = power_of(flows, sold)
    fuels = fuel_table(lines, library, inv.policy)
    emissions = _emissions(lines, footprint, power, library)
    rows = inv.activity.rows
    rows = rows[footprint.members.belonging(rows["entity"], rows["period_start"])]
    biomass = biomass_coal(rows)
    heat = net_heat(flows) * energy_coefficient("heat", "GJ", library, inv.policy)
    energy = _Energy(math.fsum(fuels["tce"]), biomass, power, heat)
    total = emissions["co2_t"].sum()
    spread = rules["verdict_range"]
    cases = [
        _case(rules, total, energy, primary.per_mwh * factor, factor - 1)
        for factor in (1 - spread, 1.0, 1 + spread)
    ]
    core = core_indicator(rules, cases[1]["c"], cases[1]["W_10kt"])
    clean_tce = power.green * primary.per_mwh + biomass
    clean = clean_tce / cases[1]["W_tce"] if cases[1]["W_tce"] else None
    guiding = guiding_indicators(rules, clean, facts or {}, not_applicable or {})
    return ParkProfile(
        name=rules["id"],
        rules=rules,
        years=footprint.years,
        co2_t=float(total),
        emissions=emissions,
        energy=energy.table(primary.per_mwh),
        fuels=fuels,
        primary=primary,
        cases=pd.DataFrame(cases),
        indicators=(core, *guiding),
        direct_share=power.direct_share,
        inventory=calculated,
        findings=_findings(calculated, power),
        summary_facts={"power_MWh": power.consumed, "green_power_MWh": power.green},
    )


def _policy(policy: Any) -> Any:
    return policy.model_copy(update={"gwp": "method", "scope2": "method", "edition": None})


def _activity(table: Any) -> Any:
    """The same readings under the method of the programme.

    A supplier's own grid factor is not heard, because the text prints one.
    """
    rows = table.rows[table.rows["source"].isin(_SOURCES)].copy()
    rows["method"] = pd.Series("zero-carbon-park", index=rows.index, dtype="str")
    electricity = rows["source"].isin(["purchased_electricity", "exported_electricity"])
    for name in _PRINTED:
        if name in rows:
            rows[name] = rows[name].where(~electricity, np.nan)
    measured = table.parameters
    if measured is not None and len(measured):
        about_power = measured["parameter"].isin(_PRINTED) & measured["source"].isin(
            ["purchased_electricity", "exported_electricity"]
        )
        measured = measured[~about_power & (measured["parameter"] != "grid_factor")]
    return dataclasses.replace(table, rows=rows, parameters=measured)


def _inside(lines: pd.DataFrame, footprint: Any) -> pd.DataFrame:
    """Lines of members without the transfers between them."""
    members = footprint.members
    entity, other = lines["entity"].astype(object), lines["counterparty"].astype(object)
    keep = members.belonging(entity, lines["period_start"])
    transfer = lines["source"].astype(object).isin(list(TRANSFER_SOURCES))
    inside: pd.DataFrame = lines[
        keep & ~(transfer & members.belonging(other, lines["period_start"]))
    ]
    return inside


def _emissions(lines: pd.DataFrame, footprint: Any, power: Power, library: Any) -> pd.DataFrame:
    """E by term of annex 4, in t CO2."""
    source = lines["source"].astype(object)

    def of(*names: str) -> float:
        return tonnes(grains_of(lines[source.isin(names)], "mass_t"))

    own = _inside(footprint.inventory.lines, footprint)
    process = own[
        (own["category"].astype(object) == "process")
        & (own["gas"].astype(object) == "CO2")
        & ~own["source"].astype(object).isin(_NOT_NETTED)
    ]
    printed = library.by_id("ndrc-2025-910-zero-carbon-park/electricity/emission_factor[CO2]@1")
    rows = [
        ("E_fuel", of("fossil_combustion", "mobile_combustion")),
        ("E_el_in", of("purchased_electricity")),
        ("E_el_out", of("exported_electricity")),
        ("E_el_sold_attributes", power.certificates_sold * printed.value),
        ("E_heat_in", of("purchased_heat")),
        ("E_heat_out", of("exported_heat")),
        ("E_process", tonnes(grains_of(process, "mass_t"))),
    ]
    return pd.DataFrame(rows, columns=["term", "co2_t"])


@dataclasses.dataclass(frozen=True)
class _Energy:
    fuels: float
    biomass: float
    power: Power
    heat: float

    def tce(self, per_mwh: float) -> float:
        return self.fuels + self.biomass + self.power.consumed * per_mwh + self.heat

    def table(self, per_mwh: float) -> pd.DataFrame:
        rows = [
            ("fuels", self.fuels),
            ("biomass", self.biomass),
            ("electricity", self.power.consumed * per_mwh),
            ("heat", self.heat),
        ]
        return pd.DataFrame(rows, columns=["term", "tce"])


def _case(
    rules: Mapping[str, Any], total: float, energy: _Energy, per_mwh: float, shift: float
) -> dict[str, Any]:
    """c, band and status with the primary equivalent moved by a share."""
    consumed = energy.tce(per_mwh)
    intensity = total / consumed if consumed else None
    found: Indicator = core_indicator(rules, intensity, consumed / 1e4)
    return {
        "shift": round(shift, 6),
        "primary_tce_per_MWh": per_mwh,
        "W_tce": consumed,
        "W_10kt": consumed / 1e4,
        "c": intensity,
        "limit": found.threshold,
        "band": found.band,
        "status": found.status,
    }


def _findings(calculated: Any, power: Power) -> tuple[Issue, ...]:
    once: dict[tuple[str, str], Issue] = {}
    for issue in calculated.findings:
        if issue.code in ("B-100", "B-101"):
            once.setdefault((issue.code, str(issue.params.get("item"))), issue)
    return tuple(once.values())
