"""The catalogues are whole, and every hand file is about a line that exists.

Counts are those of the official annex: 9 + 38 + 271 codes, 1,035 lines, of which 931 carry
a class of GB/T 4754 and 104 a dash; 546 unmarked, 232 with one tick, 257 with two.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from carboncalc import units
from carboncalc.classification.criteria import criterion_set, metrics, ready, rule_file, rule_of
from carboncalc.classification.policy import vetoes
from carboncalc.classification.taxonomy import industries, load_taxonomy, taxonomy_ids
from carboncalc.model.taxonomy import IndustryLine
from carboncalc.resources import package_file

CGT = load_taxonomy("cgt-2025")
HAND = sorted(package_file("classification", "data", "cgt-2025", "hand").glob("*.yaml"))
READ = [line for line in CGT.lines if line.condition_status in ("read_none", "hand_read")]
LAST_PAGE = 173


def rule(line: IndustryLine):
    found = rule_of("cgt-2025", line)
    assert found is not None
    return found


def test_the_2025_catalogue_has_9_38_and_271_codes() -> None:
    assert Counter(item.level for item in CGT) == {1: 9, 2: 38, 3: 271}


def test_the_2025_catalogue_has_1035_lines_with_the_marks_of_the_annex() -> None:
    assert len(CGT.lines) == 1035
    assert Counter(line.ghg_mark for line in CGT.lines) == {0: 546, 1: 232, 2: 257}
    assert sum(line.industry_code == "-" for line in CGT.lines) == 104


def test_every_line_stands_under_a_level_3_code_in_order_and_on_a_page() -> None:
    for item in CGT:
        lines = CGT.lines_of(item.code)
        assert bool(lines) == (item.level == 3), item.code
        assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
        pages = [line.page for line in lines]
        assert pages == sorted(pages)
        assert all(1 <= page <= LAST_PAGE for page in pages)


def test_every_code_but_the_first_level_has_its_parent() -> None:
    for taxonomy in taxonomy_ids():
        catalogue = load_taxonomy(taxonomy)
        for item in catalogue:
            if item.parent:
                assert item.parent in catalogue, (taxonomy, item.code)


def test_successors_of_old_codes_exist_in_the_2025_catalogue() -> None:
    for taxonomy in ("gic-2019", "gic-2024", "gbec-2021"):
        for item in load_taxonomy(taxonomy):
            assert all(code in CGT for code in item.successors), (taxonomy, item.code)


def test_the_2019_catalogue_has_6_30_and_211_codes() -> None:
    assert Counter(item.level for item in load_taxonomy("gic-2019")) == {1: 6, 2: 30, 3: 211}


def test_only_the_2025_catalogue_gives_verdicts_and_the_others_say_why_not() -> None:
    assert [t for t in taxonomy_ids() if load_taxonomy(t).decides] == ["cgt-2025"]
    assert all(load_taxonomy(t).note["zh"] for t in taxonomy_ids())


def test_codes_that_nobody_confirmed_carry_grade_d() -> None:
    for taxonomy in ("gic-2024", "gbec-2021"):
        for item in load_taxonomy(taxonomy):
            if item.code_status != "confirmed":
                assert item.grade in "CD", (taxonomy, item)


def test_every_industry_class_of_the_annex_is_in_the_industry_table() -> None:
    known = industries()
    coded = {line.industry_code for line in CGT.lines} - {"-"}
    assert {code for code in coded if code not in known} == set()


def test_each_read_line_has_its_hand_file_and_each_hand_file_its_line() -> None:
    assert {rule_file(line) for line in READ} == {path.name for path in HAND}
    assert len(HAND) == len(READ)


@pytest.mark.parametrize("line", READ, ids=lambda line: rule_file(line).removesuffix(".yaml"))
def test_a_hand_file_agrees_with_its_line(line: IndustryLine) -> None:
    found = rule(line)  # raises when code, sequence, industry or page differ
    assert found.condition_status == line.condition_status
    assert found.read_by
    for product in found.products:
        asked = criterion_set("cgt-2025", line, product.id)
        for test in asked.tests:
            metric = metrics()[test.criterion.metric]
            if test.criterion.unit is not None:
                assert units.same_dimension(test.criterion.unit, metric.unit)
        assert set(product.name) == {"zh", "en"}
    if line.direct_sale:
        assert "manufacturer_direct_sale" in found.roles


@pytest.mark.parametrize("line", READ, ids=lambda line: rule_file(line).removesuffix(".yaml"))
def test_every_standard_that_the_machine_saw_on_a_line_was_taken_up_by_hand(
    line: IndustryLine,
) -> None:
    """The rule-extracted criteria are a second pair of eyes: none of its standards is lost."""
    seen = {
        re.split(r"[=<>]", text)[0].strip()
        for text in line.machine_criteria
        if re.match(r"(GB|TSG|NB|HJ|JGJ|JT|LY|QB|SL|CJ)", text)
    }
    written = Path(package_file("classification", "data", "cgt-2025", "hand", rule_file(line)))
    text = written.read_text(encoding="utf-8")
    named = {text, *(metrics()[m].standard for m in re.findall(r"metric: (\w+)", text))}
    everything = re.sub(r"\s", "", " ".join(named))
    assert [std for std in seen if re.sub(r"\s", "", std) not in everything] == []


def test_words_for_products_of_one_line_never_mean_two_of_them() -> None:
    for line in READ:
        found = rule(line)
        words = [
            (word, p.id)
            for p in (*found.products, *found.outside)
            for word in {p.id, *p.name.values(), *p.aliases}
        ]
        assert len({w for w, _ in words}) == len(words), rule_file(line)


def test_lines_with_an_exclusion_and_no_other_test_have_one_product_only() -> None:
    """Else an entry without a product would slip past the exclusion."""
    for line in READ:
        found = rule(line)
        if found.scope_only and any(any(p.criteria()) for p in found.products):
            assert len(found.products) == 1, rule_file(line)


def test_every_metric_is_asked_for_somewhere_and_named_in_both_languages() -> None:
    asked = {c.metric for line in READ for p in rule(line).products for c in p.criteria()}
    asked |= {c.metric for veto in vetoes().values() for c in veto.when}
    enterprise = {"green_revenue_ranks_first", "green_profit_ranks_first", "green_profit_share"}
    assert set(metrics()) == asked | enterprise
    assert all(m.name["zh"] and m.name["en"] for m in metrics().values())


def test_every_veto_names_its_source_and_can_be_compared() -> None:
    for veto in vetoes().values():
        assert veto.source
        assert veto.grade in "ABC"
        assert [ready(c) for c in veto.when]


def test_the_annex_misprint_of_vacuum_pumps_is_accepted_under_both_codes() -> None:
    line = CGT.lines_of("1.1.10")[0]
    assert (line.industry_code, line.industry_name) == ("3411", "泵及真空设备制造")
    assert rule(line).also_industry == ("3441",)


def test_at_least_the_rows_that_were_promised_are_read() -> None:
    read = Counter(".".join(line.code.split(".")[:2]) for line in READ)
    assert (read["1.1"], read["4.1"], read["4.2"], read["6.1"]) == (84, 53, 40, 32)
    codes = {line.code for line in READ}
    assert {"1.2.1", "9.1.1", "9.1.2", "3.2.8", "7.4.12"} <= codes
