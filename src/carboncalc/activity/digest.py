"""One digest for a table's content, whatever the format of the file it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.provenance import canonical_json

#: Where a row stood is not part of what it says.
WHERE = frozenset({"file", "sheet", "row"})


def content_digest(frame: pd.DataFrame) -> str:
    """SHA-256 of the columns of a canonical table, in the order of its rows.

    Columns are taken by name, empty ones left out; text as distinct values in sorted order
    and codes, numbers as IEEE doubles. The same content read from CSV, XLSX or Parquet has
    the same digest.

    Examples
    --------
    >>> a = pd.DataFrame({"item": ["diesel", "lpg"], "amount": [1.0, 2.0], "row": [2, 3]})
    >>> content_digest(a) == content_digest(a[["amount", "item"]].assign(row=[7, 8]))
    True
    """
    parts: dict[str, str] = {}
    for name in frame.columns:
        column = frame[name]
        if name in WHERE or not column.notna().any():
            continue
        if column.dtype.kind == "f":
            parts[name] = numbers_digest(column.to_numpy(dtype=np.float64))
        elif column.dtype.kind == "M":
            parts[name] = days_digest(column.to_numpy())
        else:
            parts[name] = _text_digest(column)
    return joint_digest(parts, len(frame))


def numbers_digest(values: NDArray[np.float64]) -> str:
    """The digest of a column of numbers; every absent one has the same bits, −0 is 0."""
    plain = values.astype("<f8", copy=True)
    plain += 0.0
    plain[np.isnan(plain)] = np.nan
    return hashlib.sha256(plain.data).hexdigest()


def days_digest(values: NDArray[np.datetime64]) -> str:
    """The digest of a column of days."""
    return hashlib.sha256(values.astype("datetime64[D]").astype("<i4").data).hexdigest()


def codes_digest(codes: NDArray[np.int32], values: Sequence[str]) -> str:
    """The digest of a column of texts: the distinct ones in sorted order, and codes."""
    used = np.zeros(len(values) + 1, dtype=np.bool_)
    used[codes] = True
    chosen = sorted(np.flatnonzero(used[:-1]).tolist(), key=values.__getitem__)
    rank = np.full(len(values) + 1, -1, dtype="<i4")
    rank[chosen] = np.arange(len(chosen))
    total = hashlib.sha256(canonical_json([values[code] for code in chosen]).encode())
    total.update(rank[codes].data)
    return total.hexdigest()


def _text_digest(column: pd.Series) -> str:
    encoded = pa.array(column, from_pandas=True)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.cast(pa.string()).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return codes_digest(codes, encoded.dictionary.to_pylist())


def joint_digest(parts: Mapping[str, str], rows: int = 0) -> str:
    """One digest of several, by name.

    Examples
    --------
    >>> joint_digest({"rows": "aa"}) == joint_digest({"rows": "ab"})
    False
    """
    return hashlib.sha256(canonical_json([rows, dict(parts)]).encode()).hexdigest()
