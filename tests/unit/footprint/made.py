"""A made inventory for tests: rows with known factors, so that every sum is done by hand.

Electricity bought outside carries 0.5 t/MWh by location and by document and 0.6 by market,
heat bought outside 0.1 t/GJ, diesel 3 t/t, natural gas 20 t per 10^4 Nm3. Nothing here is
the engine: the tests of consolidation must not depend on it.
"""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from carboncalc.inventory.exact import on_grid
from carboncalc.provenance import Policy

FACTORS = {
    "location": {"electricity": 0.5, "heat": 0.1, "diesel": 3.0, "natural_gas": 20.0},
    "market": {"electricity": 0.6, "heat": 0.1, "diesel": 3.0, "natural_gas": 20.0},
}
FACTORS["method"] = FACTORS["location"]
CATEGORY = {
    "purchased_electricity": ("electricity", 2),
    "exported_electricity": ("electricity", 2),
    "purchased_heat": ("heat", 2),
    "exported_heat": ("heat", 2),
    "fossil_combustion": ("stationary", 1),
    "mobile_combustion": ("mobile", 1),
}
UNITS = {"electricity": "MWh", "heat": "GJ", "diesel": "t", "natural_gas": "10^4 Nm3"}


def row(entity, source, item, amount, counterparty=None, **more):
    """One activity row of 2024 unless ``period`` says otherwise."""
    period = more.pop("period", "2024")
    start = pd.Timestamp(more.pop("start", f"{period[:4]}-01-01"))
    end = pd.Timestamp(more.pop("end", f"{int(period[:4]) + 1}-01-01"))
    return {
        "entity": entity, "source": source, "item": item, "amount": float(amount),
        "unit": more.pop("unit", UNITS[item]), "counterparty": counterparty, "period": period,
        "period_start": start, "period_end": end, "instrument": more.pop("instrument", "none"),
        "certificate_id": more.pop("certificate_id", None), "meter": more.pop("meter", None),
        "process": more.pop("process", None), "scale": more.pop("scale", 1.0), **more,
    }  # fmt: skip


def inventory(rows, outputs=None, entities=None):
    """A stand-in with what a footprint takes from an inventory."""
    table = pd.DataFrame(rows)
    table["row"] = range(2, len(table) + 2)
    table["file"], table["sheet"] = "made.csv", None

    def view(scope2):
        lines = table.copy()
        direct = lines["instrument"] == "direct"
        factor = lines["item"].map(FACTORS[scope2]).where(~direct, 0.0)
        sign = lines["source"].str.startswith("exported_").map({True: -1.0, False: 1.0})
        lines["co2e_t"] = on_grid(lines["amount"] * lines["scale"] * factor * sign)
        lines["mass_t"] = lines["co2e_t"]
        lines["category"] = lines["source"].map({k: v[0] for k, v in CATEGORY.items()})
        lines["scope"] = lines["source"].map({k: v[1] for k, v in CATEGORY.items()})
        lines["method_id"], lines["gas"], lines["gwp_set"] = "other-industry", "CO2", "SAR"
        lines["line_id"] = [f"L{i:06d}" for i in range(1, len(lines) + 1)]
        made.lines, made.memo = lines, lines.head(0).assign(account=None)
        return made

    made = SimpleNamespace(
        activity=SimpleNamespace(rows=table, outputs=outputs, entities=entities),
        policy=Policy(),
        run=SimpleNamespace(digest="0" * 64),
        evidence_share=lambda: {"A": 0.0, "B": 1.0, "C": 0.0, "D": 0.0, "S": 0.0},
        view=view,
    )
    return view("method")
