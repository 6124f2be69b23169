"""Opens an overlay: CSV, workbook, data frame or records, with the rows as the user sees them."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc.errors import FactorDataError, Issue
from carboncalc.factors.files import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

#: Chinese headers of an overlay.
HEADERS = {
    "因子集": "set",
    "品种": "item",
    "参数": "parameter",
    "技术": "technology",
    "地区": "region",
    "气体": "gas",
    "数值": "value",
    "单位": "unit",
    "基准": "basis",
    "数据年份": "data_year",
    "发布日期": "published",
    "生效日期": "valid_from",
    "失效日期": "valid_to",
    "不确定性": "uncertainty",
    "分布": "distribution",
    "证据等级": "grade",
    "来源": "source",
    "出处": "where",
    "版本": "version",
    "取代": "supersedes",
    "备注": "note",
    "许可": "licence",
    "转录": "transcription",
}

_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>(?:(?!</c>).)*?<f', re.DOTALL)


@dataclass(frozen=True, slots=True)
class OverlayTable:
    """Records with their row numbers (the header is row 1), and what was wrong with the table."""

    records: tuple[tuple[int, dict[str, str]], ...]
    issues: tuple[Issue, ...]
    sheet: str | None


def read_table(
    rows: pd.DataFrame | str | Path | Sequence[Mapping[str, object]],
) -> OverlayTable:
    """The records of an overlay as text, with headers in Chinese or English.

    Raises
    ------
    FactorDataError
        F-030 with F-031 where a file cannot be read as a table at all.

    Examples
    --------
    >>> read_table([{"品种": "diesel", "数值": 43.0}]).records
    ((2, {'item': 'diesel', 'value': '43.0'}),)
    """
    sheet, formulas = None, list[Issue]()
    if isinstance(rows, str | Path):
        path = Path(rows)
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            header, lines, sheet, formulas = _workbook(path)
        else:
            header, lines = _csv_file(path)
    elif hasattr(rows, "to_dict"):
        header = [str(column) for column in rows.columns]  # type: ignore[union-attr]
        lines = [list(line) for line in rows.to_numpy(dtype=object)]  # type: ignore[union-attr]
    else:
        header = list(dict.fromkeys(key for record in rows for key in record))
        lines = [[record.get(key) for key in header] for record in rows]
    names = [HEADERS.get(name.strip(), name.strip()) for name in header]
    issues = formulas
    issues += [
        Issue("F-032", {"column": name}, sheet=sheet, row=1, column=name)
        for name in names
        if name not in COLUMNS and name != "id"
    ]
    issues += [
        Issue("F-033", {"column": name}, sheet=sheet, row=1, column=name)
        for name in {n for n in names if names.count(n) > 1}
    ]
    records = []
    for number, line in enumerate(lines, start=2):
        record = {n: _text(cell) for n, cell in zip(names, line, strict=False) if n in COLUMNS}
        if any(record.values()):
            records.append((number, record))
    if not records:
        issues.append(Issue("F-031", {"file": "overlay"}, sheet=sheet, row=1))
    return OverlayTable(tuple(records), tuple(issues), sheet)


def _text(cell: Any) -> str:
    if (
        cell is None
        or (isinstance(cell, float) and math.isnan(cell))
        or str(cell) in ("<NA>", "NaT")
    ):
        return ""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())[:10]
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return repr(cell)
    return str(cell).strip()


def _csv_file(path: Path) -> tuple[list[str], list[list[Any]]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            lines = list(csv.reader(io.StringIO(text)))
            return (lines[0], [list(line) for line in lines[1:]]) if lines else ([], [])
    raise _unreadable(path)


def _workbook(path: Path) -> tuple[list[str], list[list[Any]], str, list[Issue]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        name = book.sheet_names[0]
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        formulas = _formulas(path, name)
    except (CalamineError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise _unreadable(path) from error
    header = [str(cell) for cell in cells[0]] if cells else []
    return header, [list(line) for line in cells[1:]], name, formulas


def _formulas(path: Path, sheet: str) -> list[Issue]:
    """A formula reaches us as its last computed value, so it is refused where it stands."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        content = archive.read(names[0]) if names else b""
    return [
        Issue("F-034", {"cell": (found[1] + found[2]).decode()}, sheet=sheet, row=int(found[2]))
        for found in _FORMULA.finditer(content)
    ]


def _unreadable(path: Path) -> FactorDataError:
    issue = Issue("F-031", {"file": path.name}, file=path.name)
    return FactorDataError("F-030", issues=[issue], name=path.name, count=1)
