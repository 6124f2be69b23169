"""Group keys of the fast path: packed integers with entities as the slowest digit.

Capacities of the other digits are fixed while a table runs; ``Overflow`` asks for a larger
one and the run starts again, which keeps the sums dense and small.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.inventory.paths import NeedsLedger
from carboncalc.vocabulary.names import Resolved, lookup
from carboncalc.vocabulary.periods import parse_period

if TYPE_CHECKING:
    from carboncalc.inventory.tables import Tables

#: Group columns that a slot decides.
BY_SLOT = ("scope", "source", "item", "category", "method")

#: Group keys beyond this are left to the full path.
MAX_KEYS = 1 << 26


class Overflow(Exception):  # noqa: N818 - a request, not an error
    """A digit needs more room; ``args`` holds its name."""


class Groups:
    """Packed group keys for one run over one table; ``name`` gives the id of an entity."""

    def __init__(
        self,
        by: Sequence[str],
        tables: Tables,
        capacity: dict[str, int],
        name: Callable[[Any], str],
    ) -> None:
        self.by, self._tables, self._name = tuple(by), tables, name
        self.by_period = "year" in by or "month" in by
        # A year's group is its shared code; a month needs a code of its own.
        self.by_year_only = "year" in by and "month" not in by
        self.by_slot = [name for name in by if name in BY_SLOT]
        self.slots = capacity["slot"] if self.by_slot else 1
        self._regions = capacity["region"] if "region" in by else 1
        self._periods = capacity["period"] if self.by_period else 1
        self.width = self.slots * self._regions * self._periods
        self._lock = threading.Lock()
        self._known: dict[str, dict[Any, int]] = {
            name: {} for name in ("entity", "period", "region", "slot")
        }
        self._values: dict[str, list[Any]] = {name: [] for name in self._known}
        self._slot_table: npt.NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self._reserved = self.width

    @property
    def size(self) -> int:
        """Keys that may occur so far, with room to grow so that sums seldom move."""
        entities = len(self._values["entity"]) if "entity" in self.by else 1
        needed = max(entities, 1) * self.width
        if needed > MAX_KEYS:
            raise Overflow("entity")
        if needed > self._reserved:
            self._reserved = needed + needed // 8
        return self._reserved

    def _code(self, name: str, value: Any, capacity: int | None) -> int:
        with self._lock:
            known = self._known[name]
            code = known.get(value)
            if code is None:
                code = len(known)
                if capacity is not None and code >= capacity:
                    raise Overflow(name)
                self._values[name].append(value)
                known[value] = code
            return code

    def entity(self, text: Any) -> int:
        """The packed code of an entity."""
        return self._code("entity", self._name(text), None) * self.width

    def region(self, text: Any) -> int:
        """The packed code of a region; where none is given its label is empty."""
        found = lookup("region", str(text)) if text is not None else None
        value = found.id if isinstance(found, Resolved) else ""
        return self._code("region", value, self._regions) * self.slots * self._periods

    def period(self, text: Any) -> int:
        """The packed code of a period's year or month."""
        period = parse_period(str(text))
        value = (period.start.year, period.start.month if "month" in self.by else 0)
        return self._code("period", value, self._periods) * self.slots

    def check_years(self, tables: Tables) -> None:
        """Make sure that every year known so far has room in the period digit."""
        if len(tables.year_list) > self._periods:
            raise Overflow("period")

    def year_of(self, text: Any) -> int:
        """The shared code of a period's data year; a period across years leaves the fast path."""
        if text is None:
            raise NeedsLedger
        period = parse_period(str(text))
        last = (period.end - timedelta(days=1)).year
        if period.start.year != last or last > pd.Timestamp.now().year:
            raise NeedsLedger
        return self._tables.year_code(period.start.year)

    def slot_table(self, tables: Tables) -> npt.NDArray[np.intp]:
        """The packed code of every slot known so far."""
        if len(self._slot_table) < len(tables.numbered):
            with tables.lock:  # all labels of one moment
                columns = [tables.labels(name) for name in self.by_slot]
            codes = [
                self._code("slot", values, self.slots) for values in zip(*columns, strict=True)
            ]
            self._slot_table = np.array(codes, dtype=np.intp)
        return self._slot_table

    def columns(self, packed: Any) -> tuple[dict[str, pd.Series], Any]:
        """Group columns of packed keys in the order asked for, and the order that sorts them."""
        rest, slot = np.divmod(packed, self.slots)
        rest, period = np.divmod(rest, self._periods)
        entity, region = np.divmod(rest, self._regions)
        codes = {"entity": entity, "region": region, "year": period, "month": period}
        out: dict[str, pd.Series] = {}
        ranks = []
        for name in self.by:
            values = self._labels(name)
            code: Any = codes.get(name, slot)
            out[name] = values.take(code).reset_index(drop=True)
            ranks.append(values.rank(method="dense").to_numpy()[code])
        return out, np.lexsort(ranks[::-1]) if ranks else np.arange(len(packed))

    def _labels(self, name: str) -> pd.Series:
        """The label of each code of a digit."""
        values: list[Any]
        if name in ("entity", "region"):
            values = self._values[name]
        elif name == "year":
            periods = self._values["period"]
            values = self._tables.year_list if self.by_year_only else [p[0] for p in periods]
        elif name == "month":
            values = [f"{year}-{month:02d}" for year, month in self._values["period"]]
        else:
            place = self.by_slot.index(name)
            values = [labels[place] for labels in self._values["slot"]]
        kind = "int64" if name in ("year", "scope") else "str"
        return pd.Series(values if values else [None], dtype="object" if not values else kind)
