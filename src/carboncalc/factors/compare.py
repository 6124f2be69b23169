"""What differs: between two sets of factors, or between two releases of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from carboncalc import units
from carboncalc.errors import FactorError

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.factors.library import FactorLibrary

_KEY = ("item", "parameter", "technology", "region", "gas")


def compare_sets(library: FactorLibrary, a: str, b: str) -> pd.DataFrame:
    """The constants that two sets give for the same thing, with their ratio (b over a).

    Values are compared in the unit of the first set; where the dimensions differ the ratio is
    missing. Rows that only one set has are listed with the other side empty.

    Raises
    ------
    FactorError
        F-024 where a set is not held.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> found = compare_sets(FactorLibrary.default(), "mee_power_2021", "ndrc_sector_2013_2015")
    >>> diesel = found[(found.item == "diesel") & (found.parameter == "net_calorific_value")]
    >>> diesel[["value_a", "value_b"]].iloc[0].tolist()
    [42.652, 43.33]
    """
    import pandas as pd

    sides = []
    for key in (a, b):
        if key not in library.sets():
            raise FactorError("F-024", set=key, held=", ".join(sorted(library.sets())))
        rows = library.indices(key)
        sides.append({tuple(library.cell(i, c) for c in _KEY): i for i in rows})
    records = []
    for identity in dict.fromkeys([*sides[0], *sides[1]]):
        left, right = sides[0].get(identity), sides[1].get(identity)
        record: dict[str, Any] = dict(zip(_KEY, identity, strict=True))
        for name, row in (("a", left), ("b", right)):
            record |= {
                f"value_{name}": float(library.values[row]) if row is not None else None,
                f"unit_{name}": library.units[row] if row is not None else "",
                f"grade_{name}": str(library.grades[row]) if row is not None else "",
            }
        record["ratio"] = _ratio(library, left, right)
        records.append(record)
    return pd.DataFrame(records)


def compare_libraries(old: FactorLibrary, new: FactorLibrary) -> pd.DataFrame:
    """The rows that were added, removed or changed between two libraries, by id.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> then = FactorLibrary.default().as_known_on("2025-06-30")
    >>> changes = compare_libraries(then, FactorLibrary.default())
    >>> changes.set_index("id").loc["grid/average/CN/2023@1", "change"]
    'added'
    """
    import pandas as pd

    before = {old.ids[i]: i for i in old.indices()}
    after = {new.ids[i]: i for i in new.indices()}
    records = []
    for key in sorted({*before, *after}):
        left, right = before.get(key), after.get(key)
        told = {
            "id": key,
            "old": old.cell(left, "value") if left is not None else None,
            "new": new.cell(right, "value") if right is not None else None,
        }
        if left is None or right is None:
            records.append(told | {"change": "added" if left is None else "removed"})
        elif told["old"] != told["new"] or old.units[left] != new.units[right]:
            records.append(told | {"change": "changed"})
        elif old.grades[left] != new.grades[right]:
            grades = {"old": str(old.grades[left]), "new": str(new.grades[right])}
            records.append(told | grades | {"change": "grade"})
    return pd.DataFrame(records, columns=["id", "change", "old", "new"])


def _ratio(library: FactorLibrary, left: int | None, right: int | None) -> float | None:
    if left is None or right is None or not library.values[left]:
        return None
    unit_a, unit_b = library.units[left], library.units[right]
    if not units.same_dimension(unit_a, unit_b):
        return None
    return float(library.values[right] * units.scale(unit_b, unit_a) / library.values[left])
