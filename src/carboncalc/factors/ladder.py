"""Which regions may answer for a region, from the narrowest to the nation."""

from __future__ import annotations

import functools

from carboncalc.provenance import Policy

NATION = "CN"

#: The year from which the announcements use seven regions in place of six.
SEVEN_REGIONS_FROM = 2021


@functools.cache
def chain(region: str, year: int) -> tuple[str, ...]:
    """The region itself, then every wider one that contains it in that year.

    Chongqing and Sichuan belong to the Central grid up to data year 2020 and to the Southwest
    grid after; Inner Mongolia lies in two grids and Xizang in none with a factor, so their
    next step is the nation.

    Examples
    --------
    >>> chain("CN-50", 2012), chain("CN-50", 2023)
    (('CN-50', 'GRID-CENTRAL', 'CN'), ('CN-50', 'GRID-SOUTHWEST', 'CN'))
    >>> chain("CN-3502", 2023)
    ('CN-3502', 'CN-35', 'GRID-EAST', 'CN')
    """
    if region == NATION:
        return (NATION,)
    from carboncalc.vocabulary import regions

    record = regions.record(region)
    if record.kind == "grid":
        return (region, NATION)
    if record.kind == "city" and record.parent:
        return (region, *chain(record.parent, year))
    grid = record.grid_from_2021 if year >= SEVEN_REGIONS_FROM else record.grid_to_2020
    return (region, grid, NATION) if grid else (region, NATION)


def level(region: str, year: int, wanted: str) -> str | None:
    """The region at the level a policy names; one that is coarser already stays as it is.

    Examples
    --------
    >>> level("CN-35", 2023, "region"), level("CN-15", 2023, "region")
    ('GRID-EAST', None)
    """
    if wanted == "nation" or region == NATION:
        return NATION
    if wanted != "region" or region.startswith("GRID-"):
        return region
    return next((r for r in chain(region, year) if r.startswith("GRID-")), None)


def allowed_steps(start: str, year: int, policy: Policy) -> tuple[str, ...]:
    """The start and the wider regions that ``policy.grid_fallback`` lets stand in.

    Examples
    --------
    >>> allowed_steps("CN-35", 2023, Policy(grid_fallback="region"))
    ('CN-35', 'GRID-EAST')
    """
    steps = chain(start, year)
    if policy.grid_fallback == "none":
        return steps[:1]
    if policy.grid_fallback == "nation":
        return steps
    return (start, *(step for step in steps[1:] if step != NATION))
