"""The lines of an inventory as each of the footprint's totals counts them.

``chosen`` are the counted lines; ``document`` the same under each entity's own document;
``ghgp_location`` and ``ghgp_market`` are scope 1 with scope 2 on that basis and the sources
the documents lack, without sales of energy or recovered gas (contract section 5).
``ets_compliance`` is not consolidated: an obligation is each enterprise's own.
"""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd

from carboncalc.errors import BoundaryError, CarbonCalcError, MethodError
from carboncalc.methods.catalogue import load_method

GHG_PROTOCOL = "ghg-protocol"
OUTSIDE = "outside_document"
#: The columns a footprint needs.
NEEDED = [
    "line_id",
    "entity",
    "process",
    "period_start",
    "scope",
    "category",
    "source",
    "item",
    "method_id",
    "gas",
    "gwp_set",
    "co2e_t",
    "counterparty",
    "mass_t",
]


def chosen_lines(inv: Any) -> pd.DataFrame:
    """The counted lines, on the inventory's own basis."""
    return _plain(inv.lines)


def document_lines(inv: Any) -> pd.DataFrame | None:
    """The counted lines under each entity's own document; None if an entity has none."""
    lines = _plain(inv.view(scope2="method").lines)
    if (lines["method_id"] == GHG_PROTOCOL).any():
        return None
    return lines[_belongs(lines, "document")]


def ghgp_lines(inv: Any, basis: str) -> pd.DataFrame | None:
    """The lines of a GHG Protocol total; None if rows have no factor on that basis."""
    try:
        view = inv.view(scope2=basis)
    except CarbonCalcError:
        return None
    lines = _plain(view.lines)
    lines = lines[_belongs(lines, "ghgp") & ~lines["source"].str.startswith("exported_")]
    memo = _plain(view.memo, "account")
    outside = memo[(memo["account"] == OUTSIDE) & (memo["scope"] != 2)]
    return pd.concat([lines, outside[NEEDED]], ignore_index=True) if len(outside) else lines


def ets_lines(inv: Any) -> pd.DataFrame | None:
    """The lines that make up compliance obligations; None if no entity has one."""
    lines = _plain(inv.view(scope2="method").lines)
    lines = lines[lines["method_id"].str.endswith("-cets")]
    return lines[_belongs(lines, "ets")] if len(lines) else None


def refuse_mixed_potentials(lines: pd.DataFrame) -> None:
    """Lines characterised with different GWP sets do not add up.

    Raises
    ------
    BoundaryError
        ``B-013`` with the sets; compute with one named set instead (``gwp="AR5"``).

    Examples
    --------
    >>> refuse_mixed_potentials(pd.DataFrame({"gas": ["CH4", "CO2"], "gwp_set": ["SAR", "AR5"],
    ...                                       "co2e_t": [1.0, 2.0]}))
    """
    other = lines[(lines["gas"] != "CO2") & (lines["co2e_t"] != 0)]
    methods = other["method_id"] if "method_id" in other else pd.Series(None, other.index, "str")
    used = set(zip(methods, other["gwp_set"], strict=True))
    sets = sorted({_own_set(method, name) for method, name in used if isinstance(name, str)})
    if len(sets) > 1:
        raise BoundaryError("B-013", sets=", ".join(sets))


def _own_set(method_id: object, used: str) -> str:
    """The document's own set, where a gas that it lacks took the one the document names for it."""
    method = load_method(method_id) if isinstance(method_id, str) else None
    return method.gwp_set if method is not None and used == method.gwp_fill else used


def _plain(lines: pd.DataFrame, *more: str) -> pd.DataFrame:
    """The needed columns with ordinary texts instead of categories."""
    out = {}
    for name in (*NEEDED, *more):
        column = lines[name] if name in lines else pd.Series([None] * len(lines), dtype="str")
        numeric = name in ("scope", "co2e_t", "mass_t", "period_start")
        out[name] = column.to_numpy() if numeric else column.astype("str").array
    return pd.DataFrame(out)


def _belongs(lines: pd.DataFrame, total: str) -> pd.Series:
    """Whether the line's source belongs to a total, as its document says."""
    pairs = pd.MultiIndex.from_arrays([lines["method_id"], lines["source"]])
    codes, names = pd.factorize(pairs)
    flags = [_source_in_total(str(method), str(source), total) for method, source in names]
    return pd.Series([flags[code] for code in codes], index=lines.index, dtype="bool")


@functools.cache
def _source_in_total(method: str, source: str, total: str) -> bool:
    try:
        return total in load_method(method).source(source).totals
    except MethodError:
        return total == "ghgp"  # a known source the document lacks, computed as GHG Protocol
