"""Conversions: which numbers, which bits, and which are refused."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from carboncalc.errors import UnitDimensionError
from carboncalc.units import (
    DIMENSIONLESS,
    conversion,
    dimension,
    multiply_dimensions,
    parse,
    power_dimension,
    same_dimension,
    scale,
)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("kWh", "MWh", (1.0, 1000.0)),
        ("kWh", "GJ", (9.0, 2500.0)),
        ("万kWh", "MWh", (10.0, 1.0)),
        ("亿元", "CNY", (1e8, 1.0)),
        ("CNY", "亿元", (1.0, 1e8)),
        ("kg", "t", (1.0, 1000.0)),
        ("%", "1", (1.0, 100.0)),
        ("t", "t", (1.0, 1.0)),
    ],
)
def test_a_conversion_is_two_whole_numbers(
    start: str, end: str, expected: tuple[float, float]
) -> None:
    assert conversion(start, end) == expected


@pytest.mark.parametrize("whole", [1, 7, 123_457, 98_765_433, 4_503_599_627_370_497])
@pytest.mark.parametrize(
    ("start", "end", "power"), [("kWh", "MWh", 3), ("元", "亿元", 8), ("g", "t", 6)]
)
def test_shrinking_by_a_power_of_ten_gives_the_bits_of_the_typed_decimal(
    whole: int, start: str, end: str, power: int
) -> None:
    multiply, divide = conversion(start, end)
    typed = float(Decimal(whole).scaleb(-power))
    assert float(whole) * multiply / divide == typed


# Each from its definition: GB/T 2589 (tce, kcal), the international pound and US gallon of
# 1959, the International Table Btu, and counting.
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("tce", "GJ", "29.3076"),
        ("kgce", "kcal", "7000"),
        ("kcal", "kJ", "4.1868"),
        ("lb", "kg", "0.45359237"),
        ("short_ton", "kg", "907.18474"),
        ("long_ton", "kg", "1016.0469088"),
        ("gal", "L", "3.785411784"),
        ("imperial_gal", "L", "4.54609"),
        ("bbl", "gal", "42"),
        ("mmBtu", "MJ", "1055.05585262"),
        ("therm", "mmBtu", "0.1"),
        ("MWh", "GJ", "3.6"),
        ("Gcal", "GJ", "4.1868"),
        ("mile", "km", "1.609344"),
        ("ha", "m2", "10000"),
        ("tkm", "kg km", "1000"),
        ("GJ/万Nm3", "MJ/Nm3", "0.1"),
        ("tC/TJ", "kgC/GJ", "1"),
        ("kgCO2/kWh", "tCO2/MWh", "1"),
        ("mg CH4/vkm", "t CH4/vkm", "1e-9"),
    ],
)
def test_a_scale_is_the_defined_number(start: str, end: str, expected: str) -> None:
    assert parse(start).exact / parse(end).exact == Fraction(expected)
    assert scale(start, end) == float(expected)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("t C", "t CO2"),
        ("t CO2", "t CO2e"),
        ("t CH4", "t CO2e"),
        ("t HFC-134a", "t HFC-134"),
        ("t", "t CO2"),
        ("tce", "tce_primary"),
        ("m3", "Nm3"),
        ("Nm3", "Sm3"),
        ("m3", "scf"),
        ("km", "vkm"),
        ("pkm", "vkm"),
        ("CNY", "USD"),
        ("kWh", "t"),
        ("kW", "kWh"),
        ("tC/GJ", "tC/t"),
        ("kg COD", "kg"),
        ("year", "day"),
        ("degC", "K"),
        ("人", "台"),
    ],
)
def test_different_things_do_not_convert(a: str, b: str) -> None:
    assert not same_dimension(a, b)
    with pytest.raises(UnitDimensionError):
        conversion(a, b)


def test_fossil_and_biogenic_methane_are_one_substance() -> None:
    assert scale("t CH4_fossil", "t CH4") == 1.0 == scale("t CH4_biogenic", "t CH4")


def test_dimensions_multiply_and_raise_without_pint() -> None:
    assert multiply_dimensions(dimension("t"), dimension("GJ/t")) == dimension("kWh")
    assert multiply_dimensions(dimension("GJ"), dimension("1/GJ")) == DIMENSIONLESS
    assert power_dimension(dimension("t CO2/MWh"), -1) == dimension("MWh/t CO2")
    assert power_dimension(dimension("GJ"), 0) == DIMENSIONLESS
    assert dimension("%") == DIMENSIONLESS


def test_reading_units_loads_neither_pint_nor_numpy() -> None:
    code = (
        "import sys; from carboncalc.units import parse, conversion\n"
        "parse('GJ/万Nm3'); parse('EJ'); conversion('kWh', 'GJ')\n"
        "print([name for name in ('pint', 'numpy', 'pandas', 'pydantic') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
