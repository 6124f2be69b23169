"""A run as files: the record, the inputs, the resolutions and the lines, and their check.

``verify`` reads a run folder, recomputes it and names the first difference: the cell, the
factor, the method or the line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from carboncalc.errors import CarbonCalcError, Issue, ReproductionError
from carboncalc.inventory.inputs import input_columns
from carboncalc.inventory.lines import numbered

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: The user's own factors, where a run had some: without them it could not be recomputed.
OWN_FACTORS = "factors.csv"
#: The user's own rounding rules, where a run had some: their file may change or move.
OWN_ROUNDING = "rounding.yaml"
FILES = ("run.json", "input.csv", "resolutions.csv", "lines.csv")

#: Columns of the lines that a second run must reproduce to the bit.
_TO_THE_BIT = ("mass_t", "gwp", "co2e_t")


def write_run(inv: Inventory, folder: str | Path) -> Path:
    """Write ``run.json``, ``input.csv``, ``resolutions.csv``, ``lines.csv`` and ``memo.csv``.

    The rows of an overlay go into ``factors.csv``, rounding rules of the user's own into
    ``rounding.yaml``, rows set aside into ``quarantined.csv``.
    Numbers are written in the shortest form that reads back to the same bits.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    rows = _activity_columns(inv.ledger.rows)
    rows.to_csv(target / "input.csv", index=False)
    resolution_table(inv).to_csv(target / "resolutions.csv", index=False)
    inv.lines.to_csv(target / "lines.csv", index=False)
    inv.memo.to_csv(target / "memo.csv", index=False)
    overlays = inv.plan.context.library.overlays()
    if overlays:
        own = pd.concat([rows.assign(overlay=name) for name, rows in overlays])
        own.to_csv(target / OWN_FACTORS, index=False)
    if inv.run.rounding_digest:
        rules = inv.plan.context.rounding.model_dump(mode="json")
        text = yaml.safe_dump(rules, allow_unicode=True, sort_keys=False)
        (target / OWN_ROUNDING).write_text(text, encoding="utf-8")
    record = {
        "run": inv.run.model_dump(mode="json"),
        "run_digest": inv.run.digest,
        "entities": _entity_record(inv),
        "summary": inv.to_json(),
    }
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    (target / "run.json").write_text(text + "\n", encoding="utf-8")
    if len(inv.quarantined):
        inv.quarantined.to_csv(target / "quarantined.csv", index=False)
    return target


def resolution_table(inv: Inventory) -> pd.DataFrame:
    """One row per resolution and input: the value used, its unit, factor, grade and page."""
    resolutions, context = inv.resolutions, inv.plan.context
    used = np.unique(inv.ledger.resolution[inv.ledger.primary])
    parts, places = [], []
    for one in input_columns(used, resolutions, inv.plan, inv.ledger):
        here, key = used[one.positions], one.way.slot.key
        shared = {
            "method": key.method,
            "edition": one.way.cells.edition.key,
            "source": key.source,
            "item": key.item,
            "region": np.array(context.regions, dtype=object)[resolutions.region[here]],
            "year": np.array(context.years)[resolutions.year[here]],
            "route": one.way.cells.route.id,
        }
        columns = {
            "value": one.value,
            "unit": one.unit,
            "factor_id": one.factor_id,
            "evidence_grade": one.grade,
            "source_document": one.source,
            "where": one.where,
        }
        ids = numbered("R", here + np.int64(1)).to_numpy(zero_copy_only=False)
        parts.append(pd.DataFrame({"resolution_id": ids, **shared, "input": one.name, **columns}))
        places.append((here, np.full(len(here), one.number)))
    if not parts:
        return pd.DataFrame()
    here, number = (np.concatenate(column) for column in zip(*places, strict=True))
    order = np.lexsort((number, here))
    table = pd.concat(parts, ignore_index=True).take(order).reset_index(drop=True)
    return table.astype({name: "str" for name in table if table[name].dtype == object})


def _activity_columns(rows: pd.DataFrame) -> pd.DataFrame:
    """The prepared rows without what the run added."""
    return rows.drop(columns=[c for c in ("scale", "scale_divisor") if c in rows])


def _entity_record(inv: Inventory) -> dict[str, Any]:
    return {str(name): {} for name in sorted(set(inv.ledger.rows["entity"]))}


def verify(folder: str | Path) -> Inventory:
    """Recompute a run folder and compare it with what it holds.

    Returns
    -------
    Inventory
        The recomputed inventory, when everything agrees to the bit.

    Raises
    ------
    ReproductionError
        ``V-001`` with up to twenty differences, the first of them in the message.
    CarbonCalcError
        ``V-002`` if the folder is not a run folder.

    Examples
    --------
    >>> import tempfile, carboncalc as cc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = cc.examples.minimal().save(folder)
    ...     verify(folder).co2e_t == cc.examples.minimal().co2e_t
    True
    """
    from carboncalc.inventory.compare import differences, recomputed

    source = Path(folder)
    for name in FILES:
        if not (source / name).is_file():
            raise CarbonCalcError("V-002", folder=source.name, file=name)
    stored = json.loads((source / "run.json").read_text(encoding="utf-8"))
    found = differences(source, stored, limit=20)
    inv = None
    if not found:
        inv = recomputed(source, stored)
        found = differences(source, stored, inv=inv, limit=20)
    if found:
        first: Issue = found[0]
        raise ReproductionError(first=first.message(), differences=found)
    assert inv is not None
    return inv
