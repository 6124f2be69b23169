"""The front door of the engine: ``compute`` once, or keep a ``Calculator`` in a service."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd

from carboncalc._version import __version__
from carboncalc.activity.digest import joint_digest
from carboncalc.activity.measured import read_parameters
from carboncalc.activity.read import read_activity
from carboncalc.activity.table import ActivityTable, ParameterTable
from carboncalc.errors import ActivityDataError, CoverageWarning, Issue, IssueLog
from carboncalc.factors.library import FactorLibrary
from carboncalc.inventory.balances import fold_stocks, with_partners
from carboncalc.inventory.calculate import calculate
from carboncalc.inventory.coded import sorted_groups
from carboncalc.inventory.findings import findings_of
from carboncalc.inventory.measured import with_measured_values
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.plausible import handed_on_twice, negative_totals, overdrawn_balances
from carboncalc.inventory.potentials import Potentials
from carboncalc.inventory.prepare import split_years, with_defaults
from carboncalc.inventory.result import Inventory
from carboncalc.messages.catalogue import message
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.rounding import own_rounding
from carboncalc.model.entity import EntitySet
from carboncalc.provenance import Policy, RunRecord, canonical_digest


class Calculator:
    """A library and a policy, ready to compute; safe to share between threads.

    What was resolved for one call is kept for the next.

    Parameters
    ----------
    library
        The factor library; the shipped one by default.
    policy
        Every choice a run makes; keyword arguments are shorthands for its fields.

    Examples
    --------
    >>> calc = Calculator(missing="quarantine")
    >>> calc.policy.missing
    'quarantine'
    """

    def __init__(
        self, library: FactorLibrary | None = None, policy: Policy | None = None, **overrides: Any
    ) -> None:
        self.library = FactorLibrary.default() if library is None else library
        self.policy = Policy.model_validate({**(policy or Policy()).model_dump(), **overrides})
        self.plan = Plan(self.library, self.policy)

    def compute(
        self, data: Any, *, entities: Any = None, parameters: Any = None, **reading: Any
    ) -> Inventory:
        """The inventory of activity data.

        Parameters
        ----------
        data
            An :class:`ActivityTable`, or anything :func:`carboncalc.read_activity` reads.
        entities
            An entity set, or per entity id a mapping with ``method``, ``region``, ``sector``.
        parameters
            A table of measured values (contract section 7).

        Raises
        ------
        ActivityDataError
            With every problem at once, when the policy says ``missing="raise"``.
        """
        if isinstance(data, ActivityTable):
            table = data
        else:
            table = read_activity(data, entities=entities, policy=self.policy, **reading)
        if parameters is not None and not isinstance(parameters, ParameterTable):
            parameters = read_parameters(parameters, entities=entities, strict=True)
        log = IssueLog()
        problems = table.issues
        refused = problems if self.policy.missing == "raise" and table is not data else ()
        known = entity_defaults(
            entities if isinstance(entities, Mapping | EntitySet) else table.entities
        )
        rows = with_defaults(table.rows, known)
        measured = parameters.rows if parameters is not None else table.parameters
        about_measured: list[Issue] = []
        rows = with_measured_values(rows, measured, about_measured)
        given = rows
        rows = fold_stocks(given, log)
        rows = split_years(rows, self.policy, log).reset_index(drop=True)
        computed = calculate(rows, self.plan, log)
        if refused or (len(log) and self.policy.missing == "raise"):
            raise ActivityDataError("I-035", issues=(*refused, *log.issues))
        left_out = _quarantined(table, given, log)
        if len(left_out):
            text = f"[I-036] {message('I-036', {'count': len(left_out)})}"
            warnings.warn(CoverageWarning(text), stacklevel=_depth_of_caller())
        ledger = computed.ledger
        used = [str(name) for name in sorted_groups([ledger.entries("method")], len(ledger))[1][0]]
        record = RunRecord(
            version=__version__,
            policy=self.policy,
            input_digest=_input_digest(table, parameters, known),
            library_version=self.library.version,
            library_digest=self.library.digest,
            methods={name: load_method(name).digest for name in used},
            lines=int(ledger.counted.sum()),
            quarantined=len(left_out),
            files=dict(table.files),
            encodings=dict(table.encodings),
            rounding_digest=self._rounding_digest(),
        )
        said = findings_of(ledger, computed.resolutions, self.plan, Potentials(self.plan), _today())
        below = (*overdrawn_balances(ledger), *handed_on_twice(ledger), *negative_totals(ledger))
        findings = (*table.findings, *about_measured, *computed.findings, *said, *below)
        return Inventory(
            ledger=ledger,
            resolutions=computed.resolutions,
            plan=self.plan,
            run=record,
            activity=table,
            quarantined=left_out,
            issues=(*problems, *(parameters.issues if parameters is not None else ()), *log.issues),
            findings=findings,
            missing_basis=dict(computed.missing_basis),
        )

    def _rounding_digest(self) -> str:
        """The digest of the user's own rounding rules; empty for a shipped policy."""
        own = own_rounding(self.policy.rounding)
        return self.plan.context.rounding.digest if own else ""


