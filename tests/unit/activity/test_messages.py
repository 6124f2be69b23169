"""Every code that reading can give has its sentence in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import carboncalc.activity
from carboncalc.activity.crosscheck import DEDUCTED_SOURCES
from carboncalc.activity.identify import OWN_WORDS, VOCABULARY
from carboncalc.activity.measures import FRACTIONS, NEEDS_UNIT, NEVER_NEGATIVE
from carboncalc.activity.read import ACTIVITY_LAYOUT
from carboncalc.messages.catalogue import catalogue
from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.model.activity import ActivityRecord
from carboncalc.vocabulary import names
from carboncalc.vocabulary.headers import split_header

SOURCES = Path(carboncalc.activity.__path__[0]).glob("*.py")
USED = sorted(
    {code for path in SOURCES for code in re.findall(r'"(A-\d{3})"', path.read_text("utf-8"))}
)


@pytest.mark.parametrize("code", USED)
def test_a_code_has_a_sentence_in_both_languages_with_the_same_parameters(code):
    entry = catalogue()[code]
    found = [re.findall(r"{(\w+)}", entry[lang]) for lang in ("zh", "en")]
    # a parameter in Chinese words carries the name of the English one with _zh behind it
    fields = [{name.removesuffix("_zh") for name in names} for names in found]
    if code != "A-012":
        assert fields[0] == fields[1]
    assert ("hint_zh" in entry) == ("hint_en" in entry)


def test_no_code_of_reading_is_defined_and_never_used():
    own = {code for code in catalogue() if code.startswith("A-") and not code.startswith("A-1")}
    # A-000 is the class's own code, for callers that raise it bare.
    assert own - set(USED) == {"A-000"}


def test_the_words_that_checks_rely_on_are_in_the_vocabulary():
    for source in DEDUCTED_SOURCES:
        assert names.source(source) == source
    for name in NEEDS_UNIT | FRACTIONS | NEVER_NEGATIVE:
        assert split_header(name, "activity").column == name
    for column in ACTIVITY_LAYOUT.columns:
        assert split_header(column, "activity").column == column
    assert set(VOCABULARY) | set(OWN_WORDS) <= set(ACTIVITY_LAYOUT.columns)


def test_sources_that_a_method_deducts_are_deducted_in_cross_checks():
    deducted = {
        source.id
        for method in method_ids()
        for source in load_method(method).sources.values()
        if source.sign < 0
    }
    assert deducted <= DEDUCTED_SOURCES


def test_the_record_and_the_table_have_the_same_columns():
    fields = set(ActivityRecord.model_fields)
    units = {"density_unit"}
    assert fields - units == set(ACTIVITY_LAYOUT.columns)
    needed = {name for name, field in ActivityRecord.model_fields.items() if field.is_required()}
    assert needed == set(ACTIVITY_LAYOUT.required)
