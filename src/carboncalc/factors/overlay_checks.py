"""The checks of one overlay row; each problem is an issue, none stops the others."""

from __future__ import annotations

import math
import re
from datetime import date

from carboncalc import units
from carboncalc.errors import IssueLog, UnitError
from carboncalc.factors.files import COLUMNS
from carboncalc.factors.known import last_day
from carboncalc.factors.nearest import nearest_ids
from carboncalc.factors.parameters import parameters, range_for, times_off
from carboncalc.factors.request import GRID_KINDS
from carboncalc.factors.technologies import technology_id
from carboncalc.factors.uncertainty import parse_uncertainty
from carboncalc.vocabulary.names import Ambiguous, Resolved, lookup, refusal

NEEDED = ("item", "parameter", "value", "unit", "source")

#: A value this many times outside its range is a slip of units or of the decimal point.
FAR_OFF = 10.0

_FORMULA = re.compile(r"^\s*[=@]|^\s*[+-]\s*[A-Za-z(]")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class _Row:
    """One record with a place to report to."""

    def __init__(self, record: dict[str, str], number: int, sheet: str | None, log: IssueLog):
        self.cells = dict.fromkeys(COLUMNS, "") | record
        self._number, self._sheet, self._log = number, sheet, log
        self.good = True

    def refuse(self, code: str, at: str, /, **params: object) -> None:
        """Note a problem of a column."""
        self._log.add(code, dict(params), sheet=self._sheet, row=self._number, column=at)
        self.good = False


def check_row(
    record: dict[str, str], number: int, sheet: str | None, name: str, log: IssueLog
) -> tuple[str, ...] | None:
    """The row's cells in canonical form, or None where it has problems (then in ``log``).

    Examples
    --------
    >>> log = IssueLog()
    >>> check_row({"item": "diesel", "value": "=1+1"}, 2, None, "overlay", log)
    >>> sorted(log.counts)
    ['F-034', 'F-035']
    """
    row = _Row(record, number, sheet, log)
    for column in NEEDED:
        if not row.cells[column]:
            row.refuse("F-035", column, column=column)
    for column, text in row.cells.items():
        if _FORMULA.match(text) and not (column == "value" and _DECIMAL.fullmatch(text.strip())):
            row.refuse("F-034", column, cell=text[:40])
    row.cells["set"] = row.cells["set"] or name
    row.cells["version"] = row.cells["version"] or "1"
    _names(row)
    _numbers(row)
    _dates(row)
    grade = row.cells["grade"] = row.cells["grade"].upper() or "S"
    if grade not in "ABCDS" or len(grade) != 1:
        row.refuse("F-041", "grade", text=grade)
    return tuple(row.cells[column] for column in COLUMNS) if row.good else None


def _names(row: _Row) -> None:
    cells = row.cells
    for column in ("item", "region", "gas"):
        text = cells[column]
        if not text or _FORMULA.match(text):
            continue
        found = lookup(column, text)
        if isinstance(found, Resolved):
            cells[column] = found.id
        elif column == "gas" and text in ("CO2e", "CO2E"):
            cells[column] = "CO2e"
        elif isinstance(found, Ambiguous) or column != "item":
            code, params = refusal(column, text, found)
            row.refuse(code, column, **params)
    cells["technology"] = technology_id(cells["technology"])
    parameter = cells["parameter"]
    if parameter and parameter not in parameters():
        by_name = {n: p for p, e in parameters().items() for n in (e[0].zh, e[0].en, *e[0].aliases)}
        cells["parameter"] = by_name.get(parameter, parameter)
        if parameter not in by_name:
            near = nearest_ids(parameter, parameters()) or tuple(parameters())[:5]
            row.refuse("F-036", "parameter", text=parameter, near=", ".join(near))


def _numbers(row: _Row) -> None:
    cells = row.cells
    text, unit, parameter = cells["value"].replace(",", ""), cells["unit"], cells["parameter"]
    value = math.nan
    if text and not _FORMULA.match(text):
        if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
            value, cells["value"] = float(text), text
        else:
            row.refuse("F-042", "value", text=cells["value"])
    if unit:
        try:
            cells["unit"] = units.parse(unit).text
        except UnitError as error:
            row.refuse(error.code, "unit", **error.params)
            return
        _gas_of_unit(row)
        if parameter in parameters() and range_for(parameter, unit) is None:
            listed = ", ".join(e.unit for e in parameters()[parameter][:6])
            row.refuse("F-043", "unit", unit=unit, parameter=parameter, listed=listed)
        elif parameter in parameters() and not math.isnan(value):
            _range(row, parameter, value, unit)
    try:
        parse_uncertainty(cells["uncertainty"], cells["distribution"])
    except ValueError:
        row.refuse("F-042", "uncertainty", text=cells["uncertainty"] or cells["distribution"])


def _gas_of_unit(row: _Row) -> None:
    """A factor in t CO2 per something is one of CO2, whether or not the gas column says so."""
    cells = row.cells
    per_something = cells["parameter"].endswith("_factor") or cells["parameter"] in GRID_KINDS
    if cells["gas"] or not per_something or "/" not in cells["unit"]:
        return
    substance = cells["unit"].partition("/")[0].rpartition(" ")[2]
    if substance == "CO2e" or isinstance(lookup("gas", substance), Resolved):
        cells["gas"] = substance


def _range(row: _Row, parameter: str, value: float, unit: str) -> None:
    times = times_off(parameter, value, unit)
    if times >= FAR_OFF:
        held = range_for(parameter, unit)
        assert held is not None
        often = f"{times:.0f}" if math.isfinite(times) else "∞"
        row.refuse(
            "F-044", "value", value=row.cells["value"], unit=unit, parameter=parameter,
            low=held.low, high=held.high, range_unit=held.unit, times=often,
        )  # fmt: skip


def _dates(row: _Row) -> None:
    cells = row.cells
    cells["data_year"] = cells["data_year"].removesuffix(".0")
    if cells["data_year"] and not re.fullmatch(r"(19|20|21)\d\d", cells["data_year"]):
        row.refuse("F-045", "data_year", text=cells["data_year"])
    days: dict[str, date] = {}
    for column in ("published", "valid_from", "valid_to"):
        text = cells[column]
        try:
            if text:
                days[column] = last_day(text) if column == "published" else date.fromisoformat(text)
        except ValueError:
            row.refuse("F-045", column, text=text)
    if "valid_from" in days and "valid_to" in days and days["valid_from"] > days["valid_to"]:
        row.refuse("F-046", "valid_to", start=cells["valid_from"], end=cells["valid_to"])
