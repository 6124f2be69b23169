"""What the database rests on, and what a result rests on: constants by grade and by weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.factors.library import FactorLibrary

GRADES = ("A", "B", "S", "C", "D")


@dataclass(frozen=True, slots=True)
class RunAudit:
    """The constants a result rests on.

    ``constants``: one row per factor with the tonnes of the lines that use it and their share
    of the total (shares add up to more than one, since a line uses several constants).
    ``grades``: tonnes and share by the grade of the line's worst constant; shares add to one.
    """

    total_t: float
    constants: pd.DataFrame
    grades: pd.DataFrame

    def record(self) -> dict[str, Any]:
        """The audit as plain data for JSON."""
        return {
            "total_co2e_t": self.total_t,
            "grades": self.grades.to_dict("records"),
            "constants": self.constants.to_dict("records"),
        }


def audit_library(library: FactorLibrary) -> pd.DataFrame:
    """How many rows the library holds, by kind (rows) and evidence grade (columns).

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> counts = audit_library(FactorLibrary.default())
    >>> list(counts.columns), bool(counts.loc["gwp", "all"] > 200)
    (['A', 'B', 'S', 'C', 'D', 'all'], True)
    """
    import pandas as pd

    kinds = library.sets()
    indices = library.indices()
    frame = pd.DataFrame(
        {
            "kind": [kinds[library.set_of(i)] for i in indices],
            "grade": [str(library.grades[i]) for i in indices],
        }
    )
    counts = pd.crosstab(frame["kind"], frame["grade"]).reindex(columns=list(GRADES), fill_value=0)
    counts["all"] = counts.sum(axis=1)
    counts.loc["all"] = counts.sum()
    counts.columns.name = None
    return counts


def audit_run(lines: pd.DataFrame, library: FactorLibrary) -> RunAudit:
    """The constants that a table of lines rests on, heaviest first, and its shares by grade.

    Parameters
    ----------
    lines
        With ``factor_ids`` (ids joined by ``;``), ``co2e_t`` and ``evidence_grade``.
    library
        The library of the run, for value, unit and source of each id; an id that it does not
        hold is listed with empty cells.

    Examples
    --------
    >>> import pandas as pd
    >>> from carboncalc.factors.library import FactorLibrary
    >>> ids = ["grid/average/CN-35/2023@1", "mee_power_2021/diesel/carbon_content@1"]
    >>> lines = pd.DataFrame(
    ...     {"co2e_t": [3.0, 1.0], "evidence_grade": ["B", "A"], "factor_ids": ids})
    >>> found = audit_run(lines, FactorLibrary.default()).constants
    >>> found["factor_id"][0], float(found["share"][0])
    ('grid/average/CN-35/2023@1', 0.75)
    """
    import pandas as pd

    tonnes = lines["co2e_t"].to_numpy(dtype=np.float64)
    weight = np.abs(tonnes)
    whole = float(weight.sum())
    ids = lines["factor_ids"].fillna("").astype(str).str.split(";")
    pairs = pd.DataFrame({"factor_id": ids, "co2e_t": tonnes, "weight": weight})
    pairs = pairs.explode("factor_id", ignore_index=True)
    pairs["factor_id"] = pairs["factor_id"].str.strip()
    pairs = pairs[pairs["factor_id"] != ""]
    grouped = pairs.groupby("factor_id", as_index=False).agg(
        co2e_t=("co2e_t", "sum"), weight=("weight", "sum"), lines=("weight", "size")
    )
    grouped["share"] = grouped.pop("weight") / whole if whole else 0.0
    described = pd.DataFrame([_described(library, key) for key in grouped["factor_id"]])
    constants = pd.concat([grouped, described], axis=1)
    constants = constants.sort_values(["share", "factor_id"], ascending=[False, True])
    by_grade = pd.Series(weight).groupby(lines["evidence_grade"].to_numpy()).sum()
    shown = [g for g in GRADES if g in by_grade.index]
    grades = pd.DataFrame(
        {
            "grade": shown,
            "co2e_t": [float(by_grade[g]) for g in shown],
            "share": [float(by_grade[g]) / whole if whole else 0.0 for g in shown],
        }
    )
    return RunAudit(float(tonnes.sum()), constants.reset_index(drop=True), grades)


def _described(library: FactorLibrary, key: str) -> dict[str, Any]:
    from carboncalc.errors import FactorNotFoundError

    try:
        row = library.index_of(key)
    except FactorNotFoundError:
        return {"value": np.nan, "unit": "", "grade": "", "source": "", "where": ""}
    return {
        "value": float(library.values[row]),
        "unit": library.units[row],
        "grade": str(library.grades[row]),
        "source": library.sources[row],
        "where": library.wheres[row],
    }


def weakest(library: FactorLibrary, limit: int = 50) -> list[str]:
    """The ids of rows of grade D, which a total refuses unless the policy lets them in.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> "mee_power_2022/coal_unmeasured/carbon_content@1" in weakest(FactorLibrary.default(), 999)
    True
    """
    rows = [i for i in library.indices() if library.grades[i] == "D"]
    return [library.ids[i] for i in rows[:limit]]


def licences(library: FactorLibrary) -> dict[str, str]:
    """Set → licence: a row's own where it has one, else that of the set's sheet.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> licences(FactorLibrary.default())["uk_desnz_2025"]
    'Open Government Licence v3.0'
    """
    from carboncalc.factors.sheets import sheets

    known = sheets()
    return {key: known[key].licence for key in library.sets() if key in known}
