"""Laws of an inventory: additivity, order, units, overrides, bases, and recomputation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc as cc
from carboncalc import units
from carboncalc.inventory.aggregate import aggregate
from carboncalc.inventory.by_ledger import aggregate_by_ledger
from carboncalc.provenance import Policy

WAYS = [
    ("other-industry", "fossil_combustion", "diesel", ("t", "kg")),
    ("other-industry", "fossil_combustion", "natural_gas", ("10^4 Nm3", "Nm3")),
    ("other-industry", "purchased_electricity", "electricity", ("MWh", "kWh", "万kWh")),
    ("other-industry", "exported_electricity", "electricity", ("MWh", "kWh")),
    ("other-industry", "purchased_heat", "heat", ("GJ", "MJ", "tce")),
    ("ghg-protocol", "fossil_combustion", "natural_gas", ("10^4 Nm3", "Nm3")),
    ("ghg-protocol", "fossil_combustion", "gasoline", ("t", "kg", "lb")),
    ("ghg-protocol", "purchased_electricity", "electricity", ("MWh", "kWh")),
]


def table(seed: int, rows: int) -> pd.DataFrame:
    """A made table: eight ways of emitting, three entities, two provinces, twelve months."""
    rng = np.random.default_rng(seed)
    way = [WAYS[i] for i in rng.integers(0, len(WAYS), rows)]
    return pd.DataFrame(
        {
            "entity": [f"plant {i}" for i in rng.integers(0, 3, rows)],
            "period": [f"2023-{m:02d}" for m in rng.integers(1, 13, rows)],
            "method": [w[0] for w in way],
            "source": [w[1] for w in way],
            "item": [w[2] for w in way],
            "amount": np.round(rng.lognormal(3, 2, rows), 3),
            "unit": [w[3][rng.integers(0, len(w[3]))] for w in way],
            "region": [("CN-35", "CN-13")[i] for i in rng.integers(0, 2, rows)],
            "meter": [f"m{i}" for i in range(rows)],
        }
    )


def sums(inv: cc.Inventory) -> dict:
    out = {k: inv.by(k).to_dict() for k in ("entity", "source", "gas", "scope", "month")}
    return out | {"by_scope": inv.by_scope(), "totals": inv.totals}


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 60), st.data())
def test_parts_sum_to_the_whole_and_order_is_irrelevant_to_the_bit(seed, rows, data):
    whole = table(seed, rows)
    order = data.draw(st.permutations(range(rows)))
    assert sums(cc.compute(whole)) == sums(cc.compute(whole.iloc[list(order)]))
    cut = data.draw(st.integers(1, rows - 1))
    first, second = cc.compute(whole[:cut]), cc.compute(whole[cut:])
    lines = pd.concat([first.lines, second.lines])
    assert cc.exact_sum(lines.co2e_t) == cc.exact_sum(cc.compute(whole).lines.co2e_t)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(1, 3))
def test_the_fast_path_equals_the_ledger_to_the_bit(seed, rows, threads):
    data = table(seed, rows)
    by = ["entity", "month", "scope", "source"]
    fast = aggregate(data, by, threads=threads)
    slow = aggregate_by_ledger(data, by, policy=Policy(), library=None, entities=None)
    pd.testing.assert_frame_equal(
        fast, slow[fast.columns], check_dtype=False, check_exact=True, check_index_type=False
    )
    total = cc.exact_sum(cc.compute(data).lines.co2e_t)
    assert cc.exact_sum(fast.co2e_t) == pytest.approx(total, rel=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_every_line_is_recomputed_from_its_row_and_resolution(seed):
    inv = cc.compute(table(seed, 12))
    for line in inv.lines.itertuples():
        assert inv.recompute(line.line_id) == line.co2e_t
    exact = inv.ledger.total(inv.ledger.counted)
    assert cc.exact_sum(inv.lines.co2e_t) == exact == inv.co2e_t


@pytest.mark.parametrize(
    ("method", "item", "given"),
    [
        ("other-industry", "diesel", {"net_calorific_value": (43.33, "GJ/t")}),
        ("other-industry", "diesel", {"oxidation_factor": (98, "%")}),
        ("other-industry", "diesel", {"oxidation_factor": (0.98, "1")}),
        ("other-industry", "diesel", {"carbon_content": (20.2, "tC/TJ")}),
        ("ghg-protocol", "gasoline", {"carbon_content": (0.0189, "tC/GJ")}),
    ],
)
def test_an_override_equal_to_the_default_gives_the_same_bits(method, item, given):
    rng = np.random.default_rng(1)
    base = pd.DataFrame(
        {
            "entity": "P",
            "period": "2023",
            "method": method,
            "source": "fossil_combustion",
            "item": item,
            "amount": rng.lognormal(3, 3, 500),
            "unit": "t",
            "meter": [str(i) for i in range(500)],
        }
    )
    own = base.assign(
        **{name: value for name, (value, _) in given.items()},
        **{f"{name}_unit": unit for name, (_, unit) in given.items()},
    )
    plain, overridden = cc.compute(base).lines, cc.compute(own).lines
    same = plain[plain.gas == "CO2"].co2e_t.to_numpy()
    other = overridden[overridden.gas == "CO2"].co2e_t.to_numpy()
    assert (same == other).all()
    assert set(overridden.evidence_grade) >= {"S"} or method == "ghg-protocol"


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 10**9), st.sampled_from([("kWh", "MWh"), ("kg", "t"), ("Nm3", "10^4 Nm3")]))
def test_powers_of_ten_that_shrink_a_unit_change_no_bit(whole, pair):
    small, large = pair
    multiply, divide = units.conversion(small, large)
    assert multiply == 1.0
    source, item = {
        "MWh": ("purchased_electricity", "electricity"),
        "t": ("fossil_combustion", "diesel"),
        "10^4 Nm3": ("fossil_combustion", "natural_gas"),
    }[large]
    row = {"entity": "P", "period": "2023", "method": "other-industry", "source": source}
    a = cc.compute([{**row, "item": item, "amount": whole, "unit": small}])
    b = cc.compute([{**row, "item": item, "amount": whole / divide, "unit": large}])
    assert a.lines.co2e_t.tolist() == b.lines.co2e_t.tolist()


@settings(deadline=None, max_examples=40)
@given(
    st.floats(0.01, 1e6),
    st.sampled_from([("GJ", "MJ"), ("GJ", "tce"), ("GJ", "kWh"), ("GJ", "kcal")]),
)
def test_any_other_change_of_unit_stays_within_four_ulp(amount, pair):
    row = {"entity": "P", "period": "2023", "method": "other-industry",
           "source": "purchased_heat", "item": "heat"}  # fmt: skip
    multiply, divide = units.conversion(*pair)
    a = cc.compute([{**row, "amount": amount, "unit": pair[0]}]).lines.co2e_t[0]
    b = cc.compute([{**row, "amount": amount * multiply / divide, "unit": pair[1]}])
    # one rounding each in: the unit change here, the change back, the scale; plus the grid
    assert abs(a - b.lines.co2e_t[0]) <= max(4 * np.spacing(a), 2.0**-44)


def test_switching_the_basis_changes_scope_2_only():
    inv = cc.compute(table(5, 80))
    for basis in ("location", "market"):
        other = inv.view(basis)
        assert other.by_scope()["1"] == inv.by_scope()["1"]
        assert other.by("scope").loc[2] == other.by_scope()[f"2_{basis}"]


def test_switching_the_gwp_set_recharacterises_the_stored_masses():
    data = table(9, 60)
    fifth, sixth = cc.compute(data, gwp="AR5"), cc.compute(data, gwp="AR4")
    assert (fifth.lines.mass_t == sixth.lines.mass_t).all()
    mass = sixth.lines.mass_t * sixth.lines.gwp
    assert np.allclose(sixth.lines.co2e_t, mass, rtol=1e-12, atol=2.0**-44)
    only_co2 = fifth.lines.gas == "CO2"
    assert (fifth.lines.co2e_t[only_co2] == sixth.lines.co2e_t[only_co2]).all()


def test_two_gwp_sets_in_one_total_are_refused():
    water = {"period": "2023", "source": "industrial_wastewater", "item": "wastewater",
             "amount": 1000, "unit": "m3", "cod_in": 2, "cod_in_unit": "kg/m3", "cod_out": 0.5,
             "cod_out_unit": "kg/m3", "technology": "anaerobic_reactor"}  # fmt: skip
    rows = [
        {**water, "entity": "A", "method": "other-industry"},
        {**water, "entity": "B", "method": "ghg-protocol"},
    ]
    inv = cc.compute(rows)
    with pytest.raises(cc.CarbonCalcError, match="I-029"):
        _ = inv.co2e_t
    assert cc.compute(rows, gwp="AR5").co2e_t > 0
