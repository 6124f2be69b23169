"""Every value a run really used: activity amounts and the inputs of each equation, with origin."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.describe import inputs_of
from carboncalc.inventory.slots import one_in_route_unit

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Where a line of the inventory stands.
PLACE = ("entity", "facility", "process", "source", "item")

#: Origins of a value: the plant's own in the activity sheet or the parameter table; the
#: document's default, its punitive default, or the factor of another region or year; a
#: factor of the user's overlay; a deduction nobody claims; the table of outputs.
OWN = frozenset({"activity_row", "parameter_table", "output_table", "user_factor"})
#: The finding of a query whose value is meant to be worse than any measured one.
PUNITIVE = "M-104"
DEFAULTS = frozenset({"default", "punitive_default", "fallback"})


def used_values(inv: Inventory) -> pd.DataFrame:
    """One record per activity row and value: amount and inputs, as they were computed with.

    Columns: the place, ``document`` (method), ``period_start``, ``period_end``, ``parameter``,
    ``aliases``, ``value``, ``unit``, ``origin``, ``factor_id``, ``grade``, ``source_document``,
    ``where``, ``finding`` (the code the document's rule reports), ``default_id`` (what the
    document has for a month that is not measured), ``weight`` (the amount, by which means of
    months are weighted), ``entry_row`` (position of the activity row in the ledger).

    Examples
    --------
    >>> import carboncalc as cc
    >>> used = used_values(cc.examples.minimal())
    >>> used[used.source == "fossil_combustion"].parameter.tolist()[:2]
    ['amount', 'net_calorific_value']
    """
    ledger = inv.ledger
    chosen = np.flatnonzero(ledger.primary)
    pairs = pd.DataFrame({"entry_row": ledger.row[chosen], "index": ledger.resolution[chosen]})
    pairs = pairs.drop_duplicates("entry_row").reset_index(drop=True)
    records: list[dict[str, Any]] = []
    for index in sorted(set(pairs["index"].tolist())):
        records += _inputs(inv, index)
    inputs = pd.DataFrame(records, columns=["index", *_INPUT])
    joined = pairs.merge(inputs, on="index", how="left", sort=False)
    rows = ledger.rows.take(joined["entry_row"].to_numpy())
    for name in (*PLACE, "period_start", "period_end", "meter", "file", "sheet", "row"):
        joined[name] = rows[name].array if name in rows else None
    scaled = rows["amount"] * rows["scale"] / rows["scale_divisor"]
    joined["weight"] = scaled.to_numpy() * joined["in_route"].to_numpy(dtype=float)
    stated = joined["parameter"] == "amount"
    joined["value"] = np.where(stated, rows["amount"], joined["value"].astype(float))
    joined["unit"] = np.where(stated, rows["unit"].astype(object), joined["unit"].astype(object))
    return joined.drop(columns="in_route")


_INPUT = (
    "document", "parameter", "aliases", "label_zh", "label_en", "value", "unit", "origin",
    "factor_id", "grade", "source_document", "where", "finding", "default_id",
    "default_rule", "in_route",
)  # fmt: skip


def _inputs(inv: Inventory, index: int) -> list[dict[str, Any]]:
    """The amount and the inputs of one resolution."""
    resolutions, plan = inv.resolutions, inv.plan
    cells, given = resolutions.cells(index)
    slot = resolutions.slots[int(resolutions.slot[index])]
    spot = (int(resolutions.region[index]), int(resolutions.year[index]) - cells.years.start)
    shared = {
        "index": index, "document": slot.key.method,
        "in_route": one_in_route_unit(cells, slot.amount_unit),
    }  # fmt: skip
    amount = {
        "parameter": "amount", "aliases": (), "label_zh": "活动数据", "label_en": "activity data",
        "value": np.nan, "unit": "", "origin": "activity_row", "factor_id": None, "grade": "S",
        "source_document": "", "where": "", "finding": "", "default_id": None,
        "default_rule": "refused",
    }  # fmt: skip
    out = [shared | amount]
    for value in inputs_of(index, resolutions, plan, inv.ledger.rows):
        filled, wanted = cells.inputs[value.name], cells.route.inputs[value.name]
        row, query = int(filled.row[spot]), int(filled.query[spot])
        finding = filled.queries[query].finding if query >= 0 else None
        own = value.name in given
        if own:
            origin = _own_origin(inv, index, given[value.name])
        elif value.factor_id is None:
            origin = "not_claimed"
        elif value.grade == "S":
            origin = "user_factor"
        elif filled.fallback[spot]:
            origin = "fallback"
        else:
            origin = "punitive_default" if finding == PUNITIVE else "default"
        out.append(
            shared
            | {
                "parameter": value.name,
                "aliases": wanted.aliases,
                "label_zh": value.label.get("zh", ""),
                "label_en": value.label.get("en", ""),
                "value": value.value,
                "unit": value.unit,
                "origin": origin,
                "factor_id": value.factor_id,
                "grade": value.grade,
                "source_document": "" if own else value.source,
                "where": value.where,
                "finding": "" if own else finding or "",
                "default_id": plan.context.library.ids[row] if row >= 0 else None,
                "default_rule": _default_rule(row, finding, origin),
            }
        )
    return out


def _default_rule(row: int, finding: str | None, origin: str) -> str:
    """What the document does in a month without a value."""
    if row >= 0:
        return "punitive_default" if finding == PUNITIVE else "default"
    return "not_claimed" if origin == "not_claimed" else "refused"


def _own_origin(inv: Inventory, index: int, column: str) -> str:
    origins = inv.ledger.rows.get(f"{column}_origin")
    stated = origins is not None and origins.notna().iat[int(inv.resolutions.row[index])]
    return "parameter_table" if stated else "activity_row"


def used_outputs(inv: Inventory) -> pd.DataFrame:
    """The production data (生产数据) that belong to the activity table, as values used.

    Examples
    --------
    >>> import carboncalc as cc
    >>> len(used_outputs(cc.examples.minimal()))
    0
    """
    outputs = getattr(inv.activity, "outputs", None)
    if outputs is None or not len(outputs):
        return pd.DataFrame(columns=[*PLACE, "period_start", "period_end", *_INPUT, "weight"])
    out = pd.DataFrame({"entity": outputs["entity"].to_numpy()})
    for name in ("facility", "process", "period_start", "period_end", "file", "sheet", "row"):
        out[name] = outputs[name].array if name in outputs else None
    out = out.assign(
        source=None, item=None, document="", parameter=outputs["measure"].to_numpy(),
        label_zh="", label_en="", value=outputs["amount"].to_numpy(),
        unit=outputs["unit"].to_numpy(), origin="output_table", factor_id=None, grade="S",
        source_document="", where="", finding="", default_id=None,
        default_rule="refused", weight=1.0, meter=None,
    )  # fmt: skip
    out["aliases"] = [() for _ in range(len(out))]
    return out


def months_text(starts: Any) -> str:
    """Months in a few characters: runs are joined.

    Examples
    --------
    >>> months_text(pd.to_datetime(["2024-01-01", "2024-02-01", "2024-04-01"]))
    '2024-01…02, 2024-04'
    """
    codes = sorted({moment.year * 12 + moment.month - 1 for moment in pd.to_datetime(starts)})
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][-1] + 1 and code % 12:
            runs[-1].append(code)
        else:
            runs.append([code])
    ends = [f"…{run[-1] % 12 + 1:02d}" if run[1:] else "" for run in runs]
    return ", ".join(_month(run[0]) + end for run, end in zip(runs, ends, strict=True))


@functools.lru_cache(maxsize=4096)
def _month(code: int) -> str:
    return f"{code // 12}-{code % 12 + 1:02d}"
