"""The record of one emission factor or other constant, with its page and its grade."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, field_validator

from carboncalc.provenance import Frozen, Grade

Distribution = Literal["normal", "lognormal", "uniform", "triangular"]


class Uncertainty(Frozen):
    """The 95 % interval of a value, as distances from it in percent.

    Examples
    --------
    >>> Uncertainty(below=50, above=150, distribution="lognormal").symmetric
    False
    """

    below: float = Field(ge=0)
    above: float = Field(ge=0)
    distribution: Distribution = "normal"
    source: str | None = None
    where: str = ""

    @property
    def symmetric(self) -> bool:
        """Whether the interval reaches as far down as up."""
        return self.below == self.above


class EmissionFactor(Frozen):
    """One published constant: what it is, how much, from which page, and how sure we are.

    ``value`` is a float64 in ``unit``; ``value_text`` keeps the decimals as printed, which
    exact rounding needs. ``kind`` is the folder of the set (fuels, electricity, gwp, …);
    for electricity the ``parameter`` is the kind of the factor, and kinds never mix.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> row = FactorLibrary.default().by_id("grid/average/CN-35/2023@1")
    >>> row.value_text, row.unit, row.grade, row.source
    ('0.4211', 't CO2/MWh', 'B', 'mee-2025-47')
    """

    id: str
    kind: str
    set: str
    item: str
    parameter: str
    technology: str | None = None
    region: str | None = None
    gas: str | None = None
    value: float
    value_text: str
    unit: str
    basis: str | None = None
    data_year: int | None = None
    published: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    uncertainty: Uncertainty | None = None
    grade: Grade
    source: str
    where: str = ""
    version: int = 1
    supersedes: str | None = None
    note: str | None = None
    licence: str | None = None
    transcription: str | None = None

    @field_validator("value_text")
    @classmethod
    def _is_a_finite_decimal(cls, text: str) -> str:
        if not Decimal(text).is_finite():
            raise ValueError("a factor is a finite number")
        return text

    @property
    def decimal(self) -> Decimal:
        """The value with the decimals of the document."""
        return Decimal(self.value_text)
