"""Names to ids: sources, items, regions, methods and entities, once per distinct spelling."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from carboncalc.activity.draft import Draft, Refusal
from carboncalc.activity.text import TextColumn
from carboncalc.vocabulary import names

if TYPE_CHECKING:
    from carboncalc.model.entity import EntitySet

#: Columns whose words the vocabulary knows, and the kind of word.
VOCABULARY = {
    "source": "source",
    "region": "region",
    "method": "method",
    "record_kind": "record_kind",
    "instrument": "instrument",
    "gas_reference": "gas_reference",
    "carbon_basis": "carbon_basis",
    "scope": "scope",
    "gwp_set": "gwp_set",
}

#: Key columns that are the user's own words.
OWN_WORDS = (
    "facility", "process", "certificate_id", "meter", "check_source", "evidence_type", "factor_set",
)  # fmt: skip

#: Columns whose words the vocabulary knows or the method does.
TECHNOLOGIES = ("technology", "abatement_technology")

_CATEGORIES = frozenset(
    ["stationary", "mobile", "process", "fugitive", "waste", "electricity", "heat"]
    + [f"3.{number:02d}" for number in range(1, 16)]
)

# A row of sums would be counted on top of the rows it sums.
_SUMS = frozenset(
    {"合计", "总计", "小计", "累计", "总和", "sum", "total", "subtotal", "sub-total", "grand total"}
)


def identify(
    draft: Draft,
    entities: EntitySet | None,
    own_items: Collection[str] = (),
    *,
    any_entity: bool = False,
) -> None:
    """Fill the text columns of a draft with ids.

    Parameters
    ----------
    draft
        The table in the making; unknown (A-101, A-103) and ambiguous (A-102) words,
        totals rows (A-046) and empty required cells (A-030) are noted in it.
    entities
        The entity file, if there is one; a name that two entities share is refused (A-081),
        one that none has is a finding (A-080).
    own_items
        Ids that the caller's own factors use beside the vocabulary.
    any_entity
        Whether an empty entity means every one.
    """
    joined = draft.joined
    for column, kind in VOCABULARY.items():
        if joined.has(column):
            draft.texts[column] = draft.translate(joined.text(column), column, _known(kind))
    if joined.has("item"):
        draft.texts["item"] = draft.translate(
            joined.text("item"), "item", _item(frozenset(own_items))
        )
    for column in OWN_WORDS:
        if joined.has(column):
            draft.texts[column] = joined.text(column)
            if column in ("facility", "process"):
                draft.flag(
                    draft.texts[column], [_sum(v) for v in draft.texts[column].values], column
                )
    for column in TECHNOLOGIES:
        if joined.has(column):
            draft.texts[column] = draft.translate(joined.text(column), column, _technology)
    if joined.has("category"):
        draft.texts["category"] = draft.translate(joined.text("category"), "category", _category)
    _entities(draft, entities, any_entity)


def _known(kind: str) -> Callable[[str], str | Refusal]:
    def read(text: str) -> str | Refusal:
        # a minus sign is punctuation to the vocabulary, and no scope has one
        signed = kind == "scope" and text[:1] in "-−–"
        found = names.Unknown(()) if signed else names.lookup(kind, text)
        return found.id if isinstance(found, names.Resolved) else names.refusal(kind, text, found)

    return read


def _item(own: frozenset[str]) -> Callable[[str], str | Refusal]:
    known = _known("item")
    return lambda text: text if text in own else known(text)


def _technology(text: str) -> str | Refusal:
    """A word the vocabulary does not have may still be one of the method; it decides."""
    found = names.lookup("technology", text)
    if isinstance(found, names.Resolved):
        return found.id
    if isinstance(found, names.Ambiguous):
        return names.refusal("technology", text, found)
    return text


def _category(text: str) -> str | Refusal:
    if text in _CATEGORIES:
        return text
    return "A-043", {"text": text, "known": "stationary … heat, 3.01 … 3.15"}


def is_row_of_sums(text: str) -> bool:
    """Whether a name says that its row sums others: 合计, 小计, total …

    Examples
    --------
    >>> is_row_of_sums("合 计"), is_row_of_sums("Total Oil")
    (True, False)
    """
    return text.casefold().replace(" ", "") in _SUMS


def _sum(text: str) -> Refusal:
    return ("A-046", {"text": text}) if is_row_of_sums(text) else None


def _entities(draft: Draft, entities: EntitySet | None, any_entity: bool) -> None:
    joined = draft.joined
    column = joined.text("entity")
    if not any_entity:
        draft.require("entity", column.missing)
    draft.flag(column, [_sum(value) for value in column.values], "entity")
    draft.texts["entity"] = column
    if joined.has("counterparty"):
        draft.texts["counterparty"] = joined.text("counterparty")
    if entities is None:
        return
    for name in ("entity", "counterparty"):
        if name in draft.texts:
            draft.texts[name] = declared(draft, draft.texts[name], name, entities)


def declared(draft: Draft, column: TextColumn, name: str, entities: EntitySet) -> TextColumn:
    """Replace names of entities by ids; undeclared ones stay and are a finding."""
    found = {value: entities.find(value) for value in column.values}
    refusals: list[Refusal] = [
        ("A-081", {"text": value, "candidates": ", ".join(ids)}) if len(ids) > 1 else None
        for value, ids in found.items()
    ]
    draft.flag(column, refusals, name)
    strangers: list[Refusal] = [
        None if ids else ("A-080", {"text": value, "column": name}) for value, ids in found.items()
    ]
    # One finding per stranger, at its first row: it says something about the name.
    draft.flag_first(column, strangers, name)
    return column.mapped([ids[0] if ids else value for value, ids in found.items()])
