"""Where a row's emissions belong: which document's source, which scope 2 basis, which account.

One row of purchased electricity is several figures: on its document's own basis, by
location and by market (GHG Protocol Scope 2 Guidance, chapters 4 and 6). One of them
counts, the others wait for ``view()`` and the four totals. A source that the chosen
document does not have goes to the memo ``outside_document``, computed as the GHG Protocol
would, never into that document's total and never dropped.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from carboncalc.errors import MethodError
from carboncalc.inventory.ledger import COUNTED, GHG_PROTOCOL, OUTSIDE
from carboncalc.inventory.substances import OTHER_GASES, outside_the_seven
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.route import Method, MethodSource
from carboncalc.model.method import Basis, Edition

#: Bits of ``Placement.totals``: which of a plant's four totals an entry belongs to.
TOTALS = {"document": 1, "ets": 2, "ghgp": 4}


@dataclass(frozen=True, slots=True)
class Placement:
    """One way in which a row is counted or shown.

    ``own`` says that the figure is the one of the row's own document.
    """

    method: Method
    source: MethodSource
    basis: str
    account: str
    primary: bool
    totals: int
    own: bool = True

    @property
    def instruments(self) -> Basis | None:
        """The electricity instruments of this basis, if the source has any."""
        found = self.source.bases.get(self.basis or "method")
        if found is None and self.account == OUTSIDE:
            # a memo of a document without electricity takes what the GHG Protocol takes
            found = self.source.bases.get("location")
        return found

    def account_of(self, gas: str) -> str:
        """The account of a gas here: the memo a route sends it to, else the placement's own."""
        if outside_the_seven(gas):
            return OTHER_GASES
        named = self.source.account_of(gas)
        return named if named != self.source.account else self.account

    @property
    def foreign_columns(self) -> frozenset[str]:
        """The columns of a row's own electricity factor, where power is weighed by basis.

        A factor that a row brings belongs to the document it was computed for; by location and
        by market the power takes theirs.
        """
        basis = self.instruments
        if self.own or basis is None:
            return frozenset()
        inputs = (route.inputs.get(basis.input_name) for route in self.source.routes)
        return frozenset({basis.input_name}.union(*(i.aliases for i in inputs if i is not None)))


@functools.lru_cache(maxsize=4096)
def placements(
    method_id: str, source_id: str, scope2: str, item: str = ""
) -> tuple[Placement, ...]:
    """All placements of a source under a document, the primary one first.

    Parameters
    ----------
    scope2
        The policy's scope 2 basis: ``method`` (each document's own), ``location``, ``market``.
    item
        An item that the source does not list goes to the source that takes such items.

    Raises
    ------
    MethodError
        ``M-003`` if neither the document nor the GHG Protocol has the source; ``M-006`` if
        the document's text for it has a hole.

    Examples
    --------
    >>> [p.basis for p in placements("other-industry", "purchased_electricity", "method")]
    ['method', 'location', 'market']
    >>> placements("other-industry", "refrigerant_leakage", "method")[0].account
    'outside_document'
    """
    own = load_method(method_id)
    generic = load_method(GHG_PROTOCOL)
    if source_id not in own.sources:
        if source_id not in generic.sources:
            own.source(source_id)  # raises with the list of sources
        return _outside(own, generic, generic.source(source_id), scope2)
    source = own.source(source_id)
    if source.other_items and item and item not in (source.items or ()):
        source = own.source(source.other_items)
    if source.scope != 2:
        return (Placement(own, source, "", source.account, True, _bits(source)),)
    twin = generic.sources.get(source_id)
    bits = _bits(source) & ~TOTALS["ghgp"]
    if twin is None:  # a figure of the document alone, such as a process's: the same on any basis
        return (Placement(own, source, "", source.account, True, bits),)
    chosen = own.scope2 if scope2 == "method" else scope2
    out = []
    if own.id != GHG_PROTOCOL:
        out.append(Placement(own, source, "method", source.account, chosen == "method", bits))
    out += [
        Placement(
            generic, twin, basis, twin.account, chosen == basis, TOTALS["ghgp"],
            own=own.id == GHG_PROTOCOL and basis == own.scope2,
        )
        for basis in ("location", "market")
    ]  # fmt: skip
    return tuple(sorted(out, key=lambda p: not p.primary))


def _outside(
    own: Method, generic: Method, source: MethodSource, scope2: str
) -> tuple[Placement, ...]:
    memo = Placement(generic, source, "", OUTSIDE, True, TOTALS["ghgp"] if source.scope != 2 else 0)
    if source.scope != 2 or source.account != COUNTED:
        return (memo,)
    ghgp = TOTALS["ghgp"]
    return (
        Placement(generic, source, "", OUTSIDE, True, 0),
        Placement(generic, source, "location", COUNTED, scope2 == "location", ghgp, own=False),
        Placement(generic, source, "market", COUNTED, scope2 == "market", ghgp, own=False),
    )


def _bits(source: MethodSource) -> int:
    return sum(bit for name, bit in TOTALS.items() if name in source.totals)


def editions_by_year(
    method: Method, years: Sequence[int], named: str | None
) -> list[tuple[Edition | None, slice]]:
    """Consecutive years with the edition that governs them; None where none is held.

    Examples
    --------
    >>> method = load_method("power-generation-cets")
    >>> spans = editions_by_year(method, range(2021, 2027), None)
    >>> [(edition and edition.key, span.stop - span.start) for edition, span in spans]
    [('2021', 2), ('2022', 3), (None, 1)]
    """
    found: list[tuple[Edition | None, slice]] = []
    for position, year in enumerate(years):
        try:
            edition: Edition | None = method.edition(year, named)
        except MethodError:
            edition = None
        if found and found[-1][0] is edition:
            found[-1] = (edition, slice(found[-1][1].start, position + 1))
        else:
            found.append((edition, slice(position, position + 1)))
    return found
