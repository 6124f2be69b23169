"""The largest lines of each entity, each opened to its equation with numbers and pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.inventory.lines import line_ids
from carboncalc.inventory.trace import Trace, number
from carboncalc.report.inventory_tables import entity_names
from carboncalc.report.numbers import minus
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Lines opened on one page, whatever is asked for per entity: a page must stay readable.
MOST_LINES = 2000
#: Columns of the activity row that say what proves it.
_PROOF = (
    "folded_rows", "meter", "certificate_id", "instrument", "technology", "evidence_type",
    "evidence_no", "check_amount", "check_source", "data_quality", "uncertainty_pct", "note",
)  # fmt: skip


@dataclass(frozen=True)
class LineView:
    """One line as it is opened on a page: the walk back, and how its equation reads."""

    trace: Trace
    entity: str
    facility: str
    in_words: str
    in_numbers: str
    amount: str
    mass: str
    co2e: str
    proof: tuple[tuple[str, str], ...]
    anchor: str

    @property
    def citation_key(self) -> str:
        """The document the equation is taken from."""
        return self.trace.citation.split(", ")[0]

    @property
    def citation_where(self) -> str:
        """The clause or page of the equation."""
        return self.trace.citation.partition(", ")[2]

    def documents(self) -> set[str]:
        """The keys of every document behind the line."""
        keys = {value.source for value in self.trace.inputs if value.factor_id}
        return keys | {self.citation_key, self.trace.document}


@dataclass(frozen=True)
class EntityLines:
    """The opened lines of one entity, and how many there are in all."""

    entity: str
    name: str
    lines: tuple[LineView, ...]
    count: int
    co2e_t: float


def opened_lines(
    inv: Inventory,
    per_entity: int,
    words: Words,
    most: int = MOST_LINES,
    where: Any = None,
    run: str = "",
) -> list[EntityLines]:
    """The ``per_entity`` largest counted lines of each entity by magnitude, largest first.

    Where that would be more than ``most`` lines, the largest of all entities stay. ``where``
    marks the ledger entries to choose from, if not all that count; ``run`` goes before the
    line ids where a page holds the lines of several runs.
    """
    ledger = inv.ledger
    chosen = np.flatnonzero(ledger.counted if where is None else where)
    if not len(chosen):
        return []
    codes, names = pd.factorize(ledger.column("entity")[chosen])
    sizes = np.abs(ledger.co2e[chosen])
    order = np.lexsort((chosen, -sizes, codes))
    sorted_codes = codes[order]
    starts = np.searchsorted(sorted_codes, np.arange(len(names)))
    rank = np.arange(len(order)) - starts[sorted_codes]
    kept = order[rank < per_entity]
    if len(kept) > most:
        kept = kept[np.lexsort((chosen[kept], -sizes[kept]))[:most]]
    counts = np.bincount(codes, minlength=len(names))
    totals: dict[Any, float] = (
        inv.by_entity()
        if where is None
        else {k: float(v) for k, v in ledger.sums([ledger.column("entity")], where).items()}
    )
    shown = entity_names(inv)
    out = []
    by_size = sorted(enumerate(names), key=lambda entry: -abs(totals.get(entry[1], 0.0)))
    for code, entity in by_size:
        mine = kept[codes[kept] == code]
        mine = mine[np.lexsort((chosen[mine], -sizes[mine]))]
        if not len(mine):
            continue
        ids = line_ids(chosen[mine])
        views = tuple(line_view(inv, line_id, words, run) for line_id in ids)
        out.append(
            EntityLines(
                str(entity), shown.get(str(entity), str(entity)), views,
                int(counts[code]), float(totals.get(entity, 0.0)),
            )
        )  # fmt: skip
    return out


def line_view(inv: Inventory, line_id: str, words: Words, run: str = "") -> LineView:
    """One line with its equation in words and in numbers.

    Examples
    --------
    >>> import carboncalc as cc
    >>> view = line_view(cc.examples.minimal(), "L000001", Words("en"))
    >>> view.trace.line_id, view.in_words.startswith("CO2 = ")
    ('L000001', True)
    """
    trace = inv.trace(line_id)
    row = inv.ledger.rows.iloc[int(inv.ledger.row[int(line_id[1:]) - 1])]
    return LineView(
        anchor=run + line_id,
        trace=trace,
        entity=trace.entity,
        facility=_text(row.get("facility")),
        in_words=f"{trace.gas} = {_sign(trace)}{in_words(trace.equation, trace, words)}",
        in_numbers=f"= {_sign(trace)}{operators(trace.substituted)}",
        amount=_amount(trace),
        mass=f"{minus(number(trace.mass_t))} t {trace.gas}",
        co2e=_co2e(trace),
        proof=tuple(
            (words(f"proof_{name}"), _text(row.get(name)))
            for name in _PROOF
            if _text(row.get(name)) not in ("", "none")
        ),
    )


def in_words(equation: str, trace: Trace, words: Words) -> str:
    """An equation with the names of its inputs in the reader's language."""
    names = {value.name: value.label.get(words.lang, value.name) for value in trace.inputs}

    def said(match: re.Match[str]) -> str:
        name = match[0]
        return names.get(name) or words.either(f"name_{name}", name)

    return operators(re.sub(r"[A-Za-z_]\w*", said, equation))


def operators(text: str) -> str:
    """Typographic operators: ``2 * 3 / 4 - 1`` reads ``2 × 3 ÷ 4 − 1``.

    Examples
    --------
    >>> operators("amount * (a - -2.5) / 1e-05")
    'amount × (a − −2.5) ÷ 1e-05'
    """
    text = text.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", " − ")
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text)


def _sign(trace: Trace) -> str:
    return "− " if trace.sign < 0 else ""


def _amount(trace: Trace) -> str:
    said = f"{number(trace.amount)} {trace.unit}"
    if trace.scale == 1 and trace.scale_divisor == 1:
        return said
    times = f" × {number(trace.scale)}" if trace.scale != 1 else ""
    over = f" ÷ {number(trace.scale_divisor)}" if trace.scale_divisor != 1 else ""
    return f"{said}{times}{over} = {number(trace.amount_in_equation)} {trace.equation_unit}"


def _co2e(trace: Trace) -> str:
    mass = minus(number(trace.mass_t))
    return f"{mass} × {number(trace.gwp)} = {minus(number(trace.co2e_t))} t CO2e"


def _text(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    return number(float(value)) if isinstance(value, (float, np.floating)) else str(value)
