"""The line table as a Parquet file, written block by block.

The table of a large run holds far more text than the ledger it is made from. Here only one
block of it exists at a time, its texts dictionary-encoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from carboncalc.inventory.lines import COLUMNS, line_columns, numbered

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Lines in a row group.
BLOCK_LINES = 1 << 17


def write_lines(
    inv: Inventory, path: str | Path, *, memo: bool = False, block_lines: int = BLOCK_LINES
) -> Path:
    """Write the lines of an inventory to a Parquet file.

    Columns, order and values are those of ``inv.lines``; every text column is
    dictionary-encoded. The file's metadata has the run record (``carboncalc.run``, JSON) and
    its digest (``carboncalc.run_digest``).

    Parameters
    ----------
    memo
        Write the memo instead of the counted lines.
    block_lines
        Lines in a row group, which is what is held in memory at a time.

    Returns
    -------
    pathlib.Path
        The file.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> inv = cc.examples.minimal()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = inv.write_lines(f"{folder}/lines.parquet")
    ...     cc.exact_sum(pd.read_parquet(file).co2e_t) == inv.co2e_t
    True
    """
    from pyarrow import parquet

    ledger = inv.ledger
    chosen = np.flatnonzero(ledger.primary & ((ledger.account != 0) == memo))
    target = Path(path)
    about = {"carboncalc.run": inv.run.model_dump_json(), "carboncalc.run_digest": inv.run.digest}
    blocks = _blocks(inv, chosen, block_lines)
    first = next(blocks)
    with parquet.ParquetWriter(target, first.schema.with_metadata(about)) as writer:
        writer.write_table(first)
        for block in blocks:
            writer.write_table(block)
    return target


def _blocks(inv: Inventory, chosen: Any, block_lines: int) -> Iterator[pa.Table]:
    """The table in blocks; one without rows where there are no lines."""
    for start in range(0, max(len(chosen), 1), block_lines):
        here = chosen[start : start + block_lines]
        columns = line_columns(inv.ledger, here, inv.resolutions, inv.plan, inv.potentials)
        columns["resolution_id"] = numbered("R", inv.ledger.resolution[here] + np.int64(1))
        yield pa.table({name: _arrow(columns[name]) for name in COLUMNS})


def _arrow(column: Any) -> pa.Array:
    """A column in Arrow, of one type for all blocks: texts as dictionaries of int32 codes."""
    if isinstance(column, pd.Categorical):
        codes = pa.array(column.codes.astype(np.int32), mask=column.codes < 0)
        labels = pa.array(column.categories, pa.string())
        return pa.DictionaryArray.from_arrays(codes, labels, ordered=bool(column.ordered))
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return array.cast(pa.string()).dictionary_encode()
    return array
