"""The compact record of a run: one entry per activity row, gas and scope 2 basis.

Everything a table, a total or a trace shows is taken from these arrays; text columns are
made only when a table is asked for. Entries that do not count (memo) and entries on a
scope 2 basis that was not chosen stand here too, told apart by ``account`` and ``basis``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.inventory.coded import Coded, CodedRows, sorted_groups
from carboncalc.inventory.exact import ExactSums
from carboncalc.inventory.scopes import moved_to_scope_3

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]

#: The document that serves what others lack, and the memo account of what lies outside them.
GHG_PROTOCOL, OUTSIDE = "ghg-protocol", "outside_document"

#: Codes of ``Ledger.basis``: entries outside scope 2 have none.
BASES = ("", "method", "location", "market")
#: Code 0 of ``Ledger.account``.
COUNTED = "counted"
#: The memo account of process-level figures, which are never added to anything.
PROCESS = "process"


@dataclass(frozen=True)
class Ledger:
    """Arrays of equal length, sorted by activity row, then basis, then gas.

    ``row`` indexes ``rows``, ``resolution`` the resolutions, ``gas`` the ``gases``,
    ``account`` the ``accounts`` and ``basis`` the ``BASES``. ``mass`` (t of gas) and
    ``co2e`` (t) stand on the exact grid. ``primary`` marks the basis the policy chose. ``grade`` is
    the worst evidence grade behind an entry (position in ``GRADE_ORDER``), ``fallback`` has
    bit 1 for another region and bit 2 for another year, ``totals`` the bits of ``TOTALS``.
    ``coded`` holds the columns of ``rows`` as codes, ``category`` indexes the ``categories``.
    """

    rows: pd.DataFrame
    coded: CodedRows
    row: Ints
    resolution: Ints
    gas: npt.NDArray[np.int16]
    mass: Floats
    gwp: Floats
    co2e: Floats
    scope: Bytes
    account: npt.NDArray[np.int16]
    basis: Bytes
    primary: npt.NDArray[np.bool_]
    totals: Bytes
    grade: Bytes
    fallback: Bytes
    category: npt.NDArray[np.int16]
    gases: tuple[str, ...]
    accounts: tuple[str, ...]
    categories: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """Entries that add up to the total on the chosen basis."""
        result: npt.NDArray[np.bool_] = self.primary & (self.account == 0)
        return result

    def column(self, name: str) -> Any:
        """A text column of the activity rows, one value per entry."""
        return self.rows[name].to_numpy()[self.row]

    def entries(self, name: str) -> Coded:
        """A column of the activity rows as codes, one per entry."""
        return self.coded[name].take(self.row)

    def sums(
        self, keys: Sequence[Any], where: npt.NDArray[np.bool_], value: Floats | None = None
    ) -> pd.Series:
        """Exact sums of ``co2e`` (or another grid value) by one or more key columns.

        A key is one value per entry, as an array or as codes.
        """
        chosen = np.flatnonzero(where)
        columns = [
            key.take(chosen) if isinstance(key, Coded) else Coded.of(pd.Series(key[chosen]))
            for key in keys
        ]
        numbers, labels = sorted_groups(columns, len(chosen))
        sums = ExactSums(len(labels[0]))
        sums.add(numbers, (self.co2e if value is None else value)[chosen])
        index = pd.MultiIndex.from_arrays(labels) if len(keys) > 1 else pd.Index(labels[0])
        return pd.Series(sums.values(), index=index)

    def total(self, where: npt.NDArray[np.bool_]) -> float:
        """The exact sum of ``co2e`` over entries."""
        sums = ExactSums(1)
        chosen = self.co2e[where]
        sums.add(np.zeros(len(chosen), dtype=np.intp), chosen)
        return float(sums.values()[0])


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of one gas of one slot on one basis, each row at most once.

    Arrays are one value per entry; what all entries share stands once.
    """

    row: npt.NDArray[np.intp]
    resolution: Ints
    mass: Floats
    co2e: Floats
    grade: Bytes
    fallback: Bytes
    gas: int
    gwp: float
    scope: int
    account: int
    basis: int
    primary: bool
    totals: int
    category: int


