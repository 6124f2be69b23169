"""The full path of ``aggregate``: every row through the ledger, about a million at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc.activity.table import ParameterTable
from carboncalc.errors import ActivityDataError
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.calculator import Calculator
from carboncalc.inventory.coded import combined
from carboncalc.inventory.exact import ExactSums
from carboncalc.inventory.inherit import Inheritance
from carboncalc.inventory.ledger import Ledger
from carboncalc.inventory.paths import NeedsLedger
from carboncalc.inventory.potentials import refuse_mixed_sets
from carboncalc.inventory.totals import gwp_sets, key_codes
from carboncalc.model.entity import EntitySet
from carboncalc.provenance import Policy

CHUNK = 1_000_000


def aggregate_by_ledger(
    data: Any,
    by: Sequence[str],
    *,
    policy: Policy,
    library: FactorLibrary | None,
    entities: Any,
    parameters: ParameterTable | None = None,
) -> pd.DataFrame:
    """The same table as the fast path, from line values; problems are named row by row.

    As on the fast path, repeated rows and overlapping readings are not looked for.

    Raises
    ------
    ActivityDataError
        With every problem of the chunk they are found in.
    CarbonCalcError
        ``I-029`` if gases of different GWP sets would be added.
    """
    frame = data if isinstance(data, pd.DataFrame) else data.to_pandas()
    frame = frame.drop(columns="meter", errors="ignore")
    calculator = Calculator(library, policy.model_copy(update={"duplicates": "keep"}))
    known: dict[tuple[Any, ...], int] = {}
    sums: dict[str, ExactSums] = {}
    sets: set[str] = set()
    for rows in _chunks(frame, entities):
        try:
            inv = calculator.compute(frame.iloc[rows], entities=entities, parameters=parameters)
        except ActivityDataError as error:
            raise (error if "row" in frame else _renumbered(error, rows)) from None
        _add(inv.ledger, by, known, sums)
        sets |= gwp_sets(inv.ledger, inv.ledger.counted, inv.potentials)
    if "method" not in by:
        refuse_mixed_sets(sets)
    out = pd.DataFrame(list(known), columns=list(by), index=range(len(known)))
    total = ExactSums(len(known))
    for gas in sorted(sums):
        sums[gas].grow(len(known))
        total.merge(sums[gas])
        out[gas] = sums[gas].values()
    out["co2e_t"] = total.values()
    return out.sort_values(list(by), kind="stable").reset_index(drop=True) if by else out


def _chunks(frame: pd.DataFrame, entities: Any) -> Iterator[npt.NDArray[np.intp]]:
    """Positions of the rows to compute together: an entity's balances are never torn apart."""
    if len(frame) <= CHUNK or "entity" not in frame:
        yield np.arange(len(frame))
        return
    codes, names = pd.factorize(frame["entity"])
    codes = np.append(pd.factorize(np.array(_ids(names, entities), dtype=object))[0], -1)[codes]
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    cuts, last = [0], 0
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(frame)], strict=True):
        if end - last > CHUNK and start > last:
            cuts.append(start)
            last = start
    for first, stop in zip(cuts, [*cuts[1:], len(frame)], strict=True):
        yield np.sort(order[first:stop])


def _ids(names: Any, entities: Any) -> list[str]:
    """The entities behind names: an id and a name in the file may be one entity."""
    found = Inheritance(entities if isinstance(entities, EntitySet) else None)
    ids = []
    for name in names:
        try:
            ids.append(found.name(name))
        except NeedsLedger:  # a name of none or of several: its rows are refused by name
            ids.append(str(name))
    return ids


def _renumbered(error: ActivityDataError, rows: npt.NDArray[np.intp]) -> ActivityDataError:
    """The error with the rows of the whole table in place of those of the chunk."""
    issues = [
        issue if issue.row is None else replace(issue, row=int(rows[issue.row - 1]) + 1)
        for issue in error.issues
    ]
    return ActivityDataError(error.code, issues=issues, **error.params)


def _add(
    ledger: Ledger, by: Sequence[str], known: dict[tuple[Any, ...], int], sums: dict[str, ExactSums]
) -> None:
    """Add the counted entries of one chunk under their groups."""
    chosen = np.flatnonzero(ledger.counted)
    columns = [key_codes(ledger, name).take(chosen) for name in by]
    codes, firsts = combined(columns, len(chosen))
    labels = [column.take(firsts).texts() for column in columns]
    groups = zip(*labels, strict=True) if by else [()] * len(firsts)
    numbers = np.array([known.setdefault(group, len(known)) for group in groups], dtype=np.intp)
    keys, gases, values = numbers[codes], ledger.gas[chosen], ledger.co2e[chosen]
    for code, gas in enumerate(ledger.gases):
        here = gases == code
        if here.any():
            held = sums.setdefault(gas, ExactSums(len(known)))
            held.grow(len(known))
            held.add(keys[here], values[here])
