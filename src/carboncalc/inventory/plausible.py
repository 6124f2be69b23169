"""Values and sets of rows that cannot be right, each refused with its reason.

A given value outside what is physically possible fails its row (M-013); one five times off
its default stands and is said (M-014). A product of a carbon balance without any feedstock
fails (M-018), and a deduction larger than what it is taken from is said (M-114). One emission
reported in two ways fails (M-033), a by-product counted by its maker and by its burner is said
(M-115). A document's total below zero is said (M-019): single lines
may well be negative and are never clipped.
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
from carboncalc.model.method import Input


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
                        "name": column, "name_zh": _in_chinese(wanted, column),
                        "value": _shown(values[k], unit), **_origin(run, int(here[k]), column),
                        "reason": limit.reason["en"], "reason_zh": limit.reason["zh"],
                    }  # fmt: skip
                    note_row(run, int(here[k]), "M-013", column, params)
                    run.failed[here[k]] = True
            usual = _usual(part, name)
            if usual is not None and (far_off(ends, usual).any() or ends[0] <= 0):
                _say_far_off(run, wanted, column, unit, values, usual, here)


def _usual(part: Evaluated, name: str) -> float | None:
    """The default of an input, where it is one number."""
    default = part.variant.cells.inputs[name].value
    known = default[~np.isnan(default)]
    return float(known.flat[0]) if len(known) and name != "grid_factor" else None


def _say_far_off(
    run: Run, wanted: Input, column: str, unit: str, values: Any, usual: float, here: Any
) -> None:
    for k in np.flatnonzero(far_off(values, usual) & ~run.failed[here]):
        params = {
            "name": column, "name_zh": _in_chinese(wanted, column),
            "value": _shown(values[k], unit), "default": _shown(usual, unit),
            "ratio": f"{values[k] / usual:.3g}", **_origin(run, int(here[k]), column),
        }  # fmt: skip
        note_finding(run, int(here[k]), "M-014", column, params)


def _shown(value: float, unit: str) -> str:
    """A value with its unit; a share in per cent.

    Examples
    --------
    >>> _shown(0.012, "1"), _shown(22200.0, "GJ/t")
    ('1.2 %', '22200 GJ/t')
    """
    return f"{value * 100:g} %" if unit == "1" else f"{value:g} {unit}"


def _origin(run: Run, position: int, column: str) -> dict[str, str]:
    """Where a value of the table of measured values stands; empty for one of the row itself."""
    name = f"{column}_origin"
    found = run.rows[name].iloc[position] if name in run.rows else None
    if found is None or pd.isna(found):
        return {"stands": "", "stands_zh": ""}
    chinese = str(found).replace("parameter table row", "实测参数表 行")
    return {"stands": f" ({found})", "stands_zh": f"({chinese})"}


def _in_chinese(wanted: Input, column: str) -> str:
    label = wanted.label.get("zh")
    return f"{label}({column})" if label else column


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
        document = load_method(method[position])
        for lacking, needed in lacking_companions(document, there):
            if lacking == source[position]:
                params = {
                    "source": lacking, "source_zh": document.sources[lacking].name["zh"],
                    "missing": needed, "missing_zh": document.sources[needed].name["zh"],
                }  # fmt: skip
                note_row(run, int(position), "M-018", "source", params)
                run.failed[position] = True


def refuse_alternatives(run: Run) -> None:
    """Fail rows where a facility reports one emission in two ways (M-033)."""
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
                note_row(run, int(position), "M-033", "item", params)
                run.failed[position] = True


def _sources(method: str) -> tuple[MethodSource, ...]:
    """The sources of a method; none where the table names a method that is not held."""
    return tuple(load_method(method).sources.values()) if method in method_ids() else ()


def overdrawn_balances(ledger: Ledger) -> list[Issue]:
    """A finding where a deduction takes off more than the sources it is taken from bring in.

    A clinker substitute cannot save more than the clinker emits, products cannot carry away
    more carbon than the feedstocks held: an input is missing, or the deduction is too large.
    """
    deductions = [
        (method, source)
        for method in ledger.rows["method"].dropna().unique()
        for source in _sources(method)
        if source.sign < 0 and source.requires
    ]
    if not deductions:
        return []
    sums = _mass_by(ledger, ("entity", "year", "method", "source"), {m for m, _ in deductions})
    out = []
    for method, source in deductions:
        for entity, year in [key[:2] for key in sums if key[2:] == (method, source.id)]:
            taken = -sums[entity, year, method, source.id]
            into = sum(sums.get((entity, year, method, name), 0.0) for name in source.requires)
            if taken > into:
                params = {
                    "entity": entity, "year": year, "source": source.id,
                    "needed": ", ".join(source.requires),
                    "out": f"{taken:.3f}", "into": f"{into:.3f}",
                }  # fmt: skip
                out.append(Issue("M-114", params, severity="finding"))
    return out


def handed_on_twice(ledger: Ledger) -> list[Issue]:
    """A finding where a by-product burnt under another document is not taken off its maker's.

    The gas of a blast furnace holds the carbon of coke that counts for the works already. In
    the works' own power unit it counts again unless the works' document hands it on.
    """
    methods = ledger.rows["method"].dropna().unique()
    makers = [(m, s) for m in methods for s in _sources(m) if s.handed_on]
    if not makers or len(methods) < 2:
        return []
    sums = _mass_by(ledger, ("entity", "year", "method", "source", "item"), set(methods))
    out = []
    for maker, source in makers:
        places = {key[:2] for key in sums if key[2] == maker}
        for entity, year, under, where, item in sums:
            burnt = where == "fossil_combustion" and item in source.handed_on and under != maker
            if not burnt or (entity, year) not in places:
                continue
            if (entity, year, maker, source.id, item) not in sums:
                params = {
                    "entity": entity, "year": year, "item": item, "burnt_under": under,
                    "method": maker, "source": source.id,
                    "burnt": f"{sums[entity, year, under, where, item]:.3f}",
                }  # fmt: skip
                out.append(Issue("M-115", params, severity="finding"))
    return out


def _mass_by(ledger: Ledger, names: tuple[str, ...], methods: set[str]) -> dict[Any, float]:
    """Counted tonnes of gas per key, of rows under some methods: for comparisons, not totals."""
    counted = np.flatnonzero(ledger.counted)
    rows = ledger.rows.iloc[ledger.row[counted]]
    inside = rows["method"].isin(methods).to_numpy(dtype=bool)
    frame = pd.DataFrame({name: rows[name].to_numpy(dtype=object)[inside] for name in names})
    sums = frame.assign(mass=ledger.mass[counted[inside]]).groupby(list(names))["mass"].sum()
    return dict(zip(sums.index.tolist(), sums.tolist(), strict=True))


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
