"""The profile of seven gases: scopes 1 and 2, by location and by market, gas by gas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carboncalc.footprint.bases import ghgp_lines
from carboncalc.footprint.flows import TRANSFER_SOURCES
from carboncalc.footprint.grains import grains_by, tonnes


@dataclass(frozen=True, eq=False)
class GasProfile:
    """Scopes 1 and 2 of seven gases in t CO2e; ``by_gas`` has one row per gas and scope.

    ``gases_without_lines`` are gases of the seven that no line names: absent, not zero.
    """

    name: str
    rules: Mapping[str, Any]
    years: str
    location_t: float | None
    market_t: float | None
    by_gas: pd.DataFrame
    gwp_sets: tuple[str, ...]
    gases_without_lines: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The profile as plain values."""
        return {
            "contract": 1,
            "profile": self.name,
            "years": self.years,
            "ghgp_location_t": self.location_t,
            "ghgp_market_t": self.market_t,
            "by_gas": self.by_gas.to_dict("records"),
            "gwp_sets": list(self.gwp_sets),
            "gases_without_lines": list(self.gases_without_lines),
            "holes": list(self.rules["holes"]),
        }

    def __repr__(self) -> str:
        def shown(value: float | None) -> str:
            return "-" if value is None else f"{value:,.2f} t CO2e"

        lines = [
            f"<GasProfile {self.name} {self.years}>",
            f"  location: {shown(self.location_t)}",
            f"  market: {shown(self.market_t)}",
            f"  GWP: {', '.join(self.gwp_sets) or '-'}",
            f"  without lines: {', '.join(self.gases_without_lines) or '-'}",
        ]
        return "\n".join(lines)


def seven_gases(footprint: Any, rules: Mapping[str, Any]) -> GasProfile:
    """The footprint as seven gases, internal transfers eliminated, exports not credited."""
    lines = ghgp_lines(footprint.inventory, "location")
    if lines is None:
        lines = ghgp_lines(footprint.inventory, "market")
    table = pd.DataFrame(columns=["gas", "scope", "co2e_t"])
    sets: tuple[str, ...] = ()
    if lines is not None:
        lines = _inside(lines, footprint)
        sums = grains_by(lines, ["gas", "scope"])
        rows = [(gas, int(scope), tonnes(count)) for (gas, scope), count in sorted(sums.items())]
        table = pd.DataFrame(rows, columns=["gas", "scope", "co2e_t"])
        sets = tuple(sorted(set(lines.loc[lines["gas"] != "CO2", "gwp_set"].dropna())))
    seen = {family_of(gas) for gas in table["gas"]}
    return GasProfile(
        name=rules["id"],
        rules=rules,
        years=footprint.years,
        location_t=footprint.totals["ghgp_location"],
        market_t=footprint.totals["ghgp_market"],
        by_gas=table,
        gwp_sets=sets,
        gases_without_lines=tuple(gas for gas in rules["gases"] if gas not in seen),
    )


def _inside(lines: pd.DataFrame, footprint: Any) -> pd.DataFrame:
    members = footprint.members
    keep = members.belonging(lines["entity"], lines["period_start"])
    transfer = lines["source"].isin(list(TRANSFER_SOURCES))
    keep &= ~(transfer & members.belonging(lines["counterparty"], lines["period_start"]))
    inside: pd.DataFrame = lines[keep]
    return inside


def family_of(gas: str) -> str:
    """The one of the seven that a gas belongs to.

    Examples
    --------
    >>> [family_of(gas) for gas in ("CH4_fossil", "HFC-134a", "CF4", "SF6")]
    ['CH4', 'HFCs', 'PFCs', 'SF6']
    """
    if gas.startswith("HFC"):
        return "HFCs"
    if gas.startswith(("CF4", "C2F6", "C3F8", "C4F", "c-C", "PFC", "C5F", "C6F")):
        return "PFCs"
    return gas.split("_", 1)[0]
