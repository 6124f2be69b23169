"""Financed emissions: what a bank's loans answer for, by PCAF or by the PBOC guide."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
import yaml

from carboncalc.errors import AttributionError, Issue
from carboncalc.finance import pboc, pcaf
from carboncalc.finance.attribution_emissions import (
    read_records,
    with_emissions,
    with_sector_averages,
)
from carboncalc.finance.attribution_loans import attribution_loans
from carboncalc.finance.financed import FinancedEmissions
from carboncalc.messages.catalogue import message
from carboncalc.resources import package_file


@functools.cache
def rules_of(method: str) -> dict[str, Any]:
    """The rules of a method as its file says them.

    Raises
    ------
    AttributionError
        ``L-140`` for a method that is not held.

    Examples
    --------
    >>> rules_of("pcaf")["classes"]["business_loan"]["scores"]["1b"]
    2
    """
    files = {"pcaf": "pcaf.yaml", "pboc": "pboc_2021.yaml"}
    if method not in files:
        raise AttributionError("L-140", method=method, methods=", ".join(files))
    path = package_file("finance", "data", files[method])
    rules: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rules


def financed_emissions(
    loans: Any,
    records: Any = None,
    *,
    method: Literal["pcaf", "pboc"] | str = "pcaf",
    edition: str = "2025",
    as_of: str | date | None = None,
    scope2: Literal["location", "market"] | str = "location",
    accounts: Any = None,
    sectors: Any = None,
    rates: Any = None,
    over_one: Literal["keep", "cap", "refuse"] | str = "keep",
    missing: Literal["exclude", "raise"] | str = "exclude",
    allow_co2_only: bool = False,
    min_monthly_average: float | None = None,
    min_days: int | None = None,
) -> FinancedEmissions:
    """The emissions that business loans and project finance answer for.

    PCAF: ``Σ outstanding ÷ (equity + debt, or EVIC) × emissions``. PBOC: ``Σ monthly average
    ÷ (revenue, or total investment) × emissions``. The two do not compare; each result names
    its method. Scope 3, removals and avoided emissions never enter the headline.

    Parameters
    ----------
    loans
        A loan book, a loan tape, or a frame with the columns of contract section 10; the
        balance-sheet columns of the tape are used (CNY).
    records
        Borrowers' carbon records: records, paths, or a folder of JSON files. They go before
        emissions that stand on the tape.
    method, edition
        ``pcaf`` (edition 2022 or 2025: the two classes are the same in both) or ``pboc``.
    as_of
        The balance date; by default the book's, or the only one of the frame.
    scope2
        Which of the borrower's scope 2 figures counts.
    accounts
        Balance-sheet figures by ``borrower_id`` or ``project_id`` that replace the tape's.
    sectors
        Averages by industry for borrowers without figures (PCAF options 3a and 3b).
    rates
        Exchange rates, where ``loans`` is a frame with foreign currency.
    over_one
        What happens to attribution factors above 1: keep them with a finding, cap them, or
        refuse. Nothing is clipped unless told.
    missing
        ``exclude`` lists loans that cannot be attributed, by reason; ``raise`` refuses them.
    allow_co2_only
        Accept emissions on the tape that cover CO2 alone; they stay flagged.
    min_monthly_average, min_days
        Thresholds of the PBOC guide; by default those of its data sheet.

    Returns
    -------
    FinancedEmissions
        Tonnes of CO2e by loan and class, coverage, data quality, grade, what was left out.

    Raises
    ------
    AttributionError
        ``L-106``–``L-110``, ``L-130``–``L-144``: each with what is missing and the remedy.

    Examples
    --------
    >>> import pandas as pd
    >>> loans = pd.DataFrame({"loan_id": ["L1"], "borrower_id": ["91440300708461136T"],
    ...     "as_of": ["2025-12-31"], "product": ["working_capital"], "currency": ["CNY"],
    ...     "principal_outstanding": ["10000000.00"], "borrower_equity": [6e7],
    ...     "total_debt": [4e7], "emis_s1": [1000.0], "emis_s2": [500.0], "emis_basis": ["CO2e"]})
    >>> found = financed_emissions(loans)
    >>> found.s12_t, found.data_quality
    (150.0, 2.0)
    """
    rules = rules_of(method)
    if method == "pcaf" and edition not in rules["editions"]:
        raise AttributionError("L-141", edition=edition, editions=", ".join(rules["editions"]))
    for name, value, allowed in (
        ("scope2", scope2, ("location", "market")),
        ("over_one", over_one, ("keep", "cap", "refuse")),
        ("missing", missing, ("exclude", "raise")),
    ):
        if value not in allowed:
            raise AttributionError("L-142", name=name, value=value, allowed=", ".join(allowed))
    frame = attribution_loans(
        loans, as_of=as_of, accounts=accounts, rates=rates, whole_year=method == "pboc"
    )
    day = date.fromisoformat(frame["as_of"].iloc[0]) if len(frame) else date.max
    found = with_emissions(
        frame, read_records(records), as_of=day, scope2=scope2, allow_co2_only=allow_co2_only
    )
    extra: list[Issue] = []
    parameters: dict[str, Any] = {"scope2": scope2, "over_one": over_one}
    if method == "pcaf":
        done = pcaf.attribute(with_sector_averages(found, sectors), rules)
        label, grade = f"PCAF-{edition}", rules["editions"][edition]["grade"]
    else:
        floor = rules["min_monthly_average"] if min_monthly_average is None else min_monthly_average
        days = rules["min_days"] if min_days is None else min_days
        parameters |= {"min_monthly_average_cny": floor, "min_days": days}
        try:
            average = pboc.monthly_averages(loans, frame, day.year)
        except AttributionError as error:
            if missing == "raise":
                raise
            extra.append(Issue(error.code, error.params, severity="finding"))
            average = pd.Series(np.nan, index=frame.index)
        done = pboc.attribute(
            found, average, year=day.year, min_monthly_average=floor, min_days=days
        )
        label, grade = "PBOC-2021", rules["grade"]
    done = _over_one(done, over_one)
    if missing == "raise":
        _refuse(done)
    return FinancedEmissions(
        loans=done,
        method=label,
        method_grade=grade,
        as_of=day.isoformat(),
        parameters=parameters,
        findings=(*_findings(done, day, method), *extra),
    )


def _over_one(loans: pd.DataFrame, over_one: str) -> pd.DataFrame:
    above = loans["attribution_factor"] > 1
    loans = loans.assign(above_one=above)
    if not above.any() or over_one == "keep":
        return loans
    if over_one == "refuse":
        first = loans[above].iloc[0]
        raise AttributionError(
            "L-143", loan=first["loan_id"], factor=float(first["attribution_factor"]),
            count=int(above.sum()),
        )  # fmt: skip
    scale = 1 / loans["attribution_factor"].where(above, 1.0)
    for name in ("s1", "s2", "s3", "s12"):
        loans[f"financed_{name}_t"] = loans[f"financed_{name}_t"] * scale
    loans["attribution_factor"] = loans["attribution_factor"].mask(above, 1.0)
    return loans


def _refuse(loans: pd.DataFrame) -> None:
    """Raise for the first loan that should take part and cannot."""
    lacking = loans[
        loans["reason"].isin(["L-101", "L-105", "L-131", "L-133", "L-134", "L-135", "L-137"])
    ]
    if len(lacking):
        first = lacking.iloc[0]
        raise AttributionError(
            "L-144", loan=first["loan_id"], borrower=first["borrower_id"], count=len(lacking),
            reason=message(first["reason"], {"name": first["borrower_id"]}),
        )  # fmt: skip


def _findings(loans: pd.DataFrame, day: date, method: str) -> tuple[Issue, ...]:
    """What is to be said about the figures that stand."""
    done = loans[loans["attributed"]]
    years = pd.to_numeric(done["emission_year"], errors="coerce")
    checks = (
        ("L-150", done["above_one"]),
        ("L-151", years.notna() & (years != day.year)),
        ("L-152", done["fin_year"].notna() & (done["fin_year"] != day.year)),
        ("L-153", done["co2_only"].fillna(False).astype(bool)),
        ("L-154", done["negative_equity"]),
        ("L-155", done["denominator_kind"] == "total assets"),
        ("L-156", done["denominator_kind"] == "total financing raised"),
    )
    out = [
        Issue(
            code,
            {"count": int(where.sum()), "loans": ", ".join(done.loc[where, "loan_id"][:5])},
            severity="finding",
        )
        for code, where in checks
        if where.any()
    ]
    if done["gwp_set"].dropna().nunique() > 1:
        sets = ", ".join(sorted(done["gwp_set"].dropna().unique()))
        out.append(Issue("L-157", {"sets": sets}, severity="finding"))
    if method == "pboc":
        out.append(Issue("L-145", {}, severity="finding"))
    return tuple(out)
