"""Is it green? One verdict per entry, with the reason for each step and what would change it.

``eligible`` needs the industry line, the role, every criterion passed and a criterion set
that a person has read; a line that only describes a scope also needs a person's
confirmation. One failed step makes it ineligible; anything missing leaves it undetermined.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from carboncalc.classification.entries import EntryTable, read_entries
from carboncalc.classification.evaluate import Evidence
from carboncalc.classification.grouping import Claimed, group, read_claims, report_words
from carboncalc.classification.intake import EntryDataError
from carboncalc.classification.judge import judge
from carboncalc.classification.policy import (
    ClassificationPolicy,
    active_vetoes,
    applicable_standard,
)
from carboncalc.classification.result import Verdicts
from carboncalc.classification.table import verdict_frame
from carboncalc.classification.taxonomy import load_taxonomy
from carboncalc.errors import ClassificationError, IssueLog


def classify(
    entries: Any,
    taxonomy: str = "cgt-2025",
    *,
    policy: ClassificationPolicy | None = None,
    strict: bool = False,
    **choices: Any,
) -> Verdicts:
    """The verdicts of entries under a catalogue, each with reasons, gaps and what would change it.

    Parameters
    ----------
    entries
        A path, a data frame, records, or what :func:`read_entries` returned.
    taxonomy
        The catalogue; only one whose conditions have been read gives verdicts.
    policy
        The choices; fields of :class:`ClassificationPolicy` may also be given by name.
    strict
        Raise when there is any problem, with all of them listed.

    Returns
    -------
    Verdicts
        Entries whose code is unknown or of another catalogue get no verdict: they stand in
        ``.quarantined`` with the remedy.

    Raises
    ------
    ClassificationError
        C-001 unknown catalogue, C-002 one that can only be browsed, C-009 unknown veto set.
    EntryDataError
        The table cannot be read, or has problems and ``strict`` is set.

    Notes
    -----
    Source: contract section 9; 银发〔2025〕132号 annex, read line by line. Note 3 of the annex
    says that its industry codes describe activities: give the class of what is financed, not
    of the firm's main business.

    Examples
    --------
    >>> turbine = {"entry_id": "W1", "claimed_code": "4.1.1", "industry_code": "3811",
    ...            "role": "manufacturer", "product": "onshore_turbine", "rated_power": "4.5 MW"}
    >>> verdicts = classify([turbine])
    >>> verdicts.frame.verdict[0], list(verdicts.frame.would_change[0])
    ('ineligible', ['rated_power >= 5 MW'])
    """
    catalogue = load_taxonomy(taxonomy)
    if not catalogue.decides:
        raise ClassificationError("C-002", taxonomy=taxonomy)
    chosen = (policy or ClassificationPolicy()).model_dump() | choices
    rules = ClassificationPolicy.model_validate(chosen)
    vetoes = active_vetoes(rules)
    table = entries if isinstance(entries, EntryTable) else read_entries(entries)
    log = IssueLog()
    claimed = read_claims(catalogue, table, log)
    issues = (*table.issues, *log.issues)
    if strict and any(issue.severity == "problem" for issue in issues):
        raise EntryDataError("C-100", issues=issues, file=table.file)
    rows = table.rows.iloc[claimed.rows].reset_index(drop=True)
    measures = {name: measure.take(claimed.rows) for name, measure in table.measures.items()}
    evidence = Evidence(measures, len(rows))
    groups = group(catalogue, rows, claimed.items)
    report_words(table, rows, groups, log)
    judged = judge(rows, evidence, groups, policy=rules, vetoes=vetoes)
    frame = pd.concat(
        [
            verdict_frame(catalogue, rows, groups, judged),
            applicable_standard(rows, catalogue, rules),
            rows[["row"]],
        ],
        axis=1,
    )
    return Verdicts(
        frame=frame,
        taxonomy=catalogue,
        policy=rules,
        quarantined=_aside(table, claimed),
        issues=(*table.issues, *log.issues),
        counts={**table.counts, **log.counts},
        file=table.file,
        digest=table.digest,
    )


def _aside(table: EntryTable, claimed: Claimed) -> pd.DataFrame:
    """The rows that could not be read and those whose code was refused, with the reason."""
    if not claimed.refused:
        return table.quarantined
    positions = sorted(claimed.refused)
    frame = table.rows.iloc[positions].reset_index(drop=True)
    frame["code"] = [claimed.refused[p].code for p in positions]
    frame["message"] = [claimed.refused[p].message() for p in positions]
    if not len(table.quarantined):
        return frame
    return pd.concat([table.quarantined, frame], ignore_index=True)
