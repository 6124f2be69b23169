"""The verifier's file: control plan, cross-checks, months, findings and supplementary data."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.inventory.verification.plan_file import PLANNED
from carboncalc.inventory.verification.result import Verification, verification
from carboncalc.inventory.verification.supplement import TOTAL
from carboncalc.inventory.verification.used import PLACE
from carboncalc.report.numbers import Kind
from carboncalc.report.sheets import Sheets
from carboncalc.report.table import Table, table
from carboncalc.report.verifier_words import VerifierWords
from carboncalc.vocabulary import spoken

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Sheet → the table of the verification it shows, in reading order after the cover.
SHEETS = (
    "control", "findings", "checks", "months", "facilities", "processes", "detail", "outputs",
    "monthly",
)  # fmt: skip

#: Columns whose ids are shown in words: column → kind of label.
_IDS = {
    "status": "status", "origins": "origin", "document_rule": "rule", "kind": "kind",
    "plan_acquisition": "acquisition", "material": "material", "basis": "basis",
    "severity": "severity", "account": "account",
}  # fmt: skip
#: Columns whose ids are words of the vocabulary.
_VOCABULARY = {"source": "source", "item": "item", "document": "method"}
_KINDS: dict[str, Kind] = {
    "share": "share", "co2e_t": "tonnes", "ets_compliance_t": "tonnes", "amount_t": "tonnes",
    "effect_t": "tonnes", "heat_gj": "tonnes",
    "memo_outside_document_t": "tonnes", "memo_process_t": "tonnes", "memo_auxiliary_t": "tonnes",
}  # fmt: skip
_SUBJECT = ("entity", "facility", "process", "source", "item", "parameter_name", "unit", "status")
#: The control plan as appendix D.4 of the 2021 power guideline sets it out, then what was done.
_CONTROL = (*_SUBJECT, *(f"plan_{name}" for name in PLANNED), "plan_unit", "origins",
            "own_months", "default_months", "document_rule", "meters_used")  # fmt: skip
#: The values behind it: where each came from, and what would have stood in for it.
_VALUES = (*_SUBJECT, "rows", "origins", "value_low", "value_high", "grade", "factor_ids",
           "source_document", "where", "default_id", "parameter")  # fmt: skip
#: Findings as they are read: how much, then where, then what; texts last, where they have room.
_FINDINGS = (
    "kind", "code", "severity", "material", "amount_t", "basis", "share", "entity", "facility",
    "process", "source", "item", "parameter_name", "file", "sheet", "row", "column", "message",
    "hint",
)  # fmt: skip
_HIDDEN = frozenset({"label_zh", "label_en", "period_end", "issue"})


def write_verifier_file(
    inv: Inventory,
    path: str | Path,
    *,
    plan: Any = None,
    materiality: Any = 0.05,
    period: str | None = None,
    lang: str = "zh",
) -> Path:
    """Write what a verifier asks for as an Excel workbook, figures with full precision.

    Sheets: totals and the materiality level; the data-quality control plan (数据质量控制计划)
    beside what the run used; findings, each with its share of the total; cross-checks with
    both figures; the matrix of months; emissions by unit or facility and by process (工序);
    supplementary data (补充数据表); outputs; monthly data. Texts stay texts: nothing in them
    can become a formula.

    Parameters
    ----------
    inv
        The inventory.
    path
        Where to write; missing folders are made.
    plan
        What :func:`carboncalc.read_quality_plan` returns or reads.
    materiality
        The verifier's level: a share of the total, or ``{"share": …, "absolute_t": …}``.
    period
        The months of the matrix; by default the whole calendar years the data touch.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if XlsxWriter is not installed (``pip install carboncalc[report]``);
        ``V-106`` for a materiality level that is none.
    ActivityDataError
        If no table can be made of the plan.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = cc.write_verifier_file(cc.examples.minimal(), folder + "/verifier.xlsx")
    ...     book.stat().st_size > 0
    True
    """
    words = VerifierWords(lang)
    made = verification(inv, plan=plan, materiality=materiality, period=period)
    with Sheets(path) as book:
        book.blocks(words("sheet_cover"), cover(inv, made, words), [words("title")])
        for name in SHEETS:
            frame = in_words(getattr(made, name), words)
            views = {name: frame}
            if name == "control":
                views = {"control": frame[list(_CONTROL)], "values": frame[list(_VALUES)]}
            for sheet, view in views.items():
                headings = {c: words.heading(sheet, c) for c in map(str, view.columns)}
                book.frame(words(f"sheet_{sheet}"), view, headings, _KINDS)
    return Path(path)


def cover(inv: Inventory, made: Verification, words: VerifierWords) -> list[Table]:
    """Totals, the materiality level in tonnes, the run, and how the file is to be read."""
    level, found = made.materiality, made.aggregate
    total = found["total_t"]
    reported = None if total is None else inv.co2e_t
    rows: list[tuple[Any, ...]] = [
        (words("co2e_t"), reported, "t CO2e", "" if total is not None else words("refused_note"))
    ]
    if total is not None and reported != total:
        rows.append((words("exact_t"), total, "t CO2e", ""))
    rows += [
        (words(name), value, "t CO2e", words("totals_note"))
        for name, value in inv.totals.items()
        if value is not None
    ]
    rows += [
        (words("level_share"), level.share, "", words("threshold_note")),
        (words("level_absolute"), level.absolute_t, "t CO2e", words("threshold_note")),
        (words("threshold"), found["threshold_t"], "t CO2e", ""),
        (words("below"), found["below_together_t"], "t CO2e", words("below_note")),
        (words("counts"), len(made.findings), "", _counted(made.findings, words)),
        (words("with_plan"), words("yes" if made.has_plan else "no"), "", ""),
    ]
    run = [
        (words("methods"), ", ".join(words.name("method", m) for m in sorted(inv.run.methods))),
        (words("scope2"), inv.policy.scope2),
        (words("library"), f"{inv.run.library_version} · {inv.run.library_digest}"),
        (words("run_version"), f"carboncalc {inv.run.version}"),
        (words("run_digest"), inv.run.digest),
    ]
    legend = [(words(f"legend_{key}"),) for key in ("touched", "process", "months")]
    legend.append((words("legend_months_states"),))
    return [
        table(
            "head",
            words("head"),
            [
                ("what", words("what")),
                ("value", words("value"), "number"),
                ("unit", words("unit")),
                ("remark", words("remark")),
            ],
            rows,
        ),
        table("run", words("run_digest"), [("what", words("what")), ("value", words("value"))],
              run),
        table("legend", words("legend"), [("text", words("remark"))], legend),
    ]  # fmt: skip


def _counted(findings: pd.DataFrame, words: VerifierWords) -> str:
    counts = findings["material"].value_counts()
    return "; ".join(
        f"{words('column_material')} {words(f'material_{key}')} {int(counts[key])}"
        for key in ("yes", "aggregate", "no", "unknown")
        if key in counts
    )


def in_words(frame: pd.DataFrame, words: VerifierWords) -> pd.DataFrame:
    """A table of the verification as it is shown: ids in words, messages beside their codes.

    Examples
    --------
    >>> frame = pd.DataFrame({"source": ["purchased_electricity"], "status": ["agrees"]})
    >>> in_words(frame, VerifierWords("en")).values.tolist()
    [['purchased electricity', 'agrees']]
    """
    out: dict[str, Any] = {}
    for name in map(str, frame.columns):
        if name in _HIDDEN:
            continue
        column = frame[name]
        if name in _VOCABULARY:
            column = column.map(lambda v, kind=_VOCABULARY[name]: words.name(kind, v))
        elif name in _IDS:
            column = column.map(lambda v, kind=_IDS[name]: words.ids(kind, v))
        elif _is_month(name) and not pd.api.types.is_numeric_dtype(column):
            column = column.map(lambda v: words.either(f"state_{v}", v) if v else v)
        elif name in ("entity", "year"):
            column = column.map(lambda v: words("total_row") if v == TOTAL else v)
        out[name] = column
        if name == "parameter":
            out["parameter_name"] = _parameter_names(frame, words)
    if "issue" in frame:
        told = messages(frame, words)
        out |= told
        out = {name: out[name] for name in _FINDINGS}
    return pd.DataFrame(out)


def _is_month(name: str) -> bool:
    return len(name) == 7 and name[4] == "-" and name[:4].isdigit()


def messages(frame: pd.DataFrame, words: VerifierWords) -> dict[str, list[str]]:
    """What each finding says and what to do about it, ids of places and parameters in words.

    Examples
    --------
    >>> from carboncalc.errors import Issue
    >>> frame = pd.DataFrame({"entity": ["P"], "source": ["clinker"], "parameter": ["amount"],
    ...     "issue": [Issue("V-121", {"place": "P / clinker", "months": "2024-03"})]})
    >>> messages(frame, VerifierWords("en"))["message"]
    ['P / clinker production: there is no record for 2024-03']
    """
    names = _parameter_names(frame, words)
    said: dict[str, list[str]] = {"message": [], "hint": []}
    for number, issue in enumerate(frame["issue"]):
        params = dict(issue.params)
        if "place" in params:
            cells = {k: frame[k].iloc[number] for k in PLACE if k in frame}
            shown = [words.name(_VOCABULARY.get(k, ""), v) if k in _VOCABULARY else v
                     for k, v in cells.items()]  # fmt: skip
            params["place"] = " / ".join(text for text in shown if text)
        if "parameter" in params:
            params["parameter"] = names[number]
        if issue.code == "V-116":
            columns = params["columns"].split(", ")
            params["columns"] = words("comma").join(words(f"need_{name}") for name in columns)
        told = spoken.in_words(replace(issue, params=params), words.lang)
        said["message"].append(params.get(f"said_{words.lang}") or told.message(words.lang))
        said["hint"].append(told.hint(words.lang))
    return said


def _parameter_names(frame: pd.DataFrame, words: VerifierWords) -> list[str]:
    """The method's own label of a parameter, else the vocabulary's, else a product's name."""
    own = frame.get(f"label_{words.lang}", pd.Series([""] * len(frame)))
    out = []
    for name, label in zip(frame["parameter"].tolist(), own.tolist(), strict=True):
        known = words.either(f"parameter_{name}", words.name("header", name))
        found = label if isinstance(label, str) and label else known
        out.append(words.name("item", name) if found == name else found)
    return out


