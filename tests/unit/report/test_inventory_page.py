"""The page says what the JSON says, stands alone, and lets nothing of a user's run."""

import re
import sys

import pytest
from page_reader import assert_safe_and_whole, read

import carboncalc as cc
from carboncalc.report.inventory_page import inventory_page
from carboncalc.report.words import Words

ROWS = [
    {"entity": "P1", "period": "2023", "method": "other-industry",
     "source": "purchased_electricity", "item": "electricity", "amount": 100, "unit": "MWh"},
    {"entity": "P1", "period": "2023", "method": "other-industry",
     "source": "fossil_combustion", "item": "natural_gas", "amount": 1000, "unit": "m3",
     "gas_reference": "20C"},
]  # fmt: skip
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def hostile_inventory() -> cc.Inventory:
    rows = [
        {**ROWS[0], "entity": HOSTILE, "facility": HOSTILE, "note": HOSTILE, "meter": HOSTILE},
        {**ROWS[0], "entity": "javascript:alert(3)", "unit": "ton"},
    ]
    with pytest.warns(cc_warning()):
        return cc.compute(rows, missing="quarantine")


def cc_warning() -> type[Warning]:
    from carboncalc.errors import CoverageWarning

    return CoverageWarning


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_totals_of_the_page_are_those_of_the_json_to_the_bit(lang: str) -> None:
    inv = cc.examples.full()
    page = read(inventory_page(inv, lang))
    found = inv.to_json()
    assert list(page.figures("totals").values()) == list(found["totals"].values())
    assert list(page.figures("by-scope").values()) == list(found["by_scope"].values())
    for key in ("source", "entity", "gas"):
        assert sorted(page.figures(f"by-{key}").values()) == sorted(found[f"by_{key}"].values())
    shares = [value for (text, value) in (row[1] for row in page.tables["evidence"][1:])]
    assert sorted(map(float, shares)) == sorted(found["evidence_share"].values())
    assert page.values[0] == found["co2e_t"]


def test_the_months_add_up_to_the_total() -> None:
    inv = cc.examples.full()
    page = read(inventory_page(inv, "zh"))
    months = [float(row[-1][1]) for row in page.tables["by-month"][1:]]
    assert len(months) == 12
    assert sum(months) == pytest.approx(inv.co2e_t, rel=1e-12)


def test_a_page_stands_alone_and_its_anchors_lead_somewhere() -> None:
    for inv in (cc.examples.full(), cc.examples.minimal(), cc.examples.empty()):
        for lang in ("zh", "en"):
            assert_safe_and_whole(read(inventory_page(inv, lang)))


def test_texts_of_a_user_never_become_markup() -> None:
    inv = hostile_inventory()
    text = inventory_page(inv, "en", title=HOSTILE, notice=HOSTILE)
    page = read(text)
    assert_safe_and_whole(page)
    assert HOSTILE in page.words  # it is shown, as text
    assert "Content-Security-Policy" in text
    assert "default-src 'none'" in text


def test_a_total_that_cannot_be_had_says_why() -> None:
    text = read(inventory_page(cc.examples.full(), "en")).words
    assert "no row is computed under a guideline of the trading scheme" in text
    zh = read(inventory_page(cc.examples.full(), "zh"))
    assert zh.figures("totals")["碳市场履约口径"] is None


def test_what_was_left_out_is_named_with_message_and_remedy() -> None:
    inv = hostile_inventory()
    issue = inv.issues[0]
    for lang in ("zh", "en"):
        text = read(inventory_page(inv, lang)).words
        assert issue.message(lang) in text
        assert issue.hint(lang) in text
        assert issue.code in text
    assert read(inventory_page(inv, "en")).figures("coverage") == {
        "read": 2.0, "computed": 1.0, "quarantined (left out)": 1.0,
    }  # fmt: skip


def test_the_choice_of_gas_reference_is_printed() -> None:
    own = read(inventory_page(cc.compute(ROWS), "en")).words
    assert "1 rows declare 20C themselves" in own
    whole = cc.compute([{**ROWS[1], "gas_reference": None}], gas_reference="20C")
    assert "× 0.93178" in read(inventory_page(whole, "en")).words
    assert "乘 0.93178" in read(inventory_page(whole, "zh")).words


def test_the_rounding_policy_and_its_residual_are_printed() -> None:
    inv = cc.compute(cc.examples.case("railway_branch_2024")["path"], rounding="ndrc-report")
    page = read(inventory_page(inv, "en"))
    assert "Decimals of steps: carbon_per_unit 4." in page.words
    assert page.values[0] == 9388.69
    exact = cc.compute(cc.examples.case("railway_branch_2024")["path"])
    residual = re.search(r"Rounding residual .*?: (\S+) t CO2e", page.words)
    assert residual is not None
    said = float(residual[1].replace("−", "-"))
    coarser = cc.compute(
        cc.examples.case("railway_branch_2024")["path"], rounding="ndrc-report"
    ).lines.co2e_t.sum()
    assert said == pytest.approx(9388.69 - coarser, abs=1e-9)
    assert exact.co2e_t != inv.co2e_t


