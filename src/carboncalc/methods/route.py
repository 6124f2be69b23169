"""A method as the inventory uses it: its editions, its sources and their routes.

How the engine uses these objects: it loads a method (:func:`carboncalc.methods.catalogue.
load_method`), takes the edition for the data year, asks :meth:`Method.source` for the row's
source, takes the first route whose inputs are all there, one that uses more of what the row
gives before one that uses less, fills the inputs (row value, measured value, or the first
:class:`~carboncalc.model.method.FactorQuery` that finds something) and calls
:meth:`Route.run` on arrays. Where ``Route.linear`` holds it runs once at amount 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from carboncalc.errors import MethodError
from carboncalc.methods.equation import Equation, Value
from carboncalc.methods.kernels import Kernel
from carboncalc.model.method import Basis, Edition, Input, RouteCitation, StatusNote, Text

Round = Callable[[str, Value], Value]


@dataclass(frozen=True)
class Step:
    """A named intermediate value: an equation or a kernel, and its unit per variant."""

    name: str
    rule: Equation | Kernel
    units: tuple[str, ...]

    def unit(self, variant: int) -> str:
        """The unit of the value under a variant of the route."""
        return self.units[variant] if len(self.units) > 1 else self.units[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names it needs."""
        return self.rule.names


@dataclass(frozen=True)
class Route:
    """One way to a source's emissions: inputs, then steps, then one result per gas.

    ``results`` maps a gas id to its equation; the key ``item`` means that the row's item is
    the gas (a blend is expanded by the engine). ``accounts`` names the memo account of
    results that are not counted, such as ``{"CO2_biogenic": "biogenic"}``. ``when`` limits
    the route to rows whose text parameter has one of the values (``""`` = not given), and
    ``items`` to some items. ``text_required`` names text parameters that some items must
    give when they bring a measured value (the basis of a coal's carbon). ``without`` names
    parameters that a row on this route does not give: who states how much of the time an
    abatement unit ran is not computed as having none. ``bases`` limits it to some scope 2
    bases, ``editions`` to the editions that print it. ``linear`` is proven: every result is
    amount × a coefficient.

    Examples
    --------
    >>> from carboncalc.methods.catalogue import load_method
    >>> route = load_method("other-industry").sources["fossil_combustion"].route("ncv_carbon")
    >>> route.id, route.results["CO2"].text
    ('ncv_carbon', 'amount * carbon_per_unit * oxidation_factor * co2_per_carbon')
    """

    id: str
    title: Text
    inputs: dict[str, Input]
    steps: dict[str, Step]
    results: dict[str, Equation]
    constants: dict[str, float]
    citation: RouteCitation
    accounts: dict[str, str] = field(default_factory=dict)
    when: dict[str, tuple[str, ...]] = field(default_factory=dict)
    text_required: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    bases: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    editions: tuple[str, ...] = ()
    linear: bool = False
    note: Text = field(default_factory=dict)

    @property
    def variants(self) -> int:
        """How many units of the amount the route can start from."""
        return len(self.inputs["amount"].units)

    def printed_in(self, edition: Edition) -> bool:
        """Whether an edition of the document has the route."""
        return not self.editions or edition.key in self.editions

    def needs(self, result: str) -> frozenset[str]:
        """The inputs that a result rests on, through all its steps."""
        return frozenset(_closure(self, self.results[result].names) & set(self.inputs))

    def run(
        self, values: Mapping[str, Value], rounding: Round | None = None
    ) -> tuple[dict[str, Value], dict[str, Value]]:
        """Steps and results from input values in their declared units.

        Steps and results that need an input without a value are left out. ``rounding`` is
        called with the name and value of each step and gives the value to go on with.
        Results are tonnes of their gas, positive; the sign belongs to the source.
        """
        known: dict[str, Value] = {**self.constants, **values}
        steps: dict[str, Value] = {}
        for name, step in self.steps.items():
            if all(needed in known for needed in step.names):
                value = step.rule.evaluate(known)
                known[name] = steps[name] = value if rounding is None else rounding(name, value)
        results = {
            gas: equation.evaluate(known)
            for gas, equation in self.results.items()
            if all(needed in known for needed in equation.names)
        }
        return steps, results


