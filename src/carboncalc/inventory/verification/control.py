"""The control plan joined with what the run used: per parameter, planned beside actual."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue, UnitError
from carboncalc.inventory.verification.plan_file import NEEDED_IF_MEASURED, PLANNED, QualityPlan
from carboncalc.inventory.verification.plan_file import PLACE as PLAN_KEY
from carboncalc.inventory.verification.used import DEFAULTS, OWN, months_text
from carboncalc.provenance import GRADE_ORDER

COLUMNS = (
    *PLAN_KEY, "label_zh", "label_en", "unit", "status", "rows", "origins", "value_low",
    "value_high", "grade", "factor_ids", "source_document", "where", "own_months",
    "default_months", "document_rule", "default_id", "meters_used", *(f"plan_{n}" for n in PLANNED),
)  # fmt: skip


def control_table(used: pd.DataFrame, plan: QualityPlan | None) -> pd.DataFrame:
    """One row per parameter that was used, and per planned one that was not.

    Parameters
    ----------
    used
        What :func:`used_values` and :func:`used_outputs` give, one below the other.
    plan
        The plan, if the plant has one.

    Returns
    -------
    pandas.DataFrame
        ``status`` is ``planned_and_used``, ``not_planned`` or ``not_used``. ``origins`` says
        how many rows took the value from where; ``document_rule`` what the document does
        with a missing value: ``refused`` (no default, absent is not zero), ``default``,
        ``punitive_default`` or ``not_claimed``. The plan's columns start with ``plan_``.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.used import used_values
    >>> table = control_table(used_values(cc.examples.minimal()), None)
    >>> table.status.unique().tolist(), table.parameter.tolist()[:2]
    (['not_planned'], ['amount', 'net_calorific_value'])
    """
    planned = _planned(plan)
    taken: set[int] = set()
    records: list[dict[str, Any]] = []
    keys = list(PLAN_KEY)
    filled = used.assign(**{k: used[k].astype("object").where(used[k].notna(), "") for k in keys})
    for place, part in filled.groupby(keys, sort=False):
        record = dict(zip(keys, place, strict=True)) | _summary(part)
        found = _best(planned, record, part["aliases"].iloc[0])
        if found:
            same = [found[0][1][key] for key in PLAN_KEY]
            taken.update(i for i, row in found if [row[key] for key in PLAN_KEY] == same)
            record |= {f"plan_{name}": found[0][1][name] for name in PLANNED}
            record["plan_unit"] = found[0][1]["unit"]
        record["status"] = "planned_and_used" if found else "not_planned"
        records.append(record)
    for rows in planned.values():
        for index, row in rows:
            if index not in taken:
                record = {name: row[name] for name in (*PLAN_KEY, "unit")}
                record |= {f"plan_{name}": row[name] for name in PLANNED}
                records.append(record | {"status": "not_used", "rows": 0, "plan_unit": row["unit"]})
    return pd.DataFrame(records, columns=[*COLUMNS, "plan_unit", "period_end"])


def _planned(plan: QualityPlan | None) -> dict[tuple[str, str], list[tuple[int, dict[str, Any]]]]:
    """Plan rows by entity and parameter, the latest version first."""
    out: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    if plan is None:
        return out
    rows = plan.rows.astype("object").where(plan.rows.notna(), "")
    order = sorted(range(len(rows)), key=lambda k: (rows["valid_from"].iloc[k], k), reverse=True)
    for index in order:
        row = {str(name): value for name, value in rows.iloc[index].items()}
        out[row["entity"], row["parameter"]].append((index, row))
    return out


def _best(planned: Any, record: dict[str, Any], aliases: Any) -> list[tuple[int, dict[str, Any]]]:
    """The plan rows that fit a place, the fullest first (of equals the latest version)."""
    fitting = [
        (index, row)
        for name in (record["parameter"], *aliases)
        for entity in dict.fromkeys((record["entity"], ""))
        for index, row in planned.get((entity, name), ())
        if all(row[key] in ("", record[key]) for key in PLAN_KEY[1:5])
    ]
    fitting.sort(key=lambda entry: -sum(entry[1][key] != "" for key in PLAN_KEY[:5]))
    return fitting


def _summary(part: pd.DataFrame) -> dict[str, Any]:
    """What a group of used values has in common, and where it differs."""
    values = part["value"].astype(float)
    counts = part["origin"].value_counts().sort_index()
    own = part["origin"].isin(OWN)
    default = part["origin"].isin(DEFAULTS)
    grades = [GRADE_ORDER.index(grade) for grade in part["grade"]]
    return {
        "label_zh": part["label_zh"].iloc[0],
        "label_en": part["label_en"].iloc[0],
        "unit": "; ".join(dict.fromkeys(str(unit) for unit in part["unit"])),
        "rows": len(part),
        "origins": "; ".join(f"{origin} {count}" for origin, count in counts.items()),
        "value_low": float(values.min()),
        "value_high": float(values.max()),
        "grade": GRADE_ORDER[max(grades)],
        "factor_ids": _listed(part["factor_id"]),
        "source_document": _listed(part["source_document"]),
        "where": _listed(part["where"]),
        "own_months": months_text(part.loc[own, "period_start"]),
        "default_months": months_text(part.loc[default, "period_start"]),
        "document_rule": _rule(part),
        "default_id": _listed(part["default_id"]),
        "meters_used": _listed(part["meter"]),
        "period_end": pd.Timestamp(part["period_end"].max()),
    }


def _listed(column: pd.Series, most: int = 6) -> str:
    found = [str(v) for v in dict.fromkeys(column.dropna()) if v != ""]
    more = f" … (+{len(found) - most})" if len(found) > most else ""
    return "; ".join(found[:most]) + more


def _rule(part: pd.DataFrame) -> str:
    """The document's rule for a missing value; several where routes or years differ."""
    return "; ".join(dict.fromkeys(part["default_rule"]))


