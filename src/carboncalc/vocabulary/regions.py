"""Nation, regional power grids, provinces and cities, and which grid a province lay in."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from carboncalc.errors import ActivityDataError
from carboncalc.vocabulary.names import rows


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """One region. Empty grids mean that no single grid can stand in for the province.

    ``grid_to_2020`` and ``grid_from_2021`` are by data year: the Southwest grid is counted
    apart from 2021 on.

    Examples
    --------
    >>> record("CN-51").grid_to_2020, record("CN-51").grid_from_2021
    ('GRID-CENTRAL', 'GRID-SOUTHWEST')
    """

    id: str
    gbt2260: str
    iso: str
    zh: str
    en: str
    kind: str
    parent: str
    grid_to_2020: str
    grid_from_2021: str
    note: str = ""

    def grid(self, data_year: int) -> str:
        """Return the regional grid of the province in a data year, or an empty text.

        Examples
        --------
        >>> record("CN-35").grid(2023), record("CN-54").grid(2023)
        ('GRID-EAST', '')
        """
        return self.grid_from_2021 if data_year >= 2021 else self.grid_to_2020


@functools.cache
def _regions() -> dict[str, RegionRecord]:
    fields = RegionRecord.__slots__
    return {row["id"]: RegionRecord(*(row[name] for name in fields)) for row in rows("regions.csv")}


def record(region_id: str) -> RegionRecord:
    """Return the record of a region by its id.

    Raises
    ------
    ActivityDataError
        A-103: there is no such id. Names and codes go through ``names.region`` first.

    Examples
    --------
    >>> record("CN-3502").parent
    'CN-35'
    """
    found = _regions().get(region_id)
    if found is None:
        raise ActivityDataError("A-103", kind="region", kind_zh="地区", text=region_id)
    return found


def regions() -> tuple[RegionRecord, ...]:
    """Return all regions, in file order.

    Examples
    --------
    >>> regions()[0].zh
    '全国'
    """
    return tuple(_regions().values())


def region_ids() -> tuple[str, ...]:
    """Return all region ids, in file order: the order of every array over regions.

    Examples
    --------
    >>> region_ids()[:2]
    ('CN', 'GRID-NORTH')
    """
    return tuple(_regions())
