"""The one registry of units: spellings in, exact scales and dimensions out.

A spelling is read into known units whose exact scales stand in a closed table (derived
from ``units.txt``); nothing here needs pint, which is loaded only for :func:`quantity` and
:func:`registry`. Everything after a slash is in the denominator: ``GJ/10^4 Nm3`` is GJ per
10,000 Nm3.

Choices that change figures: kcal is 4.1868 kJ and tce 29.3076 GJ (GB/T 2589), Btu is the
International Table one and therm 100,000 of it, ``gal`` is the US gallon, Nm3 is at 0 °C,
Sm3 at 20 °C, scf at 60 °F, all at one atmosphere, and none of them converts into another
or into m3 by itself.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.errors import UnitDimensionError, UnknownUnitError
from carboncalc.units_grammar import Dimension, canonical, entry, pint_text, read, table

if TYPE_CHECKING:
    import pint

__all__ = [
    "DIMENSIONLESS",
    "Dimension",
    "Unit",
    "conversion",
    "dimension",
    "multiply_dimensions",
    "normalise",
    "parse",
    "power_dimension",
    "quantity",
    "registry",
    "same_dimension",
    "scale",
    "split_value",
    "substances",
    "tagged",
]

#: The dimension of a plain number.
DIMENSIONLESS: Dimension = ()

_VALUE = re.compile(
    r"\s*(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\d.,^])"
    r"\s*(?P<unit>.*?)\s*$"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its canonical spelling, exact scale to base units, and dimension.

    Base units are g, m, s and one base unit for each substance, currency and gas volume.

    Examples
    --------
    >>> parse("GJ/万Nm3")
    Unit('GJ/10^4 Nm3')
    >>> parse("kWh").numerator // parse("kJ").numerator
    3600
    """

    text: str
    numerator: int
    denominator: int
    dimension: Dimension

    @property
    def exact(self) -> Fraction:
        """The scale to base units as a fraction."""
        return Fraction(self.numerator, self.denominator)

    def __repr__(self) -> str:
        return f"Unit({self.text!r})"


@functools.lru_cache(maxsize=65_536)
def parse(text: str) -> Unit:
    """Read a unit as people write it.

    Parameters
    ----------
    text
        Any known spelling, Chinese or English, any width: ``万kWh``, ``tCO2/MWh``,
        ``10^4 Nm3``, ``吨标准煤``, ``元/吨``. Everything after a slash is denominator.

    Returns
    -------
    Unit
        Canonical text, exact scale, dimension.

    Raises
    ------
    UnknownUnitError
        The spelling is not known (U-001).
    AmbiguousUnitError
        It means different things to different people, such as ``ton`` or ``kt`` (U-002).

    Examples
    --------
    >>> parse("吨标准煤").text, parse("ｔＣＯ２／ＭＷｈ").text
    ('tce', 't CO2/MWh')
    >>> parse("t CO2").dimension
    (('[carbon_dioxide]', 1), ('[mass]', 1))
    """
    above, below = read(text)
    exact = Fraction(10) ** (above[0] - below[0])
    measured: Dimension = DIMENSIONLESS
    for (_, atoms), sign in ((above, 1), (below, -1)):
        for name, power in atoms:
            known = entry(name)
            exact *= known.scale ** (sign * power)
            measured = multiply_dimensions(measured, power_dimension(known.dimension, sign * power))
    return Unit(canonical(above, below), exact.numerator, exact.denominator, measured)


def normalise(text: str) -> str:
    """Return the canonical spelling of a unit.

    Raises the same errors as :func:`parse`. Normalising twice changes nothing.

    Examples
    --------
    >>> normalise("万千瓦时"), normalise("kgCH4/TJ"), normalise("元／吨")
    ('10^4 kWh', 'kg CH4/TJ', 'CNY/t')
    """
    return parse(text).text


def dimension(text: str) -> Dimension:
    """Return what a unit measures, as sorted (base, power) pairs.

    Examples
    --------
    >>> dimension("GJ") == dimension("tce"), dimension("tce") == dimension("tce_primary")
    (True, False)
    """
    return parse(text).dimension


def same_dimension(a: str, b: str) -> bool:
    """Whether two units measure the same thing and so convert into each other.

    Examples
    --------
    >>> same_dimension("万kWh", "GJ"), same_dimension("t CO2", "t C"), same_dimension("Nm3", "m3")
    (True, False, False)
    """
    return parse(a).dimension == parse(b).dimension


@functools.lru_cache(maxsize=65_536)
def conversion(from_: str, to: str) -> tuple[float, float]:
    """Return how a value changes unit: ``value * multiply / divide``.

    Both numbers are whole wherever the exact ratio allows, so kWh → MWh is a division by
    1000 and gives the bits of the decimal that a person would have typed in MWh.

    Returns
    -------
    tuple of float
        (multiply, divide).

    Raises
    ------
    UnitDimensionError
        The two measure different things (U-003).

    Examples
    --------
    >>> conversion("kWh", "MWh"), conversion("kWh", "GJ"), conversion("万kWh", "MWh")
    ((1.0, 1000.0), (9.0, 2500.0), (10.0, 1.0))
    """
    ratio = _ratio(from_, to)
    if _whole(ratio.numerator) and _whole(ratio.denominator):
        return float(ratio.numerator), float(ratio.denominator)
    return float(ratio), 1.0


