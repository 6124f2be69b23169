"""Laws of the ledger path: order of lines, their texts, their sums, measured values."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc as cc
from carboncalc.inventory.describe import inputs_of, needed_by
from carboncalc.inventory.measured import with_measured_values
from carboncalc.inventory.prepare import with_defaults
from carboncalc.vocabulary.periods import parse_period

PERIODS = ("2023-01", "2023-02", "2023-03", "2023Q1", "2023", "2022", "2023-01-01/2023-03-01")


def mixed(seed: int, rows: int) -> pd.DataFrame:
    """Electricity on three bases, blends, fuels with and without values of their own."""
    rng = np.random.default_rng(seed)
    ways = [
        ("fossil_combustion", "diesel", "t"), ("mobile_combustion", "diesel", "t"),
        ("purchased_electricity", "electricity", "MWh"), ("refrigerant_leakage", "R-410A", "kg"),
        ("fossil_combustion", "natural_gas", "10^4 Nm3"),
    ]  # fmt: skip
    way = [ways[k] for k in rng.integers(0, len(ways), rows)]
    fuel = np.array([unit == "t" for _, _, unit in way])
    own = fuel & (rng.random(rows) < 0.5)
    return pd.DataFrame(
        {
            "entity": [f"P{k}" for k in rng.integers(0, 3, rows)],
            "period": [f"2023-{m:02d}" for m in rng.integers(1, 13, rows)],
            "method": rng.choice(["other-industry", "ghg-protocol"], rows),
            "source": [w[0] for w in way],
            "item": [w[1] for w in way],
            "amount": np.round(rng.lognormal(3, 1, rows), 3),
            "unit": [w[2] for w in way],
            "region": "CN-35",
            "meter": [f"m{k}" for k in range(rows)],
            "net_calorific_value": np.where(own, rng.uniform(41, 44, rows), np.nan),
            "net_calorific_value_unit": rng.choice(["GJ/t", "MJ/kg"], rows),
            "oxidation_factor": np.where(own & (rng.random(rows) < 0.5), 97.5, np.nan),
            "oxidation_factor_unit": "%",
        }
    )


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.integers(1, 80))
def test_entries_stand_by_row_then_basis_then_gas_and_sums_do_not_depend_on_that(seed, rows):
    ledger = cc.compute(mixed(seed, rows)).ledger
    order = np.lexsort((ledger.gas, ledger.basis, ledger.row))
    assert order.tolist() == list(range(len(ledger)))
    entity = ledger.column("entity")
    for name, total in ledger.sums([entity], ledger.counted).items():
        assert total == cc.exact_sum(ledger.co2e[ledger.counted & (entity == name)])


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_the_texts_of_each_line_are_those_of_its_resolution(seed, rows):
    inv = cc.compute(mixed(seed, rows))
    ledger, resolutions = inv.ledger, inv.resolutions
    gases = frozenset(ledger.gases)
    for position, line in zip(np.flatnonzero(ledger.counted), inv.lines.itertuples(), strict=True):
        index = int(ledger.resolution[position])
        cells, _ = resolutions.cells(index)
        wanted = needed_by(cells, line.gas, gases)
        values = inputs_of(index, resolutions, inv.plan, ledger)
        used = [value for value in values if value.name in wanted]
        said = json.dumps({v.name: [v.value, v.unit] for v in used}, ensure_ascii=False)
        factors = ";".join(v.factor_id for v in used if v.factor_id)
        assert (line.coefficients, line.route) == (said, cells.route.id)
        assert line.factor_ids == factors or (factors == "" and pd.isna(line.factor_ids))


def measured(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Measurements of places named more or less exactly, with and without weights."""
    frame = pd.DataFrame(
        {
            "entity": rng.choice(["P0", "P1", "P9"], rows),
            "facility": rng.choice(np.array(["F", "G", None], dtype=object), rows),
            "period": rng.choice(PERIODS, rows),
            "source": "fossil_combustion",
            "item": rng.choice(np.array(["diesel", "natural_gas", None], dtype=object), rows),
            "parameter": "net_calorific_value",
            "value": rng.uniform(40, 45, rows),
            "unit": rng.choice(["GJ/t", "MJ/kg", "GJ/10^4 Nm3"], rows),
            "weight": np.where(rng.random(rows) < 0.8, rng.uniform(1, 9, rows), np.nan),
        }
    )
    return frame.drop_duplicates(["entity", "facility", "period", "item"])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 100_000), st.integers(1, 30), st.integers(1, 40))
def test_measured_values_are_those_of_looking_row_by_row(seed, rows, measurements):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "entity": rng.choice(["P0", "P1", "P2"], rows),
            "facility": rng.choice(np.array(["F", "G", None], dtype=object), rows),
            "period": rng.choice(PERIODS, rows),
            "source": rng.choice(["fossil_combustion", "mobile_combustion"], rows),
            "item": "diesel", "amount": 1.0, "unit": "t",
            "net_calorific_value": np.where(rng.random(rows) < 0.2, 39.0, np.nan),
        }
    )  # fmt: skip
    table = cc.read_parameters(measured(rng, measurements)).rows
    spans = [parse_period(text) for text in data["period"]]
    data["period_start"] = pd.to_datetime([span.start for span in spans])
    data["period_end"] = pd.to_datetime([span.end for span in spans])
    given_rows = with_defaults(data, {})
    out = with_measured_values(given_rows, table)
    expected = [row_by_row(row, table) for row in given_rows.to_dict("records")]
    assert out["net_calorific_value"].tolist() == pytest.approx(expected, rel=0, abs=0, nan_ok=True)


def row_by_row(row, table):
    """The value of one row by the rule of the contract, one measurement after the other."""
    if not np.isnan(row["net_calorific_value"]):
        return row["net_calorific_value"]
    places = {}
    for m in table.to_dict("records"):
        named = {k: m[k] for k in ("entity", "facility", "source", "item") if not pd.isna(m[k])}
        if all(row[k] == value for k, value in named.items()):
            by_volume = m["unit"] == "GJ/10^4 Nm3"
            # most exact first; of equals the kind of unit, then a facility before an item
            key = (-len(named), _kind(m["unit"]), "facility" not in named, "item" not in named)
            places.setdefault((key, by_volume), []).append(m)
    for _, group in sorted(places.items(), key=lambda entry: entry[0]):
        found = _mean(row, group)
        if found is not None:
            return found
    return float("nan")


def _kind(unit):
    from carboncalc import units

    return str(units.dimension(unit))


def _mean(row, group):
    spans = [(m, parse_period(m["period"])) for m in group]
    start, end = row["period_start"].date(), row["period_end"].date()
    covers = [(m, s) for m, s in spans if s.start <= start and s.end >= end]
    if covers:
        return min(covers, key=lambda entry: entry[1].end - entry[1].start)[0]["value"]
    inside = [(m, s) for m, s in spans if s.start >= start and s.end <= end]
    day = start
    for _, span in sorted(inside, key=lambda entry: entry[1].start):
        if span.start != day:
            return None
        day = span.end
    weights = np.array([m["weight"] for m, _ in inside])
    if day != end or not weights.sum() > 0:
        return None
    # MJ/kg is GJ/t: values of one kind of unit need no conversion here
    return float((np.array([m["value"] for m, _ in inside]) * weights).sum() / weights.sum())
