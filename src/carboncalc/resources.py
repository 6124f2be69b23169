"""Finds the data files: inside the installed package, or beside ``src`` in a checkout."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).parent


@functools.cache
def emission_factors() -> Path:
    """The folder of the emission-factor database.

    Examples
    --------
    >>> (emission_factors() / "index.yaml").exists()
    True
    """
    inside = _PACKAGE / "_emission_factors"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "emission_factors"


def package_file(*parts: str) -> Path:
    """A data file inside the package, such as ``package_file("methods", "data", "x.yaml")``.

    Examples
    --------
    >>> package_file("py.typed").exists()
    True
    """
    return _PACKAGE.joinpath(*parts)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Examples
    --------
    >>> len(file_digest(package_file("py.typed")))
    64
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
