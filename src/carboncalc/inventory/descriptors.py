"""The texts of lines: route, factors and coefficients of each resolution and gas.

Resolutions that went the same way differ only in numbers and factor ids, so their texts are
written column by column in Arrow, never one by one.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from carboncalc.inventory.describe import needed_by
from carboncalc.inventory.fill import Filled
from carboncalc.inventory.inputs import given_values
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.slots import Cells

Positions = npt.NDArray[np.intp]


def descriptors(
    resolution: npt.NDArray[Any],
    gas: npt.NDArray[Any],
    resolutions: Resolutions,
    plan: Plan,
    ledger: Ledger,
) -> dict[str, pa.Array]:
    """Route, factor ids and coefficients (JSON) of pairs of a resolution and a gas.

    ``resolution`` and ``gas`` are codes, one per pair; the texts come in the same order.
    """
    gases = ledger.gases
    texts: dict[str, list[pa.Array]] = {"route": [], "factor_ids": [], "coefficients": []}
    done: list[Positions] = []
    for way in resolutions.ways(resolution, gas):
        here = resolution[way.positions]
        wanted = needed_by(way.cells, gases[int(gas[way.positions[0]])], frozenset(gases))
        spots = _Spots.of(here, resolutions, way.cells)
        parts, factors = [], []
        for name, filled in way.cells.inputs.items():
            if name not in wanted:
                continue
            unit = way.cells.route.inputs[name].unit(way.cells.variant)
            if name in way.given:
                values = given_values(ledger, way.given[name], unit, resolutions.row[here])
                parts.append(_json_pairs(name, values, unit))
                continue
            values, ids = spots.defaults(filled, plan.context.library.ids)
            parts.append(_json_pairs(name, values, unit).take(spots.number))
            factors.append(ids)
        texts["route"].append(pa.repeat(way.cells.route.id, len(here)))
        texts["factor_ids"].append(_joined(factors, ";", spots.size).take(spots.number))
        inside = _joined(parts, ", ", len(here))
        texts["coefficients"].append(pc.binary_join_element_wise("{", inside, "}", ""))
        done.append(way.positions)
    if not done:
        return {name: pa.array([], pa.string()) for name in texts}
    place = pa.array(np.argsort(np.concatenate(done)))
    return {name: pa.concat_arrays(parts).take(place) for name, parts in texts.items()}


@dataclass(frozen=True, slots=True)
class _Spots:
    """The distinct regions and years of some resolutions, as positions in arrays of inputs."""

    number: Positions
    region: npt.NDArray[Any]
    year: npt.NDArray[Any]

    @classmethod
    def of(cls, here: npt.NDArray[Any], resolutions: Resolutions, cells: Cells) -> _Spots:
        span = cells.years.stop - cells.years.start
        year = resolutions.year[here] - cells.years.start
        number, distinct = pd.factorize(resolutions.region[here] * span + year)
        return cls(number, *np.divmod(distinct, span))

    @property
    def size(self) -> int:
        return len(self.region)

    def defaults(self, filled: Filled, ids: Any) -> tuple[npt.NDArray[np.float64], pa.Array]:
        """Values and factor ids of an input per spot; NaN and null where there is none."""
        value = filled.value[self.region, self.year]
        row = filled.row[self.region, self.year]
        there = ~np.isnan(value) & (row >= 0)
        names = [ids[k] if ok else None for k, ok in zip(row.tolist(), there, strict=True)]
        return value, pa.array(names, pa.string())


def _json_pairs(name: str, values: npt.NDArray[np.float64], unit: str) -> pa.Array:
    """``"name": [value, "unit"]`` per value, in the shortest digits; null where it is NaN."""
    digits = pa.array(map(float.__repr__, values.tolist()), pa.string(), mask=np.isnan(values))
    unit_text = json.dumps(unit, ensure_ascii=False)
    return pc.binary_join_element_wise(f"{json.dumps(name)}: [", digits, f", {unit_text}]", "")


def _joined(columns: list[pa.Array], separator: str, size: int) -> pa.Array:
    """The texts of each row joined, absent ones left out; as many as there are rows.

    Examples
    --------
    >>> _joined([pa.array([None, "a"]), pa.array([None, "b"])], ";", 2).to_pylist()
    ['', 'a;b']
    """
    if not columns:
        return pa.repeat("", size)
    nothing = functools.reduce(pc.and_, map(pc.is_null, columns))
    # Arrow drops a row of which nothing is there, and every row after it would move up
    first = pc.if_else(nothing, "", columns[0])
    return pc.binary_join_element_wise(first, *columns[1:], separator, null_handling="skip")
