"""The made enterprise is what its script writes, and its months add up to its year."""

import csv
import importlib.util
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from carboncalc import examples

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "tools" / "make_enterprise.py"
    spec = importlib.util.spec_from_file_location("make_enterprise", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def readings() -> list[dict[str, str]]:
    with examples.path("enterprise.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_sheet_in_the_package_is_what_the_script_writes(script: ModuleType) -> None:
    written = [{name: row.get(name, "") for name in script.HEADER} for row in script.rows()]
    assert readings() == written


def test_the_months_of_a_flow_add_up_to_its_year_within_their_rounding(
    script: ModuleType,
) -> None:
    found: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    months: dict[tuple[str, ...], int] = defaultdict(int)
    for row in readings():
        key = (row["企业"], row["设施"], row["排放源"], row["品种"], row["表计"])
        found[key] += Decimal(row["数量"])
        months[key] += 1
    for plant, facility, source, item, year, _, decimals, _, meter, _ in script.FLOWS:
        key = (plant, facility, source, item, meter)
        assert months[key] == 12
        assert abs(found[key] - Decimal(str(year))) <= 12 * Decimal(5).scaleb(-decimals - 1)


def test_three_plants_in_three_provinces_have_readings(script: ModuleType) -> None:
    assert len({row["企业"] for row in readings()}) == 3


def test_every_published_case_names_its_source_and_its_figures() -> None:
    for name in examples.case_names():
        case = examples.case(name)
        assert case["path"].is_file()
        assert case["source"]["zh"]
        assert case["source"]["en"]
        for figure in case["expected"]:
            assert {"quantity", "value", "unit", "tolerance", "rounding"} <= set(figure)
            assert figure["tolerance"] > 0
