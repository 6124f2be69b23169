"""Our closed table against pint, which reads the same definitions by its own machinery."""

import csv
import importlib.util
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pint
import pytest

from carboncalc import units
from carboncalc.errors import AmbiguousUnitError
from carboncalc.units_grammar import pint_text, read, table
from carboncalc.units_spelling import ALIASES

ROOT = Path(__file__).parents[2]
LIST = ROOT / "tests" / "unit" / "units" / "typed_spellings.csv"
with LIST.open(encoding="utf-8") as handle:
    TYPED = [row["typed"] for row in csv.DictReader(handle)]


@pytest.fixture(scope="module")
def exact() -> pint.UnitRegistry:
    made = pint.UnitRegistry(
        str(ROOT / "src/carboncalc/units.txt"), non_int_type=Fraction, cache_folder=None
    )
    for ten in range(1, 25):
        made.define(f"ten_{ten} = {10**ten}")
    return made


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", ROOT / "tools/make_units_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_in_the_package_is_the_one_the_definitions_give(generator: ModuleType) -> None:
    assert generator.TABLE.read_text(encoding="utf-8") == generator.build()


def agree(text: str, registry: pint.UnitRegistry) -> None:
    ours = units.parse(text)
    theirs = registry.parse_expression(pint_text(*read(text)))
    if not isinstance(theirs, pint.Quantity):
        theirs = registry.Quantity(theirs)
    base = theirs.to_base_units()
    # pint keeps an exact 1 as an int and g as base mass, as our base units do
    factor = Fraction(1)
    for unit, power in base._units.items():
        value, _ = registry.get_base_units(unit)
        factor *= Fraction(value) ** int(power)
    assert Fraction(base.magnitude) * factor == ours.exact
    assert {k: int(v) for k, v in theirs.dimensionality.items()} == dict(ours.dimension)


@pytest.mark.parametrize("name", sorted(table().entries))
def test_every_unit_of_the_table_equals_pint(name: str, exact: pint.UnitRegistry) -> None:
    agree(name, exact)


@pytest.mark.parametrize(
    "name", sorted(word for words in ALIASES.values() for word in words.split())
)
def test_every_alias_equals_pint(name: str, exact: pint.UnitRegistry) -> None:
    agree(name.replace("_", " ") if name.isascii() and "(" in name else name, exact)


@pytest.mark.parametrize("text", TYPED)
def test_every_typed_spelling_equals_pint(text: str, exact: pint.UnitRegistry) -> None:
    agree(text, exact)


@pytest.mark.parametrize("prefix", sorted(table().prefixes))
@pytest.mark.parametrize("base", sorted(table().prefixable))
def test_every_prefix_equals_pint_or_is_refused_as_milli_against_mega(
    prefix: str, base: str, exact: pint.UnitRegistry
) -> None:
    if prefix + base in table().entries or prefix not in "mM":
        agree(prefix + base, exact)
    else:
        with pytest.raises(AmbiguousUnitError):
            units.parse(prefix + base)
