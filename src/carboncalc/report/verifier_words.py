"""The words of the verifier's file, in Chinese and English, by key."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from typing import Any

from carboncalc.report.words import Words
from carboncalc.resources import package_file


@functools.cache
def verifier_labels() -> Mapping[str, Mapping[str, str]]:
    """Every label by key, from ``verifier_labels.toml``.

    Examples
    --------
    >>> verifier_labels()["sheet_checks"]["zh"]
    '交叉核对'
    """
    text = package_file("report", "verifier_labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class VerifierWords(Words):
    """The labels of the verifier's file in one language, and the names of the vocabulary.

    Examples
    --------
    >>> words = VerifierWords("en")
    >>> words("sheet_months"), words.either("column_2024-01", "2024-01")
    ('Monthly completeness', '2024-01')
    >>> words.ids("origin", "activity_row 11; default 1")
    'activity sheet 11; document default 1'
    """

    def __call__(self, key: str, **values: Any) -> str:
        """The label of a key, with values filled in; KeyError where there is none."""
        text = verifier_labels()[key][self.lang]
        return text.format(**values) if values else text

    def known(self, key: str) -> bool:
        """Whether there is a label of that key."""
        return key in verifier_labels()

    def either(self, key: str, fallback: str) -> str:
        """The label of a key, or another text where there is none."""
        return self(key) if key in verifier_labels() else fallback

    def heading(self, sheet: str, column: str) -> str:
        """The heading of a column; a sheet may call it by a name of its own."""
        return self.either(f"{sheet}_{column}", self.either(f"column_{column}", column))

    def ids(self, kind: str, text: Any) -> Any:
        """An id, or ``id count; id count``, in words; anything else as it is."""
        if not isinstance(text, str) or not text:
            return text
        parts = []
        for part in text.split("; "):
            name, _, count = part.partition(" ")
            word = self.either(f"{kind}_{name}", name)
            parts.append(f"{word} {count}" if count else word)
        return "; ".join(parts)