def scale(from_: str, to: str) -> float:
    """Return the ratio of two units as one correctly rounded number.

    Raises
    ------
    UnitDimensionError
        The two measure different things (U-003).

    Examples
    --------
    >>> scale("kWh", "GJ"), scale("tce", "GJ"), scale("亿元", "CNY")
    (0.0036, 29.3076, 100000000.0)
    """
    return float(_ratio(from_, to))


def multiply_dimensions(a: Dimension, b: Dimension) -> Dimension:
    """Return the dimension of a product.

    Examples
    --------
    >>> multiply_dimensions(dimension("t"), dimension("GJ/t")) == dimension("GJ")
    True
    """
    powers = dict(a)
    for base, power in b:
        powers[base] = powers.get(base, 0) + power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def power_dimension(a: Dimension, n: int) -> Dimension:
    """Return the dimension of an integer power; -1 gives that of the reciprocal.

    Examples
    --------
    >>> power_dimension(dimension("m"), 3) == dimension("m3")
    True
    """
    return tuple((base, power * n) for base, power in a) if n else DIMENSIONLESS


def tagged(unit_text: str, substance: str) -> str:
    """Put a substance on a plain unit: what a method's input does to the user's tonnes.

    Parameters
    ----------
    unit_text
        A unit; the substance goes to its numerator.
    substance
        ``carbon``, ``CO2``, ``CO2e``, a gas id such as ``HFC-134a``, or ``item`` for
        whichever substance the row names.

    Raises
    ------
    UnitDimensionError
        The numerator already carries another substance.
    UnknownUnitError
        The substance is not known.

    Examples
    --------
    >>> tagged("t", "CO2"), tagged("kg/m3", "COD"), tagged("t CO2", "CO2")
    ('t CO2', 'kg COD/m3', 't CO2')
    """
    tag = table().spellings.get(substance, substance)
    if tag not in substances():
        raise UnknownUnitError(unit=substance)
    above, below = read(unit_text)
    carried = [name for name, _ in above[1] if entry(name).substance]
    if carried and carried != [tag]:
        raise UnitDimensionError(unit=unit_text, target=f"{unit_text} {tag}")
    added = () if carried else ((tag, 1),)
    return canonical((above[0], (*above[1], *added)), below)


@functools.cache
def substances() -> frozenset[str]:
    """Return the substances that have a dimension of their own, by id.

    Examples
    --------
    >>> {"CO2", "C", "CO2e", "HFC-134a"} <= substances()
    True
    """
    return frozenset(name for name, known in table().entries.items() if known.substance)


def split_value(text: str) -> tuple[str, str]:
    """Split a cell that holds a number with its unit.

    Returns
    -------
    tuple of str
        The number as plain decimal text, thousands separators taken out, and the canonical
        unit; ``1`` where there is none.

    Raises
    ------
    UnknownUnitError, AmbiguousUnitError
        There is no number in front, or the rest is not a unit.

    Examples
    --------
    >>> split_value("389.31 GJ/万Nm3"), split_value("９８ ％"), split_value("1,234.5kWh")
    (('389.31', 'GJ/10^4 Nm3'), ('98', '%'), ('1234.5', 'kWh'))
    """
    found = _VALUE.match(unicodedata.normalize("NFKC", text))
    if found is None:
        raise UnknownUnitError(unit=text)
    number = found["number"].replace(",", "")
    return number, normalise(found["unit"] or "1")


def quantity(value: Any, unit: str) -> pint.Quantity[Any]:
    """Hand a value to pint, in this library's registry.

    The result does not survive pickling on its own: pint unpickles into the application's
    registry. Keep the number and the unit text instead.

    Examples
    --------
    >>> round(quantity(2.0, "万kWh").to("GJ").magnitude, 9)
    72.0
    """
    return registry().Quantity(value, pint_text(*read(unit)))


@functools.cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the pint registry of this library, made on first use.

    It reads the spellings that :func:`parse` reads and refuses the ambiguous ones.

    Examples
    --------
    >>> registry().Quantity(3.6, "吉焦").to("MWh").magnitude
    1.0
    """
    import pint

    definitions = Path(__file__).with_name("units.txt")
    made: pint.UnitRegistry[Any] = pint.UnitRegistry(str(definitions), cache_folder=None)
    for ten in range(1, 25):
        made.define(f"ten_{ten} = 1e{ten}")
    made.preprocessors.append(_preprocess)
    return made


def _preprocess(text: str) -> str:
    """What pint's parser is given; what we cannot read is left to pint."""
    try:
        return pint_text(*read(text))
    except UnknownUnitError:
        pass
    try:
        number, unit = split_value(text)
        return f"{number} * {pint_text(*read(unit))}"
    except UnknownUnitError:
        return text


def _ratio(from_: str, to: str) -> Fraction:
    start, end = parse(from_), parse(to)
    if start.dimension != end.dimension:
        raise UnitDimensionError(unit=start.text, target=end.text)
    return start.exact / end.exact


def _whole(number: int) -> bool:
    """Whether a float holds the integer exactly."""
    return number < 10**22 and int(float(number)) == number
