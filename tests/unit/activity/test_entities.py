"""Entity files: what they say, and every way in which they do not hold together."""

from __future__ import annotations

import datetime as dt
import pickle

import openpyxl
import pandas as pd
import pytest
from pydantic import ValidationError

from carboncalc.activity.entities import load_park, read_entities
from carboncalc.activity.read import read_activity
from carboncalc.errors import ActivityDataError, BoundaryError, OwnershipError
from carboncalc.model.entity import Entity, EntitySet

TODAY = dt.date(2026, 6, 30)

PARK = """
park: {id: north, name: 北园, region: 福建}
entities:
  - {id: T1, name: 甲公司, kind: tenant, parent: north, floor_area: 1200, methods: 工业其他行业}
  - {id: T2, name: 乙公司, kind: 租户, parent: T1, share: 0.6, control: operational_control,
     methods: {default: chemical, 外购电: ghg-protocol}, valid_from: 2024-03-01}
  - {id: S1, name: 热力站, kind: shared}
  - {id: GRID, kind: outside}
internal_factor:
  S1: {heat: 0.09 tCO2/GJ}
allocation:
  S1: {heat: metered}
  lighting: floor_area
certificates:
  - {id: GEC-1, mwh: 120, period: 2024年, owner: T1, beneficiary: T2}
"""


