"""The tests of a product, from the hand file to numbers that a column can be compared with.

A hand file is what a person read in the annex about one line. It is loaded only when an
entry claims its code, and its tests are put into the unit of their metric once.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from carboncalc import units
from carboncalc.classification.taxonomy import read_table
from carboncalc.errors import ClassificationError
from carboncalc.model.taxonomy import AllOf, Criterion, IndustryLine, ItemRule, ProductRule
from carboncalc.resources import package_file

PASS, MISSING, FAIL = 0, 1, 2
Floats = npt.NDArray[np.float64]
Statuses = npt.NDArray[np.int8]

#: The fast parser where libyaml was built in; both are the safe loader.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure that a test can ask for: its kind, its unit and its words."""

    id: str
    kind: str
    unit: str
    name: Mapping[str, str]
    standard: str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def code(self, value: str) -> float:
        """The number that stands for a yes/no or a choice in a column."""
        if self.kind == "yes_no":
            return 1.0 if value == "yes" else 0.0
        return float(list(self.values).index(value))


@dataclass(frozen=True, slots=True)
class Test:
    """A criterion ready to be compared: its values as numbers in the metric's unit."""

    criterion: Criterion
    values: tuple[float, ...]

    def status(self, measured: Floats) -> Statuses:
        """Pass, missing or fail for each measured value (NaN is missing)."""
        op, wanted = self.criterion.op, self.values
        if op in ("is", "in"):
            good = np.isin(measured, wanted)
        elif op == "<=":
            good = measured <= wanted[0]
        elif op == ">=":
            good = measured >= wanted[0]
        elif op == "<":
            good = measured < wanted[0]
        elif op == ">":
            good = measured > wanted[0]
        else:
            good = measured == wanted[0]
        return np.where(np.isnan(measured), MISSING, np.where(good, PASS, FAIL)).astype(np.int8)


@dataclass(frozen=True, slots=True)
class CriterionSet:
    """The tests of one product: all of ``required``, and one of ``ways`` if there are any."""

    line: IndustryLine
    rule: ItemRule
    product: ProductRule
    required: tuple[Test, ...]
    ways: tuple[tuple[Test, ...], ...]

    @property
    def tests(self) -> tuple[Test, ...]:
        """Every test, the required ones first."""
        return (*self.required, *(test for way in self.ways for test in way))


@functools.cache
def metrics() -> Mapping[str, Metric]:
    """Every measure that a test can ask for, by id.

    Examples
    --------
    >>> metrics()["rated_power"].unit, metrics()["drive_type"].kind
    ('MW', 'category')
    """
    values: dict[str, dict[str, dict[str, str]]] = {}
    for row in read_table("metric_values.csv"):
        values.setdefault(row["metric"], {})[row["value"]] = row
    return {
        row["metric"]: Metric(
            id=row["metric"],
            kind=row["kind"],
            unit=row["unit"],
            name={"zh": row["name_zh"], "en": row["name_en"]},
            standard=row["standard"],
            values=values.get(row["metric"], {}),
        )
        for row in read_table("metrics.csv")
    }


def rule_file(line: IndustryLine) -> str:
    """The name of the hand file of a line.

    Examples
    --------
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> rule_file(load_taxonomy().lines_of("4.1.1")[1])
    '4.1.1_02_3811.yaml'
    """
    industry = "uncoded" if line.industry_code == "-" else line.industry_code
    return f"{line.code}_{line.sequence:02d}_{industry}.yaml"


@functools.lru_cache(maxsize=4096)
def rule_of(taxonomy: str, line: IndustryLine) -> ItemRule | None:
    """What a person read about a line, or None where nobody has read it.

    Raises
    ------
    ClassificationError
        C-005 when the file is not about this line.

    Examples
    --------
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> line = load_taxonomy().lines_of("4.1.1")[1]
    >>> [product.id for product in rule_of("cgt-2025", line).products][:2]
    ['onshore_turbine', 'offshore_turbine']
    """
    if line.condition_status not in ("read_none", "hand_read"):
        return None
    name = rule_file(line)
    path = package_file("classification", "data", taxonomy, "hand", name)
    rule = ItemRule.model_validate(_LOADER(path.read_text(encoding="utf-8")).get_single_data())
    same = (rule.code, rule.sequence, rule.industry, rule.page)
    if same != (line.code, line.sequence, line.industry_code, line.page):
        raise ClassificationError("C-005", file=name, code=line.code, page=line.page)
    return rule


@functools.lru_cache(maxsize=8192)
def criterion_set(taxonomy: str, line: IndustryLine, product: str) -> CriterionSet:
    """The tests of a product of a read line, ready to compare columns with.

    Examples
    --------
    >>> from carboncalc.classification.taxonomy import load_taxonomy
    >>> line = load_taxonomy().lines_of("1.1.3")[0]
    >>> asked = criterion_set("cgt-2025", line, "non_road_diesel_engine")
    >>> [(test.criterion.threshold, test.values) for test in asked.required]
    [('<= 560 kW', (0.56,)), ('<= 1 (GB/T 38750.1)', (1.0,))]
    """
    rule = rule_of(taxonomy, line)
    if rule is None:
        raise ClassificationError("C-005", file=rule_file(line), code=line.code, page=line.page)
    found = next(p for p in rule.products if p.id == product)
    ways = tuple(
        tuple(ready(c) for c in (way.all_of if isinstance(way, AllOf) else (way,)))
        for way in found.any_of
    )
    return CriterionSet(line, rule, found, tuple(ready(c) for c in found.all_of), ways)


def ready(criterion: Criterion) -> Test:
    """A criterion with its values as numbers in the unit of its metric.

    Raises
    ------
    UnitDimensionError
        The unit of the criterion does not measure what the metric measures.
    """
    metric = metrics()[criterion.metric]
    value = criterion.value
    if isinstance(value, tuple):
        return Test(criterion, tuple(metric.code(v) for v in value))
    if isinstance(value, str):
        return Test(criterion, (metric.code(value),))
    if criterion.unit is None or criterion.unit == metric.unit:
        return Test(criterion, (float(value),))
    multiply, divide = units.conversion(criterion.unit, metric.unit)
    return Test(criterion, (value * multiply / divide,))
