"""Exact totals of millions of rows, without a line table.

The same resolutions as :func:`carboncalc.compute`, run in blocks of 64k rows on two
threads: each block is encoded, looked up, multiplied and added into exact integer sums, so
the result does not depend on blocks, order or threads, and equals the sum of the lines.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from carboncalc.activity.entities import read_entities
from carboncalc.activity.identify import is_row_of_sums
from carboncalc.activity.measured import read_parameters
from carboncalc.activity.table import ParameterTable
from carboncalc.activity.text import tidy
from carboncalc.errors import CarbonCalcError
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.blocks import BlockRunner
from carboncalc.inventory.calculator import shared_calculator
from carboncalc.inventory.encode import as_arrow
from carboncalc.inventory.exact import ExactSums
from carboncalc.inventory.given_rows import GivenRows
from carboncalc.inventory.groups import BY_SLOT, Groups, Overflow
from carboncalc.inventory.inherit import Inheritance
from carboncalc.inventory.measured_index import MeasuredIndex
from carboncalc.inventory.parameters import known_parameters, known_texts
from carboncalc.inventory.partial import Partial
from carboncalc.inventory.paths import NeedsLedger, TablesFull
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import refuse_mixed_sets
from carboncalc.inventory.tables import Tables
from carboncalc.methods.catalogue import method_ids
from carboncalc.methods.rounding import own_rounding
from carboncalc.provenance import Policy

REQUIRED = ("entity", "period", "source", "item", "amount", "unit")
OPTIONAL = (
    "method", "region", "technology", "instrument", "certificate_id", "gas_reference", "density",
    "density_unit",
)  # fmt: skip

#: Columns that are only looked through for rows of sums.
PLACES = ("facility", "process")

#: Rows from which a second thread saves more than it costs (measured).
TWO_THREADS_FROM = 100_000

#: Columns that say something about a row without changing its figure.
HARMLESS = frozenset(
    {"meter", "data_quality", "uncertainty_pct", "evidence_type", "evidence_no", "note", "file",
     "sheet", "row", "period_start", "period_end"}
)  # fmt: skip

BY = ("entity", "year", "month", "scope", "source", "item", "category", "method", "region")


def aggregate(
    data: Any,
    by: Sequence[str] = ("entity", "year", "scope"),
    *,
    policy: Policy | None = None,
    library: FactorLibrary | None = None,
    entities: Any = None,
    parameters: Any = None,
    threads: int | None = None,
    **overrides: Any,
) -> pd.DataFrame:
    """Exact sums of counted t CO2e by group and gas, for tables of any size.

    Units, dimensions, ranges and periods are checked in every row, and so are the values
    that rows or ``parameters`` give. Stock records, rows whose period crosses a year and
    balances are computed by :func:`carboncalc.compute` and give the same sums, only slower.
    Repeated rows and overlapping readings are not looked for:
    :func:`carboncalc.read_activity` does that.

    Parameters
    ----------
    data
        A pandas or Arrow table, or any frame narwhals reads, with the columns ``entity,
        period, source, item, amount, unit``, optionally ``method, region, technology,
        instrument, certificate_id, gas_reference, density`` and text parameters such as
        ``carbon_basis``, as texts or categoricals; and numbers for any parameter of a method
        (``net_calorific_value`` …) with its ``<parameter>_unit``.
    by
        Any of ``entity, year, month, scope, source, item, category, method, region``.
    policy, library, entities, **overrides
        As for :func:`carboncalc.compute`.
    parameters
        Measured values by entity, period, source and item (contract section 7).
    threads
        How many threads; by default one for small or encoded tables and two for large texts.

    Returns
    -------
    pandas.DataFrame
        One row per group that occurs: the keys, one column per gas in t CO2e, and
        ``co2e_t``, their exact sum.

    Raises
    ------
    ActivityDataError
        With every problem found, when a row cannot be computed.
    CarbonCalcError
        ``I-029`` if gases of different GWP sets would be added; group by ``method`` or name
        one set.

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
    if parameters is not None and not isinstance(parameters, ParameterTable):
        parameters = read_parameters(parameters, entities=entities, strict=True)
    if entities is not None and not is_plain(entities):
        entities = read_entities(entities)
    try:
        if not len(data):
            raise NeedsLedger  # the ledger path says that there is nothing
        own = own_columns(data)
        if is_plain(entities):
            raise NeedsLedger
        inheritance = Inheritance(entities)
        optional = (*OPTIONAL, *_texts(), *PLACES, *own, *(f"{n}_unit" for n in own))
        table = as_arrow(data, REQUIRED, optional)
        check_table(table, own)
        given = _given(own, parameters, inheritance)
        if given is None or given.measured is None or not given.measured.by_facility:
            table = table.select([n for n in table.column_names if n not in PLACES])
        threads = threads or _threads(table)
        for tables in _tables(library, chosen):
            with contextlib.suppress(TablesFull):
                return _aggregate(tables, table, by, threads, inheritance, given)
        raise NeedsLedger
    except NeedsLedger:
        from carboncalc.inventory.by_ledger import aggregate_by_ledger

        return aggregate_by_ledger(
            data, by, policy=chosen, library=library, entities=entities, parameters=parameters
        )


