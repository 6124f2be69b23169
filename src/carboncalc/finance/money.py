"""Money as whole 分 (hundredths of a yuan): read from text exactly, summed as integers.

No amount passes through a float on its way to a sum. Binary floats are accepted from
files that hold them only where they are the nearest float to an amount in whole 分.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from carboncalc.errors import CarbonCalcWarning, CurrencyError, FinanceError

#: No single loan reaches 90 万亿元: larger values are refused, so that float64 holds any
#: amount in 分 exactly (2^53) where a library call needs floats.
LARGEST_FEN = 2**53 - 1

_SCALES = {
    "元": 0,
    "千元": 3,
    "万元": 4,
    "万": 4,
    "百万元": 6,
    "million": 6,
    "mn": 6,
    "千万元": 7,
    "亿元": 8,
    "亿": 8,
    "billion": 9,
    "bn": 9,
    "万亿元": 12,
    "万亿": 12,
    "trillion": 12,
    "trn": 12,
    "tn": 12,
}
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_YUAN = r"cny|rmb|人民币|yuan|¥"
_MONEY = re.compile(
    rf"^(?:(?P<before>{_YUAN})\s*)?(?P<number>{_NUMBER})\s*-?\s*"
    rf"(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})?\s*-?\s*(?P<after>{_YUAN})?$"
)
_OTHER_CURRENCY = re.compile(r"usd|eur|hkd|jpy|gbp|us\$|\$|€|£|美元|欧元|港元|日元|英镑")
_DECIMAL = re.compile(rf"^{_NUMBER}$")


def parse_money(text: str) -> Decimal:
    """An amount in CNY from text with its unit, exactly: ``2000亿元`` is 200 billion.

    1 亿元 = 10^8 CNY = 0.1 billion; 1 万亿元 = 1 trillion. A thousand billion or more draws
    a warning, since "2000 billion yuan" is a known mistranslation of 2000亿元.

    Raises
    ------
    FinanceError
        ``L-074`` for a bare number: its unit cannot be guessed.
    CurrencyError
        ``L-078`` for another currency than CNY.

    Examples
    --------
    >>> parse_money("2000亿元") == parse_money("CNY 200 billion") == 2 * 10**11
    True
    >>> parse_money("1.5 万亿元")
    Decimal('1500000000000')
    """
    wording = unicodedata.normalize("NFKC", text).strip().lower()
    if _OTHER_CURRENCY.search(wording):
        raise CurrencyError("L-078", text=text)
    match = _MONEY.match(wording)
    if match is None or not (match["scale"] or match["before"] or match["after"]):
        raise FinanceError("L-074", text=text)
    number = Decimal(match["number"].replace(",", ""))
    amount: Decimal = number * 10 ** _SCALES[match["scale"] or "元"]
    if match["scale"] in {"billion", "bn"} and abs(number) >= 1000:
        warnings.warn(
            FinanceError(
                "L-075", text=text, yi=_plain(number * 10), tenth=_plain(number / 10)
            ).text(),
            CarbonCalcWarning,
            stacklevel=2,
        )
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def to_fen(value: object, power: int = 0) -> int:
    """Whole 分 from one amount: text, int, Decimal, or a float that stands for whole 分.

    Parameters
    ----------
    value
        The amount in units of 10^``power`` yuan.

    Raises
    ------
    FinanceError
        ``L-012`` if it is not a plain decimal number, ``L-013`` if it is not whole 分,
        ``L-015`` if it is larger than a loan can be.

    Examples
    --------
    >>> to_fen("1,234.5"), to_fen("0.01"), to_fen("1.2345", power=4)
    (123450, 1, 1234500)
    """
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if isinstance(value, bool) or not _DECIMAL.match(text):
        raise FinanceError("L-012", value=text)
    fen = Decimal(text.replace(",", "")).scaleb(power + 2)
    if fen != fen.to_integral_value():
        raise FinanceError("L-013", value=text)
    if abs(fen) > LARGEST_FEN:
        raise FinanceError("L-015", value=text)
    return int(fen)


def money_text(fen: int) -> str:
    """An amount in yuan with two decimals, from whole 分.

    Examples
    --------
    >>> money_text(20000000000000), money_text(-5)
    ('200000000000.00', '-0.05')
    """
    whole, part = divmod(abs(int(fen)), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


def yuan(fen: int) -> Decimal:
    """An amount in yuan as a decimal with two places, from whole 分.

    Examples
    --------
    >>> yuan(12345)
    Decimal('123.45')
    """
    return Decimal(int(fen)).scaleb(-2)


def times_half_up(
    fen: NDArray[np.int64],
    numerator: NDArray[np.int64] | int,
    denominator: NDArray[np.int64] | int,
) -> NDArray[np.int64]:
    """Amounts × numerator ÷ denominator, each rounded half-up to a whole 分 in integers.

    Amounts are not negative; numerator and denominator stay below 10^9, and the result
    within int64, which the callers see to.

    Examples
    --------
    >>> times_half_up(np.array([1, 3, 5]), 1, 2).tolist()
    [1, 2, 3]
    """
    whole = fen // denominator
    rest = fen - whole * denominator
    result: NDArray[np.int64] = whole * numerator + (2 * rest * numerator + denominator) // (
        2 * np.asarray(denominator)
    )
    return result


def sums(
    index: NDArray[np.integer], fen: NDArray[np.int64], size: int, largest: int
) -> NDArray[np.int64]:
    """The exact sum of whole 分 per index; ``largest`` bounds the absolute values.

    ``bincount`` adds floats. While rows × largest stays below 2^53 every partial sum is an
    integer that a float holds exactly; above, the amounts go in two slices that do.

    Examples
    --------
    >>> sums(np.array([0, 1, 0]), np.array([2**53 - 1, 1, 2**53 - 1]), 2, 2**53 - 1).tolist()
    [18014398509481982, 1]
    """
    if largest * len(fen) < 2**53:
        return np.bincount(index, weights=fen, minlength=size).astype(np.int64)
    high = fen >> 27
    low = fen - (high << 27)
    upper = np.bincount(index, weights=high, minlength=size).astype(np.int64)
    return (upper << 27) + np.bincount(index, weights=low, minlength=size).astype(np.int64)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
