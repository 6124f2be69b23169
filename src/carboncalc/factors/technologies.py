"""Technologies that factors depend on: treatments, vehicle classes, process types, sectors."""

from __future__ import annotations

import csv
import functools
import unicodedata

from carboncalc import resources


@functools.cache
def _table() -> dict[str, list[str]]:
    path = resources.emission_factors() / "vocabulary" / "technologies.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            r["id"]: [name for name in (r["zh"], r["en"], *r["aliases"].split(";")) if name]
            for r in csv.DictReader(handle)
        }


@functools.cache
def _ids() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, names in _table().items():
        for name in (key, *names):
            found.setdefault(_plain(name), key)
    return found


def technology_names(key: str) -> list[str]:
    """Chinese name, English name and aliases of a technology; none where it is not known.

    Examples
    --------
    >>> technology_names("kiln")
    ['窑炉', 'kiln']
    """
    return list(_table().get(key, []))


def technology_id(text: str) -> str:
    """The id of a technology from its id, Chinese or English name; unknown text stays as it is.

    Examples
    --------
    >>> technology_id("厌氧反应器"), technology_id("制造业和建筑业")
    ('anaerobic_reactor', 'manufacturing_and_construction')
    """
    return _ids().get(_plain(text), text.strip()) if text else ""


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace())
