"""Exact totals of millions of rows, without a line table.

The same resolutions as :func:`carboncalc.compute`, run in blocks of 64k rows on two
threads: each block is encoded, looked up, multiplied and added into exact integer sums, so
the result does not depend on blocks, order or threads, and equals the sum of the lines.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from carboncalc.errors import CarbonCalcError
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.blocks import BlockRunner, NeedsLedger, Partial
from carboncalc.inventory.encode import as_arrow
from carboncalc.inventory.exact import ExactSums
from carboncalc.inventory.groups import BY_SLOT, Groups, Overflow
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.tables import Tables
from carboncalc.provenance import Policy

REQUIRED = ("entity", "period", "source", "item", "amount", "unit")
OPTIONAL = ("method", "region", "technology", "instrument")

#: Rows below which a second thread costs more than it saves (measured; encoded input later).
TWO_THREADS_FROM = 300_000

#: Columns that say something about a row without changing its figure.
HARMLESS = frozenset(
    {"facility", "process", "meter", "data_quality", "uncertainty_pct", "evidence_type",
     "evidence_no", "note", "file", "sheet", "row", "period_start", "period_end"}
)  # fmt: skip

BY = ("entity", "year", "month", "scope", "source", "item", "category", "method", "region")


def aggregate(
    data: Any,
    by: Sequence[str] = ("entity", "year", "scope"),
    *,
    policy: Policy | None = None,
    library: FactorLibrary | None = None,
    entities: Any = None,
    threads: int | None = None,
    **overrides: Any,
) -> pd.DataFrame:
    """Exact sums of counted t CO2e by group and gas, for tables of any size.

    Units, dimensions, ranges and periods are checked in every row. Rows that bring values
    of their own, stock records, rows whose period crosses a year and gases in plain cubic
    metres are computed by :func:`carboncalc.compute` and give the same sums, only slower.

    Parameters
    ----------
    data
        A pandas or Arrow table, or any frame narwhals reads, with the columns ``entity,
        period, source, item, amount, unit`` and optionally ``method, region, technology,
        instrument``; texts or categoricals.
    by
        Any of ``entity, year, month, scope, source, item, category, method, region``.
    policy, library, entities, **overrides
        As for :func:`carboncalc.compute`.
    threads
        How many threads; by default one for small tables and two for large ones.

    Returns
    -------
    pandas.DataFrame
        One row per group that occurs: the keys, one column per gas in t CO2e, and
        ``co2e_t``, their exact sum.

    Raises
    ------
    ActivityDataError
        With every problem found, when a row cannot be computed.

    Examples
    --------
    >>> import pandas as pd, carboncalc as cc
    >>> frame = pd.DataFrame({"entity": ["P1", "P1"], "period": ["2023-01", "2023-02"],
    ...     "method": "other-industry", "source": "purchased_electricity",
    ...     "item": "electricity", "amount": [10.0, 20.0], "unit": "MWh"})
    >>> cc.aggregate(frame, by=["entity"]).co2e_t.round(3).tolist()
    [15.918]
    """
    chosen = Policy.model_validate({**(policy or Policy()).model_dump(), **overrides})
    unknown = [name for name in by if name not in BY]
    if unknown:
        raise CarbonCalcError("I-045", name=", ".join(unknown), known=", ".join(BY))
    tables = _shared_tables(chosen) if library is None else Tables(Plan(library, chosen))
    if threads is None:
        threads = 2 if len(data) >= TWO_THREADS_FROM else 1
    try:
        check_columns(data, entities)
        table = as_arrow(data, REQUIRED, OPTIONAL)
        return _aggregate(tables, table, by, threads)
    except NeedsLedger:
        from carboncalc.inventory.by_ledger import aggregate_by_ledger

        return aggregate_by_ledger(data, by, policy=chosen, library=library, entities=entities)


def _aggregate(tables: Tables, table: pa.Table, by: Sequence[str], threads: int) -> pd.DataFrame:
    """Run with small group digits first; a digit that overflows gets more room."""
    capacity = {"slot": 4 if set(by) & set(BY_SLOT) <= {"scope"} else 64, "region": 64,
                "period": 12 if "month" in by else 4}  # fmt: skip
    while True:
        runner = BlockRunner(tables, table, Groups(by, tables, capacity))
        try:
            return _finish(_run(runner, threads), runner)
        except Overflow as need:
            name = need.args[0]
            if name == "entity" or capacity[name] > 1 << 12:
                raise NeedsLedger from None
            capacity[name] *= 4


def check_columns(data: Any, entities: Any) -> None:
    """Leave the fast path where rows may bring values of their own or inherit from entities."""
    columns: Any = getattr(data, "column_names", None) or getattr(data, "columns", ())
    if entities is not None or not set(columns) <= {*REQUIRED, *OPTIONAL, *HARMLESS}:
        raise NeedsLedger


@functools.lru_cache(maxsize=16)
def _shared_tables(policy: Policy) -> Tables:
    return Tables(Plan(FactorLibrary.default(), policy))


def _run(runner: BlockRunner, threads: int) -> Partial:
    """The partial sums of all blocks, merged exactly."""
    rows = runner.rows
    if threads <= 1 or rows < 2:
        return runner.run(0, rows)
    edges = np.linspace(0, rows, threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(runner.run, edges[:-1].tolist(), edges[1:].tolist()))
    first, *others = parts
    for other in others:
        first.merge(other)
    return first


def _finish(partial: Partial, runner: BlockRunner) -> pd.DataFrame:
    """The sums as a table: keys that occur, gases side by side, and their exact total."""
    size = max([len(partial.seen), *(sums.size for sums in partial.sums.values())])
    total = ExactSums(size)
    seen = np.zeros(size, dtype=bool)
    columns: dict[str, Any] = {}
    for gas, sums in sorted(partial.sums.items()):
        total.merge(sums)
        sums.grow(size)
        seen |= (sums.high != 0) | (sums.low != 0)
        columns[gas] = sums.values()
    seen[: len(partial.seen)] |= partial.seen[:size]
    keys = np.flatnonzero(seen)
    named, order = runner.groups.columns(keys)
    chosen = keys[order]
    out: dict[str, Any] = {n: v.take(order).reset_index(drop=True) for n, v in named.items()}
    out |= {gas: values[chosen] for gas, values in columns.items()}
    return pd.DataFrame({**out, "co2e_t": total.values()[chosen]})
