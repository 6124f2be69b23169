"""Gathers entries that make the same claim, so that each claim is settled once.

Codes are read per distinct cell, and what applies is resolved per distinct (item, industry,
role, product): a million entries cost no more words than their distinct claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.classification.claims import read_claim
from carboncalc.classification.entries import EntryTable
from carboncalc.classification.measures import factorise
from carboncalc.classification.reasons import Positions
from carboncalc.classification.resolve import Resolution, industry_code, resolve
from carboncalc.classification.taxonomy import Taxonomy
from carboncalc.errors import Issue, IssueLog


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claimed item of each entry that gets a verdict, its row, and the rows refused."""

    items: list[str | None]
    rows: Positions
    refused: dict[int, Issue]


@dataclass(frozen=True, slots=True)
class Groups:
    """The distinct claims, what applies to each, and the claim that each entry makes."""

    resolutions: list[Resolution]
    industries: list[str | None]
    of_row: Positions

    def spread(self, values: list[Any], kind: Any = object) -> np.ndarray[Any, Any]:
        """One value per claim as one value per entry."""
        return np.array(values, dtype=kind)[self.of_row] if values else np.zeros(0, dtype=kind)


def text_column(rows: pd.DataFrame, name: str) -> pd.Series:
    """A column of the entries, or an empty one where the table has none.

    Examples
    --------
    >>> text_column(pd.DataFrame({"row": [1]}), "role").tolist()
    [None]
    """
    return rows[name] if name in rows else pd.Series([None] * len(rows), dtype=object)


def read_claims(catalogue: Taxonomy, table: EntryTable, log: IssueLog) -> Claimed:
    """What each entry claims; a code that is unknown or of another catalogue is refused."""
    codes, texts = factorise(text_column(table.rows, "claimed_code"))
    declared, catalogues = factorise(text_column(table.rows, "claimed_taxonomy"))
    width = len(catalogues) + 1
    pairs, inverse = np.unique(
        np.where(codes < 0, -1, codes * width + declared + 1), return_inverse=True
    )
    items: list[str | None] = []
    refused: dict[int, Issue] = {}
    numbers = table.rows["row"].to_numpy() if len(table.rows) else np.zeros(0, np.int64)
    for position, pair in enumerate(pairs.tolist()):
        if pair < 0:
            items.append(None)
            continue
        text, named = divmod(pair, width)
        claim = read_claim(catalogue, texts[text], catalogues[named - 1] if named else None)
        items.append(claim.item.code if claim.item else None)
        if claim.code is None:
            continue
        for row in np.flatnonzero(inverse == position).tolist():
            refused[row] = Issue(
                claim.code,
                claim.params or {},
                file=table.file,
                row=int(numbers[row]),
                column="claimed_code",
            )
    log.extend([refused[row] for row in sorted(refused)])
    good = np.setdiff1d(np.arange(len(codes)), np.array(sorted(refused), dtype=np.int64))
    return Claimed([items[i] for i in inverse[good].tolist()], good, refused)


def group(catalogue: Taxonomy, rows: pd.DataFrame, items: list[str | None]) -> Groups:
    """The distinct claims of the entries and what applies to each."""
    names = ("industry_code", "role", "product")
    columns = [pd.Series(items, dtype=object), *(text_column(rows, name) for name in names)]
    combined = np.zeros(len(rows), dtype=np.int64)
    for series in columns:
        codes, texts = factorise(series)
        # Re-numbering after each column keeps the product of the sizes within 64 bits.
        _, combined = np.unique(combined * (len(texts) + 1) + codes + 1, return_inverse=True)
        combined = combined.astype(np.int64)
    _, first, of_row = np.unique(combined, return_index=True, return_inverse=True)
    picked = [[_text(v) for v in series.iloc[first].tolist()] for series in columns]
    found = [
        resolve(catalogue, code, industry, role, product)
        for code, industry, role, product in zip(*picked, strict=True)
    ]
    return Groups(found, picked[1], of_row.astype(np.int64))


def report_words(table: EntryTable, rows: pd.DataFrame, groups: Groups, log: IssueLog) -> None:
    """Say which products and industry codes were not understood; the verdict stands."""
    for number, found in enumerate(groups.resolutions):
        industry = groups.industries[number]
        notes: list[tuple[str, dict[str, Any], str]] = []
        if industry is not None and not industry_code(industry)[1]:
            notes.append(("C-010", {"code": industry}, "industry_code"))
        if found.unknown_product is not None and found.rule is not None:
            params = {
                "product": found.unknown_product,
                "code": found.rule.code,
                "industry": found.rule.industry,
                "choices": ", ".join(product.id for product in found.rule.products),
            }
            notes.append(("C-007", params, "product"))
        if not notes:
            continue
        where = rows["row"].to_numpy()[np.flatnonzero(groups.of_row == number)]
        for code, params, name in notes:
            log.extend(
                [
                    Issue(code, params, table.file, None, row, name, "finding")
                    for row in where.tolist()
                ]
            )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
