"""Emissions per unit of what was made, earned, built or staffed (output table, contract §8)."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from carboncalc import units
from carboncalc.errors import BoundaryError, UnitError


def intensities(
    footprint: Any, per: str, *, level: str = "footprint", basis: str = "chosen"
) -> pd.DataFrame:
    """Tonnes of CO2e per unit of a measure.

    ``intensity = Σ co2e ÷ Σ amount`` over the entities that report the measure; ``coverage``
    is the share of what all members bear (magnitudes) that those entities bear, so that a
    small numerator over few reporters is not taken for the whole.

    Parameters
    ----------
    per
        The measure: a product id, ``revenue``, ``value_added``, ``floor_area``, ``headcount``
        or ``energy_use``.
    level
        ``footprint`` for one figure, ``entity`` for one per reporting entity.

    Returns
    -------
    pandas.DataFrame
        entity, measure, amount, unit, statistic, co2e_t, intensity, intensity_unit, coverage.

    Raises
    ------
    BoundaryError
        ``B-080`` if nobody reports the measure, ``B-081`` if its statistics (tce or
        tce_primary, price year) or units cannot be added, ``B-082`` for an amount of zero.

    Examples
    --------
    >>> import carboncalc as cc
    >>> cc.examples.park_footprint().intensity("value_added").columns[-3:].tolist()
    ['intensity', 'intensity_unit', 'coverage']
    """
    rows = _rows(footprint, per)
    table = footprint.by_entity(basis)
    whole = math.fsum(table["co2e_t"].abs())
    unit = str(rows["unit"].iloc[0])
    statistic = _one(rows, per, "statistic")
    amounts = _in_unit(rows, unit, per)
    out = []
    groups = {entity: amounts[rows["entity"] == entity] for entity in sorted(set(rows["entity"]))}
    if level == "footprint":
        groups = {"": amounts}
    for entity, values in groups.items():
        members = [entity] if entity else sorted(set(rows["entity"]))
        borne = table.loc[members, "co2e_t"]
        emitted = math.fsum(borne)
        amount = math.fsum(values)
        if amount == 0:
            raise BoundaryError("B-082", measure=per, entity=entity or "-")
        out.append(
            {
                "entity": entity or "(all)",
                "measure": per,
                "amount": amount,
                "unit": unit,
                "statistic": statistic,
                "co2e_t": emitted,
                "intensity": emitted / amount,
                "intensity_unit": f"t CO2e/{unit}",
                "coverage": math.fsum(borne.abs()) / whole if whole else 0.0,
            }
        )
    return pd.DataFrame(out)


def _rows(footprint: Any, per: str) -> pd.DataFrame:
    outputs = getattr(footprint.inventory.activity, "outputs", None)
    held: list[str] = [] if outputs is None else sorted(set(outputs["measure"].dropna()))
    if per not in held:
        raise BoundaryError("B-080", measure=per, held=", ".join(held) or "-")
    assert outputs is not None
    rows: pd.DataFrame = outputs[outputs["measure"] == per]
    strangers = sorted(set(rows["entity"]) - footprint.members.ids())
    if strangers:
        nearest = footprint.members.nearest(strangers[0])
        raise BoundaryError("B-021", entity=strangers[0], where="outputs", nearest=nearest)
    return rows


def _one(rows: pd.DataFrame, per: str, column: str) -> str | None:
    if column not in rows:
        return None
    found = sorted(set(rows[column].dropna().astype(str)))
    if len(found) > 1 or (found and rows[column].isna().any()):
        raise BoundaryError("B-081", measure=per, column=column, values=", ".join(found))
    return found[0] if found else None


def _in_unit(rows: pd.DataFrame, unit: str, per: str) -> pd.Series:
    out = rows["amount"].astype("float64").copy()
    for given in rows["unit"].astype(str).unique():
        if given == unit:
            continue
        try:
            multiply, divide = units.conversion(given, unit)
        except UnitError:
            raise BoundaryError(
                "B-081", measure=per, column="unit", values=f"{given}, {unit}"
            ) from None
        here = rows["unit"] == given
        out[here] = out[here] * multiply / divide
    return out
