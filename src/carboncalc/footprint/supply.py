"""What a unit of internally supplied power or heat carries: the internal factor.

For a shared plant: factor = (its own emissions for the carrier + what the energy it buys
carries) ÷ everything it supplies of the carrier, so that losses are carried by the users.
For a tenant or enterprise that passes on what it buys: the average of what it bought; the
rest is its own use. A stated factor replaces both; what it does not cover stays with the
supplier. Whatever the factor, the total of the park is the same: a factor only shares out.

Source of the rules: GHG Protocol Scope 2 Guidance (2015) on supplied energy; Regulation (EU)
2025/2547, annex III, for the reconciliation factor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from carboncalc import units
from carboncalc.errors import BoundaryError, UnitError
from carboncalc.footprint.flows import CARRIER_UNIT
from carboncalc.footprint.members import Member

#: Ways to split a plant that makes power and heat at once (park rules, section 5).
SPLIT_METHODS = ("efficiency", "energy", "exergy", "heat_ratio")


@dataclass(frozen=True, order=True, slots=True)
class Supply:
    """One supplier's one carrier in one year."""

    supplier: str
    carrier: str
    year: int


@dataclass
class Balance:
    """What goes into a supply and what comes out, in grains and energy units.

    ``own`` are the supplier's own emissions for it; ``bought`` the energy of the same
    carrier that it buys; ``inflows`` the internal supplies it takes, by quantity;
    ``supplied`` everything it gives on, ``outside`` the part that leaves the park.
    """

    own: int = 0
    bought: Fraction = Fraction(0)
    supplied: Fraction = Fraction(0)
    outside: Fraction = Fraction(0)
    inflows: dict[Supply, Fraction] = field(default_factory=dict)
    stated: Fraction | None = None
    resale: bool = False

    @property
    def output(self) -> Fraction:
        """The quantity the factor is divided by."""
        return self.bought if self.resale else self.supplied


def stated_factor(member: Member, carrier: str) -> Fraction | None:
    """The factor that the entity file states for a carrier, in t CO2e per MWh or GJ.

    ``internal_factor`` may be a mapping from carrier to a number (t CO2e/MWh, t CO2e/GJ) or
    to a text with its unit, such as ``{"heat": "0.05 tCO2/GJ"}``.

    Raises
    ------
    BoundaryError
        ``B-052`` if a factor is announced as stated and not given, or does not read as one.

    Examples
    --------
    >>> float(stated_factor(Member("S", "S", internal_factor={"heat": "60 kgCO2/GJ"}), "heat"))
    0.06
    """
    wanted = member.internal_factor
    if wanted is None or wanted == {}:
        return None
    if isinstance(wanted, str):
        if wanted in SPLIT_METHODS:
            return None  # one carrier: every split gives all of the emission to it
        raise BoundaryError("B-052", entity=member.id, carrier=carrier, given=wanted)
    value = wanted.get(carrier)
    if value is None:
        return None
    found = re.fullmatch(r"\s*([-+0-9.eE]+)\s*(.*?)\s*", str(value))
    if found is None:
        raise BoundaryError("B-052", entity=member.id, carrier=carrier, given=value)
    number, unit = found.groups()
    factor = Fraction(number)
    if not unit:
        return factor
    for gas in ("CO2", "CO2e"):
        try:
            multiply, divide = units.conversion(unit, f"t {gas}/{CARRIER_UNIT[carrier]}")
        except UnitError:
            continue
        return factor * Fraction(str(multiply)) / Fraction(str(divide))
    raise BoundaryError("B-052", entity=member.id, carrier=carrier, given=value)


