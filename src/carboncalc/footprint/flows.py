"""Power and heat between the members of a park, each transfer looked at from both sides.

A row ``purchased_*`` with a member as counterparty is the record of an internal transfer;
the seller's ``exported_*`` row is its mirror and must agree after unit conversion within
0.5 % or the declared class of the meter. Rows without a counterparty, or with one of kind
``outside``, cross the boundary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from carboncalc import units
from carboncalc.errors import BoundaryError, Issue, TransferImbalanceError, UnitError
from carboncalc.footprint.members import Members

#: Source id → (carrier, role of the row's entity).
TRANSFER_SOURCES = {
    "purchased_electricity": ("electricity", "buyer"),
    "exported_electricity": ("electricity", "seller"),
    "purchased_heat": ("heat", "buyer"),
    "exported_heat": ("heat", "seller"),
}
CARRIER_UNIT = {"electricity": "MWh", "heat": "GJ"}
#: Agreed difference between two meters of one transfer where no class is declared.
TOLERANCE = 0.005

_OPTIONAL = (
    "counterparty",
    "instrument",
    "certificate_id",
    "meter",
    "process",
    "file",
    "sheet",
    "row",
)
_KEYS = ["seller", "buyer", "carrier", "year"]
_Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Flows:
    """Energy that changes hands.

    ``records`` has one row per activity row and calendar year: entity, counterparty, carrier,
    role, internal, period, year, amount, unit, instrument, certificate_id, meter, process,
    file, sheet, row. ``internal`` has one row per seller, buyer, carrier, year, instrument
    and the buyer's process, by the buyer's record. ``checks`` shows both sides of every
    internal transfer.
    """

    records: pd.DataFrame
    internal: pd.DataFrame
    checks: pd.DataFrame
    findings: tuple[Issue, ...]


def read_flows(
    rows: pd.DataFrame, members: Members, meter_class: Mapping[str, float] | None = None
) -> Flows:
    """The transfers in an activity table, checked.

    Parameters
    ----------
    rows
        Canonical activity rows.
    meter_class
        Meter id → accuracy class in percent, where it differs from 0.5.

    Raises
    ------
    BoundaryError
        ``B-024`` for an internal transfer of a carrier that is not held (cooling, air),
        ``B-020`` for a flow to nobody, ``B-021`` for an entity that is not declared, ``B-022``
        for a flow to itself, ``B-023`` for an internal transfer that is not in energy units.
    TransferImbalanceError
        ``B-002`` with both figures if the two sides of a transfer differ too much.

    Examples
    --------
    >>> from carboncalc.footprint.members import members_of
    >>> park = members_of([{"id": "T", "kind": "tenant"}, {"id": "S", "kind": "shared"}])
    >>> rows = pd.DataFrame({"entity": ["T"], "counterparty": ["S"], "source": "purchased_heat",
    ...     "item": "heat", "amount": [3.6], "unit": "GJ", "period": "2024",
    ...     "period_start": pd.to_datetime(["2024-01-01"]),
    ...     "period_end": pd.to_datetime(["2025-01-01"])})
    >>> read_flows(rows, park).internal[["seller", "buyer", "amount"]].values.tolist()
    [['S', 'T', 3.6]]
    """
    _refuse_undeclared(rows, members)
    _refuse_other_carriers(rows, members)
    records = _records(rows, members)
    internal = records[records["internal"]]
    bought = _sides(internal[internal["role"] == "buyer"], "entity", "counterparty")
    sold = _sides(internal[internal["role"] == "seller"], "counterparty", "entity")
    checks, findings = _check(bought, sold, dict(meter_class or {}))
    keys = [*_KEYS, "instrument", "process"]
    sums = sums_by(bought, keys)
    table = pd.DataFrame(list(sums), columns=keys)
    table["amount"] = list(sums.values())
    table["unit"] = table["carrier"].map(CARRIER_UNIT)
    return Flows(records, table, checks, findings)


def _refuse_undeclared(rows: pd.DataFrame, members: Members) -> None:
    for entity in pd.unique(rows["entity"]):
        if entity not in members.by_id:
            row = rows[rows["entity"] == entity].iloc[0]
            raise BoundaryError(
                "B-021", entity=entity, where=_where(row), nearest=members.nearest(str(entity))
            )


def _refuse_other_carriers(rows: pd.DataFrame, members: Members) -> None:
    """Power and heat are held; another carrier between members would be counted twice."""
    if "counterparty" not in rows:
        return
    moved = rows["source"].str.startswith(("purchased_", "exported_"))
    moved &= ~rows["source"].isin(list(TRANSFER_SOURCES)) & rows["counterparty"].isin(members.ids())
    if moved.any():
        row = rows[moved].iloc[0]
        raise BoundaryError("B-024", entity=row["entity"], source=row["source"], where=_where(row))


def _records(rows: pd.DataFrame, members: Members) -> pd.DataFrame:
    part = rows[rows["source"].isin(list(TRANSFER_SOURCES))].copy()
    for name in _OPTIONAL:
        if name not in part:
            part[name] = None
    part["carrier"] = part["source"].map({k: v[0] for k, v in TRANSFER_SOURCES.items()})
    part["role"] = part["source"].map({k: v[1] for k, v in TRANSFER_SOURCES.items()})
    part["instrument"] = part["instrument"].fillna("none")
    part["process"] = part["process"].astype(object).where(part["process"].notna(), "")
    given = part["counterparty"].notna() & (part["counterparty"] != "")
    for name in pd.unique(part["counterparty"][given]):
        if name not in members.by_id:
            row = part[given & (part["counterparty"] == name)].iloc[0]
            raise BoundaryError(
                "B-020",
                counterparty=name,
                entity=row["entity"],
                where=_where(row),
                nearest=members.nearest(str(name)),
            )
    itself = given & (part["counterparty"] == part["entity"])
    if itself.any():
        row = part[itself].iloc[0]
        raise BoundaryError("B-022", entity=row["entity"], where=_where(row))
    part["internal"] = given & members.belonging(part["counterparty"], part["period_start"])
    part = part[members.belonging(part["entity"], part["period_start"])]
    part = _in_carrier_unit(part)
    columns = [
        "entity",
        "counterparty",
        "carrier",
        "role",
        "internal",
        "period",
        "year",
        "amount",
        "unit",
        "instrument",
        "certificate_id",
        "meter",
        "process",
        "file",
        "sheet",
        "row",
    ]
    return _by_year(part)[columns].reset_index(drop=True)


def _in_carrier_unit(part: pd.DataFrame) -> pd.DataFrame:
    """Amounts in MWh or GJ; heat that crosses the boundary may stay in tonnes of steam."""
    amount = part["amount"].to_numpy(dtype=np.float64, copy=True)
    unit = part["unit"].astype(object).to_numpy(copy=True)
    codes, names = pd.factorize(pd.MultiIndex.from_arrays([part["unit"], part["carrier"]]))
    for code, (given, carrier) in enumerate(names):
        here = codes == code
        try:
            multiply, divide = units.conversion(given, CARRIER_UNIT[carrier])
        except UnitError:
            stuck = here & part["internal"].to_numpy()
            if stuck.any():
                row = part[stuck].iloc[0]
                raise BoundaryError(
                    "B-023",
                    entity=row["entity"],
                    unit=given,
                    where=_where(row),
                    wanted=CARRIER_UNIT[carrier],
                ) from None
            continue
        amount[here] = amount[here] * multiply / divide
        unit[here] = CARRIER_UNIT[carrier]
    return part.assign(amount=amount, unit=unit)


def _by_year(part: pd.DataFrame) -> pd.DataFrame:
    """A row across calendar years becomes one row a year, by days, as the inventory does it."""
    start = pd.to_datetime(part["period_start"])
    end = pd.to_datetime(part["period_end"])
    first = start.dt.year
    last = (end - pd.Timedelta(days=1)).dt.year
    days = (end - start).dt.days
    pieces = []
    for step in range(int((last - first).max()) + 1 if len(part) else 0):
        year = first + step
        begin = start.where(start.dt.year == year, pd.to_datetime(year.astype(str) + "-01-01"))
        stop = end.where(last == year, pd.to_datetime((year + 1).astype(str) + "-01-01"))
        here = year <= last
        share = ((stop - begin).dt.days / days).where(first != last, 1.0)
        pieces.append(part.assign(year=year, amount=part["amount"] * share)[here])
    return pd.concat(pieces) if pieces else part.assign(year=pd.Series(dtype="int64"))


def _sides(records: pd.DataFrame, buyer: str, seller: str) -> pd.DataFrame:
    return records.assign(buyer=records[buyer], seller=records[seller])


def _check(
    bought: pd.DataFrame, sold: pd.DataFrame, meter_class: Mapping[str, float]
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    buyers, sellers = _by_period(bought), _by_period(sold)
    classes = _classes(bought, sold, meter_class)
    findings: list[Issue] = []
    bad: list[dict[str, Any]] = []
    table: list[dict[str, Any]] = []
    for key in sorted({*buyers, *sellers}):
        ours, theirs = buyers.get(key, {}), sellers.get(key)
        entry: dict[str, Any] = {
            **dict(zip(_KEYS, key, strict=True)),
            "bought": math.fsum(ours.values()),
            "sold": None if theirs is None else math.fsum(theirs.values()),
            "unit": CARRIER_UNIT[key[2]],
        }
        if theirs is None:
            findings.append(Issue("B-040", dict(entry), severity="finding"))
            table.append({**entry, "tolerance": None, "status": "one side"})
            continue
        tolerance = classes.get(key, TOLERANCE)
        pairs = _pairs(ours, theirs, key[3])
        worst = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
        agreed = all(abs(a - b) <= tolerance * max(a, b) for _, a, b in pairs)
        table.append({**entry, "tolerance": tolerance, "status": "agrees" if agreed else "differs"})
        if not agreed:
            period, here, there = worst
            percent = round(100 * tolerance, 3)
            figures = {"period": period, "bought": here, "sold": there, "percent": percent}
            bad.append({**entry, **figures})
    if bad:
        raise TransferImbalanceError(
            "B-002", **bad[0], count=len(bad), difference=bad[0]["bought"] - bad[0]["sold"], all=bad
        )
    columns = [*_KEYS, "bought", "sold", "unit", "tolerance", "status"]
    return pd.DataFrame(table, columns=columns), tuple(findings)


def _by_period(records: pd.DataFrame) -> dict[_Key, dict[str, float]]:
    """Amounts of one side by transfer and period."""
    found: dict[_Key, dict[str, float]] = {}
    for (seller, buyer, carrier, year, period), amount in sums_by(
        records, [*_KEYS, "period"]
    ).items():
        found.setdefault((seller, buyer, carrier, int(year)), {})[period] = amount
    return found


def sums_by(records: pd.DataFrame, keys: list[str]) -> dict[Any, float]:
    """Sums of ``amount`` by keys, exact before one rounding: no order can change a digit.

    Examples
    --------
    >>> sums_by(pd.DataFrame({"k": ["a", "a"], "amount": [0.5, 0.25]}), ["k"])
    {('a',): 0.75}
    """
    parts: dict[Any, list[float]] = {}
    columns = [records[name].tolist() for name in keys]
    for key, amount in zip(zip(*columns, strict=True), records["amount"].tolist(), strict=True):
        parts.setdefault(key, []).append(amount)
    return {key: math.fsum(values) for key, values in sorted(parts.items())}


def _classes(
    bought: pd.DataFrame, sold: pd.DataFrame, meter_class: Mapping[str, float]
) -> dict[_Key, float]:
    """The agreed difference of transfers whose meters have a declared class: the larger one."""
    found: dict[_Key, float] = {}
    for side in (bought, sold):
        metered = side[side["meter"].isin(list(meter_class))]
        columns = [metered[name] for name in (*_KEYS, "meter")]
        for seller, buyer, carrier, year, meter in zip(*columns, strict=True):
            key = (seller, buyer, carrier, int(year))
            found[key] = max(found.get(key, 0.0), meter_class[meter] / 100)
    return found


def _pairs(
    ours: Mapping[str, float], theirs: Mapping[str, float], year: int
) -> list[tuple[str, float, float]]:
    """Period by period where both sides have the same periods, else the year as a whole."""
    if set(ours) == set(theirs):
        return [(period, ours[period], theirs[period]) for period in sorted(ours)]
    if not ours:
        return [(next(iter(theirs)), 0.0, math.fsum(theirs.values()))]
    return [(str(year), math.fsum(ours.values()), math.fsum(theirs.values()))]


def _where(row: pd.Series) -> str:
    """File, sheet and row as ``readings.xlsx/Sheet1:98``, which reads in any language."""
    known = {
        name: str(row[name])
        for name in ("file", "sheet", "row")
        if name in row.index and row[name] is not None and not pd.isna(row[name])
    }
    place = "/".join(known[name] for name in ("file", "sheet") if name in known)
    return f"{place}:{known['row']}".removeprefix(":") if "row" in known else place or "-"
