"""Green certificates of a park: one certificate, one beneficiary, once.

A certificate that a plant of the park sold takes the green attribute with it: its power
carries the non-green factor for whoever uses it (market view and zero-carbon park), while
the location view does not change (common.md C14 in short: internal PV without a sold
certificate is ``direct`` for its user).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carboncalc.errors import BoundaryError, Issue
from carboncalc.footprint.flows import Flows
from carboncalc.footprint.members import Members, field_of


@dataclass(frozen=True, slots=True)
class Certificate:
    """A green certificate or a bundle of them, in MWh."""

    id: str
    mwh: float
    period: str
    owner: str
    beneficiary: str


def read_certificates(records: Iterable[Any]) -> tuple[Certificate, ...]:
    """The certificates of an entity file.

    Raises
    ------
    BoundaryError
        ``B-060`` if one id stands twice: one certificate has one beneficiary.

    Examples
    --------
    >>> read_certificates([{"id": "GEC-1", "mwh": 10, "period": "2024", "owner": "PV",
    ...                     "beneficiary": "buyer"}])[0].mwh
    10.0
    """
    found: dict[str, Certificate] = {}
    for record in records:
        get = field_of(record)
        certificate = Certificate(
            id=str(get("id")),
            mwh=float(get("mwh")),
            period=str(get("period") or ""),
            owner=str(get("owner") or ""),
            beneficiary=str(get("beneficiary") or ""),
        )
        if certificate.id in found:
            first = found[certificate.id]
            raise BoundaryError(
                "B-060",
                certificate=first.id,
                first=first.beneficiary,
                second=certificate.beneficiary,
            )
        found[certificate.id] = certificate
    return tuple(found.values())


def check_use(certificates: Iterable[Certificate], flows: Flows) -> tuple[Issue, ...]:
    """Findings on certificates; what is claimed may not be more than what is held.

    Raises
    ------
    BoundaryError
        ``B-061`` if rows claim more MWh under a certificate than it stands for, or claim one
        whose beneficiary is somebody else.
    """
    held = {certificate.id: certificate for certificate in certificates}
    records = flows.records
    claimed = records[(records["role"] == "buyer") & records["certificate_id"].isin(list(held))]
    for name, rows in claimed.groupby("certificate_id"):
        certificate = held[str(name)]
        amount = float(rows["amount"].sum())
        users = set(rows["entity"])
        if amount > certificate.mwh or (
            certificate.beneficiary and users != {certificate.beneficiary}
        ):
            raise BoundaryError(
                "B-061",
                certificate=name,
                claimed=amount,
                held=certificate.mwh,
                users=", ".join(sorted(users)),
                beneficiary=certificate.beneficiary,
            )
    return tuple(
        Issue(
            "B-042",
            {"certificate": c.id, "owner": c.owner, "beneficiary": c.beneficiary},
            severity="finding",
        )
        for c in held.values()
        if c.beneficiary and c.beneficiary != c.owner and _same_park(c, records)
    )


def _same_park(certificate: Certificate, records: pd.DataFrame) -> bool:
    entities = set(records["entity"])
    claims = records[records["certificate_id"] == certificate.id]
    return {certificate.owner, certificate.beneficiary} <= entities and claims.empty


def sold_green_power(
    certificates: Iterable[Certificate], members: Members, flows: Flows
) -> dict[tuple[str, int], float]:
    """MWh by (plant, year) whose certificate went to somebody outside the park.

    Raises
    ------
    BoundaryError
        ``B-062`` if more was sold than the plant's green power of the year,
        ``B-063`` if a certificate's period is not a year of the data.
    """
    sold: dict[tuple[str, int], float] = {}
    years = sorted({int(year) for year in flows.records["year"]})
    for certificate in certificates:
        inside = certificate.beneficiary in members.ids()
        if certificate.owner not in members.ids() or inside or not certificate.beneficiary:
            continue
        year = certificate.period[:4]
        if not year.isdigit() or int(year) not in years:
            raise BoundaryError(
                "B-063",
                certificate=certificate.id,
                period=certificate.period,
                years=", ".join(map(str, years)),
            )
        key = (certificate.owner, int(year))
        sold[key] = sold.get(key, 0.0) + certificate.mwh
    for (owner, year_), amount in sold.items():
        green = green_power(flows, owner, year_)
        if amount > green:
            raise BoundaryError("B-062", entity=owner, year=year_, sold=amount, green=green)
    return sold


def green_power(flows: Flows, plant: str, year: int) -> float:
    """MWh that a plant supplied, or used itself, as ``direct`` power in a year."""
    records = flows.records
    power = records[
        (records["carrier"] == "electricity")
        & (records["year"] == year)
        & (records["instrument"] == "direct")
    ]
    supplied = power[(power["role"] == "buyer") & (power["counterparty"] == plant)]
    outside = power[(power["role"] == "seller") & (power["entity"] == plant) & ~power["internal"]]
    self_used = power[(power["role"] == "buyer") & (power["entity"] == plant) & ~power["internal"]]
    return float(supplied["amount"].sum() + outside["amount"].sum() + self_used["amount"].sum())