def write(tmp_path, text, name="park.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def codes(error):
    issues = error.issues if isinstance(error, ActivityDataError) else error.params["issues"]
    return [issue.code for issue in issues]


def refused(data, kind):
    with pytest.raises(kind) as caught:
        read_entities(data)
    assert type(caught.value) is kind
    for lang in ("zh", "en"):
        assert "{" not in caught.value.text(lang).replace("{'", "")
    assert codes(pickle.loads(pickle.dumps(caught.value))) == codes(caught.value)
    return codes(caught.value)


def test_a_park_file_becomes_frozen_records_with_ids(tmp_path):
    park = load_park(write(tmp_path, PARK))
    assert park.name == "北园"
    assert park.ids() == ("T1", "T2", "S1", "GRID")
    assert [entity.kind for entity in park.entities] == ["tenant", "tenant", "shared", "outside"]
    assert park["T1"].parent is None
    assert park["T2"].control == "operational"
    assert park["T2"].method("purchased_electricity") == "ghg-protocol"
    assert park["T2"].method("purchased_heat") == "chemical"
    assert park["S1"].internal_factor == {"heat": "0.09 tCO2/GJ"}
    assert park["S1"].allocation == {"heat": "metered"}
    assert park.allocation == {"lighting": "floor_area"}
    assert park.certificates[0].period == "2024"
    assert park.defaults()["T1"] == {
        "method": {"default": "other-industry"}, "region": "CN-35", "sector": None,
    }  # fmt: skip
    assert [entity.id for entity in park.children("T1")] == ["T2"]
    assert park.findings == ()
    with pytest.raises(ValidationError):
        park["T1"].name = "x"
    assert pickle.loads(pickle.dumps(park)) == park


def test_entities_are_read_from_sheets_frames_records_and_mappings(tmp_path):
    records = [
        {"编号": "A", "名称": "甲厂", "类型": "企业", "地区": "福建", "核算方法(主体)": "chemical"},
        {"编号": "B", "名称": "乙厂", "类型": "tenant", "地区": "CN-35", "上级": "A"},
    ]
    book = openpyxl.Workbook()
    book.active.append([*records[0], "上级"])
    for record in records:
        book.active.append([*list(record.values())[:4], record.get("核算方法(主体)"),
                            record.get("上级")])  # fmt: skip
    sheet = book.create_sheet("certificates")
    sheet.append(["凭证号", "电量", "期间", "持有人", "受益人"])
    sheet.append(["G1", 10, "2024", "A", "B"])
    book.save(tmp_path / "e.xlsx")
    wanted = read_entities(records)
    assert wanted["A"].methods == {"default": "chemical"}
    assert wanted["B"].region == "CN-35"
    assert read_entities(pd.DataFrame(records)) == wanted
    found = read_entities(tmp_path / "e.xlsx")
    assert found.entities == wanted.entities
    assert found.certificates[0].mwh == 10.0
    by_id = {"A": {"method": "chemical", "region": "福建", "sector": "steel"}}
    assert read_entities(by_id).defaults()["A"]["sector"] == "steel"
    assert read_entities(wanted) is wanted
    assert read_entities(list(wanted.entities)).ids() == wanted.ids()


@pytest.mark.parametrize(
    ("entities", "kind", "wanted"),
    [
        ([{"id": "T", "kind": "tenant"}, {"id": "T", "kind": "tenant"}], BoundaryError, ["A-210"]),
        ([{"id": "A", "parent": "Z"}], BoundaryError, ["A-211"]),
        ([{"id": "A", "parent": "B"}, {"id": "B", "parent": "A"}], BoundaryError, ["A-212"]),
        ([{"id": "A", "parent": "A"}], BoundaryError, ["A-212"]),
        (
            [{"id": "A", "valid_from": "2024-02-01", "valid_to": "2024-01-31"}],
            BoundaryError,
            ["A-213"],
        ),
        ([{"id": "A", "share": 1.2}], OwnershipError, ["A-220"]),
        ([{"id": "A", "share": -0.1}], OwnershipError, ["A-220"]),
        ([{"id": "A", "share": "60%"}], OwnershipError, ["A-220"]),
        ([{"id": "A", "share": {"G": 0.6, "H": 0.3}}], OwnershipError, ["A-221"]),
        ([{"id": "A", "share": {"G": 0.6, "H": 1.4}}], OwnershipError, ["A-220"]),
        ([{"id": "A", "control": "none, operational"}], OwnershipError, ["A-222"]),
        ([{"id": "A", "control": "majority"}], OwnershipError, ["A-222"]),
        ([{"id": "A", "kind": "village"}], ActivityDataError, ["A-103"]),
        ([{"id": "A", "region": "Atlantis"}], ActivityDataError, ["A-103"]),
        ([{"id": "A", "methods": "钢铁"}], ActivityDataError, ["A-102"]),
        ([{"id": "A", "headcount": -3}], ActivityDataError, ["A-205"]),
        ([{"id": "A", "floor_area": float("nan")}], ActivityDataError, ["A-205"]),
        ([{"name": "nobody"}], ActivityDataError, ["A-203"]),
        ([{"id": "A", "colour": "red", "methods": {}}], ActivityDataError, ["A-202"]),
    ],
)
def test_what_does_not_hold_together_is_refused_by_name(entities, kind, wanted):
    assert refused({"entities": entities}, kind) == wanted


def test_all_problems_of_a_file_come_at_once(tmp_path):
    text = """
entities:
  - {id: A, share: 2, parent: Z}
  - {id: B, parent: Y}
  - {id: B, region: Atlantis}
nonsense: 1
internal_factor: {Q: stated}
certificates:
  - {id: G, mwh: -1, period: 2024, owner: B}
  - {id: H, mwh: 1, period: 2024-13, owner: B}
  - {id: K, mwh: 1, period: 2024, owner: B, beneficiary: A}
  - {id: K, mwh: 1, period: 2024, owner: B, beneficiary: B}
"""
    with pytest.raises(ActivityDataError) as caught:
        load_park(write(tmp_path, text))
    assert sorted(codes(caught.value)) == [
        "A-103", "A-110", "A-202", "A-205", "A-210", "A-211", "A-214", "A-218", "A-220",
    ]  # fmt: skip
    places = {issue.code: (issue.sheet, issue.row) for issue in caught.value.issues}
    assert places["A-210"] == ("entities", 3)
    assert places["A-205"] == ("certificates", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "A-003"),
        ("entities: []", "A-203"),
        ("entities: [}", "A-201"),
        ("just words", "A-201"),
        ("entities: &a [{id: A}]\ncertificates: *a", "A-201"),
        ("entities: [{id: A, id: B}]", "A-201"),
        ("entities: !!python/object/apply:os.system [exit]", "A-201"),
        ("? [1, 2]\n: 3", "A-201"),
        ("entities: [3]", "A-204"),
    ],
)
def test_a_broken_or_tricky_yaml_file_is_refused(tmp_path, text, code):
    with pytest.raises(ActivityDataError) as caught:
        load_park(write(tmp_path, text))
    assert code in [caught.value.code, *codes(caught.value)]


