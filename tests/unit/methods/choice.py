"""Which route a row should take, worked out row by row: the reference the engine is held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from carboncalc.errors import MethodError
from carboncalc.methods.route import MethodSource, Route
from carboncalc.model.method import Input


@dataclass(frozen=True)
class Choice:
    """The route taken for a row, the variant of its amount, and overrides it leaves unused."""

    route: Route
    variant: int
    unused: tuple[str, ...]


def choose_route(
    source: MethodSource,
    *,
    item: str,
    amount: Any,
    given: Mapping[str, Any],
    dimension: Callable[[str], Any],
    has_default: Callable[[Input, int], bool],
    texts: Mapping[str, str] | None = None,
    method: str = "",
) -> Choice:
    """The first route whose inputs are all there, counting what the row itself gives first.

    Parameters
    ----------
    source
        The source of the row.
    item
        Its item.
    amount
        The dimension of the amount's unit.
    given
        Dimension of each parameter that the row (or the measured table) gives, by name.
    dimension
        Dimension of a unit text (``carboncalc.units.dimension``).
    has_default
        Whether the factor database answers for an input under a variant.
    texts
        Text parameters such as ``{"carbon_basis": "ad"}``.
    method
        Named in the error.

    Notes
    -----
    Among the routes that can be taken, one that uses more of the given parameters goes
    before one that uses fewer; ties go by the order of the document. So a measured value is
    never passed over in favour of a default.

    Raises
    ------
    MethodError
        M-010 naming for each route what it lacks; M-012 when a coal's measured carbon comes
        without its basis.
    """
    texts = texts or {}
    best: Choice | None = None
    lacking: list[str] = []
    for route in source.routes:
        if route.items is not None and item not in route.items:
            continue
        if any(texts.get(name, "") not in values for name, values in route.when.items()):
            continue
        if any(name in given for name in route.without):
            continue
        variant = _variant(route, amount, dimension)
        if variant is None:
            lacking.append(f"{route.id}: amount in {' | '.join(route.inputs['amount'].units)}")
            continue
        used, missing = _fill(route, variant, given, dimension, has_default)
        if missing:
            lacking.append(f"{route.id}: {', '.join(missing)}")
            continue
        for name, items in route.text_required.items():
            if used and item in items and not texts.get(name):
                raise MethodError("M-012", method=method, source=source.id, item=item)
        if best is None or len(given) - len(best.unused) < len(used):
            unused = tuple(name for name in given if name not in used)
            best = Choice(route, variant, unused)
    if best is None:
        missing_text = "; ".join(lacking) or f"no route for {item}"
        raise MethodError("M-010", method=method, source=source.id, item=item, missing=missing_text)
    return best


def _variant(route: Route, amount: Any, dimension: Callable[[str], Any]) -> int | None:
    units = route.inputs["amount"].units
    return next((i for i, unit in enumerate(units) if dimension(unit) == amount), None)


def _fill(
    route: Route,
    variant: int,
    given: Mapping[str, Any],
    dimension: Callable[[str], Any],
    has_default: Callable[[Input, int], bool],
) -> tuple[set[str], list[str]]:
    used: set[str] = set()
    missing: list[str] = []
    for name, wanted in route.inputs.items():
        if name == "amount":
            continue
        fits = [
            alias
            for alias in (name, *wanted.aliases)
            if alias in given and given[alias] == dimension(wanted.unit(variant))
        ]
        if fits:
            used.add(fits[0])
        elif wanted.required and not has_default(wanted, variant):
            missing.append(f"{name} [{wanted.unit(variant)}]")
    return used, missing
