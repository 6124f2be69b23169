"""Values and sets of rows that cannot be right, each refused with its reason.

A given value outside what is physically possible fails its row (M-013); one five times off
its default stands and is said (M-014). A product of a carbon balance without any feedstock
fails (M-018), and a deduction larger than what it is taken from is said (M-114). One emission
reported in two ways fails (M-024). A document's total below zero is said (M-019): single lines
may well be negative and are never clipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue
from carboncalc.inventory.collect import Run, note_finding, note_row
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.own_values import Evaluated
from carboncalc.inventory.plan import Placed
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.checks import far_off, lacking_companions, limit_of
from carboncalc.methods.route import MethodSource


def refuse_implausible(
    run: Run,
    placed: Placed,
    rows: Any,
    evaluated: Sequence[Evaluated],
    given_units: Mapping[str, str],
    given: Mapping[str, Any],
) -> None:
    """Check the values that a group of rows gives against limits and defaults.

    ``rows`` are the positions of the group's rows, ``given`` their values by column in the
    units of ``given_units``.
    """
    if not placed.placement.primary:
        return
    item = placed.slot.key.item
    for part in evaluated:
        cells = part.variant.cells
        for name, column in part.variant.given.items():
            wanted = cells.route.inputs[name]
            unit = wanted.unit(cells.variant)
            multiply, divide = units.conversion(given_units[column], unit)
            values = given[column][part.rows] * multiply / divide
            here = rows[part.rows]
            limit = limit_of(name, unit, item, wanted)
            if limit is not None:
                for k in np.flatnonzero(limit.outside(values)):
                    params = {
                        "name": column, "value": f"{values[k]:g}", "unit": unit,
                        "reason": limit.reason["en"], "reason_zh": limit.reason["zh"],
                    }  # fmt: skip
                    note_row(run, int(here[k]), "M-013", column, params)
                    run.failed[here[k]] = True
            _say_far_off(run, part, name, column, unit, values, here)


def _say_far_off(
    run: Run, part: Evaluated, name: str, column: str, unit: str, values: Any, here: Any
) -> None:
    default = part.variant.cells.inputs[name].value
    known = default[~np.isnan(default)]
    if not len(known) or name == "grid_factor":
        return
    usual = float(known.flat[0])
    for k in np.flatnonzero(far_off(values, usual) & ~run.failed[here]):
        params = {
            "name": column, "value": f"{values[k]:g}", "unit": unit, "default": f"{usual:g}",
            "ratio": f"{values[k] / usual:.3g}",
        }  # fmt: skip
        note_finding(run, int(here[k]), "M-014", column, params)


def refuse_unbalanced(run: Run) -> None:
    """Fail rows of a balance whose other side is missing for the same entity and year."""
    frame = run.rows
    needing = {
        (method, source.id)
        for method in frame["method"].dropna().unique()
        for source in _sources(method)
        if source.requires
    }
    if not needing:
        return
    suspects = frame["source"].isin({source for _, source in needing}).to_numpy(dtype=bool)
    keys = ["entity", "year", "method"]
    present = frame.loc[~run.failed].groupby(keys, observed=True)["source"].agg(set)
    for position in np.flatnonzero(suspects & ~run.failed):
        row = frame.iloc[int(position)]
        there = present[tuple(row[key] for key in keys)]
        for source, needed in lacking_companions(load_method(row["method"]), there):
            if source == row["source"]:
                params = {"source": source, "missing": needed}
                note_row(run, int(position), "M-018", "source", params)
                run.failed[position] = True


def refuse_alternatives(run: Run) -> None:
    """Fail rows where a facility reports one emission in two ways (M-024)."""
    frame = run.rows
    for method in frame["method"].dropna().unique():
        for source in _sources(method):
            if not source.alternatives:
                continue
            here = (frame["method"] == method) & (frame["source"] == source.id) & ~run.failed
            rows = frame[here.to_numpy(dtype=bool) & frame["item"].isin(source.alternatives)]
            keys = [name for name in ("entity", "facility", "year") if name in rows]
            several = rows.groupby(keys, observed=True, dropna=False)["item"].transform("nunique")
            for position in frame.index.get_indexer(rows.index[several > 1]):
                params = {"source": source.id, "items": ", ".join(source.alternatives)}
                note_row(run, int(position), "M-024", "item", params)
                run.failed[position] = True


def _sources(method: str) -> tuple[MethodSource, ...]:
    """The sources of a method; none where the table names a method that is not held."""
    return tuple(load_method(method).sources.values()) if method in method_ids() else ()


def overdrawn_balances(ledger: Ledger) -> list[Issue]:
    """A finding where a deduction takes off more than the sources it is taken from bring in.

    A clinker substitute cannot save more than the clinker emits, products cannot carry away
    more carbon than the feedstocks held: an input is missing, or the deduction is too large.
    """
    primary = np.flatnonzero(ledger.primary)
    rows = ledger.rows.iloc[ledger.row[primary]]
    taken = pd.DataFrame(
        {name: rows[name].to_numpy(dtype=object) for name in ("entity", "method", "year", "source")}
    ).assign(mass=ledger.mass[primary])
    sums = taken.groupby(["entity", "method", "year", "source"])["mass"].sum()
    out = []
    for method in dict.fromkeys(taken["method"]):
        for source in _sources(method):
            if source.sign > 0 or not source.requires:
                continue
            for key in [k for k in sums.index if k[1] == method and k[3] == source.id]:
                into = sum(float(sums.get((*key[:3], name), 0.0)) for name in source.requires)
                if float(sums[key]) + into < 0:
                    params = {
                        "entity": key[0], "year": key[2], "source": source.id,
                        "needed": ", ".join(source.requires),
                        "out": f"{-float(sums[key]):.3f}", "into": f"{into:.3f}",
                    }  # fmt: skip
                    out.append(Issue("M-114", params, severity="finding"))
    return out


def negative_totals(ledger: Ledger) -> list[Issue]:
    """A finding per entity and document whose counted lines add up to less than nothing."""
    counted = np.flatnonzero(ledger.counted)
    if not len(counted):
        return []
    rows = ledger.rows.iloc[ledger.row[counted]]
    sums = (
        pd.DataFrame(
            {
                "entity": rows["entity"].to_numpy(),
                "method": rows["method"].to_numpy(),
                "total": ledger.co2e[counted],
            }
        )
        .groupby(["entity", "method"], observed=True, as_index=False)["total"]
        .sum()
    )
    below = sums[sums["total"] < 0]
    return [
        Issue(
            "M-019",
            {"entity": entity, "method": method, "total": f"{total:.3f}"},
            severity="finding",
        )
        for entity, method, total in zip(
            below["entity"], below["method"], below["total"], strict=True
        )
    ]
