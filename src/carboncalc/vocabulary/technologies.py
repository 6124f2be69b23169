"""The words for technologies: those of activity tables and those of the factor database.

Both tables know most technologies, each with aliases of its own; a row may use any of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from carboncalc.resources import emission_factors


def technology_rows() -> Iterator[dict[str, str]]:
    """Records of id, names and aliases of the factor database's technologies.

    Examples
    --------
    >>> next(row["id"] for row in technology_rows() if "UASB" in row["aliases"])
    'anaerobic_reactor'
    """
    path = emission_factors() / "vocabulary" / "technologies.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)
