"""Finds the rows a person means by some words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary
    from carboncalc.model.factor import EmissionFactor


def search(library: FactorLibrary, text: str, *, limit: int = 10) -> list[EmissionFactor]:
    """The rows whose id holds every word."""
    words = text.casefold().split()
    library.open_all()
    found = [i for i in library.indices() if all(w in library.ids[i].casefold() for w in words)]
    return [library.row(i) for i in found[:limit]]
