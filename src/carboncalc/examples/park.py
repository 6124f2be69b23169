"""A made park: three tenants, a heat station, PV, a master meter, twelve months of 2023.

Nothing in it was measured anywhere; names, figures and the primary equivalent of power are
made and say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from carboncalc.examples.datasets import path

if TYPE_CHECKING:
    from carboncalc.activity.table import ActivityTable
    from carboncalc.footprint.result import Footprint
    from carboncalc.model.entity import EntitySet


def park_entities() -> EntitySet:
    """The entity file of the made park.

    Examples
    --------
    >>> from carboncalc.examples.park import park_entities
    >>> [entity.id for entity in park_entities().entities][:3]
    ['T1', 'T2', 'T3']
    """
    from carboncalc.activity.entities import load_park

    return load_park(path("park", "park.yaml"))


def park_table() -> ActivityTable:
    """Twelve months of readings of the made park, with its outputs.

    Examples
    --------
    >>> from carboncalc.examples.park import park_table
    >>> len(park_table())
    348
    """
    from carboncalc.activity.read import read_activity

    return read_activity(
        path("park", "activity.csv"), entities=park_entities(), outputs=path("park", "outputs.csv")
    )


def park_footprint() -> Footprint:
    """The footprint of the made park within operational control.

    Examples
    --------
    >>> from carboncalc.examples.park import park_footprint
    >>> round(park_footprint().by_scope()["1"])
    98926
    """
    from carboncalc.footprint.consolidate import consolidate
    from carboncalc.inventory.calculator import compute

    return consolidate(compute(park_table()), park_entities())
