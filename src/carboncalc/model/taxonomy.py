"""The nouns of a green catalogue: items, industry lines, products and what is asked of them.

A criterion belongs to a product, a product to one line (a level-3 item and one industry
class), and a line to a page of the official annex. Records only: nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from carboncalc.provenance import Frozen

Text = dict[str, str]
ConditionStatus = Literal["read_none", "extracted", "hand_read", "unread"]
Role = Literal[
    "manufacturer",
    "manufacturer_direct_sale",
    "trader",
    "builder",
    "operator",
    "service",
    "buyer",
]
Operator = Literal["<=", ">=", "<", ">", "==", "is", "in"]


class Verdict(StrEnum):
    """The three answers to "is it green?"; *undetermined* means that evidence is missing.

    Examples
    --------
    >>> Verdict("eligible") is Verdict.ELIGIBLE
    True
    """

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


class Criterion(Frozen):
    """One test of one measure: a number with its unit, a grade, a yes/no or a choice.

    ``veto`` marks an exclusion the document names; ``if_known`` a test that counts only
    when the measure is given.

    Examples
    --------
    >>> Criterion(metric="rated_power", op=">=", value=5, unit="MW").threshold
    '>= 5 MW'
    """

    metric: str
    op: Operator
    value: float | str | tuple[str, ...]
    unit: str | None = None
    standard: str | None = None
    veto: bool = False
    if_known: bool = False

    @property
    def threshold(self) -> str:
        """What is asked, in the same short form in every language."""
        if isinstance(self.value, tuple):
            wanted = "|".join(self.value)
        else:
            wanted = f"{self.value:g}" if isinstance(self.value, float) else self.value
        text = f"{self.op} {wanted}"
        if self.unit and self.unit != "1":
            text += f" {self.unit}"
        return f"{text} ({self.standard})" if self.standard else text

    @property
    def decides(self) -> bool:
        """Whether it is a condition of the item, not only a guard against a contradiction."""
        return not (self.veto or self.if_known)


class AllOf(Frozen):
    """One way of several to meet a condition, made of tests that must all pass."""

    all_of: tuple[Criterion, ...] = Field(min_length=1)


class ProductRule(Frozen):
    """A product or activity of a line and the tests it must pass.

    Every test of ``all_of`` must pass, and one way of ``any_of`` where there are any.
    ``confirm_scope`` asks for a person's confirmation although other products of the line
    have tests: the words for this product only describe a scope.
    """

    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    note: Text | None = None
    confirm_scope: bool = False
    all_of: tuple[Criterion, ...] = ()
    any_of: tuple[Criterion | AllOf, ...] = ()

    def criteria(self) -> Iterator[Criterion]:
        """Every test, flat."""
        yield from self.all_of
        for way in self.any_of:
            yield from (way.all_of if isinstance(way, AllOf) else (way,))


class OutsideProduct(Frozen):
    """A product that the document leaves out by name or by closing its list."""

    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    why: Text


class ItemRule(Frozen):
    """What a person read in the annex about one line; who, when and on which page.

    ``scope_only`` says that the line describes a scope and tests nothing but exclusions.
    ``default_product`` is the product meant where none is named; only lines where the
    measures themselves decide have one.
    """

    code: str
    sequence: int
    industry: str
    also_industry: tuple[str, ...] = ()
    page: int
    read_by: str
    read_on: date
    roles: tuple[Role, ...] = Field(min_length=1)
    scope_only: bool
    default_product: str | None = None
    note: Text | None = None
    products: tuple[ProductRule, ...] = Field(min_length=1)
    outside: tuple[OutsideProduct, ...] = ()

    @model_validator(mode="after")
    def _ids_agree(self) -> Self:
        ids = [product.id for product in self.products] + [left.id for left in self.outside]
        if len(ids) != len(set(ids)):
            raise ValueError(f"{self.code}/{self.industry}: a product id stands twice")
        if self.default_product is not None and self.default_product not in ids:
            raise ValueError(f"{self.code}/{self.industry}: default product is not in the list")
        if not self.scope_only and self.condition_status == "read_none":
            raise ValueError(f"{self.code}/{self.industry}: no test, so the line is scope-only")
        return self

    @property
    def condition_status(self) -> ConditionStatus:
        """``hand_read`` where the line has tests, ``read_none`` where it has none."""
        return "hand_read" if any(any(p.criteria()) for p in self.products) else "read_none"


class IndustryLine(Frozen):
    """One row of the annex: an item under one GB/T 4754 class (``-`` where none is printed).

    ``ghg_mark`` is 2 for direct reduction, 1 for an enabling contribution, 0 for none.
    """

    code: str
    sequence: int
    industry_code: str
    industry_name: str
    ghg_mark: int
    logic: str
    direct_sale: bool
    shared_with_previous: bool
    exclusions: str
    refers_to: tuple[str, ...]
    page: int
    condition_status: ConditionStatus
    machine_criteria: tuple[str, ...]
    keywords: tuple[str, ...]


class CatalogueItem(Frozen):
    """A code of a catalogue with its name, and what it became in the 2025 catalogue.

    ``code`` is empty where the catalogue's own number is not known to us.
    """

    code: str
    level: int
    parent: str
    name: Text
    grade: str
    verification: str
    successors: tuple[str, ...] = ()
    fossil: bool = False
    code_status: str = "confirmed"
    activity_type: str = ""
