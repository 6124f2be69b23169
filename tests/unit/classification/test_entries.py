"""Reading entries: headers, units, files, and every kind of bad cell by its code."""

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.classification.intake import EntryDataError
from carboncalc.errors import ActivityDataError, ClassificationError


def codes(table: cc.EntryTable) -> list[str]:
    return [issue.code for issue in table.issues]


def power(**entry: object) -> float:
    table = cc.read_entries([{"entry_id": "X", **entry}])
    return float(table.measures["rated_power"].values[0])


@pytest.mark.parametrize(
    "entry",
    [
        {"rated_power": "4.5 MW"},
        {"rated_power": "4500kW"},
        {"rated_power": "4,500 千瓦"},
        {"rated_power": 4.5, "rated_power_unit": "MW"},
        {"rated_power": "4500", "rated_power_unit": "kW"},
        {"rated_power [MW]": 4.5},
        {"额定功率(兆瓦)": "4.5"},
        {"额定功率[kW]": 4500},
    ],
)
def test_a_measure_takes_its_unit_from_cell_column_or_header(entry: dict[str, object]) -> None:
    assert power(**entry) == 4.5


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"rated_power": "4.5 t"}, "C-111"),
        ({"rated_power": 4.5, "rated_power_unit": "MWh"}, "C-111"),
        ({"rated_power": "4.5 parsec"}, "C-112"),
        ({"rated_power": "about five"}, "C-110"),
        ({"rated_power": 4.5}, "C-115"),
        ({"rated_power": "4.5 MW", "rated_power_unit": "kW"}, "C-116"),
        ({"drive_type": "steam"}, "C-113"),
        ({"sector_leading": "perhaps"}, "C-113"),
        ({"rated_power [MW]": float("inf")}, "C-110"),
    ],
)
def test_a_measure_that_cannot_be_read_is_named_and_left_out(
    entry: dict[str, object], code: str
) -> None:
    table = cc.read_entries([{"entry_id": "X", **entry}])
    assert codes(table) == [code]
    assert len(table) == 1
    assert all(pd.isna(m.values[0]) for m in table.measures.values())
    assert table.issues[0].hint("zh")
    assert table.issues[0].hint("en")


def test_a_criterion_in_the_wrong_unit_leaves_the_entry_undetermined() -> None:
    verdicts = cc.classify(
        [
            {
                "entry_id": "W",
                "claimed_code": "4.1.1",
                "industry_code": "3811",
                "role": "manufacturer",
                "product": "onshore_turbine",
                "rated_power": "6 t",
            }
        ]
    )
    assert verdicts.frame["verdict"].tolist() == ["undetermined"]
    assert [issue.code for issue in verdicts.issues] == ["C-111"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"green_ratio": 1.2}, "C-107"),
        ({"green_ratio": "120%"}, "C-107"),
        ({"green_revenue_share": -0.1}, "C-107"),
        ({"green_ratio": "most"}, "C-107"),
        ({"kind": "ship"}, "C-104"),
        ({"role": "king"}, "C-104"),
        ({"approval_date": "soon"}, "C-106"),
        ({"approval_date": "2025-02-30"}, "C-106"),
        ({"amount": "-5"}, "C-108"),
        ({"amount": "much"}, "C-108"),
    ],
)
def test_a_bad_cell_sets_the_row_aside_with_its_code(entry: dict[str, object], code: str) -> None:
    table = cc.read_entries([{"entry_id": "X", **entry}, {"entry_id": "Y"}])
    assert codes(table) == [code]
    assert table.rows["entry_id"].tolist() == ["Y"]
    assert table.quarantined["code"].tolist() == [code]


def test_every_problem_of_the_table_is_listed_with_its_row() -> None:
    table = cc.read_entries(
        [
            {"entry_id": "a", "green_ratio": 2},
            {"entry_id": None},
            {"entry_id": "b", "role": "king"},
            {"entry_id": "c", "rated_power": "x"},
        ]
    )
    assert {(i.code, i.row) for i in table.issues} == {
        ("C-107", 1), ("C-102", 2), ("C-104", 3), ("C-110", 4),
    }  # fmt: skip


def test_the_same_claim_twice_sets_both_rows_aside() -> None:
    table = cc.read_entries(
        [{"entry_id": "L", "claimed_code": "4.1.1"}] * 2
        + [{"entry_id": "L", "claimed_code": "4.1.2"}]
    )
    assert table.rows["claimed_code"].tolist() == ["4.1.2"]
    assert table.counts == {"C-103": 2}


