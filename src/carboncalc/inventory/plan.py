"""The resolved slots of one library and one policy, shared by runs and threads.

Slots are made on demand under a lock and never change, so a reader needs none. A plan is
what a service keeps between calls: the second run finds everything resolved.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carboncalc.errors import CarbonCalcError, MethodError
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.placement import Placement, editions_by_year
from carboncalc.inventory.slots import (
    Cells,
    Context,
    Slot,
    SlotKey,
    fitting_routes,
    resolve_slot,
)
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.rounding import load_rounding
from carboncalc.provenance import Policy
from carboncalc.vocabulary import names
from carboncalc.vocabulary.regions import region_ids

#: Data years a plan looks at; a period outside them is refused by name.
FIRST_YEAR, LAST_YEAR = 2005, 2036


def _known_edition(named: str) -> None:
    """Refuse a name that would be passed over by every method."""
    methods = [load_method(name) for name in method_ids()]
    if not any(method.named_edition(named) for method in methods):
        several = [method for method in methods if len(method.editions) > 1]
        known = ", ".join(f"{m.id}:{edition.key}" for m in several for edition in m.editions)
        raise MethodError("M-111", edition=named, known=known)


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot where it is counted."""

    placement: Placement
    slot: Slot
    index: int


class Plan:
    """Slots by key, made once.

    Parameters
    ----------
    library
        The factor library, with any overlay already on it.
    policy
        Every choice that resolving makes.

    Raises
    ------
    MethodError
        ``M-111`` if the policy names an edition that no method has.
    """

    def __init__(self, library: FactorLibrary, policy: Policy) -> None:
        if policy.edition is not None:
            _known_edition(policy.edition)
        regions = (None, *region_ids())
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        self.context = Context(library, policy, load_rounding(policy.rounding), regions, years)
        self.region_code = {region: code for code, region in enumerate(regions)}
        self.slots: list[Slot] = []
        self._index: dict[tuple[SlotKey, str], int] = {}
        self.route_cells: dict[tuple[int, str, int], list[Cells]] = {}
        self._lock = threading.RLock()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._lock = threading.RLock()

    def place(self, placement: Placement, key: SlotKey) -> Placed:
        """The slot of a key where ``placement`` puts it, resolved on first use.

        Raises
        ------
        CarbonCalcError
            ``I-016`` if the source does not take the item, ``I-017`` for a technology the
            document does not name.
        """
        identity = (key, placement.method.id)
        index = self._index.get(identity)
        if index is None:
            with self._lock:
                index = self._index.get(identity)
                if index is None:
                    self.slots.append(self._resolve(placement, key))
                    index = len(self.slots) - 1
                    self._index[identity] = index
        return Placed(placement, self.slots[index], index)

    def _resolve(self, placement: Placement, key: SlotKey) -> Slot:
        source, method = placement.source, placement.method
        if source.items is not None and key.item not in source.items:
            raise CarbonCalcError(
                "I-016", item=key.item, source=source.id, method=method.id,
                items=", ".join(source.items),
            )  # fmt: skip
        if (
            source.technologies is not None
            and key.technology is not None
            and key.technology not in source.technologies
        ):
            raise CarbonCalcError(
                "I-017", technology=key.technology, source=source.id, method=method.id,
                technologies=", ".join(source.technologies),
                technologies_zh=_in_chinese(source.technologies),
            )  # fmt: skip
        texts = dict(key.texts)
        for name, words in source.choices.items():
            known = words or tuple(self.context.library.sets())
            if texts.get(name, known[0]) not in known:
                raise CarbonCalcError(
                    "I-051", source=source.id, method=method.id, column=name,
                    text=texts[name], known=", ".join(known), known_zh=_in_chinese(known),
                    column_zh=names.label("header", name, "zh"),
                )  # fmt: skip
        stated = texts.get("gwp_set")
        if stated not in (None, key.gwp_set) and any(
            "CO2e" in route.results for route, _ in fitting_routes(source, key)
        ):
            raise CarbonCalcError(
                "I-053", item=key.item, stated=stated, used=key.gwp_set, column="gwp_set"
            )
        editions = editions_by_year(method, self.context.years, self.context.policy.edition)
        return resolve_slot(key, source, editions, placement.instruments, self.context)


def _in_chinese(ids: Sequence[str]) -> str:
    return "、".join(names.label("technology", one, "zh") for one in ids)
