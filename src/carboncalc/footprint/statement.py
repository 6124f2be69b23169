"""One footprint on one basis: who emits, who is charged, what stays unallocated.

For every member: responsible = own + Σ charges in − Σ charges out. The charges cancel, so
the sum over the members is Σ direct + net external energy, whatever the internal factors
are. All of it is kept in whole grains (2⁻⁴⁵ t).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from carboncalc.footprint.allocation import share_units
from carboncalc.footprint.balances import (
    balances_of,
    carrier_service,
    cell_service,
    suppliers,
)
from carboncalc.footprint.boundary import Weight
from carboncalc.footprint.cells import Cell
from carboncalc.footprint.flows import CARRIER_UNIT, Flows, sums_by
from carboncalc.footprint.grains import PER_TONNE
from carboncalc.footprint.members import Member, Members
from carboncalc.footprint.services import METERED, SUPPLIED_OUTSIDE
from carboncalc.footprint.supply import Balance, Supply, annotate, solve

#: Gives the allocation keys of the recipients: (key name, provider) → recipient → key.
Keys = Callable[[str, Member], Mapping[str, float]]


#: The parts of what a member bears, in the order they are shown.
PARTS = ("scope1", "scope2_external", "scope2_internal", "scope3", "allocated", "passed_on")
_OWN = {"1": "scope1", "2": "scope2_external", "3": "scope3"}


@dataclass(frozen=True, slots=True)
class Charge:
    """Emissions that pass from a provider to a receiver.

    ``purpose`` is the receiver's process. ``full`` is the emission, ``amount`` what the
    boundary counts of it with the receiver, ``counted_out`` what leaves the provider: less
    than ``amount`` where the provider's weight in the boundary is the smaller one.
    """

    provider: str
    receiver: str
    service: str
    year: int | None
    kind: str
    quantity: float | None
    unit: str
    amount: int
    counted_out: int
    full: int
    purpose: str = ""


@dataclass(frozen=True)
class Statement:
    """A footprint on one basis, in grains."""

    basis: str
    own: Mapping[Cell, int]
    charges: tuple[Charge, ...]
    unallocated: Mapping[tuple[str, str], int]
    supplies: pd.DataFrame
    excluded: Mapping[str, int] = field(default_factory=dict)

    def scope(self, scope: str) -> int:
        """Scope 1, 2 or 3 over all members, internal supply eliminated."""
        own = sum(count for cell, count in self.own.items() if cell.scope == scope)
        if scope == "2":
            own += sum(charge.amount - charge.counted_out for charge in self.charges)
        return own

    @property
    def total(self) -> int:
        """Scope 1 and 2 (and 3 where the inventory counts it)."""
        return sum(self.scope(scope) for scope in ("1", "2", "3"))

    def by_member(self) -> defaultdict[str, dict[str, int]]:
        """Per member the parts of what it bears: own by scope, charged in, passed on (negative)."""
        parts: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(PARTS, 0))
        for cell, count in self.own.items():
            parts[cell.entity][_OWN[cell.scope]] += count
        for charge in self.charges:
            part = "scope2_internal" if charge.kind == METERED else "allocated"
            parts[charge.receiver][part] += charge.amount
            parts[charge.provider]["passed_on"] -= charge.counted_out
        return parts

    def responsible(self, entity: str) -> int:
        """Own emissions plus what is charged, less what is passed on."""
        return sum(self.by_member()[entity].values())


def state(
    basis: str,
    own: Mapping[Cell, int],
    flows: Flows,
    members: Members,
    weights: Mapping[str, Weight],
    keys: Keys,
) -> Statement:
    """The statement of one basis from the members' own emissions and the checked flows."""
    sold = suppliers(flows)
    balances = balances_of(own, flows, members, sold)
    factors = solve(balances)
    charges = _metered(flows, factors, weights)
    charges += _allocated(own, charges, members, weights, sold, keys)
    rows = [
        {
            "supplier": s.supplier,
            "carrier": s.carrier,
            "year": s.year,
            "unit": CARRIER_UNIT[s.carrier],
            **annotate(balances[s], factors, factors[s], PER_TONNE),
        }
        for s in sorted(factors)
    ]
    weighted = {cell: _times(weights[cell.entity].weight, n) for cell, n in own.items()}
    excluded: dict[str, int] = {}
    for cell, count in own.items():
        excluded[cell.entity] = excluded.get(cell.entity, 0) + count - weighted[cell]
    return Statement(
        basis=basis,
        own=weighted,
        charges=tuple(charges),
        unallocated=_unallocated(
            weighted, charges, members, sold, _outside(balances, factors, members, weights)
        ),
        supplies=pd.DataFrame(rows),
        excluded={name: count for name, count in excluded.items() if count},
    )


