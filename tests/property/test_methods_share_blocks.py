"""Laws of the methods: one block, one result; a unit change changes nothing."""

import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning

#: Every document whose combustion takes a calorific value and a carbon content.
BURNING = [
    method_id
    for method_id in cc.method_ids()
    # a park profile is set on a whole park and is no document that a row can name
    if method_id != "zero-carbon-park" and "fossil_combustion" in cc.load_method(method_id).sources
]
YEARS = {"power-generation-cets": "2022"}


def burn(methods: list[str], amount: float, unit: str, **own: str) -> pd.Series:
    data = pd.DataFrame(
        [
            {
                "entity": method, "period": YEARS.get(method, "2024"), "method": method,
                "source": "fossil_combustion", "item": "diesel", "amount": amount, "unit": unit,
                **own,
            }
            for method in methods
        ]
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        lines = cc.compute(data).lines
    return lines[lines["gas"] == "CO2"].set_index("entity")["mass_t"]


@settings(max_examples=15, deadline=None)
@given(
    amount=st.floats(0.001, 1e6),
    heat=st.floats(10, 50).map(lambda x: round(x, 3)),
    carbon=st.floats(0.015, 0.03).map(lambda x: round(x, 5)),
    oxidation=st.integers(90, 100),
)
def test_methods_that_share_a_block_give_the_same_bits(
    amount: float, heat: float, carbon: float, oxidation: int
) -> None:
    own = {
        "net_calorific_value": f"{heat} GJ/t",
        "carbon_content": f"{carbon} tC/GJ",
        "oxidation_factor": f"{oxidation} %",
    }
    masses = burn(BURNING, amount, "t", **own)
    assert len(masses) == len(BURNING)
    assert masses.nunique() == 1


@pytest.mark.parametrize("method", [m for m in BURNING if m not in ("flat-glass",)])
def test_a_default_typed_in_gives_the_bits_of_the_default(method: str) -> None:
    plain = burn([method], 123.456, "t")
    data = cc.load_method(method)
    year = int(YEARS.get(method, "2024"))
    library = cc.FactorLibrary.default()
    route = data.sources["fossil_combustion"].route("ncv_carbon")
    own = {}
    for name in ("net_calorific_value", "carbon_content", "oxidation_factor"):
        for query in route.inputs[name].factors:
            bound = query.bind(item="diesel", parameters=data.edition(year).parameters)
            rows = [] if bound is None else library.rows_for(bound.set, bound.item, bound.parameter)
            if len(rows) == 1 and library.grades[rows[0]] != "D":
                own[name] = f"{library.cell(rows[0], 'value')} {library.units[rows[0]]}"
                break
    assert len(own) == 3
    assert burn([method], 123.456, "t", **own).tolist() == plain.tolist()


@pytest.mark.parametrize("unit", ["kg", "万吨", "g"])
def test_the_unit_of_the_amount_changes_no_more_than_four_ulp(unit: str) -> None:
    scale = {"kg": 1000.0, "万吨": 1e-4, "g": 1e6}[unit]
    for method in ("other-industry", "ghg-protocol", "chemical"):
        base = burn([method], 12.5, "t").iloc[0]
        other = burn([method], 12.5 * scale, unit).iloc[0]
        assert abs(other - base) <= 4 * 2.0**-52 * base + 2.0**-44
