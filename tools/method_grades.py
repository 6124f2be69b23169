"""Print, per method, how many default constants and equations rest on each evidence grade.

    python tools/method_grades.py

Constants are the rows that the method's own queries can reach under any of its editions
(shared grid, heat and warming potentials and superseded rows left out); equations are its
routes' citations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from carboncalc.factors.library import FactorLibrary
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.route import Method

SHARED = {"grid", "purchased_heat", "scope3"}


def reachable(method: Method, library: FactorLibrary) -> Iterator[int]:
    """The rows of the factor database that the method's defaults can come from."""
    for edition in method.editions:
        yield from _of_edition(method, edition.parameters, library)


def _of_edition(
    method: Method, parameters: Mapping[str, str], library: FactorLibrary
) -> Iterator[int]:
    for source in method.sources.values():
        for route in source.routes:
            for item in route.inputs.values():
                for query in item.factors:
                    name = parameters.get(query.set[1:], query.set)
                    if name.startswith("$") or name in SHARED or name not in library.sets():
                        continue
                    for row in library.indices(name):
                        fits = query.item in ("$item", library.cell(row, "item"))
                        listed = query.only_items is None or (
                            library.cell(row, "item") in query.only_items or query.item != "$item"
                        )
                        same = library.cell(row, "parameter") == query.parameter
                        if fits and listed and same:
                            yield row


def main() -> None:
    """Print the table."""
    library = FactorLibrary.default().open_all()
    print("| method | constants A | B | C | D | equations A | B | C | D | partial |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for method_id in method_ids():
        method = load_method(method_id)
        rows = set(reachable(method, library))
        replaced = {library.cell(row, "supersedes") for row in rows}
        rows = {row for row in rows if library.ids[row] not in replaced}
        constants = Counter(str(library.grades[row]) for row in rows)
        equations = Counter(
            route.citation.grade for source in method.sources.values() for route in source.routes
        )
        cells = [str(counts[g] or "") for counts in (constants, equations) for g in "ABCD"]
        partial = ", ".join(s.id for s in method.sources.values() if s.status == "partial")
        print(f"| {method_id} | {' | '.join(cells)} | {partial} |")


if __name__ == "__main__":
    main()
