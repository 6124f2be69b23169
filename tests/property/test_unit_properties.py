"""What must hold for every unit, not only for those somebody thought of."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carboncalc.errors import UnitDimensionError, UnitError
from carboncalc.units import conversion, normalise, parse, scale, substances
from carboncalc.units_grammar import table

NAMES = sorted(name for name, entry in table().entries.items() if not entry.substance)
TAGGED = [f"{mass}{tag}" for tag in sorted(substances()) for mass in ("t ", "kg")]
FAMILIES: dict[object, list[str]] = {}
for name in NAMES:
    FAMILIES.setdefault(parse(name).dimension, []).append(name)

tens = st.sampled_from(["", "万", "亿", "10^3 ", "百万", "1e-3 "])
word = st.one_of(st.sampled_from(NAMES), st.sampled_from(TAGGED))
side = st.lists(st.builds("{}{}".format, tens, word), min_size=1, max_size=2).map(" ".join)
compound = st.one_of(side, st.builds("{}/{}".format, side, side))
same_kind = st.sampled_from([f for f in FAMILIES.values() if len(f) > 2]).flatmap(
    lambda family: st.tuples(*[st.sampled_from(family)] * 3)
)


@settings(deadline=None)
@given(same_kind)
def test_there_and_back_is_one(units: tuple[str, str, str]) -> None:
    a, b, _ = units
    there, back = (Fraction(m) / Fraction(d) for m, d in (conversion(a, b), conversion(b, a)))
    assert float(there * back) == pytest.approx(1.0, rel=4e-16)
    assert (parse(a).exact / parse(b).exact) * (parse(b).exact / parse(a).exact) == 1


@settings(deadline=None)
@given(same_kind)
def test_a_way_round_is_the_direct_way(units: tuple[str, str, str]) -> None:
    a, b, c = units
    assert scale(a, b) * scale(b, c) == pytest.approx(scale(a, c), rel=1e-15)


@settings(deadline=None)
@given(compound)
def test_the_canonical_spelling_means_the_same_and_is_stable(text: str) -> None:
    unit = parse(text)
    again = parse(unit.text)
    assert again == unit
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(compound, compound)
def test_units_convert_if_and_only_if_their_dimensions_agree(a: str, b: str) -> None:
    if parse(a).dimension == parse(b).dimension:
        multiply, divide = conversion(a, b)
        assert multiply > 0 < divide
    else:
        with pytest.raises(UnitDimensionError):
            conversion(a, b)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_but_never_breaks(text: str) -> None:
    try:
        unit = parse(text)
    except UnitError as error:
        refusal = error
    else:
        assert unit.numerator > 0 < unit.denominator
        return
    assert refusal.text("zh")
    assert refusal.text("en")


@settings(deadline=None)
@given(st.text(alphabet="tkgMWhGJCO2e万亿元吨/^10 ()·.%³⁴", max_size=20))
def test_text_made_of_unit_letters_is_read_or_refused(text: str) -> None:
    try:
        canonical = normalise(text)
    except UnitError:
        return
    assert normalise(canonical) == canonical
