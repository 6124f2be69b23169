"""Writes the borrower's carbon record from an inventory, and reads it in the bank.

One JSON file (contract section 11, schema ``borrower-carbon``): scopes apart, gases and GWP
set named, evidence and verification beside the figures, the borrower's consent in it.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from carboncalc.errors import FinanceError
from carboncalc.footprint.bases import ghgp_lines
from carboncalc.footprint.consolidate import consolidate
from carboncalc.footprint.grains import tonnes
from carboncalc.footprint.result import Footprint
from carboncalc.model.carbon_record import CarbonRecord


def make_carbon_record(
    source: Any,
    *,
    uscc: str,
    name: str,
    consent_id: str,
    consent_until: date | str,
    entity: str | None = None,
    verification: str = "none",
    boundary: str | None = None,
    project_id: str | None = None,
    energy: float | None = None,
    tce_basis: str | None = None,
    co2_only: bool = False,
) -> CarbonRecord:
    """The carbon record of a footprint, or of one entity in it.

    Scope 1 and 2 are those of the GHG Protocol totals: sources a guideline lacks are in, sales
    of energy are not deducted, and supply inside a park stands at its internal factor.

    Parameters
    ----------
    source
        A :class:`Footprint` or an inventory (then every entity stands for itself).
    uscc, name
        Credit code and name of the borrower.
    consent_id, consent_until
        The borrower's consent to hand the figures over, and its last day.
    entity
        The entity the record is of; by default the whole footprint.
    verification
        ``none``, ``limited`` or ``reasonable``.
    energy, tce_basis
        Energy of the year in tce and its basis (``calorific`` or ``primary``).
    co2_only
        Says that the total is of CO2 alone; such a total is refused without it.

    Raises
    ------
    FinanceError
        ``L-101`` for a CO2-only total without the flag, ``L-102`` for data of several years,
        ``L-103`` for a record that does not hold together.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.finance.carbon_record import make_carbon_record
    >>> record = make_carbon_record(cc.examples.minimal(), uscc="91440300708461136T",
    ...     name="made", consent_id="C-1", consent_until="2030-12-31", co2_only=True)
    >>> record.year, record.gases
    (2023, ('CO2',))
    """
    footprint = source if isinstance(source, Footprint) else consolidate(source)
    inv = footprint.inventory
    if "–" in footprint.years:
        raise FinanceError("L-102", years=footprint.years)
    chosen = None if entity is None else footprint.entity(entity).id
    lines = _lines(inv, chosen, footprint)
    gases = sorted(lines["gas"].dropna().unique())
    if gases == ["CO2"] and not co2_only:
        raise FinanceError("L-101", name=name)
    sets = sorted(set(lines.loc[lines["gas"] != "CO2", "gwp_set"].dropna()))
    scopes = {basis: _scopes(footprint, chosen, basis) for basis in ("location", "market")}
    held = scopes["location"] or scopes["market"]
    if held is None:
        raise FinanceError("L-104", name=name)
    fields = {
        "uscc": uscc, "name": name, "project_id": project_id, "year": int(footprint.years),
        "document": ", ".join(sorted(lines["method_id"].dropna().unique())),
        "boundary": boundary or chosen or footprint.members.name or "all declared entities",
        "approach": footprint.boundary,
        "s1_t": held[0],
        "s2_location_t": None if scopes["location"] is None else scopes["location"][1],
        "s2_market_t": None if scopes["market"] is None else scopes["market"][1],
        "s3_t": held[2] or None,
        "gases": gases, "gwp_set": ", ".join(sets) or None, "co2_only": co2_only,
        "energy": energy, "tce_basis": tce_basis,
        "outputs": _outputs(inv, chosen), "verification": verification,
        "evidence_share": _evidence(inv, chosen), "consent_id": consent_id,
        "consent_until": consent_until, "run_digest": inv.run.digest,
    }  # fmt: skip
    return _validated(fields, name)


def write_carbon_record(source: Any, path: str | Path, **fields: Any) -> CarbonRecord:
    """Write the carbon record of an inventory or footprint to a JSON file, and return it.

    Takes the keywords of :func:`make_carbon_record`, or a finished record as ``source``.

    Raises
    ------
    FinanceError
        As :func:`make_carbon_record`.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> path = tempfile.mkdtemp() + "/borrower.json"
    >>> record = cc.write_carbon_record(cc.examples.minimal(), path, name="made",
    ...     uscc="91440300708461136T", consent_id="C", consent_until="2030-12-31", co2_only=True)
    >>> cc.read_carbon_record(path, on="2026-01-01") == record
    True
    """
    record = source if isinstance(source, CarbonRecord) else make_carbon_record(source, **fields)
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=2, sort_keys=True)
    Path(path).write_text(text + "\n", encoding="utf-8")
    return record


def read_carbon_record(path: str | Path, *, on: date | str | None = None) -> CarbonRecord:
    """The carbon record in a JSON file, checked.

    Parameters
    ----------
    on
        The day it is to be used; a record whose consent has run out by then is refused.

    Raises
    ------
    FinanceError
        ``L-103`` naming the field that is wrong, ``L-105`` if the consent has run out,
        ``L-101`` for a CO2-only total without its flag.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> from carboncalc.finance.carbon_record import write_carbon_record
    >>> path = tempfile.mkdtemp() + "/borrower.json"
    >>> _ = write_carbon_record(cc.examples.attribution_records()[0], path)
    >>> cc.read_carbon_record(path).verification
    'none'
    """
    file = Path(path)
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FinanceError("L-103", name=file.name, detail=str(error)) from None
    if not isinstance(fields, dict):
        raise FinanceError("L-103", name=file.name, detail="not a JSON object")
    record = _validated(fields, file.name)
    if on is not None:
        refuse_without_consent(record, date.fromisoformat(on) if isinstance(on, str) else on)
    return record


def refuse_without_consent(record: CarbonRecord, on: date) -> None:
    """Refuse a record whose consent has run out by a day (``L-105``)."""
    if on > record.consent_until:
        raise FinanceError(
            "L-105", name=record.name, until=record.consent_until.isoformat(), on=on.isoformat()
        )


def _validated(fields: dict[str, Any], name: str) -> CarbonRecord:
    try:
        return CarbonRecord.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        detail = f"{where}: {first['msg']}" if where else first["msg"].removeprefix("Value error, ")
        code = "L-101" if "CO2 alone must carry" in detail else "L-103"
        raise FinanceError(code, name=name, detail=detail) from None


def _lines(inv: Any, entity: str | None, footprint: Footprint) -> pd.DataFrame:
    lines = ghgp_lines(inv, "location")
    if lines is None:
        lines = ghgp_lines(inv, "market")
    if lines is None:
        raise FinanceError("L-104", name=entity or footprint.members.name)
    inside = {entity} if entity is not None else footprint.members.ids()
    found: pd.DataFrame = lines[lines["entity"].isin(inside)]
    return found


def _scopes(
    footprint: Footprint, entity: str | None, basis: str
) -> tuple[float, float, float] | None:
    """Scope 1, 2 and 3 of the whole or of one entity, on one basis of scope 2."""
    name = f"ghgp_{basis}"
    if footprint.statements[name] is None:
        return None
    if entity is None:
        one, two, three = (tonnes(footprint.on(name).scope(scope)) for scope in ("1", "2", "3"))
        return one, two, three
    row: dict[Any, Any] = footprint.by_entity(name).loc[[entity]].to_dict("records")[0]
    return row["scope1"], row["scope2_external"] + row["scope2_internal"], row["scope3"]


def _outputs(inv: Any, entity: str | None) -> list[dict[str, Any]]:
    outputs = getattr(inv.activity, "outputs", None)
    if outputs is None or not len(outputs):
        return []
    rows = outputs if entity is None else outputs[outputs["entity"] == entity]
    found = []
    for row in rows.to_dict("records"):
        statistic = row.get("statistic")
        found.append(
            {
                "measure": row["measure"], "amount": float(row["amount"]), "unit": row["unit"],
                "statistic": None if statistic is None or pd.isna(statistic) else statistic,
            }
        )  # fmt: skip
    return found


def _evidence(inv: Any, entity: str | None) -> dict[str, float]:
    """Share of the magnitude of the lines by grade; of one entity where one is named."""
    if entity is None:
        shares: dict[str, float] = inv.evidence_share()
        return shares
    lines = inv.lines[inv.lines["entity"] == entity]
    sizes = lines["co2e_t"].abs().groupby(lines["evidence_grade"].astype(str)).sum()
    whole = float(sizes.sum())
    return {g: float(sizes.get(g, 0.0)) / whole if whole else 0.0 for g in "ABCDS"}
