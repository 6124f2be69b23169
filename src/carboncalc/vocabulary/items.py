"""What can be burnt, used, bought or emitted: fuels, materials, carriers, products, gases."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from carboncalc.errors import ActivityDataError
from carboncalc.vocabulary.names import foreign_items, rows


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item of the vocabulary.

    ``state`` is solid, liquid, gas or ``-``; ``kind`` is fuel, biofuel, material, product,
    carbonate, carrier, waste, category, livestock, service, gas, blend or foreign. ``formula`` and
    ``group`` (HFC, PFC, Montreal …) are given for gases.

    Examples
    --------
    >>> record("diesel").zh, record("SF6").kind
    ('柴油', 'gas')
    """

    id: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    state: str
    kind: str
    formula: str = ""
    group: str = ""


@functools.cache
def _items() -> dict[str, ItemRecord]:
    return {
        row["id"]: ItemRecord(
            row["id"],
            row["zh"],
            row["en"],
            tuple(filter(None, row["aliases"].split(";"))),
            row["state"],
            row["kind"],
            row.get("formula", ""),
            row.get("group", ""),
        )
        for file in ("items.csv", "gases.csv")
        for row in rows(file)
    }


def record(item_id: str) -> ItemRecord:
    """Return the record of an item by its id.

    Raises
    ------
    ActivityDataError
        A-103: there is no such id. Names and aliases go through ``names.item`` first.

    Examples
    --------
    >>> record("natural_gas").state
    'gas'
    """
    found = _items().get(item_id)
    if found is None and item_id in foreign_items():
        words = item_id.replace(".", ", ").replace("_", " ")
        return ItemRecord(item_id, item_id, words, (), "-", "foreign")
    if found is None:
        raise ActivityDataError("A-103", kind="item", kind_zh="品种", text=item_id)
    return found


def items() -> tuple[ItemRecord, ...]:
    """Return all items, in file order.

    Examples
    --------
    >>> items()[0].id
    'anthracite'
    """
    return tuple(_items().values())