#: The same parameter that is not planned at more places than these is said once.
MANY_PLACES = 5


def control_findings(table: pd.DataFrame, has_plan: bool) -> Iterator[tuple[Issue, dict[str, Any]]]:
    """What planned and actual disagree about, with the place each finding is about.

    Without a plan nothing is said: the table itself shows that nothing was planned. What is
    not planned at many facilities or processes is one finding; ``members`` of its place
    holds the keys of all of them.
    """
    if not has_plan:
        return
    filled = table.astype("object").where(table.notna(), "")
    columns = [str(name) for name in filled.columns]
    records = [dict(zip(columns, row, strict=True)) for row in filled.to_numpy().tolist()]
    alike: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for record in records:
        if record["status"] == "not_planned":
            alike[_across(record)].append(tuple(record[name] for name in PLAN_KEY))
    for record in records:
        place = {name: record[name] for name in PLAN_KEY}
        members = alike.get(_across(record), [])
        together = record["status"] == "not_planned" and len(members) > MANY_PLACES
        more = {"more_zh": "", "more_en": ""}
        if together:
            if members[0] != tuple(place.values()):
                continue
            place |= {"facility": "", "process": "", "members": members}
            more = {"more_zh": f"(共 {len(members)} 处)", "more_en": f" ({len(members)} places)"}
        shown = " / ".join(place[k] for k in PLAN_KEY[:5] if place[k])
        said = {"place": shown, "parameter": record["parameter"], **more}
        for code, params in _disagreements(record):
            yield Issue(code, said | params, column=record["parameter"], severity="finding"), place


def _across(record: dict[str, Any]) -> tuple[str, ...]:
    """What facilities and processes of an entity have in common."""
    return tuple(record[name] for name in ("entity", "source", "item", "parameter"))


