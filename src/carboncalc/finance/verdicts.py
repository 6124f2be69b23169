"""The verdicts of classification, joined to labels by loan id and code.

A verdict speaks of one code: it confirms or refutes a label of that code and leaves a
label of another code undetermined. Without a verdict a declared balance is undetermined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.errors import FinanceError
from carboncalc.finance.arrays import Texts
from carboncalc.finance.catalogues import CURRENT, catalogue_id, group_key
from carboncalc.finance.columns import resolve
from carboncalc.finance.labels import ratio_of
from carboncalc.finance.match import IdIndex

UNMATCHED, ELIGIBLE, INELIGIBLE, UNDETERMINED = 0, 1, 2, 3
_STATES = {"eligible": ELIGIBLE, "ineligible": INELIGIBLE, "undetermined": UNDETERMINED}
_ANY = -1


@dataclass(frozen=True)
class Verdicts:
    """Verdicts by loan id, in the order of their index; ``used`` marks those that met a label.

    Examples
    --------
    >>> frame = pd.DataFrame({"entry_id": ["J1"], "code": ["4.2.2"], "verdict": ["eligible"],
    ...     "green_ratio": [1.0]})
    >>> verdicts = Verdicts.read(frame)
    >>> state, ratio, other = verdicts.find(Texts.of(pa.array(["J1", "J2"])),
    ...     np.array([0, 0]), ("4.2.2",))
    >>> state.tolist(), int(ratio[0])
    ([1, 0], 1000000000)
    """

    index: IdIndex
    keys: tuple[str, ...]
    code: NDArray[np.int32]
    state: NDArray[np.int8]
    ratio: NDArray[np.int64]
    runs: int
    unsized: tuple[str, ...] = ()
    used: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    @classmethod
    def read(cls, given: Any) -> Verdicts | None:
        """Verdicts from a result of classification, its ``frame``, or records; None stays None.

        Raises
        ------
        FinanceError
            ``L-056`` a column is missing, ``L-058`` a verdict is none of the three,
            ``L-057`` two verdicts on one loan and code contradict each other.
        """
        if given is None or isinstance(given, Verdicts):
            return given
        frame = getattr(given, "frame", given)
        frame = frame() if callable(frame) else frame
        frame = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(list(frame))
        for column in ("entry_id", "verdict"):
            if column not in frame.columns:
                raise FinanceError("L-056", column=column)
        ids = [str(entry) for entry in frame["entry_id"].tolist()]
        keys, code = _keys(frame)
        state = _states(frame["verdict"].tolist())
        ratio, unsized = _ratios(frame, ids, state)
        _refuse_contradictions(ids, code, state, ratio)
        index = IdIndex.of(pa.array(ids, pa.string()))
        turn = index.order
        return cls(
            index,
            keys,
            code[turn],
            state[turn],
            ratio[turn],
            index.runs(),
            unsized,
            np.zeros(len(ids), dtype=bool),
        )

    def find(
        self, loans: Texts, code: NDArray[np.integer], keys: Sequence[str]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.bool_]]:
        """State and ratio of the verdict on each loan's code, and whether only others exist."""
        count = len(loans.lengths)
        state = np.zeros(count, dtype=np.int8)
        ratio = np.zeros(count, dtype=np.int64)
        place = self.index.first(loans)
        rows = np.flatnonzero(place >= 0)
        own = {key: number for number, key in enumerate(self.keys)}
        wanted = np.array([own.get(key, -2) for key in keys], dtype=np.int32)[code[rows]]
        first = place[rows]
        for step in range(self.runs):
            at = np.minimum(first + step, len(self.code) - 1)
            same = (self.index.hashes[at] == self.index.hashes[first]) & (at == first + step)
            hit = same & ((self.code[at] == wanted) | (self.code[at] == _ANY)) & (state[rows] == 0)
            state[rows[hit]] = self.state[at[hit]]
            ratio[rows[hit]] = self.ratio[at[hit]]
            self.used[at[hit]] = True
        return state, ratio, (place >= 0) & (state == UNMATCHED)


def _keys(frame: pd.DataFrame) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Each verdict's code as it stands in tables; without a code it speaks of the whole loan."""
    if "code" not in frame.columns:
        return (), np.full(len(frame), _ANY, dtype=np.int32)
    empty = frame["code"].isna().tolist()
    codes = [
        "" if none else str(code).strip() for none, code in zip(empty, frame["code"], strict=True)
    ]
    named = frame["taxonomy"].tolist() if "taxonomy" in frame.columns else [CURRENT] * len(frame)
    catalogues = {text: catalogue_id(str(text)) or str(text) for text in set(map(str, named))}
    texts = [
        group_key(catalogues[str(name)], code) if code else ""
        for name, code in zip(named, codes, strict=True)
    ]
    keys = tuple(sorted(set(texts) - {""}))
    place = {key: number for number, key in enumerate(keys)}
    return keys, np.array([place.get(text, _ANY) for text in texts], dtype=np.int32)


def _states(verdicts: Sequence[Any]) -> NDArray[np.int8]:
    found = []
    for verdict in verdicts:
        text = str(getattr(verdict, "value", verdict))
        known = resolve("verdict", text)
        if known is None:
            raise FinanceError("L-058", value=text)
        found.append(_STATES[known])
    return np.array(found, dtype=np.int8)


def _ratios(
    frame: pd.DataFrame, ids: Sequence[str], state: NDArray[np.int8]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Ratios in billionths; an eligible verdict without one does not say how much: undetermined."""
    if "green_ratio" not in frame.columns:
        given: list[Any] = [None] * len(frame)
    else:
        given = [
            None if missing else value
            for missing, value in zip(
                frame["green_ratio"].isna(), frame["green_ratio"], strict=True
            )
        ]
    ratio = np.zeros(len(given), dtype=np.int64)
    unsized = []
    for row, value in enumerate(given):
        if state[row] != ELIGIBLE:
            continue
        if value is None:
            state[row] = UNDETERMINED
            unsized.append(ids[row])
            continue
        ratio[row], problem = ratio_of(f"{value:.9f}" if isinstance(value, float) else str(value))
        if problem:
            raise FinanceError(problem, value=value)
    return ratio, tuple(unsized)


def _refuse_contradictions(
    ids: Sequence[str],
    code: NDArray[np.int32],
    state: NDArray[np.int8],
    ratio: NDArray[np.int64],
) -> None:
    seen: dict[tuple[str, int], tuple[int, int]] = {}
    for entry, place, verdict, share in zip(
        ids, code.tolist(), state.tolist(), ratio.tolist(), strict=True
    ):
        if seen.setdefault((entry, place), (verdict, share)) != (verdict, share):
            raise FinanceError("L-057", entry=entry)
