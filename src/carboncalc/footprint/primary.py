"""The primary equivalent (等价值) of electricity: dated, sourced, and never assumed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
from pydantic import ValidationError

from carboncalc import units
from carboncalc.errors import BoundaryError, UnitError
from carboncalc.provenance import Frozen

#: The measure of the output table that may carry it.
MEASURE = "tce_primary_coefficient"
_PER_MWH = "tce_primary/MWh"


class PrimaryEquivalent(Frozen):
    """How much standard coal a unit of electricity stands for at its primary equivalent.

    ``value`` in ``unit`` (such as kgce/kWh, read as primary), ``date`` the year or day it is
    of, ``source`` where it stands.

    Examples
    --------
    >>> PrimaryEquivalent(value=0.3, unit="kgce/kWh", date="2023", source="made").per_mwh
    0.3
    """

    value: float
    unit: str = "kgce/kWh"
    date: str
    source: str

    @property
    def per_mwh(self) -> float:
        """Tce per MWh."""
        multiply, divide = units.conversion(primary_unit(self.unit), _PER_MWH)
        return self.value * multiply / divide


def primary_unit(text: str) -> str:
    """The spelling with standard coal read as primary equivalent.

    Examples
    --------
    >>> primary_unit("gce/kWh")
    'kgce_primary/kWh/1000'
    """
    if "_primary" in text or "等价" in text:
        return text
    plain = re.sub(r"(?<![a-z])gce", "kgce", text)
    divided = "/1000" if plain != text else ""
    return re.sub(r"(kgce|tce)", r"\1_primary", plain) + divided


def read_primary(given: Any, outputs: pd.DataFrame | None, calorific: float) -> PrimaryEquivalent:
    """The primary equivalent that was handed in, else the one of the output table.

    Parameters
    ----------
    given
        A :class:`PrimaryEquivalent`, or a mapping with value, unit, date and source.
    outputs
        The output table; its measure ``tce_primary_coefficient`` is looked at.
    calorific
        The calorific value of electricity in tce/MWh; a primary equivalent is above it.

    Raises
    ------
    BoundaryError
        ``B-090`` if there is none, or it lacks its date or source; ``B-091`` if the table has
        several; ``B-092`` if it is no more than the calorific value, or no such unit.
    """
    if given is None:
        given = _from_outputs(outputs)
    try:
        found = PrimaryEquivalent.model_validate(
            given if isinstance(given, Mapping) else getattr(given, "__dict__", given)
        )
        per_mwh = found.per_mwh
    except ValidationError:
        raise BoundaryError("B-090") from None
    except UnitError:
        raise BoundaryError("B-092", value=found.value, unit=found.unit) from None
    if not found.date.strip() or not found.source.strip():
        raise BoundaryError("B-090")
    if not Fraction(per_mwh) > Fraction(calorific):
        raise BoundaryError("B-092", value=found.value, unit=found.unit)
    return found


def _from_outputs(outputs: pd.DataFrame | None) -> dict[str, Any]:
    rows = pd.DataFrame() if outputs is None else outputs[outputs["measure"] == MEASURE]
    if not len(rows):
        raise BoundaryError("B-090")
    values = {(float(a), str(u)) for a, u in zip(rows["amount"], rows["unit"], strict=True)}
    if len(values) > 1:
        raise BoundaryError("B-091", values=", ".join(f"{a} {u}" for a, u in sorted(values)))
    first = rows.iloc[0]
    evidence = first.get("evidence")
    return {
        "value": float(first["amount"]),
        "unit": str(first["unit"]),
        "date": str(first["period"]),
        "source": "" if evidence is None or pd.isna(evidence) else str(evidence),
    }
