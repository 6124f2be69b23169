"""Whatever the factor database and the method files name, a user can name too."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from carboncalc.resources import emission_factors, package_file
from carboncalc.units import parse
from carboncalc.vocabulary.names import foreign_items, ids

METHOD_FILES = sorted(package_file("methods", "data").glob("*.yaml"))
# the uncertainty defaults are by class of factor, which nobody names in a table
FACTOR_FILES = sorted(
    path for path in emission_factors().glob("*/*.csv") if path.parent.name != "uncertainty"
)


# A rule for a whole class (any HFC, any carbonate …); the user's row names the thing itself.
RULE_CLASSES = ("HFC", "carbonate", "fuel", "container")


def factor_rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        yield from (row for row in csv.DictReader(handle) if "item" in row)


def fields(node: Any, key: str) -> Iterator[Any]:
    """Every value under a key, anywhere in a YAML document."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from fields(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from fields(value, key)


@pytest.mark.parametrize("path", FACTOR_FILES, ids=lambda path: path.stem)
def test_a_factor_set_speaks_of_known_units_gases_and_regions(path: Path) -> None:
    known = {
        "region": {"", *ids("region")},
        "gas": {"", *ids("gas")},
        "item": {*RULE_CLASSES, *ids("item"), *foreign_items()},
    }
    for row in factor_rows(path):
        parse(row["unit"])
        for column, names in known.items():
            assert row[column] in names, (row["set"], row["item"], row[column])


@pytest.mark.parametrize("path", METHOD_FILES, ids=lambda path: path.stem)
def test_a_method_file_speaks_of_known_units_and_sources(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for units in fields(document, "units"):
        for unit in units if isinstance(units, list) else [units]:
            parse(str(unit))
    if "id" in document:
        assert document["id"] in ids("method")
        assert set(document["sources"]) <= set(ids("source"))
