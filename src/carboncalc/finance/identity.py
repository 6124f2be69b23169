"""Who a borrower is, as far as a tape may say: a checked company code, or a masked person.

The unified social credit code (统一社会信用代码, GB 32100-2015) is 18 characters of a
31-letter alphabet; the last is a check character: 31 − Σ code_i · 3^i mod 31. A resident's
identity number has the same length, so a number that reads as one (a date of birth in
places 7 to 14 and the ISO 7064 MOD 11-2 check of GB 11643) is personal data: it is
refused and never shown again.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np
from numpy.typing import NDArray

from carboncalc.vocabulary.credit_code import ALPHABET, WEIGHTS, check_character

_INVALID = 1 << 12
_VALUE = np.full(256, _INVALID, dtype=np.int16)
for _place, _letter in enumerate(ALPHABET):
    _VALUE[ord(_letter)] = _place
#: Weighted value of each pair of characters by its 16-bit word, one table per pair of places:
#: nine look-ups check a code. The check character has weight 1, so a valid sum is 0 mod 31.
_PAIRS: list[NDArray[np.int16]] = []
for _pair in range(9):
    _low, _high = (*WEIGHTS, 1)[2 * _pair : 2 * _pair + 2]
    _words = np.arange(65536)
    _table = _VALUE[_words & 255].astype(np.int32) * _low + _VALUE[_words >> 8] * _high
    _bad = (_VALUE[_words & 255] == _INVALID) | (_VALUE[_words >> 8] == _INVALID)
    _PAIRS.append(np.where(_bad, _INVALID, _table % 31).astype(np.int16))

_RESIDENT = re.compile(r"[1-8]\d{16}[\dXx]")
_RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
#: A person's number as banks mask it: stars, a customer-number prefix, or a hexadecimal digest.
_MASKED = re.compile(r".*[*＊].*|(?:IND|PERS|个人)[-_:].+|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")


def valid_codes(characters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which rows of an (n, 18) table of ASCII bytes are codes with the right check character.

    Examples
    --------
    >>> rows = np.frombuffer(b"91440300708461136T91440300708461136X", np.uint8).reshape(2, 18)
    >>> valid_codes(rows).tolist()
    [True, False]
    """
    words = np.ascontiguousarray(characters).view("<u2")
    total = np.zeros(len(words), dtype=np.int16)
    for pair, table in enumerate(_PAIRS):
        # A word is always within its table, so clipping changes nothing and is quicker.
        total += table.take(words[:, pair], mode="clip")
    # Nine pairs sum to at most 9 · 30 when every letter is in the alphabet.
    found: NDArray[np.bool_] = (total < _INVALID) & (total % 31 == 0)
    return found


def is_resident_number(text: str) -> bool:
    """Whether a text reads as a resident's identity number (GB 11643): personal data.

    Examples
    --------
    >>> is_resident_number("91440300708461136T")
    False
    """
    if not _RESIDENT.fullmatch(text):
        return False
    try:
        born = date.fromisoformat(text[6:14])
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _RESIDENT_WEIGHTS, strict=False))
    return born.year >= 1850 and "10X98765432"[total % 11] == text[17].upper()


def borrower_problem(text: str, *, individual: bool = False) -> str | None:
    """The message code of what is wrong with one borrower id, or None.

    ``L-031`` a wrong check character, ``L-032`` neither a company code nor a masked person,
    ``L-033`` an unmasked resident's number. The text itself is never part of a message.

    Examples
    --------
    >>> borrower_problem("91440300708461136T"), borrower_problem("IND-7f3a")
    (None, None)
    >>> borrower_problem("91440300708461136X"), borrower_problem("Zhang San")
    ('L-031', 'L-032')
    """
    if is_resident_number(text):
        return "L-033"
    if len(text) == 18 and all(letter in ALPHABET for letter in text):
        right = check_character(text[:17]) == text[17]
        return None if right or individual else "L-031"
    if individual or _MASKED.fullmatch(text):
        return None
    return "L-032"


def masked(text: str) -> str:
    """A borrower id as it may be shown: company codes whole, anything else hidden.

    Examples
    --------
    >>> masked("91440300708461136T"), masked("Zhang San")
    ('91440300708461136T', '***')
    """
    company = len(text) == 18 and all(letter in ALPHABET for letter in text)
    return text if company and borrower_problem(text) is None else "***"
