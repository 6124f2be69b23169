"""The points of a document review (核查要点), each with what this run has to say to it.

The points are those of section 4.2.1 of the verification guide (环办气候函〔2021〕130号). Here
they are only counted; whether a point is met is for the verifier to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.inventory.verification.used import DEFAULTS, OWN

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Clause of the guide → its key.
POINTS = {
    "4.2.1.1": "unit", "4.2.1.2": "boundary", "4.2.1.3": "method", "4.2.1.4.1": "activity",
    "4.2.1.4.2": "factors", "4.2.1.4.3": "emissions", "4.2.1.4.4": "output",
    "4.2.1.5": "records", "4.2.1.6": "plan", "4.2.1.7": "other",
}  # fmt: skip


def review_points(
    inv: Inventory, used: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """One row per point: clause, key, and the counts that answer it.

    Parameters
    ----------
    inv
        The inventory.
    used
        Its values, as :func:`carboncalc.inventory.verification.used.used_values` gives them.
    tables
        ``control``, ``checks``, ``months``, ``findings`` and ``outputs`` of the verification.

    Returns
    -------
    pandas.DataFrame
        Columns clause, point, counts (a mapping of names to numbers).
    """
    control, checks, findings = tables["control"], tables["checks"], tables["findings"]
    rows = inv.ledger.rows
    activity = used[used["parameter"] == "amount"]
    inputs = used[used["parameter"] != "amount"]
    evidenced = rows["evidence_no"].notna().sum() if "evidence_no" in rows else 0
    counts: dict[str, dict[str, int]] = {
        "unit": {"entities": rows["entity"].nunique() if len(rows) else 0},
        "boundary": {
            "facilities": _distinct(rows, "facility"),
            "sources": _distinct(rows, "source"),
            "outside": int((inv.memo["account"] == "outside_document").sum()),
        },
        "method": {
            "methods": len(inv.run.methods),
            "said": int(findings["code"].isin(_of_method(findings)).sum()),
        },
        "activity": {
            "records": len(activity),
            "missing_months": _sum(tables["months"], "months_missing"),
            "checked": len(checks),
            "conservative": int((checks["status"] == "conservative").sum()) if len(checks) else 0,
        },
        "factors": {
            "own": int(inputs["origin"].isin(OWN).sum()),
            "default": int(inputs["origin"].isin(DEFAULTS).sum()),
            "punitive": int((inputs["origin"] == "punitive_default").sum()),
            "grade_d": int((inputs["grade"] == "D").sum()),
        },
        "emissions": {"lines": int(inv.ledger.counted.sum())},
        "output": {"outputs": len(tables["outputs"])},
        "records": {"evidenced": int(evidenced), "records": len(rows)},
        "plan": {
            "planned": int((control["status"] == "planned_and_used").sum()),
            "not_planned": int((control["status"] == "not_planned").sum()),
            "said": int((findings["kind"] == "plan").sum()),
        },
        "other": {"quarantined": len(inv.quarantined), "findings": len(findings)},
    }
    records: list[dict[str, Any]] = [
        {"clause": clause, "point": key, "counts": {k: int(v) for k, v in counts[key].items()}}
        for clause, key in POINTS.items()
    ]
    return pd.DataFrame(records)


def _distinct(rows: pd.DataFrame, name: str) -> int:
    return int(rows[name].dropna().nunique()) if name in rows else 0


def _sum(table: pd.DataFrame, name: str) -> int:
    return int(table[name].sum()) if name in table else 0


def _of_method(findings: pd.DataFrame) -> set[str]:
    return {code for code in findings["code"] if str(code).startswith("M-1")}
