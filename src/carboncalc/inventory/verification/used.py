"""Every value a run really used: activity amounts and the inputs of each equation, with origin."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.inputs import InputColumn, input_columns
from carboncalc.inventory.resolutions import Way
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
    joined = pairs.merge(_inputs(inv, np.unique(pairs["index"])), on="index", how="left")
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


def _inputs(inv: Inventory, index: Any) -> pd.DataFrame:
    """The amount and the inputs of some resolutions, in the order of their routes."""
    resolutions, plan = inv.resolutions, inv.plan
    ids = np.array([*plan.context.library.ids, None], dtype=object)
    parts = []
    for way in resolutions.ways(index):
        parts.append(_AMOUNT | _shared(way, index[way.positions]) | {"number": -1})
    for one in input_columns(index, resolutions, plan, inv.ledger):
        finding = _findings(one)
        origin = _origins(one, finding, inv, index)
        wanted = one.way.cells.route.inputs[one.name]
        parts.append(
            _shared(one.way, index[one.positions])
            | {
                "number": one.number,
                "parameter": one.name,
                "aliases": wanted.aliases,
                "label_zh": wanted.label.get("zh", ""),
                "label_en": wanted.label.get("en", ""),
                "value": one.value,
                "unit": one.unit,
                "origin": origin,
                "factor_id": one.factor_id,
                "grade": one.grade,
                "source_document": one.source if one.given is None else "",
                "where": one.where,
                "finding": finding if one.given is None else "",
                "default_id": ids[np.maximum(one.default, -1)],
                "default_rule": _default_rules(one, finding, origin),
            }
        )
    if not parts:
        return pd.DataFrame(columns=["index", *_INPUT]).astype({"index": "int64"})
    sizes = [len(part["index"]) for part in parts]
    columns = {
        name: np.concatenate([_spread(p[name], n) for p, n in zip(parts, sizes, strict=True)])
        for name in ("index", "number", *_INPUT)
    }
    order = np.lexsort((columns.pop("number"), columns["index"]))
    table = pd.DataFrame({name: column[order] for name, column in columns.items()})
    texts = [name for name in table if table[name].dtype == object and name != "aliases"]
    return table.astype(dict.fromkeys(texts, "str"))


#: The amount of a row among its inputs.
_AMOUNT: dict[str, Any] = {
    "parameter": "amount", "aliases": (), "label_zh": "活动数据", "label_en": "activity data",
    "value": np.nan, "unit": "", "origin": "activity_row", "factor_id": None, "grade": "S",
    "source_document": "", "where": "", "finding": "", "default_id": None,
    "default_rule": "refused",
}  # fmt: skip


def _shared(way: Way, index: Any) -> dict[str, Any]:
    in_route = one_in_route_unit(way.cells, way.slot.amount_unit)
    return {"index": index, "document": way.slot.key.method, "in_route": in_route}


def _spread(value: Any, size: int) -> Any:
    """A column of a part: an array as it is, one value for all of them repeated."""
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, tuple | str) and value is not None:
        return np.full(size, value)
    out = np.empty(size, dtype=object)
    out.fill(value)
    return out


def _findings(one: InputColumn) -> Any:
    """The code that the document's rule reports where it supplies the value."""
    codes = [query.finding or "" for query in one.way.cells.inputs[one.name].queries]
    return np.array([*codes, ""], dtype=object)[one.query]


def _origins(one: InputColumn, finding: Any, inv: Inventory, index: Any) -> Any:
    if one.given is not None:
        rows = inv.resolutions.row[index[one.positions]]
        origins = inv.ledger.rows.get(f"{one.given}_origin")
        stated = np.zeros(len(rows), bool) if origins is None else origins.notna().to_numpy()[rows]
        return np.where(stated, "parameter_table", "activity_row").astype(object)
    return np.select(
        [one.default < 0, one.grade == "S", one.fallback > 0, finding == PUNITIVE],
        ["not_claimed", "user_factor", "fallback", "punitive_default"],
        "default",
    ).astype(object)


def _default_rules(one: InputColumn, finding: Any, origin: Any) -> Any:
    """What the document does in a month without a value."""
    return np.select(
        [(one.default >= 0) & (finding == PUNITIVE), one.default >= 0, origin == "not_claimed"],
        ["punitive_default", "default", "not_claimed"],
        "refused",
    ).astype(object)


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
