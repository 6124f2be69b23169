"""Fills a route's inputs from the factor database, over regions × years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from carboncalc import units
from carboncalc.errors import UnitDimensionError
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest, Matched
from carboncalc.model.method import Basis, Edition, FactorQuery, Input
from carboncalc.provenance import GRADE_ORDER

if TYPE_CHECKING:
    from carboncalc.inventory.slots import Context, SlotKey
    from carboncalc.methods.route import Route

#: The sets that a factor's ``basis`` can name.
GWP_SETS = frozenset({"SAR", "TAR", "AR4", "AR5", "AR6"})

#: Position of the user's grade among the grades, best first.
GRADE_S = GRADE_ORDER.index("S")


@dataclass(frozen=True, slots=True)
class Filled:
    """Values of one input in its declared unit; all arrays are regions × years.

    ``row`` is the factor's row in the library (−1 = none), ``fallback`` has bit 1 for
    another region and bit 2 for another year, ``query`` is the position of the query that
    answered, ``hole`` the library's reason where none did.
    """

    value: npt.NDArray[np.float64]
    row: npt.NDArray[np.int32]
    fallback: npt.NDArray[np.int8]
    query: npt.NDArray[np.int8]
    hole: npt.NDArray[np.int8]
    queries: tuple[FactorQuery, ...]


def fill_inputs(
    route: Route,
    variant: int,
    key: SlotKey,
    edition: Edition,
    basis: Basis | None,
    span: slice,
    context: Context,
) -> dict[str, Filled]:
    """Every input of the route but the amount, from the first query that answers per cell."""
    filled: dict[str, Filled] = {}
    for name, wanted in route.inputs.items():
        if name == "amount":
            continue
        queries = wanted.factors
        if basis is not None and basis.input_name == name:
            instrument = basis.instruments.get(key.instrument)
            queries = () if instrument is None else instrument.queries(key.certified)
        filled[name] = _fill(wanted, variant, queries, key, edition, span, context)
    return filled


def _fill(
    wanted: Input,
    variant: int,
    queries: Sequence[FactorQuery],
    key: SlotKey,
    edition: Edition,
    span: slice,
    context: Context,
) -> Filled:
    years = context.years[span]
    shape = (len(context.regions), len(years))
    value = np.full(shape, np.nan)
    row = np.full(shape, -1, dtype=np.int32)
    fallback = np.zeros(shape, dtype=np.int8)
    which = np.full(shape, -1, dtype=np.int8)
    hole = np.ones(shape, dtype=np.int8)
    for number, query in enumerate(queries):
        bound = query.bind(
            item=key.item,
            technology=key.technology,
            sector=key.sector,
            parameters=edition.parameters,
            texts=dict(key.texts),
            policy=context.policy,
        )
        if bound is None:
            continue
        low, high = bound.years
        asked = np.array([(low is None or y >= low) and (high is None or y <= high) for y in years])
        if not asked.any():
            continue
        pinned = edition.parameters.get("grid_year") if bound.year_rule == "data_year" else None
        found = (
            _matched(_request(bound), context)
            if pinned is None
            else _of_one_year(_request(bound), int(pinned), context)
        )
        found_value, found_row = found.value[:, span], found.row[:, span]
        if key.gwp_set:
            other = of_other_set(found_row, key.gwp_set, context.library)
            found_value = np.where(other, np.nan, found_value)
        converted = _in_unit(found_value, found_row, wanted.unit(variant), context.library)
        take = np.isnan(value) & ~np.isnan(converted) & asked[None, :]
        value = np.where(take, converted, value)
        row = np.where(take, found_row, row)
        fallback = np.where(take, found.fallback[:, span], fallback)
        which[take] = number
        still = np.isnan(value) & asked[None, :] & (found.hole[:, span] > 1)
        hole = np.where(still, found.hole[:, span], hole)
    if wanted.absent == "nothing":
        value[np.isnan(value)] = 0.0
    hole[~np.isnan(value)] = 0
    return Filled(value, row, fallback, which, hole, tuple(queries))


def _matched(request: FactorRequest, context: Context) -> Matched:
    """The library's answer on the plan's axes, asked once.

    A constant that knows no region is asked for one region and spread by broadcasting.
    """
    found = context.answers.get(request)
    if found is None:
        regions = [None] if request.region_rule == "none" else list(context.regions)
        found = match(context.library, request, regions, context.years, context.policy)
        context.answers[request] = found
    return found


def _of_one_year(request: FactorRequest, year: int, context: Context) -> Matched:
    """The factors of one data year for every year: an edition that names its own grid year."""
    found = match(context.library, request, list(context.regions), [year], context.policy)
    shape = (len(context.regions), len(context.years))
    return Matched(
        np.broadcast_to(found.value, shape),
        np.broadcast_to(found.row, shape),
        np.broadcast_to(found.fallback, shape),
        np.broadcast_to(found.hole, shape),
    )


def _request(query: FactorQuery) -> FactorRequest:
    return FactorRequest(
        set=query.set,
        item=query.item,
        parameter=query.parameter,
        technology=query.technology,
        gas=query.gas,
        region_rule=query.region_rule,
        year_rule=query.year_rule,
    )


def _in_unit(value: Any, row: Any, unit: str, library: FactorLibrary) -> Any:
    """Factor values in the declared unit; NaN where the factor measures something else."""
    out = np.full(value.shape, np.nan)
    for index in np.unique(row[row >= 0]):
        here = row == index
        try:
            multiply, divide = units.conversion(library.units[int(index)], unit)
        except UnitDimensionError:
            continue
        out[here] = value[here] * multiply / divide
    return out


def of_other_set(rows: Any, gwp_set: str, library: FactorLibrary) -> npt.NDArray[np.bool_]:
    """Where a factor is known only as CO2e that was weighed with another GWP set."""
    out = np.zeros(np.shape(rows), dtype=bool)
    for index in np.unique(rows[rows >= 0]):
        basis = library.cell(int(index), "basis")
        if basis in GWP_SETS and basis != gwp_set and "CO2e" in library.units[int(index)]:
            out |= rows == index
    return out


def grade_of(
    names: Iterable[str],
    inputs: Mapping[str, Filled],
    library: FactorLibrary,
    shape: tuple[int, ...],
) -> npt.NDArray[np.int8]:
    """The worst grade among the named inputs, as positions in the order of grades."""
    worst = np.zeros(shape, dtype=np.int8)
    for name in names:
        if name in inputs:
            row = inputs[name].row
            for index in np.unique(row[row >= 0]):
                code = GRADE_ORDER.index(str(library.grades[int(index)]))
                worst = np.where(row == index, np.maximum(worst, code), worst).astype(np.int8)
    return worst
