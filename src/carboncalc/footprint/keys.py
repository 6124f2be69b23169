"""The keys by which services without a meter are shared out to tenants.

``floor_area`` and ``headcount`` stand in the entity file, anything else (value added, COD
load, tonnes of waste, …) in the output table (contract section 8) or is handed in. Absent
is not zero: a tenant without a key is named, not skipped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from carboncalc.errors import BoundaryError
from carboncalc.footprint.members import Member, Members

#: Floor area with the provider's own (vacant and common space), which stays unallocated.
WITH_VACANCY = "floor_area_total"
_IN_ENTITY_FILE = ("floor_area", "headcount")


class AllocationKeys:
    """Keys by name for the tenants of a park.

    Parameters
    ----------
    members
        The entities of the park.
    outputs
        The output table, or None.
    given
        Key name → tenant id → key; these come first.

    Examples
    --------
    >>> from carboncalc.footprint.members import members_of
    >>> park = members_of([{"id": "A", "kind": "tenant", "floor_area": 300.0},
    ...                    {"id": "B", "kind": "tenant", "floor_area": 100.0},
    ...                    {"id": "S", "kind": "shared", "floor_area": 50.0}])
    >>> keys = AllocationKeys(park)
    >>> keys("floor_area", park.by_id["S"])
    {'A': 300.0, 'B': 100.0}
    >>> keys("floor_area_total", park.by_id["S"])
    {'A': 300.0, 'B': 100.0, 'S': 50.0}
    """

    def __init__(
        self,
        members: Members,
        outputs: pd.DataFrame | None = None,
        given: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        self._members = members
        self._outputs = outputs
        self._given = dict(given or {})

    def __call__(self, name: str, provider: Member) -> dict[str, float]:
        """The key of every tenant, and of the provider where vacancy stays with it.

        Raises
        ------
        BoundaryError
            ``B-054`` with the tenants that have no such key, ``B-058`` if there are no
            tenants, ``B-059`` if the output table gives the key in several units.
        """
        tenants = [member for member in self._members.inside() if member.kind == "tenant"]
        if not tenants:
            raise BoundaryError("B-058", entity=provider.id, key=name)
        with_vacancy = name == WITH_VACANCY
        known = self._known("floor_area" if with_vacancy else name)
        recipients = [*tenants, provider] if with_vacancy else tenants
        lacking = [member.id for member in recipients if member.id not in known]
        if lacking:
            raise BoundaryError("B-054", key=name, entity=provider.id, entities=", ".join(lacking))
        return {member.id: known[member.id] for member in recipients}

    def _known(self, name: str) -> dict[str, float]:
        if name in self._given:
            return dict(self._given[name])
        found: dict[str, float] = {}
        if name in _IN_ENTITY_FILE:
            values: dict[str, Any] = {
                member.id: getattr(member, name) for member in self._members.inside()
            }
            found = {key: float(value) for key, value in values.items() if value is not None}
        return found | self._measured(name)

    def _measured(self, name: str) -> dict[str, float]:
        if self._outputs is None or not len(self._outputs):
            return {}
        rows = self._outputs[self._outputs["measure"] == name]
        unit_names = sorted(set(rows["unit"].dropna().astype(str)))
        if len(unit_names) > 1:
            raise BoundaryError("B-059", key=name, units=", ".join(unit_names))
        sums = rows.groupby("entity")["amount"].agg(math.fsum)
        return {str(entity): float(amount) for entity, amount in sums.items()}
