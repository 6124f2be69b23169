"""Reads the data-quality control plan (数据质量控制计划) that a plant keeps, as the plant wrote it.

The plan says, for every parameter of every facility, how its value is obtained, with which
instrument, how often it is measured and calibrated, what is done when it is missing, and
who answers for it (发电设施核算指南 2021, section 10 and appendix D.4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from carboncalc.activity.columns import join
from carboncalc.activity.draft import Draft, Refusal
from carboncalc.activity.entities import read_entities
from carboncalc.activity.files import MAX_BYTES, refuse
from carboncalc.activity.frame import good_rows, quarantined_rows
from carboncalc.activity.header import is_parameter_name, read_heading
from carboncalc.activity.identify import identify
from carboncalc.activity.layout import Layout
from carboncalc.activity.load import load
from carboncalc.activity.measured import measure_id
from carboncalc.activity.measures import canonical_unit
from carboncalc.activity.sheet import DATE_MARK, RawSheet
from carboncalc.activity.table import ActivityTable, DataTable
from carboncalc.activity.text import TextColumn, tidy
from carboncalc.activity.workbook import SheetChoice
from carboncalc.errors import ActivityDataError

#: What a plan row is about; an empty cell means any, and the fullest row that fits is taken.
PLACE = ("entity", "facility", "process", "source", "item", "parameter")

_WORDS = (
    "description", "meter_model", "meter_location", "accuracy", "measurement_frequency",
    "calibration_frequency", "recording_frequency", "missing_rule", "owner", "version", "note",
)  # fmt: skip

#: What the plan says about a value, in the order it is shown.
PLANNED = (
    "acquisition", "description", "meter", "meter_model", "meter_location", "accuracy",
    "measurement_frequency", "calibration_frequency", "calibration_date", "recording_frequency",
    "missing_rule", "owner", "version", "valid_from", "note",
)  # fmt: skip

PLAN_LAYOUT = Layout(
    table="quality_plan",
    columns=(*PLACE, "unit", *PLANNED),
    required=("parameter",),
)

#: How a value is obtained: the four kinds of appendix D.4.
ACQUISITIONS = {
    "measured": ("measured", "实测值", "实测", "自行检测", "委托检测"),
    "default": ("default", "缺省值", "缺省", "默认值"),
    "calculated": ("calculated", "计算值", "计算"),
    "other": ("other", "其他", "其它"),
}

#: Without these a measured value is not under control.
NEEDED_IF_MEASURED = (
    "meter", "accuracy", "measurement_frequency", "calibration_frequency", "calibration_date",
    "missing_rule", "owner",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class QualityPlan(DataTable):
    """A checked plan: good rows, quarantined rows and every problem.

    Examples
    --------
    >>> plan = read_quality_plan([{"企业": "P", "排放源": "化石燃料燃烧", "参数": "低位发热量",
    ...     "获取方式": "实测值", "精度": "0.5级"}])
    >>> plan.rows[["parameter", "acquisition", "accuracy"]].values.tolist()
    [['net_calorific_value', 'measured', '0.5级']]
    """


def read_quality_plan(
    data: Any,
    *,
    entities: Any = None,
    sheet: SheetChoice = None,
    strict: bool = False,
    max_bytes: int = MAX_BYTES,
) -> QualityPlan:
    """A data-quality control plan, one row per parameter, with all its problems at once.

    Parameters
    ----------
    data
        CSV, XLSX, Parquet or YAML path, a frame or records. Columns: entity, facility,
        process, source, item, parameter, unit, acquisition (measured, default, calculated,
        other), description, meter, meter_model, meter_location, accuracy,
        measurement_frequency, calibration_frequency, calibration_date, recording_frequency,
        missing_rule, owner, version, valid_from, note; headers may be Chinese.
        ``parameter`` is ``amount`` (the activity data), a parameter of a method, or a
        measure of the output table. In YAML the rows stand in a list ``parameters``; what
        stands beside it (``entity``, ``version`` …) holds for every row. An empty entity,
        facility, process, source or item means any; a row that names no entity and plans
        nothing is left out, so that a form with every parameter in it may be filled in part.
        In a workbook with other tables the sheet of the plan is found by its header.
    entities
        An entity set: names become ids.
    sheet
        Sheet or sheets of a workbook.
    strict
        Raise if there is any problem.
    max_bytes
        The size a file may have.

    Returns
    -------
    QualityPlan
        ``.rows`` in canonical columns, ``.quarantined``, ``.issues``, ``.findings``.

    Raises
    ------
    ActivityDataError
        No table can be made; with ``strict``, A-001 and all problems.

    Examples
    --------
    >>> plan = read_quality_plan([
    ...     {"entity": "P", "parameter": "amount", "source": "purchased_electricity",
    ...      "acquisition": "measured", "calibration_date": "2024-13-01"},
    ...     {"entity": "P", "source": "clinker", "parameter": "what?"}])
    >>> [(issue.row, issue.column, issue.code) for issue in plan.issues]
    [(1, 'calibration_date', 'V-104'), (2, 'parameter', 'V-102')]
    """
    known = None if entities is None else read_entities(entities)
    name = None
    if isinstance(data, str | PathLike) and fspath(data).lower().endswith((".yaml", ".yml")):
        name = Path(data).name
        data = _from_yaml(Path(data), max_bytes)
    loaded = load(data, PLAN_LAYOUT, sheet=sheet, max_bytes=max_bytes)
    draft = Draft(join([_that_plans(sheet) for sheet in loaded.sheets], PLAN_LAYOUT))
    identify(draft, known, any_entity=True)
    _read_parameter(draft)
    _read_words(draft)
    for column in ("calibration_date", "valid_from"):
        if draft.joined.has(column):
            given = draft.joined.text(column, tidy)
            draft.texts[column] = draft.translate(given, column, _day)
    _read_unit(draft)
    _unique(draft)
    rows, digest = good_rows(draft, PLAN_LAYOUT.columns)
    problems = draft.problems
    plan = QualityPlan(
        rows=_with_every_column(rows, name),
        quarantined=quarantined_rows(draft),
        issues=problems.issues(),
        findings=problems.issues("finding"),
        counts=problems.counts(),
        files=loaded.files,
        encodings=loaded.encodings,
        digest=digest,
    )
    if strict:
        plan.raise_issues()
    return plan


def plan_beside(data: Any, table: ActivityTable) -> QualityPlan | None:
    """The plan in the workbook that the activity data was read from; None where it has none.

    Parameters
    ----------
    data
        The path that ``table`` was read from.
    table
        The activity table; its entities hold for the plan too.

    Examples
    --------
    >>> import carboncalc as cc
    >>> plan_beside(None, cc.examples.minimal().activity) is None
    True
    """
    sheets = table.beside.get("quality_plan")
    if not sheets:
        return None
    try:
        return read_quality_plan(data, sheet=sheets, entities=table.entities)
    except ActivityDataError as error:
        if error.code == "A-003":  # a form that nobody filled in
            return None
        raise


def _that_plans(sheet: RawSheet) -> RawSheet:
    """The rows of a sheet that say whose value it is, or anything about how it is obtained."""
    planned = [
        TextColumn.of(column).missing
        for given, column in zip(sheet.header, sheet.columns, strict=True)
        if read_heading(given, PLAN_LAYOUT.table).column in ("entity", *PLANNED)
    ]
    return sheet.kept(~np.logical_and.reduce(planned)) if planned else sheet


def _from_yaml(path: Path, max_bytes: int) -> list[dict[str, Any]]:
    """The rows of a YAML plan: its list of parameters, each with what holds for all."""
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise refuse("A-004", path.name, size=size, limit=max_bytes)
        content = yaml.safe_load(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise refuse("A-002", path.name, reason=error.strerror or "") from None
    except UnicodeDecodeError:
        raise refuse("A-008", path.name) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise refuse("V-101", path.name, reason=" ".join(str(error).split())[:200]) from None
    common: dict[str, Any] = {}
    if isinstance(content, Mapping):
        common = {str(k): v for k, v in content.items() if k not in ("parameters", "参数")}
        content = content.get("parameters", content.get("参数"))
    if not content:
        raise refuse("A-003", path.name)
    if not isinstance(content, list) or not all(isinstance(row, Mapping) for row in content):
        raise refuse("V-101", path.name, reason="a list `parameters` of mappings is expected")
    rows = [{**common, **{str(k): v for k, v in row.items()}} for row in content]
    for number, row in enumerate(rows, start=1):
        nested = [key for key, value in row.items() if isinstance(value, Mapping | list)]
        if nested:
            reason = f"entry {number}: {nested[0]} is not a single value"
            raise refuse("V-101", path.name, reason=reason)
    keys = dict.fromkeys(key for row in rows for key in row)
    return [{key: row.get(key) for key in keys} for row in rows]


def _read_parameter(draft: Draft) -> None:
    named = draft.joined.text("parameter")
    draft.require("parameter", named.missing)
    draft.texts["parameter"] = named.mapped([parameter_id(value)[0] for value in named.values])
    known = named.is_in(lambda text: parameter_id(text)[1])
    sourced = draft.text("source").codes >= 0
    strange = np.flatnonzero(~named.missing & ~known & sourced)
    params = [{"text": text} for text in named.values]
    draft.problems.add(
        "V-102", strange, column="parameter", params=params, which=named.codes[strange]
    )


def parameter_id(text: str) -> tuple[str, bool]:
    """The id of a parameter or a measure of the output table, and whether it can be a parameter.

    A measure may be the plant's own word; a parameter of a source may not.

    Examples
    --------
    >>> parameter_id("碳氧化率"), parameter_id("消耗量"), parameter_id("水泥熟料")
    (('oxidation_factor', True), ('amount', True), ('clinker', False))
    >>> parameter_id("供电量"), parameter_id("by_product_rate[CF4]")
    (('供电量', False), ('by_product_rate[CF4]', True))
    """
    heading = read_heading(text, "activity")
    if heading.column is not None and not heading.is_unit:
        return heading.column, True
    measure = measure_id(text)
    return measure, measure == text and is_parameter_name(text) and "_" in text


def _read_words(draft: Draft) -> None:
    """Acquisition is one of four kinds; the rest is the plant's own words."""
    joined = draft.joined
    if joined.has("acquisition"):
        given = joined.text("acquisition")
        draft.texts["acquisition"] = draft.translate(given, "acquisition", _acquisition)
    for name in _WORDS:
        if joined.has(name):
            draft.texts[name] = joined.text(name)


