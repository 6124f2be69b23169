"""What an entry must bring for a code: its lines, roles, products, and the measures they ask.

This is what ``classify --template CODE`` prints; the columns can be filled in and read
back with :func:`read_entries`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from carboncalc.classification.claims import read_claim
from carboncalc.classification.criteria import metrics, rule_of
from carboncalc.classification.taxonomy import Taxonomy, load_taxonomy
from carboncalc.errors import ClassificationError
from carboncalc.messages.catalogue import language
from carboncalc.model.taxonomy import (
    AllOf,
    CatalogueItem,
    Criterion,
    IndustryLine,
    ItemRule,
    ProductRule,
)

#: The columns that every entry needs whatever it claims.
ALWAYS = ("entry_id", "kind", "name", "claimed_code", "industry_code", "role", "product")


@dataclass(frozen=True, slots=True, repr=False)
class Template:
    """The evidence that a code asks for.

    ``frame`` has one row per line, product and test; ``columns`` are the headers of a table
    that can be filled in.
    """

    taxonomy: Taxonomy
    item: CatalogueItem
    frame: pd.DataFrame
    columns: tuple[str, ...]

    def blank(self) -> pd.DataFrame:
        """An empty table with the columns to fill in, units in the header."""
        return pd.DataFrame(columns=pd.Index(self.columns), dtype="str")

    def to_json(self) -> dict[str, Any]:
        """The template as the CLI prints it."""
        rows = self.frame.astype(object).where(self.frame.notna(), None)
        return {
            "contract": 1,
            "taxonomy": self.taxonomy.id,
            "code": self.item.code,
            "name": self.item.name,
            "columns": list(self.columns),
            "asks": rows.to_dict("records"),
        }

    def __repr__(self) -> str:
        lang = language()
        lines = [f"<Template {self.taxonomy.id} {self.item.code} {self.item.name[lang]}>"]
        lines.append("columns: " + ", ".join(self.columns))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<p>{self.item.code} {self.item.name[language()]}</p>{self.frame.to_html()}"


def entry_template(code: str, taxonomy: str = "cgt-2025") -> Template:
    """What an entry must bring for a code: roles, products, measures, thresholds and pages.

    Parameters
    ----------
    code
        A level-3 code of the catalogue.
    taxonomy
        The catalogue.

    Raises
    ------
    ClassificationError
        C-001, C-002 the catalogue is unknown or browse only; C-003, C-004, C-006 the code is
        unknown, of another catalogue, or too coarse.

    Examples
    --------
    >>> made = entry_template("4.1.1")
    >>> made.columns[-2:]
    ('rated_power [MW]', 'scope_confirmed_by')
    >>> made.frame.query("product == 'onshore_turbine'")[["metric", "threshold", "page"]].values
    array([['rated_power', '>= 5 MW', 77]], dtype=object)
    """
    catalogue = load_taxonomy(taxonomy)
    if not catalogue.decides:
        raise ClassificationError("C-002", taxonomy=taxonomy)
    claim = read_claim(catalogue, code)
    if claim.item is None:
        raise ClassificationError(claim.code, **(claim.params or {}))
    lines = catalogue.lines_of(claim.item.code)
    rows = [row for line in lines for row in _rows(line, rule_of(taxonomy, line))]
    frame = pd.DataFrame(rows)
    asked = list(dict.fromkeys(frame["metric"].dropna()))
    columns = [*ALWAYS, *(_header(name) for name in asked)]
    if frame["scope_only"].any():
        columns.append("scope_confirmed_by")
    return Template(catalogue, claim.item, frame, tuple(columns))


def _header(metric: str) -> str:
    unit = metrics()[metric].unit
    return f"{metric} [{unit}]" if unit and unit != "1" else metric


def _rows(line: IndustryLine, rule: ItemRule | None) -> Iterator[dict[str, Any]]:
    shared = {
        "industry_code": line.industry_code,
        "industry_name": line.industry_name,
        "condition_status": line.condition_status,
        "page": line.page,
        "scope_only": bool(rule and rule.scope_only),
        "roles": "|".join(rule.roles) if rule else None,
    }
    if rule is None:
        yield shared | _asked(None, None, None)
        return
    for product in rule.products:
        confirm = {"scope_only": bool(rule.scope_only or product.confirm_scope)}
        none: list[tuple[str | None, Criterion | None]] = [(None, None)]
        for need, criterion in [*_tests(product)] or none:
            yield shared | confirm | _asked(product, need, criterion)


def _tests(product: ProductRule) -> Iterator[tuple[str, Criterion]]:
    for criterion in product.all_of:
        yield ("all" if criterion.decides else "not against", criterion)
    for number, way in enumerate(product.any_of, start=1):
        for criterion in way.all_of if isinstance(way, AllOf) else (way,):
            yield (f"one way of several: {number}", criterion)


def _asked(
    product: ProductRule | None, need: str | None, criterion: Criterion | None
) -> dict[str, Any]:
    metric = metrics()[criterion.metric] if criterion else None
    return {
        "product": product.id if product else None,
        "product_zh": product.name["zh"] if product else None,
        "product_en": product.name["en"] if product else None,
        "need": need,
        "metric": metric.id if metric else None,
        "metric_zh": metric.name["zh"] if metric else None,
        "metric_en": metric.name["en"] if metric else None,
        "threshold": criterion.threshold if criterion else None,
        "values": "|".join(metric.values) if metric and metric.values else None,
    }
