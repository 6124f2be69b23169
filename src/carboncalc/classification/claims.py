"""Which item an entry claims: a code, a code with its name, or a name alone.

A code of another catalogue is refused by that catalogue's name, and its successors in the
catalogue at hand are given: many numbers exist in several catalogues and mean other things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carboncalc.classification.taxonomy import Taxonomy, load_taxonomy, other_holders
from carboncalc.classification.words import key, plain
from carboncalc.model.taxonomy import CatalogueItem

_CODE = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Claim:
    """The item that a cell claims, or the message that says why there is none."""

    item: CatalogueItem | None
    code: str | None = None
    params: dict[str, Any] | None = None


def read_claim(taxonomy: Taxonomy, text: str, declared: str | None = None) -> Claim:
    """The item claimed by a cell such as ``4.1.1``, ``4.1.1 风力发电装备制造`` or a name.

    Parameters
    ----------
    taxonomy
        The catalogue that is classified with.
    text
        The cell.
    declared
        The catalogue the row itself names, if it does.

    Returns
    -------
    Claim
        With an item, or with a message: C-003 unknown, C-004 of another catalogue, C-006
        too coarse, C-013 code and name belong to two items, C-015 a fossil item of an older
        catalogue that has no successor.

    Examples
    --------
    >>> cgt = load_taxonomy()
    >>> read_claim(cgt, "4.1.1").item.name["zh"]
    '风力发电装备制造'
    >>> read_claim(cgt, "3.2.2 太阳能利用设施建设和运营").params["other"]
    'gic-2019'
    """
    found = _CODE.match(plain(text))
    code, name = (found.group(1), found.group(2).strip()) if found else ("", plain(text))
    if declared is not None and declared != taxonomy.id:
        return _foreign(taxonomy, text, [(declared, _in_catalogue(declared, code, name))])
    own = [item for item in taxonomy.items if name and key(name) in _names(item)]
    if code and code in taxonomy:
        item = taxonomy.item(code)
        if name and key(name) not in _names(item):
            elsewhere = _holders(taxonomy, code, name)
            if any(other.code == code for _, other in elsewhere):
                return _foreign(taxonomy, text, elsewhere)
            if own:
                return Claim(None, "C-013", {"code": code, "name": name, "own": own[0].code})
        return _finest(taxonomy, item)
    if not code and own:
        return _finest(taxonomy, max(own, key=lambda item: item.level))
    holders = _holders(taxonomy, code, name)
    if holders:
        return _foreign(taxonomy, text, holders)
    return Claim(None, "C-003", {"code": plain(text), "taxonomy": taxonomy.id})


def _holders(taxonomy: Taxonomy, code: str, name: str) -> list[tuple[str, CatalogueItem]]:
    """The other catalogues that hold code and name together, else the name, else the code."""
    named = other_holders(code, name, taxonomy.id) if name else ()
    exact = [pair for pair in named if pair[1].code == code]
    return exact or list(named) or list(other_holders(code, None, taxonomy.id))


def _names(item: CatalogueItem) -> set[str]:
    return {key(name) for name in item.name.values()}


def _finest(taxonomy: Taxonomy, item: CatalogueItem) -> Claim:
    children = taxonomy.children(item.code)
    if not children:
        return Claim(item)
    codes = ", ".join(child.code for child in children)
    params = {"code": item.code, "name": item.name["zh"], "children": codes}
    return Claim(None, "C-006", params)


def _in_catalogue(catalogue: str, code: str, name: str) -> CatalogueItem | None:
    other = load_taxonomy(catalogue)
    if code and code in other:
        return other.item(code)
    named = other.named(name) if name else ()
    return named[0] if named else None


def _foreign(
    taxonomy: Taxonomy, text: str, holders: Sequence[tuple[str, CatalogueItem | None]]
) -> Claim:
    names = [item.name["zh"] for _, item in holders if item is not None]
    successors = dict.fromkeys(
        code for _, item in holders if item is not None for code in item.successors
    )
    held = [item for _, item in holders if item is not None]
    # Cleaner use of fossil fuel was left out of the catalogues of 2021 and 2025.
    fossil = bool(held) and all(item.fossil for item in held) and not successors
    params = {
        "code": plain(text),
        "other": ", ".join(dict.fromkeys(catalogue for catalogue, _ in holders)),
        "name": " / ".join(dict.fromkeys(names)) or "?",
        "taxonomy": taxonomy.id,
        "successors": ", ".join(successors) or "–",
    }
    return Claim(None, "C-015" if fossil else "C-004", params)
