"""What a park profile comes to: figures, indicators, the verdict and how firm it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from carboncalc.errors import Issue
from carboncalc.footprint.indicators import Indicator
from carboncalc.footprint.primary import PrimaryEquivalent
from carboncalc.messages.catalogue import language

_WORDS = {
    "zh": {
        "pass": "达标",
        "fail": "未达标",
        "not_defined": "未规定限值",
        "not_applicable": "不适用",
        "missing_data": "缺数据",
        "verdict": "结论稳健性",
        "firm": "在等价值 ±5 % 内结论不变",
        "soft": "在等价值 ±5 % 内结论改变",
        "gap": "距限值差距",
        "co2": "CO2 排放",
        "energy": "综合能源消费量",
        "c": "单位能耗碳排放",
        "direct": "绿电直供占比",
        "holes": "缺口",
        "primary": "电力等价值",
    },
    "en": {
        "pass": "pass",
        "fail": "fail",
        "not_defined": "no limit published",
        "not_applicable": "not applicable",
        "missing_data": "data missing",
        "verdict": "the verdict",
        "firm": "holds within ±5 % of the primary equivalent",
        "soft": "changes within ±5 % of the primary equivalent",
        "gap": "gap to the limit",
        "co2": "CO2",
        "energy": "energy consumed",
        "c": "CO2 per unit of energy",
        "direct": "share of directly supplied green power",
        "holes": "holes",
        "primary": "primary equivalent of power",
    },
}


@dataclass(frozen=True, eq=False)
class ParkProfile:
    """A park under the zero-carbon rules.

    ``emissions`` are the terms of E in t CO2, ``energy`` those of W in tce, ``cases`` c and
    the verdict with the primary equivalent at −5 %, 0 and +5 %, ``inventory`` the lines
    behind E, each of which can be traced.
    """

    name: str
    rules: Mapping[str, Any]
    years: str
    co2_t: float
    emissions: pd.DataFrame
    energy: pd.DataFrame
    fuels: pd.DataFrame
    primary: PrimaryEquivalent
    cases: pd.DataFrame
    indicators: tuple[Indicator, ...]
    direct_share: float | None
    inventory: Any
    findings: tuple[Issue, ...] = ()
    summary_facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def core(self) -> Indicator:
        """The indicator that acceptance turns on: CO2 per unit of energy."""
        return self.indicators[0]

    @property
    def energy_tce(self) -> float:
        """W, the energy consumed in tce with electricity at primary equivalent."""
        return float(self.cases["W_tce"].iloc[1])

    @property
    def holds(self) -> bool:
        """Whether the verdict is the same at −5 %, 0 and +5 % of the primary equivalent."""
        return bool(self.cases["status"].nunique() == 1)

    @property
    def gap_t(self) -> float | None:
        """CO2 above the limit (t): ``E − limit × W``; negative below it, None without limit."""
        limit = self.core.threshold
        return None if limit is None else self.co2_t - limit * self.energy_tce

    @property
    def direct_supply_met(self) -> bool | None:
        """Whether direct supply reaches its share (asked for in principle); None without power."""
        wanted: float = self.rules["direct_supply"]["at_least"]
        return None if self.direct_share is None else self.direct_share >= wanted

    def indicator_table(self) -> pd.DataFrame:
        """All indicators as a table."""
        rows = [
            {
                "id": i.id,
                "type": i.type,
                "name_zh": i.name["zh"],
                "name_en": i.name["en"],
                "value": i.value,
                "unit": i.unit,
                "threshold": i.threshold,
                "band": i.band,
                "status": i.status,
                "reason": i.reason,
                "formula_grade": i.formula_grade,
            }
            for i in self.indicators
        ]
        return pd.DataFrame(rows)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the profile by name."""
        return {
            "indicators": self.indicator_table(),
            "cases": self.cases,
            "emissions": self.emissions,
            "energy": self.energy,
            "fuels": self.fuels,
        }

    def to_json(self) -> dict[str, Any]:
        """The profile as plain values."""

        def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
            plain = frame.astype(object).where(frame.notna(), None)
            return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]

        return {
            "contract": 1,
            "profile": self.name,
            "document": self.rules["number"],
            "years": self.years,
            "co2_t": self.co2_t,
            "energy_tce": self.energy_tce,
            "primary": self.primary.model_dump(),
            "direct_share": self.direct_share,
            "direct_supply_met": self.direct_supply_met,
            "gap_t": self.gap_t,
            "verdict_holds": self.holds,
            "indicators": [indicator.model_dump() for indicator in self.indicators],
            **{
                name: records(table)
                for name, table in self.tables().items()
                if name != "indicators"
            },
            "findings": [issue.record() for issue in self.findings],
            "holes": list(self.rules["holes"]),
        }

    def facts(self, lang: str | None = None) -> list[tuple[str, str]]:
        """The headline facts as label and text."""
        tongue = language(lang)
        words = _WORDS[tongue]
        core = self.core
        value = "-" if core.value is None else f"{core.value:.3f}"
        limit = "-" if core.threshold is None else f"{core.threshold}"
        gap = "-" if self.gap_t is None else f"{self.gap_t:,.0f} t CO2"
        share = "-" if self.direct_share is None else f"{self.direct_share:.1%} (≥ 50 %)"
        others = "  ".join(f"{i.id} {words[i.status]}" for i in self.indicators[1:])
        return [
            (words["c"], f"{value} {core.unit} (≤ {limit}, {core.band}) → {words[core.status]}"),
            (words["verdict"], words["firm"] if self.holds else words["soft"]),
            (words["co2"], f"{self.co2_t:,.1f} t ({self.years})"),
            (words["energy"], f"{self.energy_tce / 1e4:,.2f} × 10^4 tce"),
            (
                words["primary"],
                f"{self.primary.value} {self.primary.unit} "
                f"({self.primary.date}, {self.primary.source})",
            ),
            (words["gap"], gap),
            (words["direct"], share),
            ("Z1–Z5", others),
        ]

    def __repr__(self) -> str:
        head = f"<ParkProfile {self.name} {self.rules['number']}>"
        return "\n".join([head, *(f"  {label}: {text}" for label, text in self.facts())][:10])

    def _repr_html_(self) -> str:
        tongue = language(None)
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(label)}</th><td>{escape(text)}</td></tr>"
            for label, text in self.facts(tongue)
        )
        holes = "".join(f"<li>{escape(hole[tongue])}</li>" for hole in self.rules["holes"])
        title = escape(f"{self.rules['name'][tongue]} {self.rules['number']}")
        return f"<table><caption>{title}</caption>{rows}</table><ul>{holes}</ul>"
