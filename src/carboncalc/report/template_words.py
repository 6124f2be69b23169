"""The words of the workbook that a plant fills in, in Chinese and English, by key."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from typing import Any

from carboncalc.report.words import Words
from carboncalc.resources import package_file


@functools.cache
def template_labels() -> Mapping[str, Mapping[str, str]]:
    """Every label by key, from ``template_labels.toml``.

    Examples
    --------
    >>> template_labels()["sheet_activity"]["zh"]
    '活动数据'
    """
    text = package_file("report", "template_labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class TemplateWords(Words):
    """The labels of the template in one language, and the names of the vocabulary.

    Examples
    --------
    >>> TemplateWords("zh")("sheet_plan"), TemplateWords("en").header("plan", "owner")
    ('数据质量控制计划', 'owner')
    """

    def __call__(self, key: str, **values: Any) -> str:
        """The label of a key, with values filled in; KeyError where there is none."""
        text = template_labels()[key][self.lang]
        return text.format(**values) if values else text

    def either(self, key: str, fallback: str) -> str:
        """The label of a key, or another text where there is none."""
        return self(key) if key in template_labels() else fallback

    def header(self, table: str, column: str) -> str:
        """The header of a column, as this table calls it."""
        return self.either(f"header_{table}_{column}", self.name("header", column))

    def choices(self, key: str) -> tuple[str, ...]:
        """A list of choices, written with semicolons."""
        return tuple(self(f"choices_{key}").split(";"))
