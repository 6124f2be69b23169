"""From the rows of an item and parameter to those a request may be answered from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carboncalc.errors import FactorAmbiguousError
from carboncalc.factors.request import GRID_KINDS, FactorRequest
from carboncalc.factors.technologies import technology_id

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary


def narrow(library: FactorLibrary, request: FactorRequest, rows: list[int]) -> list[int]:
    """The rows of the technology and gas asked for.

    A request without a technology takes rows without one; a row of a technology answers only
    who names it.

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
    rows = [r for r in rows if library.cell(r, "technology") == wanted]
    if request.gas is not None:
        return [r for r in rows if library.cell(r, "gas") == request.gas]
    if len({library.cell(r, "gas") for r in rows}) > 1:
        ids = tuple(library.ids[r] for r in rows)
        raise FactorAmbiguousError("F-002", candidates=ids, listed=", ".join(ids[:5]))
    return rows
