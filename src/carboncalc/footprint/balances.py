"""What each internal supply is made of, and which service own emissions belong to."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from carboncalc.errors import BoundaryError
from carboncalc.footprint.cells import Cell
from carboncalc.footprint.flows import CARRIER_UNIT, TRANSFER_SOURCES, Flows
from carboncalc.footprint.grains import PER_TONNE
from carboncalc.footprint.members import Member, Members
from carboncalc.footprint.services import EXPORTED, OTHER, service_of
from carboncalc.footprint.supply import Balance, Supply, stated_factor


def suppliers(flows: Flows) -> dict[str, set[str]]:
    """Who supplies which carriers, inside or outside."""
    sellers: dict[str, set[str]] = {}
    inside = flows.internal
    for seller, carrier in zip(inside["seller"], inside["carrier"], strict=True):
        sellers.setdefault(seller, set()).add(carrier)
    records = flows.records
    out = records[(records["role"] == "seller") & ~records["internal"]]
    for seller, carrier in zip(out["entity"], out["carrier"], strict=True):
        sellers.setdefault(seller, set()).add(carrier)
    return sellers


def cell_service(cell: Cell, member: Member, sold: Mapping[str, set[str]]) -> str:
    """The service that own emissions of a shared plant belong to."""
    if cell.source.startswith("exported_"):
        return EXPORTED
    item = TRANSFER_SOURCES[cell.source][0] if cell.source in TRANSFER_SOURCES else cell.item
    return service_of(
        member,
        sold.get(member.id, set()),
        process=cell.process,
        category=cell.category,
        item=item,
    )


def carrier_service(
    carrier: str, process: str, member: Member, sold: Mapping[str, set[str]]
) -> str:
    """The service that energy bought by a shared plant belongs to."""
    carriers = sold.get(member.id, set())
    return service_of(member, carriers, process=process, category=carrier, item=carrier)


def balances_of(
    own: Mapping[Cell, int], flows: Flows, members: Members, sold: Mapping[str, set[str]]
) -> dict[Supply, Balance]:
    """What goes into each supply and what comes out, by supplier, carrier and year."""
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
        return cell_service(cell, member, sold)
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
            to = carrier
            if member.kind == "shared":
                to = carrier_service(carrier, row["process"], member, sold)
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
    if balance.stated is not None or balance.supplied == balance.outside:
        return  # nobody inside is charged: surplus of one's own generation may leave the park
    burns = any(
        cell.entity == key.supplier and cell.category == "stationary" and count
        for cell, count in own.items()
    )
    if key.carrier == "heat" and (burns or not balance.bought):
        raise BoundaryError("B-050", entity=key.supplier, carrier=key.carrier)
    if balance.supplied > balance.bought:
        raise BoundaryError(
            "B-055",
            entity=key.supplier,
            carrier=key.carrier,
            year=key.year,
            bought=float(balance.bought),
            supplied=float(balance.supplied),
            unit=CARRIER_UNIT[key.carrier],
        )
