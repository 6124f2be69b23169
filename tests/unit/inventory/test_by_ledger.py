"""The full path of ``aggregate``: chunks, row numbers, and tables of which nothing counts."""

import pandas as pd
import pytest

import carboncalc as cc

STOCK = {"period": "2023", "method": "other-industry", "source": "fossil_combustion",
         "item": "diesel", "unit": "t"}  # fmt: skip


def test_a_balance_stays_whole_where_its_entity_is_written_in_several_ways(monkeypatch):
    rows = pd.DataFrame([
        {**STOCK, "entity": "甲厂", "amount": 10.0, "record_kind": "purchase"},
        {**STOCK, "entity": "P1", "amount": 1.0, "record_kind": "consumption"},
        {**STOCK, "entity": "P0", "amount": 2.0, "record_kind": "opening_stock"},
        {**STOCK, "entity": " P0", "amount": 1.0, "record_kind": "closing_stock"},
    ])  # fmt: skip
    entities = cc.read_entities({"entities": [{"id": "P0", "name": "甲厂"}, {"id": "P1"}]})
    whole = cc.aggregate(rows, ["entity"], entities=entities)
    monkeypatch.setattr("carboncalc.inventory.by_ledger.CHUNK", 2)
    pd.testing.assert_frame_equal(cc.aggregate(rows, ["entity"], entities=entities), whole)


def test_a_problem_keeps_the_row_number_that_the_table_brings():
    rows = pd.DataFrame([
        {**STOCK, "entity": "P", "amount": 1.0, "row": 100},
        {**STOCK, "entity": "P", "amount": 1.0, "row": 200, "unit": "ton"},
    ])  # fmt: skip
    with pytest.raises(cc.errors.ActivityDataError) as raised:
        cc.aggregate(rows, ["entity"])
    assert [issue.row for issue in raised.value.issues] == [200]


def test_where_nothing_counts_there_is_no_group_on_either_path():
    leak = {**STOCK, "entity": "P", "source": "refrigerant_leakage", "item": "HFC-32",
            "unit": "kg", "amount": 1.0}  # fmt: skip
    fast = cc.aggregate(pd.DataFrame([leak]), [])
    slow = cc.aggregate(pd.DataFrame([{**leak, "counterparty": "Q"}]), [])
    assert fast.shape == slow.shape == (0, 1)
