"""How uncertain a factor is: its own interval, or the default of its kind with its source."""

from __future__ import annotations

from carboncalc.model.factor import Uncertainty


def parse_uncertainty(text: str | None, distribution: str | None) -> Uncertainty | None:
    """Return the 95 % interval written in a row: ``5`` (± 5 %) or ``50;150`` (− 50 %, + 150 %).

    Examples
    --------
    >>> parse_uncertainty("50;150", "lognormal").above
    150.0
    """
    if not text:
        return None
    below, _, above = text.partition(";")
    return Uncertainty(
        below=float(below),
        above=float(above or below),
        distribution=distribution or "normal",
    )
