"""Borrowers: company codes by GB 32100-2015, persons masked, numbers in clear refused."""

import numpy as np
import pytest

from carboncalc.finance.identity import (
    borrower_problem,
    is_resident_number,
    masked,
    valid_codes,
)
from carboncalc.vocabulary.credit_code import ALPHABET, WEIGHTS, check_character

# Codes that listed companies print in their reports.
PUBLIC = ["91110000802100433B", "91440300708461136T", "914403001922038216"]


@pytest.mark.parametrize("code", PUBLIC)
def test_codes_of_real_companies_have_the_right_check_character(code):
    assert check_character(code[:17]) == code[17]
    assert borrower_problem(code) is None


def test_weights_are_the_powers_of_three_that_the_standard_prints():
    # GB 32100-2015, table of weighting factors.
    assert WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def test_every_single_wrong_character_is_noticed():
    code = PUBLIC[1]
    for place in range(18):
        for letter in ALPHABET:
            if letter != code[place]:
                wrong = code[:place] + letter + code[place + 1 :]
                assert borrower_problem(wrong) in ("L-031", "L-033"), wrong


def test_the_column_check_agrees_with_the_one_by_one_check():
    draw = np.random.default_rng(3)
    letters = np.frombuffer((ALPHABET + "IOSVZ i").encode(), np.uint8)
    rows = letters[draw.integers(0, len(letters), (4000, 18))]
    rows[:1000] = np.frombuffer(ALPHABET.encode(), np.uint8)[draw.integers(0, 31, (1000, 18))]
    for row in rows[:500]:
        row[17] = ord(check_character(bytes(row[:17]).decode()))
    texts = [bytes(row).decode() for row in rows]
    expected = [
        all(c in ALPHABET for c in text) and check_character(text[:17]) == text[17]
        for text in texts
    ]
    assert valid_codes(np.ascontiguousarray(rows)).tolist() == expected
    assert sum(expected) >= 500


def test_a_resident_number_is_recognised_by_birth_date_and_check_digit():
    # GB 11643-1999, annex: the worked example 11010519491231002X.
    assert is_resident_number("11010519491231002X")
    assert not is_resident_number("110105194912310021")
    assert not is_resident_number("11010519491331002X")
    assert borrower_problem("11010519491231002X") == "L-033"
    assert borrower_problem("11010519491231002X", individual=True) == "L-033"


@pytest.mark.parametrize("text", ["IND-7f3a", "个人-0001", "3501**********0012", "a" * 64])
def test_masked_persons_are_accepted(text):
    assert borrower_problem(text) is None
    assert masked(text) == "***"


def test_a_name_is_neither_accepted_nor_shown():
    assert borrower_problem("张三") == "L-032"
    assert masked("张三") == "***"
    assert masked(PUBLIC[0]) == PUBLIC[0]
