"""Which share of each entity belongs to the footprint (GHG Protocol Corporate Standard, ch. 3).

Three approaches: ``equity_share`` multiplies shares along the chain of ownership (83 % of
75 % is 62.25 %); ``financial_control`` takes all of what is controlled and the share of a
joint venture; ``operational_control`` takes all of what is operated. What is left out is
listed with the scope 3 category where its emissions belong.

A park is a place: every tenant and shared plant is inside, and share or control count only
where the entity file states them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from carboncalc.errors import BoundaryError, OwnershipError
from carboncalc.footprint.members import Member, Members

Approach = Literal["operational_control", "financial_control", "equity_share"]

_CONTROL_WORDS = frozenset({"operational", "financial", "joint", "none"})


@dataclass(frozen=True, slots=True)
class Weight:
    """The share of an entity that is counted, and where the rest belongs.

    ``rest_category`` is the scope 3 category of the share that is not counted: 3.13 for a
    tenant (leased out), 3.15 for anything else (investments); empty if all is counted.
    """

    entity: str
    weight: Fraction
    rest_category: str


def weights(members: Members, approach: str) -> Mapping[str, Weight]:
    """The counted share of every entity inside.

    Raises
    ------
    BoundaryError
        ``B-012`` for an approach that is not one of the three.
    OwnershipError
        ``B-001`` for a share outside 0–1, ``B-003`` if parents form a ring, ``B-004`` for a
        parent that is not declared, ``B-005`` if the words on control contradict each other,
        ``B-006`` if a control approach meets a share of at most one half and no word on control.

    Examples
    --------
    >>> from carboncalc.footprint.members import members_of
    >>> group = members_of([{"id": "H"}, {"id": "S", "parent": "H", "share": 0.83},
    ...                     {"id": "SS", "parent": "S", "share": 0.75}])
    >>> float(weights(group, "equity_share")["SS"].weight)
    0.6225
    """
    if approach not in get_args(Approach):
        raise BoundaryError("B-012", approach=approach, approaches=", ".join(get_args(Approach)))
    for member in members.by_id.values():
        _check(member, members)
    out: dict[str, Weight] = {}
    for member in members.inside():
        weight = Fraction(1)
        for link in _chain(member, members):
            weight *= _link(link, approach)
        category = "" if weight == 1 else "3.13" if member.kind == "tenant" else "3.15"
        out[member.id] = Weight(member.id, weight, category)
    return out


def _check(member: Member, members: Members) -> None:
    if member.share is not None and not 0 <= member.share <= 1:
        raise OwnershipError("B-001", entity=member.id, share=member.share)
    if member.parent is not None and member.parent not in members.by_id:
        raise OwnershipError(
            "B-004", entity=member.id, parent=member.parent, nearest=members.nearest(member.parent)
        )
    words = member.control
    joint_and_sole = {"joint", "financial"} <= words
    if words - _CONTROL_WORDS or joint_and_sole or ("none" in words and len(words) > 1):
        raise OwnershipError("B-005", entity=member.id, control=", ".join(sorted(words)))


def _chain(member: Member, members: Members) -> list[Member]:
    chain = [member]
    while (parent := chain[-1].parent) is not None:
        if any(link.id == parent for link in chain):
            raise OwnershipError("B-003", entity=member.id, chain=" → ".join(m.id for m in chain))
        chain.append(members.by_id[parent])
    return chain


def _link(member: Member, approach: str) -> Fraction:
    share = Fraction(1) if member.share is None else Fraction(str(member.share))
    if approach == "equity_share":
        return share
    if not member.control:
        if share <= Fraction(1, 2):
            raise OwnershipError("B-006", entity=member.id, share=member.share, approach=approach)
        return Fraction(1)  # the majority of what the file declares is run by who reports
    if approach == "operational_control":
        return Fraction("operational" in member.control)
    if "financial" in member.control:
        return Fraction(1)
    return share if "joint" in member.control else Fraction(0)
