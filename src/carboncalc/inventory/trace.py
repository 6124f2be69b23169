"""One line walked back to its cell, its equation with numbers, and the pages they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from carboncalc.inventory.describe import FALLBACKS, NamedValue, inputs_of, needed_by
from carboncalc.inventory.exact import on_grid
from carboncalc.inventory.ledger import BASES, Ledger
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.slots import (
    Slot,
    one_in_route_unit,
    rounded_inputs,
    run_route,
    run_steps,
)
from carboncalc.inventory.trace_text import render
from carboncalc.methods.equation import Equation
from carboncalc.methods.rounding import half_up
from carboncalc.provenance import GRADE_ORDER


@dataclass(frozen=True)
class Stage:
    """One equation of the route with its result: ``name = equation = value unit``."""

    name: str
    equation: str
    value: float
    unit: str


@dataclass(frozen=True)
class Trace:
    """Everything behind one line.

    ``text(lang)`` prints it; ``record()`` gives the same as plain values for JSON. Masses are
    in tonnes of the gas, ``co2e_t`` in t CO2e; the citations name document and page.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.compute([{"entity": "P1", "period": "2023", "method": "other-industry",
    ...     "source": "purchased_electricity", "item": "electricity", "amount": 100,
    ...     "unit": "MWh"}])
    >>> trace = inv.trace("L000001")
    >>> trace.equation, trace.substituted
    ('amount * grid_factor', '100 * 0.5306')
    """

    line_id: str
    entity: str
    period: str
    place: dict[str, Any]
    source: str
    item: str
    method: str
    edition: str
    document: str
    route: str
    route_title: dict[str, str]
    citation: str
    citation_grade: str
    amount: float
    unit: str
    scale: float
    scale_divisor: float
    amount_in_equation: float
    equation_unit: str
    inputs: tuple[NamedValue, ...]
    stages: tuple[Stage, ...]
    equation: str
    substituted: str
    sign: int
    gas: str
    mass_t: float
    gwp_set: str
    gwp: float
    gwp_id: str | None
    co2e_t: float
    scope: int
    scope2_basis: str
    account: str
    evidence_grade: str
    fallback: str
    #: How purchases and stocks make up the amount, with the row of each; None without stocks.
    balance: str | None = None

    def text(self, lang: str | None = None) -> str:
        """The walk as a person reads it, in Chinese (``zh``) or English (``en``)."""
        return render(self, lang)

    def record(self) -> dict[str, Any]:
        """The walk as plain values."""
        from dataclasses import asdict

        return asdict(self)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.text())}</pre>"


def trace_line(
    position: int,
    ledger: Ledger,
    resolutions: Resolutions,
    plan: Plan,
    potentials: Potentials,
    line_id: str,
) -> Trace:
    """The trace of the ledger entry at ``position``."""
    row = ledger.rows.iloc[int(ledger.row[position])]
    index = int(ledger.resolution[position])
    gas = ledger.gases[int(ledger.gas[position])]
    cells, _ = resolutions.cells(index)
    slot = resolutions.slots[int(resolutions.slot[index])]
    route = cells.route
    wanted = needed_by(cells, gas, frozenset(ledger.gases))
    known = inputs_of(index, resolutions, plan, ledger)
    inputs = tuple(value for value in known if value.name in wanted)
    equation_unit = route.inputs["amount"].unit(cells.variant)
    amount = _amount(row, slot, plan) * one_in_route_unit(cells, slot.amount_unit)
    read = {value.name: value.value for value in known} | {"amount": amount}
    values = rounded_inputs(cells, read, slot.source, plan.context)
    steps, _ = run_steps(cells, values, plan.context)
    stages = tuple(
        Stage(name, _rule_text(step.rule), float(steps[name]), step.unit(cells.variant))
        for name, step in route.steps.items()
        if name in steps
    )
    result = route.results.get(gas) or next(iter(route.results.values()))
    _, gwp_set, gwp_row = potentials.value(gas, row["method"])
    return Trace(
        line_id=line_id,
        entity=row["entity"],
        period=f"{row['period_start']:%Y-%m-%d}/{row['period_end']:%Y-%m-%d}",
        place={name: _plain(row[name]) for name in ("file", "sheet", "row", "meter")},
        source=row["source"],
        item=row["item"],
        method=slot.key.method,
        edition=cells.edition.key,
        document=cells.edition.document,
        route=route.id,
        route_title=dict(route.title),
        citation=f"{route.citation.source}, {route.citation.where}",
        citation_grade=route.citation.grade,
        amount=float(row["amount"]),
        unit=row["unit"],
        scale=float(row["scale"]),
        scale_divisor=float(row["scale_divisor"]),
        amount_in_equation=amount,
        equation_unit=equation_unit,
        inputs=inputs,
        stages=stages,
        equation=result.text,
        substituted=substituted(
            result, values | {k: float(v) for k, v in steps.items()}, route.constants
        ),
        sign=slot.source.sign,
        gas=gas,
        mass_t=float(ledger.mass[position]),
        gwp_set=gwp_set,
        gwp=float(ledger.gwp[position]),
        gwp_id=plan.context.library.ids[gwp_row] if gwp_row >= 0 else None,
        co2e_t=float(ledger.co2e[position]),
        scope=int(ledger.scope[position]),
        scope2_basis=BASES[int(ledger.basis[position])],
        account=ledger.accounts[int(ledger.account[position])],
        evidence_grade=GRADE_ORDER[int(ledger.grade[position])],
        fallback=FALLBACKS[int(ledger.fallback[position])],
        balance=_plain(row.get("folded_rows")),
    )


def recompute(position: int, ledger: Ledger, resolutions: Resolutions, plan: Plan) -> float:
    """The entry's ``co2e_t`` from its row and its resolution alone (tonnes).

    A linear route is evaluated at amount 1 and multiplied, as in the run, so the bits are
    the same; policies that round inputs and steps are applied as in the run.
    """
    row = ledger.rows.iloc[int(ledger.row[position])]
    index = int(ledger.resolution[position])
    gas = ledger.gases[int(ledger.gas[position])]
    cells, _ = resolutions.cells(index)
    slot = resolutions.slots[int(resolutions.slot[index])]
    amount = _amount(row, slot, plan)
    one = one_in_route_unit(cells, slot.amount_unit)
    values: dict[str, Any] = {
        value.name: value.value for value in inputs_of(index, resolutions, plan, ledger)
    }
    values["amount"] = one if cells.route.linear else amount * one
    value, _ = run_route(cells, values, slot.key, slot.source, plan.context)[gas]
    mass = on_grid(amount * value if cells.route.linear else value)
    return float(on_grid(mass * ledger.gwp[position]))


def _amount(row: Any, slot: Slot, plan: Plan) -> float:
    """The amount of a row in the unit of its slot, rounded where the policy says so."""
    amount = float(row["amount"]) * float(row["scale"]) / float(row["scale_divisor"])
    decimals = plan.context.rounding.parameter("amount", slot.amount_unit)
    return amount if decimals is None else float(half_up(amount, decimals))


def substituted(equation: Equation, values: dict[str, Any], constants: dict[str, float]) -> str:
    """The equation with its names replaced by numbers.

    Examples
    --------
    >>> substituted(Equation("amount * grid_factor"), {"amount": 2.0, "grid_factor": 0.5}, {})
    '2 * 0.5'
    """
    import re

    table = {**constants, **values}
    return re.sub(
        r"[A-Za-z_]\w*",
        lambda match: number(table[match[0]]) if match[0] in table else match[0],
        equation.text,
    )


def number(value: float) -> str:
    """A number as it was typed where that is possible, without a trailing ``.0``.

    What only binary arithmetic adds behind the twelfth digit is not shown.

    Examples
    --------
    >>> number(0.313199999999995), number(44 / 12), number(123456789012.34), number(9000.0)
    ('0.3132', '3.66666666666667', '123456789012.34', '9000')
    """
    short = f"{value:.12g}"
    return short if abs(float(short) - value) <= 1e-13 * abs(value) else f"{value:.15g}"


def _rule_text(rule: Any) -> str:
    return str(getattr(rule, "text", None) or f"{rule.name}({', '.join(rule.names)})")


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
