"""Collects the reasons of many verdicts as columns, and folds them into one list per entry.

A reason is (criterion, measured, threshold, status, page). They are gathered test by test
for all entries that share the test, and sorted into the order of the entries at the end:
no entry is ever looked at on its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from carboncalc.classification.criteria import FAIL, MISSING, Statuses

Positions = npt.NDArray[np.int64]

STATUS_WORDS = ("pass", "missing", "fail")


@dataclass(slots=True)
class _Chunk:
    rows: Positions
    order: int
    criterion: int
    thresholds: npt.NDArray[np.int32]
    statuses: Statuses
    pages: npt.NDArray[np.int32]
    measured: pa.Array
    counts: npt.NDArray[np.bool_]


@dataclass(slots=True)
class Reasons:
    """The reasons found so far, and the worst status of each entry."""

    size: int
    worst: Statuses = field(init=False)
    _chunks: list[_Chunk] = field(default_factory=list)
    _words: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.worst = np.zeros(self.size, dtype=np.int8)

    def word(self, text: str) -> int:
        """The number that stands for a text."""
        return self._words.setdefault(text, len(self._words))

    def add(
        self,
        rows: Positions,
        criterion: str,
        thresholds: int | npt.NDArray[np.int32],
        *,
        statuses: Statuses,
        pages: int | npt.NDArray[np.int32],
        measured: pa.Array,
        counts: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Note one step for some entries; ``counts`` says where it decides the verdict."""
        if not len(rows):
            return
        decides = np.ones(len(rows), dtype=bool) if counts is None else counts
        settled = np.where(decides, statuses, 0).astype(np.int8)
        # Within one call every entry stands once, so plain indexing is enough.
        self.worst[rows] = np.maximum(self.worst[rows], settled)
        width = np.int32
        self._chunks.append(
            _Chunk(
                rows=rows,
                order=len(self._chunks),
                criterion=self.word(criterion),
                thresholds=np.broadcast_to(np.asarray(thresholds, dtype=width), rows.shape),
                statuses=statuses,
                pages=np.broadcast_to(np.asarray(pages, dtype=width), rows.shape),
                measured=measured,
                counts=decides,
            )
        )

    def fold(self) -> dict[str, pa.Array]:
        """The lists ``reasons``, ``missing_evidence`` and ``would_change`` of every entry."""
        chunks = self._chunks
        rows = np.concatenate([c.rows for c in chunks]) if chunks else np.zeros(0, np.int64)
        sizes = [len(c.rows) for c in chunks]
        order = np.repeat([c.order for c in chunks], sizes).astype(np.int64)
        permutation = np.argsort(rows * (len(chunks) + 1) + order, kind="stable")
        rows = rows[permutation]
        criterion = np.repeat([c.criterion for c in chunks], sizes).astype(np.int32)[permutation]
        threshold = _joined([c.thresholds for c in chunks], np.int32)[permutation]
        status = _joined([c.statuses for c in chunks], np.int8)[permutation]
        page = _joined([c.pages for c in chunks], np.int32)[permutation]
        counts = _joined([c.counts for c in chunks], np.bool_)[permutation]
        measured = (
            pa.concat_arrays([c.measured.cast(pa.string()) for c in chunks]).take(permutation)
            if chunks
            else pa.array([], pa.string())
        )
        words = pa.array(list(self._words), pa.string())
        names, asked = words.take(criterion), words.take(threshold)
        struct = pa.StructArray.from_arrays(
            [
                names,
                measured,
                asked,
                pa.array(STATUS_WORDS, pa.string()).take(status),
                pa.array(page, mask=page == 0),
            ],
            ["criterion", "measured", "threshold", "status", "page"],
        )
        worst = self.worst[rows]
        missing = counts & (status == MISSING)
        # A refused entry is changed by what failed; one in doubt by what is missing.
        changes = counts & (status == np.where(worst == FAIL, FAIL, MISSING)) & (worst > 0)
        change = self._changes(criterion[changes], threshold[changes])
        return {
            "reasons": pa.ListArray.from_arrays(self._offsets(rows), struct),
            "missing_evidence": pa.ListArray.from_arrays(
                self._offsets(rows[missing]), names.filter(pa.array(missing))
            ),
            "would_change": pa.ListArray.from_arrays(self._offsets(rows[changes]), change),
        }

    def _changes(self, criterion: npt.NDArray[Any], threshold: npt.NDArray[Any]) -> pa.Array:
        pairs, inverse = np.unique(
            criterion.astype(np.int64) << 32 | threshold, return_inverse=True
        )
        words = list(self._words)
        texts = [f"{words[p >> 32]} {words[p & 0xFFFFFFFF]}" for p in pairs.tolist()]
        return pa.array(texts, pa.string()).take(inverse)

    def _offsets(self, rows: Positions) -> pa.Array:
        counts = np.bincount(rows, minlength=self.size)
        return pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))


def _joined(parts: list[Any], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate(parts).astype(kind) if parts else np.zeros(0, kind)
