"""Says why a row could not be computed: what is missing, for which route, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from carboncalc import units
from carboncalc.errors import FactorNotFoundError
from carboncalc.factors.miss import explain_miss
from carboncalc.factors.request import FactorRequest
from carboncalc.inventory.collect import Run, note_row
from carboncalc.inventory.fill import of_other_set
from carboncalc.inventory.plan import FIRST_YEAR, Placed
from carboncalc.inventory.slots import NO_EDITION, Cells
from carboncalc.model.method import FactorQuery, Input
from carboncalc.vocabulary import names

if TYPE_CHECKING:
    from carboncalc.inventory.calculate import Columns

#: A problem as it is noted: code, parameters, column.
Problem = tuple[str, dict[str, Any], str]

#: How many ways out a message names, nearest first.
_WAYS = 3

#: What a plain ``pressure`` may have been meant for.
_PRESSURES = frozenset({"pressure_absolute", "pressure_gauge"})


def missing_issues(
    run: Run, placed: Placed, rows: Any, columns: Columns, given_units: dict[str, str] | Any
) -> None:
    """Note one issue per row, its reason worked out once per distinct region and year."""
    rows = rows[~_said_of_pressure(run, placed, rows)]
    region, year = columns.region[rows], columns.year[rows]
    pairs, inverse = np.unique(np.stack([region, year]), axis=1, return_inverse=True)
    for index in range(pairs.shape[1]):
        code, params, column = _reason(
            run, placed, int(pairs[0, index]), int(pairs[1, index]), given_units
        )
        for position in rows[inverse.ravel() == index]:
            note_row(run, int(position), code, column, params)


def _said_of_pressure(run: Run, placed: Placed, rows: Any) -> Any:
    """Rows told that their pressure must say whether it is gauge or absolute (M-028)."""
    asked = {name for c in placed.slot.tried for name in c.route.inputs}
    if "pressure" not in run.rows or not asked & _PRESSURES:
        return np.zeros(len(rows), dtype=bool)
    bare = run.rows["pressure"].notna().to_numpy()[rows]
    for position in rows[bare]:
        note_row(run, int(position), "M-028", "pressure", {})
    return bare


def _reason(run: Run, placed: Placed, region: int, year: int, given: dict[str, str]) -> Problem:
    slot = placed.slot
    method = placed.placement.method
    if slot.reason[region, year] == NO_EDITION:
        why = method.no_edition(run.plan.context.policy.edition)
        params = {"method": method.id, "year": year + FIRST_YEAR}
        return "I-026", {**params, "reason": why["en"], "reason_zh": why["zh"]}, "period"
    ways = list(_ways(placed, region, year, given))
    for explain in (_asked, _refused, _other_set):
        for cells, lacking in ways:
            for name in lacking:
                found = explain(run, placed, cells, name, region, year)
                if found is not None:
                    return found
    for cells, lacking in ways:
        for name in lacking:
            found = _without_default(run, placed, cells, name)
            if found is not None:
                return found
    ways = sorted((way for way in ways if way[1]), key=lambda way: len(way[1]))[:_WAYS]
    texts = [[_named(c, lacking, lang, len(ways) > 1) for c, lacking in ways] for lang in _LANGS]
    params = {
        "source": slot.source.id, "source_zh": slot.source.name.get("zh", slot.source.id),
        "item": slot.key.item, "item_zh": names.label("item", slot.key.item, "zh"),
        "missing_zh": ";或 ".join(texts[0]) or "-", "missing": "; or ".join(texts[1]) or "-",
    }  # fmt: skip
    return "I-025", params, ways[0][1][0] if ways else "item"


_LANGS = ("zh", "en")


def _ways(
    placed: Placed, region: int, year: int, given: dict[str, str]
) -> Iterator[tuple[Cells, list[str]]]:
    """Each route that was tried for the year, with the required inputs it has no value for."""
    for cells in placed.slot.tried:
        if not cells.years.start <= year < cells.years.stop:
            continue
        if any(name in given for name in cells.route.without):
            continue
        spot = (region, year - cells.years.start)
        wanted = cells.route.inputs
        companions = {
            other
            for item in wanted.values()
            if _fits(item, cells.variant, given)
            for other in item.needs
        }
        yield (
            cells,
            [
                name
                for name, filled in cells.inputs.items()
                if not _fits(wanted[name], cells.variant, given)
                and (
                    (wanted[name].required and np.isnan(filled.value[spot]))
                    or (name in companions and filled.row[spot] < 0)
                )
            ],
        )


def _fits(wanted: Input, variant: int, given: dict[str, str]) -> bool:
    unit = wanted.unit(variant)
    return any(
        column in given and units.same_dimension(given[column], unit)
        for column in (wanted.name, *wanted.aliases)
    )


def _asked(
    run: Run, placed: Placed, cells: Cells, name: str, region: int, year: int
) -> Problem | None:
    """A column that the default depends on and the row leaves empty (M-022)."""
    source, key = placed.slot.source, placed.slot.key
    for column in cells.route.inputs[name].asks:
        known = source.technologies if column == "technology" else source.choices.get(column)
        value = key.technology if column == "technology" else dict(key.texts).get(column)
        if known and value not in known:
            return "M-022", {
                "source": source.id, "parameter": name, **_column(column), **_words(known),
            }, column  # fmt: skip
    return None


def _other_set(
    run: Run, placed: Placed, cells: Cells, name: str, region: int, year: int
) -> Problem | None:
    """A factor known only as CO2e, weighed with another GWP set than the line (I-052)."""
    library, used = run.plan.context.library, placed.slot.key.gwp_set
    for query in _bound(run, placed, cells, name) if used else ():
        rows = [
            row for row in library.rows_for(query.set, query.item, query.parameter)
            if library.cell(row, "technology") == (query.technology or "")
        ]  # fmt: skip
        other = of_other_set(np.array(rows, dtype=np.int64), used, library)
        if other.any():
            row = rows[int(np.flatnonzero(other)[0])]
            held = library.cell(row, "basis")
            return "I-052", {"factor": library.ids[row], "held": held, "used": used}, name
    return None


def _without_default(run: Run, placed: Placed, cells: Cells, name: str) -> Problem | None:
    """A technology that is known but has no default for this item (M-023)."""
    key, library = placed.slot.key, run.plan.context.library
    wanted = cells.route.inputs[name]
    for column in wanted.asks:
        value = key.technology if column == "technology" else dict(key.texts).get(column)
        held = dict.fromkeys(
            library.cell(row, "technology")
            for query in _bound(run, placed, cells, name)
            if query.technology
            for row in library.rows_for(query.set, query.item, query.parameter)
            if query.gas in (None, library.cell(row, "gas"))
        )
        if value and held:
            return "M-023", {
                "item": key.item, "text": value, "text_zh": names.label("technology", value, "zh"),
                "parameter": name, "unit": wanted.unit(cells.variant), **_column(column),
                **_words(tuple(held)),
            }, column  # fmt: skip
    return None


def _column(column: str) -> dict[str, str]:
    return {
        "column": column,
        **{f"column_{lang}": names.label("header", column, lang) for lang in _LANGS},
    }


def _words(ids: tuple[str, ...]) -> dict[str, str]:
    shown = [names.label("technology", i, "zh") for i in ids]
    return {"technologies": ", ".join(ids), "technologies_zh": "、".join(shown)}


def _named(cells: Cells, lacking: list[str], lang: str, titled: bool) -> str:
    """What a route lacks, as a person reads it: label, column and unit of each input."""
    inputs = [cells.route.inputs[name] for name in lacking]
    parts = [f"{_title(i, lang)} [{_unit(i, cells.variant)}]" for i in inputs]
    text = ("、" if lang == "zh" else ", ").join(parts)
    return f"{cells.route.title[lang]}: {text}" if titled else text


def _title(wanted: Input, lang: str) -> str:
    label = wanted.label.get(lang, wanted.name)
    if label == wanted.name:
        return label
    return f"{label}({wanted.name})" if lang == "zh" else f"{label} ({wanted.name})"


def _unit(wanted: Input, variant: int) -> str:
    unit = wanted.unit(variant)
    return "%" if unit == "1" and wanted.bounds == "fraction" else unit


def _bound(
    run: Run, placed: Placed, cells: Cells, name: str, year: int | None = None
) -> list[FactorQuery]:
    key = placed.slot.key
    found = (
        query.bind(
            item=key.item, technology=key.technology, sector=key.sector,
            parameters=cells.edition.parameters, texts=dict(key.texts),
            policy=run.plan.context.policy, data_year=year,
        )
        for query in cells.inputs[name].queries
    )  # fmt: skip
    return [query for query in found if query is not None]


def _refused(
    run: Run, placed: Placed, cells: Cells, name: str, region: int, year: int
) -> Problem | None:
    """The library's own account of a miss: no factor for a region or year, a grade not let in.

    A value that is held but refused for its grade goes before one that is not held at all.
    """
    context = run.plan.context
    found: list[Problem] = []
    for bound in _bound(run, placed, cells, name, year + FIRST_YEAR):
        hole = int(cells.inputs[name].hole[region, year - cells.years.start])
        if bound.region_rule == "none" and bound.year_rule == "none" and hole <= 1:
            continue
        request = FactorRequest(
            bound.set, bound.item, bound.parameter, bound.technology, bound.gas,
            bound.region_rule, bound.year_rule,
        )  # fmt: skip
        error: FactorNotFoundError = explain_miss(
            context.library, request, context.regions[region], year + FIRST_YEAR, context.policy
        )
        column = "region" if bound.region_rule != "none" else name
        found.append((error.code, {**error.params, "source": placed.slot.source.id}, column))
    return next((f for f in found if f[0] == "F-007"), found[0] if found else None)
