"""From the rows of an item and parameter to those a request may be answered from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carboncalc import units
from carboncalc.errors import FactorAmbiguousError
from carboncalc.factors.request import GRID_KINDS, FactorRequest
from carboncalc.factors.technologies import technology_id

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary


def narrow(library: FactorLibrary, request: FactorRequest, rows: list[int]) -> list[int]:
    """The rows of the technology and gas asked for.

    A request with a unit takes the rows per that unit. A request without a technology takes
    rows without one; a row of a technology answers only who names it.

    Raises
    ------
    FactorAmbiguousError
        F-006 where an electricity factor is asked for without its kind; F-002 where several
        gases are left and none was named.
    """
    if request.set == "grid" and request.parameter not in GRID_KINDS:
        raise FactorAmbiguousError(
            "F-006", asked=request.parameter, candidates=GRID_KINDS, kinds=", ".join(GRID_KINDS)
        )
    wanted = technology_id(request.technology or "")
    if request.unit is not None and not wanted:
        rows = [r for r in rows if _is_per(library, r, request.unit)]
    else:
        rows = [r for r in rows if library.cell(r, "technology") == wanted]
    if request.gas is not None:
        return [r for r in rows if library.cell(r, "gas") == request.gas]
    kinds = {(library.cell(r, "gas"), library.cell(r, "technology")) for r in rows}
    if len(kinds) > 1:
        ids = tuple(library.ids[r] for r in rows)
        raise FactorAmbiguousError("F-002", candidates=ids, listed=", ".join(ids[:5]))
    return rows


def _is_per(library: FactorLibrary, row: int, unit: str) -> bool:
    """Whether a row is a mass, or a mass of some gas, per the unit."""
    technology = library.cell(row, "technology")
    if technology and not technology.startswith("per_"):
        return False
    whole = units.multiply_dimensions(units.dimension(library.units[row]), units.dimension(unit))
    return dict(whole).get("[mass]") == 1 and all(power == 1 for _, power in whole)
