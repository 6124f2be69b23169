"""The tidy line table of contract section 4, made from the ledger when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from carboncalc.inventory.coded import sorted_groups
from carboncalc.inventory.describe import FALLBACKS, grade_names
from carboncalc.inventory.descriptors import descriptors
from carboncalc.inventory.ledger import BASES, GHG_PROTOCOL, Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.methods.catalogue import load_method

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
    return pd.Series(numbered("L", np.asarray(positions) + 1), dtype="str")


def numbered(letter: str, numbers: Any) -> pa.Array:
    """A letter and a number with six digits or more."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), 6, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def lines_table(
    ledger: Ledger, chosen: Any, resolutions: Resolutions, plan: Plan, potentials: Potentials
) -> pd.DataFrame:
    """Entries as a table with the columns of the contract, one row per activity row × gas.

    ``chosen`` are positions of entries. Texts that repeat are categoricals.
    ``amount × scale ÷ scale_divisor`` is the amount in the unit of the equation;
    ``mass_t × gwp`` put on the grid of 2⁻⁴⁵ t is ``co2e_t``.
    """
    out = line_columns(ledger, chosen, resolutions, plan, potentials)
    ids = _texts(numbered("R", np.arange(1, len(resolutions) + 1)))
    out["resolution_id"] = _categorical(ledger.resolution[chosen], ids)
    return pd.DataFrame({name: out[name] for name in COLUMNS}, copy=False)


def line_columns(
    ledger: Ledger, chosen: Any, resolutions: Resolutions, plan: Plan, potentials: Potentials
) -> dict[str, Any]:
    """The columns of ``lines_table`` but the ids of resolutions, in no order."""
    rows = ledger.row[chosen]
    out: dict[str, Any] = {"line_id": line_ids(chosen).array}
    out |= {name: _from_rows(ledger.rows, name, rows) for name in _FROM_ROWS}
    slot = resolutions.slot[ledger.resolution[chosen]]
    out["category"] = _labels(list(ledger.categories), ledger.category[chosen])
    out["iso_category"] = _iso_categories(ledger, chosen, resolutions, slot)
    out["scope"] = ledger.scope[chosen].astype(np.int64)
    out["account"] = _labels(list(ledger.accounts), ledger.account[chosen])
    methods, (names,) = sorted_groups([ledger.coded["method"].take(rows)], len(rows))
    out["method_id"] = _categorical(methods, pd.Index(names, dtype="str"))
    out["gas"] = _labels(list(ledger.gases), ledger.gas[chosen])
    out["mass_t"] = ledger.mass[chosen]
    out["gwp"] = ledger.gwp[chosen]
    out["co2e_t"] = ledger.co2e[chosen]
    out["scope2_basis"] = _labels(list(BASES), ledger.basis[chosen])
    out["evidence_grade"] = grade_names(ledger.grade[chosen])
    out["fallback"] = _labels(list(FALLBACKS), ledger.fallback[chosen])
    out["gwp_set"] = _gwp_sets(ledger, chosen, potentials)
    pair = ledger.resolution[chosen] * np.int64(len(ledger.gases)) + ledger.gas[chosen]
    codes, distinct = pd.factorize(pair, sort=True)
    resolution, gas = np.divmod(distinct, max(len(ledger.gases), 1))
    described = descriptors(resolution, gas, resolutions, plan, ledger)
    for name, texts in described.items():
        out[name] = _labels(texts, codes)
    return out


def _from_rows(rows: pd.DataFrame, name: str, chosen: Any) -> Any:
    """A column of the activity rows, one value per line; NaN where the table lacks it."""
    if name not in rows:
        return np.full(len(chosen), np.nan)
    column = rows[name]
    if column.dtype == "str" and column.isna().all():  # taking nothing costs as much as texts
        return pd.Series(None, index=range(len(chosen)), dtype="str").array
    return column.array.take(chosen)


def _labels(values: Any, codes: Any) -> Any:
    """A categorical from labels that may repeat; an empty label is missing."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    used = encoded.indices.to_numpy()
    empty = pc.index(encoded.dictionary, "").as_py()
    distinct = encoded.dictionary
    if empty >= 0:
        used = np.where(used == empty, -1, used - (used > empty))
        distinct = distinct.filter(pc.not_equal(distinct, ""))
    return _categorical(used[codes], _texts(distinct))


def _texts(labels: pa.Array) -> pd.Index:
    """Labels as an index of pandas' ``str``."""
    return pd.Index(pd.Series(labels, dtype="str"))


def _categorical(codes: Any, labels: pd.Index) -> Any:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(labels))


def _iso_categories(ledger: Ledger, chosen: Any, resolutions: Resolutions, slot: Any) -> Any:
    """The ISO 14064-1 category of the source, or of the scope 3 category a row was moved to."""
    held = [source.source.iso_category for source in resolutions.slots]
    indirect = {
        source.category: source.iso_category
        for source in load_method(GHG_PROTOCOL).sources.values()
        if source.scope == 3
    }
    moved = np.array([name in indirect for name in ledger.categories] or [False])
    labels = [*held, *(indirect.get(name, "") for name in ledger.categories)]
    category = ledger.category[chosen]
    return _labels(labels, np.where(moved[category], len(held) + category, slot))


def _gwp_sets(ledger: Ledger, chosen: Any, potentials: Potentials) -> Any:
    """The set each line was characterised with: by distinct (document, gas)."""
    methods = ledger.coded["method"]
    numbers, used = pd.factorize(methods.codes[ledger.row[chosen]])
    gases = ledger.gases
    codes, distinct = pd.factorize(numbers * len(gases) + ledger.gas[chosen], sort=True)
    pairs = [(gases[k % len(gases)], methods.values[used[k // len(gases)]]) for k in distinct]
    return _labels([potentials.value(gas, name)[1] for gas, name in pairs], codes)
