"""The rows of a tape as frames: the good ones under canonical names, the others as given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from carboncalc.finance.arrays import amounts
from carboncalc.finance.check import REASONS, SUM_COLUMNS, Checker
from carboncalc.finance.identity import masked
from carboncalc.finance.rates import RateTable
from carboncalc.finance.settle import RowCheck
from carboncalc.finance.source import TapeSource
from carboncalc.messages.catalogue import message

if TYPE_CHECKING:
    import pandas as pd

#: Free text may name persons; it is not shown with rows that are passed around for repair.
_HIDDEN = ("use_text",)


def good_rows(source: TapeSource, rates: RateTable, check: RowCheck) -> pd.DataFrame:
    """All good rows of a tape, with canonical codes and balances in whole 分."""
    checker = Checker(source.headers, rates, identifiers=False)
    power = source.headers["principal_outstanding"].power
    columns = [*source.headers]
    parts = []
    for start, batch in source.blocks(source.groups(), columns):
        block = checker.check(start, batch)
        begin, end = np.searchsorted(check.position, (start, start + block.rows))
        kept = np.ones(block.rows, dtype=bool)
        kept[check.position[begin:end] - start] = False
        arrays = {}
        for name in batch.schema.names:
            coded = block.coded.get(name)
            if coded is not None and name in SUM_COLUMNS:
                keys = pa.array(list(coded.table.keys), pa.string())
                arrays[name] = keys.take(pa.array(coded.indices))
            else:
                column = batch.column(name)
                text = pa.types.is_dictionary(column.type)
                arrays[name] = column.cast(pa.string()) if text else column
        arrays["principal_fen"] = pa.array(amounts(batch.column("principal_outstanding"), power)[0])
        arrays["cny_fen"] = pa.array(block.cny)
        parts.append(pa.table(arrays).filter(pa.array(kept)))
    frame: pd.DataFrame = pa.concat_tables(parts).to_pandas() if parts else source.table.to_pandas()
    return frame


def quarantined_rows(source: TapeSource, check: RowCheck) -> pd.DataFrame:
    """The rows set aside as given, with their row number, code and message."""
    table = source.take(check.position)
    frame: pd.DataFrame = table.drop_columns(
        [name for name in _HIDDEN if name in table.column_names]
    ).to_pandas()
    borrowers = frame["borrower_id"].tolist()
    frame["borrower_id"] = [masked(str(text)) if text is not None else None for text in borrowers]
    codes = [REASONS[number] for number in check.reason.tolist()]
    frame.insert(0, "row", source.row_numbers(check.position))
    frame.insert(1, "code", codes)
    texts = {(issue.row, issue.code): issue.message() for issue in check.issues}
    frame.insert(
        2,
        "message",
        [
            texts.get((row, code)) or message(code, {})
            for row, code in zip(frame["row"].tolist(), codes, strict=True)
        ],
    )
    return frame
