"""Cross-checks (交叉核对): both figures, their difference, which one counts, and what it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.exact import ExactSums

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

COLUMNS = (
    "entity", "facility", "process", "period", "source", "item", "amount_reported", "unit",
    "check_amount", "check_source", "difference", "difference_pct", "adopted", "status",
    "effect_t", "note", "file", "sheet", "row",
)  # fmt: skip


def cross_checks(inv: Inventory) -> pd.DataFrame:
    """One row per activity row that has a second figure.

    ``status`` is ``agrees``, ``explained`` (the reported amount stands because of the note)
    or ``conservative`` (unexplained: the figure that does not understate was adopted).
    ``difference`` is reported − check in the row's unit, ``difference_pct`` in per cent of
    the reported amount. ``effect_t`` is what the adopted amount adds to the emissions over
    the reported one, in t CO2e; missing where the emissions are not proportional to this
    row alone (stock records, routes that are not linear) or the row was left out.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.compute([{"entity": "P", "period": "2023", "method": "other-industry",
    ...     "source": "purchased_electricity", "item": "electricity", "amount": 100,
    ...     "unit": "MWh", "check_amount": 110, "check_source": "invoices"}])
    >>> row = cross_checks(inv).iloc[0]
    >>> float(row.adopted), row.status, round(float(row.effect_t), 3)
    (110.0, 'conservative', 5.306)
    """
    rows = inv.activity.rows
    if "check_amount" not in rows or not rows["check_amount"].notna().any():
        return pd.DataFrame(columns=list(COLUMNS))
    checked = rows[rows["check_amount"].notna()].reset_index(drop=True)
    out: dict[str, Any] = {
        name: checked[name] if name in checked else pd.Series([None] * len(checked), dtype="str")
        for name in COLUMNS
    }
    adopted = checked["amount"].to_numpy(dtype=float)
    reported = checked["amount_reported"] if "amount_reported" in checked else checked["amount"]
    reported = reported.to_numpy(dtype=float)
    difference = reported - checked["check_amount"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(reported != 0, difference / reported * 100.0, np.nan)
        ratio = np.where(adopted != 0, (adopted - reported) / adopted, np.nan)
    noted = out["note"].notna().to_numpy()
    status = np.where(difference == 0, "agrees", np.where(noted, "explained", "conservative"))
    emissions = _proportional_emissions(inv, checked)
    out |= {
        "amount_reported": reported, "difference": difference, "difference_pct": share,
        "adopted": adopted, "status": status,
        "effect_t": np.where(adopted == reported, 0.0, emissions * ratio),
    }  # fmt: skip
    return pd.DataFrame({name: out[name] for name in COLUMNS})


def _proportional_emissions(inv: Inventory, checked: pd.DataFrame) -> Any:
    """Counted t CO2e of each row; NaN where they are not proportional to its amount."""
    ledger = inv.ledger
    if not len(ledger):
        return np.full(len(checked), np.nan)
    position = place_codes(ledger.rows, checked)[ledger.row]
    here = ledger.counted & (position >= 0)
    sums = ExactSums(len(checked))
    sums.add(position[here], ledger.co2e[here])
    routes = [inv.resolutions.cells(index)[0].route for index in range(len(inv.resolutions))]
    bent = np.array([not route.linear for route in routes])[ledger.resolution[here]]
    count = np.bincount(position[here], minlength=len(checked))
    curved = np.bincount(position[here], weights=bent, minlength=len(checked))
    known = (count > 0) & (curved == 0) & _plain_record(checked)
    return np.where(known, sums.values(), np.nan)


def _plain_record(checked: pd.DataFrame) -> Any:
    if "record_kind" not in checked:
        return np.ones(len(checked), dtype=bool)
    return (checked["record_kind"].fillna("consumption") == "consumption").to_numpy()


def place_codes(rows: pd.DataFrame, wanted: pd.DataFrame) -> Any:
    """For each of ``rows``, the position in ``wanted`` with its file, sheet and row; else −1.

    Examples
    --------
    >>> rows = pd.DataFrame({"file": ["a", "a"], "sheet": [None, None], "row": [2, 3]})
    >>> place_codes(rows, rows.iloc[[1]]).tolist()
    [-1, 0]
    """
    keys = {key: position for position, key in enumerate(places_of(wanted))}
    return np.array([keys.get(key, -1) for key in places_of(rows)], dtype=np.int64)


def places_of(rows: pd.DataFrame) -> list[tuple[str, str, int]]:
    """File, sheet and row of each row.

    Examples
    --------
    >>> places_of(pd.DataFrame({"file": ["a"], "sheet": [None], "row": [2]}))
    [('a', '', 2)]
    """
    texts = [
        rows[name].astype("object").where(rows[name].notna(), "").tolist()
        if name in rows
        else [""] * len(rows)
        for name in ("file", "sheet")
    ]
    return [(str(f), str(s), int(r)) for f, s, r in zip(*texts, rows["row"].tolist(), strict=True)]
