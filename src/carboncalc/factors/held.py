"""The rows a library holds: which files they lie in, and their arrays once read."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from carboncalc.factors.files import AT, SetFile, read_lock, read_set_file
from carboncalc.factors.known import known_by
from carboncalc.factors.store import RowStore

_Key = tuple[str, str, str]


class HeldRows:
    """Rows by number over files and overlays, read set by set when first asked for.

    The numbers follow the files in the order of the index, then the overlays.
    """

    def __init__(
        self,
        files: Sequence[SetFile],
        root: Path | None,
        version: str,
        digest: str,
        *,
        overlays: Sequence[tuple[str, tuple[tuple[str, ...], ...]]] = (),
        known_on: date | None = None,
        release: str | None = None,
    ) -> None:
        self._files, self._root = tuple(files), root
        self._version, self._base_digest = version, digest
        self._overlays, self._known_on, self._release = tuple(overlays), known_on, release
        self._lock = threading.RLock()
        own = sum(entry.rows for entry in files)
        self._size = own + sum(len(rows) for _, rows in overlays)
        self._store = RowStore(self._size)
        self._pinned: frozenset[str] | None = None
        self._keys: dict[_Key, list[int]] = {}
        self._opened: set[str] = set()
        self._starts: dict[str, list[tuple[int, SetFile]]] = {}
        start = 0
        for entry in self._files:
            self._starts.setdefault(entry.set, []).append((start, entry))
            start += entry.rows
        self._overlay_start = start
        self._overlay_rows: dict[str, list[int]] = {}
        for row in (row for _, rows in overlays for row in rows):
            self._store.place(start, row)
            self._overlay_rows.setdefault(row[AT["set"]], []).append(start)
            start += 1

    @property
    def values(self) -> NDArray[np.float64]:
        """The value of each row as float64, in ``units[row]``."""
        return self._store.values

    @property
    def grades(self) -> NDArray[np.str_]:
        """The evidence grade of each row."""
        return self._store.grades

    @property
    def units(self) -> list[str]:
        """The unit of each row, as printed in the file."""
        return self._store.units

    @property
    def ids(self) -> list[str]:
        """The id of each row."""
        return self._store.ids

    @property
    def sources(self) -> list[str]:
        """The document key of each row (``emission_factors/sources.yaml``)."""
        return self._store.sources

    @property
    def wheres(self) -> list[str]:
        """The clause, table or page of each row."""
        return self._store.wheres

    def set_of(self, row: int) -> str:
        """The set a row number belongs to, known without opening it."""
        if row >= self._overlay_start:
            return self._store.cell(row, "set")
        for key, held in self._starts.items():
            if any(start <= row < start + entry.rows for start, entry in held):
                return key
        raise IndexError(row)

    def cell(self, row: int, column: str) -> str:
        """One cell of a row as text, '' where it is empty."""
        return self._store.cell(row, column)

    # -- sets ---------------------------------------------------------------------------

    def sets(self) -> dict[str, str]:
        """Set → kind, in the order of the files."""
        named = {entry.set: entry.kind for entry in self._files}
        return named | {key: "overlay" for key in self._overlay_rows if key not in named}

    def open_set(self, key: str) -> None:
        """Read a set's files, once; an unknown set is an empty one."""
        if key in self._opened:
            return
        with self._lock:
            if key in self._opened:
                return
            for start, entry in self._starts.get(key, []):
                assert self._root is not None
                for number, row in enumerate(read_set_file(self._root, entry), start=start):
                    self._store.place(number, row)
            self._index(key)
            self._opened.add(key)

    def rows_for(self, key: str, item: str, parameter: str) -> list[int]:
        """The row numbers of a set's item and parameter: newest version, overlay before own."""
        self.open_set(key)
        return self._keys.get((key, item, parameter), [])

    def indices(self, key: str | None = None) -> list[int]:
        """The row numbers of one set, or of all, after opening it."""
        names = [key] if key else list(self.sets())
        for name in names:
            self.open_set(name)
        return [index for name in names for index in self._rows_of(name)]

    def newest(self, key: str) -> list[int]:
        """The row numbers of one set without those that a newer version supersedes."""
        return self._store.newest(self.indices(key), self._overlay_start)

    # -- inside ---------------------------------------------------------------------------

    def _rows_of(self, key: str) -> list[int]:
        own = [
            number
            for start, entry in self._starts.get(key, [])
            for number in range(start, start + entry.rows)
            if self._seen(number)
        ]
        return [*self._overlay_rows.get(key, []), *own]

    def _seen(self, number: int) -> bool:
        """Whether a row was published by the date and release this library stands at."""
        if number >= self._overlay_start:
            return True
        if self._known_on and not known_by(self.cell(number, "published"), self._known_on):
            return False
        return self._release is None or self._store.ids[number] in self._pinned_ids()

    def _pinned_ids(self) -> frozenset[str]:
        if self._pinned is None:
            lock = read_lock(self._root) if self._root else {}
            limit = _order(self._release or "")
            held = (key for key, (_, release) in lock.items() if _order(release) <= limit)
            self._pinned = frozenset(held)
        return self._pinned

    def _index(self, key: str) -> None:
        """Note the newest row of each identity by (set, item, parameter)."""
        for number in self._store.newest(self._rows_of(key), self._overlay_start):
            item, parameter = self.cell(number, "item"), self.cell(number, "parameter")
            self._keys.setdefault((key, item, parameter), []).append(number)


def _order(release: str) -> tuple[int, ...]:
    """Releases in order: 2026.2 comes before 2026.10."""
    return tuple(int(part) for part in release.split(".") if part.isdigit())
