"""Loads a method by id: reads its file, builds its routes and proves their units.

The files that ship are proven by the tests; their digests stand in ``data/proven.json``, so
at run time only a file that was changed is proven again.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
from fractions import Fraction
from pathlib import Path

from carboncalc.errors import MethodError
from carboncalc.methods.equation import Equation
from carboncalc.methods.files import (
    MethodFile,
    RouteFile,
    SourceFile,
    StepFile,
    blocks,
    data_folder,
    read_method_file,
)
from carboncalc.methods.kernels import kernel_step
from carboncalc.methods.route import Method, MethodSource, Route, Step

#: Sources that every method knows; the ones its document lacks go to the memo.
KNOWN_EVERYWHERE = (
    "fossil_combustion",
    "mobile_combustion",
    "carbonate_decomposition",
    "industrial_wastewater",
    "refrigerant_leakage",
    "purchased_electricity",
    "exported_electricity",
    "purchased_heat",
    "exported_heat",
    "co2_recovery",
    "ch4_recovery",
)

#: The method whose blocks compute a known source that the chosen document does not have.
OUTSIDE_DOCUMENT = "ghg-protocol"

_NOT_METHODS = {"blocks", "templates"}


def method_ids() -> tuple[str, ...]:
    """The ids of the methods that are held, sorted.

    Examples
    --------
    >>> "other-industry" in method_ids()
    True
    """
    return tuple(sorted(p.stem for p in data_folder().glob("*.yaml") if p.stem not in _NOT_METHODS))


@functools.cache
def load_method(method_id: str) -> Method:
    """The method of that id, proven and ready to compute with.

    Raises
    ------
    MethodError
        M-001 when no such method is held (the nearest are named), M-004, M-005 or M-007
        when its file is wrong.

    Examples
    --------
    >>> load_method("land-transport").gwp_set
    'SAR'
    """
    ids = method_ids()
    if method_id not in ids:
        nearest = difflib.get_close_matches(method_id, ids, n=3, cutoff=0.3) or list(ids[:3])
        raise MethodError("M-001", method=method_id, nearest=", ".join(nearest))
    return read_method(data_folder() / f"{method_id}.yaml")


def read_method(path: Path) -> Method:
    """A method from a file of one's own, which may use the shared blocks.

    Raises the same errors as :func:`load_method`.

    Examples
    --------
    >>> read_method(data_folder() / "land-transport.yaml").id
    'land-transport'
    """
    digest = method_digest(path)
    proven = digest in _proven()
    return build_method(read_method_file(path), digest, prove=not proven)


def method_digest(path: Path) -> str:
    """SHA-256 over a method file, the shared blocks and the code that proves them.

    Examples
    --------
    >>> len(method_digest(data_folder() / "blocks.yaml"))
    64
    """
    digest = hashlib.sha256(path.read_bytes())
    digest.update(_shared_digest())
    return digest.hexdigest()


@functools.cache
def _shared_digest() -> bytes:
    digest = hashlib.sha256((data_folder() / "blocks.yaml").read_bytes())
    here = Path(__file__).parent
    for name in ("equation.py", "kernels.py", "proof.py"):
        digest.update((here / name).read_bytes())
    return digest.digest()


@functools.cache
def _proven() -> dict[str, str]:
    path = data_folder() / "proven.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def known_source(source_id: str) -> MethodSource:
    """The definition used for a known source that the chosen document lacks (a memo).

    Raises
    ------
    MethodError
        M-003 when the source is not known everywhere.

    Examples
    --------
    >>> known_source("refrigerant_leakage").category
    'fugitive'
    """
    method = load_method(OUTSIDE_DOCUMENT)
    if source_id not in KNOWN_EVERYWHERE:
        raise MethodError(
            "M-003", method=method.id, source=source_id, sources=", ".join(KNOWN_EVERYWHERE)
        )
    return method.source(source_id)


@functools.cache
def constants() -> dict[str, tuple[float, str, str]]:
    """The named exact ratios: name → (value, unit, the ratio as written).

    Examples
    --------
    >>> constants()["co2_per_carbon"][1:]
    ('t CO2/t C', '44/12')
    """
    return {
        name: (float(Fraction(entry["ratio"])), entry["unit"], entry["ratio"])
        for name, entry in blocks()["constants"].items()
    }


@functools.cache
def stock_balance() -> Equation:
    """What was consumed: opening stock + purchased − closing stock − transferred out.

    Examples
    --------
    >>> stock_balance().evaluate({"opening_stock": 5.0, "purchased": 10.0,
    ...                           "closing_stock": 3.0, "transferred_out": 2.0})
    10.0
    """
    return Equation(blocks()["balances"]["stock_balance"])


def build_method(file: MethodFile, digest: str, *, prove: bool = True) -> Method:
    """The method that a file describes, its routes proven unless told otherwise."""
    fields = {name: getattr(file, name) for name in MethodFile.model_fields if name != "sources"}
    sources = {source.id: _source(source, prove) for source in file.sources}
    return Method(**fields, sources=sources, digest=digest)


def _source(file: SourceFile, prove: bool) -> MethodSource:
    fields = {
        name: getattr(file, name)
        for name in SourceFile.model_fields
        if name not in ("routes", "totals")
    }
    routes = tuple(_route(route, prove) for route in file.routes)
    return MethodSource(**fields, routes=routes, totals=frozenset(file.totals))


def _route(file: RouteFile, prove: bool) -> Route:
    from carboncalc.methods import proof

    used = {name: Equation(text) for name, text in file.results.items()}
    steps = {name: _step(name, step) for name, step in file.steps.items()}
    for rule in (*used.values(), *(step.rule for step in steps.values())):
        for number in rule.numbers() if isinstance(rule, Equation) else ():
            if number != 1.0:
                raise MethodError("M-008", file=file.id, value=f"{number:g}")
    wanted = {n for rule in (*used.values(), *(s.rule for s in steps.values())) for n in rule.names}
    known = {name: value for name, value in constants().items() if name in wanted}
    fields = {
        name: getattr(file, name)
        for name in RouteFile.model_fields
        if name not in ("inputs", "steps", "results")
    }
    route = Route(
        **fields,
        inputs={item.name: item for item in file.inputs},
        steps=steps,
        results=used,
        constants={name: value for name, (value, _, _) in known.items()},
    )
    if prove:
        proof.prove_route(route, {name: unit for name, (_, unit, _) in known.items()})
    object.__setattr__(route, "linear", proof.linear_in_amount(route))
    return route


def _step(name: str, file: StepFile) -> Step:
    rule = (
        Equation(file.equation)
        if file.equation is not None
        else kernel_step(file.kernel or "", file.names)
    )
    return Step(name, rule, file.units)
