"""Reads activity data: every bad cell at once, and never a silent number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from carboncalc.activity.check import check_rows
from carboncalc.activity.columns import join
from carboncalc.activity.companions import entities_beside, table_beside, unread
from carboncalc.activity.crosscheck import adopt_conservative
from carboncalc.activity.dates import read_periods
from carboncalc.activity.digest import joint_digest
from carboncalc.activity.draft import Draft
from carboncalc.activity.entities import read_entities
from carboncalc.activity.files import MAX_BYTES, MAX_ROWS
from carboncalc.activity.frame import good_rows, quarantined_rows
from carboncalc.activity.identify import identify
from carboncalc.activity.layout import Layout
from carboncalc.activity.load import Loaded, load
from carboncalc.activity.measured import read_outputs, read_parameters
from carboncalc.activity.measures import (
    read_amounts,
    read_parameter,
    read_plain_numbers,
    read_units,
)
from carboncalc.activity.membership import check_membership
from carboncalc.activity.repeats import check_duplicates, check_overlaps, check_wider_periods
from carboncalc.activity.stocks import check_stocks
from carboncalc.activity.table import ActivityTable, DataTable
from carboncalc.activity.workbook import SheetChoice
from carboncalc.model.entity import EntitySet
from carboncalc.provenance import Policy

#: The columns of contract section 1, in its order.
ACTIVITY_LAYOUT = Layout(
    table="activity",
    columns=(
        "entity", "facility", "process", "period", "source", "item", "amount", "unit",
        "record_kind", "method", "region", "counterparty", "instrument", "certificate_id",
        "meter", "technology", "density", "gas_reference", "scope", "category",
        "data_quality", "uncertainty_pct", "check_amount", "check_source", "evidence_type",
        "evidence_no", "note", "carbon_basis", "abatement_technology", "gwp_set", "factor_set",
    ),
    required=("entity", "period", "source", "item", "amount", "unit"),
    numbers=frozenset({"amount", "check_amount", "amount_reported", "check_difference"}),
    free=frozenset({"evidence_no", "note"}),
    parameters=True,
)  # fmt: skip

_ORDER = (
    "entity", "facility", "process", "period", "period_start", "period_end", "source", "item",
    "amount", "unit", "record_kind", "method", "region", "counterparty", "instrument",
    "certificate_id", "meter", "technology", "density", "density_unit", "gas_reference", "scope",
    "category", "data_quality", "uncertainty_pct", "check_amount", "check_source",
    "amount_reported", "check_difference", "evidence_type", "evidence_no", "note",
    "carbon_basis", "abatement_technology", "gwp_set", "factor_set",
)  # fmt: skip

_DEFAULTS = (("record_kind", "consumption"), ("instrument", "none"))


def read_activity(
    data: Any,
    *,
    entities: Any = None,
    sheet: SheetChoice = None,
    policy: Policy | None = None,
    strict: bool = False,
    parameters: Any = None,
    outputs: Any = None,
    own_items: Collection[str] = (),
    today: dt.date | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> ActivityTable:
    """Activity data as a table of good rows, with every problem named (contract section 1).

    Headers, sources, items, regions and units may be Chinese or English; each distinct
    spelling is looked up once. Rows with a problem are quarantined, never corrected.

    Parameters
    ----------
    data
        A path (CSV in UTF-8 or GB18030, XLSX, Parquet), a frame of any library, or a list of
        records.
    entities
        An entity set, or what :func:`read_entities` takes. Names become ids.
    sheet
        Sheet or sheets of a workbook; by default every visible one with a known header.
    policy
        ``duplicates`` and ``gas_reference`` act here (contract section 5a).
    strict
        Raise if there is any problem, instead of returning the table.
    parameters, outputs
        Measured values and denominators that belong to the data (contract sections 7, 8). A
        workbook may hold them, and its entities, in sheets of their own: those are read
        unless another table is given here.
    own_items
        Item ids of the caller's own factor overlay, accepted beside the vocabulary.
    today
        The day that future periods are judged by; by default the current one.
    max_bytes, max_rows
        Limits for files, packed and unpacked, and for tables.

    Returns
    -------
    ActivityTable
        ``.rows`` with amounts in the given units (canonically spelt), ``.quarantined``,
        ``.issues``, ``.findings``, ``.counts``, ``.files``, ``.encodings``, ``.digest``.

    Raises
    ------
    ActivityDataError
        No table can be made (A-002 … A-016, all with ``.issues``); with ``strict``, A-001 and
        all problems.

    Examples
    --------
    >>> table = read_activity([{"entity": "甲厂", "period": "2024-03", "source": "化石燃料燃烧",
    ...     "item": "柴油", "amount": "-3", "unit": "t"}])
    >>> len(table), [(issue.row, issue.column, issue.code) for issue in table.issues]
    (0, [(1, 'amount', 'A-033')])
    """
    rules = policy or Policy()
    limits = {"max_bytes": max_bytes, "max_rows": max_rows}
    loaded = load(data, ACTIVITY_LAYOUT, sheet=sheet, **limits)
    known = entities_beside(data, loaded) if entities is None else read_entities(entities)
    draft = Draft(join(loaded.sheets, ACTIVITY_LAYOUT))
    given = {"entity": entities, "parameters": parameters, "outputs": outputs}
    for issue in unread(loaded, [name for name, table in given.items() if table is not None]):
        draft.problems.note(issue)
    _understand(draft, known, own_items, today or dt.datetime.now().astimezone().date())
    check_rows(draft, rules)
    if known is not None:
        check_membership(draft, known)
    check_duplicates(draft, rules)
    check_overlaps(draft)
    check_wider_periods(draft)
    check_stocks(draft)
    adopt_conservative(draft)
    options: dict[str, Any] = {"entities": known, "today": today, **limits}
    beside: dict[str, DataTable | None] = {
        "parameters": table_beside(
            read_parameters, parameters, data, loaded, own_items=own_items, **options
        ),
        "outputs": table_beside(read_outputs, outputs, data, loaded, **options),
    }
    table = _finished(draft, loaded, known, beside)
    if strict:
        table.raise_issues()
    return table


def _understand(
    draft: Draft, entities: EntitySet | None, own_items: Collection[str], today: dt.date
) -> None:
    joined = draft.joined
    identify(draft, entities, own_items)
    for name in ("source", "item"):
        draft.require(name, joined.text(name).missing)
    read_periods(draft, today)
    read_amounts(draft, "amount_reported" if joined.has("amount_reported") else "amount")
    if "amount_reported" in draft.numbers:
        draft.numbers["amount"] = draft.numbers.pop("amount_reported")
    read_units(draft)
    for name in ("density", *joined.parameters):
        if joined.has(name):
            read_parameter(draft, name)
    if joined.has("check_amount"):
        read_amounts(draft, "check_amount", required=False)
    if joined.has("data_quality"):
        read_plain_numbers(draft, "data_quality", 1, 5)
    if joined.has("uncertainty_pct"):
        read_plain_numbers(draft, "uncertainty_pct", 0, float("inf"))
    for name in ("evidence_no", "note"):
        if joined.has(name):
            draft.free[name] = joined.free(name)
    for name, value in _DEFAULTS:
        if name in draft.texts:
            draft.texts[name] = draft.texts[name].filled(value)


def _finished(
    draft: Draft,
    loaded: Loaded,
    entities: EntitySet | None,
    beside: Mapping[str, DataTable | None],
) -> ActivityTable:
    files, encodings = loaded.files, loaded.encodings
    rows, digest = good_rows(draft, _ORDER)
    problems = draft.problems
    issues, findings = list(problems.issues()), list(problems.issues("finding"))
    counts, digests = problems.counts(), {"rows": digest}
    for name, table in beside.items():
        if table is None:
            continue
        issues += table.issues
        findings += table.findings
        files, encodings = {**files, **table.files}, {**encodings, **table.encodings}
        digests[name] = table.digest
        for code, count in table.counts.items():
            counts[code] = counts.get(code, 0) + count
    if entities is not None:
        findings += entities.findings
        for issue in entities.findings:
            counts[issue.code] = counts.get(issue.code, 0) + 1
    measured, outputs = beside["parameters"], beside["outputs"]
    return ActivityTable(
        rows=rows,
        quarantined=quarantined_rows(draft),
        issues=tuple(issues),
        findings=tuple(findings),
        counts=counts,
        files=files,
        encodings=encodings,
        digest=digest if len(digests) == 1 else joint_digest(digests),
        entities=entities,
        parameters=None if measured is None else measured.rows,
        outputs=None if outputs is None else outputs.rows,
        beside={name: tuple(sheets) for name, sheets in loaded.beside.items()},
    )
