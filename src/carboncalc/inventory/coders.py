"""From a block's texts to places in the look-up tables: one small table per block.

A block's columns come as indices into a few texts each. Combining those indices is plain
arithmetic, so what decides a row's slot and scale is looked up once per combination of the
block's own dictionaries, and rows take it from there in one step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc.activity.identify import TECHNOLOGIES, VOCABULARY
from carboncalc.activity.text import tidy
from carboncalc.inventory.encode import BLOCK_ROWS, CERTIFIED, Encoded
from carboncalc.inventory.inherit import Profile
from carboncalc.inventory.paths import NeedsLedger
from carboncalc.inventory.tables import UNITS, UNROUNDED, Key, Tables
from carboncalc.vocabulary.names import Ambiguous, Resolved, lookup

Ints = npt.NDArray[np.intp]

#: Columns that decide slot and scale, beside the text parameters of the methods.
KEY_COLUMNS = (
    "method", "profile", "source", "item", "technology", "instrument", "certified", "gas_reference",
)  # fmt: skip

#: Combinations that a block's table may have; more are first reduced to those that occur.
MAX_LOCAL = 1 << 18

_UNSEEN = -1


def named(kind: str, text: Any) -> str | None:
    """The id behind a word of the vocabulary; None stays None.

    Raises
    ------
    NeedsLedger
        If the name is not one the vocabulary knows: the ledger path says so.
    """
    if text is None:
        return None
    found = lookup(kind, str(text))
    if not isinstance(found, Resolved):
        raise NeedsLedger
    return found.id


class Buffers:
    """Scratch arrays: fresh temporaries cost more than the arithmetic."""

    def __init__(self) -> None:
        self.code, self.slot, self.cell, self.at, self.place, self.group, self.spare = (
            np.empty(BLOCK_ROWS, dtype=np.intp) for _ in range(7)
        )
        self.x, self.y, self.z = (np.empty(BLOCK_ROWS) for _ in range(3))


class Local:
    """What the combinations of one block's dictionaries stand for.

    ``slot`` is −1 for a combination that was not looked at yet; the others are read where it
    is 0 or more. ``pair`` numbers (source, item).
    """

    def __init__(self, size: int) -> None:
        self.slot = np.full(size, _UNSEEN, dtype=np.intp)
        self.scale = np.ones(size)
        self.divisor = np.ones(size)
        self.decimals = np.full(size, UNROUNDED, dtype=np.int8)
        self.by_volume = np.zeros(size, dtype=bool)
        self.pair = np.zeros(size, dtype=np.intp)


class Combinations:
    """The combinations of a run: their codes per row, and the table they are read from."""

    def __init__(
        self, tables: Tables, profiles: Sequence[Profile], texts: Sequence[str] = ()
    ) -> None:
        self._tables, self._profiles, self._parameters = tables, profiles, tuple(texts)
        self._names = (*KEY_COLUMNS, *texts, "unit")
        self._places: dict[tuple[Any, ...], int] = {}
        self._pair_of_key: Ints = np.zeros(0, dtype=np.intp)
        self.pairs: dict[tuple[str, str], int] = {}
        self._shared: dict[Any, Local] = {}

    def of(self, columns: Mapping[str, Encoded], buffers: Buffers) -> tuple[Ints, Ints, Local]:
        """The combination code and the slot of each row, and the table of the combinations.

        Raises
        ------
        NeedsLedger
            If a combination cannot be computed here.
        """
        names = [name for name in self._names if name in columns]
        used = [columns[name] for name in names]
        widths = [column.width for column in used]
        code = _joined(used, widths, buffers.code)
        size = int(np.prod(widths, dtype=np.int64))
        if size > MAX_LOCAL:
            distinct, code = np.unique(code, return_inverse=True)
            local = Local(len(distinct))
            self._fill(local, np.arange(len(distinct)), distinct, names, used)
            return code, local.slot[code], local
        identity = tuple(column.shared for column in used)
        lasting = None not in identity
        local = self._shared.get(identity, Local(size)) if lasting else Local(size)
        slot = np.take(local.slot, code, out=buffers.slot[: len(code)], mode="clip")
        if slot.min() < 0:
            missing = np.flatnonzero(_occurs(code, size) & (local.slot < 0))
            self._fill(local, missing, missing, names, used)
            np.take(local.slot, code, out=slot, mode="clip")
        if lasting:
            self._shared = {identity: local}  # an earlier state of the words comes no more
        return code, slot, local

    def _fill(
        self, local: Local, at: Ints, codes: Ints, names: Sequence[str], columns: Sequence[Encoded]
    ) -> None:
        """Look combinations up, each by its texts."""
        digits = _split(codes, [column.width for column in columns])
        texts = [
            [column.texts[k] for k in digit.tolist()]
            for column, digit in zip(columns, digits, strict=True)
        ]
        places = [
            self._places.get(values) or self._look_up(values, names)
            for values in zip(*texts, strict=True)
        ]
        place = np.array(places, dtype=np.intp)
        tables = self._tables
        slot = tables.slot[place]
        if (slot < 0).any():
            tables.resolve_scales(place[slot < 0])
            slot = tables.slot[place]
            if (slot < 0).any():
                raise NeedsLedger
        local.slot[at], local.pair[at] = slot, self._pair_of_key[place // UNITS]
        local.scale[at], local.divisor[at] = tables.scale[place], tables.divisor[place]
        local.decimals[at], local.by_volume[at] = tables.decimals[place], tables.by_volume[place]

    def _look_up(self, values: tuple[Any, ...], names: Sequence[str]) -> int:
        """The position of one combination in the shared tables."""
        given = dict(zip(names, values, strict=True))
        source, item = named("source", given["source"]), named("item", given["item"])
        if source is None or item is None or given["unit"] is None:
            raise NeedsLedger
        profile = self._profiles[int(given.get("profile") or 0)]
        words = {name: _word(name, given.get(name)) for name in self._parameters}
        key = Key(
            method=named("method", given.get("method")) or profile.method(source),
            source=source,
            item=item,
            technology=_word("technology", given.get("technology")),
            instrument=named("instrument", given.get("instrument")),
            texts=tuple((name, word) for name, word in words.items() if word is not None),
            sector=profile.sector,
            gas_reference=named("gas_reference", given.get("gas_reference")),
            certified=given.get("certified") == CERTIFIED,
        )
        code = self._tables.key_code(key)
        more = code + 1 - len(self._pair_of_key)
        if more > 0:
            fresh = np.zeros(2 * more + 64, dtype=np.intp)
            self._pair_of_key = np.append(self._pair_of_key, fresh)
        self._pair_of_key[code] = self.pairs.setdefault((source, item), len(self.pairs))
        found = code * UNITS + self._tables.unit_code(str(given["unit"]))
        self._places[values] = found
        return found


def _word(column: str, text: Any) -> str | None:
    """A text parameter as reading takes it: by the vocabulary, or as the method's own word."""
    if text is None or column in VOCABULARY:
        return named(VOCABULARY.get(column, column), text)
    word = tidy(str(text))
    if column not in TECHNOLOGIES:
        return word
    found = lookup("technology", word)
    if isinstance(found, Ambiguous):
        raise NeedsLedger
    return found.id if isinstance(found, Resolved) else word


def _joined(columns: Sequence[Encoded], widths: Sequence[int], out: Ints) -> Ints:
    """One number per row from the indices of several columns."""
    code = out[: len(columns[0].indices)]
    np.copyto(code, columns[0].indices)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        code *= width
        code += column.indices
    return code


def _split(codes: Ints, widths: Sequence[int]) -> list[Ints]:
    """The digits of some codes, one array per column."""
    digits = []
    for width in reversed(widths):
        codes, digit = np.divmod(codes, width)
        digits.append(digit)
    return digits[::-1]


def _occurs(code: Ints, size: int) -> npt.NDArray[np.bool_]:
    """Which combinations a block holds."""
    marks = np.zeros(size, dtype=bool)
    marks[code] = True
    return marks
