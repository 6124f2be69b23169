"""One row of activity data, for those who write records rather than sheets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RecordKind = Literal["consumption", "purchase", "opening_stock", "closing_stock", "sold_out"]
Instrument = Literal["none", "direct", "gec", "green_trade", "ppa"]
GasReference = Literal["0C", "20C", "as_invoiced_treated_as_Nm3"]


class ActivityRecord(BaseModel):
    """One amount of one thing in one period (contract section 1).

    A typed record with ids instead of free words; any parameter of the method may be added
    under its name, with ``<name>_unit`` beside it. ``read_activity`` and ``compute`` take a
    list of them.

    Examples
    --------
    >>> record = ActivityRecord(entity="P", period="2024-03", source="fossil_combustion",
    ...     item="diesel", amount=12.5, unit="t", net_calorific_value=42.652,
    ...     net_calorific_value_unit="GJ/t")
    >>> record.model_dump(exclude_none=True)["net_calorific_value"]
    42.652
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    entity: str
    facility: str | None = None
    process: str | None = None
    period: str
    source: str
    item: str
    amount: float = Field(ge=0, allow_inf_nan=False)
    unit: str
    record_kind: RecordKind | None = None
    method: str | None = None
    region: str | None = None
    counterparty: str | None = None
    instrument: Instrument | None = None
    certificate_id: str | None = None
    meter: str | None = None
    technology: str | None = None
    density: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    density_unit: str | None = None
    gas_reference: GasReference | None = None
    scope: Literal["1", "2", "3"] | None = None
    category: str | None = None
    data_quality: float | None = Field(default=None, ge=1, le=5)
    uncertainty_pct: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    check_amount: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    check_source: str | None = None
    evidence_type: str | None = None
    evidence_no: str | None = None
    note: str | None = None
    carbon_basis: Literal["ar", "ad", "d"] | None = None
    abatement_technology: str | None = None
    gwp_set: Literal["SAR", "AR4", "AR5", "AR6"] | None = None
    factor_set: str | None = None
