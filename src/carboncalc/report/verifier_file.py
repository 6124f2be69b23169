"""The verifier's file: control plan, cross-checks, months, findings and supplementary data."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.inventory.trace_text import own_place
from carboncalc.inventory.verification.result import verification
from carboncalc.inventory.verification.supplement import TOTAL
from carboncalc.inventory.verification.used import PLACE
from carboncalc.report.verifier_cover import WIDTHS, cover, summed
from carboncalc.report.verifier_layout import COLUMNS, LEFT_OUT, OPTIONAL, SHEETS, page_of
from carboncalc.report.verifier_sheets import VerifierSheets
from carboncalc.report.verifier_words import VerifierWords
from carboncalc.vocabulary import spoken

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: The tables of the record, in the order of the sheets.
TABLES = tuple(dict.fromkeys(SHEETS.values()))

#: Columns whose ids are shown in words: column → kind of label.
_IDS = {
    "status": "status", "origins": "origin", "origin": "origin", "document_rule": "rule",
    "kind": "kind",
    "plan_acquisition": "acquisition", "material": "material", "basis": "basis",
    "severity": "severity", "account": "account",
}  # fmt: skip
#: Columns whose ids are words of the vocabulary.
_VOCABULARY = {"source": "source", "item": "item", "document": "method"}
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

    Sheets: a cover with the enterprise, the totals, the materiality level, contents and a
    block for signatures; the points of the document review; findings, each with its share of
    the total and room for the measures taken; the data-quality control plan (数据质量控制计划)
    beside what the run used; cross-checks with both figures; the matrix of months; how each
    measured parameter got its value; the monthly form with quarters; emissions by unit or
    facility and by process (工序); supplementary data (补充数据表); outputs; generation units;
    values used.
    Texts stay texts: nothing in them can become a formula.

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
    with VerifierSheets(path) as book:
        book.cover(words("sheet_cover"), words("title"), cover(inv, made, words), WIDTHS)
        for name, table_name in SHEETS.items():
            frame = shown(name, getattr(made, table_name), words)
            columns = [str(column) for column in frame.columns]
            headings = {column: words.heading(name, column) for column in columns}
            book.page(words(f"sheet_{name}"), frame, headings, page_of(name, columns, words))
    return Path(path)


def shown(name: str, table: pd.DataFrame, words: VerifierWords) -> pd.DataFrame:
    """The table of a sheet as it is shown: its columns in their order, ids in words."""
    frame = in_words(table, words)
    if name == "points":
        frame = _points(table, words)
    if name == "findings":
        frame = frame.assign(
            number=range(1, len(frame) + 1), at=_at(table, words), measures="", closed=""
        )
    wanted = COLUMNS.get(name, tuple(map(str, frame.columns)))
    empty = {c for c in OPTIONAL & set(wanted) if not _filled(frame[c])}
    return frame[[c for c in wanted if c not in LEFT_OUT.get(name, ()) and c not in empty]]


def _filled(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype("object") != "")).any())


def _points(table: pd.DataFrame, words: VerifierWords) -> pd.DataFrame:
    pairs = list(zip(table["point"], table["counts"], strict=True))
    return pd.DataFrame(
        {
            "clause": table["clause"],
            "subject": [words(f"point_{key}") for key, _ in pairs],
            "question": [words(f"question_{key}") for key, _ in pairs],
            "answer": [words(f"answer_{key}", **counts) for key, counts in pairs],
            "conclusion": "",
        }
    )


def _at(table: pd.DataFrame, words: VerifierWords) -> list[str]:
    """Sheet, row and column of each finding, as far as known, in one text."""
    return [spoken.in_words(issue, words.lang).place(words.lang) for issue in table["issue"]]


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
        elif name == "measure":
            column = column.map(lambda v: _measured(v, words) if isinstance(v, str) else v)
        elif name == "where":
            column = column.map(lambda v: _where(v, words))
        elif name in ("entity", "year"):
            column = column.map(lambda v: words("total_row") if v == TOTAL else v)
        out[name] = column
        if name == "parameter":
            out["parameter_name"] = _parameter_names(frame, words)
    if "issue" in frame:
        told = messages(frame, words)
        out |= told
    return pd.DataFrame(out)


def _where(text: Any, words: VerifierWords) -> Any:
    """Where a value stands, the table of measured values in words."""
    if not isinstance(text, str):
        return text
    if words.lang == "zh":
        return "; ".join(own_place(part) for part in text.split("; "))
    return text.replace("parameter table row", words("parameter_row"))


def _measured(name: str, words: VerifierWords) -> str:
    """What was produced: the label of a measure, else the name of a product."""
    found = words.either(f"parameter_{name}", words.name("header", name))
    return str(words.name("item", name)) if found == name else found


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
        if "parameter" in params and names[number]:
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
    unit = frame.get("unit", pd.Series([""] * len(frame)))
    out = []
    for name, label, per in zip(
        frame["parameter"].tolist(), own.tolist(), unit.tolist(), strict=True
    ):
        # one id stands for the carbon of a tonne and for that of a gigajoule
        per_heat = "_per_heat" if name == "carbon_content" and str(per).endswith("/GJ") else ""
        known = words.either(f"parameter_{name}{per_heat}", words.name("header", name))
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
        records per table: ``points``, ``findings``, ``control``, ``checks``, ``months``,
        ``determination``, ``monthly``, ``facilities``, ``processes``, ``detail``, ``outputs``,
        ``units``.
        Amounts are in t CO2e where the key says ``_t``.

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
    return {
        "contract": 1,
        "run_digest": inv.run.digest,
        "co2e_t": summed(inv),
        "totals": inv.totals,
        "materiality": made.aggregate,
        "has_plan": made.has_plan,
        **{
            name: _records(findings if name == "findings" else getattr(made, name))
            for name in TABLES
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
