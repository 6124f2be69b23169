"""The nouns of a calculation method: inputs, factor queries, editions, instruments.

These records say what a guideline asks for. They hold no arithmetic (the equations are in
``carboncalc.methods``) and no published value (values are rows of the factor database).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from carboncalc.provenance import Citation, Frozen

Text = dict[str, str]
Absent = Literal["error", "note", "omit", "nothing"]
Status = Literal["complete", "partial"]
RegionRule = Literal["none", "ladder", "nation", "exact"]
YearRule = Literal["none", "data_year"]


class FactorQuery(Frozen):
    """One place to look for a default value: a question to the factor database.

    Fields that start with ``$`` are filled in per row by :meth:`bind`: ``$item``,
    ``$technology``, ``$sector``, a text parameter that the source names in ``choices`` such as
    ``$abatement_technology``, or a parameter of the edition such as ``$fuel_set``.

    ``years`` limits the query to data years (both ends included, ``None`` = open).
    ``only_items`` and ``only_technologies`` limit it to some of them. ``choice`` limits it
    to one value of a policy field, such as ``{"market_residual": "location_factor"}``.
    ``finding`` is a message code to report on every line that uses the value.

    Examples
    --------
    >>> query = FactorQuery(set="$fuel_set", item="$item", parameter="net_calorific_value")
    >>> query.bind(item="diesel", parameters={"fuel_set": "mee_power_2021"}).set
    'mee_power_2021'
    >>> FactorQuery(set="wastewater", item="wastewater", parameter="methane_correction_factor",
    ...             technology="$technology").bind(item="wastewater") is None
    True
    """

    set: str
    item: str = "$item"
    parameter: str
    technology: str | None = None
    gas: str | None = None
    region_rule: RegionRule = "none"
    year_rule: YearRule = "none"
    years: tuple[int | None, int | None] = (None, None)
    only_items: tuple[str, ...] | None = None
    only_technologies: tuple[str, ...] | None = None
    choice: dict[str, str] = Field(default_factory=dict)
    finding: str | None = None

    def bind(
        self,
        *,
        item: str,
        technology: str | None = None,
        sector: str | None = None,
        parameters: Mapping[str, str] | None = None,
        texts: Mapping[str, str] | None = None,
        data_year: int | None = None,
        policy: object | None = None,
    ) -> FactorQuery | None:
        """The query with its ``$`` fields filled in, or ``None`` where it does not apply.

        It does not apply when a field it needs is not given, the item or technology is not
        among those it is limited to, the year is outside ``years`` or the policy chose otherwise.
        """
        if self.only_items is not None and item not in self.only_items:
            return None
        if self.only_technologies is not None and technology not in self.only_technologies:
            return None
        if data_year is not None and not _within(data_year, self.years):
            return None
        if policy is not None and any(
            getattr(policy, name) != value for name, value in self.choice.items()
        ):
            return None
        known = {"item": item, "technology": technology, "sector": sector}
        known |= {**(texts or {}), **(parameters or {})}
        filled: dict[str, str] = {}
        for name in ("set", "item", "technology", "gas", "parameter"):
            text = getattr(self, name)
            if text is not None and text.startswith("$"):
                value = known.get(text[1:])
                if not value:
                    return None
                filled[name] = value
        return self.model_copy(update=filled) if filled else self


def _within(year: int, bounds: tuple[int | None, int | None]) -> bool:
    low, high = bounds
    return (low is None or year >= low) and (high is None or year <= high)


class Input(Frozen):
    """One named quantity of a route, in a declared unit, and where its default stands.

    ``units`` has one unit per variant of the route (``("t", "10^4 Nm3")``) or a single one
    that serves all. ``aliases`` are other column names under which a row may give it: the
    row's ``emission_factor`` is the ``grid_factor`` of purchased electricity.

    ``absent`` says what a missing value means: ``error`` (refused), ``note`` (the results
    that need it are left out and the line says so), ``omit`` (such results do not exist for
    this item) or ``nothing`` (a deduction nobody claims: zero, shown as not stated).

    ``needs`` names inputs without which a given value of this one would have no effect: who
    states a collection efficiency states the destruction efficiency too.

    ``substance`` tags the user's plain mass: ``item`` (the row's item is the substance),
    or the name of one, such as ``CO2``.

    Examples
    --------
    >>> Input(name="net_calorific_value", units=("GJ/t", "GJ/10^4 Nm3")).unit(1)
    'GJ/10^4 Nm3'
    """

    name: str
    units: tuple[str, ...]
    factors: tuple[FactorQuery, ...] = ()
    absent: Absent = "error"
    aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    substance: str | None = None
    bounds: Literal["none", "fraction", "positive"] = "none"
    label: Text = Field(default_factory=dict)
    note: Text = Field(default_factory=dict)

    @property
    def asks(self) -> tuple[str, ...]:
        """The columns of a row that its default depends on, such as ``technology``.

        Examples
        --------
        >>> query = FactorQuery(set="s", parameter="abatement_efficiency",
        ...                     technology="$abatement_technology")
        >>> Input(name="abatement_efficiency", units=("1",), factors=(query,)).asks
        ('abatement_technology',)
        """
        asked = dict.fromkeys(
            (q.technology or "")[1:] for q in self.factors if (q.technology or "").startswith("$")
        )
        if any(q.only_technologies for q in self.factors):
            asked["technology"] = None
        return tuple(name for name in asked if name != "sector")

    @property
    def required(self) -> bool:
        """Whether a row without a value, given or default, is refused."""
        return self.absent == "error"

    def unit(self, variant: int) -> str:
        """The declared unit under a variant of the route."""
        return self.units[variant] if len(self.units) > 1 else self.units[0]


class Instrument(Frozen):
    """What the megawatt-hours under one electricity instrument take as their factor.

    ``without_certificate`` replaces ``factors`` for rows that name no certificate.
    ``finding`` is reported for every such row, ``uncertified_finding`` for rows without a
    certificate: the figure stands all the same.
    """

    factors: tuple[FactorQuery, ...]
    without_certificate: tuple[FactorQuery, ...] | None = None
    finding: str | None = None
    uncertified_finding: str | None = None

    def findings(self, certified: bool) -> tuple[str, ...]:
        """The message codes for a row with or without a certificate number."""
        codes = (self.finding, None if certified else self.uncertified_finding)
        return tuple(code for code in codes if code is not None)

    def queries(self, certified: bool) -> tuple[FactorQuery, ...]:
        """The factor queries for a row with or without a certificate number."""
        if certified or self.without_certificate is None:
            return self.factors
        return self.without_certificate


class Basis(Frozen):
    """One basis of scope 2 (location, market, or the document's own): its instruments.

    ``input_name`` is the input whose default the instrument decides.
    """

    input_name: str = "grid_factor"
    instruments: dict[str, Instrument]


class Edition(Frozen):
    """One edition of a document: the data years it serves and the factor sets it names.

    ``named_years`` are further data years for which a caller may ask for it by name, which
    is a finding; an edition that is ``only_named`` is never taken otherwise. ``findings``
    are ``(message code, first data year, last data year)``. The parameter ``grid_year``, if
    there, is the data year of the grid factors whatever the year of the activity.

    Examples
    --------
    >>> Edition(key="2021", document="d", data_years=(2021, 2022)).serves(2022)
    True
    """

    key: str
    document: str
    data_years: tuple[int | None, int | None] = (None, None)
    named_years: tuple[int | None, int | None] | None = None
    parameters: dict[str, str] = Field(default_factory=dict)
    findings: tuple[tuple[str, int | None, int | None], ...] = ()
    named_finding: str | None = None
    only_named: bool = False

    def serves(self, year: int) -> bool:
        """Whether the edition is the one for a data year."""
        return not self.only_named and _within(year, self.data_years)

    def serves_when_named(self, year: int) -> bool:
        """Whether a caller may ask for it by name for a data year."""
        return self.serves(year) or (
            self.named_years is not None and _within(year, self.named_years)
        )

    def codes(self, year: int, named: bool = False) -> tuple[str, ...]:
        """The message codes to report when the edition is used for a data year."""
        found = [code for code, low, high in self.findings if _within(year, (low, high))]
        if named and self.named_finding and not self.serves(year):
            found.append(self.named_finding)
        return tuple(found)


class StatusNote(Frozen):
    """A message code about a document that applies to reports made from a day on.

    Examples
    --------
    >>> from datetime import date
    >>> StatusNote(code="M-101", since=date(2026, 7, 1)).applies(date(2026, 8, 1))
    True
    """

    code: str
    since: date | None = None
    until: date | None = None

    def applies(self, on: date) -> bool:
        """Whether the note is to be made in a report of that day."""
        return (self.since is None or on >= self.since) and (self.until is None or on < self.until)


class RouteCitation(Citation):
    """Where an equation stands, and how sure we are of its wording (evidence grade).

    ``read_in`` names the text in which the wording was read, where that is another one than
    the document it is cited from.

    Examples
    --------
    >>> RouteCitation(source="ndrc-2015-1722-other-industry", where="净购入热力").grade
    'C'
    """

    grade: Literal["A", "B", "C", "D"] = "C"
    read_in: str | None = None
