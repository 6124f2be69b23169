"""Measured values (contract section 7) and denominators (section 8), read like activity data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.activity.columns import join
from carboncalc.activity.dates import read_periods
from carboncalc.activity.draft import Draft, Refusal
from carboncalc.activity.entities import read_entities
from carboncalc.activity.files import MAX_BYTES, MAX_ROWS
from carboncalc.activity.frame import good_rows, quarantined_rows
from carboncalc.activity.header import is_parameter_name, read_heading
from carboncalc.activity.identify import identify
from carboncalc.activity.layout import Layout
from carboncalc.activity.load import Loaded, load
from carboncalc.activity.measures import (
    CARBON_CONTENT,
    CARBON_PERCENT,
    FRACTIONS,
    NEEDS_UNIT,
    NEVER_NEGATIVE,
    canonical_unit,
    read_amounts,
    read_plain_numbers,
    read_units,
)
from carboncalc.activity.table import OutputTable, ParameterTable
from carboncalc.activity.text import TextColumn
from carboncalc.activity.workbook import SheetChoice
from carboncalc.errors import UnitError
from carboncalc.vocabulary import names

PARAMETER_LAYOUT = Layout(
    table="parameters",
    columns=(
        "entity", "facility", "period", "source", "item", "parameter", "value", "unit",
        "weight", "evidence",
    ),
    required=("entity", "period", "source", "parameter", "value"),
    numbers=frozenset({"value", "weight"}),
    free=frozenset({"evidence"}),
)  # fmt: skip

OUTPUT_LAYOUT = Layout(
    table="outputs",
    columns=(
        "entity", "facility", "process", "period", "measure", "amount", "unit", "statistic",
        "evidence",
    ),
    required=("entity", "period", "measure", "amount", "unit"),
    numbers=frozenset({"amount"}),
    free=frozenset({"evidence"}),
)  # fmt: skip


def read_parameters(
    data: Any,
    *,
    entities: Any = None,
    sheet: SheetChoice = None,
    strict: bool = False,
    own_items: Collection[str] = (),
    today: dt.date | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> ParameterTable:
    """Measured parameters, one value per entity, facility, period, source, item and parameter.

    Arguments as in :func:`read_activity`. ``weight`` is the consumption that a year's mean
    is weighted by. Gas pairs are written ``by_product_rate[CF4]``.

    Returns
    -------
    ParameterTable
        ``.rows`` with ``value`` as given and ``unit`` in canonical spelling; two values for
        one key are refused (A-302), as are unknown parameters that are no names (A-301).

    Raises
    ------
    ActivityDataError
        No table can be made; with ``strict``, A-001 and all problems.

    Examples
    --------
    >>> table = read_parameters([{"entity": "P", "period": "2024-01", "source": "化石燃料燃烧",
    ...     "item": "烟煤", "parameter": "低位发热量", "value": 22.1, "unit": "GJ/吨"}])
    >>> table.rows[["parameter", "value", "unit"]].values.tolist()
    [['net_calorific_value', 22.1, 'GJ/t']]
    """
    limits = {"max_bytes": max_bytes, "max_rows": max_rows}
    draft, loaded = _draft(data, PARAMETER_LAYOUT, entities, own_items, sheet, today, limits)
    joined = draft.joined
    draft.require("source", joined.text("source").missing)
    named = joined.text("parameter")
    draft.require("parameter", named.missing)
    draft.texts["parameter"] = draft.translate(named, "parameter", _parameter)
    _read_values(draft)
    if joined.has("weight"):
        read_plain_numbers(draft, "weight", 0, float("inf"))
    _unique(draft, ("entity", "facility", "period", "source", "item", "parameter"), "A-302")
    rows, digest = good_rows(draft, _dated(PARAMETER_LAYOUT))
    table = ParameterTable(**_table(draft, loaded, rows, digest))
    if strict:
        table.raise_issues()
    return table


def read_outputs(
    data: Any,
    *,
    entities: Any = None,
    sheet: SheetChoice = None,
    strict: bool = False,
    today: dt.date | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> OutputTable:
    """Denominators: what was produced, earned, occupied or employed in a period.

    Arguments as in :func:`read_activity`. ``measure`` is revenue, value_added, floor_area,
    headcount, energy_use or the id of a product.

    Returns
    -------
    OutputTable
        ``.rows`` with ``amount`` as given and ``unit`` in canonical spelling; two figures for
        one key are refused (A-303).

    Raises
    ------
    ActivityDataError
        No table can be made; with ``strict``, A-001 and all problems.

    Examples
    --------
    >>> table = read_outputs([{"entity": "P", "period": "2024", "measure": "营业收入",
    ...     "amount": "1,250", "unit": "万元"}])
    >>> table.rows[["measure", "amount", "unit"]].values.tolist()
    [['revenue', 1250.0, '10^4 CNY']]
    """
    limits = {"max_bytes": max_bytes, "max_rows": max_rows}
    draft, loaded = _draft(data, OUTPUT_LAYOUT, entities, (), sheet, today, limits)
    joined = draft.joined
    for name in ("measure", "statistic"):
        if joined.has(name):
            column = joined.text(name)
            draft.texts[name] = column.mapped([measure_id(value) for value in column.values])
    draft.require("measure", draft.text("measure").missing)
    if joined.has("measure"):
        given = joined.text("measure")
        draft.flag_first(given, [_nearly(value) for value in given.values], "measure")
    read_amounts(draft)
    read_units(draft)
    _unique(draft, ("entity", "facility", "process", "period", "measure", "statistic"), "A-303")
    rows, digest = good_rows(draft, _dated(OUTPUT_LAYOUT))
    table = OutputTable(**_table(draft, loaded, rows, digest))
    if strict:
        table.raise_issues()
    return table


#: Chinese words for the measures that are not products.
_MEASURES = {
    "营业收入": "revenue", "营收": "revenue", "产值": "revenue",
    "工业增加值": "value_added", "增加值": "value_added",
    "建筑面积": "floor_area", "面积": "floor_area",
    "员工人数": "headcount", "人数": "headcount", "职工人数": "headcount",
    "综合能源消费量": "energy_use", "能源消费量": "energy_use", "能耗": "energy_use",
    "当量值": "tce", "当量": "tce", "等价值": "tce_primary", "等价": "tce_primary",
}  # fmt: skip


def _draft(
    data: Any,
    layout: Layout,
    entities: Any,
    own_items: Collection[str],
    sheet: SheetChoice,
    today: dt.date | None,
    limits: dict[str, int],
) -> tuple[Draft, Loaded]:
    known = None if entities is None else read_entities(entities)
    loaded = load(data, layout, sheet=sheet, **limits)
    draft = Draft(join(loaded.sheets, layout))
    identify(draft, known, own_items)
    read_periods(draft, today or dt.datetime.now().astimezone().date())
    if draft.joined.has("evidence"):
        draft.free["evidence"] = draft.joined.free("evidence")
    return draft, loaded


def _dated(layout: Layout) -> tuple[str, ...]:
    """The columns of a layout with the days of the period beside it."""
    place = layout.columns.index("period") + 1
    return (*layout.columns[:place], "period_start", "period_end", *layout.columns[place:])


def _parameter(text: str) -> str | Refusal:
    heading = read_heading(text, "activity")
    if heading.column is not None and not heading.is_unit:
        return heading.column
    return text if is_parameter_name(text) else ("A-301", {"text": text})


def _read_values(draft: Draft) -> None:
    """Values may be negative where the quantity can be; units as for parameter columns."""
    read_plain_numbers(draft, "value", -np.inf, np.inf)
    value = draft.numbers["value"]
    draft.require("value", np.isnan(value) & ~draft.problems.bad)
    given = draft.joined.units_of("value")
    unit = draft.translate(given, "unit", canonical_unit)
    parameter = draft.text("parameter")
    bare = given.missing
    needs = parameter.is_in(lambda name: name.partition("[")[0] in NEEDS_UNIT)
    params = [{"column": name} for name in (*parameter.values, "")]

    def refuse(code: str, rows: np.ndarray, column: str) -> None:
        found = np.flatnonzero(rows)
        draft.problems.add(code, found, column=column, params=params, which=parameter.codes[found])

    refuse("A-036", bare & needs, "unit")
    draft.texts["unit"] = _carbon_shares(unit.filled("1", bare & ~needs), parameter)
    never = parameter.is_in(lambda name: name.partition("[")[0] in NEVER_NEGATIVE)
    refuse("A-038", (value < 0) & never, "value")
    share = parameter.is_in(FRACTIONS.__contains__)
    column = draft.texts["unit"]
    scale = np.array([*(_pure(text) for text in column.values), np.nan])[column.codes]
    refuse("A-037", share & (value * scale > 1), "value")


def _carbon_shares(unit: TextColumn, parameter: TextColumn) -> TextColumn:
    """The unit column with a percentage of carbon written as one."""
    share = unit.is_in({"%"}.__contains__) & parameter.is_in({CARBON_CONTENT}.__contains__)
    codes = np.where(share, len(unit.values), unit.codes).astype(np.int32)
    return TextColumn(codes, (*unit.values, CARBON_PERCENT)) if share.any() else unit


def _pure(unit: str) -> float:
    try:
        return units.scale(unit, "1")
    except UnitError:
        return float("nan")


def measure_id(text: str) -> str:
    """A named measure, else a product of the vocabulary, else the caller's own product."""
    if text.casefold() in _MEASURES:
        return _MEASURES[text.casefold()]
    found = names.lookup("item", text)
    return found.id if isinstance(found, names.Resolved) else text


def _nearly(text: str) -> Refusal | None:
    """What to say of a product of the caller's own that is spelt like one of the vocabulary."""
    found = names.lookup("item", text)
    if measure_id(text) != text or not isinstance(found, names.Unknown) or not found.nearest:
        return None
    return "A-304", names.refusal("item", text, found)[1]


def _unique(draft: Draft, key: tuple[str, ...], code: str) -> None:
    """Two different values for one key: which one is meant cannot be known."""
    keys = {name: draft.texts[name].codes for name in key if name in draft.texts}
    good = np.flatnonzero(~draft.problems.bad)
    repeated = pd.DataFrame(keys).iloc[good].duplicated(keep=False).to_numpy()
    draft.problems.add(code, good[repeated], column=key[-1] if code == "A-302" else "measure")


def _table(draft: Draft, loaded: Loaded, rows: pd.DataFrame, digest: str) -> dict[str, Any]:
    problems = draft.problems
    return {
        "rows": rows,
        "quarantined": quarantined_rows(draft),
        "issues": problems.issues(),
        "findings": problems.issues("finding"),
        "counts": problems.counts(),
        "files": loaded.files,
        "encodings": loaded.encodings,
        "digest": digest,
    }
