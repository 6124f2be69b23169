"""Colours that people with any common form of colour blindness tell apart.

Okabe and Ito, *Color Universal Design* (2008). No chart relies on colour alone: every part
carries its label or stands in the table beside it.
"""

from __future__ import annotations

BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
BLUISH_GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
REDDISH_PURPLE = "#CC79A7"
GREY = "#8A8A8A"

SCOPES = {"1": VERMILLION, "2": BLUE, "3": BLUISH_GREEN}
GRADES = {"A": BLUE, "B": SKY_BLUE, "S": BLUISH_GREEN, "C": ORANGE, "D": VERMILLION}
VERDICTS = {"eligible": BLUISH_GREEN, "undetermined": ORANGE, "ineligible": VERMILLION}
SERIES = (BLUE, ORANGE, BLUISH_GREEN, REDDISH_PURPLE, SKY_BLUE, VERMILLION, YELLOW, GREY)


def series(count: int) -> list[str]:
    """Colours for a number of series, over again after the eighth.

    Examples
    --------
    >>> len(set(series(8))), series(9)[8] == series(1)[0]
    (8, True)
    """
    return [SERIES[number % len(SERIES)] for number in range(count)]


def ink(colour: str) -> str:
    """Black or white, whichever is read more easily on a colour (WCAG 2 contrast).

    Examples
    --------
    >>> ink(YELLOW), ink(BLUE)
    ('#000000', '#ffffff')
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if light > 0.179 else "#ffffff"
