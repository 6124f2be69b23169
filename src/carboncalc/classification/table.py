"""Lays the verdicts out as the table of contract section 9, with the line behind each."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from carboncalc.classification.criteria import FAIL, PASS, Statuses
from carboncalc.classification.evaluate import column
from carboncalc.classification.grouping import Groups, text_column
from carboncalc.classification.judge import Judgement
from carboncalc.classification.reasons import Positions
from carboncalc.classification.taxonomy import Taxonomy
from carboncalc.model.taxonomy import Verdict

#: By status: all passed, something is missing, something failed.
_VERDICTS = np.array(
    [str(v) for v in (Verdict.ELIGIBLE, Verdict.UNDETERMINED, Verdict.INELIGIBLE)], dtype=object
)


def verdict_frame(
    catalogue: Taxonomy, rows: pd.DataFrame, groups: Groups, judged: Judgement
) -> pd.DataFrame:
    """One row per entry; ``reasons``, ``missing_evidence``, ``vetoes``, ``would_change`` are lists.

    ``ghg_mark`` is the mark of the annex line (2 direct reduction, 1 enabling, 0 none, −1
    where no line is settled), ``page`` and ``sequence`` 0 where there is none.
    """
    reasons = judged.reasons
    folded = {**reasons.fold(), "vetoes": _veto_lists(judged.vetoes, len(rows))}
    lists = {
        name: pd.Series(pd.array(a, dtype=pd.ArrowDtype(a.type))) for name, a in folded.items()
    }
    found = groups.resolutions
    lines = [r.line for r in found]

    def texts(values: list[str | None]) -> pd.Series:
        return pd.Series(groups.spread(values), dtype="str")

    frame = {
        "entry_id": text_column(rows, "entry_id").astype("str"),
        "taxonomy": catalogue.id,
        "taxonomy_version": catalogue.version,
        "code": texts([r.code for r in found]),
        "verdict": pd.Series(_VERDICTS[reasons.worst], dtype="str"),
        "green_ratio": _ratio(rows, reasons.worst),
        "reasons": lists["reasons"],
        "missing_evidence": lists["missing_evidence"],
        "vetoes": lists["vetoes"],
        "would_change": lists["would_change"],
        "industry_code": texts([x.industry_code if x else None for x in lines]),
        "sequence": groups.spread([x.sequence if x else 0 for x in lines], np.int16),
        "product": texts([r.criteria.product.id if r.criteria else None for r in found]),
        "role": text_column(rows, "role").astype("str"),
        "condition_status": texts([x.condition_status if x else None for x in lines]),
        "page": groups.spread([x.page if x else 0 for x in lines], np.int16),
        "ghg_mark": groups.spread([x.ghg_mark if x else -1 for x in lines], np.int8),
        "kind": text_column(rows, "kind").astype("str"),
        "amount": column(rows, "amount"),
        "currency": text_column(rows, "currency").astype("str"),
    }
    return pd.DataFrame(frame, index=rows.index)


def _veto_lists(hits: dict[str, Positions], size: int) -> pa.Array:
    names = pa.array(list(hits), pa.string())
    rows = np.concatenate([*hits.values(), np.zeros(0, np.int64)])
    which = np.repeat(np.arange(len(hits)), [len(r) for r in hits.values()])
    order = np.lexsort((which, rows))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))])
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), names.take(which[order]))


def _ratio(rows: pd.DataFrame, worst: Statuses) -> npt.NDArray[np.float64]:
    """绿色认定比例: 0 where refused, unknown where undetermined, else what the entry states.

    Where it states none it is the whole of a project or loan, and the green share of revenue
    of an enterprise.
    """
    stated = column(rows, "green_ratio")
    kind: Any = text_column(rows, "kind")
    whole = kind.isin(["project", "loan"]).to_numpy(dtype=bool)
    firm = kind.isin(["enterprise"]).to_numpy(dtype=bool)
    share = np.where(firm, column(rows, "green_revenue_share"), np.where(whole, 1.0, np.nan))
    ratio = np.where(np.isnan(stated), share, stated)
    return np.select([worst == FAIL, worst == PASS], [np.zeros(len(rows)), ratio], np.nan)
