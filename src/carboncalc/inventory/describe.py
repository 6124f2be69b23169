"""What a resolution was made of, said per gas: route, factors, coefficients, grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.inventory.inputs import input_columns
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
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


def inputs_of(index: int, resolutions: Resolutions, plan: Plan, ledger: Ledger) -> list[NamedValue]:
    """Every input of a resolution with its value in the declared unit, the amount left out."""
    return [
        NamedValue(
            name=one.name,
            label=one.way.cells.route.inputs[one.name].label,
            value=float(one.value[0]),
            unit=one.unit,
            factor_id=one.factor_id[0],
            grade=one.grade[0],
            source=one.source[0],
            where=one.where[0],
        )
        for one in input_columns(np.array([index]), resolutions, plan, ledger)
        if len(one.positions)
    ]


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