def solve(balances: Mapping[Supply, Balance]) -> dict[Supply, Fraction]:
    """The factor of each supply, in grains per MWh or GJ, supplies of supplies included.

    Suppliers that take nothing from each other are worked out one after the other; a ring
    (a PV plant that takes night power from the operator it supplies) is solved as linear
    equations in exact fractions.

    Raises
    ------
    BoundaryError
        ``B-056`` if a plant emits for a carrier and supplies none of it; ``B-057`` if a ring
        of supplies has no solution.

    Examples
    --------
    >>> heat = Supply("S", "heat", 2024)
    >>> solve({heat: Balance(own=100, supplied=Fraction(20))})[heat]
    Fraction(5, 1)
    """
    factors: dict[Supply, Fraction] = {}
    waiting = dict(sorted(balances.items()))
    while waiting:
        ready = [
            key
            for key, balance in waiting.items()
            if balance.stated is not None or all(k in factors for k in balance.inflows)
        ]
        if not ready:
            return factors | _ring(waiting, factors)
        for key in ready:
            balance = waiting.pop(key)
            if balance.stated is not None:
                factors[key] = balance.stated
                continue
            factors[key] = _per_unit(key, balance.own + carried_by(balance, factors), balance)
    return factors


def carried_by(balance: Balance, factors: Mapping[Supply, Fraction]) -> Fraction:
    """What the internal supplies that go into a supply carry, in grains.

    Examples
    --------
    >>> power = Supply("OPS", "electricity", 2024)
    >>> carried_by(Balance(inflows={power: Fraction(10)}), {power: Fraction(1, 2)})
    Fraction(5, 1)
    """
    return sum((q * factors[k] for k, q in balance.inflows.items()), start=Fraction(0))


def _per_unit(key: Supply, emission: Fraction | int, balance: Balance) -> Fraction:
    if balance.output:
        return Fraction(emission) / balance.output
    if emission:
        raise BoundaryError("B-056", entity=key.supplier, carrier=key.carrier, year=key.year)
    return Fraction(0)


def _ring(
    waiting: Mapping[Supply, Balance], known: Mapping[Supply, Fraction]
) -> dict[Supply, Fraction]:
    """Gauss elimination of output·f − Σ q·f_in = own, in fractions."""
    keys = list(waiting)
    rows: list[list[Fraction]] = []
    for key in keys:
        balance = waiting[key]
        row = [Fraction(0)] * (len(keys) + 1)
        row[keys.index(key)] += balance.output
        row[-1] = Fraction(balance.own)
        for source, quantity in balance.inflows.items():
            if source in known:
                row[-1] += quantity * known[source]
            else:
                row[keys.index(source)] -= quantity
        rows.append(row)
    for column in range(len(keys)):
        pivot = next((r for r in range(column, len(keys)) if rows[r][column]), None)
        if pivot is None:
            raise BoundaryError("B-057", entities=", ".join(key.supplier for key in keys))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [value / lead for value in rows[column]]
        for other in range(len(keys)):
            if other != column and rows[other][column]:
                scale = rows[other][column]
                rows[other] = [
                    a - scale * b for a, b in zip(rows[other], rows[column], strict=True)
                ]
    return {key: row[-1] for key, row in zip(keys, rows, strict=True)}


def annotate(
    balance: Balance, factors: Mapping[Supply, Fraction], factor: Fraction, per_tonne: int
) -> dict[str, Any]:
    """A supply in words for the table of internal factors.

    ``own_t + taken_t`` over ``supplied`` is the factor, so that a reader can do the division:
    ``taken_t`` is what the energy that the plant takes from others inside carries. For a
    resale the divisor is the main meter, for a stated factor nothing is divided.
    """
    method = "stated" if balance.stated is not None else "resale" if balance.resale else "average"
    main = balance.bought
    disclosed = not balance.resale and main > 0 and balance.supplied > 0
    return {
        "supplied": float(balance.supplied),
        "outside": float(balance.outside),
        "own_t": balance.own / per_tonne,
        "taken_t": float(carried_by(balance, factors) / per_tonne),
        "factor": float(factor / per_tonne),
        "method": method,
        "main_meter": float(main) if main else None,
        "reconciliation_factor": float(main / balance.supplied) if disclosed else None,
    }
