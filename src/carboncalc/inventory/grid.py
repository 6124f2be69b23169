"""The labelled grid: a view of the lines, for those who think in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from carboncalc.errors import CarbonCalcError
from carboncalc.inventory.exact import ExactSums, on_grid

if TYPE_CHECKING:
    import xarray as xr

    from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.totals import key_codes

#: A grid larger than this is a table that should stay long.
MAX_CELLS = 50_000_000

_MONTHS = {"Y": 12, "Q": 3, "M": 1}


def to_grid(
    ledger: Ledger,
    by: Sequence[str],
    freq: Literal["Y", "Q", "M"],
    split: Literal["days"] | None,
) -> xr.Dataset:
    """Counted lines as ``mass`` and ``co2e`` (tonnes) over the given dimensions.

    Parameters
    ----------
    by
        Any of ``entity, facility, process, period, scope, source, item, category,
        method, region, gas``.
    freq
        Length of a period: year, quarter or month.
    split
        ``"days"`` spreads lines longer than a period by days; otherwise they are refused.

    Raises
    ------
    CarbonCalcError
        ``I-031`` if a line is longer than a period and ``split`` is not given; ``I-032`` if
        the grid would have more than 50 million cells; ``I-033`` for an unknown dimension and
        ``I-057`` for an unknown length of periods.
    """
    import xarray as xr

    if freq not in _MONTHS:
        raise CarbonCalcError("I-057", freq=freq, known=", ".join(_MONTHS))
    chosen = np.flatnonzero(ledger.counted)
    weights = np.ones(len(chosen))
    periods = None
    if "period" in by:
        chosen, weights, periods = _periods(ledger, chosen, freq, split)
    codes: list[Any] = []
    coords: dict[str, Any] = {}
    for name in by:
        labels: Any = periods if name == "period" else _labels(ledger, name)[chosen]
        code, values = pd.factorize(labels, sort=True)
        codes.append(code)
        coords[name] = np.asarray(values)
    shape = [len(coords[name]) for name in by]
    if np.prod(shape, dtype=float) > MAX_CELLS:
        raise CarbonCalcError("I-032", cells=int(np.prod(shape, dtype=float)), limit=MAX_CELLS)
    size = int(np.prod(shape))
    key = np.ravel_multi_index(codes, shape) if codes else np.zeros(len(chosen), dtype=np.intp)
    out = {}
    for name, values in (("mass", ledger.mass), ("co2e", ledger.co2e)):
        sums = ExactSums(size)
        part = values[chosen]
        sums.add(key, part if split is None else on_grid(part * weights))
        label = "t" if name == "mass" else "t CO2e"
        out[name] = (tuple(by), sums.values().reshape(shape), {"units": label})
    if "gas" not in by:
        del out["mass"]  # tonnes of different gases do not add up
    return xr.Dataset(out, coords=coords, attrs={"frequency": freq})


def _labels(ledger: Ledger, name: str) -> Any:
    if name == "gas":
        return np.array(ledger.gases, dtype=object)[ledger.gas]
    if name == "scope":
        return ledger.scope
    if name == "category":
        return np.array(ledger.categories, dtype=object)[ledger.category]
    if name not in ("entity", "facility", "process", "source", "item", "method", "region"):
        raise CarbonCalcError("I-033", name=name)
    return key_codes(ledger, name).texts()  # a line without a facility stands under ""


def _periods(ledger: Ledger, chosen: Any, freq: str, split: str | None) -> tuple[Any, Any, Any]:
    """Entries, their share and the first day of their period, longer lines spread by days."""
    start = pd.DatetimeIndex(ledger.column("period_start")[chosen])
    end = pd.DatetimeIndex(ledger.column("period_end")[chosen])
    step = _MONTHS[freq]
    first = (start.year * 12 + start.month - 1) // step
    last_day = end - pd.Timedelta(days=1)
    last = (last_day.year * 12 + last_day.month - 1) // step
    count = (last - first + 1).to_numpy()
    if (count > 1).any() and split is None:
        raise CarbonCalcError("I-031", count=int((count > 1).sum()), freq=freq)
    pieces = np.repeat(np.arange(len(chosen)), count)
    offset = np.arange(len(pieces)) - np.repeat(np.cumsum(count) - count, count)
    index = (first.to_numpy()[pieces] + offset) * step
    begin = _first_day(index)
    stop = _first_day(index + step)
    inside_from = np.maximum(begin, start.to_numpy()[pieces].astype("datetime64[D]"))
    inside_to = np.minimum(stop, end.to_numpy()[pieces].astype("datetime64[D]"))
    days = (end - start).days.to_numpy()[pieces]
    return chosen[pieces], (inside_to - inside_from).astype(float) / days, begin.astype(str)


def _first_day(months: Any) -> Any:
    return (np.asarray(months) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
