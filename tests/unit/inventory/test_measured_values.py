"""Measured values beside their rows: nothing lost, nothing averaged without weights."""

import json

import pytest

import carboncalc as cc

DIESEL = {
    "entity": "P", "period": "2023", "method": "other-industry", "region": "CN-35",
    "source": "fossil_combustion", "item": "diesel", "amount": 100, "unit": "t",
}  # fmt: skip


def measured(period, value, unit="GJ/t", **more):
    return {
        "entity": "P", "period": period, "source": "fossil_combustion", "item": "diesel",
        "parameter": "net_calorific_value", "value": value, "unit": unit, **more,
    }  # fmt: skip


def months(*weights, values=range(40, 52), units=("GJ/t",) * 12):
    return [
        measured(f"2023-{m:02d}", value, unit, **({} if w is None else {"weight": w}))
        for m, (value, unit, w) in enumerate(zip(values, units, weights, strict=True), start=1)
    ]


def computed(rows, table):
    inv = cc.compute(rows, parameters=cc.read_parameters(table))
    codes = {finding.code for finding in inv.findings} & {"I-048", "I-049", "I-050"}
    return [json.loads(text)["net_calorific_value"][0] for text in inv.lines.coefficients], codes


def test_months_make_up_the_year_by_their_consumption():
    weights = [100, *[10] * 11]
    mean = sum(v * w for v, w in zip(range(40, 52), weights, strict=True)) / sum(weights)
    values, codes = computed([DIESEL], months(*weights))
    assert values == pytest.approx([mean])
    assert codes == set()


@pytest.mark.parametrize("weights", [[None] * 12, [5, *[None] * 11], [0] * 12])
def test_months_without_complete_weights_make_no_mean_and_it_is_said(weights):
    # the document's default is 43.33 GJ/t
    assert computed([DIESEL], months(*weights)) == ([43.33], {"I-049", "I-050"})


def test_months_in_different_units_are_one_series():
    units = ["kJ/kg", *["GJ/t"] * 11]
    values = [40_000, *range(41, 52)]
    found, codes = computed([DIESEL], months(*[1] * 12, values=values, units=units))
    assert found == pytest.approx([sum(range(40, 52)) / 12], rel=1e-12)
    assert codes == set()


def test_a_gap_between_the_months_leaves_the_year_to_the_document_and_is_said():
    assert computed([DIESEL], months(*[1] * 12)[:11]) == ([43.33], {"I-048", "I-050"})


@pytest.mark.parametrize("own_unit", [True, False])
def test_the_named_facility_goes_before_any_facility_whatever_the_units(own_unit):
    rows = [{**DIESEL, "period": "2023-05", "facility": name} for name in "AB"]
    a = measured("2023-05", 42_000 if own_unit else 42, "kJ/kg" if own_unit else "GJ/t")
    b = measured("2023-05", 41 if own_unit else 41_000, "GJ/t" if own_unit else "kJ/kg")
    values, codes = computed(rows, [{**a, "facility": "A"}, b])
    assert values == [42, 41]
    assert codes == set()


@pytest.mark.parametrize("other", [{"entity": "Q"}, {"item": "gasoline"}, {"period": "2022-05"}])
def test_a_measured_value_that_reaches_no_row_is_said(other):
    values, codes = computed([{**DIESEL, "period": "2023-05"}], [measured("2023-05", 42) | other])
    assert values == [43.33]
    assert "I-048" in codes


def test_a_month_that_was_not_measured_is_listed():
    rows = [{**DIESEL, "period": f"2023-0{m}"} for m in (1, 2, 3)]
    inv = cc.compute(rows, parameters=[measured("2023-01", 42), measured("2023-03", 42)])
    said = [finding.message("en") for finding in inv.findings if finding.code == "I-050"]
    assert len(said) == 1
    assert "2023-02" in said[0]


def test_problems_of_the_parameter_table_stay_with_the_result():
    table = cc.read_parameters([measured("2023-05", 42), measured("2023-05", 43)])
    inv = cc.compute([{**DIESEL, "period": "2023-05"}], parameters=table)
    assert [issue.code for issue in inv.issues] == ["A-302", "A-302"]


def test_the_run_digest_stands_for_all_that_the_figure_was_computed_from():
    row = {**DIESEL, "period": "2023-05"}
    bare = {name: value for name, value in row.items() if name not in ("method", "region")}
    entity = {"P": {"method": "other-industry", "region": "CN-35"}}
    elsewhere = {"P": {"method": "other-industry", "region": "CN-32"}}
    runs = [
        cc.compute([row]),
        cc.compute([row], parameters=[measured("2023-05", 42)]),
        cc.compute([row], parameters=[measured("2023-05", 43)]),
        cc.compute([bare], entities=entity),
        cc.compute([bare], entities=elsewhere),
    ]
    assert len({inv.run.digest for inv in runs}) == len(runs)
    again = cc.compute([row], parameters=[measured("2023-05", 42)])
    assert again.run.digest == runs[1].run.digest


def test_row_goes_before_month_before_weighted_year_before_default_for_each_of_many_entities():
    kinds = ("row", "month", "year", "default")
    # 43.33 GJ/t is the document's default for diesel
    expected = {"row": 41.5, "month": 42.25, "year": (40 * 3 + 44 * 1) / 4, "default": 43.33}
    rows, table = [], []
    for number in range(300):
        kind = kinds[number % 4]
        row = {**DIESEL, "entity": f"E{number:03d}", "amount": 1 + number}
        row["period"] = "2023Q1" if kind == "year" else "2023-02"
        if kind == "row":
            row |= {"net_calorific_value": 41.5, "net_calorific_value_unit": "GJ/t"}
        if kind in ("row", "month"):
            table.append(measured("2023", 40) | {"entity": row["entity"]})
            table.append(measured("2023-02", 42.25) | {"entity": row["entity"]})
        if kind == "year":
            parts = {"2023-01-01/2023-02-15": (40, 3), "2023-02-15/2023-04-01": (44, 1)}
            table += [
                measured(period, value, weight=weight) | {"entity": row["entity"]}
                for period, (value, weight) in parts.items()
            ]
        rows.append(row)
    inv = cc.compute(rows, parameters=cc.read_parameters(table))
    ncv = [json.loads(text)["net_calorific_value"][0] for text in inv.lines.coefficients]
    assert ncv == [expected[kinds[number % 4]] for number in range(300)]
    # amount × NCV × 0.0202 tC/GJ × 98 % × 44/12, the constants of other-industry for diesel
    for number, found in enumerate(inv.lines.co2e_t):
        by_hand = (1 + number) * expected[kinds[number % 4]] * 0.0202 * 0.98 * 44 / 12
        assert found == pytest.approx(by_hand, rel=1e-12)
