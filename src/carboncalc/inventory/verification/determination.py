"""How each measured parameter got its value, month by month (附表 C.6 of the power guideline).

Where a plant measures, a verifier asks for every month: was it measured, what was the value,
which report proves it, and what stands there where it was not measured.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.verification.used import OWN, PLACE

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

COLUMNS = (
    *PLACE, "parameter", "label_zh", "label_en", "period", "origin", "value", "unit", "evidence",
    "stated_row", "factor_id", "source_document", "where", "grade",
)  # fmt: skip

#: What stands before the evidence of a value of the parameter table.
_ROW = re.compile(r"^parameter table row(?: (?P<row>\d+(?:, \d+)*))? ?")


def determination(inv: Inventory, used: pd.DataFrame) -> pd.DataFrame:
    """One row per period and parameter, for parameters that are measured at the place at all.

    ``origin`` says where the value came from (as in ``used_values``), ``evidence`` the number
    of the test report, ``stated_row`` the row of the table it was read from. A period that
    was not measured is there with the value the document's own rule gave, its factor id,
    document and place; it is never a mean of the measured ones.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.used import used_values
    >>> rows = [{"entity": "P", "period": f"2022-0{m}", "method": "power-generation-cets",
    ...          "source": "fossil_combustion", "item": "diesel", "amount": 10, "unit": "t"}
    ...         for m in (1, 2)]
    >>> inv = cc.compute(rows, parameters=[{"entity": "P", "period": "2022-01", "item": "diesel",
    ...     "source": "fossil_combustion", "parameter": "net_calorific_value", "value": 43,
    ...     "unit": "GJ/t", "evidence": "T-7"}])
    >>> determination(inv, used_values(inv))[["period", "origin", "value", "evidence"]].values
    array([['2022-01', 'parameter_table', 43.0, 'T-7'],
           ['2022-02', 'default', 42.652, '']], dtype=object)
    """
    keys = [*PLACE, "parameter"]
    values = used[(used["parameter"] != "amount") & (used["origin"] != "output_table")]
    values = values.reset_index(drop=True)
    if not len(values):
        return pd.DataFrame(columns=list(COLUMNS))
    filled = values[keys].astype("object").where(values[keys].notna(), "")
    group = filled.groupby(keys, sort=False).ngroup().to_numpy()
    own = values["origin"].isin(OWN).to_numpy()
    measured = np.zeros(int(group.max()) + 1, dtype=bool)
    np.logical_or.at(measured, group, own)
    kept = np.flatnonzero(measured[group])
    out = values.take(kept).assign(**{name: filled[name].to_numpy()[kept] for name in keys})
    rows = inv.ledger.rows.take(out["entry_row"].to_numpy())
    out["period"] = rows["period"].astype("str").to_numpy()
    stated = _stated(rows, out["parameter"].tolist(), out["origin"].tolist())
    out["evidence"] = [text for text, _ in stated]
    out["stated_row"] = [row for _, row in stated]
    out = out.assign(order=group[kept]).sort_values(["order", "period_start"], kind="stable")
    found: pd.DataFrame = out[list(COLUMNS)].reset_index(drop=True)
    return found


def _stated(rows: pd.DataFrame, parameters: list[str], origins: list[str]) -> list[tuple[str, str]]:
    """Evidence and row of each own value: of the parameter table, else of the activity row."""
    texts = {
        name: rows[f"{name}_origin"].astype("object").where(rows[f"{name}_origin"].notna(), "")
        for name in set(parameters)
        if f"{name}_origin" in rows
    }
    numbers = _column(rows, "evidence_no")
    lines = _column(rows, "row")
    out: list[tuple[str, str]] = []
    for at, (name, origin) in enumerate(zip(parameters, origins, strict=True)):
        if origin == "parameter_table":
            text = str(texts[name].iloc[at]) if name in texts else ""
            found = _ROW.match(text)
            row = found["row"] or "" if found else ""
            out.append((text[found.end() :] if found else text, row))
        elif origin == "activity_row":
            out.append((numbers[at], lines[at]))
        else:
            out.append(("", ""))
    return out


def _column(rows: pd.DataFrame, name: str) -> list[Any]:
    if name not in rows:
        return [""] * len(rows)
    return [str(v) for v in rows[name].astype("object").where(rows[name].notna(), "")]