def test_every_line_opens_to_numbers_that_multiply_to_its_tonnes() -> None:
    """The equation as printed, computed again from the printed numbers alone."""
    page = inventory_page(cc.examples.minimal(), "en")
    blocks = re.findall(r'<div class="formula">(.*?)</dl>', page, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        numbers = re.search(r"<div>= ([^<]+)</div>", block)
        mass = re.search(r'<div class="result">= (\S+) t', block)
        assert numbers is not None
        assert mass is not None
        product = 1.0
        for factor in numbers[1].split(" × "):
            assert re.fullmatch(r"[\d.]+", factor), "these three equations are plain products"
            product *= float(factor)
        assert product == pytest.approx(float(mass[1]), rel=1e-12)


def test_every_document_behind_a_line_is_on_the_page() -> None:
    inv = cc.examples.full()
    page = read(inventory_page(inv, "zh"))
    for line_id in inv.lines.line_id[:20]:
        trace = inv.trace(line_id)
        for value in trace.inputs:
            if value.factor_id:
                assert f"doc-{value.source}" in page.ids


def test_many_lines_are_cut_to_the_largest_of_each_entity_and_the_page_says_so() -> None:
    inv = cc.examples.full()
    page = read(inventory_page(inv, "en", lines_per_entity=2))
    opened = [name for name in page.ids if re.fullmatch(r"L\d{6}", name)]
    lines = inv.lines.assign(size=inv.lines.co2e_t.abs())
    largest = lines.sort_values("size", ascending=False).groupby("entity", observed=True).head(2)
    assert sorted(float(lines.set_index("line_id").loc[name, "size"]) for name in opened) == sorted(
        largest["size"]
    )
    assert "6 of 168" in page.words


def test_a_total_over_different_gwp_sets_is_refused_on_the_page_too() -> None:
    """The GHG Protocol takes AR5 here, the guideline of 2015 SAR: their gases do not add up."""
    rows = [
        {"entity": "A", "period": "2023", "method": "ghg-protocol", "unit": "kg", "amount": 10,
         "source": "refrigerant_leakage", "item": "HFC-134a"},
        {"entity": "B", "period": "2023", "method": "other-industry", "unit": "m3", "amount": 100,
         "source": "industrial_wastewater", "item": "wastewater", "technology": "anaerobic_reactor",
         "cod_in": 3.2, "cod_in_unit": "kg/m3", "cod_out": 0.4, "cod_out_unit": "kg/m3"},
    ]  # fmt: skip
    inv = cc.compute(rows)
    assert inv.to_json()["co2e_t"] is None
    page = read(inventory_page(inv, "en"))
    assert "No total can be given" in page.words
    assert "I-029" in page.words
    assert "total" not in page.ids


def test_every_label_is_said_in_both_languages() -> None:
    from carboncalc.report.words import labels

    for key, entry in labels().items():
        assert entry["zh"], key
        assert entry["en"], key
        assert not re.search(r"[\u4e00-\u9fff]", entry["en"]), key


def test_a_missing_label_is_an_error_not_a_hole() -> None:
    with pytest.raises(KeyError):
        Words("zh")("no such label")


def test_without_jinja2_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from carboncalc.report import html

    html.environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(cc.CarbonCalcError) as caught:
        inventory_page(cc.examples.minimal(), "en")
    html.environment.cache_clear()
    assert caught.value.code == "P-001"
    assert "carboncalc[report]" in caught.value.text("en")


def test_a_page_opens_every_line_and_writes_the_stock_balance_with_its_rows() -> None:
    kinds = {"opening_stock": 10, "purchase": 100, "closing_stock": 20}
    coal = {"entity": "P", "method": "other-industry", "source": "fossil_combustion",
            "item": "bituminous_coal", "unit": "t"}  # fmt: skip
    rows = [
        {**coal, "period": f"2023-{month:02d}", "record_kind": kind, "amount": amount}
        for month in range(1, 13)
        for kind, amount in kinds.items()
    ] + [{**coal, "period": f"20{year}", "amount": 1} for year in range(10, 23)]
    inv = cc.compute(rows)
    text = inventory_page(inv, "zh")
    assert all(f'id="{line_id}"' in text for line_id in inv.lines["line_id"])
    assert "opening_stock 10 (row 1) + purchase 100 (row 2) - closing_stock 20 (row 3)" in text
