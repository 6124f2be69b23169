"""The spellings people type, and what they must come out as."""

import csv
from pathlib import Path

import pytest

from carboncalc.errors import UnitDimensionError, UnknownUnitError
from carboncalc.units import normalise, parse, quantity, registry, split_value, tagged

LIST = Path(__file__).with_name("typed_spellings.csv")
TYPED = {
    row["typed"]: row["canonical"]
    for row in csv.DictReader(LIST.read_text(encoding="utf-8").splitlines())
}


@pytest.mark.parametrize(("typed", "canonical"), TYPED.items())
def test_a_typed_spelling_comes_out_in_one_way(typed: str, canonical: str) -> None:
    assert normalise(typed) == canonical


@pytest.mark.parametrize("canonical", sorted(set(TYPED.values())))
def test_normalising_twice_changes_nothing(canonical: str) -> None:
    assert normalise(canonical) == canonical


def test_everything_after_a_slash_is_denominator() -> None:
    per_kilogram_kelvin = parse("J/(kg·K)")
    assert parse("J/kg K") == per_kilogram_kelvin == parse("J/kg/K")
    assert parse("GJ/10^4 Nm3").exact * 10**4 == parse("GJ/Nm3").exact


def test_a_prefixed_unit_outside_the_table_is_read_exactly() -> None:
    assert parse("EJ").exact == 10**18 * parse("J").exact
    assert parse("µg/m3").exact * 10**6 == parse("g/m3").exact


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("389.31 GJ/万Nm3", "389.31", "GJ/10^4 Nm3"),
        ("98%", "98", "%"),
        ("1,234,567.5 kWh", "1234567.5", "kWh"),
        ("-3.5e-4 tC/GJ", "-3.5e-4", "t C/GJ"),
        ("５０", "50", "1"),
        ("20 10^4 Nm3", "20", "10^4 Nm3"),
    ],
)
def test_a_cell_with_a_unit_is_split(cell: str, number: str, unit: str) -> None:
    assert split_value(cell) == (number, unit)


@pytest.mark.parametrize("cell", ["GJ", "", "about 5 t", "1,23 t", "5 5 t", "10^4 Nm3"])
def test_a_cell_without_one_plain_number_is_refused(cell: str) -> None:
    with pytest.raises(UnknownUnitError):
        split_value(cell)


def test_a_substance_is_put_on_once_and_never_over_another() -> None:
    assert tagged("万吨", "CH4") == "10^4 t CH4"
    assert tagged("t", "carbon") == "t C"
    assert tagged("t", "item") == "t item"
    assert tagged("kg CO2e/t", "CO2e") == "kg CO2e/t"
    with pytest.raises(UnitDimensionError):
        tagged("t CO2", "CH4")
    with pytest.raises(UnknownUnitError):
        tagged("t", "phlogiston")


def test_the_door_to_pint_keeps_the_number_as_it_was() -> None:
    volume = quantity(2.0, "万Nm3")
    assert volume.magnitude == 2.0
    assert volume.to("Nm3").magnitude == pytest.approx(20000.0, rel=1e-15)
    assert registry().Quantity("1.5 万kWh").to("MWh").magnitude == pytest.approx(15.0, rel=1e-15)
