"""Laws: what holds for every table, checked against slow and simple oracles."""

from __future__ import annotations

import datetime as dt
import decimal
import random

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from carboncalc.activity.csv_file import read_csv
from carboncalc.activity.numbers import NumberColumn, number_of, split_quantity
from carboncalc.activity.read import ACTIVITY_LAYOUT, read_activity
from carboncalc.activity.repeats import _overlaps
from carboncalc.activity.text import TextColumn, tidy
from carboncalc.activity.workbook_cells import cell_name

TODAY = dt.date(2026, 6, 30)

spans = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(1, 12)), min_size=2, max_size=25
)


@given(spans)
def test_overlaps_are_those_that_a_comparison_of_all_pairs_finds(rows):
    group, start, length = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    end = start + length
    wanted = [
        any(
            i != j and group[i] == group[j] and start[i] < end[j] and start[j] < end[i]
            for j in range(len(rows))
        )
        for i in range(len(rows))
    ]
    found, other = _overlaps(group, start, end)
    assert found.tolist() == wanted
    for i in np.flatnonzero(found):
        j = other[i]
        assert i != j
        assert group[i] == group[j]
        assert start[i] < end[j]
        assert start[j] < end[i]


plain_numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4, max_value=10**9)


@given(st.lists(plain_numbers, min_size=1, max_size=30), st.booleans())
def test_a_number_is_the_nearest_double_of_what_is_written(values, grouped):
    texts = [f"{value:,f}" if grouped else f"{value:f}" for value in values]
    column = NumberColumn.of(pa.chunked_array([pa.array(texts)]))
    assert column.values.tolist() == [float(value) for value in values]
    assert not column.wrong.any()


@given(st.text(max_size=12))
def test_a_cell_that_is_no_number_is_never_given_one(text):
    column = NumberColumn.of(pa.chunked_array([pa.array([text, "1"])]))
    value = number_of(text)
    if column.wrong[0] or column.missing[0]:
        assert np.isnan(column.values[0])
    else:
        # Whatever was read is a number to Python's own decimal as well; what is not finite
        # is read as such and refused with A-032, whatever its sign.
        said = decimal.Decimal(tidy(text).replace(",", "").replace("−", "-"))
        if said.is_finite():
            assert float(said) == value == column.values[0]
        else:
            assert not np.isfinite(value)
            assert not np.isfinite(column.values[0])


@given(plain_numbers, st.sampled_from(["GJ/t", "%", "tC/GJ", "GJ/万Nm3", "kg/L", "10^4 Nm3"]))
def test_a_quantity_splits_into_its_number_and_its_unit(value, unit):
    for gap in ("", " ", "　"):
        if gap == "" and unit[0].isdigit():
            continue
        assert split_quantity(f"{value:f}{gap}{unit}") == (float(value), unit)


@given(st.text(max_size=20))
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)


@given(st.lists(st.sampled_from(["a", " a", "ａ", "b", "", None, "　"]), max_size=20))
def test_encoded_text_reads_back_as_the_tidied_cells(cells):
    column = TextColumn.of(pa.chunked_array([pa.array(cells, pa.string())]))
    found = [column.values[code] if code >= 0 else None for code in column.codes]
    assert found == [tidy(cell or "") or None for cell in cells]
    assert column.arrow().to_pylist() == found


def test_cell_names_count_like_a_spreadsheet():
    from openpyxl.utils import get_column_letter

    assert all(cell_name(k, 3) == f"{get_column_letter(k + 1)}3" for k in range(0, 16384, 7))


records = st.lists(
    st.fixed_dictionaries(
        {
            "entity": st.sampled_from(["P", "Q", ""]),
            "period": st.sampled_from(["2024", "2024-01", "2024Q1", "2024-13"]),
            "source": st.sampled_from(["fossil_combustion", "purchased_electricity", "x"]),
            "item": st.sampled_from(["diesel", "electricity", "柴油", "煤"]),
            "amount": st.sampled_from(["1", "2", "-1", "", "x", "1,000"]),
            "unit": st.sampled_from(["t", "MWh", "ton", "L"]),
            "meter": st.sampled_from(["", "M"]),
            "record_kind": st.sampled_from(["", "purchase", "期初库存", "closing_stock"]),
            "check_amount": st.sampled_from(["", "1", "3"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=150)
@given(records, st.randoms(use_true_random=False))
def test_every_row_is_either_good_or_quarantined_with_a_reason(rows, shuffle):
    table = read_activity(rows, today=TODAY)
    kept, left = set(table.rows["row"]), set(table.quarantined["row"])
    assert kept.isdisjoint(left)
    assert kept | left == set(range(1, len(rows) + 1))
    assert {issue.row for issue in table.issues} == left
    assert sum(table.counts.values()) == len(table.issues) + len(table.findings)
    assert np.isfinite(table.rows["amount"]).all()
    assert (table.rows["amount"] >= 0).all()
    _same_in_any_order(rows, table, shuffle)


def _same_in_any_order(rows, table, shuffle: random.Random):
    """Which rows are refused does not depend on their order, duplicates apart."""
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    again = read_activity([rows[k] for k in order], today=TODAY)
    told = [sorted((issue.code, order[issue.row - 1]) for issue in again.issues)]
    wanted = sorted((issue.code, issue.row - 1) for issue in table.issues)
    if "A-055" not in table.counts:
        assert told == [wanted]
    assert again.counts.get("A-055") == table.counts.get("A-055")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["P,1,t", "P,2", "", ",,", '"a\nb",3,t', "P,4,t,x"]), max_size=12))
def test_csv_row_numbers_are_those_of_a_plain_reading(lines):
    import csv
    import io

    from carboncalc.activity.files import OpenFile

    text = "\n".join(["entity,amount,unit", *lines, ""])
    sheet = read_csv(OpenFile("a.csv", text.encode(), "csv", ""), ACTIVITY_LAYOUT, 10**6)
    records = list(csv.reader(io.StringIO(text, newline="")))
    found = dict(zip(sheet.rows.tolist(), sheet.columns[0].to_pylist(), strict=True))
    for number, record in enumerate(records[1:], start=2):
        if len(record) == 3:
            assert found[number] == record[0]
        elif record:
            assert number not in found
            assert number in {ragged.row for ragged in sheet.ragged}


def test_duplicates_are_those_that_pandas_finds_column_by_column():
    rng = np.random.default_rng(7)
    size = 3000
    frame = pd.DataFrame(
        {
            "entity": rng.choice(["P", "Q"], size),
            "facility": rng.choice(["a", "b", None], size),
            "period": rng.choice(["2024-01", "2024-02"], size),
            "source": "fossil_combustion",
            "item": rng.choice(["diesel", "gasoline"], size),
            "amount": rng.integers(0, 300, size).astype(float),
            "unit": "t",
            "evidence_no": rng.choice(["", "1", "2"], size),
        }
    )
    again = frame.assign(evidence_no=frame["evidence_no"].replace("", None)).duplicated()
    table = read_activity(frame, today=TODAY)
    assert set(table.quarantined["row"]) == set(np.flatnonzero(again) + 1)
    assert table.counts == {"A-055": int(again.sum())}