def _input_digest(
    table: ActivityTable, parameters: ParameterTable | None, known: Mapping[str, Mapping[str, Any]]
) -> str:
    """The digest of all that a figure was computed from: rows, measured values, entity defaults."""
    parts = {"activity": table.digest}
    if parameters is not None:
        parts["parameters"] = parameters.digest
    present = table.rows["entity"].dropna().unique() if len(table.rows) else ()
    inherited = {
        str(name): {
            key: dict(value) if isinstance(value, Mapping) else value
            for key, value in sorted(known[name].items())
            if value is not None
        }
        for name in present
        if name in known
    }
    if any(inherited.values()):
        parts["entities"] = canonical_digest(inherited)
    return table.digest if len(parts) == 1 else joint_digest(parts)


def _depth_of_caller() -> int:
    """The stack level of the first frame outside the library: a warning names the user's line."""
    frame = inspect.currentframe()
    depth = 0
    while frame is not None and frame.f_globals.get("__name__", "").startswith("carboncalc."):
        frame = frame.f_back
        depth += 1
    return depth


def _today() -> date:
    """Today in China: whether a document is still in force depends on the day of the report."""
    return datetime.now(tz=timezone(timedelta(hours=8))).date()


def entity_defaults(entities: Any) -> Mapping[str, Mapping[str, Any]]:
    """Per entity id what rows inherit: method (or methods by source), region, sector."""
    if entities is None:
        return {}
    if isinstance(entities, Mapping):
        return entities
    region = entities.park.region if entities.park is not None else None
    return {
        entity.id: {
            "method": entity.methods,
            "region": entity.region or region,
            "sector": entity.sector,
        }
        for entity in entities.entities
    }


def _quarantined(table: ActivityTable, rows: pd.DataFrame, log: IssueLog) -> pd.DataFrame:
    """Rows set aside by reading and by computing, each with its first code and message.

    ``rows`` are the rows as they were read: a stock balance is set aside with all its rows.
    """
    first: dict[tuple[Any, Any], Any] = {}
    for issue in log:
        first.setdefault((issue.sheet, issue.row), issue)
    if not first:
        return table.quarantined
    first = with_partners(rows, first)
    sheets = [None if pd.isna(sheet) else sheet for sheet in rows["sheet"].tolist()]
    places = list(zip(sheets, rows["row"].tolist(), strict=True))
    here = np.array([place in first for place in places], dtype=bool)
    found = rows[here].drop_duplicates(["sheet", "row"])
    kept = dict.fromkeys(place for place in places if place in first)
    issues = [first[place] for place in kept]
    found = found.assign(
        code=[issue.code for issue in issues], message=[issue.message() for issue in issues]
    )
    return pd.concat([table.quarantined, found], ignore_index=True)


@functools.lru_cache(maxsize=16)
def shared_calculator(policy: Policy) -> Calculator:
    """The calculator of the shipped library under a policy, with all that it resolved."""
    return Calculator(policy=policy)


def _calculator(library: FactorLibrary | None, policy: Policy) -> Calculator:
    """A calculator, kept for the next call unless it has data or rules of the user's."""
    if library is None and not own_rounding(policy.rounding):
        return shared_calculator(policy)
    return Calculator(library, policy)


def compute(
    data: Any,
    *,
    policy: Policy | None = None,
    library: FactorLibrary | None = None,
    entities: Any = None,
    parameters: Any = None,
    **overrides: Any,
) -> Inventory:
    """The inventory of activity data: every line traced to a cell, an equation and a page.

    Parameters
    ----------
    data
        A path (CSV, XLSX, Parquet), any dataframe, a list of records or an
        :class:`ActivityTable` with the columns of contract section 1.
    policy
        Every choice the run makes; ``overrides`` are shorthands for its fields, such as
        ``year_fallback="latest"``.
    library
        The factor library; the shipped one by default.
    entities
        The entity file: methods, regions and sectors that rows inherit.
    parameters
        Measured values by entity, month and source (contract section 7).

    Returns
    -------
    Inventory
        Lines and totals in tonnes.

    Raises
    ------
    ActivityDataError
        With every problem at once, when the policy says ``missing="raise"``.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.compute([{"entity": "P1", "period": "2023", "method": "other-industry",
    ...     "source": "fossil_combustion", "item": "diesel", "amount": 10, "unit": "t"}])
    >>> round(inv.co2e_t, 4)
    31.4512
    """
    chosen = Policy.model_validate({**(policy or Policy()).model_dump(), **overrides})
    return _calculator(library, chosen).compute(data, entities=entities, parameters=parameters)
