"""A table in the making: canonical columns as codes and arrays, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.activity.columns import Joined
from carboncalc.activity.problems import Problems
from carboncalc.activity.text import TextColumn
from carboncalc.errors import Severity

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Why a distinct value is refused: a code and its parameters; None if it is not.
Refusal = tuple[str, Mapping[str, Any]] | None


class Draft:
    """Columns by canonical name: texts as codes, numbers as floats, free text as Arrow."""

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        self.problems: Problems = joined.problems
        self.texts: dict[str, TextColumn] = {}
        self.numbers: dict[str, Floats] = {}
        self.free: dict[str, pa.ChunkedArray] = {}
        self.dates: dict[str, NDArray[np.datetime64]] = {}

    def __len__(self) -> int:
        return len(self.joined)

    def text(self, name: str) -> TextColumn:
        """A text column, empty where the input has none."""
        found = self.texts.get(name)
        return TextColumn.constant(None, len(self)) if found is None else found

    def number(self, name: str) -> Floats:
        """A number column, nan where the input has none."""
        found = self.numbers.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def flag(
        self,
        column: TextColumn,
        refusals: Sequence[Refusal],
        name: str,
        severity: Severity = "problem",
    ) -> Mask:
        """Note the rows of the distinct values that are refused; return their mask."""
        refused = [refusal is not None for refusal in refusals]
        if not any(refused):
            return np.zeros(len(self), dtype=np.bool_)
        everywhere: Mask = column.lookup(refused, False)
        for code in sorted({refusal[0] for refusal in refusals if refusal is not None}):
            params = [dict(refusal[1]) if refusal else {} for refusal in refusals]
            mine = [refusal is not None and refusal[0] == code for refusal in refusals]
            rows = np.flatnonzero(column.lookup(mine, False))
            self.problems.add(
                code, rows, column=name, params=params, which=column.codes[rows], severity=severity
            )
        return everywhere

    def flag_first(self, column: TextColumn, refusals: Sequence[Refusal], name: str) -> None:
        """Note a finding at the first row of each distinct value that has one."""
        for code, refusal in enumerate(refusals):
            if refusal is not None and len(rows := np.flatnonzero(column.codes == code)):
                self.problems.add(
                    refusal[0], rows[:1], column=name, params=refusal[1], severity="finding"
                )

    def translate(
        self, column: TextColumn, name: str, read: Callable[[str], str | Refusal]
    ) -> TextColumn:
        """Replace each distinct value by what it means, or refuse it."""
        meanings = [read(value) for value in column.values]
        refusals = [None if isinstance(m, str) or m is None else m for m in meanings]
        self.flag(column, refusals, name)
        return column.mapped([m if isinstance(m, str) else None for m in meanings])

    def require(self, name: str, missing: Mask) -> None:
        """Refuse the rows in which a required cell is empty.

        A cell that was refused for what stands in it (a formula, an error value) is not
        called empty as well.
        """
        missing = missing & ~self.problems.refused(name)
        self.problems.add("A-030", missing, column=name, params={"column": name})


def number_text(value: float) -> str:
    """A number as it is shown in a message.

    Examples
    --------
    >>> number_text(-3.0), number_text(0.1)
    ('-3', '0.1')
    """
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