def _closure(route: Route, names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            if name in route.steps:
                pending += route.steps[name].names
    return found


@dataclass(frozen=True)
class MethodSource:
    """One emission source of a document.

    ``account`` is ``counted`` or the memo account of all its lines (``biogenic``,
    ``auxiliary``, ``process``, ``removal`` …). ``totals`` names which of the four totals of
    a plant its lines belong to: ``document``, ``ets`` (the compliance total) and ``ghgp``
    (both GHG Protocol totals); memo lines may belong to some of them too. ``sign`` is −1
    for exports and deductions: amounts are never negative. ``bases`` is empty for
    everything but electricity. ``items`` is ``None`` where any item will do that its
    factors or inputs know. ``choices`` names further text columns on which a default or a
    route depends, with the words each may hold. ``requires`` names sources without which it
    makes no sense for the same entity and year: a balance's products need its feedstocks.
    ``other_items`` names the source that takes the items this one does not list.
    ``alternatives`` are items of which a facility reports one: two ways to one emission.
    ``handed_on`` are items whose carbon a deduction passes to another document.
    """

    id: str
    name: Text
    scope: int
    category: str
    iso_category: str
    routes: tuple[Route, ...]
    account: str = "counted"
    totals: frozenset[str] = frozenset({"document", "ghgp"})
    sign: int = 1
    items: tuple[str, ...] | None = None
    technologies: tuple[str, ...] | None = None
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    status: str = "complete"
    hole: Text = field(default_factory=dict)
    bases: dict[str, Basis] = field(default_factory=dict)
    note: Text = field(default_factory=dict)
    block: str = ""
    requires: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    handed_on: tuple[str, ...] = ()
    other_items: str | None = None

    @property
    def gases(self) -> tuple[str, ...]:
        """The gases its results name (``item`` = the row's own)."""
        return tuple(dict.fromkeys(gas for route in self.routes for gas in route.results))

    def account_of(self, gas: str) -> str:
        """The account of a result: the memo account a route names for it, else the source's."""
        for route in self.routes:
            if gas in route.accounts:
                return route.accounts[gas]
        return self.account

    def route(self, route_id: str) -> Route:
        """The route of that id."""
        return next(route for route in self.routes if route.id == route_id)


@dataclass(frozen=True)
class Method:
    """A guideline: its editions by data year, its sources and the rules around them.

    Examples
    --------
    >>> from carboncalc.methods.catalogue import load_method
    >>> method = load_method("power-generation-cets")
    >>> method.edition(2021).parameters["fuel_set"]
    'mee_power_2021'
    >>> sorted(method.sources)
    ['biomass_combustion', 'fossil_combustion', 'purchased_electricity']
    """

    id: str
    name: Text
    editions: tuple[Edition, ...]
    sources: dict[str, MethodSource]
    gwp_set: str
    total_basis: Text
    boundary: Text
    digest: str
    gwp_fill: str | None = None
    gwp_finding: str | None = None
    missing_months: str = "document_default"
    scope2: str = "method"
    rounding: str = "none"
    ets: bool = False
    status_notes: tuple[StatusNote, ...] = ()
    sectors: dict[str, str] = field(default_factory=dict)
    default_sector: str | None = None
    biogenic: Text = field(default_factory=dict)
    rounding_note: Text = field(default_factory=dict)
    outside_years: Text = field(default_factory=dict)

    def edition(self, data_year: int, named: str | None = None) -> Edition:
        """The edition that serves a data year, or the one the caller names.

        A name this method does not have is meant for another method and is passed over.

        Raises
        ------
        MethodError
            M-002 when no edition held serves the year, or the named one does not.
        """
        asked = self.named_edition(named)
        for edition in self.editions if asked is None else (asked,):
            if edition.serves(data_year) or (
                asked is not None and edition.serves_when_named(data_year)
            ):
                return edition
        reason = self.no_edition(named)
        raise MethodError(
            "M-002",
            method=self.id,
            year=data_year,
            reason=reason["en"],
            reason_zh=reason["zh"],
            editions=", ".join(f"{e.key} {_years(e.data_years)}" for e in self.editions),
        )

    def named_edition(self, named: str | None) -> Edition | None:
        """The edition of that key (``2022`` or ``power-generation-cets:2022``), if there is one."""
        names = (edition.key for edition in self.editions)
        keys = {name: name for name in names} | {f"{self.id}:{e.key}": e.key for e in self.editions}
        return next((e for e in self.editions if e.key == keys.get(named or "")), None)

    def no_edition(self, named: str | None = None) -> dict[str, str]:
        """Why a data year has no edition, in Chinese and English."""
        asked = self.named_edition(named)
        if asked is not None:
            years = _years(asked.named_years or asked.data_years)
            return {
                "zh": f"指定的版本 {asked.key} 适用于 {years} 数据年度",
                "en": f"the edition {asked.key} that was asked for serves the data years {years}",
            }
        return {lang: self.outside_years.get(lang, "-") for lang in ("zh", "en")}

    def source(self, source_id: str) -> MethodSource:
        """The source of that id, ready to compute with.

        Raises
        ------
        MethodError
            M-003 when the document does not have it, M-006 when its specification has a
            hole (the message names it).
        """
        found = self.sources.get(source_id)
        if found is None:
            raise MethodError(
                "M-003", method=self.id, source=source_id, sources=", ".join(self.sources)
            )
        if found.status == "partial":
            hole, hole_zh = found.hole.get("en", ""), found.hole.get("zh", "")
            params = {"method": self.id, "source": source_id, "hole": hole, "hole_zh": hole_zh}
            raise MethodError("M-006", **params)
        return found

    def notes(self, on: date) -> tuple[str, ...]:
        """The message codes about the document's standing in a report of that day."""
        return tuple(note.code for note in self.status_notes if note.applies(on))

    def sector(self, name: str | None) -> str | None:
        """The technology id of an entity's sector in this method's factors."""
        return self.sectors.get(name or "", self.default_sector)


def _years(bounds: tuple[int | None, int | None]) -> str:
    return "–".join("" if year is None else str(year) for year in bounds)
