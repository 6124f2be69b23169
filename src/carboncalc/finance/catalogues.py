"""Which codes each green catalogue has: a label's code must stand in the one it names.

The catalogues themselves belong to classification; finance asks only whether a code is in
the list, and where else it is when it is not.
"""

from __future__ import annotations

import csv
import functools
import re

from carboncalc.finance.columns import code_list, resolve, treatment
from carboncalc.resources import package_file

#: The catalogue whose codes stand bare in tables; codes of older ones carry their name.
CURRENT = "cgt-2025"

# GB/T 4754-2017: divisions 01 to 97 fall into sections A to T, in order.
_LAST = (5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97)
_LAST_DIVISION = dict(zip("ABCDEFGHIJKLMNOPQRST", _LAST, strict=True))
_INDUSTRY = re.compile(r"([A-T])?(\d{2,4})?")


@functools.cache
def catalogue_codes(catalogue: str) -> frozenset[str]:
    """All codes of one catalogue, of every level.

    Examples
    --------
    >>> "4.1.1" in catalogue_codes("cgt-2025"), len(catalogue_codes("cgt-2025"))
    (True, 318)
    """
    path = package_file("classification", "data", catalogue, "codes.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(row["code"] for row in csv.DictReader(handle))


def catalogue_id(text: str) -> str | None:
    """The id of a catalogue from a spelling of it, or None.

    Examples
    --------
    >>> catalogue_id("绿金目录2025"), catalogue_id("2019"), catalogue_id("GB/T 4754")
    ('cgt-2025', 'gic-2019', None)
    """
    return resolve("catalogue", text)


def code_problem(catalogue: str, code: str) -> tuple[str, dict[str, str]] | None:
    """What is wrong with a code under the catalogue it names, as message code and parameters.

    ``L-041`` no catalogue has it, ``L-042`` it is a code of another catalogue (named). A
    list that is not whole (2021, 2024) cannot refuse a code.

    Examples
    --------
    >>> code_problem("cgt-2025", "4.1.1") is None, code_problem("cgt-2025", "99.9")[0]
    (True, 'L-041')
    """
    if code in catalogue_codes(catalogue) or treatment("catalogue")[catalogue] == "partial":
        return None
    others = sorted(set(code_list("catalogue").values()) - {catalogue})
    having = [other for other in others if code in catalogue_codes(other)]
    params = {"value": code, "catalogue": catalogue}
    if having:
        return "L-042", {**params, "others": ", ".join(having)}
    return "L-041", params


def group_key(catalogue: str, code: str) -> str:
    """How a code stands in tables: codes of two catalogues never fall together.

    Examples
    --------
    >>> group_key("cgt-2025", "4.1.1"), group_key("gic-2019", "4.1.1")
    ('4.1.1', 'gic-2019/4.1.1')
    """
    return code if catalogue == CURRENT else f"{catalogue}/{code}"


def industry_key(text: str) -> str | None:
    """The GB/T 4754-2017 code without its section letter; a section alone stays a letter.

    The division must exist, and the letter be the section of that division. Groups and
    classes are not refused: the list of them that is held is not whole.

    Examples
    --------
    >>> industry_key("D4415"), industry_key("4415"), industry_key("D"), industry_key("C4415")
    ('4415', '4415', 'D', None)
    """
    match = _INDUSTRY.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()):
        return None
    section, digits = match.groups()
    if digits is None:
        return section
    if section_of(digits) is None or (section and section_of(digits) != section):
        return None
    return digits


@functools.cache
def section_of(industry: str) -> str | None:
    """The GB/T 4754-2017 section (A to T) of an industry code, or None.

    Examples
    --------
    >>> section_of("4415"), section_of("00"), section_of("D")
    ('D', None, 'D')
    """
    if industry in _LAST_DIVISION:
        return industry
    if not industry[:2].isdigit():
        return None
    division = int(industry[:2])
    return next((s for s, last in _LAST_DIVISION.items() if 0 < division <= last), None)