def verifier_record(
    inv: Inventory,
    *,
    plan: Any = None,
    materiality: Any = 0.05,
    period: str | None = None,
    lang: str | None = None,
) -> dict[str, Any]:
    """The same as plain values for JSON: ids instead of words, full precision, no NaN.

    Parameters
    ----------
    inv, plan, materiality, period
        As in :func:`write_verifier_file`.
    lang
        The language of the findings' messages.

    Returns
    -------
    dict
        ``contract``, ``run_digest``, ``co2e_t``, ``totals``, ``materiality``, and a list of
        records per sheet: ``control``, ``findings``, ``checks``, ``months``, ``facilities``,
        ``processes``, ``detail``, ``outputs``, ``monthly``. Amounts are in t CO2e where the
        key says ``_t``.

    Raises
    ------
    CarbonCalcError
        ``V-106`` for a materiality level that is none.

    Examples
    --------
    >>> import json, carboncalc as cc
    >>> record = cc.verifier_record(cc.examples.minimal())
    >>> record["facilities"][-1]["co2e_t"] == record["co2e_t"], len(json.dumps(record)) > 0
    (True, True)
    """
    made = verification(inv, plan=plan, materiality=materiality, period=period)
    findings = made.findings.assign(**messages(made.findings, VerifierWords(lang)))
    total = made.aggregate["total_t"]
    return {
        "contract": 1,
        "run_digest": inv.run.digest,
        "co2e_t": None if total is None else inv.co2e_t,
        "totals": inv.totals,
        "materiality": made.aggregate,
        "has_plan": made.has_plan,
        **{
            name: _records(findings if name == "findings" else getattr(made, name))
            for name in SHEETS
        },
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in frame.columns if name not in _HIDDEN]
    columns = [[_plain(value) for value in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
