"""What a tape is declared to cover, and whether its amounts meet the control total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from carboncalc.errors import FinanceError
from carboncalc.finance.arrays import day_number
from carboncalc.finance.money import parse_money, to_fen, yuan
from carboncalc.vocabulary import names

_COVERAGE = re.compile(r"one_institution|all_institutions:(?P<area>\S+)")


@dataclass(frozen=True)
class Coverage:
    """One institution's book, or all institutions of an area.

    Examples
    --------
    >>> Coverage.read("all_institutions:厦门").area, str(Coverage.read(None))
    ('CN-3502', 'one_institution')
    """

    area: str | None = None

    @classmethod
    def read(cls, text: str | None) -> Coverage:
        """A coverage from its text; nothing said means one institution.

        Raises
        ------
        FinanceError
            ``L-007`` if the text is neither form or the area is not known.
        """
        match = _COVERAGE.fullmatch((text or "one_institution").strip())
        if match is None:
            raise FinanceError("L-007", coverage=text)
        if match["area"] is None:
            return cls()
        found = names.lookup("region", match["area"])
        if not isinstance(found, names.Resolved):
            raise FinanceError("L-007", coverage=text)
        return cls(found.id)

    def __str__(self) -> str:
        return "one_institution" if self.area is None else f"all_institutions:{self.area}"


@dataclass(frozen=True)
class Reconciliation:
    """The amounts of a tape at a date against its control total, in whole 分 of CNY.

    The control total is the sum of all rows delivered. ``difference`` = control − kept −
    set aside; rows whose balance cannot be read are counted in ``unreadable``.
    """

    kept: int
    aside: Mapping[str, tuple[int, int]]
    unreadable: int
    control: int | None = None

    @property
    def difference(self) -> int | None:
        """Control total less everything that could be read; None without a control total."""
        if self.control is None:
            return None
        return self.control - self.kept - sum(fen for _, fen in self.aside.values())

    def summary(self) -> dict[str, Any]:
        """The same in yuan, as decimals.

        Examples
        --------
        >>> Reconciliation(100, {"L-014": (1, 5)}, 0, 105).summary()["difference_cny"]
        Decimal('0.00')
        """
        return {
            "control_cny": None if self.control is None else yuan(self.control),
            "kept_cny": yuan(self.kept),
            "set_aside": {code: (count, yuan(fen)) for code, (count, fen) in self.aside.items()},
            "unreadable_rows": self.unreadable,
            "difference_cny": None if self.difference is None else yuan(self.difference),
        }


def control_totals(given: Any) -> dict[int | None, int]:
    """Control totals in 分 by day number; None as the day stands for the one date of a tape.

    Examples
    --------
    >>> control_totals("1.5亿元"), control_totals({"2025-12-31": "100.25"})
    ({None: 15000000000}, {20453: 10025})
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {day_number(day): _fen(amount) for day, amount in given.items()}
    return {None: _fen(given)}


def _fen(amount: Any) -> int:
    text = str(amount).strip()
    if re.search(r"[^\d.,+-]", text):
        return to_fen(parse_money(text))
    return to_fen(Decimal(text.replace(",", "")) if isinstance(amount, float) else text)
