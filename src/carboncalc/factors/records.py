"""Full records of single rows, made only when somebody looks at one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from carboncalc.factors.uncertainty import parse_uncertainty
from carboncalc.model.factor import EmissionFactor

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary


def record(library: FactorLibrary, index: int) -> EmissionFactor:
    """The record of a row number, with the defaults of its set's sheet filled in."""
    library.open_set(library.set_of(index))

    def cell(column: str) -> str | None:
        return library.cell(index, column) or None

    def day(column: str) -> date | None:
        text = cell(column)
        return date.fromisoformat(text) if text else None

    year, key = cell("data_year"), library.cell(index, "set")
    return EmissionFactor(
        id=library.ids[index],
        kind=library.sets()[key],
        set=key,
        item=library.cell(index, "item"),
        parameter=library.cell(index, "parameter"),
        technology=cell("technology"),
        region=cell("region"),
        gas=cell("gas"),
        value=float(library.values[index]),
        value_text=library.cell(index, "value"),
        unit=library.units[index],
        basis=cell("basis"),
        data_year=int(year) if year else None,
        published=cell("published"),
        valid_from=day("valid_from"),
        valid_to=day("valid_to"),
        uncertainty=parse_uncertainty(cell("uncertainty"), cell("distribution")),
        grade=str(library.grades[index]),
        source=library.sources[index],
        where=library.wheres[index],
        version=int(library.cell(index, "version")),
        supersedes=cell("supersedes"),
        note=cell("note"),
        licence=cell("licence"),
        transcription=cell("transcription"),
    )
