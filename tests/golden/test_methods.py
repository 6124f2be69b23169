"""Every complete source of every method against arithmetic done by hand.

The arithmetic stands in each case's ``about.md``; it is evaluated here as exact fractions,
so neither the page nor ``expected.csv`` can drift from the other, and the library's lines
are compared with both.
"""

import ast
import csv
import warnings
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcError, CarbonCalcWarning, MethodError
from carboncalc.inventory.result import Inventory

CASES = sorted(p for p in (Path(__file__).parent / "methods").iterdir() if p.is_dir())
#: Masses stand on a grid of 2^-45 t, and a warming potential multiplies what that takes off.
GRID = 2.0**-45
#: The documents of this library; park profiles are tested where the parks are.
DOCUMENTS = [m for m in cc.method_ids() if m != "zero-carbon-park"]
RULES = {"grades": "ABCDS", "year_fallback": "latest", "missing": "quarantine"}


def expected(case: Path) -> list[dict[str, str]]:
    with (case / "expected.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def compute(case: Path, **rules: str) -> Inventory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(case / "activity.csv", **(RULES | rules))


def exact(text: str) -> Fraction:
    """The value of a line of arithmetic as a person writes it."""
    plain = text.replace("×", "*").replace("−", "-").replace("%", "/100")
    return _value(ast.parse(plain, mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(repr(node.value))
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand)
    assert isinstance(node, ast.BinOp)
    left, right = _value(node.left), _value(node.right)
    done = {
        ast.Add: lambda: left + right,
        ast.Sub: lambda: left - right,
        ast.Mult: lambda: left * right,
        ast.Div: lambda: left / right,
    }
    return done[type(node.op)]()


def arithmetic(case: Path) -> dict[tuple[int, str], str]:
    lines = (case / "about.md").read_text(encoding="utf-8").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if "|" in line]
    return {(int(c[0]), c[3]): c[4] for c in cells if c[0].isdigit()}


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_the_arithmetic_on_the_page_gives_the_expected_figures(case: Path) -> None:
    by_hand = arithmetic(case)
    rows = expected(case)
    assert set(by_hand) == {(int(row["row"]), row["gas"]) for row in rows}
    for row in rows:
        mass = exact(by_hand[int(row["row"]), row["gas"]])
        assert float(row["mass_t"]) == pytest.approx(float(mass), rel=1e-15)
        if row["gwp"]:
            assert float(row["co2e_t"]) == pytest.approx(
                float(mass * Fraction(row["gwp"])), rel=1e-15
            )


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_the_library_gives_the_expected_figures(case: Path) -> None:
    inventory = compute(case)
    assert not len(inventory.quarantined), [i.text("en") for i in inventory.issues]
    columns = ["row", "gas", "mass_t", "co2e_t", "gwp", "account", "evidence_grade"]
    lines = pd.concat([inventory.lines, inventory.memo])[columns]
    found = {(int(r.row), r.gas): r for r in lines.to_records(index=False)}
    assert len(found) == len(lines), "one line per row and gas"
    rows = expected(case)
    assert set(found) == {(int(row["row"]), row["gas"]) for row in rows}
    for row in rows:
        line = found[int(row["row"]), row["gas"]]
        where = (case.name, row["row"], row["source"], row["gas"])
        assert line.account == row["account"], where
        assert line.mass_t == pytest.approx(
            float(row["mass_t"]), rel=float(row["tolerance"]), abs=GRID
        ), where
        if row["gwp"]:
            assert line.gwp == float(row["gwp"]), where
            assert line.co2e_t == pytest.approx(
                float(row["co2e_t"]), rel=float(row["tolerance"]), abs=GRID * (1 + line.gwp)
            ), where
    recalled = {
        row
        for row, _ in found
        if any(line.evidence_grade == "D" for (other, _), line in found.items() if other == row)
    }
    assert recalled == {int(row["row"]) for row in rows if row["grade"] == "D"}


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_recalled_constants_are_refused_unless_allowed(case: Path) -> None:
    recalled = {int(row["row"]) for row in expected(case) if row["grade"] == "D"}
    inventory = compute(case, grades="ABCS")
    assert {int(row) for row in inventory.quarantined["row"]} == recalled


def test_every_complete_source_has_a_golden_case_and_every_partial_one_a_hole() -> None:
    for method_id in DOCUMENTS:
        method = cc.load_method(method_id)
        case = Path(__file__).parent / "methods" / method_id
        held = {row["source"] for row in expected(case)}
        complete = {s.id for s in method.sources.values() if s.status == "complete"}
        assert held == complete, (method_id, complete ^ held)
        for source in method.sources.values():
            if source.status == "partial":
                with pytest.raises(MethodError) as caught:
                    method.source(source.id)
                assert caught.value.code == "M-006"
                assert source.hole["en"] in str(caught.value)


def test_a_row_of_a_partial_source_is_an_issue_that_names_the_hole() -> None:
    row = {"entity": "e", "period": "2024", "method": "cement-cets", "amount": 1, "unit": "t"}
    data = pd.DataFrame([row | {"source": "alternative_fuel_combustion", "item": "waste_oil"}])
    with pytest.raises(CarbonCalcError, match="M-006"):
        cc.compute(data)


def test_one_tonne_of_aluminium_under_both_documents() -> None:
    """1.50304 and 1.470832 tCO2, 0.25228 and 0.14481 tCO2e per tonne."""
    want = {"aluminium-ndrc-2013": (1.50304, 0.25228), "aluminium-cets": (1.470832, 0.14481)}
    for method_id, (carbon, fluorides) in want.items():
        data = pd.DataFrame(
            {
                "entity": "smelter",
                "period": "2024",
                "method": method_id,
                "source": ["anode_consumption", "anode_effect"],
                "item": "primary_aluminium",
                "amount": 1.0,
                "unit": "t",
            }
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CarbonCalcWarning)
            by_source = cc.compute(data, grades="ABCDS").lines.groupby("source")["co2e_t"].sum()
        assert by_source["anode_consumption"] == pytest.approx(carbon, rel=1e-12)
        assert by_source["anode_effect"] == pytest.approx(fluorides, abs=GRID * 20_000)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("M-026", {"method": "machinery-equipment", "source": "shielding_gas",
                   "item": "welding_gas", "co2_share": "20 %", "argon_share": "70 %"}),
        ("M-024", {"method": "public-building", "source": "purchased_heat", "item": "steam",
                   "pressure_absolute": "1 MPa", "temperature": "90 degC"}),
        ("M-027", {"method": "public-building", "source": "purchased_heat",
                   "item": "hot_water", "temperature": "15 degC"}),
        ("M-025", {"method": "other-industry", "source": "fossil_combustion",
                   "item": "anthracite", "carbon_content": "0.6 tC/t", "carbon_basis": "ad",
                   "moisture_received": "2 %", "moisture_air_dried": "9 %"}),
    ],
    ids=["a mixture with a part left out", "water that is not steam", "water below its base",
         "coal wetter when dried"],
)  # fmt: skip
def test_a_kernel_outside_its_domain_is_an_issue_and_no_row_vanishes(
    code: str, given: dict[str, str]
) -> None:
    row = {"entity": "e", "period": "2022", "amount": 1.0, "unit": "t"}
    with pytest.raises(CarbonCalcError, match=code):
        cc.compute(pd.DataFrame([row | given]))