def _times(weight: Fraction, count: int) -> int:
    return count if weight == 1 else round(weight * count)


def _metered(
    flows: Flows, factors: Mapping[Supply, Fraction], weights: Mapping[str, Weight]
) -> list[Charge]:
    charges = []
    keys = ["seller", "buyer", "carrier", "year", "process"]
    for (seller, buyer, carrier, year, process), amount in sums_by(flows.internal, keys).items():
        full = round(Fraction(amount) * factors[Supply(seller, carrier, int(year))])
        provider, receiver = weights[seller].weight, weights[buyer].weight
        charges.append(
            Charge(
                provider=seller,
                receiver=buyer,
                service=carrier,
                year=int(year),
                kind=METERED,
                quantity=amount,
                unit=CARRIER_UNIT[carrier],
                amount=_times(receiver, full),
                counted_out=_times(min(provider, receiver), full),
                full=full,
                purpose=process,
            )
        )
    return charges


def _pool(
    provider: str,
    service: str,
    own: Mapping[Cell, int],
    charges: Iterable[Charge],
    members: Members,
    sold: Mapping[str, set[str]],
) -> int:
    """What a provider has for a service: own emissions and what it is charged for it."""
    member = members.by_id[provider]
    pool = sum(
        count
        for cell, count in own.items()
        if cell.entity == provider and cell_service(cell, member, sold) == service
    )
    return pool + sum(
        charge.full
        for charge in charges
        if charge.receiver == provider
        and carrier_service(charge.service, charge.purpose, member, sold) == service
    )


def _allocated(
    own: Mapping[Cell, int],
    metered: list[Charge],
    members: Members,
    weights: Mapping[str, Weight],
    sold: Mapping[str, set[str]],
    keys: Keys,
) -> list[Charge]:
    """Services without a meter, shared out by the keys of the entity file."""
    charges: list[Charge] = []
    for provider in members.inside():
        if provider.kind != "shared":
            continue
        for service, key in sorted(provider.allocation.items()):
            if key == METERED or service in sold.get(provider.id, set()):
                continue
            pool = _pool(provider.id, service, own, metered, members, sold)
            if not pool:
                continue
            for receiver, share in share_units(pool, keys(key, provider)).items():
                if receiver == provider.id or not share:
                    continue  # the provider's own part (vacancy) stays unallocated
                mine, theirs = weights[provider.id].weight, weights[receiver].weight
                charges.append(
                    Charge(
                        provider=provider.id,
                        receiver=receiver,
                        service=service,
                        year=None,
                        kind=key,
                        quantity=None,
                        unit="",
                        amount=_times(theirs, share),
                        counted_out=_times(min(mine, theirs), share),
                        full=share,
                    )
                )
    return charges


def _unallocated(
    own: Mapping[Cell, int],
    charges: Iterable[Charge],
    members: Members,
    sold: Mapping[str, set[str]],
    outside: Mapping[Supply, int],
) -> dict[tuple[str, str], int]:
    """What stays with each shared plant, by service."""
    left: dict[tuple[str, str], int] = {}
    for cell, count in own.items():
        member = members.by_id[cell.entity]
        if member.kind == "shared":
            key = (cell.entity, cell_service(cell, member, sold))
            left[key] = left.get(key, 0) + count
    for charge in charges:
        receiver, provider = members.by_id[charge.receiver], members.by_id[charge.provider]
        if receiver.kind == "shared":
            key = (charge.receiver, carrier_service(charge.service, charge.purpose, receiver, sold))
            left[key] = left.get(key, 0) + charge.amount
        if provider.kind == "shared":
            key = (charge.provider, charge.service)
            left[key] = left.get(key, 0) - charge.counted_out
    for supply, count in outside.items():
        for service, part in ((supply.carrier, -count), (SUPPLIED_OUTSIDE, count)):
            key = (supply.supplier, service)
            left[key] = left.get(key, 0) + part
    return {key: count for key, count in sorted(left.items()) if count}


def _outside(
    balances: Mapping[Supply, Balance],
    factors: Mapping[Supply, Fraction],
    members: Members,
    weights: Mapping[str, Weight],
) -> dict[Supply, int]:
    """What shared plants emitted for energy that left the park."""
    return {
        supply: _times(weights[supply.supplier].weight, round(balance.outside * factors[supply]))
        for supply, balance in balances.items()
        if balance.outside and members.by_id[supply.supplier].kind == "shared"
    }
