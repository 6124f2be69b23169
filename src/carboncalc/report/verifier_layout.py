"""How each sheet of the verifier's file is laid out: columns, widths, colours, print."""

from __future__ import annotations

from carboncalc.inventory.verification.plan_file import PLANNED
from carboncalc.report.numbers import Kind
from carboncalc.report.verifier_sheets import Page
from carboncalc.report.verifier_words import VerifierWords

#: Sheets after the cover, in reading order: name of the sheet → table of the verification.
SHEETS = {
    "points": "points", "findings": "findings", "control": "control", "checks": "checks",
    "months": "months", "determination": "determination", "monthly": "monthly",
    "facilities": "facilities", "processes": "processes", "detail": "detail",
    "outputs": "outputs", "units": "units", "values": "control",
}  # fmt: skip

_SUBJECT = ("entity", "facility", "process", "source", "item", "parameter_name", "unit")
#: The columns of a sheet where they are not all of the table's, in its order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "points": ("clause", "subject", "question", "answer", "conclusion"),
    "findings": (
        "number", "material", "kind", "message", "hint", "amount_t", "basis", "share", "entity",
        "facility", "process", "source", "item", "parameter_name", "at", "code", "severity",
        "measures", "closed",
    ),
    # appendix D.4 of the 2021 power guideline, then what was done
    "control": (
        *_SUBJECT, "status", *(f"plan_{name}" for name in PLANNED), "plan_unit", "origins",
        "own_months", "default_months", "document_rule", "meters_used",
    ),
    "values": (
        *_SUBJECT, "status", "rows", "origins", "value_low", "value_high", "grade", "factor_ids",
        "source_document", "where", "default_id", "parameter",
    ),
    "determination": (
        "entity", "facility", "process", "source", "item", "parameter_name", "period", "origin",
        "value", "unit", "evidence", "stated_row", "source_document", "where", "grade",
        "factor_id",
    ),
}  # fmt: skip
#: Columns that nobody reads in a sheet where the words beside them say the same.
LEFT_OUT = {"months": ("parameter",), "monthly": ("parameter", "document")}

_WIDTHS: dict[str, float] = {
    "entity": 16, "facility": 12, "process": 12, "source": 15, "item": 12, "parameter_name": 16,
    "unit": 10, "status": 12, "message": 52, "hint": 34, "at": 18, "measures": 24, "closed": 14,
    "number": 5, "code": 8, "kind": 10, "material": 9, "severity": 11, "amount_t": 15,
    "share": 8, "basis": 9, "clause": 11, "subject": 18, "question": 46, "answer": 46,
    "conclusion": 26, "origins": 22, "own_months": 16, "default_months": 16,
    "document_rule": 20, "factor_ids": 40, "source_document": 24, "where": 26, "default_id": 34,
    "factor_id": 40, "origin": 16, "evidence": 18, "stated_row": 8, "period": 12, "value": 12,
    "document": 20, "account": 11, "co2e_t": 17, "ets_compliance_t": 17, "amount": 15,
    "heat_gj": 17, "measure": 14, "intensity": 13, "intensity_unit": 14, "note": 20,
    "check_source": 14, "amount_reported": 14, "check_amount": 14, "adopted": 14,
    "difference": 12, "difference_pct": 9, "effect_t": 14, "grade": 7, "rows": 7,
    "whole": 16, "longer": 14, "file": 14, "sheet": 12, "row": 6, "year": 7, "statistic": 10,
    "plan_calibration_date": 11, "plan_description": 18, "plan_missing_rule": 18,
    "plan_version": 7, "plan_unit": 9, "parameter": 20,
}  # fmt: skip
_KINDS: dict[str, Kind] = {
    "share": "share", "number": "count", "rows": "count", "row": "count", "year": "count",
    "months_recorded": "count", "months_span": "count", "months_filled": "count",
    "months_missing": "count", "months_quarantined": "count",
}  # fmt: skip
#: The colour of a state, a status or a judgement, by its id.
_COLOURS = {
    "state": {
        "recorded": "good", "measured": "good", "user_factor": "good", "span": "grey",
        "not_claimed": "grey", "default": "filled", "fallback": "filled",
        "punitive_default": "warn", "missing": "bad", "quarantined": "bad",
    },
    "origin": {
        "activity_row": "good", "parameter_table": "good", "user_factor": "good",
        "default": "filled", "fallback": "filled", "punitive_default": "warn",
        "not_claimed": "grey",
    },
    "status": {
        "planned_and_used": "good", "not_planned": "filled", "not_used": "grey",
        "agrees": "good", "explained": "filled", "conservative": "warn",
    },
    "material": {"yes": "warn", "aggregate": "filled", "unknown": "grey", "no": "plain"},
}  # fmt: skip
_COLOURED = {
    "months": "state", "determination": "origin", "control": "status", "checks": "status",
    "findings": "material", "values": "status",
}  # fmt: skip
#: Sheets that need the larger paper, and how many columns stay in sight.
_LARGE = frozenset({"control", "monthly", "findings", "months", "values"})
#: Columns that are left out of a sheet where no row has anything in them.
OPTIONAL = frozenset(
    {
        "facility", "process", "note", "statistic", "longer", "stated_row", "evidence", "file",
        "sheet", "row", "heat_gj", "factor_id", "plan_note", "plan_valid_from", "plan_unit",
        "plan_description", "plan_meter_model", "plan_meter_location",
    }
)  # fmt: skip
#: Sheets that are printed two pages wide.
_TWO_PAGES = frozenset({"control", "values", "monthly"})
_FROZEN = {"findings": 4, "control": 6, "values": 6, "months": 6, "monthly": 7, "checks": 6,
           "determination": 6, "points": 2}  # fmt: skip


def page_of(name: str, columns: list[str], words: VerifierWords) -> Page:
    """The layout of a sheet.

    Examples
    --------
    >>> page_of("months", ["entity", "2024-01"], VerifierWords("zh")).widths["2024-01"]
    7.5
    """
    kind = _COLOURED.get(name, "")
    colours = {
        words.either(f"{kind}_{key}", key): colour for key, colour in _COLOURS.get(kind, {}).items()
    }
    months = [c for c in columns if c[:4].isdigit()]
    narrow = 7.5 if name == "months" else 14.0
    coloured = {"months": frozenset(months), "determination": frozenset({"origin"}),
                "findings": frozenset({"material"})}  # fmt: skip
    tonnes = [c for c in columns if c.endswith("_t") or c == "heat_gj"]
    return Page(
        title=words.either(f"title_{name}", words(f"sheet_{name}")),
        line=words.either(f"line_{name}", ""),
        widths={**_WIDTHS, **dict.fromkeys(months, narrow)},
        frozen=min(_FROZEN.get(name, 0), len(columns)),
        coloured=coloured.get(name, frozenset({"status"})),
        colours=colours,
        kinds={**_KINDS, **dict.fromkeys(tonnes, "tonnes")},
        paper=8 if name in _LARGE else 9,
        across=2 if name in _TWO_PAGES else 1,
        last_bold=name in ("facilities", "processes", "monthly"),
    )
