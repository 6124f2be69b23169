"""Kernels: laws they keep, domains they refuse, and the equations they must agree with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carboncalc.errors import MethodError
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.kernels import (
    KERNELS,
    biomass_heat_share,
    by_product_matrix,
    co2_share_of_shielding_gas,
    coal_as_received_from_air_dried,
    coal_as_received_from_dry,
    hot_water_heat,
    kernel_step,
)

SHARE = st.floats(0.0, 0.9)
MASSES = (44.0, 40.0, 32.0, 4.0, 28.0)


@given(carbon=SHARE, total=SHARE, inherent=SHARE)
def test_the_bases_of_coal_meet_through_the_dry_one(
    carbon: float, total: float, inherent: float
) -> None:
    total, inherent = max(total, inherent), min(total, inherent)
    dry = carbon
    air_dried = dry * (1 - inherent)
    got = float(coal_as_received_from_air_dried(air_dried, total, inherent))
    assert got == pytest.approx(float(coal_as_received_from_dry(dry, total)), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("total", "inherent"), [(0.02, 0.09), (1.0, 0.1), (-0.1, 0.0)])
def test_coal_that_is_wetter_when_dried_has_no_value(total: float, inherent: float) -> None:
    assert np.isnan(coal_as_received_from_air_dried(0.6, total, inherent))


@given(co2=st.floats(0.0, 1.0))
def test_a_mixture_with_argon_lies_between_nothing_and_all(co2: float) -> None:
    share = float(co2_share_of_shielding_gas(co2, 1 - co2, 0, 0, 0, *MASSES))
    assert 0.0 <= share <= 1.0
    assert share >= co2 or co2 == 1.0, "CO2 is heavier than argon"


def test_a_mixture_by_mass_adds_up_over_its_parts() -> None:
    parts = np.array([0.15, 0.70, 0.05, 0.08, 0.02])
    masses = np.array(MASSES)
    by_mass = [
        float(co2_share_of_shielding_gas(*np.roll(parts, -k), *np.roll(masses, -k)))
        for k in range(5)
    ]
    assert sum(by_mass) == pytest.approx(1.0, rel=1e-12)
    assert by_mass[0] == pytest.approx(0.15 * 44 / (parts * masses).sum(), rel=1e-12)


def test_a_mixture_with_a_part_left_out_or_negative_has_no_value() -> None:
    assert np.isnan(co2_share_of_shielding_gas(0.2, 0.7, 0, 0, 0, *MASSES))
    assert np.isnan(co2_share_of_shielding_gas(-0.1, 1.1, 0, 0, 0, *MASSES))


def test_the_by_product_matrix_is_what_the_method_file_says() -> None:
    """The same figures from the readable equations, gas by gas."""
    route = load_method("electronic-equipment").sources["etching_and_cleaning"].routes[0]
    feeds, heel = np.array([2.0, 0.5]), 0.1
    rates = np.array([[0.09, 0.0, 0.0], [0.1, 0.1, 0.0]])
    abated = np.array([0.81, 0.72, 0.0])
    matrix = by_product_matrix(feeds, rates, heel, abated)
    for i, feed in enumerate(feeds):
        values = {"amount": feed, "heel_fraction": heel, "utilisation": 0.8}
        values |= {"collection_efficiency": 0.9, "destruction_efficiency": 0.95}
        for j, gas in enumerate(("CF4", "C2F6", "C3F8")):
            values[f"by_product_rate_{gas}"] = rates[i, j]
            values[f"collection_efficiency_{gas}"] = abated[j]
            values[f"destruction_efficiency_{gas}"] = 1.0
        _, results = route.run(values)
        for j, gas in enumerate(("CF4", "C2F6", "C3F8")):
            assert results[gas] == pytest.approx(matrix[i, j], rel=1e-12)


def test_biomass_takes_the_heat_that_fossil_fuel_did_not_bring() -> None:
    shares = biomass_heat_share([900.0, 900.0, 900.0], [0.9, 1.2, 0.9], [1000.0, 800.0, 1200.0])
    assert shares[0] == 0.0
    assert np.isnan(shares[1:]).all()


def test_hot_water_below_the_reference_has_no_value() -> None:
    assert np.isnan(hot_water_heat(10.0, 20.0, 4.1868))
    assert float(hot_water_heat(20.0, 20.0, 4.1868)) == 0.0


def test_a_kernel_step_says_what_it_is_and_refuses_a_wrong_call() -> None:
    step = kernel_step("saturated_steam", ("pressure_absolute",))
    assert step.text == "saturated_steam(pressure_absolute)"
    assert step.clause
    with pytest.raises(MethodError, match="takes 1"):
        kernel_step("saturated_steam", ("a", "b"))
    with pytest.raises(MethodError, match="no kernel"):
        kernel_step("magic", ())


def test_every_kernel_takes_arrays_and_never_raises_on_nonsense() -> None:
    for inputs, _, function, _, _ in KERNELS.values():
        columns = [np.array([0.5, np.nan, -1.0, 1e9, np.inf]) for _ in inputs]
        with np.errstate(all="ignore"):
            out = np.asarray(function(*columns))
        assert out.shape == (5,)
        assert np.isnan(out[1])
