"""Combinations of texts as numbers, however many there are."""

import numpy as np
import pandas as pd
import pytest

from carboncalc.inventory import coded
from carboncalc.inventory.coded import Coded, combined, sorted_groups


def made(rows=400, columns=4):
    rng = np.random.default_rng(2)
    texts = np.array(["b", "a", "ü", "煤", "", None], dtype=object)
    return pd.DataFrame(
        {f"c{k}": pd.Series(texts[rng.integers(0, 6, rows)], dtype="str") for k in range(columns)}
    )


@pytest.mark.parametrize("room", [2**62, 10])
def test_combinations_are_numbered_as_they_first_appear_though_they_do_not_fit_one_integer(
    monkeypatch, room
):
    monkeypatch.setattr(coded, "_ROOM", room)
    frame = made()
    numbers, firsts = combined([Coded.of(frame[name]) for name in frame], len(frame))
    expected = frame.groupby(list(frame), dropna=False, sort=False).ngroup()
    assert numbers.tolist() == expected.tolist()
    assert firsts.tolist() == expected.drop_duplicates().index.tolist()


@pytest.mark.parametrize("room", [2**62, 10])
def test_sorted_groups_are_those_of_pandas_with_missing_values_last(monkeypatch, room):
    monkeypatch.setattr(coded, "_ROOM", room)
    frame = made()
    numbers, labels = sorted_groups([Coded.of(frame[name]) for name in frame], len(frame))
    groups = frame.groupby(list(frame), dropna=False, sort=True)
    assert numbers.tolist() == groups.ngroup().tolist()
    pd.testing.assert_frame_equal(
        pd.DataFrame(dict(zip(frame, labels, strict=True)), dtype="str"),
        groups.size().index.to_frame(index=False).astype("str"),
        check_dtype=False,
    )


def test_a_table_without_rows_has_no_groups():
    nothing = Coded.of(pd.Series([], dtype="str"))
    assert combined([nothing], 0)[0].tolist() == []
    assert sorted_groups([nothing, nothing], 0)[1] == [[], []]
