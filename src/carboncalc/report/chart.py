"""A chart and the table it is drawn from: one is never shown without the other."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from carboncalc.report.numbers import shown
from carboncalc.report.svg import Svg, element
from carboncalc.report.table import Table

#: Tables longer than this are folded in a notebook.
_FOLDED = 14


@dataclass(frozen=True, repr=False)
class Chart:
    """A drawing with its table; both are shown in a notebook."""

    svg: Svg
    table: Table

    @property
    def title(self) -> str:
        """What the chart is about."""
        return self.table.title

    def __repr__(self) -> str:
        return f"<Chart {self.title}: {len(self.table)} rows>"

    def _repr_html_(self) -> str:
        width = 780 if 'class="wide"' in self.svg else 560
        return (
            f"<div style='max-width:{width}px'><p><strong>{escape(self.title)}</strong></p>"
            f"{self.svg}</div>{self._table()}"
        )

    def _table(self) -> str:
        """The table; a long one is folded, so that the chart stays in sight."""
        sides = ["right" if column.numeric else "left" for column in self.table.columns]

        def cells(tag: str, texts: list[str]) -> str:
            return "".join(
                f"<{tag} style='text-align:{side}'>{escape(text)}</{tag}>"
                for side, text in zip(sides, texts, strict=True)
            )

        head = cells("th", [column.heading for column in self.table.columns])
        rows = "".join(f"<tr>{cells('td', self.table.shown(r))}</tr>" for r in self.table.rows)
        note = f"<p>{escape(self.table.note)}</p>" if self.table.note else ""
        shown = f"<table><tr>{head}</tr>{rows}</table>{note}"
        if len(self.table) <= _FOLDED:
            return shown
        return (
            f"<details><summary>{escape(self.title)}: {len(self.table)}</summary>{shown}</details>"
        )


def legend(entries: list[tuple[str, str]], width: float, y: float) -> tuple[list[Svg], float]:
    """Coloured squares with their labels, in as many lines as they need, and the height used."""
    from carboncalc.report.svg import words_wide

    parts: list[Svg] = []
    x, top = 0.0, y
    for label, colour in entries:
        needed = 18 + words_wide(label) + 14
        if x and x + needed > width:
            x, y = 0.0, y + 18
        parts.append(element("rect", x=x, y=y, width=11, height=11, fill=colour, rx=2))
        parts.append(element("text", label, x=x + 16, y=y + 10))
        x += needed
    return parts, y + 18 - top


def described(table: Table, most: int = 6) -> str:
    """A sentence for those who cannot see the chart: its first rows, then how many more."""
    told = []
    for row in table.rows[:most]:
        cells = zip(table.columns[1:], row[1:], strict=True)
        figures = [f"{c.heading} {shown(value, c.kind)}" for c, value in cells if c.numeric]
        told.append(f"{row[0]}: {', '.join(figures)}")
    more = f" … +{len(table) - most}" if len(table) > most else ""
    return "; ".join(told) + more
