"""Which table a sheet of a workbook holds, told by its header alone.

A plant keeps its activity data, its measured values, its output, its control plan and its
own particulars in one workbook. A sheet that belongs to another table than the one that is
being read is left to that table, and never read as activity data.
"""

from __future__ import annotations

from collections.abc import Sequence

from carboncalc.activity.header import read_heading

#: Table → the columns its header must name, and of which others it must name one.
SIGNATURES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "activity": (frozenset({"source", "item", "amount"}), frozenset()),
    "parameters": (frozenset({"entity", "source", "parameter", "value"}), frozenset()),
    "outputs": (frozenset({"entity", "measure", "amount"}), frozenset()),
    "quality_plan": (
        frozenset({"parameter"}),
        frozenset({"acquisition", "accuracy", "calibration_date", "missing_rule"}),
    ),
    "entity": (frozenset({"id"}), frozenset({"uscc", "methods", "kind", "parent"})),
}

#: The hidden sheet of a workbook that ``methods template`` wrote.
TEMPLATE_MARK = "carboncalc"
#: Sheets of such a workbook that are there to be read by people.
TEMPLATE_TEXTS = frozenset(
    {"填报说明", "数据要求", "缺省值", "How to fill", "Requirements", "Defaults"}
)


def role_of(records: Sequence[Sequence[str]]) -> str | None:
    """The table whose header stands in one of the rows; None where none is recognised.

    Examples
    --------
    >>> role_of([["2024年度"], ["企业", "期间", "排放源", "品种", "数量", "单位"]])
    'activity'
    >>> role_of([["企业", "期间", "排放源", "参数", "数值"]]), role_of([["a", "b"]])
    ('parameters', None)
    """
    for record in records:
        cells = [cell for cell in record if cell and len(cell) < 100]
        if len(cells) < 2:
            continue
        for table, (needed, one_of) in SIGNATURES.items():
            named = {read_heading(cell, table).column for cell in cells}
            if needed <= named and (not one_of or one_of & named):
                return table
    return None
