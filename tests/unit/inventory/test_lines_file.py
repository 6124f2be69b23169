"""The line table written block by block is the line table."""

import json

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

import carboncalc as cc
from carboncalc.inventory.lines_file import write_lines


@pytest.fixture(scope="module")
def inv():
    rows = [
        {
            "entity": f"P{k % 3}", "period": f"2023-{k % 12 + 1:02d}", "method": "other-industry",
            "region": "CN-35", "source": source, "item": item, "amount": k + 0.1, "unit": unit,
            "meter": f"m{k}", **({"net_calorific_value": 42.5, "net_calorific_value_unit": "GJ/t"}
            if k % 2 and unit == "t" else {}),
        }
        for k, (source, item, unit) in enumerate(
            [
                ("fossil_combustion", "diesel", "t"),
                ("purchased_electricity", "electricity", "MWh"),
                ("refrigerant_leakage", "R-410A", "kg"),
                ("fossil_combustion", "gasoline", "t"),
            ] * 9
        )
    ]  # fmt: skip
    return cc.compute(rows)


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("block_lines", [1, 7, 1000])
def test_blocks_hold_the_same_lines_in_the_same_order(inv, tmp_path, memo, block_lines):
    file = write_lines(inv, tmp_path / "lines.parquet", memo=memo, block_lines=block_lines)
    expected = inv.memo if memo else inv.lines
    found = pd.read_parquet(file)
    assert list(found) == list(expected)
    for name in found:
        missing = expected[name].isna().to_numpy()
        assert found[name].isna().to_numpy().tolist() == missing.tolist(), name
        values = found[name].to_numpy(dtype=object)[~missing].tolist()
        assert values == expected[name].to_numpy(dtype=object)[~missing].tolist(), name
    groups = parquet.ParquetFile(file).metadata.num_row_groups
    assert groups == -(-len(expected) // block_lines)


def test_the_file_says_which_run_it_is_of(inv, tmp_path):
    schema = parquet.read_schema(inv.write_lines(tmp_path / "lines.parquet"))
    assert schema.metadata[b"carboncalc.run_digest"].decode() == inv.run.digest
    assert json.loads(schema.metadata[b"carboncalc.run"])["lines"] == len(inv.lines)
    assert all(str(field.type).startswith("dictionary") for field in schema if field.name == "item")


def test_an_inventory_without_lines_gives_a_file_without_rows_and_the_same_columns(inv, tmp_path):
    nothing = cc.examples.empty()
    file = nothing.write_lines(tmp_path / "none.parquet")
    assert list(pd.read_parquet(file)) == list(inv.lines)
    assert np.sum(pd.read_parquet(file).co2e_t) == 0
