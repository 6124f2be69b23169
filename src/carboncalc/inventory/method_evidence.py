"""What a method rests on: the factors behind its defaults, and how well each is known.

A method file names factor sets, and the factor database holds their rows. Here the two are
joined without any activity data: which rows an input can take its default from under an
edition, and how many equations and constants of a method stand on which evidence grade.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from carboncalc.factors.library import FactorLibrary
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.route import Method, MethodSource, Route
from carboncalc.model.method import Edition, FactorQuery, Input

#: The grades in the order they are shown, best first.
GRADES = ("A", "B", "S", "C", "D")

_Row = tuple[int, str, str, str, str]


class MethodDefaults:
    """The rows behind the defaults of one method under one edition.

    Examples
    --------
    >>> method = load_method("power-generation-cets")
    >>> defaults = MethodDefaults(FactorLibrary.default(), method, method.editions[0])
    >>> source = method.source("fossil_combustion")
    >>> route = source.route("ncv_carbon")
    >>> rows = defaults.rows(source, route, route.inputs["oxidation_factor"])
    >>> "mee_power_2021/diesel/oxidation_factor@1" in [defaults.library.ids[r] for r in rows]
    True
    """

    def __init__(self, library: FactorLibrary, method: Method, edition: Edition) -> None:
        self.library = library
        self.method = method
        self.edition = edition

    def rows(
        self, source: MethodSource, route: Route, wanted: Input, *, instruments: bool = True
    ) -> list[int]:
        """The factor rows an input of a route may take, of all its queries, in their order.

        With ``instruments`` also those that an electricity instrument takes instead.
        """
        queries = list(wanted.factors)
        for basis in source.bases.values() if instruments else ():
            if basis.input_name == wanted.name:
                for instrument in basis.instruments.values():
                    queries += [*instrument.factors, *(instrument.without_certificate or ())]
        found: dict[int, None] = {}
        for query in queries:
            found |= dict.fromkeys(self.of_query(query, source, route))
        return list(found)

    def of_query(self, query: FactorQuery, source: MethodSource, route: Route) -> list[int]:
        """The rows one query can find for the items and technologies of its route.

        A row applies to an item that the source lists; a query limited to some items or
        technologies keeps its limits.
        """
        set_name = self._filled(query.set)
        wanted = {
            name: self._filled(getattr(query, name) or "")
            for name in ("item", "technology", "parameter", "gas")
        }
        items = route.items or source.items
        limits = [set(some) for some in (items, query.only_items) if some is not None]
        found = []
        for row, item, technology, parameter, gas in _rows_of(self.library, set_name):
            if parameter != wanted["parameter"] or wanted["gas"] not in ("", gas):
                continue
            if wanted["item"].startswith("$"):
                if not all(item in limit for limit in limits):
                    continue
            elif item != wanted["item"]:
                continue
            if query.technology is None and technology:
                continue
            if not _fits(technology, wanted["technology"], query.only_technologies):
                continue
            found.append(row)
        return found

    def _filled(self, text: str) -> str:
        return self.edition.parameters.get(text[1:], text) if text.startswith("$") else text


def _fits(technology: str, wanted: str, only: tuple[str, ...] | None) -> bool:
    if wanted.startswith("$"):
        return only is None or not technology or technology in only
    return technology == wanted


@functools.lru_cache(maxsize=256)
def _rows_of(library: FactorLibrary, name: str) -> tuple[_Row, ...]:
    if name not in library.sets():
        return ()
    columns = ("item", "technology", "parameter", "gas")
    return tuple(
        (row, *(library.cell(row, column) for column in columns))  # type: ignore[misc]
        for row in library.newest(name)
    )


@dataclass(frozen=True, slots=True)
class MethodEvidence:
    """How many equations and constants of a method rest on which grade.

    ``equations`` counts routes by the grade of their citation, ``constants`` the distinct
    factor rows its inputs can take by default, over all editions, ``grid_factors`` those of
    the yearly grid factors, which all methods share; ``sources`` has the same per source,
    with its status.
    """

    method: str
    equations: Mapping[str, int]
    constants: Mapping[str, int]
    grid_factors: Mapping[str, int]
    sources: tuple[Mapping[str, Any], ...]

    def record(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "id": self.method,
            "equations": dict(self.equations),
            "constants": dict(self.constants),
            "grid_factors": dict(self.grid_factors),
            "sources": [dict(source) for source in self.sources],
        }


def method_evidence(method_id: str, library: FactorLibrary | None = None) -> MethodEvidence:
    """What a method rests on, counted by evidence grade.

    Parameters
    ----------
    method_id
        The method's id.
    library
        The factor library; the shipped one by default.

    Raises
    ------
    MethodError
        M-001 when no such method is held.

    Examples
    --------
    >>> found = method_evidence("power-generation-cets")
    >>> sorted(found.equations), sum(found.constants.values()) > 20
    (['A', 'B', 'C', 'D', 'S'], True)
    """
    library = FactorLibrary.default() if library is None else library
    method = load_method(method_id)
    tables = [MethodDefaults(library, method, edition) for edition in method.editions]
    sources: list[dict[str, Any]] = []
    everything: set[int] = set()
    for source in method.sources.values():
        rows = {
            row
            for table in tables
            for route in source.routes
            for wanted in route.inputs.values()
            for row in table.rows(source, route, wanted)
        }
        everything |= rows
        cited = [route.citation.grade for route in source.routes]
        sources.append(
            {
                "id": source.id,
                "status": source.status,
                "equations": counted(cited),
                **_split(library, rows),
            }
        )
    grades = [route.citation.grade for s in method.sources.values() for route in s.routes]
    return MethodEvidence(
        method.id, counted(grades), **_split(library, everything), sources=tuple(sources)
    )


def _split(library: FactorLibrary, rows: Iterable[int]) -> dict[str, dict[str, int]]:
    grid = {row for row in rows if library.set_of(row) == "grid"}
    return {
        "constants": counted(library.grades[row] for row in rows if row not in grid),
        "grid_factors": counted(library.grades[row] for row in grid),
    }


def all_evidence(library: FactorLibrary | None = None) -> Iterator[MethodEvidence]:
    """:func:`method_evidence` of every method held, in the order of their ids.

    Examples
    --------
    >>> [found.method for found in all_evidence()][:2]
    ['aluminium-cets', 'aluminium-ndrc-2013']
    """
    return (method_evidence(name, library) for name in method_ids())


def counted(grades: Iterable[Any]) -> dict[str, int]:
    """How many of each grade, zeros included, best grade first.

    Examples
    --------
    >>> counted(["A", "C", "A"])
    {'A': 2, 'B': 0, 'S': 0, 'C': 1, 'D': 0}
    """
    found = [str(grade) for grade in grades]
    return {grade: found.count(grade) for grade in GRADES}
