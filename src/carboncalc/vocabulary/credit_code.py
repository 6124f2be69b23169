"""The unified social credit code (统一社会信用代码, GB 32100-2015) and its check character."""

from __future__ import annotations

#: The alphabet of GB 32100-2015, table 2: digits and capitals without I, O, S, V, Z.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: GB 32100-2015, section 5: the weight of place i is 3^(i-1) mod 31.
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def check_character(body: str) -> str:
    """The 18th character of a unified social credit code from its first 17 (GB 32100-2015).

    Examples
    --------
    >>> check_character("91440300708461136")
    'T'
    """
    total = sum(
        ALPHABET.index(letter) * weight for letter, weight in zip(body, WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def is_credit_code(text: str) -> bool:
    """Whether a text is a code of 18 characters with the right check character.

    Examples
    --------
    >>> is_credit_code("91440300708461136T"), is_credit_code("91440300708461136X")
    (True, False)
    """
    return (
        len(text) == 18
        and all(letter in ALPHABET for letter in text)
        and check_character(text[:17]) == text[17]
    )
