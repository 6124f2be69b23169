"""Amounts, units, densities and parameters: numbers with the unit that makes them one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc import units
from carboncalc.activity.draft import Draft, Floats, Mask, Refusal, number_text
from carboncalc.activity.numbers import NumberColumn, split_quantity
from carboncalc.activity.text import TextColumn, without_mark
from carboncalc.errors import UnitError

#: Without a unit these would be numbers of unknown size.
NEEDS_UNIT = frozenset(
    {
        "net_calorific_value", "gross_calorific_value", "carbon_content", "emission_factor",
        "grid_factor", "heat_factor", "density", "enthalpy", "temperature", "pressure",
        "cod_in", "cod_out", "cod_sludge", "methane_capacity", "methane_recovered",
    }
)  # fmt: skip

#: Shares of a whole: 99 without a unit is not 99 %.
FRACTIONS = frozenset(
    {
        "oxidation_factor", "purity", "urea_fraction", "methane_correction_factor",
        "calcination_fraction", "heel_fraction", "utilisation", "collection_efficiency",
        "destruction_efficiency", "biomass_fraction", "abatement_efficiency", "usage_rate",
        "loss_fraction", "moisture_received", "moisture_air_dried",
    }
)  # fmt: skip

#: Quantities that cannot be negative.
NEVER_NEGATIVE = FRACTIONS | {
    "net_calorific_value", "gross_calorific_value", "carbon_content", "density",
}  # fmt: skip


def read_amounts(draft: Draft, name: str = "amount", *, required: bool = True) -> None:
    """Fill a column of amounts: finite and ≥ 0; the sign belongs to the source.

    Empty (A-030), not a number (A-031, A-034), not finite (A-032) and negative (A-033) cells
    are refused.
    """
    column = _numbers(draft, name)
    if required:
        draft.require(name, column.missing)
    _refuse_numbers(draft, name, column)
    draft.numbers[name] = column.values


def read_plain_numbers(draft: Draft, name: str, lowest: float, highest: float) -> None:
    """Fill a column of optional numbers within bounds (A-044)."""
    column = _numbers(draft, name)
    _refuse_numbers(draft, name, column, negative=False)
    outside = (column.values < lowest) | (column.values > highest)
    params = {"column": name, "lowest": number_text(lowest), "highest": number_text(highest)}
    draft.problems.add("A-044", outside, column=name, params=params)
    draft.numbers[name] = column.values


def _numbers(draft: Draft, name: str) -> NumberColumn:
    lengths = [len(sheet) for sheet in draft.joined.sheets]
    pieces = zip(draft.joined.pieces(name), lengths, strict=True)
    return NumberColumn.joined(
        [NumberColumn.absent(n) if p is None else NumberColumn.of(p) for p, n in pieces]
    )


def _refuse_numbers(
    draft: Draft, name: str, column: NumberColumn, *, negative: bool = True
) -> None:
    if column.wrong.any():
        positions = np.flatnonzero(column.wrong)
        texts = _given(draft, name, positions)
        shortened = ["万" in text or "亿" in text for text in texts]
        for code, chosen in (("A-034", True), ("A-031", False)):
            mine = [i for i, short in enumerate(shortened) if short is chosen]
            draft.problems.add(
                code,
                positions[mine],
                column=name,
                params=[{"text": texts[i]} for i in mine],
                which=np.arange(len(mine)),
            )
    with np.errstate(invalid="ignore"):
        infinite = ~column.missing & ~column.wrong & ~np.isfinite(column.values)
        below = column.values < 0
    if infinite.any():
        draft.problems.add("A-032", infinite, column=name, params={"column": name})
    if negative and below.any():
        positions = np.flatnonzero(below & np.isfinite(column.values))
        draft.problems.add(
            "A-033",
            positions,
            column=name,
            params=[{"value": number_text(v)} for v in column.values[positions].tolist()],
            which=np.arange(len(positions)),
        )


def _given(draft: Draft, name: str, positions: NDArray[np.int64]) -> list[str]:
    """The texts of some cells, for messages."""
    texts = [""] * len(positions)
    start = 0
    for sheet, piece in zip(draft.joined.sheets, draft.joined.pieces(name), strict=True):
        inside = np.flatnonzero((positions >= start) & (positions < start + len(sheet)))
        if piece is not None and len(inside):
            cells = piece.take(pa.array(positions[inside] - start)).to_pylist()
            for slot, cell in zip(inside.tolist(), cells, strict=True):
                texts[slot] = without_mark(str(cell))[:60]
        start += len(sheet)
    return texts


def read_units(draft: Draft, name: str = "amount") -> None:
    """Fill ``unit`` with canonical spellings; a unit in the header counts for every row.

    Unknown (U-001) and ambiguous (U-002) units, empty ones (A-030) and rows whose unit
    contradicts the header (A-035) are refused.
    """
    given = draft.joined.units_of(name)
    draft.require("unit", given.missing)
    column = draft.translate(given, "unit", canonical_unit)
    _header_agrees(draft, column, name)
    draft.texts["unit"] = column


def canonical_unit(text: str) -> str | Refusal:
    """The canonical spelling of a unit, or why it is refused.

    Examples
    --------
    >>> canonical_unit("万度"), canonical_unit("ton")[0]
    ('10^4 kWh', 'U-002')
    """
    try:
        return units.parse(text).text
    except UnitError as error:
        return error.code, error.params


def _header_agrees(draft: Draft, column: TextColumn, name: str) -> None:
    start = 0
    for sheet, plan in zip(draft.joined.sheets, draft.joined.plans, strict=True):
        stop = start + len(sheet)
        unit = plan.header_unit.get(name)
        wanted = canonical_unit(unit) if unit is not None and name in plan.unit_index else None
        if isinstance(wanted, str):
            here = np.zeros(len(draft), dtype=np.bool_)
            here[start:stop] = True
            differs = column.lookup([text != wanted for text in column.values], False) & here
            params = {"unit": wanted, "column": name}
            draft.problems.add("A-035", differs, column="unit", params=params)
        start = stop


#: A laboratory writes elemental carbon as a mass share: 0.21 % of steel is 0.0021 t C/t.
CARBON_CONTENT, CARBON_PERCENT = "carbon_content", "% C"


def read_parameter(draft: Draft, name: str) -> None:
    """Fill a parameter and its unit from a number with a unit column, or `389.31 GJ/万Nm3`.

    A number without any unit is a pure number (unit ``1``), refused where that cannot be
    meant: A-036 for quantities, A-037 for shares above 1.
    """
    values: list[Floats] = []
    units_in_cells: list[TextColumn] = []
    start = 0
    for sheet, piece in zip(draft.joined.sheets, draft.joined.pieces(name), strict=True):
        if piece is None:
            values.append(np.full(len(sheet), np.nan))
            units_in_cells.append(TextColumn.constant(None, len(sheet)))
        elif pa.types.is_dictionary(piece.type) or pa.types.is_string(piece.type):
            number, unit = _quantities(draft, name, piece, start)
            values.append(number)
            units_in_cells.append(unit)
        else:
            column = NumberColumn.of(piece)
            values.append(column.values)
            units_in_cells.append(TextColumn.constant(None, len(sheet)))
        start += len(sheet)
    value = np.concatenate(values) if len(values) > 1 else values[0]
    draft.numbers[name] = value
    draft.texts[f"{name}_unit"] = _parameter_units(draft, name, value, units_in_cells)
    _check_parameter(draft, name, value)


def _quantities(
    draft: Draft, name: str, piece: pa.ChunkedArray, start: int
) -> tuple[Floats, TextColumn]:
    column = TextColumn.of(piece, without_mark)
    distinct = NumberColumn.of(pa.chunked_array([pa.array(column.values, pa.string())]))
    table = np.append(distinct.values, np.nan)
    unit_texts: list[str | None] = [None] * len(column.values)
    refusals: list[Refusal] = [None] * len(column.values)
    for index in np.flatnonzero(distinct.wrong).tolist():
        found = split_quantity(column.values[index])
        if found is None:
            refusals[index] = ("A-031", {"text": column.values[index][:60]})
        else:
            table[index], unit_texts[index] = found
    rows = column.lookup([refusal is not None for refusal in refusals], False)
    if rows.any():
        positions = np.flatnonzero(rows)
        params = [dict(refusal[1]) if refusal else {} for refusal in refusals]
        draft.problems.add(
            "A-031", positions + start, column=name, params=params, which=column.codes[positions]
        )
    return table[column.codes], column.mapped(unit_texts)


def _parameter_units(
    draft: Draft, name: str, value: Floats, in_cells: list[TextColumn]
) -> TextColumn:
    label = f"{name}_unit"
    absent = np.isnan(value)
    given = draft.joined.units_of(name)
    # A unit beside an empty cell says nothing, whatever it is.
    given = TextColumn(np.where(absent, np.int32(-1), given.codes).astype(np.int32), given.values)
    beside = draft.translate(given, label, canonical_unit)
    within = draft.translate(TextColumn.joined(in_cells), name, canonical_unit)
    if (~within.missing).any():
        values = tuple(dict.fromkeys((*within.values, *beside.values)))
        inner = np.array([*(values.index(v) for v in within.values), -1])[within.codes]
        outer = np.array([*(values.index(v) for v in beside.values), -1])[beside.codes]
        clash = np.flatnonzero((inner >= 0) & (outer >= 0) & (inner != outer))
        params = [{"unit": text, "column": name} for text in values]
        draft.problems.add("A-035", clash, column=name, params=params, which=outer[clash])
        beside = TextColumn(np.where(inner >= 0, inner, outer).astype(np.int32), values)
    bare = beside.missing & ~absent & ~draft.problems.bad
    if name in NEEDS_UNIT:
        draft.problems.add("A-036", bare, column=name, params={"column": name})
    elif bare.any():
        beside = beside.filled("1", bare)
    if name == CARBON_CONTENT:
        beside = beside.mapped([CARBON_PERCENT if v == "%" else v for v in beside.values])
    return beside


def _check_parameter(draft: Draft, name: str, value: Floats) -> None:
    infinite = np.isinf(value)
    if infinite.any():
        draft.problems.add("A-032", infinite, column=name, params={"column": name})
    if name.partition("[")[0] in NEVER_NEGATIVE:
        below: Mask = value < 0
        draft.problems.add("A-038", below, column=name, params={"column": name})
    if name in FRACTIONS:
        unit = draft.texts[f"{name}_unit"]
        scale = np.array([*(_fraction_scale(text) for text in unit.values), np.nan])
        above = value * scale[unit.codes] > 1
        draft.problems.add("A-037", above, column=name, params={"column": name})


def _fraction_scale(unit: str) -> float:
    """What a share in this unit is multiplied by to be a pure number; nan if it is none."""
    try:
        return units.scale(unit, "1")
    except UnitError:
        return float("nan")
