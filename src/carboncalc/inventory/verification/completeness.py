"""Month by month: what is recorded, what is missing, what a rule filled, what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from carboncalc.activity.header import read_heading
from carboncalc.errors import ActivityDataError, Issue
from carboncalc.inventory.verification.used import PLACE, months_text
from carboncalc.vocabulary import names
from carboncalc.vocabulary.periods import parse_period

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: States of a month, from harmless to what a reader must see first. ``recorded``: the month
#: has its own record; ``span``: only a longer record covers it; ``measured``: a value of the
#: plant's own; the others as in :data:`carboncalc.inventory.verification.used.OWN`.
STATES = (
    "", "recorded", "measured", "span", "not_claimed", "user_factor", "default", "fallback",
    "punitive_default", "missing", "quarantined",
)  # fmt: skip
_OF_ORIGIN = {"activity_row": "measured", "parameter_table": "measured", "output_table": "recorded"}
KEYS = (*PLACE, "parameter")


def month_starts(inv: Inventory, period: str | None = None) -> pd.DatetimeIndex:
    """The months of a period; by default the whole calendar years that the data touch.

    Examples
    --------
    >>> import carboncalc as cc
    >>> len(month_starts(cc.examples.minimal())), len(month_starts(cc.examples.minimal(), "2024Q1"))
    (12, 3)
    """
    if period is not None:
        found = parse_period(period)
        start, end = pd.Timestamp(found.start), pd.Timestamp(found.end)
        return pd.date_range(start.to_period("M").to_timestamp(), end, freq="MS", inclusive="left")
    rows = inv.ledger.rows
    if not len(rows):
        return pd.DatetimeIndex([])
    years = pd.to_datetime(rows["period_start"]).dt.year
    last = (pd.to_datetime(rows["period_end"]) - pd.Timedelta(days=1)).dt.year
    return pd.date_range(f"{years.min()}-01-01", f"{last.max()}-12-01", freq="MS")


def completeness(
    inv: Inventory, used: pd.DataFrame, months: pd.DatetimeIndex
) -> tuple[pd.DataFrame, int]:
    """The matrix of months, and how many quarantined rows it could not place.

    One row per place and parameter, one column per month (``2024-01`` …) with a state of
    :data:`STATES`; where several records fall in a month the worst state stands. Then how
    many months were recorded or measured, filled, missing and quarantined.

    Examples
    --------
    >>> import carboncalc as cc
    >>> from carboncalc.inventory.verification.used import used_values
    >>> inv = cc.compute([{"entity": "P", "period": "2023-01", "method": "other-industry",
    ...     "source": "purchased_electricity", "item": "electricity", "amount": 1, "unit": "MWh"}])
    >>> table, _ = completeness(inv, used_values(inv), month_starts(inv, "2023Q1"))
    >>> table[["parameter", "2023-01", "2023-02"]].values.tolist()
    [['amount', 'recorded', 'missing'], ['grid_factor', 'default', '']]
    """
    labels = [f"{month:%Y-%m}" for month in months]
    left_out, unplaced = quarantined_places(inv)
    records = pd.concat([_states(used), left_out], ignore_index=True)
    for name in KEYS:
        records[name] = records[name].astype("object").where(records[name].notna(), "")
    if not len(records):
        return pd.DataFrame(columns=[*KEYS, *labels, *_COUNTS]), unplaced
    codes, places = pd.factorize(pd.MultiIndex.from_frame(records[list(KEYS)]))
    grid = np.zeros((len(places), len(months)), dtype=np.int8)
    state = records["state"].map(STATES.index).to_numpy(dtype=np.int8)
    start = pd.to_datetime(records["period_start"]).to_numpy()
    stop = pd.to_datetime(records["period_end"]).to_numpy()
    ends = months + pd.offsets.MonthBegin(1)
    last = stop - np.timedelta64(1, "D")
    long = start.astype("datetime64[M]") != last.astype("datetime64[M]")
    spanning = STATES.index("span")
    is_record = np.isin(state, [STATES.index("recorded")])
    state = np.where(is_record & long, spanning, state).astype(np.int8)
    for column, (begin, end) in enumerate(zip(months, ends, strict=True)):
        here = (start < np.datetime64(end)) & (stop > np.datetime64(begin))
        np.maximum.at(grid[:, column], codes[here], state[here])
    table = pd.DataFrame(places.tolist(), columns=list(KEYS))
    recorded = table["parameter"].isin(_recorded_parameters(used)).to_numpy()
    missing = STATES.index("missing")
    grid = np.where((grid == 0) & recorded[:, None], missing, grid)
    texts = np.array(STATES, dtype=object)[grid]
    for column, label in enumerate(labels):
        table[label] = texts[:, column]
    for name, wanted in _COUNTS.items():
        table[name] = np.isin(texts, wanted).sum(axis=1)
    return table, unplaced


_COUNTS: dict[str, list[str]] = {
    "months_recorded": ["recorded", "measured", "user_factor"],
    "months_span": ["span"],
    "months_filled": ["default", "fallback", "punitive_default", "not_claimed"],
    "months_missing": ["missing"],
    "months_quarantined": ["quarantined"],
}


def _states(used: pd.DataFrame) -> pd.DataFrame:
    amount = used["parameter"] == "amount"
    state = used["origin"].replace(_OF_ORIGIN)
    return used[[*KEYS, "period_start", "period_end"]].assign(
        state=np.where(amount, "recorded", state)
    )


def _recorded_parameters(used: pd.DataFrame) -> set[str]:
    """Parameters that must have a record of their own: amounts and outputs."""
    return {"amount", *used.loc[used["origin"] == "output_table", "parameter"]}


def quarantined_places(inv: Inventory) -> tuple[pd.DataFrame, int]:
    """Where the quarantined rows would have stood, and how many cannot be told.

    They are as the user wrote them, so headers and words are looked up once more; a row
    whose entity, period, source or item is itself the problem cannot be placed.

    Examples
    --------
    >>> import carboncalc as cc
    >>> places, unplaced = quarantined_places(cc.examples.minimal())
    >>> len(places), unplaced
    (0, 0)
    """
    rows = inv.quarantined
    columns = [*KEYS, "period_start", "period_end", "state"]
    records = []
    given = rows.astype("object").where(rows.notna(), None).to_dict(orient="records")
    entities = getattr(inv.activity, "entities", None)
    for cells in given:
        found = _placed({str(k): v for k, v in cells.items() if v is not None}, entities)
        if found is not None:
            records.append(found | {"parameter": "amount", "state": "quarantined"})
    return pd.DataFrame(records, columns=columns), len(rows) - len(records)


def _placed(cells: dict[str, Any], entities: Any) -> dict[str, Any] | None:
    canonical: dict[str, Any] = {}
    for name, value in cells.items():
        heading = read_heading(name, "activity")
        if heading.column is not None and not heading.is_unit:
            canonical.setdefault(heading.column, value)
    try:
        period = parse_period(str(canonical["period"]))
        place = {
            "entity": str(canonical["entity"]),
            "source": names.source(str(canonical["source"])),
            "item": names.item(str(canonical["item"])),
        }
    except (KeyError, ActivityDataError):
        return None
    if entities is not None:
        known = entities.find(place["entity"])
        place["entity"] = known[0] if len(known) == 1 else place["entity"]
    for name in ("facility", "process"):
        place[name] = str(canonical.get(name, ""))
    return place | {
        "period_start": pd.Timestamp(period.start),
        "period_end": pd.Timestamp(period.end),
    }


def completeness_findings(
    table: pd.DataFrame, unplaced: int
) -> Iterator[tuple[Issue, dict[str, str]]]:
    """Months without a record and months left out, one finding per place.

    A place that only has records of several months is not asked for single ones.
    """
    months = [name for name in table.columns if len(name) == 7 and name[4:5] == "-"]
    for position in range(len(table)):
        row = table.iloc[position]
        place = {name: str(row[name]) for name in KEYS}
        shown = " / ".join(place[k] for k in KEYS if place[k] and place[k] != "amount")
        for code, state, count in (
            ("V-121", "missing", "months_missing"),
            ("V-122", "quarantined", "months_quarantined"),
        ):
            if row[count] and (row["months_recorded"] or code == "V-122"):
                said = months_text([f"{m}-01" for m in months if row[m] == state])
                params = {"place": shown, "months": said}
                yield Issue(code, params, column=place["parameter"], severity="finding"), place
    if unplaced:
        yield Issue("V-123", {"count": unplaced}, severity="finding"), {}
