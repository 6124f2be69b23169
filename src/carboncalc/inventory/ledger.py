"""The compact record of a run: one entry per activity row, gas and scope 2 basis.

Everything a table, a total or a trace shows is taken from these arrays; text columns are
made only when a table is asked for. Entries that do not count (memo) and entries on a
scope 2 basis that was not chosen stand here too, told apart by ``account`` and ``basis``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.inventory.exact import ExactSums

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

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
    """

    rows: pd.DataFrame
    row: npt.NDArray[np.int64]
    resolution: Ints
    gas: Ints
    mass: Floats
    gwp: Floats
    co2e: Floats
    scope: Ints
    account: Ints
    basis: Ints
    primary: npt.NDArray[np.bool_]
    totals: Ints
    grade: Ints
    fallback: Ints
    gases: tuple[str, ...]
    accounts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """Entries that add up to the total on the chosen basis."""
        result: npt.NDArray[np.bool_] = self.primary & (self.account == 0)
        return result

    def on_basis(self, basis: str) -> npt.NDArray[np.bool_]:
        """Counted entries with scope 2 on another basis (``location``, ``market``, ``method``)."""
        code = BASES.index(basis)
        result: npt.NDArray[np.bool_] = (self.account == 0) & (
            ((self.basis == 0) & self.primary) | (self.basis == code)
        )
        return result

    def column(self, name: str) -> Any:
        """A text column of the activity rows, one value per entry."""
        return self.rows[name].to_numpy()[self.row]

    def sums(
        self, keys: Sequence[Any], where: npt.NDArray[np.bool_], value: Floats | None = None
    ) -> pd.Series:
        """Exact sums of ``co2e`` (or another grid value) by one or more key columns."""
        chosen = np.flatnonzero(where)
        columns = [pd.Series(np.asarray(key))[chosen] for key in keys]
        index = pd.MultiIndex.from_arrays(columns)
        codes, names = pd.factorize(index, sort=True)
        sums = ExactSums(len(names))
        sums.add(codes, (self.co2e if value is None else value)[chosen])
        out = names if len(keys) > 1 else pd.Index([name[0] for name in names])
        return pd.Series(sums.values(), index=out)

    def total(self, where: npt.NDArray[np.bool_]) -> float:
        """The exact sum of ``co2e`` over entries."""
        sums = ExactSums(1)
        chosen = self.co2e[where]
        sums.add(np.zeros(len(chosen), dtype=np.intp), chosen)
        return float(sums.values()[0])


def assemble(
    rows: pd.DataFrame,
    parts: Sequence[Mapping[str, Any]],
    gases: Sequence[str],
    accounts: Sequence[str],
    failed: npt.NDArray[np.bool_],
) -> Ledger:
    """One ledger from the parts that slots and bases produced, in its canonical order.

    Entries of rows that failed anywhere are left out: a row is computed whole or not at all.
    """
    names = (
        "row", "resolution", "gas", "mass", "gwp", "co2e", "scope", "account", "basis", "primary",
        "totals", "grade", "fallback",
    )  # fmt: skip
    kinds = {"row": np.int64, "mass": np.float64, "gwp": np.float64, "co2e": np.float64,
             "primary": np.bool_}  # fmt: skip
    arrays: dict[str, Any] = {
        name: np.concatenate([np.asarray(part[name]) for part in parts]).astype(
            kinds.get(name, np.int32)
        )
        if parts
        else np.empty(0, dtype=kinds.get(name, np.int32))
        for name in names
    }
    if "scope" in rows and len(arrays["row"]):  # a row may name its scope itself
        named = pd.to_numeric(rows["scope"], errors="coerce").to_numpy(dtype=np.float64)
        given = named[arrays["row"]]
        arrays["scope"] = np.where(np.isnan(given), arrays["scope"], np.nan_to_num(given)).astype(
            np.int32
        )
    order = np.lexsort((arrays["gas"], arrays["basis"], arrays["row"]))
    order = order[~failed[arrays["row"][order]]]
    return Ledger(
        rows=rows,
        gases=tuple(gases),
        accounts=tuple(accounts),
        **{name: array[order] for name, array in arrays.items()},
    )
