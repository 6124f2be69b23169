"""One content, many formats: the same rows, the same digest, the same problems."""

from __future__ import annotations

import datetime as dt
import decimal
import pickle

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from carboncalc.activity.digest import content_digest
from carboncalc.activity.read import read_activity
from carboncalc.errors import ActivityDataError
from carboncalc.provenance import Policy

TODAY = dt.date(2026, 6, 30)
RECORDS = [
    {
        "企业": entity,
        "期间": period,
        "排放源": "化石燃料燃烧",
        "品种": item,
        "数量": amount,
        "单位": unit,
        "表计": meter,
        "低位发热量": value,
        "低位发热量单位": value and "GJ/t",
        "备注": note,
    }
    for entity, period, item, amount, unit, meter, value, note in [
        ("甲厂", "2024年1月", "柴油", 12.5, "t", "M1", 42.652, None),
        ("甲厂", "2024年2月", "柴油", 0.1, "吨", "M1", None, "空罐"),
        ("乙厂", "2024Q1", "烟煤", 1234.0, "t", None, 22.1, None),
        ("乙厂", "2024Q1", "烟煤", -3.0, "t", None, None, None),
    ]
]


def read(data, **options):
    return read_activity(data, today=TODAY, **options)


def as_csv(tmp_path):
    pd.DataFrame(RECORDS).to_csv(tmp_path / "a.csv", index=False)
    return tmp_path / "a.csv"


def as_gb18030(tmp_path):
    pd.DataFrame(RECORDS).to_csv(tmp_path / "b.csv", index=False, encoding="gb18030")
    return tmp_path / "b.csv"


def as_xlsx(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(RECORDS[0]))
    for record in RECORDS:
        book.active.append(list(record.values()))
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def as_parquet(tmp_path):
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


FORMS = {
    "csv": as_csv,
    "gb18030": as_gb18030,
    "xlsx": as_xlsx,
    "parquet": as_parquet,
    "records": lambda _: RECORDS,
    "pandas": lambda _: pd.DataFrame(RECORDS),
    "pandas objects": lambda _: pd.DataFrame(RECORDS).astype(object),
    "pandas categories": lambda _: pd.DataFrame(RECORDS).astype({"品种": "category"}),
    "polars": lambda _: pl.DataFrame(RECORDS),
    "polars lazy": lambda _: pl.LazyFrame(RECORDS),
    "polars categories": lambda _: pl.DataFrame(RECORDS).with_columns(
        pl.col("品种").cast(pl.Categorical)
    ),
    "arrow": lambda _: pa.Table.from_pylist(RECORDS),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_gives_the_same_rows_problems_and_digest(form, tmp_path):
    wanted = read(RECORDS)
    found = read(FORMS[form](tmp_path))
    where = ["file", "sheet", "row"]
    pd.testing.assert_frame_equal(found.rows.drop(columns=where), wanted.rows.drop(columns=where))
    assert found.digest == wanted.digest
    assert [issue.code for issue in found.issues] == ["A-033"]
    assert found.quarantined["品种"].tolist() == ["烟煤"]


def test_the_columns_have_the_types_of_the_contract():
    rows = read(RECORDS).rows
    assert str(rows["entity"].dtype) == "str"
    assert rows["amount"].dtype == rows["net_calorific_value"].dtype == "float64"
    assert rows["period_start"].dtype.kind == rows["period_end"].dtype.kind == "M"
    assert list(rows.columns[:9]) == [
        "entity", "period", "period_start", "period_end", "source", "item", "amount", "unit",
        "meter",
    ]  # fmt: skip
    assert list(rows.columns[-3:]) == ["file", "sheet", "row"]


def test_rows_of_a_frame_are_counted_from_one_and_of_a_sheet_from_its_header(tmp_path):
    assert read(RECORDS).rows["row"].tolist() == [1, 2, 3]
    assert read(as_csv(tmp_path)).rows["row"].tolist() == [2, 3, 4]


def test_a_table_that_was_read_can_be_given_back(tmp_path):
    once = read(as_csv(tmp_path))
    again = read(once.rows)
    pd.testing.assert_frame_equal(again.rows, once.rows)
    assert again.digest == once.digest


def test_a_reading_with_a_cross_check_given_back_stays_the_same():
    record = {**RECORDS[0], "核对数量": 13.0}
    once = read([record])
    assert once.rows["amount"].tolist() == [13.0]
    pd.testing.assert_frame_equal(read(once.rows).rows, once.rows)


def test_the_digest_depends_on_content_and_order_and_not_on_where_a_row_stood():
    base = read(RECORDS[:3]).digest
    assert read(pd.DataFrame(RECORDS[:3])[list(RECORDS[0])[::-1]]).digest == base
    assert read(RECORDS[:3][::-1]).digest != base
    changed = [{**RECORDS[0], "数量": 12.500000000000002}, *RECORDS[1:3]]
    assert read(changed).digest != base
    assert content_digest(read(RECORDS[:3]).rows) == base


def test_an_empty_optional_column_does_not_change_the_digest():
    assert read([{**r, "facility": None} for r in RECORDS]).digest == read(RECORDS).digest


def test_decimals_and_integers_are_amounts():
    records = [
        {**RECORDS[0], "数量": decimal.Decimal("0.1")},
        {**RECORDS[1], "数量": decimal.Decimal("1E+2")},
    ]
    assert read(records).rows["amount"].tolist() == [0.1, 100.0]
    assert read(pd.DataFrame(records)).rows["amount"].tolist() == [0.1, 100.0]
    whole = pd.DataFrame(RECORDS[:2]).assign(数量=[3, 4])
    assert read(whole).rows["amount"].tolist() == [3.0, 4.0]


def test_periods_may_be_years_as_numbers_or_dates():
    frame = pd.DataFrame(RECORDS[:2]).assign(期间=[2023, 2024])
    assert read(frame).rows["period"].tolist() == ["2023", "2024"]
    dates = frame.assign(期间=pd.to_datetime(["2024-01-01", "2024-02-01"]))
    assert read(dates).rows["period"].tolist() == ["2024-01", "2024-02"]


@pytest.mark.parametrize("data", [3, object(), {1, 2}, [1, 2], b"entity"])
def test_what_is_no_table_is_refused(data):
    with pytest.raises(ActivityDataError) as caught:
        read(data)
    assert caught.value.code == "A-016"


@pytest.mark.parametrize("data", [[], pd.DataFrame(RECORDS).iloc[:0], pl.DataFrame()])
def test_an_empty_frame_is_refused(data):
    with pytest.raises(ActivityDataError) as caught:
        read(data)
    assert caught.value.code == "A-003"


def test_a_frame_with_one_name_twice_is_refused():
    frame = pd.DataFrame(RECORDS)
    with pytest.raises(ActivityDataError) as caught:
        read(pd.concat([frame, frame["数量"]], axis=1))
    assert caught.value.code == "A-011"


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ActivityDataError) as caught:
            read(path)
        assert caught.value.code == "A-002"


