"""A user's own factors: read, checked all at once, and never shadowing in silence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from carboncalc.factors.files import AT, COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.factors.library import FactorLibrary


def read_overlay(
    rows: pd.DataFrame | str | Path, library: FactorLibrary, *, name: str
) -> tuple[tuple[str, ...], ...]:
    """The rows of an overlay in the columns of the database, all cells as text."""
    import pandas as pd

    frame = rows if isinstance(rows, pd.DataFrame) else pd.read_csv(rows, dtype=str)
    found = []
    for record in frame.to_dict("records"):
        cells = ["" if pd.isna(record.get(c)) else str(record[c]) for c in COLUMNS]
        cells[AT["set"]] = cells[AT["set"]] or name
        cells[AT["version"]] = cells[AT["version"]] or "1"
        cells[AT["grade"]] = cells[AT["grade"]] or "S"
        found.append(tuple(cells))
    return tuple(found)
