"""The line table of rows that need no constant of the library at all."""

import pandas as pd

import carboncalc as cc

CLINKER = {
    "entity": "P", "period": "2023", "method": "cement-ndrc-2013", "region": "CN-35",
    "source": "clinker", "item": "clinker", "amount": 100000, "unit": "t",
    "cao_fraction": "65 %", "mgo_fraction": "1.5 %",
}  # fmt: skip
DIESEL = {
    "entity": "P", "period": "2023", "method": "other-industry", "region": "CN-35",
    "source": "fossil_combustion", "item": "diesel", "amount": 1, "unit": "t",
}  # fmt: skip


def test_a_row_that_gives_all_its_values_has_a_line_without_factors() -> None:
    (line,) = cc.compute([CLINKER]).lines.to_dict("records")
    # 100000 × (0.65 × 44/56 + 0.015 × 44/40) t CO2, by hand
    assert round(line["co2e_t"], 6) == 52721.428571
    assert (pd.isna(line["factor_ids"]), line["evidence_grade"]) == (True, "S")


def test_lines_without_factors_keep_their_place_among_others() -> None:
    lines = cc.compute([CLINKER, DIESEL, CLINKER | {"period": "2022"}]).lines
    assert lines["factor_ids"].isna().tolist() == [True, False, True]