def _threads(table: pa.Table) -> int:
    """Two threads for a large table of texts; what is encoded already gains nothing."""
    texts = [
        f for f in table.schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)
    ]
    return 2 if texts and table.num_rows >= TWO_THREADS_FROM else 1


def is_plain(entities: Any) -> bool:
    """Whether entities are given as a mapping from id to defaults, without a file's sections."""
    return isinstance(entities, Mapping) and "entities" not in entities


def _given(
    own: Sequence[str], parameters: ParameterTable | None, inheritance: Inheritance
) -> GivenRows | None:
    measured = None
    if parameters is not None and len(parameters.rows):
        measured = MeasuredIndex(parameters.rows, inheritance.name)
    return GivenRows(own, measured) if own or measured is not None else None


def _aggregate(
    tables: Tables,
    table: pa.Table,
    by: Sequence[str],
    threads: int,
    inheritance: Inheritance,
    given: GivenRows | None,
) -> pd.DataFrame:
    """Run with small group digits first; a digit that overflows gets more room."""
    capacity = {"slot": 4 if set(by) & set(BY_SLOT) <= {"scope"} else 64, "region": 64,
                "period": 12 if "month" in by else 4}  # fmt: skip
    while True:
        groups = Groups(by, tables, capacity, inheritance.name)
        texts = [name for name in _texts() if name in table.column_names]
        runner = BlockRunner(tables, table, groups, inheritance, given, texts)
        try:
            return _finish(_run(runner, threads), runner)
        except Overflow as need:
            name = need.args[0]
            if name == "entity" or capacity[name] > 1 << 12:
                raise NeedsLedger from None
            capacity[name] *= 4


def own_columns(data: Any) -> list[str]:
    """The parameters that the table has columns for.

    Raises
    ------
    NeedsLedger
        If it has columns that the fast path does not know.
    """
    columns: Any = getattr(data, "column_names", None) or getattr(data, "columns", ())
    names = set(columns)
    parameters = _parameters() & names
    units = {f"{name}_unit" for name in parameters}
    known = {*REQUIRED, *OPTIONAL, *_texts(), *PLACES, *HARMLESS, *parameters, *units}
    if not names <= known:
        raise NeedsLedger
    return sorted(parameters)


@functools.cache
def _parameters() -> frozenset[str]:
    """The parameters of all methods."""
    return known_parameters(method_ids())


@functools.cache
def _texts() -> tuple[str, ...]:
    """The text parameters of all methods."""
    return known_texts(method_ids())


def check_table(table: pa.Table, own: Sequence[str]) -> None:
    """Leave the fast path where numbers are texts, or a row may be a sum of others."""
    for name in ("amount", *own, *(("density",) if "density" in table.column_names else ())):
        kind = table.schema.field(name).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            raise NeedsLedger
    for name in PLACES:
        if name in table.column_names:
            texts = pc.unique(table[name]).to_pylist()
            if any(text is not None and is_row_of_sums(tidy(str(text))) for text in texts):
                raise NeedsLedger


def _tables(library: FactorLibrary | None, policy: Policy) -> Iterator[Tables]:
    """Look-up tables, and new ones in case they are full.

    They are kept for the next call unless the data or the rounding rules are the user's.
    """
    if library is not None or own_rounding(policy.rounding):
        yield Tables(Plan(library or FactorLibrary.default(), policy))
        return
    yield _shared_tables(policy)
    _shared_tables.cache_clear()
    yield _shared_tables(policy)


@functools.lru_cache(maxsize=16)
def _shared_tables(policy: Policy) -> Tables:
    return Tables(shared_calculator(policy).plan)


def _run(runner: BlockRunner, threads: int) -> Partial:
    """The sums of all blocks; exact, so it does not matter which was added first."""
    rows = runner.rows
    if threads <= 1 or rows < 2:
        runner.run(0, rows)
        return runner.partial
    edges = np.linspace(0, rows, threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(runner.run, edges[:-1].tolist(), edges[1:].tolist()))
    return runner.partial


def _finish(partial: Partial, runner: BlockRunner) -> pd.DataFrame:
    """The sums as a table: keys that occur, gases side by side, and their exact total."""
    if "method" not in runner.groups.by:
        refuse_mixed_sets(runner.tables.gwp_sets(partial.used))
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
