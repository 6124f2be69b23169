"""Templates: what a plant is given can be filled in, read back and computed."""

import csv
import io
import warnings
from pathlib import Path

import openpyxl
import pytest

import carboncalc as cc
from carboncalc.activity.header import read_heading
from carboncalc.errors import CarbonCalcWarning
from carboncalc.methods.template import columns, template
from carboncalc.vocabulary import names

GOLDEN = Path(__file__).parents[2] / "golden/methods"
METHODS = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())
RULES = {"grades": "ABCDS", "year_fallback": "latest"}


def filled(method_id: str, path: Path) -> list[dict[str, str]]:
    """The method's golden rows typed into its Chinese template, by their Chinese names."""
    book = openpyxl.load_workbook(io.BytesIO(template(method_id)))
    sheet = book["活动数据"]
    places = {column.id: number for number, column in enumerate(columns(method_id), start=1)}
    with (GOLDEN / method_id / "activity.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for number, row in enumerate(rows, start=2):
        for name, text in row.items():
            if not text:
                continue
            if name in ("source", "item", "technology", "abatement_technology"):
                kind = "technology" if name.endswith("technology") else name
                text = names.label(kind, text, "zh")  # noqa: PLW2901
            if name not in places:
                # a constant of the document that this plant overrides: it adds the column
                places[name] = sheet.max_column + 1
                sheet.cell(1, places[name], names.label("header", name, "zh"))
            value = float(text) if name == "amount" else text
            sheet.cell(number, places[name], value)
    book.save(path)
    return rows


def quiet_total(data: Path) -> tuple[float, int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        inventory = cc.compute(data, **RULES)
    return cc.exact_sum(inventory.lines["co2e_t"]), len(inventory.lines) + len(inventory.memo)


@pytest.mark.parametrize("method_id", METHODS)
def test_a_filled_template_computes_to_the_same_bits_as_the_plain_table(
    method_id: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{method_id}.xlsx"
    filled(method_id, path)
    assert quiet_total(path) == quiet_total(GOLDEN / method_id / "activity.csv")


@pytest.mark.parametrize("method_id", METHODS)
def test_every_header_of_a_template_is_read_as_what_it_stands_for(method_id: str) -> None:
    for lang in ("zh", "en"):
        for column in columns(method_id, lang):
            heading = read_heading(column.header)
            assert heading.column == column.id.removesuffix("_unit"), (column, lang)
            assert heading.is_unit == column.id.endswith("_unit"), (column, lang)


@pytest.mark.parametrize("method_id", METHODS)
def test_every_choice_in_a_drop_down_is_understood(method_id: str) -> None:
    from carboncalc import units

    for column in columns(method_id):
        for choice in column.choices:
            if column.id.endswith("unit"):
                assert units.parse(choice)
            elif column.id in ("source", "item", "technology", "record_kind", "instrument"):
                assert isinstance(names.lookup(column.id, choice), names.Resolved), choice


def test_a_second_dimension_has_a_drop_down_of_its_own() -> None:
    offered = {c.id: c for c in columns("chemical")}
    words = offered["abatement_technology"].choices
    assert "非选择性催化还原" in words
    assert "回收为硝酸" in words
    assert "abatement_technology" not in {c.id for c in columns("public-building")}
    assert {"gwp_set", "factor_set"} <= {c.id for c in columns("ghg-protocol")}


def test_an_empty_template_says_that_there_is_no_data(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(template("other-industry"))
    with pytest.raises(cc.ActivityDataError):
        cc.compute(path)


def test_a_partial_source_is_explained_and_not_offered() -> None:
    offered = next(c for c in columns("cement-cets") if c.id == "source").choices
    label = names.label("source", "alternative_fuel_combustion", "zh")
    assert label not in offered
    book = openpyxl.load_workbook(io.BytesIO(template("cement-cets")))
    notes = " ".join(str(row[0].value) for row in book["说明"].iter_rows())
    assert "未开放" in notes
    assert label in notes


def test_the_drop_downs_are_there_and_the_lists_are_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("other-industry")))
    assert book["lists"].sheet_state == "hidden"
    assert len(book["活动数据"].data_validations.dataValidation) > 5


def test_the_same_method_gives_the_same_bytes() -> None:
    assert template("land-transport") == template("land-transport")
