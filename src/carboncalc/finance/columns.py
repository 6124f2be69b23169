"""The words of a loan tape: its columns and code lists, in Chinese and English.

``data/tape_columns.csv`` is schema and manual in one; ``data/codes.csv`` holds the five
quality classes (贷款五级分类), the products with their place on or off the balance, how a
loan leaves the balance, and the currencies of ISO 4217.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carboncalc.errors import ActivityDataError, Issue
from carboncalc.resources import package_file
from carboncalc.vocabulary import names
from carboncalc.vocabulary.headers import split_header

#: Powers of ten of the money units a header may carry, as the vocabulary writes them.
_POWERS = {"CNY": 0, "10^3 CNY": 3, "10^4 CNY": 4, "10^6 CNY": 6, "10^7 CNY": 7, "10^8 CNY": 8}


@dataclass(frozen=True, slots=True)
class TapeColumn:
    """One column a tape may have: ``need`` is required, optional or label."""

    column: str
    need: str
    kind: str
    zh: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Header:
    """A physical header, the column it is, and the power of ten its money is written in."""

    physical: str
    column: str
    power: int = 0


@functools.cache
def tape_columns() -> Mapping[str, TapeColumn]:
    """All columns a tape may have, by their canonical name.

    Examples
    --------
    >>> tape_columns()["class5"].zh
    '五级分类'
    """
    return {row["column"]: _column(row) for row in _rows("tape_columns.csv")}


@functools.cache
def code_list(name: str) -> Mapping[str, str]:
    """Spelling → id for one list: ``class5``, ``product``, ``status``, ``currency``, ….

    Examples
    --------
    >>> code_list("class5")["次级"], code_list("currency")["美元"]
    ('substandard', 'USD')
    """
    found: dict[str, str] = {}
    for row in _rows("codes.csv"):
        if row["list"] == name:
            for spelling in (row["id"], row["zh"], *row["aliases"].split(";")):
                if spelling:
                    found[plain(spelling)] = row["id"]
                    found[spelling] = row["id"]
    return found


@functools.cache
def treatment(name: str) -> Mapping[str, str]:
    """Id → treatment for one list: what a class, product or status does to the balance.

    Examples
    --------
    >>> treatment("product")["entrusted"], treatment("status")["written_off"]
    ('off_balance', 'left')
    """
    return {row["id"]: row["treatment"] for row in _rows("codes.csv") if row["list"] == name}


def resolve(name: str, text: str) -> str | None:
    """The id a spelling stands for in a code list, or None.

    Examples
    --------
    >>> resolve("product", "流贷"), resolve("product", "lottery")
    ('working_capital', None)
    """
    known = code_list(name)
    return known.get(text) or known.get(plain(text))


def read_headers(headers: Iterable[str], file: str | None = None) -> dict[str, Header]:
    """Canonical column → header, for the headers of a tape in either language.

    The vocabulary is asked first; a second spelling list serves the columns it left empty.

    Raises
    ------
    ActivityDataError
        ``L-005`` for each required column that is missing, ``L-010`` where two headers
        mean the same column; all at once.

    Examples
    --------
    >>> required = [c for c, spec in tape_columns().items() if spec.need == "required"]
    >>> found = read_headers([*required[:-1], "五级分类", "备注"])
    >>> found["class5"].physical, len(found)
    ('五级分类', 13)
    """
    given = [str(header) for header in headers]
    found: dict[str, Header] = {}
    issues = []
    for physical in given:
        header = _known_header(physical)
        if header is None:
            continue
        if header.column in found:
            params = {"column": header.column, "first": found[header.column].physical}
            issues.append(Issue("L-010", params, file=file, column=physical))
        else:
            found[header.column] = header
    used = {header.physical for header in found.values()}
    for physical in given:
        header = None if physical in used else _other_header(physical)
        if header is not None:
            found.setdefault(header.column, header)
    for column, spec in tape_columns().items():
        if spec.need == "required" and column not in found:
            params = {"column": column, "zh": spec.zh}
            issues.append(Issue("L-005", params, file=file, column=column))
    if issues:
        raise ActivityDataError("L-006", issues=issues, file=file or "")
    return found


def is_tape_header(text: str) -> bool:
    """Whether a header names a column of the tape.

    Examples
    --------
    >>> is_tape_header("贷款余额(万元)"), is_tape_header("备注")
    (True, False)
    """
    return _known_header(text) is not None or _other_header(text) is not None


def plain(text: str) -> str:
    """A spelling without case, width, blanks and underscores, for look-ups.

    Examples
    --------
    >>> plain(" Loan_ID "), plain("ＵＳＤ")
    ('loanid', 'usd')
    """
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _known_header(physical: str) -> Header | None:
    """A header the vocabulary knows; money columns may carry their unit."""
    split = split_header(physical, "loans")
    column = split.column or names.header(physical, "labels")
    spec = tape_columns().get(column or "")
    if spec is None:
        return None
    if split.unit is None:
        return Header(physical, spec.column)
    power = _POWERS.get(split.unit)
    if power is None or spec.kind != "money":
        return None
    return Header(physical, spec.column, power)


def _other_header(physical: str) -> Header | None:
    """A header by the second spelling list."""
    text = unicodedata.normalize("NFKC", physical).strip()
    split = split_header(text, "loans")
    column = _spellings().get(plain(text)) or _spellings().get(plain(split.name))
    if column is None:
        return None
    return Header(physical, column, _POWERS.get(split.unit or "CNY", 0))


@functools.cache
def _spellings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in _rows("tape_columns.csv"):
        for spelling in (row["column"], row["zh"], *row["more_spellings"].split(";")):
            if spelling and found.setdefault(plain(spelling), row["column"]) != row["column"]:
                raise ValueError(f"{spelling} names two columns")
    return found


def _rows(file: str) -> list[dict[str, str]]:
    with package_file("finance", "data", file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _column(row: Mapping[str, str]) -> TapeColumn:
    return TapeColumn(row["column"], row["need"], row["kind"], row["zh"], row["meaning"])
