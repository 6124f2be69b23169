"""Derive ``units_table.json``, the closed table of exact unit scales, from ``units.txt``.

Run by hand after a change of ``units.txt``: ``python tools/make_units_table.py``. With
``--check`` nothing is written and the exit status says whether the table is up to date.
"""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction
from pathlib import Path

import pint

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "carboncalc"
DEFINITIONS = PACKAGE / "units.txt"
TABLE = PACKAGE / "units_table.json"

#: Prefixed units people write, beyond those that stand in units.txt themselves.
PREFIXED = (
    *("kg", "mg", "ug", "km", "cm", "mm", "mL", "kL", "kPa", "MPa", "kmol", "kcal", "Mcal", "Gcal"),
    *("kJ", "MJ", "GJ", "TJ", "PJ", "kW", "MW", "GW", "kWh", "MWh", "GWh", "TWh"),
)


def build() -> str:
    """Return the table as JSON text."""
    registry = pint.UnitRegistry(
        str(DEFINITIONS), non_int_type=Fraction, cache_folder=None, autoconvert_to_preferred=False
    )
    atoms: dict[str, list[object]] = {}
    tags: dict[str, str] = {}
    for line in DEFINITIONS.read_text(encoding="utf-8").splitlines():
        found = re.match(r"(\w+) =", line)
        if not found:
            continue
        name = found[1]
        tag = re.search(r"# tag (\S+)", line)
        if tag:
            tags[tag[1]] = name
        else:
            atoms[name] = entry(registry, name)
    for name in PREFIXED:
        atoms[name] = entry(registry, name)
    prefixes = re.findall(r"^\w+- = (\S+) = (\w+)-$", DEFINITIONS.read_text("utf-8"), re.M)
    tens = {letter: power_of_ten(Fraction(value)) for value, letter in prefixes}
    prefixable = re.findall(r"^(\w+) = .*# prefix$", DEFINITIONS.read_text(encoding="utf-8"), re.M)
    substances = {tag: [name, *entry(registry, name)] for tag, name in tags.items()}
    lines = ['{"prefixes": ' + json.dumps(tens) + ","]
    lines += ['"prefixable": ' + json.dumps(sorted(prefixable)) + ",", '"units": {']
    lines.append(",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(atoms.items())))
    lines.append('},\n"substances": {')
    lines.append(
        ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(substances.items()))
    )
    lines.append("}}")
    return "\n".join(lines) + "\n"


def power_of_ten(value: Fraction) -> int:
    """Return n of 10^n."""
    ten = len(str(value.numerator)) - len(str(value.denominator))
    assert value == Fraction(10) ** ten
    return ten


def entry(registry: pint.UnitRegistry, name: str) -> list[object]:
    """Return numerator, denominator and dimension of one unit, in base units."""
    factor, _ = registry.get_base_units(name)
    scale = Fraction(factor)
    dimension = sorted(registry.get_dimensionality(name).items())
    return [scale.numerator, scale.denominator, {base: int(power) for base, power in dimension}]


def main() -> int:
    """Write the table, or compare it with ``--check``."""
    text = build()
    if "--check" in sys.argv[1:]:
        return int(TABLE.read_text(encoding="utf-8") != text)
    TABLE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
