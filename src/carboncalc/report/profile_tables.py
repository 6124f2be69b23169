"""The zero-carbon park profile on a page: indicators, the band, the gap, and how firm it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.report.numbers import plain, shown
from carboncalc.report.table import Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.footprint.profile_result import ParkProfile


@dataclass(frozen=True)
class ProfilePart:
    """What a page shows of a profile."""

    title: str
    document: str
    where: str
    status: str
    verdict: str
    firmness: str
    gap: str
    tables: tuple[Table, ...]
    holes: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def documents(self) -> set[str]:
        """The key of the document the rules are taken from."""
        return {self.document}


def profile_part(profile: ParkProfile, words: Words) -> ProfilePart:
    """The part of a page about a park profile.

    Examples
    --------
    >>> import carboncalc as cc
    >>> part = profile_part(cc.examples.park_footprint().profile("ndrc910"), Words("en"))
    >>> part.status, len(part.tables)
    ('fail', 5)
    """
    core, rules = profile.core, profile.rules
    value = "—" if core.value is None else plain(round(core.value, 4))
    limit = "—" if core.threshold is None else plain(core.threshold)
    gap = profile.gap_t
    return ProfilePart(
        title=f"{rules['name'][words.lang]} {rules['number']}",
        document=rules["document"],
        where=rules["limit_where"]["where"],
        status=core.status,
        verdict=words(
            "profile_verdict", value=value, unit=core.unit, limit=limit, band=core.band or "—",
            energy=plain(round(profile.energy_tce / 1e4, 4)),
            status=words(f"status_{core.status}"),
        ),
        firmness=words("profile_firm" if profile.holds else "profile_soft"),
        gap=_gap(gap, words),
        tables=(
            _indicators(profile, words),
            _cases(profile, words),
            _terms("profile-emissions", profile.emissions, "co2_t", "t CO2", words),
            _terms("profile-energy", profile.energy, "tce", "tce", words),
            _fuels(profile.fuels, words),
        ),
        holes=tuple(hole[words.lang] for hole in rules["holes"]),
        findings=tuple(issue.text(words.lang) for issue in profile.findings),
    )  # fmt: skip


def _gap(gap: float | None, words: Words) -> str:
    if gap is None:
        return words("profile_gap_none")
    key = "profile_gap_above" if gap > 0 else "profile_gap_below"
    return words(key, gap=shown(abs(gap), "tonnes"))


def _indicators(profile: ParkProfile, words: Words) -> Table:
    rows = [
        (
            i.id, i.name[words.lang], words(f"indicator_{i.type}"), i.value, i.threshold, i.unit,
            words(f"status_{i.status}"), i.reason or "", i.formula_grade,
        )
        for i in profile.indicators
    ]  # fmt: skip
    share = profile.direct_share
    met = profile.direct_supply_met
    supply = profile.rules["direct_supply"]
    rows.append((
        "—", supply["name"][words.lang], words("indicator_in_principle"), share,
        supply["at_least"], "1",
        words("status_missing_data" if met is None else "status_pass" if met else "status_fail"),
        "", supply["where"]["grade"],
    ))  # fmt: skip
    return table(
        "profile-indicators", words("indicators"),
        [("id", "id", "code"), ("name", words("indicator")), ("type", words("kind")),
         ("value", words("value"), "number"), ("threshold", words("threshold"), "number"),
         ("unit", words("unit")), ("status", words("status")), ("reason", words("remark")),
         ("grade", words("grade"), "grade")],
        rows, words("indicators_note"),
    )  # fmt: skip


def _cases(profile: ParkProfile, words: Words) -> Table:
    rows = [
        (f"{case['shift']:+.0%}".replace("-", "−"), case["primary_tce_per_MWh"], case["W_tce"],
         case["c"], None if pd.isna(case["limit"]) else case["limit"], str(case["band"]),
         words(f"status_{case['status']}"))
        for case in profile.cases.to_dict("records")
    ]  # fmt: skip
    primary = profile.primary
    note = words(
        "cases_note", value=plain(primary.value), unit=primary.unit, date=primary.date,
        source=primary.source,
    )  # fmt: skip
    return table(
        "profile-cases", words("cases"),
        [("shift", words("shift")), ("k", "tce/MWh", "number"), ("w", "W, tce", "tonnes"),
         ("c", "t CO2/tce", "number"), ("limit", words("threshold"), "number"),
         ("band", words("band")), ("status", words("status"))],
        rows, note,
    )  # fmt: skip


def _terms(key: str, frame: pd.DataFrame, value: str, unit: str, words: Words) -> Table:
    rows: Iterable[Any] = [
        (words.either(f"term_{row['term']}", str(row["term"])), row[value])
        for row in frame.to_dict("records")
    ]
    return table(
        key, words(key.replace("-", "_")),
        [("term", words("what")), (value, unit, "tonnes")], rows,
    )  # fmt: skip


def _fuels(frame: pd.DataFrame, words: Words) -> Table:
    rows = [
        (words.name("item", row["item"]), row["amount"], row["unit"],
         words.either(f"basis_of_{str(row['basis']).replace(' ', '_')}", str(row["basis"])),
         row["tce"], row["co2_t"])
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return table(
        "profile-fuels", words("profile_fuels"),
        [("item", words("item")), ("amount", words("amount"), "number"), ("unit", words("unit")),
         ("basis", words("standard_coal_by")), ("tce", "tce", "tonnes"),
         ("co2_t", "t CO2", "tonnes")],
        rows,
    )  # fmt: skip
