"""The workbook of an inventory: totals, policy, lines, memo, resolutions, issues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.inventory.run_folder import resolution_table
from carboncalc.report import evidence_tables as evidence
from carboncalc.report import inventory_tables as figures
from carboncalc.report.numbers import Kind
from carboncalc.report.sheets import Sheets
from carboncalc.report.table import Table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

_KINDS: dict[str, Kind] = {"co2e_t": "number", "mass_t": "number"}
#: Problems listed in the workbook: as many as are kept (architecture, decision 9).
_ALL = 10_000


def write_workbook(
    inv: Inventory,
    path: str | Path,
    lang: str | None = None,
    *,
    headers: str | None = None,
    notice: str | None = None,
) -> Path:
    """An Excel workbook of an inventory, in tonnes, with full precision in every cell.

    Sheets: totals and their parts; policy, methods and run record; counted lines; memo;
    resolutions (every value used, with its factor, grade and page); problems and findings;
    the quarantined rows as given. Texts are written as texts: nothing in them can become a
    formula.

    Parameters
    ----------
    inv
        The inventory.
    path
        Where to write; missing folders are made.
    lang
        ``zh`` or ``en`` for titles, messages and names.
    headers
        ``zh`` or ``en`` for the headers of lines, memo and resolutions; default: ``lang``.
        English headers are the column names of the library.
    notice
        A line above the totals, such as that the data are made up.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if XlsxWriter is not installed (``pip install carboncalc[report]``).

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = cc.write_workbook(cc.examples.minimal(), folder + "/book.xlsx", lang="zh")
    ...     book.stat().st_size > 0
    True
    """
    words = Words(lang)
    heads = Words(headers or words.lang)
    with Sheets(path) as book:
        above = [words("title"), *([notice] if notice else [])]
        book.blocks(words("sheet_totals"), totals_blocks(inv, words), above)
        book.blocks(words("sheet_policy"), policy_blocks(inv, words))
        _frame(book, words("sheet_lines"), named(inv.lines, words), heads)
        _frame(book, words("sheet_memo"), named(inv.memo, words), heads)
        _frame(book, words("sheet_resolutions"), resolution_table(inv), heads)
        book.blocks(words("sheet_issues"), issue_blocks(inv, words))
        _frame(book, words("sheet_quarantined"), inv.quarantined, heads)
    return Path(path)


def totals_blocks(inv: Inventory, words: Words) -> list[Table]:
    """The tables of the first sheet: the total, the four totals, the parts, the evidence."""
    total, refused = figures.total_or_reason(inv, words)
    head = figures.headline_table(inv, total, refused, words)
    parts = [
        figures.group_table(inv, key, words, most=_ALL)
        for key in ("source", "entity", "item", "gas")
    ]
    return [
        head, figures.totals_table(inv, words), figures.scope_table(inv, words), *parts,
        figures.period_table(inv, words), evidence.evidence_table(inv, words),
        figures.memo_table(inv, words), evidence.coverage_table(inv, words),
    ]  # fmt: skip


def policy_blocks(inv: Inventory, words: Words) -> list[Table]:
    """The tables that say under which rules, methods and data the run was made."""
    return [
        evidence.policy_table(inv, words), evidence.methods_table(inv, words),
        evidence.potentials_table(inv, words), evidence.fallback_table(inv, words),
        evidence.run_table(inv, words),
    ]  # fmt: skip


def issue_blocks(inv: Inventory, words: Words) -> list[Table]:
    """Problems and findings, all that are kept."""
    return [
        evidence.issue_table(
            inv.issues, inv.quarantined, words, key="quarantined-rows", most=_ALL
        ),
        evidence.issue_table(inv.findings, inv.quarantined, words, key="findings", most=_ALL),
    ]  # fmt: skip


def named(lines: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Lines with the display names of source and item after their ids."""
    out: dict[str, Any] = {}
    for name in lines.columns:
        out[name] = lines[name]
        if name in ("source", "item"):
            column = lines[name].astype("object")
            labels = {i: words.name(name, i) for i in column.dropna().unique()}
            out[f"{name}_name"] = column.map(labels)
    return pd.DataFrame(out)


def _frame(book: Sheets, name: str, frame: pd.DataFrame, heads: Words) -> None:
    headings = {}
    if heads.lang == "zh":
        headings = {
            str(c): heads.either(f"column_{c}", heads.name("header", str(c)))
            for c in frame.columns
        }  # fmt: skip
    book.frame(name, frame, headings, _KINDS)
