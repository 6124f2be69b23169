"""The result of a run: an inventory of emissions, line by line, with everything behind it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from carboncalc.errors import CarbonCalcError, Issue
from carboncalc.inventory.coded import combined
from carboncalc.inventory.grid import to_grid
from carboncalc.inventory.ledger import BASES, PROCESS, Ledger
from carboncalc.inventory.lines import lines_table
from carboncalc.inventory.plan import Plan
from carboncalc.inventory.potentials import Potentials, refuse_mixed_sets
from carboncalc.inventory.resolutions import Resolutions
from carboncalc.inventory.totals import (
    evidence_share,
    four_totals,
    grouped,
    gwp_sets,
    key_codes,
    key_column,
    reported_total,
    rounded_items,
)
from carboncalc.inventory.trace import Trace, recompute, trace_line
from carboncalc.provenance import Policy, RunRecord

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Inventory:
    """Emissions of one or more entities, line by line (contract sections 4 and 5).

    Tonnes throughout. A plain sum of ``lines.co2e_t`` is the total; ``memo`` holds what does
    not count, with an ``account`` that says why. Made by :func:`carboncalc.compute`.

    Examples
    --------
    >>> import carboncalc as cc
    >>> inv = cc.compute([{"entity": "P1", "period": "2023", "method": "other-industry",
    ...     "source": "purchased_electricity", "item": "electricity", "amount": 100,
    ...     "unit": "MWh"}])
    >>> round(inv.co2e_t, 2), inv.lines.evidence_grade[0]
    (53.06, 'B')
    """

    ledger: Ledger
    resolutions: Resolutions
    plan: Plan
    run: RunRecord
    activity: Any
    quarantined: pd.DataFrame
    issues: tuple[Issue, ...] = ()
    findings: tuple[Issue, ...] = ()
    missing_basis: dict[str, int] = field(default_factory=dict)

    # -- tables ------------------------------------------------------------------------

    @functools.cached_property
    def potentials(self) -> Potentials:
        """The global warming potentials of the run, by document and gas."""
        return Potentials(self.plan)

    @functools.cached_property
    def lines(self) -> pd.DataFrame:
        """Counted lines, one per activity row × gas, on the chosen scope 2 basis."""
        return self._table(self.ledger.counted)

    @functools.cached_property
    def memo(self) -> pd.DataFrame:
        """Lines that do not count, each with the ``account`` that says why."""
        return self._table(self.ledger.primary & (self.ledger.account != 0))

    def _table(self, where: Any) -> pd.DataFrame:
        chosen = np.flatnonzero(where)
        return lines_table(self.ledger, chosen, self.resolutions, self.plan, self.potentials)

    def view(self, scope2: Literal["method", "location", "market"]) -> Inventory:
        """The same inventory with scope 2 on another basis.

        Raises
        ------
        CarbonCalcError
            ``I-030`` if rows have no factor on that basis.
        """
        lacking = self.missing_basis.get(scope2, 0)
        if lacking:
            raise CarbonCalcError("I-030", basis=scope2, count=lacking)
        ledger = self.ledger
        if scope2 == "method":
            own = ledger.basis == 1
            generic = key_column(ledger, "method") == "ghg-protocol"
            chosen = own | ((ledger.basis == 2) & generic)
        else:
            chosen = ledger.basis == BASES.index(scope2)
        primary = np.where(ledger.basis == 0, ledger.primary, chosen)
        policy = self.policy.model_copy(update={"scope2": scope2})
        return replace(
            self,
            ledger=replace(ledger, primary=primary),
            run=self.run.model_copy(update={"policy": policy}),
        )

    # -- sums --------------------------------------------------------------------------

    @property
    def policy(self) -> Policy:
        """Every choice the run made."""
        return self.run.policy

    @functools.cached_property
    def co2e_t(self) -> float:
        """The total in t CO2e, as the rounding policy reports it.

        Raises
        ------
        CarbonCalcError
            ``I-029`` if non-CO2 lines of different GWP sets would be added.
        """
        refuse_mixed_sets(gwp_sets(self.ledger, self.ledger.counted, self.potentials))
        return reported_total(self.ledger, self.ledger.counted, self.plan.context.rounding)

    @functools.cached_property
    def totals(self) -> dict[str, float | None]:
        """``document``, ``ets_compliance``, ``ghgp_location``, ``ghgp_market`` in t CO2e."""
        return {k: None if v is None else v["co2e_t"] for k, v in self.totals_with_gases.items()}

    @functools.cached_property
    def totals_with_gases(self) -> dict[str, dict[str, Any] | None]:
        """The four totals, each with the gases in it."""
        return four_totals(self.ledger, self.missing_basis)

    def by(self, *keys: str) -> pd.Series:
        """Exact sums of t CO2e over columns such as ``entity, item, month, year, gas, scope``.

        Examples
        --------
        >>> import carboncalc as cc
        >>> cc.examples.minimal().by("source").index.tolist()
        ['fossil_combustion', 'purchased_electricity']
        """
        columns = [key_codes(self.ledger, key) for key in keys]
        sums = self.ledger.sums(columns, self.ledger.counted)
        sums.index.names = list(keys)
        return sums.rename("co2e_t")

    def by_scope(self) -> dict[str, float | None]:
        """Totals by scope; scope 2 on each basis, of which only the chosen one is in the total.

        Scope 3 is None where nothing of it was assessed: absent is not zero.
        """
        ledger, rounding = self.ledger, self.plan.context.rounding
        out: dict[str, float | None] = {}
        scope = ledger.scope
        for name in (1, 3):
            where = ledger.counted & (scope == name)
            known = name == 1 or where.any()
            out[str(name)] = reported_total(ledger, where, rounding) if known else None
        for basis in ("location", "market", "method"):
            where = (ledger.account == 0) & (ledger.basis == BASES.index(basis)) & (scope == 2)
            held = where.any() and not self.missing_basis.get(basis)
            out[f"2_{basis}"] = reported_total(ledger, where, rounding) if held else None
        return {key: out[key] for key in ("1", "2_location", "2_market", "2_method", "3")}

    def by_source(self) -> dict[str, float]:
        """Totals by emission source."""
        return self._grouped("source")

    def by_entity(self) -> dict[str, float]:
        """Totals by entity."""
        return self._grouped("entity")

    def by_gas(self) -> dict[str, float]:
        """Totals by gas, in t CO2e."""
        return self._grouped("gas")

    def by_item(self) -> dict[str, float]:
        """Totals by fuel, material or carrier."""
        return self._grouped("item")

    def _grouped(self, key: str) -> dict[str, float]:
        return grouped(self.ledger, self.ledger.counted, key, self.plan.context.rounding)

    def items(self) -> pd.Series | None:
        """The rounded items whose sum the policy reports; None where it rounds none."""
        return rounded_items(self.ledger, self.ledger.counted, self.plan.context.rounding)

    @property
    def rounding_residual_t(self) -> float:
        """Reported total minus exact total (t CO2e): shown, never spread over the parts."""
        return self.co2e_t - self.ledger.total(self.ledger.counted)

    def memo_totals(self) -> dict[str, float]:
        """Totals of the memo by account; ``biogenic_co2_t`` in t CO2, the rest in t CO2e.

        Process-level figures (工序) stand side by side and are never added, so they have no
        total here: see ``memo``.
        """
        ledger = self.ledger
        where = ledger.primary & (ledger.account != 0)
        if PROCESS in ledger.accounts:
            where &= ledger.account != ledger.accounts.index(PROCESS)
        sums = grouped(ledger, where, "account", self.plan.context.rounding)
        named = {("biogenic_co2_t" if k == "biogenic" else f"{k}_t"): v for k, v in sums.items()}
        return {"biogenic_co2_t": 0.0, "outside_document_t": 0.0, **named}

    def grid(
        self,
        by: Sequence[str] = ("entity", "period", "scope", "gas"),
        freq: Literal["Y", "Q", "M"] = "Y",
        split: Literal["days"] | None = None,
    ) -> xr.Dataset:
        """Counted lines as an xarray Dataset with ``mass`` and ``co2e`` in tonnes.

        See :func:`carboncalc.inventory.grid.to_grid` for the rules and the errors.
        """
        return to_grid(self.ledger, by, freq, split)

    # -- evidence ----------------------------------------------------------------------

    def evidence_share(self) -> dict[str, float]:
        """Share of the total by evidence grade (A, B, C, D, S); sums to 1."""
        return evidence_share(self.ledger, self.ledger.counted)

    def coverage(self) -> dict[str, Any]:
        """How many activity rows are in the total, and how many were left out."""
        left_out = len(self.quarantined)
        coded, used = self.ledger.coded, np.flatnonzero(np.bincount(self.ledger.row))
        places = [coded[name].take(used) for name in ("sheet", "row")]
        computed = len(combined(places, len(used))[1])
        rows = computed + left_out
        return {
            "rows": rows,
            "computed": computed,
            "quarantined": left_out,
            "share": computed / rows if rows else 1.0,
        }

    def trace(self, line_id: str) -> Trace:
        """The walk from a line back to its cell, equation and pages.

        Raises
        ------
        CarbonCalcError
            ``I-034`` if there is no such line.
        """
        position = self._position(line_id)
        return trace_line(
            position, self.ledger, self.resolutions, self.plan, self.potentials, line_id
        )

    def recompute(self, line_id: str) -> float:
        """A line's ``co2e_t`` computed again from its row and its resolution alone."""
        return recompute(self._position(line_id), self.ledger, self.resolutions, self.plan)

    def _position(self, line_id: str) -> int:
        digits = line_id[1:]
        if line_id[:1] == "L" and digits.isdigit() and 0 < int(digits) <= len(self.ledger):
            return int(digits) - 1
        raise CarbonCalcError("I-034", line_id=line_id)

    def explain(self, entity: str | None = None, top: int = 5) -> pd.DataFrame:
        """The largest contributions to the total: entity, source, item, t CO2e and share."""
        sums = self.by("entity", "source", "item")
        if entity is not None:
            sums = sums[sums.index.get_level_values("entity") == entity]
        order = np.lexsort((np.arange(len(sums)), -np.abs(sums.to_numpy())))[:top]
        table = sums.iloc[order].reset_index()
        whole = float(np.abs(sums.to_numpy()).sum())
        return table.assign(share=table["co2e_t"] / whole if whole else 0.0)

    # -- showing -----------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """The object of contract section 5 (``compute --json``), as plain values."""
        from carboncalc.inventory.summary import summary

        return summary(self)

    def save(self, folder: Any) -> Any:
        """Write the run folder: run.json, canonical inputs, resolutions and lines."""
        from carboncalc.inventory.run_folder import write_run

        return write_run(self, folder)

    def write_lines(self, path: Any, *, memo: bool = False) -> Any:
        """Write ``lines`` (or ``memo``) to a Parquet file, block by block.

        See :func:`carboncalc.inventory.lines_file.write_lines`.
        """
        from carboncalc.inventory.lines_file import write_lines

        return write_lines(self, path, memo=memo)

    def __repr__(self) -> str:
        from carboncalc.inventory.summary import in_ten_lines

        return in_ten_lines(self)

    def _repr_html_(self) -> str:
        from carboncalc.inventory.summary import as_html

        return as_html(self)
