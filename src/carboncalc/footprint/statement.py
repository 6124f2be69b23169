"""One footprint on one basis: who emits, who is charged, what stays unallocated.

For every member: responsible = own + Σ charges in − Σ charges out. The charges cancel, so
the sum over the members is Σ direct + net external energy, whatever the internal factors
are. All of it is kept in whole grains (2⁻⁴⁵ t).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from carboncalc.errors import BoundaryError
from carboncalc.footprint.allocation import share_units
from carboncalc.footprint.boundary import Weight
from carboncalc.footprint.flows import CARRIER_UNIT, TRANSFER_SOURCES, Flows
from carboncalc.footprint.grains import PER_TONNE, grains_by
from carboncalc.footprint.members import Member, Members
from carboncalc.footprint.services import EXPORTED, METERED, OTHER, service_of
from carboncalc.footprint.supply import Balance, Supply, annotate, solve, stated_factor

#: Gives the allocation keys of the recipients: (key name, provider) → recipient → key.
Keys = Callable[[str, Member], Mapping[str, float]]


class Cell(NamedTuple):
    """What own emissions are distinguished by."""

    entity: str
    scope: str
    category: str
    source: str
    item: str
    process: str
    year: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Emissions that pass from a provider to a receiver.

    ``full`` is the emission, ``amount`` what the boundary counts of it with the receiver,
    ``counted_out`` what leaves the provider: less than ``amount`` where the provider's
    weight in the boundary is smaller than the receiver's.
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

    def responsible(self, entity: str) -> int:
        """Own emissions plus what is charged, less what is passed on."""
        own = sum(count for cell, count in self.own.items() if cell.entity == entity)
        for charge in self.charges:
            own += charge.amount * (charge.receiver == entity)
            own -= charge.counted_out * (charge.provider == entity)
        return own


def own_cells(lines: pd.DataFrame, members: Members, *, exports: bool) -> dict[Cell, int]:
    """Exact sums of the lines of members without the internal transfers.

    ``exports`` keeps sales of energy to the outside as the negative lines that a document
    makes of them; without it (GHG Protocol) they are left out.
    """
    inside = members.ids()
    keep = lines["entity"].astype(object).isin(inside)
    counterparty = lines["counterparty"].astype(object)
    transfer = lines["source"].astype(object).isin(list(TRANSFER_SOURCES))
    keep &= ~(transfer & counterparty.isin(inside))
    sold = lines["source"].astype(object).str.startswith("exported_")
    if not exports:
        keep &= ~sold
    part = lines.loc[keep, ["entity", "category", "source", "item", "process", "co2e_t"]].copy()
    part["scope"] = lines.loc[keep, "scope"].astype("int64").astype(str)
    part["year"] = pd.to_datetime(lines.loc[keep, "period_start"]).dt.year
    part = part[_valid(part, lines.loc[keep], members)]
    return {Cell(*key): count for key, count in grains_by(part, Cell._fields).items()}


def _valid(part: pd.DataFrame, lines: pd.DataFrame, members: Members) -> Any:
    """Lines whose period begins while their entity belongs (contract section 6)."""
    start = pd.to_datetime(lines["period_start"])
    ok = pd.Series(True, index=part.index)
    for member in members.inside():
        mine = part["entity"] == member.id
        if member.valid_from is not None:
            ok &= ~mine | (start >= pd.Timestamp(member.valid_from))
        if member.valid_to is not None:
            ok &= ~mine | (start <= pd.Timestamp(member.valid_to))
    return ok


def state(
    basis: str,
    own: Mapping[Cell, int],
    flows: Flows,
    members: Members,
    weights: Mapping[str, Weight],
    keys: Keys,
) -> Statement:
    """The statement of one basis from the members' own emissions and the checked flows."""
    sold = _sold(flows)
    balances = _balances(own, flows, members, sold)
    factors = solve(balances)
    charges = _metered(flows, factors, weights)
    charges += _allocated(own, charges, members, weights, sold, keys)
    rows = [
        {"supplier": s.supplier, "carrier": s.carrier, "year": s.year,
         "unit": CARRIER_UNIT[s.carrier], **annotate(balances[s], factors[s], PER_TONNE)}
        for s in sorted(factors)
    ]  # fmt: skip
    weighted = {cell: _times(weights[cell.entity].weight, n) for cell, n in own.items()}
    excluded: dict[str, int] = {}
    for cell, count in own.items():
        excluded[cell.entity] = excluded.get(cell.entity, 0) + count - weighted[cell]
    return Statement(
        basis=basis,
        own=weighted,
        charges=tuple(charges),
        unallocated=_unallocated(weighted, charges, members, sold),
        supplies=pd.DataFrame(rows),
        excluded={name: count for name, count in excluded.items() if count},
    )


