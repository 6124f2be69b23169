"""Published cases come out as published, each under the policy it was printed under."""

import csv
from pathlib import Path
from typing import Any

import pytest

from carboncalc.examples.reproduce import Figure, figures
from carboncalc.provenance import Policy

with (Path(__file__).parent / "published_cases/expected.csv").open(encoding="utf-8") as handle:
    PUBLISHED = list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def computed() -> list[Figure]:
    return list(figures())


def policy_of(row: dict[str, str]) -> dict[str, Any]:
    named = dict(pair.split("=") for pair in row["other_policy"].split("; ") if pair)
    # the published list describes this one policy in words; the package ships it as a file
    by_month = row["rounding"] == "items: 1 decimal per month"
    return {"rounding": "monthly-one-decimal.yaml" if by_month else row["rounding"], **named}


@pytest.mark.parametrize(
    "row", PUBLISHED, ids=lambda row: f"{row['case']} {row['quantity']} {row['value']}"
)
def test_a_published_figure_comes_out_under_its_policy(
    row: dict[str, str], computed: list[Figure]
) -> None:
    assert set(policy_of(row)) <= set(Policy.model_fields)
    (ours,) = [
        figure
        for figure in computed
        if (figure.case, figure.quantity) == (row["case"], row["quantity"])
        and figure.policy == policy_of(row)
    ]
    assert ours.unit == row["unit"]
    assert abs(ours.ours - float(row["value"])) <= float(row["tolerance"])


def test_the_package_lists_every_published_figure_and_no_other(computed: list[Figure]) -> None:
    assert len(computed) == len(PUBLISHED)


def test_the_railway_items_are_the_published_items() -> None:
    import carboncalc as cc

    path = cc.examples.case("railway_branch_2024")["path"]
    items = cc.compute(path, rounding="ndrc-report").items()
    assert items is not None
    # as printed in the report: natural gas, gasoline, diesel, electricity, heat
    assert sorted(items.tolist()) == [3.80, 6.86, 33.03, 2112.54, 7232.46]
