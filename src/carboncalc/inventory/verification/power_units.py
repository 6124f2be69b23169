"""Production data of generation units as the power guide works them out, unit by unit.

Supplied power, heat, the share of heat, what a megawatt-hour and a gigajoule carry, and the load
factor stand beside the unit's emissions in the reporting table (附表C.5); none of them enters E,
and heat that is sold takes nothing off it. Formulas (A.4) to (A.24) of 环办气候〔2021〕9号 附件2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import UnitError
from carboncalc.inventory.totals import key_column
from carboncalc.methods.kernels import biomass_heat_share

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: What a row of the output table may be called, and the unit the formula takes it in.
MEASURES = {
    "generation": (("发电量", "generation"), "MWh"),
    "supplied": (("供电量", "power supplied"), "MWh"),
    "station_use": (("厂用电量", "station use"), "MWh"),
    "station_use_power": (("发电专用厂用电量", "station use of generation"), "MWh"),
    "station_use_shared": (("发电供热共用厂用电量", "shared station use"), "MWh"),
    "heat": (("供热量", "heat supplied"), "GJ"),
    "turbine_heat_out": (("汽轮机供热量", "heat supplied by the turbine"), "GJ"),
    "turbine_heat": (("汽轮机总耗热量", "汽轮机耗热量", "heat used by the turbine"), "GJ"),
    "boiler_heat": (("锅炉总产出热量", "heat made by the boiler"), "GJ"),
    "gas_heat": (("燃气热量", "heat of the gas burnt"), "GJ"),
    "hours": (("运行小时数", "running hours"), "h"),
    "capacity": (("装机容量", "capacity"), "MW"),
    "boiler_output": (("锅炉输出热量", "heat given off by the boiler"), "GJ"),
    "boiler_efficiency": (("锅炉效率", "boiler efficiency"), "1"),
    "fossil_heat": (("化石燃料热量", "heat of the fossil fuel"), "GJ"),
}
#: States and not flows: two values in one year say that the year has no single one.
STATES = frozenset({"capacity", "boiler_efficiency"})
COLUMNS = (
    "entity", "facility", "year", "co2e_t", "generation_mwh", "supplied_mwh", "heat_supplied_gj",
    "heat_share", "heat_share_by", "power_t_per_mwh", "heat_t_per_gj", "load_factor",
    "biomass_heat_share",
)  # fmt: skip
#: How the share of heat is found, best first: numerator, denominator, formula.
_SHARES = (
    ("turbine_heat_out", "turbine_heat", "A.11"),
    ("heat", "boiler_heat", "A.12"),
    ("heat", "gas_heat", "A.15"),
)


def power_units(inv: Inventory) -> pd.DataFrame:
    """One row per generation unit and year; what cannot be worked out is missing.

    ``co2e_t`` is what counts under the power guide at that unit. ``heat_share`` (供热比 a) is 0 for
    a unit that states its production without heat, else the first of (A.11), (A.12), (A.15) whose
    data are there, as ``heat_share_by`` says; a share outside 0 to 1 is no share. Supplied power
    is the figure given, else generation less station use, (A.4) or (A.5)(A.6).
    ``power_t_per_mwh`` is (1 − a)·E/W (A.19)(A.21) and ``heat_t_per_gj`` a·E/Q (A.20)(A.22).
    ``biomass_heat_share`` is (Q − Q fossil)/Q with Q = boiler output / efficiency: above 10 % a
    co-fired unit leaves the allowance scope (国环规气候〔2020〕3号, table 2).

    Examples
    --------
    >>> import carboncalc as cc
    >>> table = cc.read_activity([{"entity": "P", "facility": "1#", "period": "2022",
    ...     "method": "power-generation-cets", "source": "fossil_combustion", "item": "diesel",
    ...     "amount": 100, "unit": "t"}], outputs=[{"entity": "P", "facility": "1#",
    ...     "period": "2022", "measure": "供电量", "amount": 400, "unit": "MWh"}])
    >>> power_units(cc.compute(table)).power_t_per_mwh.round(4).tolist()
    [0.774]
    """
    outputs = getattr(inv.activity, "outputs", None)
    ledger = inv.ledger
    methods = key_column(ledger, "method").astype("U")
    mine = ledger.counted & np.char.startswith(methods, "power-generation-")
    if not mine.any():
        return pd.DataFrame(columns=list(COLUMNS))
    keys = [key_column(ledger, name) for name in ("entity", "facility", "year")]
    emitted = ledger.sums([np.where(pd.isna(key), "", key) for key in keys], mine)
    made = _measures(outputs)
    rows = [
        {"entity": place[0], "facility": place[1], "year": int(place[2]), "co2e_t": tonnes}
        | unit_figures(tonnes, made.get((place[0], place[1], int(place[2])), {}))
        for place, tonnes in zip(emitted.index.tolist(), emitted.tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unit_figures(emitted: float, made: dict[str, float]) -> dict[str, Any]:
    """The derived figures of one unit from its emissions and what it measured.

    Examples
    --------
    >>> found = unit_figures(800.0, {"generation": 1000.0, "station_use_power": 40.0,
    ...     "station_use_shared": 50.0, "heat": 3000.0, "boiler_heat": 15000.0})
    >>> found["heat_share"], found["supplied_mwh"], found["power_t_per_mwh"], found["heat_share_by"]
    (0.2, 920.0, 0.6956521739130435, 'A.12')
    """
    share, by = _heat_share(made) if made else (np.nan, "")
    supplied = made.get("supplied", _net(made, share))
    heat = made.get("heat", 0.0 if made else np.nan)
    span = made.get("capacity", np.nan) * made.get("hours", np.nan)
    return {
        "generation_mwh": made.get("generation", np.nan),
        "supplied_mwh": supplied,
        "heat_supplied_gj": heat,
        "heat_share": share,
        "heat_share_by": by,
        "power_t_per_mwh": _ratio((1.0 - share) * emitted, supplied),
        "heat_t_per_gj": _ratio(share * emitted, heat),
        "load_factor": _ratio(made.get("generation", np.nan), span),
        "biomass_heat_share": float(
            biomass_heat_share(
                *(
                    made.get(n, np.nan)
                    for n in ("boiler_output", "boiler_efficiency", "fossil_heat")
                )
            )
        ),
    }


def _heat_share(made: dict[str, float]) -> tuple[float, str]:
    if not made.get("heat") and not made.get("turbine_heat_out"):
        return 0.0, ""
    for part, whole, formula in _SHARES:
        if part in made and whole in made:
            share = _ratio(made[part], made[whole])
            return (share, formula) if 0.0 <= share <= 1.0 else (np.nan, formula)
    return np.nan, ""


def _net(made: dict[str, float], share: float) -> float:
    generation = made.get("generation", np.nan)
    if "station_use" in made:
        return generation - made["station_use"]
    if "station_use_power" in made:
        shared = made.get("station_use_shared", 0.0)
        return generation - made["station_use_power"] - shared * (1.0 - share)
    return np.nan


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else np.nan


def _measures(outputs: pd.DataFrame | None) -> dict[tuple[str, str, int], dict[str, float]]:
    """Named measures per entity, facility and year, in the units of the formulas."""
    found: dict[tuple[str, str, int], dict[str, float]] = {}
    if outputs is None or not len(outputs):
        return found
    known = {name.casefold(): key for key, (texts, _) in MEASURES.items() for name in texts}
    facility = outputs["facility"] if "facility" in outputs else pd.Series([""] * len(outputs))
    years = pd.to_datetime(outputs["period_start"]).dt.year
    for entity, place, year, measure, amount, unit in zip(
        outputs["entity"].tolist(), facility.where(facility.notna(), "").tolist(),
        years.tolist(), outputs["measure"].tolist(), outputs["amount"].tolist(),
        outputs["unit"].tolist(), strict=True,
    ):  # fmt: skip
        key = known.get(str(measure).casefold())
        if key is None:
            continue
        try:
            value = float(amount) * units.scale(str(unit), MEASURES[key][1])
        except UnitError:
            continue
        of_unit = found.setdefault((entity, place, int(year)), {})
        if key in STATES:
            of_unit[key] = value if of_unit.get(key, value) == value else np.nan
        else:
            of_unit[key] = of_unit.get(key, 0.0) + value
    return found
