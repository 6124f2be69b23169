"""Horizontal bars: one value each, or parts of a whole in one bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from carboncalc.report.chart import Chart, described, legend
from carboncalc.report.numbers import shown
from carboncalc.report.palette import BLUE, GREY, ink
from carboncalc.report.svg import Svg, drawing, element, fitted, words_wide
from carboncalc.report.table import Table

WIDTH = 460.0
ROW = 34.0
#: Beyond this many bars a chart is no longer read; the table has them all.
MOST_BARS = 12


def bars(
    table: Table,
    value: str,
    *,
    colours: Sequence[str] | None = None,
    label: str | None = None,
    skip: Sequence[int] = (),
) -> Chart:
    """One bar per row of a table, the label above it and the figure at its right.

    Negative values run to the left of the zero line. At most ``MOST_BARS`` rows are drawn;
    ``skip`` leaves rows out of the drawing that must not be compared with the others.
    """
    kind = next(c.kind for c in table.columns if c.key == value)
    names = table.column(label or table.columns[0].key)
    values = table.column(value)
    held = [
        i for i in range(len(table)) if i not in skip and values[i] is not None
    ][:MOST_BARS]  # fmt: skip
    low = min([0.0, *(float(values[i]) for i in held)])
    high = max([0.0, *(float(values[i]) for i in held)])
    scale = WIDTH / ((high - low) or 1.0)
    zero = -low * scale
    parts: list[Svg] = []
    for place, i in enumerate(held):
        top, size = place * ROW, float(values[i])
        figure = shown(values[i], kind)
        colour = colours[i] if colours else BLUE
        start, length = (zero, size * scale) if size >= 0 else (zero + size * scale, -size * scale)
        room = WIDTH - words_wide(figure) - 10
        parts += [
            element("text", fitted(str(names[i]), room), x=0, y=top + 12),
            element("text", figure, x=WIDTH, y=top + 12, text_anchor="end", font_weight=600),
            element("line", x1=zero, x2=zero, y1=top + 15, y2=top + 30, stroke=GREY),
            element(
                "rect", element("title", f"{names[i]}: {figure}"), x=start, y=top + 17,
                width=max(length, 1.0), height=11, fill=colour, rx=2,
            ),
        ]  # fmt: skip
    height = max(len(held) * ROW, 1.0)
    return _chart(table, WIDTH, height, parts)


def stacked_bars(table: Table, values: Sequence[str], colours: Sequence[str], total: str) -> Chart:
    """One bar per row, made of its parts; negative parts run to the left of zero.

    The figure at the right is the row's total. At most ``MOST_BARS`` rows are drawn.
    """
    chosen = [c for c in table.columns if c.key in values]
    cells = [table.column(c.key) for c in chosen]
    totals = table.column(total)
    kind = next(c.kind for c in table.columns if c.key == total)
    count = min(len(table), MOST_BARS)
    over = [sum(max(float(c[i] or 0), 0) for c in cells) for i in range(count)]
    under = [sum(min(float(c[i] or 0), 0) for c in cells) for i in range(count)]
    low, high = min([0.0, *under]), max([0.0, *over])
    scale = WIDTH / ((high - low) or 1.0)
    parts, used = legend([(c.heading, k) for c, k in zip(chosen, colours, strict=True)], WIDTH, 0.0)
    top = used + 4
    for i in range(count):
        name, figure = str(table.rows[i][0]), shown(totals[i], kind)
        room = WIDTH - words_wide(figure) - 10
        parts += [
            element("text", fitted(name, room), x=0, y=top + 12),
            element("text", figure, x=WIDTH, y=top + 12, text_anchor="end", font_weight=600),
        ]
        up, down = -low * scale, -low * scale
        for column, colour, cell in zip(chosen, colours, cells, strict=True):
            size = float(cell[i] or 0) * scale
            if size == 0:
                continue
            start = up if size > 0 else down + size
            up, down = (up + size, down) if size > 0 else (up, down + size)
            said = f"{name} · {column.heading}: {shown(cell[i], column.kind)}"
            parts.append(
                element(
                    "rect", element("title", said), x=start, y=top + 17, width=abs(size),
                    height=12, fill=colour,
                )
            )  # fmt: skip
        top += ROW
    return _chart(table, WIDTH, top, parts)


def shares(table: Table, value: str, colours: Sequence[str], names: Sequence[str]) -> Chart:
    """All rows as parts of one bar, each labelled where it has room and in the legend."""
    values = [max(float(v or 0.0), 0.0) for v in table.column(value)]
    whole = sum(values) or 1.0
    marked, used = legend(
        [(n, c) for n, c, v in zip(names, colours, values, strict=True) if v > 0], WIDTH, 0.0
    )
    parts: list[Svg] = [*marked]
    kind = next(c.kind for c in table.columns if c.key == value)
    x = 0.0
    for name, colour, size, exact in zip(names, colours, values, table.column(value), strict=True):
        if size <= 0:
            continue
        width = size / whole * WIDTH
        said = shown(exact, kind)
        parts.append(
            element(
                "rect", element("title", f"{name}: {said}"), x=x, y=used + 4, width=width,
                height=30, fill=colour, stroke="#fff",
            )
        )  # fmt: skip
        if words_wide(said) + 8 < width:
            parts.append(
                element(
                    "text", said, x=x + width / 2, y=used + 23, text_anchor="middle",
                    fill=ink(colour), font_weight=600,
                )
            )  # fmt: skip
        x += width
    return _chart(table, WIDTH, used + 38, parts)


def _chart(table: Table, width: float, height: float, parts: Sequence[Any]) -> Chart:
    drawn = drawing(
        width, height, *parts, title=table.title, text=described(table), key=f"chart-{table.key}"
    )
    return Chart(drawn, table)
