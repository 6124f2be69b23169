"""PCAF: business loans and project finance (Part A, chapters 5.2 and 5.3).

``FE = outstanding / (equity + debt) × E``; EVIC for listed borrowers; negative equity counts
as zero; the balance sheet total stands in where debt or equity cannot be had. Without
emissions: ``O/V × revenue × E_s/r_s`` (3a) or ``O × E_s/A_s`` (3b, no attribution factor).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

#: Options in order of preference: the first that has all it needs is taken.
OPTIONS = ("1a", "1b", "3a", "3b")


def attribute(loans: pd.DataFrame, rules: dict[str, Any]) -> pd.DataFrame:
    """Loans with denominator, attribution factor, option, score and financed emissions.

    Loans that took no part already (``reason``) stay as they are; the others get one where
    something is missing: ``L-133`` no denominator, ``L-134`` no emissions and no average.
    """
    out = _with_denominator(loans)
    millions = out["cny_fen"] / 1e8  # 分 → million CNY
    factor = (out["cny_fen"] / 100) / out["denominator"]
    free = out["reason"] == ""
    reported = free & out["option"].notna()
    known = reported & factor.notna()
    by_revenue = (
        free & out["option"].isna() & factor.notna()
        & out["revenue"].notna() & out["sector_per_revenue"].notna()
    )  # fmt: skip
    by_assets = free & out["option"].isna() & ~by_revenue & out["sector_per_assets"].notna()
    out["option"] = out["option"].mask(by_revenue, "3a").mask(by_assets, "3b")
    out["grade"] = out["grade"].mask(by_revenue | by_assets, "S")
    out["attribution_factor"] = factor.where(known | by_revenue)
    for name in ("s1", "s2", "s3"):
        out[f"financed_{name}_t"] = (factor * out[f"{name}_t"].astype("float64")).where(known)
    s12 = (out["financed_s1_t"] + out["financed_s2_t"]).where(known)
    revenue_t = factor * (out["revenue"] / 1e6) * out["sector_per_revenue"]
    s12 = s12.where(~by_revenue, revenue_t).where(~by_assets, millions * out["sector_per_assets"])
    out["financed_s12_t"] = s12
    done = known | by_revenue | by_assets
    out["reason"] = out["reason"].mask(reported & ~known, "L-133")
    out["reason"] = out["reason"].mask(free & ~done & ~reported, "L-134")
    out["data_quality"] = _scores(out, rules).where(done)
    out["attributed"] = done
    return out


def _with_denominator(loans: pd.DataFrame) -> pd.DataFrame:
    """The denominator in CNY and what it is; NaN where it cannot be had or is not positive."""
    equity = loans["borrower_equity"]
    whole = equity.clip(lower=0) + loans["total_debt"]
    enterprise = loans["market_capitalisation"] + loans["total_debt"]
    enterprise = enterprise + loans["minority_interest"].fillna(0.0)
    project = loans["asset_class"] == "project_finance"
    value = pd.Series(np.nan, index=loans.index)
    kind = pd.Series("", index=loans.index, dtype="str")
    for name, candidate, where in (
        ("EVIC", enterprise, ~project),
        ("equity + debt", whole, ~project),
        ("total assets", loans["total_assets"], ~project),
        ("project equity + debt", loans["project_equity_debt"], project),
        ("total financing raised", loans["project_total_investment"], project),
    ):
        take = where & value.isna() & (candidate > 0)
        value = value.mask(take, candidate)
        kind = kind.mask(take, name)
    out = loans.assign(denominator=value, denominator_kind=kind)
    out["negative_equity"] = ~project & (equity < 0) & (kind == "equity + debt")
    return out


def _scores(loans: pd.DataFrame, rules: dict[str, Any]) -> pd.Series:
    """Data quality by (asset class, option): never a global look-up."""
    table = {
        (kind, option): float(score)
        for kind, entry in rules["classes"].items()
        for option, score in entry["scores"].items()
    }
    pairs = zip(loans["asset_class"], loans["option"], strict=True)
    return pd.Series([table.get(pair, np.nan) for pair in pairs], index=loans.index)
