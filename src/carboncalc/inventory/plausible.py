"""Values and sets of rows that cannot be right, each refused with its reason.

A given value outside what is physically possible fails its row (M-013); one five times off
its default stands and is said (M-014). A product of a carbon balance without any feedstock
fails (M-018). A document's total below zero is said (M-019): single lines may well be
negative and are never clipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import Issue
from carboncalc.inventory.coded import combined, sorted_groups
from carboncalc.inventory.collect import Run, note_finding, note_row
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.own_values import Evaluated
from carboncalc.inventory.plan import Placed
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.checks import far_off, lacking_companions, limit_of
from carboncalc.methods.route import MethodSource


def refuse_implausible(run: Run, placed: Placed, rows: Any, evaluated: Sequence[Evaluated]) -> None:
    """Check the values that a group of rows gives against limits and defaults.

    ``rows`` are the positions of the group's rows.
    """
    if not placed.placement.primary:
        return
    for part in evaluated:
        cells, here = part.variant.cells, rows[part.rows]
        for name, column in part.variant.given.items():
            wanted, values = cells.route.inputs[name], part.given[name]
            unit = wanted.unit(cells.variant)
            # most groups are sound, and their smallest and largest values show it
            ends = np.array([values.min(), values.max()])
            limit = limit_of(name, unit, placed.slot.key.item, wanted)
            if limit is not None and limit.outside(ends).any():
                for k in np.flatnonzero(limit.outside(values)):
                    params = {
                        "name": column, "value": f"{values[k]:g}", "unit": unit,
                        "reason": limit.reason["en"], "reason_zh": limit.reason["zh"],
                    }  # fmt: skip
                    note_row(run, int(here[k]), "M-013", column, params)
                    run.failed[here[k]] = True
            usual = _usual(part, name)
            if usual is not None and (far_off(ends, usual).any() or ends[0] <= 0):
                _say_far_off(run, column, unit, values, usual, here)


def _usual(part: Evaluated, name: str) -> float | None:
    """The default of an input, where it is one number."""
    default = part.variant.cells.inputs[name].value
    known = default[~np.isnan(default)]
    return float(known.flat[0]) if len(known) and name != "grid_factor" else None


def _say_far_off(run: Run, column: str, unit: str, values: Any, usual: float, here: Any) -> None:
    for k in np.flatnonzero(far_off(values, usual) & ~run.failed[here]):
        params = {
            "name": column, "value": f"{values[k]:g}", "unit": unit, "default": f"{usual:g}",
            "ratio": f"{values[k] / usual:.3g}",
        }  # fmt: skip
        note_finding(run, int(here[k]), "M-014", column, params)


def refuse_unbalanced(run: Run) -> None:
    """Fail rows of a balance whose other side is missing for the same entity and year."""
    coded = run.coded
    methods, sources = coded["method"], coded["source"]
    needing = {source.id for name in methods.values for source in _sources(name) if source.requires}
    suspects = sources.mapped([name in needing for name in sources.values], False)
    if not suspects.any():
        return
    group, _ = combined([coded[name] for name in ("entity", "year", "method")], len(run.rows))
    good = np.flatnonzero(~run.failed)
    present = pd.Series(sources.texts(None)[good]).groupby(group[good]).agg(set)
    method, source = methods.texts(None), sources.texts(None)
    for position in np.flatnonzero(suspects & ~run.failed):
        there = present[group[position]]
        for lacking, needed in lacking_companions(load_method(method[position]), there):
            if lacking == source[position]:
                params = {"source": lacking, "missing": needed}
                note_row(run, int(position), "M-018", "source", params)
                run.failed[position] = True


def _sources(method: str) -> tuple[MethodSource, ...]:
    """The sources of a method; none where the table names a method that is not held."""
    return tuple(load_method(method).sources.values()) if method in method_ids() else ()


def negative_totals(ledger: Ledger) -> list[Issue]:
    """A finding per entity and document whose counted lines add up to less than nothing."""
    counted = np.flatnonzero(ledger.counted)
    columns = [ledger.coded[name].take(ledger.row[counted]) for name in ("entity", "method")]
    group, names = sorted_groups(columns, len(counted))
    # pandas' compensated sum: it decides on a sign, no figure rests on it
    sums = pd.Series(ledger.co2e[counted]).groupby(group).sum().to_numpy()
    return [
        Issue(
            "M-019",
            {"entity": names[0][code], "method": names[1][code], "total": f"{sums[code]:.3f}"},
            severity="finding",
        )
        for code in np.flatnonzero(sums < 0)
    ]
