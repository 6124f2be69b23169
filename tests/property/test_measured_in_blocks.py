"""Values that rows or a parameter table give: the block path equals the ledger to the bit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc as cc
from carboncalc.inventory import by_ledger
from carboncalc.provenance import Policy

BY = ["entity", "month", "scope", "source"]

#: source, item, unit, calorific value and its unit, carbon per heat (round figures near defaults)
FUELS = [
    ("fossil_combustion", "bituminous_coal", "t", 22.0, "GJ/t", 0.0262),
    ("fossil_combustion", "natural_gas", "10^4 Nm3", 380.0, "GJ/10^4 Nm3", 0.0153),
    ("mobile_combustion", "gasoline", "kg", 43.0, "GJ/t", 0.0189),
]
METHODS = ("other-industry", "land-transport", "ghg-protocol")


def readings(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Made rows of three fuels and electricity, five plants, twelve months, three documents."""
    ways = [*(fuel[:3] for fuel in FUELS), ("purchased_electricity", "electricity", "MWh")]
    way = [ways[i] for i in rng.integers(0, len(ways), rows)]
    return pd.DataFrame(
        {
            "entity": [f"P{i}" for i in rng.integers(0, 5, rows)],
            "facility": [("north", "south")[i] for i in rng.integers(0, 2, rows)],
            "period": [f"2023-{m:02d}" for m in rng.integers(1, 13, rows)],
            "method": [METHODS[i] for i in rng.integers(0, 3, rows)],
            "source": [w[0] for w in way],
            "item": [w[1] for w in way],
            "unit": [w[2] for w in way],
            "amount": np.round(rng.lognormal(3, 2, rows), 3),
            "region": "CN-35",
        }
    )


def measurements(rng: np.random.Generator, *, facility: bool) -> cc.ParameterTable:
    """Monthly calorific values and carbon with holes, one unit changing, yearly oxidation."""
    rows = []
    for entity in range(5):
        for source, item, _, ncv, unit, carbon in FUELS[:2]:
            place = {"entity": f"P{entity}", "source": source, "item": item}
            if facility:
                place["facility"] = "north"
            for month in range(1, 13):
                here = {**place, "period": f"2023-{month:02d}"}
                ncv_unit, scale = (("MJ/t", 1000), (unit, 1))[unit != "GJ/t" or month % 2]
                for parameter, value, spelled in (
                    ("net_calorific_value", ncv * scale, ncv_unit),
                    ("carbon_content", carbon, "tC/GJ"),
                ):
                    if rng.random() < 0.7:
                        figure = value * rng.uniform(0.9, 1.1)
                        rows.append(
                            {**here, "parameter": parameter, "value": figure, "unit": spelled}
                        )
            rows.append(
                {**place, "period": "2023", "parameter": "oxidation_factor", "value": 97.0,
                 "unit": "%"}
            )  # fmt: skip
    return cc.read_parameters(rows)


def with_own_values(rng: np.random.Generator, data: pd.DataFrame) -> pd.DataFrame:
    """Some rows give an oxidation factor, some coal rows a calorific value, in two units."""
    rows = len(data)
    burnt = data["source"].isin(["fossil_combustion", "mobile_combustion"]).to_numpy()
    coal = (data["item"] == "bituminous_coal").to_numpy()
    mega = rng.random(rows) < 0.5
    ncv = np.where(coal & (rng.random(rows) < 0.4), rng.uniform(20, 24, rows), np.nan)
    return data.assign(
        oxidation_factor=np.where(burnt & (rng.random(rows) < 0.4), 0.95, np.nan),
        net_calorific_value=np.where(mega, ncv * 1000, ncv),
        net_calorific_value_unit=np.where(mega, "MJ/t", "GJ/t"),
    )


def both(data, by=BY, *, parameters=None, entities=None, threads=1, **choices):
    """The two paths' tables; the first must not have left the blocks."""
    slow = by_ledger.aggregate_by_ledger(
        data, by, policy=Policy(**choices), library=None, entities=entities,
        parameters=parameters,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_ledger, "aggregate_by_ledger", lambda *a, **k: pytest.fail("left blocks"))
        fast = cc.aggregate(
            data, by, parameters=parameters, entities=entities, threads=threads, **choices
        )
    return fast, slow


