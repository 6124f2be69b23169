"""Measured values of the parameter table, written beside the rows they belong to.

Precedence (contract section 7): the activity row, then the month, then the
consumption-weighted year, then the document's default. A month that was not measured takes
no mean of the measured ones: it falls through to the document's own rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from carboncalc import units
from carboncalc.errors import Issue
from carboncalc.inventory.coded import Coded, CodedRows, combined, first_rows, sorted_groups
from carboncalc.inventory.covering import Spans, covering
from carboncalc.vocabulary.periods import parse_period

Positions = npt.NDArray[np.intp]

_PLACE = ("facility", "source", "item")


def with_measured_values(
    rows: pd.DataFrame, measured: pd.DataFrame | None, findings: list[Issue] | None = None
) -> pd.DataFrame:
    """Rows with the measured parameters they do not give themselves.

    Parameters
    ----------
    measured
        Columns ``entity, facility, period, source, item, parameter, value, unit, weight,
        evidence``; an empty facility, source or item means any, and the more exactly named
        place goes first. Months make up a year by their weights alone.
    findings
        Takes up what has to be said: measured values that reach no row (I-048), months
        without weights (I-049), and rows that were not measured while others of the same
        place were (I-050).

    Returns
    -------
    pandas.DataFrame
        With ``<parameter>``, ``<parameter>_unit`` and ``<parameter>_origin`` columns.
    """
    if measured is None or not len(measured):
        return rows
    said = [] if findings is None else findings
    keys = ["entity", *(name for name in _PLACE if name in measured and name in rows)]
    out, places = rows.copy(deep=False), _Rows(rows, keys)
    for name, table in _with_dates(measured).groupby("parameter", sort=True):
        column = str(name)
        if column not in out:
            out[column] = np.nan
        for extra in (f"{column}_unit", f"{column}_origin"):
            if extra not in out:
                out[extra] = pd.Series(None, index=out.index, dtype="str")
        _write(out, places, _Table(column, table), said)
    return out


def _with_dates(measured: pd.DataFrame) -> pd.DataFrame:
    """First day and day after the last of each period, worked out once per distinct text."""
    texts = Coded.of(measured["period"])
    spans = [parse_period(str(text)) for text in texts.values]
    return measured.assign(
        period_start=texts.mapped([span.start for span in spans], None, "datetime64[s]"),
        period_end=texts.mapped([span.end for span in spans], None, "datetime64[s]"),
    )


class _Rows:
    """The distinct places of the activity rows, and the pairs of place and period that occur."""

    def __init__(self, rows: pd.DataFrame, keys: Sequence[str]) -> None:
        coded = CodedRows(rows)
        self.keys = tuple(keys)
        place, firsts = combined([coded[name] for name in keys], len(rows))
        self.places = [coded[name].take(firsts) for name in keys]
        times = [coded["period_start"], coded["period_end"]]
        #: Per row its pair; per pair its place, and its first and last moment.
        self.pair, firsts = combined([Coded(place, list(range(len(firsts)))), *times], len(rows))
        self.place = place[firsts]
        self.start = _seconds(rows["period_start"].to_numpy()[firsts])
        self.stop = _seconds(rows["period_end"].to_numpy()[firsts])


class _Table:
    """The measurements of one parameter; what was used of them is marked."""

    def __init__(self, column: str, rows: pd.DataFrame) -> None:
        self.column, self.rows = column, rows.reset_index(drop=True)
        self.unit = Coded.of(self.rows["unit"])
        self.value = self.rows["value"].to_numpy(dtype=np.float64)
        self.start = _seconds(self.rows["period_start"].to_numpy())
        self.stop = _seconds(self.rows["period_end"].to_numpy())
        self.reached = np.zeros(len(rows), dtype=bool)
        self.unweighted = np.zeros(len(rows), dtype=bool)

    def origins(self, used: Positions) -> list[str]:
        """Where the measurements of each row of ``used`` stand, with their evidence."""
        lines = self.rows["row"].tolist() if "row" in self.rows else [""] * len(self.rows)
        proof = [None] * len(self.rows)
        if "evidence" in self.rows:
            proof = Coded.of(self.rows["evidence"]).texts(None).tolist()
        out = []
        for members in used.tolist():
            places = ", ".join(str(lines[k]) for k in members)
            said = dict.fromkeys(str(proof[k]) for k in members if proof[k] is not None)
            out.append(f"parameter table row {places} {'; '.join(said)}".strip())
        return out


class _Filled:
    """What the measurements come to, per pair of place and period; unit −1 where nothing does."""

    def __init__(self, size: int) -> None:
        self.value = np.full(size, np.nan)
        self.unit = np.full(size, -1, dtype=np.int32)
        self.origin = np.full(size, -1, dtype=np.int32)
        self.measured = np.zeros(size, dtype=bool)
        self.origins: list[str] = []

    def put(self, pairs: Positions, value: Any, unit: Any, origin: Any, texts: list[str]) -> None:
        """Fill the pairs that no more exact place has filled."""
        open_ = self.unit[pairs] < 0
        here = pairs[open_]
        self.value[here], self.unit[here] = value[open_], unit[open_]
        self.origin[here] = origin[open_] + len(self.origins)
        self.origins += texts


def _write(out: pd.DataFrame, rows: _Rows, table: _Table, said: list[Issue]) -> None:
    """Fill one parameter from the most exact measurement that covers a row's period.

    Rows are looked at by distinct place and period, never one by one.
    """
    column = table.column
    filled = _Filled(len(rows.place))
    for group, members, group_of_member in _classes(rows, table):
        _fill(filled, rows, group, table, members, group_of_member)
    own = out[column].to_numpy(dtype=np.float64)
    empty = np.isnan(own)
    taken = empty & (filled.unit >= 0)[rows.pair]
    out[column] = np.where(taken, filled.value[rows.pair], own)
    for name, codes, texts in (
        ("unit", filled.unit, [str(unit) for unit in table.unit.values]),
        ("origin", filled.origin, filled.origins),
    ):
        found = Coded(np.where(taken, codes[rows.pair], np.int32(-1)), texts).series()
        before = out[f"{column}_{name}"]
        found.index = before.index
        out[f"{column}_{name}"] = before.where(~taken, found) if before.notna().any() else found
    table.unweighted &= ~table.reached
    _say(said, "I-049", column, table.rows[table.unweighted])
    _say(said, "I-048", column, table.rows[~table.reached & ~table.unweighted])
    lacking = out[filled.measured[rows.pair] & empty & ~taken]
    if len(lacking):
        periods = [str(text) for text in lacking["period"].unique()]
        said.append(_finding("I-050", column, str(lacking["entity"].iloc[0]), periods))


def _classes(rows: _Rows, table: _Table) -> Iterator[tuple[Positions, Positions, Positions]]:
    """Measurements of one kind of unit that name their place by the same columns.

    The most exactly named places come first. Each time: per distinct place of the rows its
    group of measurements (−1 for none), the measurements, and the group of each.
    """
    kinds = [str(units.dimension(str(unit))) for unit in table.unit.values]
    columns = [Coded.of(table.rows[name]) for name in rows.keys]
    named = [column.mapped([value != "" for value in column.values], False) for column in columns]
    # Of equally exact places the one comes first that sorts first: by kind of unit, then by
    # the first column that only one of them names.
    ranks = [-np.sum(named, axis=0), table.unit.mapped(kinds, ""), *(~there for there in named)]
    order, _ = sorted_groups([Coded.of(pd.Series(rank)) for rank in ranks], len(table.value))
    for number in range(int(order.max()) + 1):
        members = np.flatnonzero(order == number)
        chosen = [k for k, there in enumerate(named) if there[members[0]]]
        places = [rows.places[k] for k in chosen]
        group, group_of_member = _matched(
            places, [columns[k].take(members) for k in chosen], len(rows.places[0].codes)
        )
        found = np.flatnonzero(group_of_member >= 0)
        yield group, members[found], group_of_member[found]


def _matched(
    places: Sequence[Coded], measured: Sequence[Coded], size: int
) -> tuple[Positions, Positions]:
    """Numbers that are equal where all columns are; −1 for what has nothing measured there."""
    both = []
    for place, other in zip(places, measured, strict=True):
        code = {value: k for k, value in enumerate(place.values)}
        known = other.mapped([code.get(value, -1) for value in other.values], -1, np.int32)
        both.append(Coded(np.concatenate([place.codes, known]), place.values))
    length = size + len(measured[0].codes) if measured else size
    numbers, _ = combined(both, length)
    lacking = np.zeros(length, dtype=bool)
    for column in both:
        lacking |= column.codes < 0
    held = np.zeros(int(numbers.max(initial=0)) + 1, dtype=bool)
    held[numbers[size:]] = True
    group: Positions = np.where(lacking | ~held[numbers], -1, numbers).astype(np.intp)
    return group[:size], group[size:]


def _fill(
    filled: _Filled, rows: _Rows, group: Positions, table: _Table, members: Positions,
    group_of_member: Positions,
) -> None:  # fmt: skip
    """Fill pairs from the measurements of one class."""
    pairs = np.flatnonzero(group[rows.place] >= 0)
    filled.measured[pairs] = True
    if not len(pairs) or not len(members):
        return
    wanted = Spans(group[rows.place[pairs]], rows.start[pairs], rows.stop[pairs])
    found = covering(wanted, Spans(group_of_member, table.start[members], table.stop[members]))
    value, unit = _in_one_unit(table, members, group_of_member)
    alone = np.flatnonzero(found.single >= 0)
    used, number = np.unique(found.single[alone], return_inverse=True)
    table.reached[members[used]] = True
    one = found.single[alone]
    filled.put(pairs[alone], value[one], unit[one], number, table.origins(members[used][:, None]))
    count = np.diff(found.bounds)
    weight = (
        table.rows["weight"].to_numpy(dtype=np.float64)[members]
        if "weight" in table.rows
        else np.full(len(members), np.nan)
    )
    for size in np.unique(count):
        chosen = np.flatnonzero(count == size)
        by = found.by[found.bounds[chosen][:, None] + np.arange(size)]
        total = weight[by].sum(axis=1)
        weighted = total > 0
        table.unweighted[members[by[~weighted]]] = True
        by, total = by[weighted], total[weighted]
        table.reached[members[by]] = True
        filled.put(
            pairs[found.filled[chosen[weighted]]],
            (value[by] * weight[by]).sum(axis=1) / total,
            unit[by[:, 0]],
            np.arange(len(by)),
            table.origins(members[by]),
        )


def _in_one_unit(table: _Table, members: Positions, group: Positions) -> tuple[Any, Any]:
    """The values of each group in the unit of its first, and that unit's code."""
    given = table.unit.codes[members]
    wanted = given[first_rows(group, int(group.max()) + 1)[group]]
    value = table.value[members]
    for one, other in np.unique(np.stack([given, wanted]), axis=1).T.tolist():
        if one != other:
            texts = table.unit.values
            multiply, divide = units.conversion(str(texts[one]), str(texts[other]))
            here = (given == one) & (wanted == other)
            value[here] = value[here] * multiply / divide
    return value, wanted


def _say(said: list[Issue], code: str, column: str, rows: pd.DataFrame) -> None:
    """One finding for the measurements of a parameter, by entity."""
    for entity, group in rows.groupby("entity", sort=True, dropna=False):
        periods = [str(text) for text in group["period"].unique()]
        said.append(_finding(code, column, str(entity), periods, group))


def _finding(
    code: str, column: str, entity: str, periods: list[str], rows: pd.DataFrame | None = None
) -> Issue:
    """A finding about a parameter; of measurements it names the cell of the first."""
    shown = ", ".join(periods[:12]) + (" …" if len(periods) > 12 else "")
    params = {"parameter": column, "entity": entity, "periods": shown, "count": len(periods)}
    if rows is None or "row" not in rows:
        return Issue(code, params, column=column, severity="finding")
    file, sheet = (
        str(rows[name].iloc[0]) if name in rows and pd.notna(rows[name].iloc[0]) else None
        for name in ("file", "sheet")
    )
    row = int(rows["row"].iloc[0])
    return Issue(code, params, file, sheet, row, "parameter", severity="finding")


def _seconds(moments: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    return moments.astype("datetime64[s]").astype(np.int64)
