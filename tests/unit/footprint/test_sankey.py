"""The Sankey chart says what its table says, in both languages."""

from __future__ import annotations

import builtins

import pytest
from made import inventory, row

from carboncalc.errors import BoundaryError
from carboncalc.footprint.consolidate import consolidate
from carboncalc.footprint.sankey import COLOURS

PARK = [
    {"id": "A", "name": "甲厂", "kind": "tenant"},
    {"id": "ST", "name": "供热站", "kind": "shared"},
]
ROWS = [
    row("ST", "fossil_combustion", "natural_gas", 10),
    row("A", "purchased_heat", "heat", 100, "ST"),
    row("A", "exported_electricity", "electricity", 4),
]


def test_every_link_is_a_row_of_the_table_and_negative_ones_are_named() -> None:
    footprint = consolidate(inventory(ROWS), PARK)
    pytest.importorskip("plotly")
    figure = footprint.sankey(lang="en")
    shown = footprint.flows().query("co2e_t > 0")
    link, node = figure.data[0].link, figure.data[0].node
    assert list(link.value) == shown["co2e_t"].tolist() == [200.0, 200.0]
    assert [node.label[i] for i in link.target] == ["甲厂", "供热站"]
    assert "-2.0 t" in figure.layout.annotations[0].text


def test_labels_are_chinese_when_asked() -> None:
    pytest.importorskip("plotly")
    figure = consolidate(inventory(ROWS), PARK).sankey(lang="zh")
    assert "天然气" in figure.data[0].node.label
    assert figure.layout.title.text.startswith("碳流图 2024")
    assert "燃料燃烧" in {trace.name for trace in figure.data}


def test_each_kind_has_its_own_colour() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_without_plotly_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name.startswith("plotly"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    footprint = consolidate(inventory(ROWS), PARK)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BoundaryError) as caught:
        footprint.sankey()
    assert caught.value.params["extra"] == "report"
