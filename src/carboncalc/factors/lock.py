"""Locks published rows: ``lock.csv`` holds id, version, digest and release of each.

``lock`` writes the index and the lock, and refuses where a published row was changed or
removed: a correction is a new version beside the old row.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from carboncalc.errors import FactorDigestError, FactorError
from carboncalc.factors.files import (
    AT,
    SetFile,
    factor_id,
    parse_rows,
    read_lock,
    read_version,
    row_digest,
)

#: Folders and files that hold no factor rows.
_NOT_SETS = {"vocabulary", "schema"}


@dataclass(frozen=True, slots=True)
class LockReport:
    """What a lock wrote: rows in all, rows new in this release, and the files."""

    rows: int
    new: tuple[str, ...]
    files: int
    release: str


def set_files(root: Path) -> list[Path]:
    """The factor files of a database folder: every CSV one folder deep, in a stable order.

    Examples
    --------
    >>> from carboncalc import resources
    >>> [p.name for p in set_files(resources.emission_factors())][:1]
    ['grid.csv']
    """
    found = sorted(root.glob("*/*.csv"))
    return [path for path in found if path.parent.name not in _NOT_SETS]


def lock(root: Path, *, check: bool = False) -> LockReport:
    """Write ``index.csv`` and ``lock.csv`` for the rows as they stand.

    Parameters
    ----------
    root
        The folder of the database.
    check
        Only look: raise where something would be written.

    Raises
    ------
    FactorDigestError
        F-003 where a published row was changed, F-004 where one is gone, F-013 where an id
        stands twice, F-005 where ``check`` finds rows that are not locked.
    """
    release, held = read_version(root), read_lock(root)
    index, seen = list[SetFile](), dict[str, tuple[str, str]]()
    new: list[str] = []
    for path in set_files(root):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        rows = parse_rows(content, name)
        keys = {row[AT["set"]] for row in rows}
        if len(keys) != 1:
            raise FactorError("F-023", file=name, found=", ".join(sorted(keys)))
        for number, row in enumerate(rows, start=2):
            key, digest, value = factor_id(row), row_digest(row), row[AT["value"]]
            if key in seen:
                raise FactorDigestError("F-013", file=name, row=number, value=value, id=key)
            known = held.get(key)
            if known is None:
                new.append(key)
            elif known[0] != digest:
                raise FactorDigestError("F-003", file=name, row=number, value=value, id=key)
            seen[key] = (digest, known[1] if known else release)
        index.append(SetFile(keys.pop(), path.parent.name, name, len(rows), _sha256(content)))
    gone = [key for key in held if key not in seen]
    if gone:
        raise FactorDigestError("F-004", file="lock.csv", row=0, value="", id=gone[0])
    files = {"index.csv": _index_text(index), "lock.csv": _lock_text(seen)}
    stale = [n for n, text in files.items() if not (root / n).exists() or _read(root / n) != text]
    if check and stale:
        raise FactorDigestError(
            "F-005", file=stale[0], row=0, value="", id=new[0] if new else stale[0]
        )
    for name in stale:
        (root / name).write_text(files[name], encoding="utf-8", newline="\n")
    return LockReport(len(seen), tuple(new), len(index), release)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _index_text(index: list[SetFile]) -> str:
    lines = [[e.set, e.kind, e.path, str(e.rows), e.digest] for e in index]
    return _csv(["set", "kind", "path", "rows", "digest"], lines)


def _lock_text(seen: dict[str, tuple[str, str]]) -> str:
    lines = [
        [key, key.rpartition("@")[2], digest, release]
        for key, (digest, release) in sorted(seen.items())
    ]
    return _csv(["id", "version", "digest", "release"], lines)


def _csv(header: list[str], lines: list[list[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return buffer.getvalue()
