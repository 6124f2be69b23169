"""The sheets that stand beside the tables: what a set is, its licence, and the documents."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml
from pydantic import field_validator

from carboncalc import resources
from carboncalc.provenance import Frozen, Source


class SetSheet(Frozen):
    """What one set of factors is: title, publisher, licence, and what to know before using it.

    Examples
    --------
    >>> sheet("grid").licence
    'government announcements, facts'
    """

    set: str
    kind: str
    title: dict[str, str]
    about: dict[str, str]
    publisher: str
    licence: str
    documents: tuple[str, ...]
    cautions: tuple[dict[str, str], ...] = ()

    @field_validator("cautions", mode="before")
    @classmethod
    def _in_both_languages(cls, cautions: object) -> object:
        """A caution written as one plain text stands for both languages."""
        if isinstance(cautions, list | tuple):
            return [{"zh": c, "en": c} if isinstance(c, str) else c for c in cautions]
        return cautions


def sheet(key: str, root: Path | None = None) -> SetSheet:
    """The sheet of a set.

    Raises
    ------
    KeyError
        Where the set has none; a test sees to it that every published set does.
    """
    return _sheets(root or resources.emission_factors())[key]


def sheets(root: Path | None = None) -> dict[str, SetSheet]:
    """All sheets by set.

    Examples
    --------
    >>> "mee_power_2021" in sheets()
    True
    """
    return dict(_sheets(root or resources.emission_factors()))


@functools.cache
def _sheets(root: Path) -> dict[str, SetSheet]:
    return read_sheets(root)


def read_sheets(root: Path) -> dict[str, SetSheet]:
    """All sheets of a folder, read afresh."""
    found = {}
    for path in sorted(root.glob("*/*.yaml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[content["set"]] = SetSheet(kind=path.parent.name, **content)
    return found


def sources(root: Path | None = None) -> dict[str, Source]:
    """All documents by key.

    Examples
    --------
    >>> sources()["mee-2025-47"].number
    '公告2025年第47号'
    """
    return dict(_sources(root or resources.emission_factors()))


@functools.cache
def _sources(root: Path) -> dict[str, Source]:
    return read_sources(root)


def read_sources(root: Path) -> dict[str, Source]:
    """All documents of a folder, read afresh."""
    text = (root / "sources.yaml").read_text(encoding="utf-8")
    return {key: Source(key=key, **entry) for key, entry in yaml.safe_load(text).items()}
