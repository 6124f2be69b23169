"""What ``carboncalc schema`` prints is what the public contract says."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from carboncalc.cli import schema_files
from carboncalc.provenance import Policy
from carboncalc.vocabulary.names import header

CONTRACT = yaml.safe_load((Path(__file__).parent / "data/columns.yaml").read_text("utf-8"))
TABLES = ("activity", "lines", "parameters", "outputs", "entries", "verdict", "labels")


@pytest.mark.parametrize("name", schema_files.names())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_schema_is_valid_json_schema(name: str, lang: Any) -> None:
    Draft202012Validator.check_schema(schema_files.schema(name, lang))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_keeps_every_column_of_the_contract(name: str) -> None:
    held = [row["column"] for row in schema_files.columns(name)]
    assert [column for column in held if column in CONTRACT[name]] == CONTRACT[name]


def test_required_activity_columns_are_those_of_the_contract() -> None:
    required = schema_files.schema("activity")["items"]["required"]
    assert required == CONTRACT["activity_required"]


def test_the_loan_tape_requires_what_the_contract_requires() -> None:
    assert schema_files.schema("loans")["items"]["required"] == CONTRACT["loans_required"]


@pytest.mark.parametrize("name", ["compute", "exposure", "borrower-carbon"])
def test_a_json_document_keeps_every_key_of_the_contract(name: str) -> None:
    schema = schema_files.schema(name)
    assert set(CONTRACT[name]) <= set(schema["properties"])
    if name != "borrower-carbon":  # a record is also read, and may come without some
        assert set(CONTRACT[name]) <= set(schema["required"])


def test_an_entity_keeps_every_field_of_the_contract() -> None:
    schema = schema_files.schema("entities")
    assert set(CONTRACT["entity"]) <= set(schema["$defs"]["Entity"]["properties"])


def test_the_four_totals_and_the_target_readings_are_all_named() -> None:
    assert schema_files.schema("compute")["properties"]["totals"]["required"] == CONTRACT["totals"]
    target = schema_files.schema("exposure")["properties"]["targets"]["items"]
    reading = target["properties"]["readings"]["items"]
    assert reading["required"] == CONTRACT["exposure_reading"]


def test_policy_fields_values_and_defaults_are_those_of_the_contract() -> None:
    for name, values in CONTRACT["policy"].items():
        if isinstance(values, list):
            assert list(get_args(Policy.model_fields[name].annotation)) == values
        # the contract writes the default first
        default = values[0] if isinstance(values, list) else values
        assert getattr(Policy(), name) == default


@pytest.mark.parametrize("name", ["activity", "parameters", "outputs"])
def test_the_chinese_header_of_a_column_is_read_back_as_that_column(name: str) -> None:
    wrong = {
        row["chinese"]: header(row["chinese"])
        for row in schema_files.columns(name)
        if not row["column"].endswith("_unit") and header(row["chinese"]) != row["column"]
    }
    assert wrong == {}
