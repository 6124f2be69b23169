"""Which items a description of a project points to, with the words that matched.

Texts are cut into pairs of Chinese characters and into Latin words; an item's words are
its name, its industry lines, its keywords and the products a person has read. The weight of
a word falls with the number of items that use it (BM25, k1 = 1.2, b = 0.5). No model is
trained and nothing is random: the same text gives the same list.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from carboncalc.classification.criteria import rule_of
from carboncalc.classification.taxonomy import Taxonomy, load_taxonomy
from carboncalc.classification.words import plain
from carboncalc.errors import ClassificationError
from carboncalc.messages.catalogue import language
from carboncalc.model.taxonomy import CatalogueItem

_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+(?:[-/.][a-z0-9]+)*")
_K1, _B = 1.2, 0.5
#: The name of an item says more than the example products under it.
_NAME_WEIGHT = 3
#: English words that every description has.
_STOP = frozenset(
    ("a", "an", "and", "for", "in", "into", "of", "on", "or", "other", "the", "to", "with")
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item that a text may be about."""

    code: str
    name: Mapping[str, str]
    score: float
    matched: tuple[str, ...]
    condition_status: tuple[str, ...]
    industries: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Suggestions:
    """The candidates of a text, best first. A candidate is not a verdict."""

    text: str
    taxonomy: str
    candidates: tuple[Candidate, ...]

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.candidates)

    def __len__(self) -> int:
        return len(self.candidates)

    @property
    def frame(self) -> pd.DataFrame:
        """The candidates as a table."""
        return pd.DataFrame(self.records(), columns=pd.Index(_COLUMNS))

    def records(self) -> list[dict[str, Any]]:
        """The candidates as records, ready for JSON."""
        return [
            {
                "code": c.code,
                "name_zh": c.name["zh"],
                "name_en": c.name["en"],
                "score": c.score,
                "matched": list(c.matched),
                "industries": list(c.industries),
                "condition_status": list(c.condition_status),
            }
            for c in self.candidates
        ]

    def to_json(self) -> dict[str, Any]:
        """The candidates as the CLI prints them."""
        return {
            "contract": 1,
            "taxonomy": self.taxonomy,
            "text": self.text,
            "candidates": self.records(),
        }

    def __repr__(self) -> str:
        lang = language()
        lines = [f"<Suggestions {self.taxonomy}: {len(self)} candidates>"]
        lines += [
            f"{c.code:8} {c.score:6.2f}  {c.name[lang]}  ({', '.join(c.matched)})"
            for c in self.candidates[:9]
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>{self.frame.to_html(index=False)}"


_COLUMNS = ("code", "name_zh", "name_en", "score", "matched", "industries", "condition_status")


@dataclass(frozen=True, slots=True)
class _Index:
    items: tuple[CatalogueItem, ...]
    weights: tuple[Mapping[str, int], ...]
    lengths: tuple[int, ...]
    posted: Mapping[str, tuple[int, ...]]
    mean: float


def suggest(text: str, taxonomy: str = "cgt-2025", *, top: int = 10) -> Suggestions:
    """The items a description points to, best first, with the words that matched.

    Parameters
    ----------
    text
        A description in Chinese or English.
    taxonomy
        Any known catalogue, those that can only be browsed included.
    top
        How many candidates at most.

    Raises
    ------
    ClassificationError
        C-001 the catalogue is unknown; C-011 the text holds no word.

    Examples
    --------
    >>> found = suggest("厂房屋顶分布式光伏发电")
    >>> "6.1.5" in [candidate.code for candidate in found]
    True
    >>> suggest("offshore wind turbine blades").candidates[0].code
    '4.1.1'
    """
    catalogue = load_taxonomy(taxonomy)
    words = Counter(tokens(text))
    if not words:
        raise ClassificationError("C-011")
    index = _index(taxonomy)
    scores: dict[int, float] = {}
    for word in sorted(words):
        holders = index.posted.get(word, ())
        rare = math.log(1 + (len(index.items) - len(holders) + 0.5) / (len(holders) + 0.5))
        for number in holders:
            count = index.weights[number][word]
            long = 1 - _B + _B * index.lengths[number] / index.mean
            scores[number] = scores.get(number, 0.0) + rare * count * (_K1 + 1) / (
                count + _K1 * long
            )
    best = sorted(scores, key=lambda number: (-round(scores[number], 9), number))[:top]
    found = tuple(
        _candidate(catalogue, index.items[number], round(scores[number], 4), text)
        for number in best
    )
    return Suggestions(text, taxonomy, found)


def tokens(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, and Latin words without the common ones.

    Examples
    --------
    >>> tokens("海上风电 wind turbines")
    ['海上', '上风', '风电', 'wind', 'turbine']
    """
    found: list[str] = []
    for run in _RUN.findall(plain(text).casefold()):
        if run[0] >= "\u4e00":
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        elif run not in _STOP:
            # A plural is the same word; "gas" and "bus" keep their s.
            found.append(run[:-1] if len(run) > 4 and run.endswith("s") and run[-2] != "s" else run)
    return found


@functools.cache
def _index(taxonomy: str) -> _Index:
    catalogue = load_taxonomy(taxonomy)
    finest = max(item.level for item in catalogue.items)
    items = tuple(item for item in catalogue.items if item.level >= min(finest, 3))
    weights = tuple(Counter(_document(catalogue, item)) for item in items)
    posted: dict[str, list[int]] = {}
    for number, words in enumerate(weights):
        for word in words:
            posted.setdefault(word, []).append(number)
    lengths = tuple(sum(words.values()) for words in weights)
    return _Index(
        items=items,
        weights=weights,
        lengths=lengths,
        posted={word: tuple(numbers) for word, numbers in posted.items()},
        mean=sum(lengths) / len(lengths),
    )


def _document(catalogue: Taxonomy, item: CatalogueItem) -> list[str]:
    name = [token for text in item.name.values() for token in tokens(text)] * _NAME_WEIGHT
    return name + [t for phrase in _phrases(catalogue, item) for t in tokens(phrase)]


def _phrases(catalogue: Taxonomy, item: CatalogueItem) -> list[str]:
    """The phrases under an item: industries, keywords, and products a person has read."""
    phrases: list[str] = []
    for line in catalogue.lines_of(item.code):
        phrases += [line.industry_name, *line.keywords]
        rule = rule_of(catalogue.id, line)
        for product in rule.products if rule else ():
            phrases += [*product.name.values(), *product.aliases]
    return list(dict.fromkeys(phrases))


def _candidate(catalogue: Taxonomy, item: CatalogueItem, score: float, text: str) -> Candidate:
    lines = catalogue.lines_of(item.code)
    return Candidate(
        code=item.code,
        name=item.name,
        score=score,
        matched=_matched(text, [*item.name.values(), *_phrases(catalogue, item)]),
        condition_status=tuple(dict.fromkeys(line.condition_status for line in lines)),
        industries=tuple(dict.fromkeys(line.industry_code for line in lines)),
    )


def _matched(text: str, phrases: list[str]) -> tuple[str, ...]:
    """The longest stretches of the text that stand in the phrases, in the order of the text."""
    runs = _RUN.findall(plain(text).casefold())
    held = [plain(phrase).casefold() for phrase in phrases]
    latin = {token for phrase in held for token in tokens(phrase)}
    found: list[str] = []
    for run in runs:
        if run[0] < "\u4e00":
            found += [run] if set(tokens(run)) & latin else []
            continue
        start = 0
        while start < len(run) - 1:
            end = next(
                (
                    stop
                    for stop in range(len(run), start + 1, -1)
                    if any(run[start:stop] in phrase for phrase in held)
                ),
                start,
            )
            found += [run[start:end]] if end > start else []
            start = max(end, start + 1)
    return tuple(dict.fromkeys(found))
