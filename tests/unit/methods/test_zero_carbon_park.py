"""The park method computed as any other: every kWh by its instrument, heat by mass too.

发改环资〔2025〕910号 annex 4: direct and certified power 0, every other kWh 0.8325 t/MWh, heat
0.11 t/GJ.
"""

import warnings
from typing import Any

import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning

ROW = {"entity": "e", "period": "2023", "region": "CN-35", "method": "zero-carbon-park"}
POWER = {"source": "purchased_electricity", "item": "electricity", "amount": 100.0, "unit": "MWh"}


def total(row: dict[str, Any]) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute([{**ROW, **row}]).co2e_t


@pytest.mark.parametrize(
    ("instrument", "factor"),
    [("none", 0.8325), ("direct", 0), ("green_trade", 0), ("gec", 0), ("ppa", 0.8325)],
)
def test_the_instrument_decides_the_factor(instrument: str, factor: float) -> None:
    assert total({**POWER, "instrument": instrument}) == pytest.approx(100 * factor, rel=1e-9)


def test_heat_may_be_metered_as_steam_or_hot_water() -> None:
    heat = {"source": "purchased_heat", "amount": 100.0, "unit": "t"}
    steam = total({**heat, "item": "steam", "enthalpy": "2800 kJ/kg"})
    assert steam == pytest.approx(100 * (2800 - 83.74) / 1000 * 0.11, rel=1e-12)
    water = total({**heat, "item": "hot_water", "temperature": "70 degC"})
    assert water == pytest.approx(100 * 50 * 4.1868 / 1000 * 0.11, rel=1e-12)
