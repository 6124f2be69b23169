"""Rows that name their own scope: what a lease or a franchise takes out of scopes 1 and 2.

The fuel and power of an asset that the reporter does not control are its scope 3 (GHG
Protocol Corporate Value Chain Standard, categories 8, 13, 14 and 15), whatever source they
are computed as. Under a guideline that knows no scope 3 they are a memo. Nothing moves
between scopes 1 and 2, and nothing moves into them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.vocabulary import names

if TYPE_CHECKING:
    from carboncalc.inventory.coded import CodedRows
    from carboncalc.inventory.collect import Run

Marks = npt.NDArray[np.bool_]

#: Beginning of the categories of scope 3, ``3.01`` to ``3.15``.
SCOPE_3 = "3."


def named_scope(coded: CodedRows) -> npt.NDArray[np.float64]:
    """The scope each activity row names, nan where it names none."""
    column = coded["scope"]
    numbers = pd.to_numeric(pd.Series(column.values, dtype="object"), errors="coerce")
    return column.mapped(numbers.tolist(), np.nan, np.float64)


def moved_to_scope_3(coded: CodedRows) -> Marks:
    """Rows that name scope 3; those of a source in scope 3 stay where they are."""
    marks: Marks = named_scope(coded) == 3
    return marks


def refuse_scopes(run: Run, own: npt.NDArray[Any]) -> None:
    """Refuse rows whose scope or category cannot be.

    ``I-055``: a scope that the source does not have and that is not 3. ``I-056``: scope 3
    without its category, or a category of scope 3 in another scope.

    Parameters
    ----------
    own
        The scope of each row's source.
    """
    from carboncalc.inventory.collect import note_row

    category = run.coded["category"]
    if not (run.coded["scope"].values or category.values):
        return
    named = named_scope(run.coded)
    there = ~np.isnan(named)
    elsewhere = there & (named != own) & (named != 3)
    scope = np.where(there, named, own)
    of_scope_3 = category.mapped(
        [str(text).startswith(SCOPE_3) for text in category.values], False, np.bool_
    )
    moved = there & (named == 3) & (own != 3)
    unnamed = (moved & ~of_scope_3) | (of_scope_3 & (scope != 3))
    for code, column, where in (("I-055", "scope", elsewhere), ("I-056", "category", unnamed)):
        for position in np.flatnonzero(where & ~run.failed).tolist():
            source = str(run.rows["source"].iloc[position])
            params = {
                "source": source, "source_zh": names.label("source", source, "zh"),
                "own": int(own[position]), "named": int(scope[position]),
                "category": _text(run.rows["category"].iloc[position]),
            }  # fmt: skip
            note_row(run, position, code, column, params)
        run.failed |= where


def _text(cell: Any) -> str:
    return "-" if pd.isna(cell) else str(cell)
