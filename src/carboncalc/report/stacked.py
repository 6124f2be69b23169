"""Columns over time, stacked by a second key; negative parts stand below the zero line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from carboncalc.report.chart import Chart, described, legend
from carboncalc.report.numbers import plain, shown
from carboncalc.report.palette import GREY
from carboncalc.report.svg import Svg, drawing, element, words_wide
from carboncalc.report.table import Table

WIDTH, PLOT = 460.0, 190.0
_LEFT = 44.0


def stacked_columns(table: Table, values: Sequence[str], colours: Sequence[str]) -> Chart:
    """A column per row of a table, with one part per value column.

    The first column of the table names the column of the chart; an absent value is no part.
    """
    chosen = [c for c in table.columns if c.key in values]
    marked, used = legend([(c.heading, k) for c, k in zip(chosen, colours, strict=True)], WIDTH, 0)
    cells = [table.column(c.key) for c in chosen]
    count = len(table)
    over = [sum(max(float(c[i] or 0), 0) for c in cells) for i in range(count)]
    under = [sum(min(float(c[i] or 0), 0) for c in cells) for i in range(count)]
    ticks = nice_ticks(min([0.0, *under]), max([0.0, *over]))
    low, high = ticks[0], ticks[-1]
    top = used + 8

    def at(value: float) -> float:
        return top + PLOT * (high - value) / ((high - low) or 1.0)

    parts: list[Svg] = [*marked, *_grid(ticks, at)]
    step = (WIDTH - _LEFT) / max(count, 1)
    for i, row in enumerate(table.rows):
        x, up, down = _LEFT + step * i + step * 0.14, 0.0, 0.0
        for column, colour, cell in zip(chosen, colours, cells, strict=True):
            value = float(cell[i] or 0)
            if value == 0:
                continue
            begin = up if value > 0 else down
            end = begin + value
            up, down = (end, down) if value > 0 else (up, end)
            said = f"{row[0]} · {column.heading}: {shown(cell[i], column.kind)}"
            parts.append(
                element(
                    "rect", element("title", said), x=x, y=at(max(begin, end)),
                    width=step * 0.72, height=abs(at(begin) - at(end)), fill=colour,
                )
            )  # fmt: skip
    parts += _names([str(row[0]) for row in table.rows], step, top + PLOT + 16)
    height = top + PLOT + 26
    drawn = drawing(
        WIDTH, height, *parts, title=table.title, text=described(table), key=f"chart-{table.key}"
    )
    return Chart(drawn, table)


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values that enclose a range, in steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> nice_ticks(0, 3967.8)
    [0.0, 1000.0, 2000.0, 3000.0, 4000.0]
    >>> nice_ticks(-12, 30)
    [-20.0, 0.0, 20.0, 40.0]
    """
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(span / about))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= span / about * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _grid(ticks: list[float], at: Callable[[float], float]) -> list[Svg]:
    parts = []
    for tick in ticks:
        y = at(tick)
        heavy = tick == 0
        parts.append(
            element(
                "line", x1=_LEFT, x2=WIDTH, y1=y, y2=y, stroke=GREY if heavy else "#dddddd",
            )
        )  # fmt: skip
        parts.append(
            element("text", _short(tick), x=_LEFT - 6, y=y + 4, text_anchor="end", font_size=11)
        )
    return parts


def _short(value: float) -> str:
    text = plain(value)
    return text if abs(value) < 1000 else f"{value:,.0f}".replace("-", "−")


def _names(names: list[str], step: float, y: float) -> list[Svg]:
    """Names under the columns: months without their year where all share it; never overlapping."""
    years = {name[:4] for name in names}
    months = all(len(name) == 7 and name[4] == "-" for name in names)
    short = [name[5:] if months and len(years) == 1 else name for name in names]
    widest = max([words_wide(name, 11) for name in short], default=0.0) + 6
    every = max(1, math.ceil(widest / step))
    parts = [
        element(
            "text", name, x=_LEFT + step * (i + 0.5), y=y, text_anchor="middle", font_size=11
        )
        for i, name in enumerate(short)
        if i % every == 0
    ]  # fmt: skip
    if months and len(years) == 1 and names:
        parts.append(element("text", names[0][:4], x=0, y=y, font_size=11, fill="#444"))
    return parts