#: Columns of a ledger that a part has one value per entry of, and those it has one of.
_PER_ENTRY = {"resolution": np.int32, "mass": np.float64, "co2e": np.float64,
              "grade": np.int8, "fallback": np.int8}  # fmt: skip
_PER_PART = {"gas": np.int16, "gwp": np.float64, "scope": np.int8, "account": np.int16,
             "basis": np.int8, "primary": np.bool_, "totals": np.int8,
             "category": np.int16}  # fmt: skip


def assemble(
    rows: pd.DataFrame,
    coded: CodedRows,
    parts: Sequence[Part],
    gases: Sequence[str],
    accounts: Sequence[str],
    categories: Sequence[str],
    failed: npt.NDArray[np.bool_],
) -> Ledger:
    """One ledger from the parts that slots and bases produced, in its canonical order.

    Entries of rows that failed anywhere are left out: a row is computed whole or not at all.
    """
    # Within a row entries stand by basis, then gas: so do the parts that write them.
    ordered = sorted(parts, key=lambda part: (part.basis, part.gas))
    everything: Any = slice(None)
    some = bool(failed.any())
    kept = [~failed[part.row] if some else everything for part in ordered]
    count = np.zeros(len(rows), dtype=np.int32)
    for part, keep in zip(ordered, kept, strict=True):
        count[part.row[keep]] += 1
    free = np.cumsum(count) - count  # the next free place of each row
    size = int(count.sum())
    arrays: dict[str, Any] = {name: np.empty(size, kind) for name, kind in _PER_ENTRY.items()}
    origin = np.empty(size, dtype=np.int32)
    for number, (part, keep) in enumerate(zip(ordered, kept, strict=True)):
        here = part.row[keep]
        place = free[here]
        free[here] = place + 1
        origin[place] = number
        for name in _PER_ENTRY:
            arrays[name][place] = getattr(part, name)[keep]
    for name, kind in _PER_PART.items():
        arrays[name] = np.array([getattr(part, name) for part in ordered], dtype=kind)[origin]
    row = np.repeat(np.arange(len(rows), dtype=np.int32), count)
    accounts = _move_scopes(arrays, coded, row, accounts)
    categories = _name_categories(arrays, coded, row, categories)
    return Ledger(
        rows, coded, row, gases=tuple(gases), accounts=accounts, categories=categories, **arrays
    )


def _move_scopes(
    arrays: dict[str, Any], coded: CodedRows, row: Ints, accounts: Sequence[str]
) -> tuple[str, ...]:
    """Put rows that name scope 3 there: a memo under every document but the GHG Protocol."""
    if not coded["scope"].values:
        return tuple(accounts)
    moved = moved_to_scope_3(coded)[row] & (arrays["scope"] != 3)
    if not moved.any():
        return tuple(accounts)
    arrays["scope"][moved] = 3
    arrays["totals"][moved] = 0
    document = coded["method"].mapped(
        [name != GHG_PROTOCOL for name in coded["method"].values], True
    )
    memo = moved & document[row] & (arrays["account"] == 0)
    names = (*accounts, *(() if OUTSIDE in accounts else (OUTSIDE,)))
    arrays["account"][memo] = names.index(OUTSIDE)
    return names


def _name_categories(
    arrays: dict[str, Any], coded: CodedRows, row: Ints, categories: Sequence[str]
) -> tuple[str, ...]:
    """Put the category that a row names itself in the place of its source's."""
    own = coded["category"]
    if not own.values:
        return tuple(categories)
    names = tuple(dict.fromkeys((*categories, *map(str, own.values))))
    codes = own.mapped([names.index(str(text)) for text in own.values], -1)[row]
    arrays["category"] = np.where(codes >= 0, codes, arrays["category"]).astype(np.int16)
    return names
