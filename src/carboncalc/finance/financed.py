"""The result of an attribution: tonnes by loan and class, how sure, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.errors import AttributionError, Issue
from carboncalc.finance.money import yuan
from carboncalc.inventory.exact import exact_sum
from carboncalc.messages.catalogue import language, message
from carboncalc.provenance import worst_grade

#: Dimensions that the result can be taken apart by.
DIMENSIONS = ("asset_class", "use_industry_code", "industry_code", "bank_id", "borrower_id",
              "option", "grade")  # fmt: skip
_SHOWN = [
    "loan_id", "borrower_id", "project_id", "asset_class", "use_industry_code",
    "outstanding_cny", "denominator", "denominator_kind", "attribution_factor", "option",
    "data_quality", "grade", "emission_year", "s1_t", "s2_t", "s3_t", "co2_only",
    "financed_s1_t", "financed_s2_t", "financed_s12_t", "financed_s3_t", "above_one",
]  # fmt: skip

#: Stands for the single borrower and figure in a message that is said of many loans.
_WHOSE = {
    "zh": {"name": "借款人", "until": "更早日期", "missing": "月末余额"},
    "en": {"name": "the borrower", "until": "an earlier day", "missing": "month-end balances"},
}


@dataclass(frozen=True, eq=False)
class FinancedEmissions:
    """Financed emissions of a book at a date under one method.

    ``loans`` has every loan that was looked at, those without attribution with the message
    code of the ``reason``. Scope 3 stands apart from scopes 1 and 2 in every figure.

    Examples
    --------
    >>> import carboncalc as cc
    >>> loans, records = cc.examples.attribution_loans(), cc.examples.attribution_records()
    >>> found = cc.financed_emissions(loans, records)
    >>> found.method, found.by("asset_class").index.tolist()
    ('PCAF-2025', ['business_loan', 'project_finance'])
    """

    loans: pd.DataFrame
    method: str
    method_grade: str
    as_of: str
    parameters: Mapping[str, Any]
    findings: tuple[Issue, ...] = ()

    @property
    def _done(self) -> pd.DataFrame:
        found: pd.DataFrame = self.loans[self.loans["attributed"]]
        return found

    @property
    def s12_t(self) -> float:
        """Scopes 1 and 2 of the borrowers as attributed, in t CO2e; an exact sum."""
        return exact_sum(self._done["financed_s12_t"])

    @property
    def s3_t(self) -> float | None:
        """Scope 3 as attributed, in t CO2e: a line of its own; None where no loan has any."""
        values = self._done["financed_s3_t"].dropna()
        return exact_sum(values) if len(values) else None

    @property
    def attributed_cny(self) -> Decimal:
        """The balance of the loans in the figure."""
        return yuan(int(self._done["cny_fen"].sum()))

    @property
    def coverage(self) -> float | None:
        """Attributed balance ÷ balance of all loans in the balance; None without a balance."""
        inside = ~self.loans["reason"].isin(["L-120", "L-121"])
        whole = int(self.loans.loc[inside, "cny_fen"].sum())
        return int(self._done["cny_fen"].sum()) / whole if whole else None

    @property
    def data_quality(self) -> float | None:
        """``Σ O·score ÷ Σ O``, 1 best to 5 worst; None without a balance.

        A mean over classes hides what they differ in: see ``by("asset_class")``.
        """
        return _weighted(self._done)

    @property
    def grade(self) -> str | None:
        """The worst evidence grade behind the figure, the method's own grade among them."""
        grades = [str(grade) for grade in self._done["grade"].dropna().unique()]
        return worst_grade(self.method_grade, *grades) if len(self._done) else None

    def by(self, dimension: str) -> pd.DataFrame:
        """One row per class, industry, bank, borrower, option or grade.

        Columns: loans, outstanding_cny, s12_t, s3_t, t_per_million_cny, data_quality.

        Raises
        ------
        AttributionError
            ``L-146`` for a dimension that is not known.
        """
        if dimension not in DIMENSIONS:
            raise AttributionError("L-146", dimension=dimension, dimensions=", ".join(DIMENSIONS))
        done = self._done
        keys = done[dimension].astype(object).where(done[dimension].notna(), "(none)")
        rows = []
        for key in sorted(set(keys), key=str):
            part = done[keys == key]
            fen = int(part["cny_fen"].sum())
            s12 = exact_sum(part["financed_s12_t"])
            s3 = part["financed_s3_t"].dropna()
            rows.append(
                {
                    dimension: key, "loans": len(part), "outstanding_cny": yuan(fen),
                    "s12_t": s12, "s3_t": exact_sum(s3) if len(s3) else np.nan,
                    "t_per_million_cny": s12 / (fen / 1e8) if fen else np.nan,
                    "data_quality": _weighted(part),
                }
            )  # fmt: skip
        columns = [dimension, "loans", "outstanding_cny", "s12_t", "s3_t", "t_per_million_cny",
                   "data_quality"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).set_index(dimension)

    def excluded(self, lang: str | None = None) -> pd.DataFrame:
        """What is not in the figure: reason, message, count, balance in CNY."""
        left = self.loans[~self.loans["attributed"]]
        rows = []
        for code in sorted(set(left["reason"])):
            part = left[left["reason"] == code]
            params = _WHOSE[language(lang)] | {"on": self.as_of, "year": self.as_of[:4]}
            rows.append(
                {
                    "reason": code, "message": message(code, params, lang), "loans": len(part),
                    "outstanding_cny": yuan(int(part["cny_fen"].sum())),
                }
            )  # fmt: skip
        return pd.DataFrame(rows, columns=["reason", "message", "loans", "outstanding_cny"])

    def loan_table(self) -> pd.DataFrame:
        """The attributed loans, each with its factor, option, score, grade and tonnes."""
        done = self._done
        money = pd.Series([yuan(int(fen)) for fen in done["cny_fen"]], index=done.index)
        table = done.assign(outstanding_cny=money)
        return table[_SHOWN].reset_index(drop=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, for a workbook or a page."""
        return {
            "by_class": self.by("asset_class").reset_index(),
            "by_industry": self.by("use_industry_code").reset_index(),
            "by_option": self.by("option").reset_index(),
            "excluded": self.excluded(),
            "loans": self.loan_table(),
            "findings": pd.DataFrame([issue.record() for issue in self.findings]),
        }

    def to_json(self) -> dict[str, Any]:
        """The result as plain values; money as text with two decimals."""

        def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
            plain = frame.astype(object).where(frame.notna(), None)
            return [
                {str(k): f"{v:.2f}" if isinstance(v, Decimal) else v for k, v in row.items()}
                for row in plain.to_dict("records")
            ]

        return {
            "contract": 1, "method": self.method, "method_grade": self.method_grade,
            "as_of": self.as_of, "parameters": dict(self.parameters), "s12_t": self.s12_t,
            "s3_t": self.s3_t, "attributed_cny": f"{self.attributed_cny:.2f}",
            "coverage": self.coverage, "data_quality": self.data_quality, "grade": self.grade,
            "by_class": rows(self.by("asset_class").reset_index()),
            "by_industry": rows(self.by("use_industry_code").reset_index()),
            "excluded": rows(self.excluded()),
            "findings": [issue.record() for issue in self.findings],
        }  # fmt: skip

    def facts(self, lang: str | None = None) -> list[tuple[str, str]]:
        """The headline facts as label and text."""
        zh = language(lang) == "zh"
        share = "-" if self.coverage is None else f"{self.coverage:.1%}"
        quality = "-" if self.data_quality is None else f"{self.data_quality:.2f}"
        s3 = "-" if self.s3_t is None else f"{self.s3_t:,.1f} t CO2e"
        total = f"{self.s12_t:,.1f} t CO2e" if len(self._done) else "-"
        named = ", ".join(sorted({issue.code for issue in self.findings})) or "-"
        return [
            ("范围一、二" if zh else "scopes 1 and 2", total),
            ("范围三(单列)" if zh else "scope 3 (apart)", s3),
            ("覆盖余额" if zh else "balance covered", f"CNY {yuan(self._fen()):,.2f} ({share})"),
            ("数据质量" if zh else "data quality", f"{quality} (1–5)"),
            ("证据等级" if zh else "evidence", f"{self.grade or '-'}; {self.method} "
                                              f"{self.method_grade}"),
            ("参数" if zh else "parameters",
             ", ".join(f"{k}={v}" for k, v in self.parameters.items())),
            ("提示" if zh else "findings", named),
            *((("未计入" if zh else "left out"), said) for said in self._left_out(lang)),
        ]  # fmt: skip

    def _left_out(self, lang: str | None) -> list[str]:
        """The two reasons that weigh most, each with its loans and balance."""
        table = self.excluded(lang).sort_values("outstanding_cny", ascending=False, kind="stable")
        word = "笔" if language(lang) == "zh" else "loans"
        return [
            f"{row['loans']:,} {word}, CNY {row['outstanding_cny']:,.2f}: {row['message']}"
            for row in table.head(2).to_dict("records")
        ]

    def _fen(self) -> int:
        return int(self._done["cny_fen"].sum())

    def __repr__(self) -> str:
        head = f"<FinancedEmissions {self.method} {self.as_of}>"
        return "\n".join([head, *(f"  {label}: {text}" for label, text in self.facts())])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(label)}</th><td>{escape(text)}</td></tr>"
            for label, text in self.facts()
        )
        said = "".join(f"<li>{escape(issue.text())}</li>" for issue in self.findings)
        return f"<table><caption>{escape(self.method)}</caption>{rows}</table><ul>{said}</ul>"


def _weighted(loans: pd.DataFrame) -> float | None:
    """Balance-weighted mean of the scores; None (not 0) without a balance."""
    fen = loans["cny_fen"].to_numpy(dtype=np.int64)
    whole = int(fen.sum())
    if not whole:
        return None
    twice = (loans["data_quality"].to_numpy(dtype=float) * 2).astype(np.int64)
    return sum(int(f) * int(s) for f, s in zip(fen, twice, strict=True)) / (2 * whole)
