"""A slow and plain reference: one row through a method, one request at a time.

It knows nothing of the inventory's arrays, so it serves as the oracle of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from choice import choose_route

from carboncalc import units
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.rounding import load_rounding
from carboncalc.model.method import FactorQuery, Input
from carboncalc.provenance import Policy

LIBRARY = FactorLibrary.default()


@dataclass
class Row:
    """What one row came to."""

    route: str
    grades: str
    steps: dict[str, float]
    tonnes: dict[str, float]
    unused: tuple[str, ...]
    factor_ids: dict[str, str]


def compute_row(
    method_id: str,
    source_id: str,
    item: str,
    amount: float,
    unit: str,
    *,
    year: int = 2022,
    region: str | None = None,
    technology: str | None = None,
    sector: str | None = None,
    basis: str = "method",
    instrument: str = "none",
    certified: bool = False,
    texts: dict[str, str] | None = None,
    rounding: str = "none",
    edition: str | None = None,
    policy: Policy | None = None,
    library: FactorLibrary = LIBRARY,
    **given: tuple[float, str] | float,
) -> Row:
    """Tonnes of each gas of one row, signed; ``given`` are (value, unit) or fractions."""
    policy = policy or Policy()
    method = load_method(method_id)
    source = method.source(source_id)
    chosen = method.edition(year, edition)
    values = {n: v if isinstance(v, tuple) else (v, "1") for n, v in given.items()}
    context: dict[str, Any] = {
        "item": item,
        "technology": technology,
        "sector": method.sector(sector),
        "parameters": chosen.parameters,
        "data_year": year,
        "policy": policy,
    }

    def ask(query: FactorQuery) -> tuple[float, str, str, str] | None:
        bound = query.bind(**context)
        if bound is None:
            return None
        request = FactorRequest(
            bound.set,
            bound.item,
            bound.parameter,
            bound.technology,
            bound.gas,
            bound.region_rule,
            bound.year_rule,
        )
        asked = int(chosen.parameters.get("grid_year", year))
        found = match(library, request, [region], [asked], policy)
        row = int(found.row[0, 0])
        if row < 0:
            return None
        return (
            float(found.value[0, 0]),
            library.units[row],
            str(library.grades[row]),
            library.ids[row],
        )

    def default(wanted: Input, variant: int) -> tuple[float, str, str, str] | None:
        queries = wanted.factors
        if source.bases and wanted.name == source.bases[basis].input_name:
            queries = source.bases[basis].instruments[instrument].queries(certified)
        answers = (answer for query in queries if (answer := ask(query)) is not None)
        unit = wanted.unit(variant)
        return next((answer for answer in answers if units.same_dimension(answer[1], unit)), None)

    choice = choose_route(
        source,
        item=item,
        amount=units.dimension(unit),
        given={name: units.dimension(u) for name, (_, u) in values.items()},
        dimension=units.dimension,
        has_default=lambda wanted, variant: default(wanted, variant) is not None,
        texts=texts,
        method=method_id,
    )
    route, variant = choice.route, choice.variant
    rule = load_rounding(rounding)
    filled: dict[str, Any] = {}
    grades, ids = "", {}
    for name, wanted in route.inputs.items():
        declared = wanted.unit(variant)
        typed = next((a for a in (name, *wanted.aliases) if a in values), None)
        if name == "amount":
            value, written = amount, unit
        elif typed is not None and units.same_dimension(values[typed][1], declared):
            value, written = values[typed]
            grades += "S"
        elif (answer := default(wanted, variant)) is not None:
            value, written, grade, ids[name] = answer
            grades += grade
        elif wanted.absent == "nothing":
            value, written = 0.0, declared
        else:
            continue
        multiply, divide = units.conversion(written, declared)
        filled[name] = np.float64(value * multiply / divide)
    steps, results = route.run(
        filled,
        lambda name, value: value if rule.step(name) is None else _half_up(value, rule.step(name)),
    )
    tonnes = {gas: source.sign * float(value) for gas, value in results.items()}
    plain = {name: float(value) for name, value in steps.items()}
    return Row(route.id, grades, plain, tonnes, choice.unused, ids)


def _half_up(value: Any, decimals: int | None) -> Any:
    from carboncalc.methods.rounding import half_up

    assert decimals is not None
    return half_up(value, decimals)
