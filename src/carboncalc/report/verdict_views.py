"""A verdict opened on a page: each step, what was measured and asked, and the page it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from carboncalc.classification.wording import asked, step_name, veto_name, word
from carboncalc.model.taxonomy import AllOf
from carboncalc.report.anchors import anchor
from carboncalc.report.numbers import shown
from carboncalc.report.words import Words

if TYPE_CHECKING:
    from carboncalc.classification.result import Explanation, Verdicts
    from carboncalc.model.taxonomy import Criterion, ItemRule


@dataclass(frozen=True)
class Step:
    """One reason of a verdict."""

    name: str
    measured: str
    asked: str
    status: str
    status_word: str
    page: int | None


@dataclass(frozen=True)
class VerdictView:
    """A verdict as it is opened on a page."""

    entry_id: str
    anchor: str
    code: str
    name: str
    verdict: str
    verdict_word: str
    ratio: str
    steps: tuple[Step, ...]
    missing: tuple[str, ...]
    would_change: tuple[str, ...]
    vetoes: tuple[str, ...]
    notes: tuple[str, ...]
    line: str | None


@dataclass(frozen=True)
class CatalogueLine:
    """A line of the annex that verdicts rest on: what a person read there."""

    anchor: str
    code: str
    name: str
    industry: str
    page: int
    status: str
    reader: str
    products: tuple[tuple[str, tuple[str, ...]], ...]
    note: str


def verdict_views(
    verdicts: Verdicts, entry_ids: Iterable[str], words: Words
) -> tuple[list[VerdictView], list[CatalogueLine]]:
    """The verdicts of some entries, and the lines of the annex behind them.

    Examples
    --------
    >>> import carboncalc as cc
    >>> made = cc.classify([{"entry_id": "P1", "kind": "project", "claimed_code": "4.1.1",
    ...     "industry_code": "3811", "role": "manufacturer"}])
    >>> views, lines = verdict_views(made, ["P1"], Words("en"))
    >>> views[0].verdict, lines[0].code, lines[0].page > 0
    ('undetermined', '4.1.1', True)
    """
    views: list[VerdictView] = []
    lines: dict[str, CatalogueLine] = {}
    for entry_id in entry_ids:
        told = verdicts.explain(entry_id)
        line = _line(told, words)
        if line is not None:
            lines.setdefault(line.anchor, line)
        views.append(_view(told, line, words))
    ordered = sorted(lines.values(), key=lambda found: (found.page, found.anchor))
    return views, ordered


def _view(told: Explanation, line: CatalogueLine | None, words: Words) -> VerdictView:
    record, rule, lang = told.record, told.rule, words.lang
    code = record["code"] or ""
    ratio = record["green_ratio"]
    return VerdictView(
        entry_id=str(record["entry_id"]),
        anchor=anchor("verdict", record["entry_id"]),
        code=code,
        name=told.taxonomy.item(code).name[lang] if code else "",
        verdict=str(record["verdict"]),
        verdict_word=word(str(record["verdict"]), lang),
        ratio="" if ratio is None or pd.isna(ratio) else shown(float(ratio), "share"),
        steps=tuple(_step(reason, rule, words) for reason in record["reasons"]),
        missing=tuple(step_name(name, rule, lang) for name in record["missing_evidence"]),
        would_change=tuple(_change(text, rule, lang) for text in record["would_change"]),
        vetoes=tuple(veto_name(veto, rule, lang) for veto in record["vetoes"]),
        notes=_notes(told, lang),
        line=None if line is None else line.anchor,
    )


def _step(reason: Any, rule: ItemRule | None, words: Words) -> Step:
    criterion, status = str(reason["criterion"]), str(reason["status"])
    return Step(
        name=step_name(criterion, rule, words.lang),
        measured=word(str(reason["measured"] or "—"), words.lang),
        asked=asked(criterion, str(reason["threshold"] or ""), rule, words.lang),
        status=status,
        status_word=word(status, words.lang),
        page=int(reason["page"]) if reason["page"] else None,
    )


def _change(text: str, rule: ItemRule | None, lang: str) -> str:
    criterion, _, threshold = text.partition(" ")
    return f"{step_name(criterion, rule, lang)}: {asked(criterion, threshold, rule, lang)}"


def _notes(told: Explanation, lang: str) -> tuple[str, ...]:
    if told.rule is None:
        return ()
    products = [p for p in told.rule.products if p.id == told.record["product"]]
    notes = [told.rule.note, *(product.note for product in products)]
    return tuple(note[lang] for note in notes if note)


def _line(told: Explanation, words: Words) -> CatalogueLine | None:
    line, rule, lang = told.line, told.rule, words.lang
    if line is None:
        return None
    reader = "" if rule is None else f"{rule.read_by}, {rule.read_on.isoformat()}"
    return CatalogueLine(
        anchor=anchor("line", told.taxonomy.id, line.code, line.sequence),
        code=line.code,
        name=told.taxonomy.item(line.code).name[lang],
        industry=f"{line.industry_code} {line.industry_name}".strip(),
        page=line.page,
        status=word(str(line.condition_status), lang),
        reader=reader,
        products=() if rule is None else tuple(_products(rule, words)),
        note=rule.note[lang] if rule is not None and rule.note else "",
    )


def _products(rule: ItemRule, words: Words) -> Iterable[tuple[str, tuple[str, ...]]]:
    for product in rule.products:
        tests = [_said(test, rule, words) for test in product.all_of]
        for way in product.any_of:
            inner = way.all_of if isinstance(way, AllOf) else (way,)
            joined = words("and").join(_said(test, rule, words) for test in inner)
            tests.append(words("one_way") + joined)
        yield product.name[words.lang], tuple(tests)


def _said(test: Criterion, rule: ItemRule, words: Words) -> str:
    name = step_name(test.metric, rule, words.lang)
    said = f"{name} {asked(test.metric, test.threshold, rule, words.lang)}"
    if test.veto:
        return words("veto_mark") + said
    return said + words("if_known") if test.if_known else said
