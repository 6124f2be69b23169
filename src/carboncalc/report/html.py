"""Pages from templates: every text escaped, nothing loaded from elsewhere, no scripts."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carboncalc._version import __version__
from carboncalc.errors import CarbonCalcError
from carboncalc.finance.money import money_text
from carboncalc.provenance import GRADE_MEANING
from carboncalc.report.anchors import anchor, document_anchor
from carboncalc.report.evidence_tables import document_name
from carboncalc.report.line_views import in_words
from carboncalc.report.numbers import Kind, plain, shown
from carboncalc.report.palette import GRADES, GREY, ink
from carboncalc.report.table import Link
from carboncalc.report.words import Words
from carboncalc.resources import package_file

if TYPE_CHECKING:
    import jinja2


@functools.cache
def environment() -> jinja2.Environment:
    """The template environment: autoescape on, an undefined name is an error.

    Raises
    ------
    CarbonCalcError
        ``P-001`` if jinja2 is not installed (``pip install carboncalc[report]``).
    """
    try:
        import jinja2
    except ImportError:
        raise CarbonCalcError("P-001", library="jinja2", extra="report") from None
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(package_file("report", "templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "version": __version__, "shown": shown, "plain": plain, "full": full, "ink": ink,
        "is_link": lambda value: isinstance(value, Link), "web": web,
        "document_anchor": document_anchor,
        "anchor": anchor, "document_name": document_name,
        "grade_colour": lambda letter: GRADES.get(letter, GREY),
    }  # fmt: skip
    return made


def render(template: str, words: Words, **context: Any) -> str:
    """A page from a template, in the language of ``words``."""

    def grade_meaning(letter: str) -> str:
        return GRADE_MEANING.get(letter, {}).get(words.lang, "")

    def stage_in_words(equation: str, trace: Any) -> str:
        return in_words(equation, trace, words)

    def own_place(where: str) -> str:
        return re.sub(
            r"(row|column|sheet) (?=\S)", lambda match: words(match[1]) + " ", where
        ).replace("not stated", words("not_stated"))

    given = {"notice": None, "open_documents": False, **context}
    return (
        environment()
        .get_template(template)
        .render(
            w=words,
            grade_meaning=grade_meaning,
            s_in_words=stage_in_words,
            own_place=own_place,
            **given,
        )
    )


def write(page: str, path: str | Path) -> Path:
    """Write a page as UTF-8 and give its path; the folder is made if it is not there."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8", newline="\n")
    return target


def full(value: Any, kind: Kind = "number") -> str:
    """A number with all its digits, in the form that reads back to the same bits.

    Money is kept in whole 分 and given in CNY, as an exact decimal.

    Examples
    --------
    >>> full(0.1), full(None), full(7), full(-1205, "yuan")
    ('0.1', '', '7', '-12.05')
    """
    if value is None:
        return ""
    if kind in ("yuan", "yi"):
        return money_text(int(value))
    return repr(value.item() if hasattr(value, "item") else value)


def web(address: str) -> bool:
    """Whether an address may be a link: http and https only.

    Examples
    --------
    >>> web("https://example.org"), web("javascript:alert(1)")
    (True, False)
    """
    return address.startswith(("https://", "http://"))
