"""What the rows of a block take over from their entity: its id, document, region and sector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from carboncalc.activity.identify import is_row_of_sums
from carboncalc.activity.text import tidy
from carboncalc.inventory.encode import Encoded, TextCodes
from carboncalc.inventory.paths import NeedsLedger
from carboncalc.model.entity import EntitySet


@dataclass(frozen=True, slots=True)
class Profile:
    """The document or documents of an entity, and its sector."""

    methods: Any
    sector: str | None

    def method(self, source: str) -> str | None:
        """The entity's document for a source."""
        if isinstance(self.methods, Mapping):
            found = self.methods.get(source, self.methods.get("default"))
            return None if found is None else str(found)
        return None if self.methods is None else str(self.methods)


class Inheritance:
    """Names and defaults of entities; without an entity file, only the names are tidied.

    Parameters
    ----------
    entities
        The entity file.
    """

    def __init__(self, entities: EntitySet | None = None) -> None:
        self._entities = entities
        known = {} if entities is None else entities.defaults()
        self.profiles = [Profile(None, None)]
        self._profile_of: dict[str, int] = {}
        for name, found in known.items():
            profile = Profile(found.get("method"), found.get("sector"))
            if profile not in self.profiles:
                self.profiles.append(profile)
            self._profile_of[name] = self.profiles.index(profile)
        self.regions = sorted({str(f["region"]) for f in known.values() if f.get("region")})
        self._region_of = {
            name: self.regions.index(str(found["region"]))
            for name, found in known.items()
            if found.get("region")
        }

    def name(self, text: Any) -> str:
        """The id of an entity, or its tidied name where no entity file knows it.

        Raises
        ------
        NeedsLedger
            If the cell is empty, a row of sums, or the name of several entities.
        """
        name = "" if text is None else tidy(str(text))
        if not name or is_row_of_sums(name):
            raise NeedsLedger
        ids = self._entities.find(name) if self._entities is not None else ()
        if len(ids) > 1:
            raise NeedsLedger
        return ids[0] if ids else name

    def profile(self, text: Any) -> int:
        """The number of the profile of an entity."""
        return self._profile_of.get(self.name(text), 0)

    def region(self, text: Any) -> int:
        """The number of the region of an entity; the last number where it has none."""
        return self._region_of.get(self.name(text), len(self.regions))


class Heirs:
    """Blocks with what their rows inherit."""

    def __init__(self, inheritance: Inheritance) -> None:
        self._profile = TextCodes(inheritance.profile)
        self._region = TextCodes(inheritance.region)
        numbers = [str(k) for k in range(len(inheritance.profiles))]
        self._profiles = Encoded(np.zeros(0, dtype=np.intp), pa.array(numbers, pa.string()), -1)
        self._regions = pa.array(inheritance.regions, pa.string())
        self._several = len(inheritance.profiles) > 1
        self._placed = len(self._regions) > 0

    def complete(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """The columns of a block with the profile and the region of each row's entity."""
        entity, out = columns["entity"], dict(columns)
        if self._several:
            out["profile"] = self._profiles.with_indices(self._profile.of(entity))
        if not self._placed:
            return out
        default = self._region.of(entity)
        region = columns.get("region")
        if region is None:
            out["region"] = Encoded(default, self._regions, -2)
        elif len(region.indices) and int(region.indices.max()) == region.width - 1:
            both = pa.concat_arrays([region.dictionary.cast(pa.string()), self._regions])
            own = region.width - 1
            out["region"] = Encoded(
                np.where(region.indices == own, own + default, region.indices), both
            )
        return out
