"""The energy and the carbon of a park as flows: two Sankey charts, each with its table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc import units
from carboncalc.errors import UnitError
from carboncalc.footprint.explain import OUTSIDE, node_label
from carboncalc.inventory.exact import exact_sum
from carboncalc.report import palette
from carboncalc.report.chart import Chart
from carboncalc.report.park_tables import own_entries
from carboncalc.report.sankey import Flow, sankey
from carboncalc.report.table import Table, table
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.footprint.result import Footprint

COLOURS = {
    "fuel": palette.VERMILLION, "process": palette.REDDISH_PURPLE, "purchase": palette.BLUE,
    "supply": palette.SKY_BLUE, "service": palette.BLUISH_GREEN, "unallocated": palette.GREY,
    "export": palette.YELLOW,
}  # fmt: skip
_COMBUSTION = ("fossil_combustion", "mobile_combustion")


def carbon_chart(fp: Footprint, words: Words) -> Chart:
    """Who emits what for whom, in t CO2e; negative flows (net exports) stand in the table."""
    flows, names, rows = [], {}, []
    for row in fp.flows().to_dict("records"):
        for node in (row["origin"], row["target"]):
            names[node] = node_label(node, fp.members, words.lang)
        label = words.either(f"service_{row['label']}", words.name("item", row["label"]))
        flows.append(Flow(row["origin"], row["target"], row["co2e_t"], row["kind"], label))
        quantity = row["quantity"] or None
        rows.append((
            names[row["origin"]], names[row["target"]], words(f"flow_{row['kind']}"), label,
            quantity, row["unit"] if quantity else "", row["co2e_t"],
        ))  # fmt: skip
    shown = table(
        "carbon-flow", words("carbon_flow"),
        [("origin", words("from_node")), ("target", words("to_node")), ("kind", words("kind")),
         ("label", words("what")), ("quantity", words("amount"), "number"),
         ("unit", words("unit")), ("co2e_t", "t CO2e", "tonnes")],
        rows, words("carbon_flow_note"),
    )  # fmt: skip
    return sankey(shown, flows, names, COLOURS, _kinds(words), "t CO2e")


def energy_chart(fp: Footprint, words: Words) -> Chart:
    """The energy behind it in TJ: fuels by their calorific value, power at 3.6 GJ/MWh."""
    found, unknown = energy_flows(fp)
    names = {
        node: node_label(node, fp.members, words.lang)
        for flow in found
        for node in (flow.origin, flow.target)
    }
    rows = [
        (names[f.origin], names[f.target], words(f"flow_{f.kind}"), words.name("item", f.label),
         f.value)
        for f in found
    ]  # fmt: skip
    note = words("energy_flow_note")
    if unknown:
        listed = words("comma").join(words.name("item", item) for item in unknown)
        note += words("energy_flow_unknown", items=listed)
    shown: Table = table(
        "energy-flow", words("energy_flow"),
        [("origin", words("from_node")), ("target", words("to_node")), ("kind", words("kind")),
         ("label", words("carrier")), ("tj", "TJ", "tonnes")],
        rows, note,
    )  # fmt: skip
    return sankey(shown, found, names, COLOURS, _kinds(words), "TJ")


def energy_flows(fp: Footprint) -> tuple[list[Flow], list[str]]:
    """Energy in TJ from fuel or supplier to user, and the carriers whose energy is not known.

    A fuel counts with the net calorific value of its line; a line that goes without one
    (measured carbon, an emission factor per tonne) tells nothing about energy.
    """
    amounts: dict[tuple[str, str, str, str], list[float]] = {}
    unknown: set[str] = set()

    def add(origin: str, target: str, kind: str, item: str, amount: float, unit: str) -> None:
        try:
            multiply, divide = units.conversion(unit, "GJ")
        except UnitError:
            unknown.add(item)
            return
        tj = amount * multiply / divide / 1000
        amounts.setdefault((origin, target, kind, item), []).append(tj)

    for row in _fuel_rows(fp).to_dict("records"):
        calorific = json.loads(str(row["coefficients"])).get("net_calorific_value")
        if calorific is None:
            unknown.add(str(row["item"]))
            continue
        amount = row["amount"] * row["scale"] / row["scale_divisor"] * float(calorific[0])
        item = str(row["item"])
        add(f"fuel:{item}", str(row["entity"]), "fuel", item, amount, calorific[1].split("/")[0])
    records = fp.flow_table.records
    for row in records[~records["internal"]].to_dict("records"):
        bought = row["role"] == "buyer"
        carrier, entity = str(row["carrier"]), str(row["entity"])
        origin = f"purchase:{carrier}" if bought else entity
        target, kind = (entity, "purchase") if bought else (OUTSIDE, "export")
        add(origin, target, kind, carrier, row["amount"], row["unit"])
    for row in fp.flow_table.internal.to_dict("records"):
        add(row["seller"], row["buyer"], "supply", row["carrier"], row["amount"], row["unit"])
    flows = [
        Flow(origin, target, exact_sum(values), kind, item)
        for (origin, target, kind, item), values in sorted(amounts.items())
    ]
    return flows, sorted(unknown)


def _fuel_rows(fp: Footprint) -> pd.DataFrame:
    """One row per activity row of burnt fuel: a row of three gases has one energy."""
    ledger = fp.inventory.ledger
    ids = {f"L{i + 1:06d}" for i in own_entries(fp).nonzero()[0]}
    lines: pd.DataFrame = fp.inventory.lines
    burnt = lines[lines["source"].isin(_COMBUSTION) & lines["line_id"].isin(ids)]
    positions = burnt["line_id"].str[1:].astype("int64").to_numpy() - 1
    return burnt[~pd.Series(ledger.row[positions], index=burnt.index).duplicated()]


def _kinds(words: Words) -> dict[str, Any]:
    return {kind: words(f"flow_{kind}") for kind in COLOURS}
