"""The borrower's carbon record (碳信息): what an enterprise's inventory tells its bank."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from carboncalc.provenance import Frozen, Grade, canonical_digest

Tonnes = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Approach = Literal["operational_control", "financial_control", "equity_share"]


class RecordOutput(Frozen):
    """What was made or earned in the year (contract section 8)."""

    measure: str
    amount: float = Field(allow_inf_nan=False)
    unit: str
    statistic: str | None = None


class CarbonRecord(Frozen):
    """One borrower's (or project's) emissions of one year, as exchanged with a bank.

    Parameters
    ----------
    uscc, name
        Unified social credit code and name of the borrower.
    project_id
        The project, where the record is of a ring-fenced project and not of the whole company.
    year
        Calendar year of the emissions.
    document
        The guideline(s) they were computed under.
    boundary, approach
        What is inside, and the consolidation approach.
    s1_t, s2_location_t, s2_market_t, s3_t
        Scope 1, scope 2 by location and by market, scope 3 (always apart), in t CO2e.
    gases, gwp_set
        Gases in it, and the set they were characterised with.
    co2_only
        The flag without which a total of carbon dioxide alone is refused.
    energy, tce_basis
        Energy consumed in tce, and whether electricity stands at its calorific value or its
        primary equivalent in it.
    outputs
        Denominators of the year.
    verification
        Assurance by a third party: none, limited or reasonable.
    evidence_share
        Share of the total by evidence grade.
    consent_id, consent_until
        The borrower's consent and its last day.
    run_digest
        SHA-256 of the run the figures come from.

    Examples
    --------
    >>> record = CarbonRecord(uscc="91440300708461136T", name="made", year=2023, document="d",
    ...     boundary="the legal entity", approach="operational_control", s1_t=1, s2_location_t=2,
    ...     s2_market_t=3, gases=["CO2", "CH4"], gwp_set="AR5", verification="none",
    ...     evidence_share={"B": 1}, consent_id="C", consent_until="2030-12-31", run_digest="0")
    >>> record.s2_t("market"), record.grade
    (3.0, 'B')
    """

    contract: Literal[1] = 1
    record: Literal["borrower-carbon"] = "borrower-carbon"
    uscc: str = Field(min_length=1)
    name: str = Field(min_length=1)
    project_id: str | None = None
    year: int = Field(ge=1990, le=2100)
    document: str
    boundary: str
    approach: Approach
    s1_t: Tonnes
    s2_location_t: Tonnes | None
    s2_market_t: Tonnes | None
    s3_t: Tonnes | None = None
    gases: tuple[str, ...] = Field(min_length=1)
    gwp_set: str | None
    co2_only: bool = False
    energy: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    tce_basis: Literal["calorific", "primary"] | None = None
    outputs: tuple[RecordOutput, ...] = ()
    verification: Literal["none", "limited", "reasonable"]
    evidence_share: dict[Grade, Share]
    consent_id: str = Field(min_length=1)
    consent_until: date
    run_digest: str = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> CarbonRecord:
        if set(self.gases) == {"CO2"} and not self.co2_only:
            raise ValueError("co2_only: a total of CO2 alone must carry the flag")
        if set(self.gases) != {"CO2"} and self.co2_only:
            raise ValueError("co2_only: the flag stands although there are other gases")
        if set(self.gases) != {"CO2"} and not self.gwp_set:
            raise ValueError("gwp_set: gases other than CO2 need the set they were weighed with")
        if self.energy is not None and self.tce_basis is None:
            raise ValueError("tce_basis: energy needs its basis, calorific or primary")
        if self.s2_location_t is None and self.s2_market_t is None:
            raise ValueError("s2_location_t: scope 2 is needed on at least one basis")
        return self

    def s2_t(self, basis: str) -> float | None:
        """Scope 2 by ``location`` or ``market``, in t CO2e."""
        return self.s2_location_t if basis == "location" else self.s2_market_t

    @property
    def grade(self) -> Grade:
        """The worst evidence grade that carries a share of the total."""
        held: list[Grade] = [grade for grade, share in self.evidence_share.items() if share > 0]
        return max(held, key="ABSCD".index) if held else "D"

    @property
    def digest(self) -> str:
        """SHA-256 of the record's content."""
        return canonical_digest(self.model_dump(mode="json"))
