"""Laws of every verdict, and a slow second reading of the hand files as the oracle.

The oracle walks one entry at a time through the hand file as it is written, with exact
fractions and no arrays; the library must agree with it on every read line.
"""

import itertools
import random
from fractions import Fraction

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc as cc
from carboncalc.classification.criteria import metrics, rule_of
from carboncalc.model.taxonomy import AllOf, Criterion, IndustryLine, ItemRule, ProductRule

LINES = [
    line for line in cc.load_taxonomy().lines if line.condition_status in ("read_none", "hand_read")
]
ORDER = {"pass": 0, "missing": 1, "fail": 2}
VERDICTS = ["eligible", "undetermined", "ineligible"]
# Exact factors to the metric's own unit, by hand: kW and W to MW, kV, W, mm as they stand.
TO_METRIC = {"kW": Fraction(1, 1000), "MW": Fraction(1), "kV": Fraction(1), "W": Fraction(1)}
# Percent, millimetres and plain numbers stand in the metric's own unit already.


def rule(line: IndustryLine) -> ItemRule:
    found = rule_of("cgt-2025", line)
    assert found is not None
    return found


def oracle_test(criterion: Criterion, entry: dict[str, str]) -> int:
    given = entry.get(criterion.metric)
    if given is None:
        return 0 if criterion.if_known else 1
    if isinstance(criterion.value, str):
        return 0 if given == criterion.value else 2
    if isinstance(criterion.value, tuple):
        return 0 if given in criterion.value else 2
    wanted = Fraction(str(criterion.value)) * TO_METRIC.get(criterion.unit or "", Fraction(1))
    measured = Fraction(given.split()[0])
    good = {
        "<=": measured <= wanted,
        ">=": measured >= wanted,
        "<": measured < wanted,
        ">": measured > wanted,
        "==": measured == wanted,
    }[criterion.op]
    return 0 if good else 2


def oracle(found: ItemRule, product: ProductRule, entry: dict[str, str]) -> str:
    worst = 1 if entry.get("role") is None else (0 if entry["role"] in found.roles else 2)
    for criterion in product.all_of:
        worst = max(worst, oracle_test(criterion, entry))
    ways = [
        max(oracle_test(c, entry) for c in (w.all_of if isinstance(w, AllOf) else (w,)))
        for w in product.any_of
    ]
    worst = max([worst, min(ways)] if ways else [worst])
    if (found.scope_only or product.confirm_scope) and not entry.get("scope_confirmed_by"):
        worst = max(worst, 1)
    return VERDICTS[worst]


def possible_values(criterion: Criterion) -> list[str | None]:
    metric = metrics()[criterion.metric]
    if metric.kind == "yes_no":
        return ["yes", "no", None]
    if metric.kind == "category":
        return [*metric.values, None]
    edge = Fraction(str(criterion.value)) * TO_METRIC.get(criterion.unit or "", Fraction(1))
    unit = "" if metric.unit == "1" else f" {metric.unit}"
    step = Fraction(1) if metric.kind == "grade" else Fraction(1, 1000)
    return [f"{float(edge + k * step):.6f}{unit}" for k in (-1, 0, 1)] + [None]


def random_entry(line: IndustryLine, product: ProductRule, dice: random.Random) -> dict[str, str]:
    found = rule(line)
    roles = [*found.roles, "trader", None]
    entry: dict[str, str | None] = {
        "claimed_code": line.code,
        "industry_code": None if line.industry_code == "-" else line.industry_code,
        "product": product.id,
        "role": dice.choice(roles),
        "scope_confirmed_by": dice.choice(["a person", None]),
    }
    for criterion in product.criteria():
        entry[criterion.metric] = dice.choice(possible_values(criterion))
    return {name: value for name, value in entry.items() if value is not None}


