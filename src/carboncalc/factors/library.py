"""The emission-factor library: arrays by row number, opened set by set when asked."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc import resources
from carboncalc.errors import FactorError, FactorNotFoundError
from carboncalc.factors.files import (
    COLUMNS,
    SetFile,
    read_index,
    read_lock,
    read_version,
    row_digest,
)
from carboncalc.factors.held import HeldRows
from carboncalc.factors.request import FactorRequest
from carboncalc.model.factor import EmissionFactor

if TYPE_CHECKING:
    import pandas as pd


class FactorLibrary(HeldRows):
    """All factors by row number. Immutable; a set is read from its files when first asked for.

    ``values`` (float64), ``units``, ``ids``, ``grades``, ``sources`` and ``wheres`` are indexed
    by row number, which ``match`` hands out; rows of sets that nobody asked for are NaN and ''
    until ``open_all()``. Overlay rows answer before the library's own. It pickles.

    Examples
    --------
    >>> library = FactorLibrary.default()
    >>> library.by_id("mee_power_2021/natural_gas/carbon_content@1").value
    0.01532
    """

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

    def overlays(self) -> tuple[tuple[str, pd.DataFrame], ...]:
        """Name and rows of each overlay, all cells as text, so that they can be laid on again.

        Examples
        --------
        >>> FactorLibrary.default().overlays()
        ()
        """
        import pandas as pd

        return tuple(
            (name, pd.DataFrame(list(rows), columns=list(COLUMNS), dtype="str"))
            for name, rows in self._overlays
        )

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

    def _standing(self) -> dict[str, Any]:
        return {
            "overlays": self._overlays,
            "known_on": self._known_on,
            "release": self._release,
        }

    def _like(self, **changes: Any) -> FactorLibrary:
        return _rebuild(
            self._files, self._root, self._version, self._base_digest, self._standing() | changes
        )

    def __reduce__(self) -> tuple[Any, ...]:
        base = (self._files, self._root, self._version, self._base_digest)
        return _rebuild, (*base, self._standing()), sorted(self._opened)

    def __setstate__(self, opened: list[str]) -> None:
        """Open what was open: whoever holds row numbers finds the rows behind them."""
        for key in opened:
            self.open_set(key)

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

    # -- looking up -----------------------------------------------------------------------

    def open_all(self) -> FactorLibrary:
        """Read every set, so that the arrays are complete."""
        for key in self.sets():
            self.open_set(key)
        return self

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
            if self._store.ids[index] == factor_id:
                return index
        from carboncalc.factors.nearest import nearest_ids

        near = nearest_ids(factor_id, [self._store.ids[i] for i in self._rows_of(key)])
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

    def to_frame(self, key: str | None = None) -> pd.DataFrame:
        """The rows of one set, or of all, as a data frame with an ``id`` column first."""
        import pandas as pd

        indices = self.indices(key)
        frame = pd.DataFrame([self._store.cells[i] for i in indices], columns=list(COLUMNS))
        frame.insert(0, "id", [self._store.ids[i] for i in indices])
        frame["value"] = self._store.values[indices]
        return frame


def _rebuild(
    files: tuple[SetFile, ...],
    root: Path | None,
    version: str,
    digest: str,
    changes: dict[str, Any],
) -> FactorLibrary:
    return FactorLibrary(files, root, version, digest, **changes)
