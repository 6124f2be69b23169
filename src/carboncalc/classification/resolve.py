"""Settles, once for each distinct (item, industry, role, product), which tests apply.

What is settled here holds for every entry with the same four words; only measures and
confirmations differ from row to row.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from carboncalc.classification.criteria import (
    FAIL,
    MISSING,
    PASS,
    CriterionSet,
    criterion_set,
    rule_of,
)
from carboncalc.classification.taxonomy import Taxonomy, industries
from carboncalc.classification.words import key, plain
from carboncalc.model.taxonomy import IndustryLine, ItemRule

_INDUSTRY = re.compile(r"^[A-Ta-t]?(\d{2,4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way to a verdict that all entries of a group share."""

    criterion: str
    status: int
    threshold: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The line and tests of a group, the shared steps, and what rules the group out."""

    code: str | None
    line: IndustryLine | None
    rule: ItemRule | None
    criteria: CriterionSet | None
    steps: tuple[Step, ...]
    vetoes: tuple[str, ...] = ()
    unknown_product: str | None = None

    @property
    def asks_confirmation(self) -> bool:
        """Whether a person must confirm that the entry lies within the scope."""
        if self.rule is None or self.steps[0].status == FAIL:
            return False
        product = self.criteria.product if self.criteria else None
        return self.rule.scope_only or (product is not None and product.confirm_scope)

    @property
    def status(self) -> int:
        """The worst of the shared steps."""
        return max((step.status for step in self.steps), default=PASS)


@functools.lru_cache(maxsize=65_536)
def industry_code(text: str) -> tuple[str, bool]:
    """The GB/T 4754 code in a cell, and whether the table holds it.

    Examples
    --------
    >>> industry_code("C3811"), industry_code("3811 发电机"), industry_code("9999")
    (('3811', True), ('3811', True), ('9999', False))
    """
    found = _INDUSTRY.match(plain(text))
    code = found.group(1) if found else plain(text)
    return code, code in industries()


def resolve(
    taxonomy: Taxonomy,
    code: str | None,
    industry: str | None,
    role: str | None,
    product: str | None,
) -> Resolution:
    """What a group of entries with the same claim has in common.

    Examples
    --------
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> found = resolve(load_taxonomy(), "4.1.1", "3811", "manufacturer", "叶片")
    >>> found.criteria.product.id, found.status
    ('component', 0)
    """
    if code is None:
        return Resolution(None, None, None, None, (Step("claimed_code", MISSING, "is given"),))
    asked, candidates = _lines(taxonomy, code, industry)
    if asked.status == FAIL:
        return _off_line(taxonomy, code, asked, product)
    if not candidates:
        return Resolution(code, None, None, None, (asked,))
    line = _best(taxonomy, candidates, role, product)
    rule = rule_of(taxonomy.id, line)
    if rule is None:
        unread = Step("condition_status", MISSING, f"is read by a person (annex p. {line.page})")
        return Resolution(code, line, None, None, (asked, unread))
    steps = [asked, Step("condition_status", PASS, "is read by a person"), _role(rule, role)]
    words = product_words(taxonomy.id, line)
    chosen, step, left_out, unknown = _product(rule, words, product)
    if step is not None:
        steps.append(step)
    criteria = criterion_set(taxonomy.id, line, chosen) if chosen else None
    vetoes = (f"outside:{left_out}",) if left_out else ()
    return Resolution(code, line, rule, criteria, tuple(steps), vetoes, unknown)


def _off_line(taxonomy: Taxonomy, code: str, asked: Step, product: str | None) -> Resolution:
    """No line of the item has this industry; say too if the product is left out by name."""
    for line in taxonomy.lines_of(code) if product else ():
        rule = rule_of(taxonomy.id, line)
        kind, left_out = product_words(taxonomy.id, line).get(key(product), ("", ""))
        if rule is not None and kind == "outside":
            wanted = Step("product", FAIL, "in " + "|".join(p.id for p in rule.products))
            veto = (f"outside:{left_out}",)
            return Resolution(code, line, rule, None, (asked, wanted), veto)
    return Resolution(code, None, None, None, (asked,))


def _lines(
    taxonomy: Taxonomy, code: str, industry: str | None
) -> tuple[Step, tuple[IndustryLine, ...]]:
    lines = taxonomy.lines_of(code)
    coded = tuple(dict.fromkeys(x.industry_code for x in lines if x.industry_code != "-"))
    anywhere = tuple(x for x in lines if x.industry_code == "-")
    wanted = "in " + "|".join(coded) if not anywhere else "is given"
    if industry is None:
        if not coded:
            return Step("industry_code", PASS, "any"), anywhere
        only = lines if len(lines) == 1 else ()
        return Step("industry_code", MISSING, wanted), only
    given, _ = industry_code(industry)
    # Lines stand under classes of four digits; a spreadsheet drops the zero of 0519.
    given = given.zfill(4) if len(given) == 3 and given.isdigit() else given
    under = tuple(x for x in lines if given == x.industry_code or given in _also(taxonomy, x))
    found = under or anywhere
    return Step("industry_code", PASS if found else FAIL, wanted), found


def _also(taxonomy: Taxonomy, line: IndustryLine) -> tuple[str, ...]:
    rule = rule_of(taxonomy.id, line)
    return rule.also_industry if rule else ()


def _best(
    taxonomy: Taxonomy,
    lines: tuple[IndustryLine, ...],
    role: str | None,
    product: str | None,
) -> IndustryLine:
    """Of several lines under one code and class, the one that knows product and role."""

    def fit(line: IndustryLine) -> tuple[bool, bool]:
        rule = rule_of(taxonomy.id, line)
        if rule is None:
            return (False, False)
        known = product and key(product) in product_words(taxonomy.id, line)
        return (bool(known), role in rule.roles)

    return max(lines, key=fit)


def _role(rule: ItemRule, role: str | None) -> Step:
    if role is None:
        return Step("role", MISSING, "in " + "|".join(rule.roles))
    status = PASS if role in rule.roles else FAIL
    return Step("role", status, "in " + "|".join(rule.roles))


def _product(
    rule: ItemRule, words: Mapping[str, tuple[str, str]], product: str | None
) -> tuple[str | None, Step | None, str | None, str | None]:
    """The product meant, the step it makes, the product left out, the word not known."""
    wanted = "in " + "|".join(p.id for p in rule.products)
    only = rule.products[0].id if len(rule.products) == 1 else rule.default_product
    if product is None:
        if rule.default_product or rule.scope_only:
            return only, None, None, None
        return only, Step("product", MISSING, wanted), None, None
    kind, found = words.get(key(product), ("", ""))
    if kind == "product":
        return found, Step("product", PASS, wanted), None, None
    if kind == "outside":
        return None, Step("product", FAIL, wanted), found, None
    # A scope-only line lists examples; the person who confirms the scope vouches for others.
    if rule.scope_only:
        return only, None, None, None
    return None, Step("product", MISSING, wanted), None, product


@functools.lru_cache(maxsize=4096)
def product_words(taxonomy: str, line: IndustryLine) -> Mapping[str, tuple[str, str]]:
    """Every word for a product of a read line, as compared, to (product or outside, id).

    Examples
    --------
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> product_words("cgt-2025", load_taxonomy().lines_of("9.1.1")[0])[key("PHEV")]
    ('outside', 'plug_in_hybrid_vehicle')
    """
    words: dict[str, tuple[str, str]] = {}
    rule = rule_of(taxonomy, line)
    if rule is None:
        return words
    for product in rule.products:
        for word in (product.id, *product.name.values(), *product.aliases):
            words[key(word)] = ("product", product.id)
    for left in rule.outside:
        for word in (left.id, *left.name.values(), *left.aliases):
            words[key(word)] = ("outside", left.id)
    return words
