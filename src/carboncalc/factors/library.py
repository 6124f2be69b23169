"""The emission-factor library: arrays by row number, opened set by set when asked."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from carboncalc import resources
from carboncalc.errors import FactorError, FactorNotFoundError
from carboncalc.factors.files import (
    AT,
    COLUMNS,
    SetFile,
    factor_id,
    read_index,
    read_lock,
    read_set_file,
    read_version,
    row_digest,
)
from carboncalc.factors.known import known_by
from carboncalc.factors.request import FactorRequest
from carboncalc.model.factor import EmissionFactor

if TYPE_CHECKING:
    import pandas as pd

_Key = tuple[str, str, str]


class FactorLibrary:
    """All factors by row number. Immutable; a set is read from its files when first asked for.

    ``values`` (float64), ``units``, ``ids``, ``grades``, ``sources`` and ``wheres`` are indexed
    by row number, which ``match`` hands out; rows of sets that nobody asked for are NaN and ''
    until ``open_all()``. Overlay rows stand before the library's own.

    Examples
    --------
    >>> library = FactorLibrary.default()
    >>> library.by_id("mee_power_2021/natural_gas/carbon_content@1").value
    0.01532
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
        self._values = np.full(self._size, np.nan)
        self._grades = np.full(self._size, "", dtype="<U1")
        self._units, self._ids = [""] * self._size, [""] * self._size
        self._sources, self._wheres = [""] * self._size, [""] * self._size
        self._cells: dict[int, Sequence[str]] = {}
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
            self._place(start, row)
            self._overlay_rows.setdefault(row[AT["set"]], []).append(start)
            start += 1

    # -- opening ------------------------------------------------------------------------

    @classmethod
    @functools.cache
    def default(cls) -> FactorLibrary:
        """The library that ships with the package; only its index is read here."""
        return cls.open(resources.emission_factors())

    @classmethod
    def open(cls, root: Path) -> FactorLibrary:
        """The library in a folder with ``index.csv`` and ``index.yaml``."""
        digest = hashlib.sha256((root / "index.csv").read_bytes()).hexdigest()
        return cls(read_index(root), root, read_version(root), digest)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, name: str = "overlay") -> FactorLibrary:
        """A library of a user's own rows, validated; all problems are named at once.

        Raises
        ------
        ActivityDataError
            With one issue per problem, see ``carboncalc.factors.overlay.read_overlay``.
        """
        return cls((), None, "", "").with_overlay(frame, name=name)

    def with_overlay(self, rows: pd.DataFrame | str | Path, name: str = "overlay") -> FactorLibrary:
        """A library with a user's rows in front; the library it was made from stays as it is.

        A row that has the same key as a published one must name it in ``supersedes``: nothing
        is shadowed in silence. Rows without a grade of a source are grade S.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = pd.DataFrame([{"set": "grid", "item": "electricity", "parameter": "average",
        ...     "region": "CN-35", "data_year": 2024, "value": 0.41, "unit": "tCO2/MWh",
        ...     "source": "supplier letter"}])
        >>> FactorLibrary.default().with_overlay(rows).by_id("grid/average/CN-35/2024@1").grade
        'S'
        """
        from carboncalc.factors.overlay import read_overlay

        overlays = (*self._overlays, (name, read_overlay(rows, self, name=name)))
        return self._like(overlays=overlays)

    def pinned(self, version: str) -> FactorLibrary:
        """The library as of a release: rows published later are not seen.

        Raises
        ------
        FactorError
            F-022 where the release is not held.
        """
        if version == self._version:
            return self
        lock = read_lock(self._root) if self._root else {}
        releases = sorted({release for _, release in lock.values()})
        if version not in releases:
            raise FactorError("F-022", version=version, held=", ".join(releases))
        return self._like(release=version)

    def as_known_on(self, day: date | str) -> FactorLibrary:
        """The library as it could be known on a day: later publications are not seen.

        A publication dated by month or year counts as known from its last day on.

        Examples
        --------
        >>> then = FactorLibrary.default().as_known_on("2024-06-30")
        >>> then.years("grid", "electricity", "average", "CN")
        (2021,)
        """
        known_on = date.fromisoformat(day) if isinstance(day, str) else day
        return self._like(known_on=known_on)

    def _like(self, **changes: Any) -> FactorLibrary:
        current = {
            "overlays": self._overlays,
            "known_on": self._known_on,
            "release": self._release,
        }
        return FactorLibrary(
            self._files, self._root, self._version, self._base_digest, **{**current, **changes}
        )

    # -- identity -----------------------------------------------------------------------

    @property
    def version(self) -> str:
        """The release, for example ``2026.1``; a pinned library names the pinned one."""
        return self._release or self._version

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of all files, the overlay rows, and any date or pin."""
        parts = [self._base_digest, self._release or "", str(self._known_on or "")]
        parts += [row_digest(row) for _, rows in self._overlays for row in rows]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        sets = len(self._starts)
        extra = f" + {len(self) - self._overlay_start} overlay rows" if self._overlays else ""
        return f"<FactorLibrary {self.version}: {self._overlay_start} rows in {sets} sets{extra}>"

    # -- arrays by row number -------------------------------------------------------------

    @property
    def values(self) -> NDArray[np.float64]:
        """The value of each row as float64, in ``units[row]``."""
        return self._values

    @property
    def grades(self) -> NDArray[np.str_]:
        """The evidence grade of each row."""
        return self._grades

    @property
    def units(self) -> list[str]:
        """The unit of each row, as printed in the file."""
        return self._units

    @property
    def ids(self) -> list[str]:
        """The id of each row."""
        return self._ids

    @property
    def sources(self) -> list[str]:
        """The document key of each row (``emission_factors/sources.yaml``)."""
        return self._sources

    @property
    def wheres(self) -> list[str]:
        """The clause, table or page of each row."""
        return self._wheres

    def set_of(self, row: int) -> str:
        """The set a row number belongs to, known without opening it."""
        if row >= self._overlay_start:
            return self._cells[row][AT["set"]]
        for key, held in self._starts.items():
            if any(start <= row < start + entry.rows for start, entry in held):
                return key
        raise IndexError(row)

    def cell(self, row: int, column: str) -> str:
        """One cell of a row as text, '' where it is empty."""
        return self._cells[row][AT[column]]

    # -- looking up -----------------------------------------------------------------------

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
                    self._place(number, row)
            self._index(key)
            self._opened.add(key)

    def open_all(self) -> FactorLibrary:
        """Read every set, so that the arrays are complete."""
        for key in self.sets():
            self.open_set(key)
        return self

    def rows_for(self, key: str, item: str, parameter: str) -> list[int]:
        """The row numbers of a set's item and parameter: newest version, overlay before own."""
        self.open_set(key)
        return self._keys.get((key, item, parameter), [])

    def find(self, request: FactorRequest) -> list[int]:
        """The row numbers a request may be answered from, over all regions and years."""
        from carboncalc.factors.narrow import narrow

        return narrow(self, request, self.rows_for(request.set, request.item, request.parameter))

    def years(self, key: str, item: str, parameter: str, region: str) -> tuple[int, ...]:
        """The data years held for a region, oldest first."""
        rows = self.rows_for(key, item, parameter)
        found = {self.cell(r, "data_year") for r in rows if self.cell(r, "region") == region}
        return tuple(sorted(int(year) for year in found if year))

    def row(self, index: int) -> EmissionFactor:
        """The full record of a row number."""
        from carboncalc.factors.records import record

        return record(self, index)

    def by_id(self, factor_id: str) -> EmissionFactor:
        """The full record of an id.

        Raises
        ------
        FactorNotFoundError
            F-001 with the ids of the same set that come nearest.
        """
        return self.row(self.index_of(factor_id))

    def index_of(self, factor_id: str) -> int:
        """The row number of an id."""
        key = factor_id.partition("/")[0]
        self.open_set(key)
        for index in self._rows_of(key):
            if self._ids[index] == factor_id:
                return index
        from carboncalc.factors.nearest import nearest_ids

        near = nearest_ids(factor_id, [self._ids[i] for i in self._rows_of(key)])
        raise FactorNotFoundError("F-001", asked=factor_id, nearest=near, near=", ".join(near))

    def search(self, text: str, limit: int = 10) -> list[EmissionFactor]:
        """The rows a person means by some words, best first (``天然气 排放因子``)."""
        from carboncalc.factors.search import search

        return search(self, text, limit=limit)

    def rows(self, key: str | None = None) -> Iterator[EmissionFactor]:
        """The records of one set, or of all."""
        for name in [key] if key else list(self.sets()):
            self.open_set(name)
            for index in self._rows_of(name):
                yield self.row(index)

    def indices(self, key: str | None = None) -> list[int]:
        """The row numbers of one set, or of all, after opening it."""
        names = [key] if key else list(self.sets())
        for name in names:
            self.open_set(name)
        return [index for name in names for index in self._rows_of(name)]

    def to_frame(self, key: str | None = None) -> pd.DataFrame:
        """The rows of one set, or of all, as a data frame with an ``id`` column first."""
        import pandas as pd

        indices = self.indices(key)
        frame = pd.DataFrame([self._cells[i] for i in indices], columns=list(COLUMNS))
        frame.insert(0, "id", [self._ids[i] for i in indices])
        frame["value"] = self._values[indices]
        return frame

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
        return self._release is None or self._ids[number] in self._pinned_ids()

    @functools.lru_cache(maxsize=1)  # noqa: B019 - one entry, on a library that lives long
    def _pinned_ids(self) -> frozenset[str]:
        lock = read_lock(self._root) if self._root else {}
        return frozenset(key for key, (_, rel) in lock.items() if rel <= (self._release or rel))

    def _place(self, number: int, row: Sequence[str]) -> None:
        self._values[number] = float(row[AT["value"]])
        self._grades[number] = row[AT["grade"]]
        self._units[number], self._ids[number] = row[AT["unit"]], factor_id(row)
        self._sources[number], self._wheres[number] = row[AT["source"]], row[AT["where"]]
        self._cells[number] = row

    def _index(self, key: str) -> None:
        """Newest version of each identity and validity by (set, item, parameter).

        A row of an overlay wins, whatever its version.
        """
        newest: dict[tuple[str, str, str], int] = {}
        for number in reversed(self._rows_of(key)):
            name, _, version = self._ids[number].rpartition("@")
            window = (self.cell(number, "valid_from"), self.cell(number, "valid_to"))
            identity = (name, *window)
            held = newest.get(identity)
            overlay = number >= self._overlay_start
            if held is None or overlay or int(version) > int(self.cell(held, "version")):
                newest[identity] = number
        for number in sorted(newest.values()):
            row = self._cells[number]
            self._keys.setdefault((key, row[AT["item"]], row[AT["parameter"]]), []).append(number)
