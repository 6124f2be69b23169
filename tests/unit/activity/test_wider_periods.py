"""A year typed in below its months is pointed out, and nothing else is."""

import carboncalc as cc

ROW = {"entity": "P", "source": "purchased_electricity", "item": "electricity", "unit": "MWh"}


def found(*rows: dict[str, object]) -> list[tuple[str, int | None]]:
    keys = dict.fromkeys(key for row in rows for key in row)
    table = cc.read_activity([{key: row.get(key) for key in keys} for row in rows])
    return [(i.code, i.row) for i in table.findings if i.code == "A-056"]


def months(count: int) -> list[dict[str, object]]:
    return [{**ROW, "period": f"2023-{m:02d}", "amount": m} for m in range(1, count + 1)]


def test_a_year_beside_its_months_is_a_finding_at_the_year() -> None:
    assert found(*months(12), {**ROW, "period": "2023", "amount": 78}) == [("A-056", 13)]


def test_two_deliveries_of_one_month_and_months_side_by_side_are_none() -> None:
    assert found(*months(3), {**ROW, "period": "2023-01", "amount": 9}) == []


def test_another_facility_item_or_instrument_is_another_use() -> None:
    year = {**ROW, "period": "2023", "amount": 5}
    assert found(*months(2), {**year, "facility": "B"}) == []
    assert found(*months(2), {**year, "instrument": "gec", "certificate_id": "1"}) == []


def test_meters_are_judged_by_themselves() -> None:
    rows = [{**row, "meter": "M1"} for row in months(2)]
    assert found(*rows, {**ROW, "period": "2023", "amount": 5, "meter": "M2"}) == []


def test_two_spellings_of_one_period_are_one_period() -> None:
    assert found({**ROW, "period": "2023-01", "amount": 1},
                 {**ROW, "period": "2023年1月", "amount": 2}) == []  # fmt: skip
