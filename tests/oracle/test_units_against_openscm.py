"""Common units against openscm-units, a registry written by others for climate work."""

import math
import warnings

import pytest

from carboncalc.units import scale

PAIRS = [
    ("t", "kg"),
    ("kg", "g"),
    ("GJ", "MJ"),
    ("MWh", "kWh"),
    ("MWh", "GJ"),
    ("TJ", "GJ"),
    ("PJ", "GWh"),
    ("km", "m"),
    ("mile", "km"),
    ("L", "m^3"),
    ("lb", "kg"),
    ("day", "h"),
    ("kPa", "Pa"),
    ("kW", "W"),
    ("bar", "kPa"),
]


@pytest.fixture(scope="module")
def theirs():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openscm = pytest.importorskip("openscm_units")
        return openscm.unit_registry


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_a_common_unit_has_the_scale_that_others_give_it(start, end, theirs) -> None:
    expected = theirs.Quantity(1.0, start).to(end).magnitude
    assert math.isclose(scale(start, end), expected, rel_tol=1e-12)


def test_they_read_ton_as_907_kg_which_is_why_we_refuse_it(theirs) -> None:
    assert theirs.Quantity(1.0, "ton").to("kg").magnitude == pytest.approx(907.18474)
