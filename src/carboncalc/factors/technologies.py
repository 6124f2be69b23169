"""Technologies that factors depend on: treatments, vehicle classes, process types, sectors."""

from __future__ import annotations

import csv
import functools
import unicodedata

from carboncalc import resources


@functools.cache
def _aliases() -> dict[str, str]:
    path = resources.emission_factors() / "vocabulary" / "technologies.csv"
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for record in csv.DictReader(handle):
            names = [record["id"], record["zh"], record["en"], *record["aliases"].split(";")]
            for name in filter(None, names):
                found.setdefault(_plain(name), record["id"])
    return found


def technology_id(text: str) -> str:
    """The id of a technology from its id, Chinese or English name; unknown text stays as it is.

    Examples
    --------
    >>> technology_id("厌氧反应器"), technology_id("制造业和建筑业")
    ('anaerobic_reactor', 'manufacturing_and_construction')
    """
    return _aliases().get(_plain(text), text.strip()) if text else ""


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace())
