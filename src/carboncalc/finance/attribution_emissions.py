"""Whose emissions a loan answers for: carbon records, figures on the tape, sector averages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import AttributionError
from carboncalc.finance.carbon_record import read_carbon_record
from carboncalc.model.carbon_record import CarbonRecord

#: Columns that finding the emissions adds to the loans.
FOUND = ["s1_t", "s2_t", "s3_t", "emission_year", "option", "grade", "co2_only", "gwp_set"]


def read_records(records: Any) -> tuple[CarbonRecord, ...]:
    """Carbon records from one or many records, paths, or a folder of JSON files.

    Raises
    ------
    FinanceError
        As :func:`carboncalc.finance.carbon_record.read_carbon_record`.
    AttributionError
        ``L-130`` if one borrower (or project) has two records of one year.
    """
    if records is None:
        return ()
    if isinstance(records, CarbonRecord | str | Path):
        records = [records]
    found: list[CarbonRecord] = []
    for given in records:
        if isinstance(given, CarbonRecord):
            found.append(given)
        elif Path(given).is_dir():
            found += [read_carbon_record(path) for path in sorted(Path(given).glob("*.json"))]
        else:
            found.append(read_carbon_record(given))
    seen: set[tuple[str, int]] = set()
    for record in found:
        key = (record.project_id or record.uscc, record.year)
        if key in seen:
            raise AttributionError("L-130", id=key[0], year=key[1])
        seen.add(key)
    return tuple(found)


def with_emissions(
    loans: pd.DataFrame,
    records: Iterable[CarbonRecord],
    *,
    as_of: date,
    scope2: str,
    allow_co2_only: bool,
) -> pd.DataFrame:
    """Loans with the emissions of their borrower or project, where there are any.

    The latest year up to the date is taken. A record whose consent has run out is not used;
    the loans it would have served carry ``L-105``.
    """
    out = loans.assign(**_empty(len(loans)))
    by_key: dict[str, CarbonRecord] = {}
    expired: set[str] = set()
    for record in records:
        key = _key(record)
        if as_of > record.consent_until:
            expired.add(key)
        elif record.year <= as_of.year and (key not in by_key or record.year > by_key[key].year):
            by_key[key] = record
    project = out["asset_class"] == "project_finance"
    keys = ("P:" + out["project_id"].fillna("")).where(
        project, "B:" + out["borrower_id"].fillna("")
    )
    codes, names = pd.factorize(keys)
    table = pd.DataFrame([_of(by_key.get(str(name)), scope2) for name in names], columns=FOUND)
    for name in FOUND:
        out[name] = table[name].take(codes).to_numpy()
    out = _from_tape(out, allow_co2_only)
    lapsed = keys.isin(expired) & out["option"].isna() & (out["reason"] == "")
    out["reason"] = out["reason"].mask(lapsed, "L-105")
    return out


def _empty(rows: int) -> dict[str, Any]:
    return {name: pd.Series([None] * rows, dtype=object) for name in FOUND}


def _key(record: CarbonRecord) -> str:
    return f"P:{record.project_id}" if record.project_id else f"B:{record.uscc}"


def _of(record: CarbonRecord | None, scope2: str) -> tuple[Any, ...]:
    if record is None or record.s2_t(scope2) is None:
        return (np.nan, np.nan, np.nan, np.nan, None, None, False, None)
    s3 = np.nan if record.s3_t is None else record.s3_t
    option = "1b" if record.verification == "none" else "1a"
    return (
        record.s1_t, record.s2_t(scope2), s3, record.year, option, record.grade,
        record.co2_only, record.gwp_set,
    )  # fmt: skip


def _from_tape(loans: pd.DataFrame, allow_co2_only: bool) -> pd.DataFrame:
    """Figures of the tape for loans without a record: the bank's own entry, grade S."""
    stated = loans["option"].isna() & loans["emis_s1"].notna() & loans["emis_s2"].notna()
    basis = loans["emis_basis"].fillna("").str.strip().str.upper()
    alone = stated & (basis == "CO2")
    unknown = stated & ~basis.isin(["CO2", "CO2E"])
    refused = unknown | (alone & (not allow_co2_only))
    take = stated & ~refused
    verified = loans["verified"].fillna("").str.strip().str.lower()
    sure = verified.isin(["yes", "true", "1", "是", "limited", "reasonable", "已核查"])
    for name, source in (("s1_t", "emis_s1"), ("s2_t", "emis_s2"), ("s3_t", "emis_s3"),
                         ("emission_year", "emis_year")):  # fmt: skip
        loans[name] = loans[name].mask(take, loans[source])
    loans["option"] = loans["option"].mask(take & sure, "1a").mask(take & ~sure, "1b")
    loans["grade"] = loans["grade"].mask(take, "S")
    loans["co2_only"] = loans["co2_only"].mask(take, alone)
    code = loans["reason"] == ""
    loans["reason"] = loans["reason"].mask(code & alone & refused, "L-101")
    loans["reason"] = loans["reason"].mask(code & unknown, "L-131")
    return loans


def with_sector_averages(loans: pd.DataFrame, sectors: Any) -> pd.DataFrame:
    """Loans without emissions with the average of their sector, options 3a and 3b.

    Parameters
    ----------
    sectors
        ``industry_code`` (GB/T 4754, any prefix), ``t_per_million_revenue``,
        ``t_per_million_assets`` (t CO2e of scopes 1 and 2 per million CNY), ``source``. The
        longest prefix of the borrower's trade, else of the use, is taken.

    Returns
    -------
    pandas.DataFrame
        With ``sector_per_revenue`` and ``sector_per_assets`` (NaN where none fits).

    Raises
    ------
    AttributionError
        ``L-132`` if the table lacks a column or a source, or names a code twice.
    """
    loans = loans.assign(sector_per_revenue=np.nan, sector_per_assets=np.nan)
    if sectors is None:
        return loans
    table = pd.DataFrame(sectors)
    for name in ("industry_code", "source"):
        if name not in table or table[name].isna().any():
            raise AttributionError("L-132", column=name)
    if table["industry_code"].astype("str").duplicated().any():
        raise AttributionError("L-132", column="industry_code")
    table = table.assign(industry_code=table["industry_code"].astype("str"))
    trade = loans["industry_code"].where(loans["industry_code"].notna(), loans["use_industry_code"])
    known = set(table["industry_code"])
    codes, names = pd.factorize(trade)
    prefix = [
        next((str(n)[:size] for size in range(len(str(n)), 0, -1) if str(n)[:size] in known), None)
        for n in names
    ]
    matched = pd.Series([prefix[c] if c >= 0 else None for c in codes], index=loans.index)
    for column, name in (
        ("sector_per_revenue", "t_per_million_revenue"),
        ("sector_per_assets", "t_per_million_assets"),
    ):
        if name in table:
            values = pd.to_numeric(table.set_index("industry_code")[name])
            loans[column] = matched.map(values).astype("float64")
    return loans