def _times(weight: Fraction, count: int) -> int:
    return count if weight == 1 else round(weight * count)


def _sold(flows: Flows) -> dict[str, set[str]]:
    sellers: dict[str, set[str]] = {}
    inside = flows.internal
    for seller, carrier in zip(inside["seller"], inside["carrier"], strict=True):
        sellers.setdefault(seller, set()).add(carrier)
    records = flows.records
    out = records[(records["role"] == "seller") & ~records["internal"]]
    for seller, carrier in zip(out["entity"], out["carrier"], strict=True):
        sellers.setdefault(seller, set()).add(carrier)
    return sellers


def _cell_service(cell: Cell, member: Member, sold: Mapping[str, set[str]]) -> str:
    if cell.source.startswith("exported_"):
        return EXPORTED
    item = TRANSFER_SOURCES[cell.source][0] if cell.source in TRANSFER_SOURCES else cell.item
    return service_of(
        member, sold.get(member.id, set()),
        process=cell.process, category=cell.category, item=item,
    )  # fmt: skip


def _carrier_service(carrier: str, member: Member, sold: Mapping[str, set[str]]) -> str:
    return service_of(member, sold.get(member.id, set()), category=carrier, item=carrier)


def _balances(
    own: Mapping[Cell, int], flows: Flows, members: Members, sold: Mapping[str, set[str]]
) -> dict[Supply, Balance]:
    balances: dict[Supply, Balance] = {}
    years = sorted({int(year) for year in flows.records["year"]})
    for supplier in sorted(sold):
        for carrier in sorted(sold[supplier]):
            for year in years:
                balances[Supply(supplier, carrier, year)] = Balance()
    _quantities(balances, flows, members, sold)
    for cell, count in own.items():
        member = members.by_id[cell.entity]
        if cell.entity in sold:
            key = Supply(cell.entity, _own_carrier(cell, member, sold), cell.year)
            if key in balances:
                balances[key].own += count
    for key, balance in balances.items():
        member = members.by_id[key.supplier]
        stated = stated_factor(member, key.carrier)
        balance.stated = None if stated is None else stated * PER_TONNE
        if member.kind != "shared":
            _check_resale(key, balance, own)
    return {key: b for key, b in balances.items() if b.supplied or b.own or b.inflows}


def _own_carrier(cell: Cell, member: Member, sold: Mapping[str, set[str]]) -> str:
    if member.kind == "shared":
        return _cell_service(cell, member, sold)
    bought = TRANSFER_SOURCES.get(cell.source, ("", ""))
    return bought[0] if bought[1] == "buyer" else OTHER


def _quantities(
    balances: Mapping[Supply, Balance],
    flows: Flows,
    members: Members,
    sold: Mapping[str, set[str]],
) -> None:
    for row in flows.internal.to_dict("records"):
        seller, buyer, carrier, year = row["seller"], row["buyer"], row["carrier"], row["year"]
        quantity = Fraction(row["amount"])
        supply = Supply(seller, carrier, int(year))
        balances[supply].supplied += quantity
        member = members.by_id[buyer]
        if buyer in sold:
            to = (
                _carrier_service(carrier, member, sold) if member.kind == "shared" else carrier
            )
            taker = balances.get(Supply(buyer, to, int(year)))
            if taker is not None:
                taker.inflows[supply] = taker.inflows.get(supply, Fraction(0)) + quantity
                if to == carrier:
                    taker.bought += quantity
    across = flows.records[~flows.records["internal"]]
    for row in across.to_dict("records"):
        supply = Supply(row["entity"], row["carrier"], int(row["year"]))
        if supply not in balances or row["unit"] != CARRIER_UNIT[row["carrier"]]:
            continue
        if row["role"] == "seller":
            balances[supply].supplied += Fraction(row["amount"])
            balances[supply].outside += Fraction(row["amount"])
        else:
            balances[supply].bought += Fraction(row["amount"])


