"""Flows between named nodes, drawn as bands whose width is the amount.

Nodes stand in columns by the longest way that leads to them; a flow that closes a circle
(two plants that supply each other) is drawn, and leaves the columns as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from carboncalc.report.chart import Chart, described, legend
from carboncalc.report.numbers import shown
from carboncalc.report.palette import GREY
from carboncalc.report.svg import Svg, drawing, element, fitted
from carboncalc.report.table import Table

WIDTH, NODE, GAP = 780.0, 12.0, 16.0
_SMALLEST = 1.2


@dataclass(frozen=True)
class Flow:
    """An amount that goes from one node to another."""

    origin: str
    target: str
    value: float
    kind: str
    label: str = ""


@dataclass
class _Node:
    name: str
    layer: int
    value: float
    y: float = 0.0
    height: float = 0.0
    order: float = field(default=0.0)


def sankey(
    table: Table,
    flows: Sequence[Flow],
    names: Mapping[str, str],
    colours: Mapping[str, str],
    kinds: Mapping[str, str],
    unit: str,
) -> Chart:
    """The flows as a drawing; ``table`` is the table behind it.

    Parameters
    ----------
    flows
        Amounts above zero; others have no width and stand in the table only.
    names, kinds
        What nodes and kinds of flow are called.
    colours
        A colour per kind.
    """
    drawn = [flow for flow in flows if flow.value > 0 and flow.origin != flow.target]
    present = list(dict.fromkeys(flow.kind for flow in drawn))
    marks, used = legend([(kinds.get(k, k), colours.get(k, GREY)) for k in present], WIDTH, 0.0)
    nodes, height = _laid_out(drawn)
    top = used + 12
    parts: list[Svg] = [*marks]
    last = max((node.layer for node in nodes.values()), default=0)
    step = (WIDTH - NODE) / max(last, 1)
    scale = max((n.height / n.value for n in nodes.values() if n.value), default=1.0)
    begins = _starts(drawn, nodes, scale, outward=True)
    ends = _starts(drawn, nodes, scale, outward=False)
    for place in sorted(range(len(drawn)), key=lambda i: -drawn[i].value):
        flow = drawn[place]
        origin, target = nodes[flow.origin], nodes[flow.target]
        x1, x2 = origin.layer * step + NODE, target.layer * step
        text = (
            f"{names.get(flow.origin, flow.origin)} → {names.get(flow.target, flow.target)}"
            f"{' · ' + flow.label if flow.label else ''}: {shown(flow.value, 'tonnes')} {unit}"
        )
        band = _band(
            x1, top + begins[place], x2, top + ends[place], max(flow.value * scale, _SMALLEST)
        )
        parts.append(
            element(
                "path", element("title", text), d=band, fill=colours.get(flow.kind, GREY),
                fill_opacity=0.5,
            )
        )  # fmt: skip
    for node in nodes.values():
        parts += _node(node, names.get(node.name, node.name), top, step, last, unit)
    whole = top + height + 14
    svg = drawing(
        WIDTH, whole, *parts, title=table.title, text=described(table),
        key=f"chart-{table.key}", wide=True,
    )  # fmt: skip
    return Chart(svg, table)


def _starts(
    flows: Sequence[Flow], nodes: Mapping[str, _Node], scale: float, *, outward: bool
) -> list[float]:
    """Where each band leaves its origin (or meets its target): in the order of its other end."""
    used = {name: node.y for name, node in nodes.items()}
    starts = [0.0] * len(flows)

    def other_end(place: int) -> tuple[float, str]:
        flow = flows[place]
        node = nodes[flow.target if outward else flow.origin]
        return node.y, flow.kind

    for place in sorted(range(len(flows)), key=other_end):
        flow = flows[place]
        name = flow.origin if outward else flow.target
        starts[place] = used[name]
        used[name] += flow.value * scale
    return starts


def _laid_out(flows: Sequence[Flow]) -> tuple[dict[str, _Node], float]:
    """Nodes with their layer, place and height, and the height of the whole."""
    names = list(dict.fromkeys([n for flow in flows for n in (flow.origin, flow.target)]))
    layers = _layers(names, flows)
    nodes = {}
    for name in names:
        coming = sum(f.value for f in flows if f.target == name)
        going = sum(f.value for f in flows if f.origin == name)
        nodes[name] = _Node(name, layers[name], max(coming, going))
    columns: dict[int, list[_Node]] = {}
    for node in nodes.values():
        columns.setdefault(node.layer, []).append(node)
    fullest = max((sum(n.value for n in c) for c in columns.values()), default=1.0)
    most = max((len(c) for c in columns.values()), default=1)
    height = max(280.0, most * 44.0)
    scale = (height - (most - 1) * GAP) / (fullest or 1.0)
    for node in nodes.values():
        node.height = node.value * scale
    for _ in range(4):
        for layer in sorted(columns):
            _ordered(columns[layer], nodes, flows, height)
    return nodes, height


def _layers(names: Sequence[str], flows: Sequence[Flow]) -> dict[str, int]:
    """Longest way from a node without inflow; flows that close a circle do not count."""
    onward: dict[str, list[str]] = {name: [] for name in names}
    for flow in flows:
        if not _reaches(onward, flow.target, flow.origin):
            onward[flow.origin].append(flow.target)
    layers = dict.fromkeys(names, 0)
    for _ in names:
        changed = False
        for name, following in onward.items():
            for other in following:
                if layers[other] < layers[name] + 1:
                    layers[other] = layers[name] + 1
                    changed = True
        if not changed:
            break
    # a node without inflow stands right before the first one it serves
    fed = {flow.target for flow in flows}
    for name, following in onward.items():
        if name not in fed and following:
            layers[name] = min(layers[other] for other in following) - 1
    return layers


def _reaches(onward: Mapping[str, Sequence[str]], start: str, goal: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting += onward.get(name, ())
    return False


def _ordered(
    column: list[_Node], nodes: Mapping[str, _Node], flows: Sequence[Flow], height: float
) -> None:
    """Nodes of a column near what they are joined to, without overlapping."""

    def pull(node: _Node) -> float:
        ends = [(nodes[f.origin], f.value) for f in flows if f.target == node.name]
        ends += [(nodes[f.target], f.value) for f in flows if f.origin == node.name]
        placed = [(n.y + n.height / 2, v) for n, v in ends if n.order or n.y]
        weight = sum(v for _, v in placed)
        return sum(y * v for y, v in placed) / weight if weight else height / 2

    pulls = {node.name: pull(node) for node in column}
    column.sort(key=lambda node: (pulls[node.name], -node.value, node.name))
    needed = sum(node.height for node in column) + GAP * (len(column) - 1)
    y = max(0.0, (height - needed) / 2)
    for place, node in enumerate(column, start=1):
        node.y, node.order = y, float(place)
        y += node.height + GAP


def _band(x1: float, y1: float, x2: float, y2: float, width: float) -> str:
    middle = (x1 + x2) / 2
    a, b = y1 + width, y2 + width
    return (
        f"M{x1:.1f},{y1:.1f}C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
        f"L{x2:.1f},{b:.1f}C{middle:.1f},{b:.1f} {middle:.1f},{a:.1f} {x1:.1f},{a:.1f}Z"
    )


def _node(node: _Node, name: str, top: float, step: float, last: int, unit: str) -> list[Svg]:
    x, y = node.layer * step, top + node.y
    at_end = node.layer == last and last > 0
    room = step - NODE - 12 if last else WIDTH
    said = f"{name} {shown(node.value, 'tonnes')}"
    middle = y + max(node.height, _SMALLEST) / 2 + 4
    return [
        element(
            "rect", element("title", f"{said} {unit}"), x=x, y=y, width=NODE,
            height=max(node.height, _SMALLEST), fill="#333333",
        ),
        element(
            "text", fitted(said, room), x=x - 5 if at_end else x + NODE + 5, y=middle,
            text_anchor="end" if at_end else "start", font_size=11.5, paint_order="stroke",
            stroke="#ffffff", stroke_width=3, stroke_linejoin="round",
        ),
    ]  # fmt: skip
