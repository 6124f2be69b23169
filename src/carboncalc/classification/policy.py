"""The choices a classification makes, and which catalogue a loan or bond falls under.

The notice that put the 2025 catalogue in force speaks of two cases only: a loan approved
but not drawn before publication, and a bond outstanding or approved. On the others (drawn
in part, approved between publication and entry into force, old stock) it is silent; the
answer is then a named policy, and the answer under the other policy is shown beside it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import Field

from carboncalc.classification.criteria import Test, ready
from carboncalc.classification.taxonomy import Taxonomy
from carboncalc.errors import ClassificationError
from carboncalc.model.taxonomy import Criterion
from carboncalc.provenance import Frozen
from carboncalc.resources import package_file

#: What the frame calls the catalogue or statistic that applied before the 2025 one.
PREVIOUS = "previous"


class ClassificationPolicy(Frozen):
    """Every choice of a classification, stored whole with its result.

    Parameters
    ----------
    silent_cases
        Where the transition notice is silent: the new list, or the previous standard.
    enterprise_test
        ``bond_issuer`` adds the test of bond practice to entries of kind enterprise: half of
        revenue green, or 30 % of revenue and profit with both ranking first. It is a test
        for issuers, so it is off by default and never applies to projects or loans.
    vetoes
        The sets of vetoes (一票否决情形) that apply, beside those inside the items.

    Examples
    --------
    >>> ClassificationPolicy().silent_cases
    'new_list'
    """

    silent_cases: Literal["new_list", "previous_standard"] = "new_list"
    enterprise_test: Literal["none", "bond_issuer"] = "none"
    vetoes: tuple[str, ...] = ("catalogue",)


class Veto(Frozen):
    """A fact that rules an entry out whatever its criteria say, with its source and grade."""

    id: str
    set: str
    name: dict[str, str]
    when: tuple[Criterion, ...] = Field(min_length=1)
    grade: str
    source: str

    def tests(self) -> tuple[Test, ...]:
        """The facts that must all hold, ready to compare columns with."""
        return tuple(ready(criterion) for criterion in self.when)


@functools.cache
def vetoes() -> Mapping[str, Veto]:
    """Every veto by id.

    Examples
    --------
    >>> sorted({veto.set for veto in vetoes().values()})
    ['bank-environment-penalty', 'catalogue', 'green-factory-record']
    """
    path = package_file("classification", "data", "vetoes.yaml")
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {row["id"]: Veto.model_validate(row) for row in rows}


def active_vetoes(policy: ClassificationPolicy) -> tuple[Veto, ...]:
    """The vetoes a policy turns on; raises ClassificationError C-009 for an unknown set.

    Examples
    --------
    >>> [veto.id for veto in active_vetoes(ClassificationPolicy(vetoes=("green-factory-record",)))]
    ['violation_within_three_years']
    """
    known = {veto.set for veto in vetoes().values()}
    for name in policy.vetoes:
        if name not in known:
            raise ClassificationError("C-009", name=name, known=", ".join(sorted(known)))
    return tuple(veto for veto in vetoes().values() if veto.set in policy.vetoes)


def applicable_standard(
    rows: pd.DataFrame, taxonomy: Taxonomy, policy: ClassificationPolicy
) -> pd.DataFrame:
    """Which list each entry falls under, by which rule, and the answer of the other policy.

    Returns
    -------
    pandas.DataFrame
        ``standard`` (the catalogue's id, or ``previous``), ``standard_rule``, and
        ``standard_other``: empty unless the notice is silent on the case.

    Examples
    --------
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> rows = pd.DataFrame({"approval_date": pd.to_datetime(["2025-06-01", "2025-08-01"])})
    >>> applicable_standard(rows, load_taxonomy(), ClassificationPolicy()).standard_rule.tolist()
    ['notice_approved_not_drawn', 'silent_between_dates']
    """
    published = np.datetime64(str(taxonomy.published))
    in_force = np.datetime64(str(taxonomy.in_force))
    approval, drawdown = _dates(rows, "approval_date"), _dates(rows, "drawdown_date")
    bond = _equals(rows, "instrument", "bond")
    partly = _equals(rows, "partly_drawn", "yes")
    dated = np.where(np.isnat(approval), drawdown, approval)
    undated = np.isnat(dated)
    old = dated < published
    not_drawn = np.isnat(drawdown) | (drawdown >= published)
    # Order matters: the two cases of the notice come first, then the silences.
    cases = [
        (undated, "undated"),
        (bond & (dated < in_force), "notice_bond"),
        (dated >= in_force, "in_force"),
        (old & ~np.isnat(approval) & not_drawn, "notice_approved_not_drawn"),
        (old & partly, "silent_partly_drawn"),
        (old, "silent_old_stock"),
        (np.ones(len(rows), dtype=bool), "silent_between_dates"),
    ]
    rule = np.select([c for c, _ in cases], [name for _, name in cases], default="")
    noticed = np.char.startswith(rule, "notice_")
    silent = np.char.startswith(rule, "silent_")
    keeps = policy.silent_cases == "previous_standard"
    previous = noticed | (silent & keeps)
    other = np.where(silent, taxonomy.id if keeps else PREVIOUS, "")
    return pd.DataFrame(
        {
            "standard": np.where(previous, PREVIOUS, taxonomy.id),
            "standard_rule": rule,
            "standard_other": other,
        }
    )


def _dates(rows: pd.DataFrame, column: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    if column in rows:
        return rows[column].to_numpy(dtype="datetime64[us]")
    return np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[us]")


def _equals(rows: pd.DataFrame, column: str, value: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if column in rows:
        return (rows[column] == value).to_numpy(dtype=bool, na_value=False)
    return np.zeros(len(rows), dtype=bool)
