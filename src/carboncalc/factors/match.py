"""Answers a request for all regions and years at once, by a ladder that is visible.

Nothing falls back unless the policy says so; what stands in is marked, what is missing says
why (contract section 5a).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from carboncalc.errors import FactorAmbiguousError
from carboncalc.factors.gwp import blend_components, gwp
from carboncalc.factors.ladder import NATION, allowed_steps, chain, level
from carboncalc.factors.request import (
    FOUND,
    GRADE_REFUSED,
    NO_FACTOR,
    REGION_NEEDS_FALLBACK,
    REGION_STANDS_IN,
    YEAR_NEEDS_FALLBACK,
    YEAR_STANDS_IN,
    FactorRequest,
    Matched,
)
from carboncalc.provenance import Policy

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary

__all__ = ["answers", "blend_components", "gwp", "match"]

#: (row, fallback bits, hole code) of one cell.
Cell = tuple[int, int, int]

_MISSING: Cell = (-1, 0, NO_FACTOR)


def match(
    library: FactorLibrary,
    request: FactorRequest,
    regions: Sequence[str | None],
    years: Sequence[int],
    policy: Policy,
) -> Matched:
    """The constant for each region × year, the row it comes from, and what is missing and why.

    Parameters
    ----------
    library, request
        Where to look, and what for.
    regions, years
        Canonical region ids (None where a row names none) and calendar years.
    policy
        ``grid_level``, ``grid_fallback``, ``year_fallback`` and ``grades`` are heeded.

    Raises
    ------
    FactorAmbiguousError
        F-002 where several rows answer equally well, F-006 where a kind is missing.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> asked = FactorRequest("grid", "electricity", "average", region_rule="ladder",
    ...                       year_rule="data_year")
    >>> found = match(FactorLibrary.default(), asked, ["CN-35", "CN-54"], [2023, 2025], Policy())
    >>> found.value[0, 0], found.hole.tolist()
    (np.float64(0.4211), [[0, 4], [3, 3]])
    """
    shape = (len(regions), len(years))
    value = np.full(shape, np.nan)
    row = np.full(shape, -1, dtype=np.int32)
    fallback = np.zeros(shape, dtype=np.int8)
    hole = np.full(shape, NO_FACTOR, dtype=np.int8)
    answer = answers(library, request, policy)
    if answer is not None:
        for i, region in enumerate(regions):
            for j, year in enumerate(years):
                row[i, j], fallback[i, j], hole[i, j] = answer(region, year)
        found = row >= 0
        value[found] = library.values[row[found]]
    return Matched(value, row, fallback, hole)


def answers(
    library: FactorLibrary, request: FactorRequest, policy: Policy
) -> Callable[[str | None, int], Cell] | None:
    """A function from region and year to the cell of the answer; None where no row fits."""
    rows = library.find(request)
    if not rows:
        return None
    table = Held(library, rows, by_year=request.year_rule == "data_year")
    if request.region_rule == "none":
        return lambda region, year: _judge(library, table.answer("", year, policy), policy)
    if request.region_rule == "exact":
        return lambda region, year: _judge(
            library, table.answer(region or "", year, policy), policy
        )
    wanted = "nation" if request.region_rule == "nation" else "province"
    if request.parameter == "average" and policy.grid_level != "method":
        wanted = policy.grid_level
    return lambda region, year: _climb(library, table, region, year, wanted=wanted, policy=policy)


class Held:
    """The rows a request may be answered from, by region and year."""

    def __init__(self, library: FactorLibrary, rows: Sequence[int], *, by_year: bool) -> None:
        self._library, self._by_year = library, by_year
        self._rows: dict[str, list[tuple[int, int | None, int, int]]] = {}
        for row in rows:
            year = library.cell(row, "data_year")
            start = library.cell(row, "valid_from")[:4] or (year if by_year else "0")
            end = library.cell(row, "valid_to")[:4] or "9999"
            windowed = library.cell(row, "valid_from") or library.cell(row, "valid_to")
            if by_year and year and not windowed:
                end = year
            entry = (row, int(year) if year else None, int(start or 0), int(end))
            self._rows.setdefault(library.cell(row, "region"), []).append(entry)

    def exact(self, region: str, year: int) -> int | None:
        """The row that holds for a region in a year, as the document says."""
        held = [e for e in self._rows.get(region, []) if e[2] <= year <= e[3]]
        if self._by_year:
            held = [e for e in held if e[1] == year] or held
        if len(held) > 1:
            ids = tuple(self._library.ids[entry[0]] for entry in held)
            raise FactorAmbiguousError("F-002", candidates=ids, listed=", ".join(ids[:5]))
        return held[0][0] if held else None

    def latest(self, region: str, year: int) -> int | None:
        """The row of the last data year up to a year."""
        held = [(e[1], e[0]) for e in self._rows.get(region, []) if e[1] is not None]
        earlier = [entry for entry in held if entry[0] <= year]
        return max(earlier)[1] if earlier else None

    def data_years(self, region: str) -> list[int]:
        """The data years held for a region."""
        return sorted(e[1] for e in self._rows.get(region, []) if e[1] is not None)

    def answer(self, region: str, year: int, policy: Policy) -> Cell:
        """The exact row, else the latest one where the policy allows it, else why not."""
        found = self.exact(region, year)
        if found is not None:
            return found, 0, FOUND
        earlier = self.latest(region, year) if self._by_year else None
        if earlier is None:
            return _MISSING
        if policy.year_fallback == "latest":
            return earlier, YEAR_STANDS_IN, FOUND
        return -1, 0, YEAR_NEEDS_FALLBACK


def _climb(
    library: FactorLibrary,
    table: Held,
    region: str | None,
    year: int,
    *,
    wanted: str,
    policy: Policy,
) -> Cell:
    if region is None:
        return (
            _judge(library, table.answer(NATION, year, policy), policy)
            if wanted == "nation"
            else _MISSING
        )
    start = level(region, year, wanted)
    steps = allowed_steps(start, year, policy) if start else ()
    first = _MISSING
    for step in _by_grouping(steps, table, year, policy):
        cell = table.answer(step, year, policy)
        if step == start:
            first = cell
        if cell[0] >= 0:
            widened = 0 if step == start else REGION_STANDS_IN
            return _judge(library, (cell[0], cell[1] | widened, FOUND), policy)
    if first[2] == YEAR_NEEDS_FALLBACK or start is None:
        return first if start else (-1, 0, REGION_NEEDS_FALLBACK)
    wider = [table.exact(step, year) for step in chain(start, year)[1:]]
    wider += [table.latest(step, year) for step in chain(start, year)[1:]]
    return (-1, 0, REGION_NEEDS_FALLBACK) if any(w is not None for w in wider) else _MISSING


def _by_grouping(steps: tuple[str, ...], table: Held, year: int, policy: Policy) -> tuple[str, ...]:
    """The steps, with the regional grid as it was grouped in the data year that would be used."""
    if policy.year_fallback == "none" or len(steps) < 2:
        return steps
    start = steps[0]
    dated = [y for step in steps for y in table.data_years(step) if y <= year]
    if not dated or table.exact(start, year) is not None:
        return steps
    return allowed_steps(start, max(dated), policy)


def _judge(library: FactorLibrary, cell: Cell, policy: Policy) -> Cell:
    """A row of a grade that the policy does not let in is a hole, not a value."""
    row, bits, _ = cell
    if row >= 0 and library.grades[row] not in policy.grades:
        return -1, 0, GRADE_REFUSED
    return row, bits, cell[2]
