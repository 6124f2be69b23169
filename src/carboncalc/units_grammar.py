"""Reads a spelling into a product of known units, and writes that product in one way.

The known units and their exact scales come from ``units_table.json``, which is derived from
``units.txt``. A number in a unit may only be a power of ten, and only a mass or a gas volume
grows together with a substance: ``tCO2`` is read, ``mCO2`` and ``1.5 t`` are not.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from carboncalc.errors import AmbiguousUnitError, UnknownUnitError
from carboncalc.units_spelling import ALIASES, NUMERALS, REFUSED, REFUSED_AS_WRITTEN, plain

Dimension = tuple[tuple[str, int], ...]

#: One side of a fraction: the power of ten, and each unit with its power.
Side = tuple[int, tuple[tuple[str, int], ...]]

_TABLE_FILE = Path(__file__).with_name("units_table.json")
_TOKEN = re.compile(r"\s*(?:(?P<op>[/()])|\^(?P<power>[+-]?\d+)|(?P<word>[^\s/()^]+))")
_NUMBER = re.compile(r"1e\+?(-?\d+)|(\d[\d,]*)(?![\d.])", re.IGNORECASE)
_CARRIES_SUBSTANCE = tuple(
    ((base, 1),) for base in ("[mass]", "[normal_volume]", "[standard_volume_20C]")
)
# Bounds on what a cell may ask of us; longer or deeper is not a unit.
_LONGEST, _DEEPEST, _LARGEST_POWER, _LARGEST_EXPONENT = 160, 8, 9, 24


@dataclass(frozen=True, slots=True)
class Entry:
    """A known unit: exact scale to base units, dimension, and its name in pint."""

    scale: Fraction
    dimension: Dimension
    pint_name: str
    substance: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """All known units, and the words for them."""

    entries: dict[str, Entry]
    spellings: dict[str, str]
    folded: dict[str, str]
    substances: tuple[tuple[str, str], ...]
    prefixes: dict[str, int]
    prefixable: frozenset[str]


@functools.cache
def table() -> Table:
    """Return the closed table of units, read once.

    Examples
    --------
    >>> table().entries["lb"].scale
    Fraction(45359237, 100000)
    """
    raw = json.loads(_TABLE_FILE.read_text(encoding="utf-8"))
    entries = {
        name: Entry(Fraction(top, bottom), tuple(sorted(dimension.items())), name)
        for name, (top, bottom, dimension) in raw["units"].items()
    }
    for tag, (name, top, bottom, dimension) in raw["substances"].items():
        entries[tag] = Entry(Fraction(top, bottom), tuple(sorted(dimension.items())), name, True)
    spellings = {name: name for name in entries} | {"1": "1"}
    for name, words in ALIASES.items():
        spellings |= {word.replace("(", "⟨").replace(")", "⟩"): name for word in words.split()}
    folded: dict[str, str] = {}
    for word, name in spellings.items():
        if len(word) > 1:
            folded.setdefault(word.casefold(), name)
    tags = sorted(
        ((w, n) for w, n in spellings.items() if n in entries and entries[n].substance),
        key=lambda pair: -len(pair[0]),
    )
    prefixable = frozenset(raw["prefixable"])
    return Table(entries, spellings, folded, tuple(tags), raw["prefixes"], prefixable)


def entry(name: str) -> Entry:
    """Return scale and dimension of one unit by its symbol, SI prefix allowed.

    Raises
    ------
    UnknownUnitError
        No such unit, or one that takes no prefix.

    Examples
    --------
    >>> entry("EJ").scale / entry("GJ").scale
    Fraction(1000000000, 1)
    """
    found = table().entries.get(name)
    if found is not None:
        return found
    ten, base = table().prefixes.get(name[:1]), name[1:]
    if ten is None or base not in table().prefixable:
        raise UnknownUnitError(unit=name)
    stem = table().entries[base]
    return Entry(Fraction(10) ** ten * stem.scale, stem.dimension, name)


@functools.lru_cache(maxsize=65_536)
def read(text: str) -> tuple[Side, Side]:
    """Read a spelling into numerator and denominator.

    Raises
    ------
    UnknownUnitError, AmbiguousUnitError
        As :func:`carboncalc.units.parse`.

    Examples
    --------
    >>> read("GJ/万Nm3")
    ((0, (('GJ', 1),)), (4, (('Nm3', 1),)))
    """
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
        raise UnknownUnitError(unit=str(text)[:_LONGEST])
    tokens = list(_tokens(plain(text), text))
    above, below, rest = _product(tokens, text, 0)
    if rest:
        raise UnknownUnitError(unit=text)
    return above, below


def canonical(above: Side, below: Side) -> str:
    """Write a product in the one way this library writes it.

    Examples
    --------
    >>> canonical(*read("千克二氧化碳／千瓦时"))
    'kg CO2/kWh'
    """

    def side(part: Side) -> str:
        words = [f"10^{part[0]}"] if part[0] else []
        words += [
            ("%" if name == "percent" else name) + (f"^{power}" if power != 1 else "")
            for name, power in part[1]
        ]
        return " ".join(words) or "1"

    return side(above) + (f"/{side(below)}" if below != (0, ()) else "")


def pint_text(above: Side, below: Side) -> str:
    """Write a product as pint reads it: denominators in brackets, 10^n as the unit ``ten_n``.

    Examples
    --------
    >>> pint_text(*read("t CO2/万kWh"))
    't * CO2 / (ten_4 * kWh)'
    """

    def side(part: Side) -> str:
        ten = part[0]
        words = [f"ten_{abs(ten)}" + (" ** -1" if ten < 0 else "")] if ten else []
        words += [
            entry(name).pint_name + (f" ** {power}" if power != 1 else "")
            for name, power in part[1]
        ]
        return " * ".join(words)

    if below == (0, ()):
        return side(above) or "dimensionless"
    return f"{side(above) or '1'} / ({side(below)})"


def _tokens(prepared: str, text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(prepared):
        found = _TOKEN.match(prepared, at)
        if found is None:
            raise UnknownUnitError(unit=text)
        yield str(found.lastgroup), found[str(found.lastgroup)]
        at = found.end()


def _product(
    tokens: list[tuple[str, str]], text: str, depth: int
) -> tuple[Side, Side, list[tuple[str, str]]]:
    """Read factors and slashes up to a closing bracket or the end."""
    ten = [0, 0]
    atoms: tuple[list[tuple[str, int]], list[tuple[str, int]]] = ([], [])
    side, empty = 0, True
    while tokens and tokens[0] != ("op", ")"):
        kind, word = tokens[0]
        tokens = tokens[1:]
        if (kind, word) == ("op", "/"):
            if empty:
                raise UnknownUnitError(unit=text)
            side, empty = 1, True
            continue
        empty = False
        if kind == "op":
            if depth >= _DEEPEST:
                raise UnknownUnitError(unit=text)
            above, below, tokens = _product(tokens, text, depth + 1)
            if not tokens:
                raise UnknownUnitError(unit=text)
            tokens = tokens[1:]
        elif kind == "word":
            raised = 1
            if tokens and tokens[0][0] == "power":
                raised = _bounded(tokens[0][1], text)
                tokens = tokens[1:]
            above, below = _raise(word, raised, text), (0, ())
        else:
            raise UnknownUnitError(unit=text)
        for part, where in ((above, side), (below, 1 - side)):
            ten[where] += part[0]
            atoms[where].extend(part[1])
    if empty or max(map(abs, ten)) > _LARGEST_EXPONENT:
        raise UnknownUnitError(unit=text)
    return (ten[0], tuple(atoms[0])), (ten[1], tuple(atoms[1])), tokens


def _bounded(digits: str, text: str) -> int:
    if len(digits) > 3 or abs(int(digits)) > _LARGEST_EXPONENT:
        raise UnknownUnitError(unit=text)
    return int(digits)


def _raise(word: str, power: int, text: str) -> Side:
    if word == "10" and power != 1:
        return power, ()
    if power in (2, 3) and f"{word}{power}".casefold() in table().folded:
        word, power = f"{word}{power}", 1
    ten, atoms = _word(word, text)
    if power == 1:
        return ten, atoms
    if abs(power) > _LARGEST_POWER or power == 0 or ten or len(atoms) != 1:
        raise UnknownUnitError(unit=text)
    return ten, ((atoms[0][0], power),)


def _word(word: str, text: str) -> Side:
    """One word: a unit, a numeral and a unit, or a unit and a substance grown together."""
    known = table()
    exact = known.spellings.get(word)
    if exact is not None:
        return 0, ((exact, 1),) if exact != "1" else ()
    refusal = REFUSED_AS_WRITTEN.get(word) or REFUSED.get(word.casefold())
    if refusal is not None:
        raise AmbiguousUnitError(unit=text, meanings=refusal[0], write=refusal[1])
    number = _NUMBER.match(word)
    if number is not None:
        return _number(number, word, text)
    folded = known.folded.get(word.casefold())
    if folded is not None:
        _refuse_milli_for_mega(word, folded, text)
        return 0, ((folded, 1),)
    grown = _grown_together(word, text)
    if grown is not None:
        return grown
    for numeral, ten in NUMERALS.items():
        if word.casefold().startswith(numeral) and (numeral[0] > "z" or word.lower() == numeral):
            rest = _word(word[len(numeral) :], text) if len(word) > len(numeral) else (0, ())
            return ten + rest[0], rest[1]
    try:
        entry(word)
    except UnknownUnitError:
        raise UnknownUnitError(unit=text) from None
    return 0, ((word, 1),)


def _grown_together(word: str, text: str) -> Side | None:
    """``tCO2``: a mass or gas volume with its substance, or None if the word is not that."""
    for tag, name in table().substances:
        lead = word[: -len(tag)].rstrip("-_")
        fits = word.endswith(tag) or (len(tag) > 2 and word.casefold().endswith(tag.casefold()))
        if not fits or not lead:
            continue
        try:
            ten, atoms = _word(lead, text)
        except UnknownUnitError:
            continue
        if len(atoms) == 1 and entry(atoms[0][0]).dimension in _CARRIES_SUBSTANCE:
            return ten, (*atoms, (name, 1))
    return None


def _number(number: re.Match[str], word: str, text: str) -> Side:
    """A leading power of ten. ``104`` is refused: it may be 10⁴ that lost its superscript."""
    rest = word[number.end() :]
    if number[1] is not None:
        ten = _bounded(number[1], text)
    else:
        digits = number[2].replace(",", "")
        if not re.fullmatch("10*", digits):
            if re.fullmatch(r"10\d", digits):
                power = f"10^{digits[2:]}{' ' + rest if rest else ''}"
                raise AmbiguousUnitError(
                    unit=text, meanings=f"{power}, {digits} × {rest or '1'}", write=power
                )
            raise UnknownUnitError(unit=text)
        ten = len(digits) - 1
    tail = _word(rest, text) if rest else (0, ())
    return ten + tail[0], tail[1]


def _refuse_milli_for_mega(word: str, name: str, text: str) -> None:
    """``mwh`` or ``MG``: one letter's case decides between a thousandth and a million."""
    if word[0] != name[0] and name[0] in "mM" and name[1:] in table().prefixable:
        stem = name[1:]
        raise AmbiguousUnitError(
            unit=text,
            meanings=f"m{stem} (10^-3 {stem}), M{stem} (10^6 {stem})",
            write=name if name[0] == "M" else f"{name} / 10^6 {stem}",
        )
