"""Checks of one row at a time: does the unit say how much of this item there is.

Each check looks at distinct combinations and then takes the verdict to the rows; none
changes an amount. What a method needs and which factor applies is decided later, by the
inventory.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from carboncalc import units
from carboncalc.activity.draft import Draft, Mask
from carboncalc.activity.text import TextColumn
from carboncalc.errors import ActivityDataError, Issue
from carboncalc.provenance import Policy
from carboncalc.vocabulary import items

#: Fuels whose carbon content depends on the moisture basis of the sample (GB/T 483).
COALS = frozenset(
    {
        "anthracite", "bituminous_coal", "coking_coal", "lignite", "washed_coal",
        "other_washed_coal", "washed_middlings", "briquette", "coal_slime", "coal_gangue",
        "other_coal_products", "coal_unmeasured", "power_coal", "raw_coal",
    }
)  # fmt: skip

_VOLUME = units.dimension("m3")
_CARBON_BY_MASS = units.dimension("t C/t")
_DENSITY = units.dimension("kg/L")

# What an amount of a carrier can be measured in.
_CARRIER_UNITS = {
    "electricity": ("kWh",),
    "heat": ("GJ",),
    "steam": ("GJ", "t"),
    "hot_water": ("GJ", "t"),
}
_FUEL_UNITS = ("t", "m3", "Nm3", "Sm3", "GJ", "km", "vkm", "tkm", "pkm", "CNY")
_GAS_UNITS = ("t", "m3", "Nm3", "Sm3", "CNY")

_FUELS = frozenset({"fuel", "biofuel"})
_GASES = frozenset({"gas", "blend"})


def check_rows(draft: Draft, policy: Policy) -> None:
    """All checks of single rows."""
    check_dimension(draft)
    check_gas_reference(draft, policy)
    check_density(draft)
    check_carbon_basis(draft)
    check_green_power(draft)


def check_dimension(draft: Draft) -> None:
    """A unit that cannot measure the item is refused (A-039): electricity in tonnes.

    Stated emissions (t CO2e) may be given for anything; whether they may stand is the method's
    to say.
    """

    def wrong(item: str, unit: str) -> bool:
        accepted = _accepted(item)
        return accepted is not None and not any(
            units.same_dimension(unit, a) for a in (*accepted, "t CO2e")
        )

    item, unit = draft.text("item"), draft.text("unit")
    rows = np.flatnonzero(pairs(item, unit, wrong))
    if len(rows):
        found = dict.fromkeys(zip(item.codes[rows], unit.codes[rows], strict=True))
        order = {pair: k for k, pair in enumerate(found)}
        params = [
            {
                "item": item.values[i],
                "unit": unit.values[u],
                "accepted": ", ".join(_accepted(item.values[i]) or ()),
            }
            for i, u in found
        ]
        which = np.array(
            [order[pair] for pair in zip(item.codes[rows], unit.codes[rows], strict=True)]
        )
        draft.problems.add("A-039", rows, column="unit", params=params, which=which)


def check_gas_reference(draft: Draft, policy: Policy) -> None:
    """A gas in m3 needs the state it was measured in (A-040), in the row or by policy.

    20 °C and 0 °C differ by 6.8 % (× 0.93178). The policy's choice is written into the rows
    that need one, and said once (A-083).
    """

    def bare(item: str, unit: str) -> bool:
        return _state(item) == "gas" and _is_volume(unit) and not _in_litres(unit)

    needed = pairs(draft.text("item"), draft.text("unit"), bare)
    if not needed.any():
        return
    reference = draft.text("gas_reference")
    open_rows = needed & reference.missing & np.isnan(draft.number("density"))
    if policy.gas_reference == "none":
        params = _params(draft, open_rows, "item")
        draft.problems.add("A-040", open_rows, column="unit", params=params[0], which=params[1])
    elif open_rows.any():
        draft.texts["gas_reference"] = reference.filled(policy.gas_reference, open_rows)
        count = {"reference": policy.gas_reference, "count": int(open_rows.sum())}
        draft.problems.note(Issue("A-083", count, column="gas_reference", severity="finding"))


def check_density(draft: Draft) -> None:
    """A liquid fuel in litres needs its density (A-041); a density is mass by volume (A-042)."""

    def bare(item: str, unit: str) -> bool:
        if not _is_volume(unit) or _kind(item) not in _FUELS | _GASES:
            return False
        return _state(item) != "gas" or _in_litres(unit)

    item = draft.text("item")
    missing = pairs(item, draft.text("unit"), bare) & np.isnan(draft.number("density"))
    params, which = _params(draft, missing, "item")
    draft.problems.add("A-041", missing, column="density", params=params, which=which)
    unit = draft.text("density_unit")
    wrong = unit.is_in(lambda text: units.dimension(text) != _DENSITY)
    params, which = _params(draft, wrong, "density_unit")
    draft.problems.add("A-042", wrong, column="density", params=params, which=which)


def check_carbon_basis(draft: Draft) -> None:
    """The elemental carbon of coal needs its basis: ar, ad or d (A-045)."""
    if "carbon_content" not in draft.numbers:
        return
    unit = draft.text("carbon_content_unit")
    by_mass = unit.is_in(lambda text: units.dimension(text) == _CARBON_BY_MASS)
    coal = draft.text("item").is_in(COALS.__contains__)
    missing = by_mass & coal & draft.text("carbon_basis").missing
    params, which = _params(draft, missing, "item")
    draft.problems.add("A-045", missing, column="carbon_content", params=params, which=which)


def check_green_power(draft: Draft) -> None:
    """Traded green power without the number of its certificate is a finding (A-084)."""
    instrument = draft.text("instrument")
    bare = instrument.is_in({"green_trade", "gec"}.__contains__)
    bare &= draft.text("certificate_id").missing & ~draft.problems.bad
    rows = np.flatnonzero(bare)
    draft.problems.add(
        "A-084",
        rows[:1],
        column="certificate_id",
        params={"count": len(rows)},
        severity="finding",
    )


def pairs(item: TextColumn, unit: TextColumn, test: Callable[[str, str], bool]) -> Mask:
    """Where a test of item and unit holds, made once per pair that occurs."""
    width = len(unit.values) + 1
    key = (item.codes.astype(np.int64) + 1) * width + unit.codes + 1
    size = (len(item.values) + 1) * width
    present = np.flatnonzero(np.bincount(key, minlength=size))
    verdict = np.zeros(size, dtype=np.bool_)
    for cell in present.tolist():
        i, u = divmod(cell, width)
        verdict[cell] = i > 0 and u > 0 and test(item.values[i - 1], unit.values[u - 1])
    found: Mask = verdict[key]
    return found


def _params(draft: Draft, rows: Mask, name: str) -> tuple[list[dict[str, str]], np.ndarray]:
    """One parameter set per distinct value of a column, and the set of each row."""
    column = draft.text(name)
    key = name.removesuffix("_unit") if name != "density_unit" else "unit"
    params = [{key: value} for value in (*column.values, "")]
    codes = column.codes[rows].astype(np.int64)
    return params, np.where(codes < 0, len(column.values), codes)


def _accepted(item: str) -> tuple[str, ...] | None:
    if item in _CARRIER_UNITS:
        return (*_CARRIER_UNITS[item], "CNY")
    kind = _kind(item)
    if kind in _FUELS:
        return _FUEL_UNITS
    return _GAS_UNITS if kind in _GASES else None


def _kind(item: str) -> str:
    return _record(item)[0]


def _state(item: str) -> str:
    return _record(item)[1]


def _record(item: str) -> tuple[str, str]:
    try:
        found = items.record(item)
    except ActivityDataError:
        # An item of the caller's own: nothing is known about it.
        return "", ""
    return found.kind, found.state


def _is_volume(unit: str) -> bool:
    return units.dimension(unit) == _VOLUME


def _in_litres(unit: str) -> bool:
    """A gas is not sold by the litre; a liquefied one is, and then it has a density."""
    return unit.endswith("L")