def _check_resale(key: Supply, balance: Balance, own: Mapping[Cell, int]) -> None:
    """A tenant passes on what it bought; anything else needs a stated factor."""
    balance.resale = True
    if balance.stated is not None or not balance.supplied:
        return
    burns = any(
        cell.entity == key.supplier and cell.category == "stationary" and count
        for cell, count in own.items()
    )
    if key.carrier == "heat" and (burns or not balance.bought):
        raise BoundaryError("B-050", entity=key.supplier, carrier=key.carrier)
    if balance.supplied > balance.bought:
        raise BoundaryError(
            "B-055", entity=key.supplier, carrier=key.carrier, year=key.year,
            bought=float(balance.bought), supplied=float(balance.supplied),
            unit=CARRIER_UNIT[key.carrier],
        )  # fmt: skip


def _metered(
    flows: Flows, factors: Mapping[Supply, Fraction], weights: Mapping[str, Weight]
) -> list[Charge]:
    charges = []
    keys = ["seller", "buyer", "carrier", "year"]
    for row in flows.internal.groupby(keys, as_index=False)["amount"].sum().to_dict("records"):
        supply = Supply(row["seller"], row["carrier"], int(row["year"]))
        full = round(Fraction(row["amount"]) * factors[supply])
        provider, receiver = weights[row["seller"]].weight, weights[row["buyer"]].weight
        charges.append(
            Charge(
                provider=row["seller"], receiver=row["buyer"], service=row["carrier"],
                year=int(row["year"]), kind=METERED, quantity=float(row["amount"]),
                unit=CARRIER_UNIT[row["carrier"]], amount=_times(receiver, full),
                counted_out=_times(min(provider, receiver), full), full=full,
            )  # fmt: skip
        )
    return charges


def _pool(
    provider: str, service: str, own: Mapping[Cell, int], charges: Iterable[Charge],
    members: Members, sold: Mapping[str, set[str]],
) -> int:  # fmt: skip
    """What a provider has for a service: own emissions and what it is charged for it."""
    member = members.by_id[provider]
    pool = sum(
        count for cell, count in own.items()
        if cell.entity == provider and _cell_service(cell, member, sold) == service
    )  # fmt: skip
    return pool + sum(
        charge.full for charge in charges
        if charge.receiver == provider and _carrier_service(charge.service, member, sold) == service
    )  # fmt: skip


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
                        provider=provider.id, receiver=receiver, service=service, year=None,
                        kind=key, quantity=None, unit="", amount=_times(theirs, share),
                        counted_out=_times(min(mine, theirs), share), full=share,
                    )  # fmt: skip
                )
    return charges


def _unallocated(
    own: Mapping[Cell, int],
    charges: Iterable[Charge],
    members: Members,
    sold: Mapping[str, set[str]],
) -> dict[tuple[str, str], int]:
    """What stays with each shared plant, by service."""
    left: dict[tuple[str, str], int] = {}
    for cell, count in own.items():
        member = members.by_id[cell.entity]
        if member.kind == "shared":
            key = (cell.entity, _cell_service(cell, member, sold))
            left[key] = left.get(key, 0) + count
    for charge in charges:
        receiver, provider = members.by_id[charge.receiver], members.by_id[charge.provider]
        if receiver.kind == "shared":
            key = (charge.receiver, _carrier_service(charge.service, receiver, sold))
            left[key] = left.get(key, 0) + charge.amount
        if provider.kind == "shared":
            key = (charge.provider, charge.service)
            left[key] = left.get(key, 0) - charge.counted_out
    return {key: count for key, count in sorted(left.items()) if count}
