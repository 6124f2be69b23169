"""The carbon flows of a footprint as a Sankey chart, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from carboncalc.errors import BoundaryError
from carboncalc.footprint.explain import node_label
from carboncalc.messages.catalogue import language

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Okabe and Ito's colours (2008), told apart under the common forms of colour blindness.
COLOURS = {
    "fuel": "#D55E00",
    "process": "#CC79A7",
    "purchase": "#0072B2",
    "supply": "#56B4E9",
    "service": "#009E73",
    "unallocated": "#999999",
    "export": "#F0E442",
    "member": "#555555",
}
_KINDS = {
    "fuel": ("fuel burnt", "燃料燃烧"),
    "process": ("process and other", "过程及其他"),
    "purchase": ("bought energy", "外购能源"),
    "supply": ("internal supply", "园区内供能"),
    "service": ("shared service", "公共服务分配"),
    "unallocated": ("not allocated", "未分配"),
    "export": ("sold outside", "外供"),
}
_FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, SimHei, Arial, sans-serif"


def carbon_sankey(footprint: Any, lang: str | None = None, basis: str = "chosen") -> go.Figure:
    """Who emits what for whom, as a figure; the table behind it is ``footprint.flows()``.

    Negative flows (net exports) have no width; they are named under the chart.

    Raises
    ------
    BoundaryError
        ``B-070`` if plotly is not installed (``pip install carboncalc[report]``).
    """
    try:
        import plotly.graph_objects as go
    except ImportError:
        raise BoundaryError("B-070", library="plotly", extra="report") from None
    tongue = language(lang)
    flows = footprint.flows(basis)
    shown = flows[flows["co2e_t"] > 0]
    hidden = flows[flows["co2e_t"] < 0]
    names = list(dict.fromkeys([*shown["origin"], *shown["target"]]))
    place = {name: index for index, name in enumerate(names)}
    labels = [node_label(name, footprint.members, tongue) for name in names]
    kinds = [_KINDS[kind][tongue == "zh"] for kind in shown["kind"]]
    chart = go.Sankey(
        arrangement="snap",
        valueformat=",.1f",
        valuesuffix=" t CO2e",
        node={
            "label": labels,
            "pad": 18,
            "thickness": 16,
            "line": {"width": 0},
            "color": [_node_colour(name) for name in names],
            "hovertemplate": "%{label}<br>%{value}<extra></extra>",
        },
        link={
            "source": [place[name] for name in shown["origin"]],
            "target": [place[name] for name in shown["target"]],
            "value": shown["co2e_t"].tolist(),
            "color": [_faint(COLOURS[kind]) for kind in shown["kind"]],
            "customdata": kinds,
            "hovertemplate": "%{source.label} → %{target.label}<br>%{customdata}<br>%{value}"
            "<extra></extra>",
        },
    )
    figure = go.Figure(chart)
    figure.update_layout(
        title={"text": _title(footprint, basis, tongue)},
        font={"family": _FONT, "size": 13},
        margin={"l": 20, "r": 20, "t": 60, "b": 40},
        height=480,
    )
    _legend(figure, go, shown["kind"].unique(), tongue)
    if len(hidden):
        text = "; ".join(
            f"{node_label(row['origin'], footprint.members, tongue)} → "
            f"{node_label(row['target'], footprint.members, tongue)}: {row['co2e_t']:,.1f} t"
            for row in hidden.to_dict("records")
        )
        lead = "负值(不绘出):" if tongue == "zh" else "negative, not drawn: "
        figure.add_annotation(
            text=lead + text,
            x=0,
            y=-0.08,
            xref="paper",
            yref="paper",
            showarrow=False,
            xanchor="left",
        )
    return figure


def _legend(figure: Any, go: Any, kinds: Any, lang: str) -> None:
    """Sankey links have no legend of their own, so each kind gets an empty marker."""
    for kind in kinds:
        marker = {"size": 11, "color": COLOURS[kind], "symbol": "square"}
        figure.add_trace(
            go.Scatter(
                x=[None], y=[None], mode="markers", marker=marker, name=_KINDS[kind][lang == "zh"]
            )
        )
    axis = {"visible": False}
    figure.update_layout(
        xaxis=axis,
        yaxis=axis,
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.08, "x": 0},
    )


def _node_colour(name: str) -> str:
    return COLOURS.get(name.partition(":")[0], COLOURS["member"])


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.45)"


def _title(footprint: Any, basis: str, lang: str) -> str:
    total = footprint.on(basis).total / 2**45
    years = footprint.years
    if lang == "zh":
        return f"碳流图 {years}:{total:,.1f} t CO2e"
    return f"Carbon flows {years}: {total:,.1f} t CO2e"