def _disagreements(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if record["status"] == "not_planned":
        yield "V-111", {}
        return
    if record["plan_acquisition"] == "measured":
        lacking = [name for name in NEEDED_IF_MEASURED if not record[f"plan_{name}"]]
        if lacking:
            yield "V-116", {"columns": ", ".join(lacking)}
    if record["status"] == "not_used":
        yield "V-112", {}
        return
    counts = _counts(record["origins"])
    if record["plan_acquisition"] == "measured" and record["default_months"]:
        count = sum(n for origin, n in counts.items() if origin in DEFAULTS)
        yield "V-113", {"count": count, "months": record["default_months"]}
    if record["plan_acquisition"] == "default" and record["own_months"]:
        count = sum(n for origin, n in counts.items() if origin in OWN)
        yield "V-114", {"count": count, "months": record["own_months"]}
    if not _same_kind(record["plan_unit"], record["unit"]):
        yield "V-115", {"planned": record["plan_unit"], "used": record["unit"]}
    meters = [meter for meter in record["meters_used"].split("; ") if meter]
    strange = [meter for meter in meters if meter not in record["plan_meter"]]
    if record["parameter"] == "amount" and record["plan_meter"] and strange:
        yield "V-119", {"used": "; ".join(strange), "planned": record["plan_meter"]}
    yield from _calibration(record)


def _counts(origins: str) -> dict[str, int]:
    pairs = (entry.rsplit(" ", 1) for entry in origins.split("; ") if entry)
    return {origin: int(count) for origin, count in pairs}


def _same_kind(planned: str, used: str) -> bool:
    if not planned or not used:
        return True
    try:
        return all(_plain(planned) == _plain(unit) for unit in used.split("; "))
    except UnitError:
        return False


def _plain(unit: str) -> tuple[tuple[str, int], ...]:
    """The dimension without substance tags: plans write t, equations t CO2 or t C."""
    kept: dict[str, int] = defaultdict(int)
    tags = [name for name, _ in units.dimension("t CO2") + units.dimension("t C")]
    for name, power in units.dimension(unit):
        if name not in tags or name == "[mass]":
            kept[name] += power
    return tuple(sorted((name, power) for name, power in kept.items() if power))


def _calibration(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whether the calibration covers the data period."""
    if not record["plan_calibration_date"] or not isinstance(record["period_end"], pd.Timestamp):
        return
    done = dt.date.fromisoformat(record["plan_calibration_date"])
    last = record["period_end"].date() - dt.timedelta(days=1)
    if done > last:
        yield "V-117", {"date": done.isoformat(), "end": last.isoformat()}
        return
    months = months_between(record["plan_calibration_frequency"])
    if months is not None:
        due = later(done, months)
        if due <= last:
            yield "V-118", {"due": due.isoformat(), "end": last.isoformat()}


_INTERVALS = (
    (r"(?:半年|6个月|六个月|six months|6 months|half-yearly|2次/年|一年两次)", 6),
    (r"(?:每?季度?|季|3个月|quarterly|4次/年)", 3),
    (r"(?:两年|二年|2年|24个月|two years|2 years|1次/2年)", 24),
    (r"(?:三年|3年|36个月|three years|3 years|1次/3年)", 36),
    (r"(?:每?个?月|1次/月|monthly|every month)", 1),
    (r"(?:每?一?1?年|每年度?|1次/年|一次/年|每年1次|每年一次|12个月|yearly|annually|annual"
     r"|once a year|every year)", 12),
)  # fmt: skip


def months_between(text: str) -> int | None:
    """The months between two calibrations, where the words are plain enough.

    Examples
    --------
    >>> [months_between(text) for text in ("1次/年", "每季度", "two years", "按需")]
    [12, 3, 24, None]
    """
    folded = re.sub(r"\s+", " ", text.casefold()).strip().removeprefix("每隔")
    for pattern, months in _INTERVALS:
        if re.fullmatch(pattern, folded):
            return months
    return None


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the month's last.

    Examples
    --------
    >>> later(dt.date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def rows_by_place(used: pd.DataFrame) -> dict[tuple[str, ...], Any]:
    """The activity rows (positions in the ledger) that used each parameter at each place.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.used import used_values
    >>> found = rows_by_place(used_values(cc.examples.minimal()))
    >>> len(next(iter(found.values())))
    1
    """
    keys = list(PLAN_KEY)
    filled = used[keys].astype("object").where(used[keys].notna(), "")
    rows = used["entry_row"].to_numpy()
    groups: dict[Any, Any] = dict(filled.groupby(keys, sort=False).indices)
    return {tuple(str(name) for name in place): rows[at] for place, at in groups.items()}
