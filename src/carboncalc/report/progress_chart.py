"""How far a figure is from a target: a bar against a line, and a share where there is no progress.

Data of one institution are a contribution, drawn in grey and never against the line: a
bank's book says nothing of whether a city meets its target.
"""

from __future__ import annotations

from carboncalc.finance.target import Progress
from carboncalc.report.book_tables import reading_table
from carboncalc.report.chart import Chart, described
from carboncalc.report.numbers import shown
from carboncalc.report.palette import BLUE, BLUISH_GREEN, GREY, ORANGE, VERMILLION
from carboncalc.report.svg import Svg, drawing, element, fitted, words_wide
from carboncalc.report.words import Words

WIDTH, ROW = 460.0, 58.0
_COLOURS = {
    "met": BLUISH_GREEN, "on_track": BLUISH_GREEN, "at_risk": ORANGE, "off_track": VERMILLION,
    "not_met": VERMILLION,
}  # fmt: skip


def progress_chart(progress: Progress, lang: Words | str | None = None) -> Chart:
    """A target and its readings, one bar per statistic, each on its own statistic only.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.examples.bank import made_bank
    >>> progress_chart(made_bank(400).book.progress(cc.targets["T2025-03"]), "en")
    <Chart Progress to the target: 2 rows>
    """
    words = Words.of(lang)
    table = reading_table(progress, words)
    ratios = [reading.progress or 0.0 for reading in progress.readings]
    line = WIDTH / max(1.15, *(min(ratio, 2.0) * 1.02 for ratio in ratios))
    parts: list[Svg] = []
    for place, reading in enumerate(progress.readings):
        top = place * ROW
        name = words(f"statistic_{reading.statistic}") if reading.statistic else "—"
        whole = reading.progress is not None
        ratio = reading.progress if whole else reading.contribution
        label = words("progress" if whole else "contribution")
        said = "—" if ratio is None else f"{label} {shown(ratio, 'share')}"
        said = f"{said} · {words(f'reading_{reading.verdict}')}"
        room = WIDTH - words_wide(said) - 12
        parts += [
            element("text", fitted(name, room), x=0, y=top + 13),
            element("text", said, x=WIDTH, y=top + 13, text_anchor="end", font_weight=600),
            element("rect", x=0, y=top + 20, width=WIDTH, height=16, fill="#eef1f4"),
        ]
        if ratio is not None:
            colour = _COLOURS.get(reading.verdict, BLUE) if whole else GREY
            hint = f"{name}: {said}"
            parts.append(
                element(
                    "rect", element("title", hint), x=0, y=top + 20,
                    width=max(min(ratio, 2.0) * line, 1.0), height=16, fill=colour,
                )
            )  # fmt: skip
        if whole:
            parts.append(
                element(
                    "line", x1=line, x2=line, y1=top + 16, y2=top + 40, stroke="#000000",
                    stroke_width=2,
                )
            )  # fmt: skip
            parts.append(
                element(
                    "text", words("target_line"), x=line, y=top + 51, text_anchor="middle",
                    font_size=10.5,
                )
            )  # fmt: skip
    height = max(len(progress.readings), 1) * ROW
    svg = drawing(
        WIDTH, height, *parts, title=table.title, text=described(table), key=f"chart-{table.key}"
    )
    return Chart(svg, table)
