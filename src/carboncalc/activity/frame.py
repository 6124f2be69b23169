"""A finished draft as data frames: the good rows, and the quarantined ones as given."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.activity.digest import (
    codes_digest,
    days_digest,
    joint_digest,
    numbers_digest,
)
from carboncalc.activity.draft import Draft
from carboncalc.activity.problems import Positions
from carboncalc.activity.text import TextColumn
from carboncalc.errors import Issue

_Kind = TypeVar("_Kind", bound=np.generic)

#: Rows from which a second thread pays.
_LARGE = 100_000

_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def good_rows(draft: Draft, order: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """The rows without a problem, columns in the order of the contract, and their digest.

    Text columns have pandas' ``str`` type, numbers are float64, dates datetime64[s];
    ``file``, ``sheet`` and ``row`` say where each row stands.
    """
    good = None if not draft.problems.bad.any() else np.flatnonzero(~draft.problems.bad)
    names = [*order, *(n for n in (*draft.numbers, *draft.texts) if n not in order)]
    held = (draft.texts, draft.numbers, draft.dates, draft.free)
    present = [name for name in dict.fromkeys(names) if any(name in part for part in held)]
    # Arrow and hashing work outside the interpreter lock.
    with ThreadPoolExecutor(1 if len(draft) < _LARGE else 2) as pool:
        made = list(pool.map(lambda name: _column(draft, name, good), present))
        where = list(pool.map(lambda name: _where(draft, name, good), ("file", "sheet")))
    columns: dict[str, object] = {
        name: values for name, (values, _) in zip(present, made, strict=True)
    }
    columns |= dict(zip(("file", "sheet"), where, strict=True))
    columns["row"] = _taken(draft.problems.places.row, good)
    frame = pd.DataFrame(columns, copy=False)
    digests = {name: digest for name, (_, digest) in zip(present, made, strict=True) if digest}
    return frame, joint_digest(digests, len(frame))


def _column(draft: Draft, name: str, good: Positions | None) -> tuple[object, str | None]:
    """A column and its digest, which is None if the column is empty."""
    if name in draft.texts:
        column = draft.texts[name] if good is None else draft.texts[name].kept_at(good)
        empty = bool((column.codes < 0).all())
        digest = None if empty else codes_digest(column.codes, column.values)
        return _series(column.arrow()), digest
    if name in draft.numbers:
        numbers = _taken(draft.numbers[name], good)
        return numbers, None if np.isnan(numbers).all() else numbers_digest(numbers)
    if name in draft.dates:
        days = _taken(draft.dates[name], good)
        return days.astype("datetime64[s]"), days_digest(days) if len(days) else None
    free = draft.free[name]
    texts = TextColumn.untouched(free if good is None else free.take(pa.array(good)))
    empty = bool((texts.codes < 0).all())
    return _series(texts.arrow()), None if empty else codes_digest(texts.codes, texts.values)


def _where(draft: Draft, name: str, good: Positions | None) -> pd.Series:
    if draft.joined.has(name):
        column = draft.joined.text(name)
        return _series((column if good is None else column.kept_at(good)).arrow())
    places = draft.problems.places
    values = places.files if name == "file" else places.sheets
    distinct = tuple(dict.fromkeys(value for value in values if value is not None))
    codes = np.array([-1 if v is None else distinct.index(v) for v in values], dtype=np.int32)
    return _series(TextColumn(codes[_taken(places.piece, good)], distinct).arrow())


def _taken(values: NDArray[_Kind], good: Positions | None) -> NDArray[_Kind]:
    return values if good is None else values[good]


def _series(array: pa.Array) -> pd.Series:
    return pd.Series(_TEXT.__from_arrow__(array.cast(pa.large_string())))  # type: ignore[attr-defined]


def quarantined_rows(draft: Draft) -> pd.DataFrame:
    """The rows with a problem as the user wrote them, with file, sheet, row, code, message."""
    positions, codes, messages = draft.problems.reasons()
    places = draft.problems.places
    given = draft.joined.given(positions)
    frame = pd.DataFrame({name: _series(c.combine_chunks()) for name, c in given.items()})
    where = {"file": places.files, "sheet": places.sheets}
    for name, values in where.items():
        frame[name] = pd.array([values[k] for k in places.piece[positions]], dtype=_TEXT)
    frame["row"] = places.row[positions]
    frame["code"] = pd.array(codes, dtype=_TEXT)
    frame["message"] = pd.array(messages, dtype=_TEXT)
    ragged = [
        {
            "file": sheet.file,
            "row": record.row,
            "code": "A-020",
            "message": Issue("A-020", vars(record)).message(),
            "text": record.text,
        }
        for sheet in draft.joined.sheets
        for record in sheet.ragged
    ]
    if not ragged:
        return frame
    return pd.concat([frame, pd.DataFrame(ragged)], ignore_index=True)
