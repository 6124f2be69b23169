"""The names that come nearest to one that was not found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_ids(asked: str, known: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """Up to five known ids that look most like the one asked for.

    Examples
    --------
    >>> nearest_ids("grid/average/CN-35/2024@1", ["grid/average/CN-35/2023@1", "x/y@1"])
    ('grid/average/CN-35/2023@1',)
    """
    return tuple(difflib.get_close_matches(asked, list(known), n=limit, cutoff=0.5))
