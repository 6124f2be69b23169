"""The words of pages and workbooks, in Chinese and English, by key."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from typing import Any

from carboncalc.messages.catalogue import Language, language
from carboncalc.resources import package_file


@functools.cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """Every label by key, from ``labels.toml``.

    Examples
    --------
    >>> labels()["total"]["zh"]
    '合计'
    """
    text = package_file("report", "labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Words:
    """The labels in one language.

    Examples
    --------
    >>> words = Words("zh")
    >>> words("total"), words.either("policy_gwp", "no_such"), words.known("no_such")
    ('合计', 'GWP 取值', False)
    """

    def __init__(self, lang: str | None = None) -> None:
        self.lang: Language = language(lang)

    @classmethod
    def of(cls, given: Words | str | None) -> Words:
        """Words as they are, or those of a language.

        Examples
        --------
        >>> Words.of("zh").lang, Words.of(Words("en")).lang
        ('zh', 'en')
        """
        return given if isinstance(given, Words) else cls(given)

    def __call__(self, key: str, **values: Any) -> str:
        """The label of a key, with values filled in.

        Raises
        ------
        KeyError
            If there is no such label: a page is never written with a hole.
        """
        text = labels()[key][self.lang]
        return text.format(**values) if values else text

    def known(self, key: str) -> bool:
        """Whether there is a label of that key."""
        return key in labels()

    def either(self, key: str, fallback: str) -> str:
        """The label of a key, or another text where there is none."""
        return self(key) if key in labels() else fallback

    def name(self, kind: str, identifier: Any) -> str:
        """The display name of a vocabulary id (item, source, gas, region, method …)."""
        from carboncalc.vocabulary.names import label

        if not isinstance(identifier, str) or not identifier:
            return ""
        try:
            return label(kind, identifier, self.lang)
        except KeyError:
            return identifier