def test_strict_raises_with_all_problems() -> None:
    with pytest.raises(EntryDataError) as caught:
        cc.read_entries([{"entry_id": "a", "green_ratio": 2}], strict=True)
    assert [i.code for i in caught.value.issues] == ["C-107"]
    assert isinstance(caught.value, ClassificationError)
    assert isinstance(caught.value, ActivityDataError)


def test_an_unused_column_is_a_finding_and_costs_nothing() -> None:
    table = cc.read_entries([{"entry_id": "a", "remarks": "x"}], strict=True)
    assert [(i.code, i.severity) for i in table.issues] == [("C-109", "finding")]


def test_without_ids_nothing_is_read() -> None:
    with pytest.raises(EntryDataError) as caught:
        cc.read_entries([{"name": "a"}])
    assert caught.value.code == "C-101"


def test_two_columns_for_one_thing_are_refused() -> None:
    with pytest.raises(EntryDataError) as caught:
        cc.read_entries([{"entry_id": "a", "编号": "b"}])
    assert caught.value.code == "C-118"


FRAME = pd.DataFrame(
    {
        "对象编号": ["甲", "乙"],
        "申报条目": ["4.1.1", "9.1.1"],
        "行业代码": ["3811", None],
        "角色": ["制造企业", "购买方"],
        "产品": ["陆上风力发电机整机", None],
        "额定功率 [kW]": ["5200", None],
        "驱动类型": [None, "纯电动"],
        "批准日期": ["2025年11月3日", "2025/11/4"],
    }
)


@pytest.mark.parametrize("kind", ["utf-8", "gb18030", "utf-8-sig", "xlsx", "parquet", "polars"])
def test_a_chinese_table_reads_the_same_from_every_kind_of_file(tmp_path, kind: str) -> None:
    path = tmp_path / "entries.csv"
    data: object = path
    if kind == "xlsx":
        data = tmp_path / "entries.xlsx"
        FRAME.to_excel(data, index=False)
    elif kind == "parquet":
        data = tmp_path / "entries.parquet"
        FRAME.to_parquet(data)
    elif kind == "polars":
        polars = pytest.importorskip("polars")
        data = polars.DataFrame(FRAME.astype(object).where(FRAME.notna(), None).to_dict("list"))
    else:
        path.write_bytes(FRAME.to_csv(index=False).encode(kind))
    verdicts = cc.classify(data)
    assert verdicts.frame["verdict"].tolist() == ["eligible", "eligible"]
    assert verdicts.issues == ()
    first = 2 if kind not in ("parquet", "polars") else 1
    assert verdicts.frame["row"].tolist() == [first, first + 1]


def test_numbers_that_a_spreadsheet_made_of_codes_are_read_back() -> None:
    frame = cc.classify(
        [
            {
                "entry_id": 1,
                "claimed_code": "1.1.11",
                "industry_code": 519,
                "role": "builder",
                "product": "农业大棚",
                "greenhouse_standards_met": True,
                "efficient_insulation": True,
            },
            {"entry_id": 2.0, "claimed_code": "4.1.1", "industry_code": 3811.0},
        ]
    ).frame
    assert frame["entry_id"].tolist() == ["1", "2"]
    assert frame["verdict"].tolist() == ["eligible", "undetermined"]
    assert frame["industry_code"].tolist() == ["0519", "3811"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: p / "nothing.csv", "C-120"),
        (lambda p: _written(p / "a.pdf", b"x"), "C-121"),
        (lambda p: 42, "C-121"),
        (lambda p: _written(p / "a.csv", b"entry_id\n\xff\xff\xff"), "C-122"),
        (lambda p: _written(p / "a.xlsx", b"not a workbook"), "C-123"),
        (lambda p: _written(p / "a.parquet", b"not parquet"), "C-123"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_name(tmp_path, make, code: str) -> None:
    with pytest.raises(EntryDataError) as caught:
        cc.read_entries(make(tmp_path))
    assert caught.value.code == code


def _written(path, data: bytes):
    path.write_bytes(data)
    return path


def test_a_drawdown_before_the_approval_is_a_finding() -> None:
    table = cc.read_entries(
        [{"entry_id": "a", "approval_date": "2025-09-01", "drawdown_date": "2025-08-01"}]
    )
    assert [(i.code, i.severity) for i in table.issues] == [("C-117", "finding")]
    assert len(table) == 1