def test_a_yaml_file_that_is_missing_too_deep_or_no_text_is_refused(tmp_path):
    for path, code in (
        (tmp_path / "none.yaml", "A-002"),
        (write(tmp_path, "[" * 5000), "A-201"),
    ):
        with pytest.raises(ActivityDataError) as caught:
            load_park(path)
        assert caught.value.code == code
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00entities")
    with pytest.raises(ActivityDataError) as caught:
        load_park(binary)
    assert caught.value.code == "A-008"


def test_names_shared_by_entities_are_a_finding_and_refused_in_rows():
    park = read_entities([{"id": "A", "name": "华兴"}, {"id": "B", "name": "华兴"}])
    assert [issue.code for issue in park.findings] == ["A-216"]
    row = {"period": "2024", "source": "外购电", "item": "电", "amount": 1, "unit": "MWh"}
    table = read_activity([{"entity": "华兴", **row}, {"entity": "A", **row}], entities=park,
                          today=TODAY)  # fmt: skip
    assert [(i.row, i.column, i.code) for i in table.issues] == [(1, "entity", "A-081")]
    assert table.rows["entity"].tolist() == ["A"]


def test_rows_use_ids_for_names_codes_and_widths_and_tell_strangers():
    park = read_entities(
        [{"id": "A", "name": "甲(集团)公司", "uscc": "91350200MA0000000R"}, {"id": "B"}]
    )
    row = {"period": "2024", "source": "外购电", "item": "电", "unit": "MWh"}
    entities = ["甲（集团）公司", "A", "91350200MA0000000R", "B", "丙", "丙"]
    table = read_activity(
        [{"entity": e, "amount": k, **row} for k, e in enumerate(entities)],
        entities=park,
        today=TODAY,
    )
    assert table.rows["entity"].tolist() == ["A", "A", "A", "B", "丙", "丙"]
    assert [(i.row, i.code) for i in table.findings] == [(5, "A-080")]
    assert table.entities is park


def test_rows_outside_the_time_of_their_entity_are_findings():
    tenant = EntitySet(
        entities=(Entity(id="T", valid_from=dt.date(2024, 3, 1), valid_to=dt.date(2024, 6, 30)),)
    )
    row = {"entity": "T", "source": "外购电", "item": "电", "amount": 1, "unit": "MWh"}
    periods = ["2024-02", "2024-03", "2024-06", "2024-07", "2024Q2", "2024"]
    table = read_activity([{"period": p, **row} for p in periods], entities=tenant, today=TODAY)
    outside = [i.row for i in table.findings if i.code == "A-082"]
    assert outside == [1, 4, 6]
    assert len(table) == 6


def test_certificates_of_strangers_are_findings():
    park = read_entities(
        {
            "entities": [{"id": "A"}],
            "certificates": [
                {"id": "G", "mwh": 1, "period": "2024", "owner": "A", "beneficiary": "buyer"}
            ],
        }
    )
    assert [(i.code, i.params["entity"]) for i in park.findings] == [("A-215", "buyer")]


def test_the_json_schema_of_the_entity_file_can_be_printed():
    schema = EntitySet.model_json_schema()
    assert "entities" in schema["properties"]
