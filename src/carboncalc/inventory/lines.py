"""The tidy line table of contract section 4, made from the ledger when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from carboncalc.inventory.describe import FALLBACKS, descriptors, grade_names
from carboncalc.inventory.ledger import BASES, Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions

COLUMNS = (
    "line_id", "entity", "facility", "process", "period_start", "period_end", "scope",
    "category", "iso_category", "account", "source", "item", "amount", "unit", "method_id",
    "route", "resolution_id", "factor_ids", "coefficients", "scale", "scale_divisor", "gas",
    "mass_t", "gwp_set", "gwp", "co2e_t", "scope2_basis", "counterparty", "instrument",
    "evidence_grade", "fallback", "data_quality", "uncertainty_pct", "region", "meter", "file",
    "sheet", "row",
)  # fmt: skip

_FROM_ROWS = (
    "entity", "facility", "process", "period_start", "period_end", "source", "item", "amount",
    "unit", "scale", "scale_divisor", "counterparty", "instrument", "data_quality",
    "uncertainty_pct", "region", "meter", "file", "sheet", "row",
)  # fmt: skip


def line_ids(positions: Any) -> pd.Series:
    """The ids of ledger entries: ``L`` and the position with six digits or more."""
    text = pd.Series(positions + 1, dtype="int64").astype("str").str.zfill(6)
    return "L" + text


def lines_table(
    ledger: Ledger, where: Any, resolutions: Resolutions, plan: Plan, potentials: Potentials
) -> pd.DataFrame:
    """Entries as a table with the columns of the contract, one row per activity row × gas.

    Texts that repeat are categoricals. ``amount × scale ÷ scale_divisor`` is the amount in
    the unit of the equation; ``mass_t × gwp`` put on the grid of 2⁻⁴⁵ t is ``co2e_t``.
    """
    chosen = np.flatnonzero(where)
    rows = ledger.row[chosen]
    taken = ledger.rows.take(rows)
    out: dict[str, Any] = {"line_id": line_ids(chosen).to_numpy()}
    for name in _FROM_ROWS:
        column = taken[name] if name in taken else pd.Series([np.nan] * len(taken))
        out[name] = column.array
    slot = resolutions.slot[ledger.resolution[chosen]]
    slots = resolutions.slots
    for name in ("category", "iso_category"):
        out[name] = _labels([getattr(s.source, name) for s in slots], slot)
    out["category"] = _override(out["category"], taken, "category")
    out["scope"] = ledger.scope[chosen].astype(np.int64)
    out["account"] = _labels(list(ledger.accounts), ledger.account[chosen])
    out["method_id"] = pd.Categorical(taken["method"])
    out["gas"] = _labels(list(ledger.gases), ledger.gas[chosen])
    out["mass_t"] = ledger.mass[chosen]
    out["gwp"] = ledger.gwp[chosen]
    out["co2e_t"] = ledger.co2e[chosen]
    out["scope2_basis"] = _labels(list(BASES), ledger.basis[chosen])
    out["evidence_grade"] = grade_names(ledger.grade[chosen])
    out["fallback"] = _labels(list(FALLBACKS), ledger.fallback[chosen])
    out["gwp_set"] = _gwp_sets(ledger, chosen, taken["method"].to_numpy(), potentials)
    pairs = pd.MultiIndex.from_arrays([ledger.resolution[chosen], ledger.gas[chosen]])
    codes, distinct = pd.factorize(pairs, sort=True)
    described = descriptors(distinct, resolutions, plan, ledger.rows, ledger.gases)
    for name, values in described.items():
        out[name] = _labels(values, codes)
    out["resolution_id"] = _labels(
        [f"R{index + 1:06d}" for index in range(len(resolutions))], ledger.resolution[chosen]
    )
    return pd.DataFrame({name: out[name] for name in COLUMNS})


def _labels(values: list[Any], codes: Any) -> Any:
    """A categorical from labels that may repeat; an empty label is missing."""
    names, distinct = pd.factorize(np.array(["" if v is None else v for v in values] or [""]))
    mapping = np.array([-1 if label == "" else i for i, label in enumerate(distinct)])
    keep = [label for label in distinct if label != ""]
    shift = np.cumsum([label == "" for label in distinct])
    mapping = np.where(mapping >= 0, mapping - shift, -1)
    return pd.Categorical.from_codes(mapping[names][codes], dtype=pd.CategoricalDtype(keep))


def _override(column: Any, rows: pd.DataFrame, name: str) -> Any:
    given = rows.get(name)
    if given is None or not given.notna().any():
        return column
    return given.reset_index(drop=True).fillna(pd.Series(column).astype("str")).array


def _gwp_sets(ledger: Ledger, chosen: Any, methods: Any, potentials: Potentials) -> Any:
    """The set each line was characterised with: by distinct (document, gas)."""
    codes, names = pd.factorize(methods)
    key = codes * len(ledger.gases) + ledger.gas[chosen]
    distinct, inverse = np.unique(key, return_inverse=True)
    labels = [
        potentials.value(
            ledger.gases[int(k % len(ledger.gases))], names[int(k // len(ledger.gases))]
        )[1]
        for k in distinct
    ]
    return _labels(labels, inverse)