def test_the_verdict_of_every_read_product_is_that_of_a_slow_reading() -> None:
    dice = random.Random(2025)
    entries, expected = [], []
    for line in LINES:
        if line.industry_code == "-" and len(cc.load_taxonomy().lines_of(line.code)) > 1:
            continue  # an uncoded line beside coded ones needs an industry no coded line has
        for product, _ in itertools.product(rule(line).products, range(12)):
            entry = random_entry(line, product, dice)
            entries.append({"entry_id": str(len(entries)), **entry})
            expected.append(oracle(rule(line), product, entry))
    assert set(expected) == set(VERDICTS)
    verdicts = cc.classify(entries)
    assert verdicts.issues == ()
    found = verdicts.frame["verdict"].tolist()
    wrong = [(e, f, x) for e, f, x in zip(entries, found, expected, strict=True) if f != x]
    assert wrong == []


def reasons_of(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{r["criterion"]: r["status"] for r in reasons} for reasons in frame["reasons"]]


def test_adding_evidence_never_turns_a_pass_or_a_fail_into_missing() -> None:
    dice = random.Random(7)
    poorer, richer = [], []
    for line in LINES:
        for product in rule(line).products:
            entry = random_entry(line, product, dice)
            full = dict(entry)
            if "role" not in full:
                full["role"] = dice.choice(rule(line).roles)
            full.setdefault("scope_confirmed_by", "a person")
            for criterion in product.criteria():
                values = [v for v in possible_values(criterion) if v is not None]
                full.setdefault(criterion.metric, dice.choice(values))
            name = str(len(poorer))
            poorer.append({"entry_id": name, **entry})
            richer.append({"entry_id": name, **full})
    before, after = cc.classify(poorer).frame, cc.classify(richer).frame
    for old, new in zip(reasons_of(before), reasons_of(after), strict=True):
        turned = [c for c, s in old.items() if s != "missing" and new.get(c) == "missing"]
        assert turned == []
    settled = before["verdict"] == "ineligible"
    kept = after.loc[settled, "verdict"]
    assert set(kept) <= {"ineligible"}
    assert "undetermined" not in set(after.loc[before["verdict"] == "eligible", "verdict"])


def test_a_verdict_follows_from_its_own_reasons() -> None:
    dice = random.Random(11)
    entries = [
        {"entry_id": str(n), **random_entry(line, dice.choice(rule(line).products), dice)}
        for n, line in enumerate(LINES)
    ]
    frame = cc.classify(entries).frame
    for row in frame.to_dict("records"):
        if row["verdict"] == "eligible":
            assert list(row["missing_evidence"]) == []
            assert list(row["would_change"]) == []
            assert list(row["vetoes"]) == []
        elif row["verdict"] == "undetermined":
            assert list(row["missing_evidence"])
            assert len(row["would_change"]) == len(row["missing_evidence"])
        else:
            assert "fail" in {r["status"] for r in row["reasons"]}
            assert list(row["would_change"])


@st.composite
def books(draw: st.DrawFn) -> list[dict[str, str]]:
    count = draw(st.integers(1, 6))
    dice = random.Random(draw(st.integers(0, 10_000)))
    lines = [dice.choice(LINES) for _ in range(count)]
    return [
        {"entry_id": str(n), **random_entry(line, dice.choice(rule(line).products), dice)}
        for n, line in enumerate(lines)
    ]


@settings(max_examples=25, deadline=None)
@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_entries_and_the_company_they_keep_do_not_matter(
    book: list[dict[str, str]], dice: random.Random
) -> None:
    together = {r["entry_id"]: r for r in cc.classify(book).records()}
    shuffled = list(book)
    dice.shuffle(shuffled)
    again = {r["entry_id"]: r for r in cc.classify(shuffled).records()}
    alone = {e["entry_id"]: cc.classify([e]).records()[0] for e in book}
    for name, record in together.items():
        for other in (again, alone):
            old = {k: v for k, v in record.items() if k != "row"}
            new = {k: v for k, v in other[name].items() if k != "row"}
            assert old == new


def test_the_input_is_not_touched() -> None:
    frame = pd.DataFrame({"entry_id": ["a"], "claimed_code": ["4.1.1"], "rated_power": ["5 MW"]})
    before = frame.copy(deep=True)
    cc.classify(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_classifying_without_reading_again_gives_the_same() -> None:
    entries = [{"entry_id": "a", "claimed_code": "4.2.1", "industry_code": "4415"}]
    table = cc.read_entries(entries)
    pd.testing.assert_frame_equal(cc.classify(table).frame, cc.classify(entries).frame)
