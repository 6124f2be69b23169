"""Spellings that mean two things, and spellings that mean nothing."""

import pickle

import pytest

from carboncalc.errors import AmbiguousUnitError, UnitError, UnknownUnitError
from carboncalc.units import parse, registry

AMBIGUOUS = [
    *("ton", "tons", "TON", "kt", "KT", "mt", "MT", "Mt", "T", "Gt", "kton", "ton-km"),
    *("MtCO2e", "ktCO2", "MTCO2e", "TCO2", "mtce", "ktce", "MBtu", "Mcf"),
    *("mwh", "mWh", "mj", "mPa", "MG", "Mg", "ML"),
    *("¥", "$", "标准立方米", "标煤", "104Nm3"),
]
UNKNOWN = [
    "",
    " ",
    "xyz",
    "t/",
    "/t",
    "t//t",
    "1.5 t",
    "2 t",
    "kCNY",
    "mCO2",
    "t%",
    "10^999 t",
    "t^99",
]
UNKNOWN += [
    "(" * 9 + "t" + ")" * 9,
    "(t",
    "t)",
    "t^",
    "^2",
    "Tt",
    "eval(1)",
    "t;drop",
    "t\x00",
    "x" * 161,
]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_an_ambiguous_spelling_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(AmbiguousUnitError) as caught:
        parse(text)
    for lang in ("zh", "en"):
        assert caught.value.params["write"] in caught.value.text(lang)
    # The way out that the hint names is itself taken.
    for way in caught.value.params["write"].split(" / "):
        parse(way)


@pytest.mark.parametrize("text", UNKNOWN)
def test_nonsense_is_refused_as_unknown(text: str) -> None:
    with pytest.raises(UnknownUnitError):
        parse(text)


@pytest.mark.parametrize("value", [None, 3, float("nan"), 2.5])
def test_what_is_not_text_is_refused_without_a_type_error(value: object) -> None:
    with pytest.raises(UnknownUnitError):
        parse(value)  # type: ignore[arg-type]


def test_the_errors_travel_between_processes() -> None:
    with pytest.raises(UnitError) as caught:
        parse("ton")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.text("zh") == caught.value.text("zh")


def test_the_pint_registry_refuses_what_the_reader_refuses() -> None:
    for text in ("ton", "kt", "MT"):
        with pytest.raises(AmbiguousUnitError):
            registry().Quantity(1.0, "t").to(text)