def test_a_damaged_parquet_file_is_refused(tmp_path):
    path = as_parquet(tmp_path)
    whole = path.read_bytes()
    for damaged in (whole[:200], whole[:-4], b"PAR1" + b"\0" * 50):
        path.write_bytes(damaged)
        with pytest.raises(ActivityDataError) as caught:
            read(path)
        assert caught.value.code == "A-013"


def test_row_limits_hold_for_every_format(tmp_path):
    for form in ("csv", "xlsx", "parquet", "records", "pandas", "polars"):
        with pytest.raises(ActivityDataError) as caught:
            read(FORMS[form](tmp_path), max_rows=2)
        assert caught.value.code == "A-005"


def test_a_table_survives_pickling_and_shows_itself():
    table = read(RECORDS)
    again = pickle.loads(pickle.dumps(table))
    assert again.digest == table.digest
    assert len(repr(table).splitlines()) <= 10
    assert "A-033" in repr(table)
    page = read([{**RECORDS[0], "企业": "<b>甲</b>"}, RECORDS[3]])._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_the_input_is_left_untouched():
    frame = pd.DataFrame(RECORDS)
    before = frame.copy(deep=True)
    table = read(frame)
    table.rows.loc[0, "amount"] = 99.0
    pd.testing.assert_frame_equal(frame, before)


def test_own_items_of_an_overlay_are_accepted_by_name():
    record = {**RECORDS[0], "品种": "our_blend"}
    assert [i.code for i in read([record]).issues] == ["A-103"]
    assert read([record], own_items=["our_blend"]).rows["item"].tolist() == ["our_blend"]


def test_counts_go_on_where_the_list_of_issues_ends():
    frame = pd.DataFrame(RECORDS).iloc[[0]].loc[[0] * 12_000]
    frame["数量"] = -1.0
    frame["表计"] = [f"M{k}" for k in range(12_000)]
    table = read(frame)
    assert len(table.issues) == 10_000
    assert table.counts["A-033"] == len(table.quarantined) == 12_000
    with pytest.raises(ActivityDataError) as caught:
        table.raise_issues()
    assert caught.value.params["count"] == 12_000


def test_a_large_table_is_read_as_a_small_one(tmp_path):
    rows = 150_000
    frame = pd.DataFrame(RECORDS).iloc[[0]].loc[[0] * rows]
    frame["数量"] = [k / 8 for k in range(rows)]
    frame.to_csv(tmp_path / "large.csv", index=False)
    table = read(tmp_path / "large.csv", policy=Policy())
    # One meter, one period: all overlap, and each names another.
    assert table.counts == {"A-054": rows}
    frame["表计"] = None
    frame.to_csv(tmp_path / "large.csv", index=False)
    table = read(tmp_path / "large.csv")
    assert len(table) == rows
    assert table.rows["amount"].tolist() == frame["数量"].tolist()


def test_a_table_whose_rows_all_miss_the_header_says_so_and_not_that_it_is_empty(tmp_path):
    header = "entity,period,source,item,amount,unit"
    row = "P,2024-01,fossil_combustion,diesel,1,t"
    (tmp_path / "a.csv").write_text(f"{header}\n{row},\n{row.replace('01', '02')},\n")
    with pytest.raises(ActivityDataError) as caught:
        read(tmp_path / "a.csv")
    assert [(issue.code, issue.row) for issue in caught.value.issues] == [
        ("A-020", 2),
        ("A-020", 3),
    ]
    (tmp_path / "b.csv").write_text(f"{header}\n")
    with pytest.raises(ActivityDataError, match="A-003"):
        read(tmp_path / "b.csv")


def test_a_refusal_speaks_one_language_names_its_sheet_and_is_told_once(tmp_path):
    with pytest.raises(ActivityDataError) as caught:
        read(as_xlsx(tmp_path), sheet="能耗")
    for lang, hint in (("zh", "提示:"), ("en", "Hint: ")):
        text = caught.value.text(lang)
        assert text.count("[A-009]") == 1
        assert "能耗" in text
        assert "{" not in text
        assert hint in text
    assert pickle.loads(pickle.dumps(caught.value)).text("zh") == caught.value.text("zh")
