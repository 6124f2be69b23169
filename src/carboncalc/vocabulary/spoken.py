"""Issues as a Chinese reader says them: names instead of the ids they carry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from carboncalc.errors import Issue
from carboncalc.messages.catalogue import language
from carboncalc.vocabulary.names import label

#: Parameter of a message → the kinds of word it can be, in the order they are tried.
_KINDS: dict[str, tuple[str, ...]] = {
    "parameter": ("header", "item"), "column": ("header",), "name": ("header",),
    "source": ("source",), "item": ("item", "gas"), "gas": ("gas",), "method": ("method",),
    "technology": ("technology",), "source_id": ("source",),
}  # fmt: skip
#: Parameters that list ids, joined by a comma.
_LISTS: dict[str, tuple[str, ...]] = {
    "technologies": ("technology",), "columns": ("header",), "sources": ("source",),
    "items": ("item",), "known": ("technology", "source", "item", "header"),
    "inputs": ("header",), "missing": ("header",), "parameters": ("header",),
}  # fmt: skip


def in_words(issue: Issue, lang: str | None = None) -> Issue:
    """The issue with ids of columns, parameters, sources and items in words.

    English texts keep the ids: they are what an English reader types. A column that the
    user's sheet heads in another way keeps the user's header.

    Examples
    --------
    >>> issue = Issue("A-030", {"column": "amount"}, row=5, column="amount")
    >>> in_words(issue, "zh").text("zh")[:25]
    '第 5 行 数量 列: [A-030] “数量”为'
    >>> in_words(issue, "en") is issue
    True
    """
    if language(lang) == "en":
        return issue
    params = {key: _value(key, value) for key, value in issue.params.items()}
    column = issue.column if issue.column is None else word(issue.column, ("header", "item"))
    return replace(issue, params=params, column=column)


def _value(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if key in _KINDS:
        return word(value, _KINDS[key])
    if key in _LISTS:
        return "、".join(_with_unit(part, _LISTS[key]) for part in value.split(", "))
    return "" if key == "unit" and value == "1" else value


def _with_unit(text: str, kinds: tuple[str, ...]) -> str:
    name, bracket, unit = text.partition(" [")
    return word(name, kinds) + bracket + unit


def word(identifier: str, kinds: tuple[str, ...]) -> str:
    """The Chinese name of an id of one of the kinds; anything else as it is.

    Examples
    --------
    >>> word("carbon_content", ("header",)), word("数量*", ("header",))
    ('含碳量', '数量*')
    """
    for kind in kinds:
        try:
            return label(kind, identifier, "zh")
        except KeyError:
            continue
    return identifier
