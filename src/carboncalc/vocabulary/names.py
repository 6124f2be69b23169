"""From the words people type to ids, and from ids to the words people read.

Look-ups ignore case, width, spaces, hyphens and underscores. A word that means two things
is never guessed: it is refused with what it could mean.
"""

from __future__ import annotations

import csv
import difflib
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from carboncalc.errors import ActivityDataError
from carboncalc.resources import emission_factors, package_file

#: What can be looked up, with its Chinese name. ``gas`` is every item that is a gas or a blend.
KINDS = {
    "item": "品种",
    "gas": "气体",
    "source": "排放源",
    "region": "地区",
    "header": "列名",
    "record_kind": "记录类型",
    "instrument": "绿电属性",
    "method": "核算方法",
    "technology": "技术类别",
    "gas_reference": "气体基准",
    "carbon_basis": "含碳量基准",
    "entity_kind": "主体类型",
    "scope": "范围",
    "gwp_set": "GWP 数据集",
    "loan_class": "五级分类",
    "role": "角色",
}

_FILES = {"source": "sources.csv", "region": "regions.csv", "header": "headers.csv"}
_DROPPED = re.compile(r"[\s_\-‐‑–—·・'’]+")
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Resolved:
    """The word is known; ``id`` is its one meaning."""

    id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The word is not known; ``nearest`` are ids with similar names, best first."""

    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The word means several things; ``candidates`` are their ids."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    names: dict[str, tuple[str, ...]]
    ambiguous: dict[str, tuple[str, ...]]
    labels: dict[str, tuple[str, str]]


def fold(text: str) -> str:
    """Return the form in which names are compared.

    Examples
    --------
    >>> fold("Ｒ－１３４ａ") == fold("r134A"), fold("其它煤气") == fold("其他 煤气")
    (True, True)
    """
    # Twice: letters that a hyphen kept apart may compose once it is gone.
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", _DROPPED.sub("", text))
    return text.replace("其它", "其他")


def lookup(kind: str, text: str) -> Resolved | Unknown | Ambiguous:
    """Find what a word means, without raising.

    Parameters
    ----------
    kind
        One of :data:`KINDS`; ``header:activity`` looks among the columns of one table
        (activity, parameters, outputs, entity, certificates, entries, loans, labels, rates).
    text
        An id, a Chinese or English name, or an alias.

    Returns
    -------
    Resolved, Unknown or Ambiguous
        The id, or the nearest names, or the candidates.

    Examples
    --------
    >>> lookup("item", "烟煤"), lookup("region", "福建省").id
    (Resolved(id='bituminous_coal'), 'CN-35')
    >>> lookup("item", "焦油")
    Ambiguous(candidates=('coal_tar', 'other_petroleum_products'))
    >>> lookup("item", "bituminus coal").nearest[0]
    'bituminous_coal'
    """
    return _lookup(kind, str(text))


@functools.lru_cache(maxsize=65_536)
def _lookup(kind: str, text: str) -> Resolved | Unknown | Ambiguous:
    index = _index(kind)
    if text in index.labels:
        return Resolved(text)
    key = fold(text)
    if key in index.ambiguous:
        return Ambiguous(index.ambiguous[key])
    found = index.names.get(key, ())
    if len(found) == 1:
        return Resolved(found[0])
    if kind == "item" and "." in text and text in foreign_items():
        return Resolved(text)
    if found:
        return Ambiguous(found)
    # of a word of two characters a slip leaves one: half of it
    cutoff = 0.5 if len(key) == 2 and not key.isascii() else 0.6
    close = difflib.get_close_matches(key, index.names, n=2 * _NEAREST, cutoff=cutoff)
    nearest = dict.fromkeys(name for word in close for name in index.names[word])
    return Unknown(tuple(nearest)[:_NEAREST])


def resolve(kind: str, text: str) -> str:
    """Return the id a word means.

    Raises
    ------
    ActivityDataError
        A-101 the word is not known (``params["nearest"]``), or A-102 it means several
        things (``params["candidates"]``).

    Examples
    --------
    >>> resolve("instrument", "绿电交易")
    'green_trade'
    """
    found = lookup(kind, text)
    if isinstance(found, Resolved):
        return found.id
    code, params = refusal(kind, text, found)
    raise ActivityDataError(code, **params)


def refusal(kind: str, text: str, found: Unknown | Ambiguous) -> tuple[str, dict[str, Any]]:
    """Return the message code and parameters that say why a word was not taken.

    Examples
    --------
    >>> code, params = refusal("item", "油", lookup("item", "油"))
    >>> code, params["candidates"].split(", ")[0]
    ('A-102', 'crude_oil (原油)')
    """
    plain = kind.partition(":")[0]
    params: dict[str, Any] = {
        "kind": plain.replace("_", " "),
        "kind_zh": KINDS[plain],
        "text": text,
    }
    if isinstance(found, Ambiguous):
        return "A-102", params | {"candidates": _shown(kind, found.candidates)}
    if not found.nearest:
        return "A-103", params
    return "A-101", params | {"nearest": _shown(kind, found.nearest)}


def _shown(kind: str, ids: tuple[str, ...]) -> str:
    return ", ".join(f"{name} ({label(kind, name, 'zh')})" for name in ids)


def item(text: str) -> str:
    """Return the id of a fuel, material, gas, product or carrier.

    Raises
    ------
    ActivityDataError
        A-101 unknown, A-102 ambiguous (焦油, 煤, 煤气, 油 and the like).

    Examples
    --------
    >>> item("柴油"), item("R134a"), item("CH4 (fossil)"), item("CaMg(CO3)2")
    ('diesel', 'HFC-134a', 'CH4_fossil', 'dolomite')
    """
    return resolve("item", text)


def gas(text: str) -> str:
    """Return the id of a greenhouse gas or a blend. Raises as :func:`item`.

    Examples
    --------
    >>> gas("四氟化碳"), gas("PFC-14"), gas("r410a")
    ('CF4', 'CF4', 'R-410A')
    """
    return resolve("gas", text)


def source(text: str) -> str:
    """Return the id of an emission source. Raises as :func:`item`.

    Examples
    --------
    >>> source("净购入电力"), source("Stationary combustion")
    ('purchased_electricity', 'fossil_combustion')
    """
    return resolve("source", text)


def region(text: str) -> str:
    """Return the id of a nation, grid, province or city. Raises as :func:`item`.

    Examples
    --------
    >>> [region(text) for text in ("福建", "Fujian", "350000", "CN-FJ", "华东电网")]
    ['CN-35', 'CN-35', 'CN-35', 'CN-35', 'GRID-EAST']
    """
    return resolve("region", text)


def record_kind(text: str) -> str:
    """Return the id of a record kind. Raises as :func:`item`.

    Examples
    --------
    >>> record_kind("期初库存")
    'opening_stock'
    """
    return resolve("record_kind", text)


def instrument(text: str) -> str:
    """Return the id of a green-power instrument. Raises as :func:`item`.

    Examples
    --------
    >>> instrument("绿证")
    'gec'
    """
    return resolve("instrument", text)


def method(text: str) -> str:
    """Return the id of an accounting method. Raises as :func:`item`.

    Examples
    --------
    >>> method("陆上交通运输企业")
    'land-transport'
    """
    return resolve("method", text)


def technology(text: str) -> str:
    """Return the id of a technology or treatment. Raises as :func:`item`.

    Examples
    --------
    >>> technology("厌氧反应器")
    'anaerobic_reactor'
    """
    return resolve("technology", text)


def header(text: str, table: str | None = None) -> str | None:
    """Return the canonical id of a column, or None; never raises.

    Give ``table`` where it is known: the same word may head two columns of two tables.

    Examples
    --------
    >>> header("排放源"), header("net calorific value"), header("my column")
    ('source', 'net_calorific_value', None)
    >>> header("日期", "activity"), header("日期", "loans")
    ('period', None)
    """
    found = lookup(f"header:{table}" if table else "header", text)
    return found.id if isinstance(found, Resolved) else None


def label(kind: str, identifier: str, lang: str) -> str:
    """Return the name to show for an id; the id itself if it is not known.

    Examples
    --------
    >>> label("item", "diesel", "zh"), label("region", "CN-35", "en"), label("item", "x", "en")
    ('柴油', 'Fujian', 'x')
    """
    names = _index(kind).labels.get(identifier)
    return identifier if names is None else names[0 if lang.startswith("zh") else 1]


def ids(kind: str) -> tuple[str, ...]:
    """Return all ids of a kind, in file order.

    Examples
    --------
    >>> ids("record_kind")
    ('consumption', 'purchase', 'opening_stock', 'closing_stock', 'sold_out')
    """
    return tuple(_index(kind).labels)


def rows(file: str) -> Iterator[dict[str, str]]:
    """Read one vocabulary file as records of text.

    Examples
    --------
    >>> next(rows("regions.csv"))["id"]
    'CN'
    """
    path = package_file("vocabulary", "data", file)
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@functools.cache
def foreign_items() -> frozenset[str]:
    """Return the item ids of foreign factor sets, such as the UK flat file.

    They are paths of the publisher's own headings (``wtt_fuels.gaseous_fuels.lng``), are
    written as they stand and have no Chinese name.

    Examples
    --------
    >>> lookup("item", "stationary.natural_gas")
    Resolved(id='stationary.natural_gas')
    """
    found: set[str] = set()
    for path in sorted((emission_factors() / "international").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            found |= {row["item"] for row in csv.DictReader(handle) if "." in row["item"]}
    return frozenset(found)


@functools.cache
def _index(kind: str) -> _Index:
    kind, _, table = kind.partition(":")
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of word; known: {', '.join(KINDS)}")
    names: dict[str, list[str]] = {}
    labels: dict[str, tuple[str, str]] = {}
    for row in _rows_of(kind):
        if table and table not in row["tables"].split(";"):
            continue
        labels[row["id"]] = (row["zh"], row["en"])
        words = [row["id"], row["zh"], row["en"], *row["aliases"].split(";")]
        words += [row.get("gbt2260", ""), row.get("iso", "")]
        for word in filter(None, words):
            known = names.setdefault(fold(word), [])
            if row["id"] not in known:
                known.append(row["id"])
    ambiguous = {
        fold(row["text"]): tuple(row["candidates"].split(";"))
        for row in rows("ambiguous.csv")
        if row["kind"] == kind
    }
    return _Index({word: tuple(known) for word, known in names.items()}, ambiguous, labels)


def _rows_of(kind: str) -> Iterator[dict[str, str]]:
    if kind == "item":
        yield from rows("items.csv")
    if kind in ("item", "gas"):
        yield from rows("gases.csv")
    elif kind in _FILES:
        yield from rows(_FILES[kind])
    elif kind == "technology":
        from carboncalc.vocabulary.technologies import technology_rows

        # the names of the terms come last: they are the ones that are shown
        yield from technology_rows()
        yield from (row for row in rows("terms.csv") if row["kind"] == kind)
    else:
        yield from (row for row in rows("terms.csv") if row["kind"] == kind)
