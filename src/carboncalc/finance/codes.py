"""Columns of codes, judged value by value: each distinct spelling is looked at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.finance.catalogues import industry_key
from carboncalc.finance.columns import resolve, treatment
from carboncalc.vocabulary import names

#: The group of rows that have no code.
NONE = "(none)"

Judge = Callable[[str], tuple[str, str | None]]


@dataclass(frozen=True)
class CodeTable:
    """What the values of one dictionary mean; the last place stands for an empty cell.

    ``keys`` are canonical; ``problems`` holds the message code of each value, or None;
    ``flags`` are truths about each value that rows take.
    """

    values: tuple[str, ...]
    keys: tuple[str, ...]
    problems: tuple[str | None, ...]
    flags: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def where(self, treated: str, kind: str) -> NDArray[np.bool_]:
        """Which values have a treatment in their code list."""
        table = treatment(treated)
        return np.array([table.get(key) == kind for key in self.keys])


@dataclass(frozen=True)
class Coded:
    """A column of codes: a place in the table for each row.

    ``raw`` may hold anything where a cell is empty; ``filled`` tells, and is None if none is.
    """

    raw: NDArray[np.int32]
    table: CodeTable
    filled: NDArray[np.bool_] | None = None

    @functools.cached_property
    def indices(self) -> NDArray[np.int32]:
        """The place of each row; empty cells stand at the last."""
        if self.filled is None:
            return self.raw
        return np.where(self.filled, self.raw, np.int32(len(self.table.values)))

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """The places of some rows; cheaper than all of them where these are filled."""
        whole = self.filled is None or bool(self.filled.take(rows).all())
        return (self.raw if whole else self.indices).take(rows)

    @property
    def faulty(self) -> bool:
        """Whether any value that may occur has a problem."""
        problems = self.table.problems
        return any(problems[:-1] if self.filled is None else problems)

    def rows(self, values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A truth about each value as a truth about each row."""
        # Places are within the table, so clipping changes nothing and spares their conversion.
        return values.take(self.indices, mode="clip")

    def keys(self) -> NDArray[np.object_]:
        """The canonical code of each row."""
        return np.array(self.table.keys, dtype=object)[self.indices]

    def value(self, row: int) -> str:
        """The cell of a row as it was written."""
        place = int(self.indices[row])
        return self.table.values[place] if place < len(self.table.values) else ""


class Coder:
    """Turns dictionary arrays into coded columns, remembering the last dictionary of each.

    Examples
    --------
    >>> coder = Coder()
    >>> coded = coder.code("class5", pa.array(["次级", None]).dictionary_encode())
    >>> coded.keys().tolist(), coded.table.problems
    (['substandard', '(none)'], (None, 'L-011'))
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[pa.Array, CodeTable]] = {}

    def code(self, column: str, array: pa.Array) -> Coded:
        """The column with its meanings; any dictionary of texts is taken as it is."""
        dictionary = array.dictionary
        last = self._last.get(column)
        if last is None or not (last[0] is dictionary or last[0].equals(dictionary)):
            last = (dictionary, judged(column, dictionary.to_pylist()))
            self._last[column] = last
        indices = array.indices
        if not indices.null_count:
            return Coded(indices.to_numpy(), last[1])
        filled = filled_cells(indices)
        raw = np.frombuffer(indices.buffers()[1], np.int32)
        raw = raw[indices.offset : indices.offset + len(indices)]
        return Coded(raw, last[1], filled)


def filled_cells(array: pa.Array) -> NDArray[np.bool_]:
    """Which cells of an array are not empty.

    Examples
    --------
    >>> filled_cells(pa.array([1, None, 3]).slice(1)).tolist()
    [False, True]
    """
    bitmap = array.buffers()[0]
    if bitmap is None:
        return np.ones(len(array), dtype=bool)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)].view(np.bool_)


def judged(column: str, values: Sequence[str | None]) -> CodeTable:
    """The table of one column's distinct values.

    Examples
    --------
    >>> judged("currency", ["RMB", "ZZZ"]).problems
    (None, 'L-016', 'L-011')
    """
    judge = _JUDGES.get(column, _plain_code)
    texts = [(value or "").strip() for value in values]
    pairs = [judge(text) if text else (NONE, _EMPTY.get(column)) for text in texts]
    pairs.append((NONE, _EMPTY.get(column)))
    return CodeTable(
        values=tuple(texts),
        keys=tuple(key for key, _ in pairs),
        problems=tuple(problem for _, problem in pairs),
    )


def _plain_code(value: str) -> tuple[str, str | None]:
    return value, None


def _listed(name: str, problem: str | None, value: str) -> tuple[str, str | None]:
    key = resolve(name, value)
    return (key, None) if key else (value, problem)


def _industry(value: str) -> tuple[str, str | None]:
    key = industry_key(value)
    return (key, None) if key else (value, "L-020")


def _city(value: str) -> tuple[str, str | None]:
    found = names.lookup("region", value)
    return (found.id if isinstance(found, names.Resolved) else value), None


_JUDGES: Mapping[str, Judge] = {
    "product": partial(_listed, "product", "L-019"),
    "currency": partial(_listed, "currency", "L-016"),
    "class5": partial(_listed, "class5", "L-018"),
    "status": partial(_listed, "status", "L-026"),
    "borrower_type": partial(_listed, "borrower_type", None),
    "use_industry_code": _industry,
    "branch_city": _city,
}
#: An empty cell of a required column is a problem; of the others it is not.
_EMPTY = dict.fromkeys(
    ("bank_id", "branch_id", "product", "use_industry_code", "currency", "class5"), "L-011"
)