def same(fast: pd.DataFrame, slow: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        fast, slow[fast.columns], check_dtype=False, check_exact=True, check_index_type=False
    )
    assert set(fast.columns) == set(slow.columns)


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 150), st.integers(1, 2), st.booleans())
def test_measured_months_give_the_same_bits_in_blocks(seed, rows, threads, facility):
    rng = np.random.default_rng(seed)
    data, measured = readings(rng, rows), measurements(rng, facility=facility)
    same(*both(data, parameters=measured, threads=threads))


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 150), st.booleans())
def test_values_in_rows_give_the_same_bits_in_blocks(seed, rows, measured):
    rng = np.random.default_rng(seed)
    data = with_own_values(rng, readings(rng, rows))
    same(*both(data, parameters=measurements(rng, facility=False) if measured else None))


@pytest.mark.parametrize("rounding", ["platform-form", "ndrc-report", "mee-guide"])
def test_rounding_of_steps_and_parameters_is_the_same_in_blocks(rounding):
    rng = np.random.default_rng(11)
    data = with_own_values(rng, readings(rng, 120))
    data = data[data["method"] != "ghg-protocol"]
    same(*both(data, parameters=measurements(rng, facility=False), rounding=rounding))


def test_an_equation_that_is_not_linear_runs_in_blocks():
    data = pd.DataFrame(
        {
            "entity": ["A", "A", "B"], "period": "2023", "method": "other-industry",
            "source": "industrial_wastewater", "item": "wastewater", "unit": "m3",
            "amount": [1000.0, 500.0, 20.0], "technology": "anaerobic_reactor",
            "cod_in": [2.0, 1.5, 3.0], "cod_in_unit": "kg/m3",
            "cod_out": [0.5, 0.1, 0.2], "cod_out_unit": "kg/m3",
        }
    )  # fmt: skip
    same(*both(data, ["entity"]))


def test_the_year_is_put_together_on_the_ledger_where_only_months_were_measured():
    rng = np.random.default_rng(2)
    months = measurements(rng, facility=False)
    year = pd.DataFrame(
        [{"entity": "P1", "period": "2023", "method": "other-industry", "amount": 10.0,
          "source": "fossil_combustion", "item": "natural_gas", "unit": "10^4 Nm3"}]
    )  # fmt: skip
    whole = cc.aggregate(year, ["entity"], parameters=months)
    same(whole, by_ledger.aggregate_by_ledger(
        year, ["entity"], policy=Policy(), library=None, entities=None, parameters=months
    ))  # fmt: skip


ENTITIES = {
    "park": {"id": "park", "name": "North", "region": "CN-35"},
    "entities": [
        {"id": "P0", "name": "甲厂", "methods": {"default": "other-industry"}},
        {"id": "P1", "methods": {"default": "ghg-protocol", "mobile_combustion": "land-transport"},
         "region": "CN-13"},
        {"id": "P2", "methods": {"default": "chemical"}, "region": "CN-44"},
        {"id": "P3", "methods": {"default": "other-industry"}, "sector": "food"},
        {"id": "P4", "methods": {"default": "pulp-paper"}},
    ],
}  # fmt: skip


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), st.integers(5, 150), st.booleans(), st.booleans())
def test_rows_inherit_from_their_entities_in_blocks_too(seed, rows, region, category):
    rng = np.random.default_rng(seed)
    data = readings(rng, rows)
    data["entity"] = data["entity"].replace({"P0": " 甲厂"})
    data["method"] = data["method"].where(rng.random(rows) < 0.2)
    data["region"] = data["region"].where(rng.random(rows) < 0.3) if region else None
    if category:
        data = data.astype({name: "category" for name in data.columns if name != "amount"})
    entities = cc.read_entities(ENTITIES)
    by = ["entity", "region", "method", "source"] if region else ["entity", "method", "source"]
    measured = measurements(rng, facility=False)
    same(*both(data, by, parameters=measured, entities=entities))