def _acquisition(text: str) -> str | Refusal:
    folded = text.casefold()
    for kind, words in ACQUISITIONS.items():
        if folded in words:
            return kind
    return "V-103", {"text": text, "known": "实测值/measured, 缺省值/default, 计算值/calculated"}


def _day(text: str) -> str | Refusal:
    """A day as ``2024-03-01``, from a date cell, ISO text or 2024年3月1日."""
    plain = text.removeprefix(DATE_MARK).replace("年", "-").replace("月", "-").removesuffix("日")
    parts = plain.replace("/", "-").replace(".", "-").split("-")
    try:
        return dt.date(*(int(part) for part in parts)).isoformat() if len(parts) == 3 else _no(text)
    except ValueError:
        return _no(text)


def _no(text: str) -> Refusal:
    return "V-104", {"text": text.removeprefix(DATE_MARK)}


def _read_unit(draft: Draft) -> None:
    if draft.joined.has("unit"):
        given: TextColumn = draft.joined.text("unit")
        draft.texts["unit"] = draft.translate(given, "unit", canonical_unit)


def _unique(draft: Draft) -> None:
    """Two rows for one parameter in one version: which one holds cannot be known."""
    keys = {k: draft.texts[k].codes for k in (*PLACE, "version") if k in draft.texts}
    good = np.flatnonzero(~draft.problems.bad)
    repeated = pd.DataFrame(keys).iloc[good].duplicated(keep=False).to_numpy()
    draft.problems.add("V-105", good[repeated], column="parameter")


def _with_every_column(rows: pd.DataFrame, file: str | None) -> pd.DataFrame:
    out = rows.copy()
    for name in PLAN_LAYOUT.columns:
        if name not in out:
            out[name] = pd.Series([None] * len(out), dtype="str")
    if file is not None:
        out["file"] = pd.Series([file] * len(out), dtype="str")
    return out[[*PLAN_LAYOUT.columns, "file", "sheet", "row"]]
