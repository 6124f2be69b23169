"""The inputs of resolutions as columns: what equations were computed with, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from carboncalc import units
from carboncalc.inventory.coded import Coded
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.resolutions import Resolutions, Way

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

#: Where a deduction stands that nobody claims.
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One input of resolutions that took the same route, one value per resolution.

    ``positions`` are positions among the resolutions asked about, ``number`` is the place of
    the input in its route. ``given`` is the column that the rows gave it in, if they did.
    ``value`` stands in ``unit``. ``default`` is the row of the document's factor in the
    library, also where the rows gave a value, and ``query`` which query found it; −1 for none.
    ``factor_id`` is None and ``grade`` S where no factor was used. ``source`` and ``where``
    are the document and place of the factor, or the cell of the activity sheet.
    """

    positions: Positions
    way: Way
    name: str
    number: int
    given: str | None
    unit: str
    value: Floats
    default: npt.NDArray[Any]
    query: npt.NDArray[Any]
    fallback: npt.NDArray[Any]
    factor_id: npt.NDArray[Any]
    grade: npt.NDArray[Any]
    source: npt.NDArray[Any]
    where: npt.NDArray[Any]


def input_columns(
    index: npt.NDArray[Any], resolutions: Resolutions, plan: Plan, ledger: Ledger
) -> Iterator[InputColumn]:
    """Every input of some resolutions in its declared unit, the amount left out.

    An input that has no value, because no result needs it there, is left out.
    """
    library = plan.context.library
    for way in resolutions.ways(index):
        cells, here = way.cells, index[way.positions]
        spot = (resolutions.region[here], resolutions.year[here] - cells.years.start)
        row = resolutions.row[here]
        for number, (name, filled) in enumerate(cells.inputs.items()):
            unit = cells.route.inputs[name].unit(cells.variant)
            column, default = way.given.get(name), filled.row[spot]
            if column is None:
                value, kept = filled.value[spot], np.flatnonzero(~np.isnan(filled.value[spot]))
                found, code = np.unique(default[kept], return_inverse=True)
                factors = [
                    (library.ids[k], str(library.grades[k]), library.sources[k], library.wheres[k])
                    if k >= 0
                    else (None, "S", "", NOT_STATED)
                    for k in found.tolist()
                ]
                said = [_objects(texts)[code] for texts in zip(*factors, strict=True)]
                said = said or [_objects([])] * 4
            else:
                value, kept = given_values(ledger, column, unit, row), np.arange(len(here))
                shared = (None, "S", "activity data")
                said = [_objects([text]).repeat(len(here)) for text in shared]
                said.append(_cells(ledger, column, row))
            yield InputColumn(
                way.positions[kept], way, name, number, column, unit, value[kept], default[kept],
                filled.query[spot][kept], filled.fallback[spot][kept], *said,
            )  # fmt: skip


def given_values(ledger: Ledger, column: str, unit: str, row: npt.NDArray[Any]) -> Floats:
    """What rows give themselves in a column, in the declared unit."""
    values: Floats = ledger.rows[column].to_numpy(dtype=np.float64)[row]
    spelled = f"{column}_unit"
    given = ledger.coded[spelled].take(row) if spelled in ledger.coded else Coded.nothing(len(row))
    for code in np.flatnonzero(np.bincount(given.codes + 1)) - 1:
        text = "1" if code < 0 else str(given.values[code])
        multiply, divide = units.conversion(text, unit)
        here = given.codes == code
        values[here] = values[here] * multiply / divide
    return values


def _cells(ledger: Ledger, column: str, row: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The cells of the activity sheet that values stand in, or the measurements behind them."""
    place: Any = pa.repeat("", len(row))
    words = [word for word in ("sheet", "row") if word in ledger.rows]
    if words:
        texts = [pa.array(ledger.rows[word].take(row), from_pandas=True) for word in words]
        named = [
            pc.binary_join_element_wise(word, pc.cast(text, pa.string()), " ")
            for word, text in zip(words, texts, strict=True)
        ]
        place = pc.binary_join_element_wise(*named, " ", null_handling="skip")
    where = pc.binary_join_element_wise(place, f"column {column}", " ")
    origin = f"{column}_origin"
    if origin in ledger.rows:
        measured = pc.cast(pa.array(ledger.rows[origin].take(row), from_pandas=True), pa.string())
        where = pc.coalesce(measured, where)
    found: npt.NDArray[Any] = where.to_numpy(zero_copy_only=False)
    return found


def _objects(texts: Any) -> npt.NDArray[Any]:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out
