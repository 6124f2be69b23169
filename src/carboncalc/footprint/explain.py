"""Walks down from a total: the largest parts, and the flows between who emits and who bears."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from carboncalc.footprint.grains import tonnes
from carboncalc.footprint.members import Members
from carboncalc.footprint.services import EXPORTED, METERED, SUPPLIED_OUTSIDE
from carboncalc.footprint.statement import Charge, Statement

#: Where what nobody is charged for goes in the flows.
UNALLOCATED = "(unallocated)"
#: The node of what is supplied across the boundary.
OUTSIDE = "(outside)"


def largest_parts(
    statement: Statement, members: Members, entity: str | None, top: int
) -> pd.DataFrame:
    """The largest parts of one member's emissions, or of all members' own emissions."""
    rows: dict[tuple[str, str, str, str, str], int] = {}
    for cell, count in statement.own.items():
        if entity in (None, cell.entity):
            key = (cell.entity, "own", cell.source, cell.item, cell.scope)
            rows[key] = rows.get(key, 0) + count
    if entity is not None:
        for key, count in _charged(statement.charges, entity):
            rows[key] = rows.get(key, 0) + count
    whole = sum(abs(count) for count in rows.values())
    order = sorted(rows.items(), key=lambda entry: (-abs(entry[1]), entry[0]))[:top]
    columns = ["entity", "part", "source", "item", "scope"]
    table = pd.DataFrame([key for key, _ in order], columns=columns)
    table.insert(1, "name", [members.by_id[name].name for name in table["entity"]])
    table["co2e_t"] = [tonnes(count) for _, count in order]
    table["share"] = [abs(count) / whole if whole else 0.0 for _, count in order]
    return table


def _charged(
    charges: Iterable[Charge], entity: str
) -> Iterable[tuple[tuple[str, str, str, str, str], int]]:
    for charge in charges:
        metered = charge.kind == METERED
        if charge.receiver == entity:
            part = ("supplied by " if metered else "allocated by ") + charge.provider
            scope = "2" if metered else ""
            yield (entity, part, "internal_supply", charge.service, scope), charge.amount
        if charge.provider == entity:
            part = f"passed on to {charge.receiver}"
            yield (entity, part, "internal_supply", charge.service, ""), -charge.counted_out


def flow_frame(statement: Statement, members: Members) -> pd.DataFrame:
    """One row per flow; what flows into a member is what flows out of it or is borne by it."""
    rows: dict[tuple[str, str, str, str, str], tuple[float, int]] = {}

    def add(origin: str, target: str, kind: str, label: str, unit: str, q: float, n: int) -> None:
        quantity, count = rows.get((origin, target, kind, label, unit), (0.0, 0))
        rows[origin, target, kind, label, unit] = (quantity + q, count + n)

    for cell, count in statement.own.items():
        kind = _kind(cell.scope, cell.category)
        outgoing = cell.source.startswith("exported_")
        ends = (cell.entity, OUTSIDE) if outgoing else (f"{kind}:{cell.item}", cell.entity)
        add(*ends, "export" if outgoing else kind, cell.item, "", 0.0, count)
    for charge in statement.charges:
        kind = "supply" if charge.kind == METERED else "service"
        quantity = charge.quantity or 0.0
        add(
            charge.provider,
            charge.receiver,
            kind,
            charge.service,
            charge.unit,
            quantity,
            charge.amount,
        )
    for (entity, service), count in statement.unallocated.items():
        if service == SUPPLIED_OUTSIDE:
            add(entity, OUTSIDE, "export", service, "", 0.0, count)
        elif service != EXPORTED:  # the credit for it stands above as a negative flow
            add(entity, UNALLOCATED, "unallocated", service, "", 0.0, count)
    table = pd.DataFrame(
        [(*key, quantity, tonnes(count)) for key, (quantity, count) in sorted(rows.items())],
        columns=["origin", "target", "kind", "label", "unit", "quantity", "co2e_t"],
    )
    return table[["origin", "target", "kind", "label", "quantity", "unit", "co2e_t"]]


def _kind(scope: str, category: str) -> str:
    if scope == "2":
        return "purchase"
    return "fuel" if category in ("stationary", "mobile") else "process"


def node_label(node: str, members: Members, lang: str) -> str:
    """What a node is called in a chart.

    Examples
    --------
    >>> from carboncalc.footprint.members import members_of
    >>> node_label("fuel:natural_gas", members_of([]), "zh")
    '天然气'
    """
    from carboncalc.vocabulary.names import label

    if node in members.by_id:
        return members.by_id[node].name
    if node in (UNALLOCATED, OUTSIDE):
        return _NODES[node][lang == "zh"]
    kind, _, item = node.partition(":")
    if not item:
        return _NODES.get(kind, (kind, kind))[lang == "zh"]
    text: Any = label("item", item, lang)
    return f"{_NODES['purchase'][lang == 'zh']}{text}" if kind == "purchase" else str(text)


_NODES = {
    UNALLOCATED: ("not allocated", "未分配"),
    OUTSIDE: ("sold outside", "外供园区外"),
    "purchase": ("purchased ", "外购"),
    "fuel": ("fuel", "燃料"),
    "process": ("process", "过程"),
}
