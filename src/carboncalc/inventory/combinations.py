"""The distinct ways of emitting in a table: each combination of texts is looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import CarbonCalcError, IssueLog, UnitError
from carboncalc.inventory.coded import Coded, CodedRows, Codes, combined
from carboncalc.inventory.placement import placements
from carboncalc.inventory.plan import Placed, Plan
from carboncalc.inventory.potentials import set_name
from carboncalc.inventory.slots import SlotKey
from carboncalc.inventory.volumes import AmountScale, amount_scale

#: Text columns that decide how a row is resolved, besides the route's text parameters.
KEY = (
    "method", "source", "item", "unit", "technology", "instrument", "sector", "gas_reference",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Combination:
    """One distinct combination: its document, its places and how its amounts change unit."""

    method: str
    placed: tuple[Placed, ...]
    scale: AmountScale


def combine(
    rows: pd.DataFrame, coded: CodedRows, texts: Sequence[str], plan: Plan, log: IssueLog
) -> tuple[Codes, list[Combination | None]]:
    """The combination code of each row, and the combinations; None where one is not usable.

    Every row of an unusable combination gets its own issue, so that the user finds each.
    """
    columns = [*(coded[name] for name in (*KEY, *texts)), _certified(rows)]
    codes, firsts = combined(columns, len(rows))
    names = zip(*(column.take(firsts).texts(None) for column in columns), strict=True)
    found: list[Combination | None] = []
    for code, values in enumerate(names):
        try:
            found.append(_combination(values, texts, plan))
        except CarbonCalcError as error:
            found.append(None)
            column = error.params.get("column") or _column_of(error)
            for position in np.flatnonzero(codes == code):
                log.add(error.code, error.params, **coded.place(position), column=column)
    return codes, found


def _certified(rows: pd.DataFrame) -> Coded:
    """Whether a row names its certificate; which one does not matter here."""
    if "certificate_id" not in rows:
        return Coded.nothing(len(rows))
    return Coded(rows["certificate_id"].notna().to_numpy().astype(np.int32) - 1, [True])


def _column_of(error: CarbonCalcError) -> str:
    if isinstance(error, UnitError):
        return "unit"
    return {"I-015": "method", "I-016": "item", "I-017": "technology"}.get(error.code, "source")


def _combination(values: Sequence[Any], texts: Sequence[str], plan: Plan) -> Combination:
    named = dict(zip(KEY, values, strict=False))
    given = tuple(
        (name, value)
        for name, value in zip(texts, values[len(KEY) : -1], strict=True)
        if value is not None
    )
    return resolve_combination(**named, texts=given, certified=bool(values[-1]), plan=plan)


def resolve_combination(
    *,
    method: str | None,
    source: str,
    item: str,
    unit: str,
    technology: str | None,
    instrument: str | None,
    sector: str | None,
    gas_reference: str | None,
    texts: tuple[tuple[str, str], ...],
    certified: bool,
    plan: Plan,
    only_primary: bool = False,
) -> Combination:
    """Where one combination of texts is placed, each placement with its slot.

    Raises
    ------
    CarbonCalcError
        If the primary placement cannot be made; the other scope 2 bases may be missing.
    """
    if method is None:
        raise CarbonCalcError("I-015")
    policy = plan.context.policy
    placed: list[Placed] = []
    scale: AmountScale | None = None
    reference = gas_reference or policy.gas_reference
    for placement in placements(method, source, policy.scope2, item):
        if only_primary and not placement.primary:
            continue
        try:
            here = amount_scale(
                placement.source, item, unit, reference, plan.context.library, method
            )
            key = SlotKey(
                method=placement.method.id,
                source=source,
                item=item,
                dimension=units.dimension(here.unit),
                technology=technology,
                instrument=instrument or "none",
                certified=certified,
                sector=placement.method.sector(sector),
                texts=texts,
                basis=placement.basis or "method",
                gwp_set=set_name(method, policy) if "CO2e" in placement.source.gases else "",
            )
            placed.append(plan.place(placement, key))
        except CarbonCalcError:
            if placement.primary:
                raise
            continue
        if scale is None:
            scale = here.to(placed[0].slot.amount_unit or here.unit)
    assert scale is not None  # the primary placement is first, and it raised or was placed
    return Combination(method, tuple(placed), scale)
