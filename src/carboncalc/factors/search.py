"""Finds the rows a person means by some words, in Chinese or English.

Each row is described by the names of its item, parameter, technology, region, gas and document.
Words are cut into pairs of Chinese characters and into English words; a pair counts the more
the rarer it is (inverse document frequency), and an item named whole counts most.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from carboncalc.factors.parameters import parameters
from carboncalc.factors.sheets import sources
from carboncalc.factors.technologies import technology_names
from carboncalc.vocabulary import items
from carboncalc.vocabulary.names import label

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary
    from carboncalc.model.factor import EmissionFactor

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z0-9]+(?:[.\-][a-z0-9]+)*")

#: How much a field counts.
_WEIGHTS = {"item": 3.0, "parameter": 1.5, "region": 2.0, "technology": 1.5, "gas": 1.0}
_WEIGHTS |= {"document": 0.7, "year": 2.0, "set": 1.0}

#: A checked value comes before an unchecked one of the same name.
_BY_GRADE = {"A": 1.0, "B": 1.0, "S": 1.0, "C": 0.97, "D": 0.8}

#: A national document comes before one of a province or an association, and a value that holds
#: in general before one of a technology that nobody asked for.
_NATIONAL = re.compile("国家|生态环境部|国务院|IPCC")
_NARROWER = 0.95


def search(library: FactorLibrary, text: str, *, limit: int = 10) -> list[EmissionFactor]:
    """The rows that some words mean, best first; an empty list where nothing fits.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> found = search(FactorLibrary.default(), "福建 电网因子 2023", limit=1)
    >>> found[0].id
    'grid/average/CN-35/2023@1'
    """
    library.open_all()
    indices = library.indices()
    asked = _grams(text)
    described = [_described(library, index) for index in indices]
    frequency = Counter(gram for fields in described for gram in set().union(*fields.values()))
    rarity = {
        gram: math.log(1 + len(indices) / frequency[gram]) for gram in asked if frequency[gram]
    }
    covered: dict[str, float] = {}
    scored = []
    for index, fields in zip(indices, described, strict=True):
        score = sum(
            _WEIGHTS[name] * sum(rarity.get(gram, 0.0) for gram in grams & asked)
            for name, grams in fields.items()
        )
        if score:
            item = library.cell(index, "item")
            if item not in covered:
                covered[item] = _covered("item", item, asked)
            whole = covered[item]
            score *= (1 + 2 * whole**2) * _BY_GRADE[str(library.grades[index])]
            score *= _reach(library, index, fields["technology"] & asked)
            latest = library.cell(index, "data_year") or library.cell(index, "published")
            scored.append((round(score, 6), latest, index))
    best = sorted(scored, key=lambda entry: (-entry[0], _descending(entry[1]), entry[2]))
    return [library.row(index) for _, _, index in best[:limit]]


def _reach(library: FactorLibrary, index: int, technology_asked: set[str]) -> float:
    source = sources().get(library.cell(index, "source"))
    national = source and _NATIONAL.search(source.publisher or "")
    general = technology_asked or not library.cell(index, "technology")
    kind = 0.5 if library.cell(index, "set") == "uncertainty_defaults" else 1.0
    return kind * (1.0 if national else _NARROWER) * (1.0 if general else _NARROWER)


def _descending(year: str) -> int:
    return -int(year[:4]) if year[:4].isdigit() else 0


def _grams(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    found = set(_WORD.findall(plain))
    found |= {word.replace("-", "") for word in found}
    for run in _CHINESE.findall(plain):
        found |= {run[i : i + 2] for i in range(max(1, len(run) - 1))}
    return found


def _described(library: FactorLibrary, index: int) -> dict[str, set[str]]:
    cell = library.cell
    return {
        "item": _named("item", cell(index, "item")),
        "parameter": _named("parameter", cell(index, "parameter")),
        "technology": _named("technology", cell(index, "technology")),
        "region": _named("region", cell(index, "region")),
        "gas": _named("gas", cell(index, "gas")),
        "set": _named("set", cell(index, "set")),
        "document": _named("document", cell(index, "source")),
        "year": {cell(index, "data_year")},
    }


@functools.cache
def _items() -> dict[str, items.ItemRecord]:
    return {record.id: record for record in items.items()}


_CACHE: dict[tuple[str, str], set[str]] = {}


def _named(field: str, key: str) -> set[str]:
    """The grams of all names of an id, kept because few ids name many rows."""
    if (field, key) not in _CACHE:
        _CACHE[field, key] = _grams(" ".join(_names(field, key))) if key else set()
    return _CACHE[field, key]


def _covered(field: str, key: str, asked: set[str]) -> float:
    """How much of the best-fitting name of an id was asked for: 1 for a name named whole."""
    names = [_grams(name) for name in _names(field, key)]
    return max((len(name & asked) / len(name) for name in names if name), default=0.0)


def _names(field: str, key: str) -> list[str]:
    if field == "parameter":
        entries = parameters().get(key, ())
        return [key, *(name for e in entries for name in (e.zh, e.en, *e.aliases))]
    if field == "technology":
        return [key, *technology_names(key)]
    if field == "region":
        return [key, label("region", key, "zh"), label("region", key, "en")]
    if field == "document":
        source = sources().get(key)
        return [key, *(source.title.values() if source else ()), (source and source.number) or ""]
    if field in ("item", "gas"):
        known = _items().get(key)
        return [key, known.zh, known.en, *known.aliases] if known else [key.replace(".", " ")]
    return [key]
