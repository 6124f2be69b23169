"""What a resolution was made of, said per gas: route, factors, coefficients, grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.inventory.fill import GRADE_S
from carboncalc.inventory.plan import FIRST_YEAR, Plan
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.slots import Cells
from carboncalc.provenance import GRADE_ORDER

FALLBACKS = ("", "region", "year", "region+year")


@dataclass(frozen=True, slots=True)
class NamedValue:
    """One input of an equation as it was used, and where it comes from.

    ``source`` and ``where`` are the document and place of a factor, or the cell of the
    activity sheet for a value that the row gave itself (grade S).
    """

    name: str
    label: Mapping[str, str]
    value: float
    unit: str
    factor_id: str | None
    grade: str
    source: str
    where: str


def inputs_of(
    index: int, resolutions: Resolutions, plan: Plan, rows: pd.DataFrame
) -> list[NamedValue]:
    """Every input of a resolution with its value in the declared unit, the amount left out."""
    cells, given = resolutions.cells(index)
    region, year = int(resolutions.region[index]), int(resolutions.year[index])
    out = []
    for name, filled in cells.inputs.items():
        wanted = cells.route.inputs[name]
        unit = wanted.unit(cells.variant)
        if name in given:
            out.append(_given(name, given[name], wanted.label, unit, rows, resolutions, index))
            continue
        spot = (region, year - cells.years.start)
        value = float(filled.value[spot])
        row = int(filled.row[spot])
        if np.isnan(value):
            continue
        if row < 0:  # a deduction nobody claims
            out.append(NamedValue(name, wanted.label, value, unit, None, "S", "", "not stated"))
            continue
        library = plan.context.library
        out.append(
            NamedValue(
                name,
                wanted.label,
                value,
                unit,
                library.ids[row],
                str(library.grades[row]),
                library.sources[row],
                library.wheres[row],
            )
        )
    return out


def _given(
    name: str, column: str, label: Mapping[str, str], unit: str, rows: pd.DataFrame,
    resolutions: Resolutions, index: int,
) -> NamedValue:  # fmt: skip
    position = int(resolutions.row[index])

    def cell(name: str) -> Any:  # a row of many kinds of columns is dear to take as a whole
        found = rows[name].iloc[position] if name in rows else None
        return None if pd.isna(found) else found

    spelled, origin = cell(f"{column}_unit"), cell(f"{column}_origin")
    multiply, divide = units.conversion("1" if spelled is None else str(spelled), unit)
    value = float(cell(column)) * multiply / divide
    held = {word: cell(word) for word in ("sheet", "row")}
    place = " ".join(f"{word} {said}" for word, said in held.items() if said is not None)
    where = f"{place} column {column}" if origin is None else str(origin)
    return NamedValue(name, label, value, unit, None, "S", "activity data", where)


def needed_by(cells: Cells, gas: str, item_gases: frozenset[str]) -> frozenset[str]:
    """The inputs behind one gas of a route."""
    result = gas if gas in cells.route.results else "item" if gas in item_gases else gas
    if result not in cells.route.results:
        result = next(iter(cells.route.results))
    return cells.route.needs(result)


def grade_names(codes: Any) -> Any:
    """Grades from their positions, as a categorical ordered from best to worst."""
    dtype = pd.CategoricalDtype(list(GRADE_ORDER), ordered=True)
    return pd.Categorical.from_codes(codes, dtype=dtype)


__all__ = ["FIRST_YEAR", "GRADE_S", "NamedValue", "grade_names", "inputs_of"]
