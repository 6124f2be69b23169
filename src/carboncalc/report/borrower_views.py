"""A borrower's carbon record on a page: its figures, and the lines of the run they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from carboncalc.inventory.ledger import BASES, OUTSIDE
from carboncalc.inventory.placement import TOTALS
from carboncalc.report.anchors import anchor
from carboncalc.report.line_views import EntityLines, opened_lines
from carboncalc.report.numbers import shown
from carboncalc.report.park_tables import internal_rows
from carboncalc.report.table import Link, Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.model.carbon_record import CarbonRecord


@dataclass(frozen=True)
class BorrowerView:
    """A carbon record as it is shown, with the lines behind it where the run is at hand."""

    record: CarbonRecord
    anchor: str
    figures: Table
    facts: Table
    loans: tuple[Link, ...]
    lines: tuple[EntityLines, ...]
    lines_note: str


def borrower_views(
    records: Iterable[CarbonRecord],
    runs: Sequence[Any],
    loans: dict[str, list[Link]],
    words: Words,
    *,
    lines_per_entity: int,
) -> list[BorrowerView]:
    """A view of each record; ``runs`` are the inventories or footprints at hand.

    A run belongs to a record when its digest is the record's: the figures of the bank and the
    lines of the plant are then of one and the same computation.
    """
    by_digest = {_inventory(run).run.digest: run for run in runs}
    out = []
    for number, record in enumerate(records, start=1):
        run = by_digest.get(record.run_digest)
        lines: tuple[EntityLines, ...] = ()
        note = words("record_without_run")
        if run is not None:
            lines, note = _lines(record, run, words, f"R{number}-", lines_per_entity)
        out.append(
            BorrowerView(
                record=record,
                anchor=anchor("record", number),
                figures=_figures(record, number, words),
                facts=_facts(record, number, words),
                loans=tuple(loans.get(record.uscc, ())),
                lines=lines,
                lines_note=note,
            )
        )
    return out


def _inventory(run: Any) -> Any:
    return getattr(run, "inventory", run)


def _figures(record: CarbonRecord, number: int, words: Words) -> Table:
    rows = [
        (words("scope_1"), record.s1_t), (words("scope_2_location"), record.s2_location_t),
        (words("scope_2_market"), record.s2_market_t), (words("scope_3"), record.s3_t),
    ]  # fmt: skip
    note = words("co2_only") if record.co2_only else ""
    return table(
        f"record-{number}-figures", words("record_figures"),
        [("scope", words("scope")), ("co2e_t", "t CO2e", "tonnes")], rows, note,
    )  # fmt: skip


def _facts(record: CarbonRecord, number: int, words: Words) -> Table:
    shares = " · ".join(
        f"{grade} {shown(share, 'share')}"
        for grade, share in record.evidence_share.items()
        if share
    )
    outputs = words("comma").join(
        f"{words.either(f'measure_{o.measure}', words.name('item', o.measure))} "
        f"{shown(o.amount, 'number')} {o.unit}"
        for o in record.outputs
    )
    methods = words("comma").join(
        words.name("method", name) for name in record.document.split(", ")
    )
    rows = [
        (words("uscc"), record.uscc), (words("year"), str(record.year)),
        (words("method"), methods),
        (words("boundary"), f"{record.boundary} · "
                            f"{words.either(f'boundary_{record.approach}', record.approach)}"),
        (words("gases"), ", ".join(record.gases)), (words("record_gwp"), record.gwp_set or "—"),
        (words("verification"), words(f"verification_{record.verification}")),
        (words("evidence_headline"), shares), (words("outputs"), outputs or "—"),
        (words("consent"), words("consent_until", id=record.consent_id,
                                 date=record.consent_until.isoformat())),
        (words("run_digest"), record.run_digest),
    ]  # fmt: skip
    return table(
        f"record-{number}-facts", words("record_facts"),
        [("what", words("what")), ("value", words("value"))], rows,
    )  # fmt: skip


def _lines(
    record: CarbonRecord, run: Any, words: Words, prefix: str, per_entity: int
) -> tuple[tuple[EntityLines, ...], str]:
    """The largest lines of the GHG Protocol total that the record states, and how they add up."""
    inv = _inventory(run)
    ledger = inv.ledger
    basis = "location" if record.s2_location_t is not None else "market"
    accounts = [i for i, name in enumerate(ledger.accounts) if name in ("counted", OUTSIDE)]
    where = np.isin(ledger.account, accounts) & ((ledger.totals & TOTALS["ghgp"]) > 0)
    where &= (ledger.basis == 0) | (ledger.basis == BASES.index(basis))
    if record.boundary in set(ledger.rows["entity"]):
        where &= ledger.column("entity") == record.boundary
    members = getattr(run, "members", None)
    if members is not None:
        where &= ~internal_rows(ledger.rows, members)[ledger.row]
    opened = opened_lines(inv, per_entity, words, where=where, run=prefix)
    stated = record.s1_t + (record.s2_t(basis) or 0.0) + (record.s3_t or 0.0)
    total = ledger.total(where)
    note = words(
        "record_lines", basis=words(f"basis_{basis}"), total=shown(total, "tonnes"),
        stated=shown(stated, "tonnes"),
    )  # fmt: skip
    if abs(total - stated) > 1e-6 * max(abs(stated), 1.0):
        note += words("record_lines_differ", rest=shown(stated - total, "tonnes"))
    return tuple(opened), note
