"""One tiny folder per way that data can be wrong; its name is the specification.

``case.yaml`` says what must come out: ``problems`` and ``findings`` as [row, column, code],
``good`` as the rows that stay, ``column`` as their values, ``error`` as the code of a file
that is refused whole.
"""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pandas as pd
import pytest
import yaml

from carboncalc.activity.read import read_activity
from carboncalc.errors import ActivityDataError
from carboncalc.messages.catalogue import catalogue
from carboncalc.provenance import Policy

CASES = sorted((Path(__file__).parent / "cases").iterdir())
READ = [case for case in CASES if "\nerror:" not in (case / "case.yaml").read_text("utf-8")]
TODAY = dt.date(2026, 6, 30)


def _case(folder):
    wanted = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    (path,) = folder.glob("activity.*")
    return path, wanted, Policy(**wanted.get("policy", {}))


def _placed(issues):
    return sorted(([issue.row, issue.column, issue.code] for issue in issues), key=str)


def _same(found, wanted):
    if wanted is None:
        return bool(pd.isna(found))
    if isinstance(wanted, int | float):
        return math.isclose(found, wanted, rel_tol=0, abs_tol=0)
    return found == wanted


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_each_case_comes_out_as_its_folder_says(folder):
    path, wanted, policy = _case(folder)
    if "error" in wanted:
        with pytest.raises(ActivityDataError) as caught:
            read_activity(path, policy=policy, today=TODAY)
        assert caught.value.code == wanted["error"]
        if "errors" in wanted:
            found = [[issue.column, issue.code] for issue in caught.value.issues]
            assert found == wanted["errors"]
        return
    table = read_activity(path, policy=policy, today=TODAY)
    assert _placed(table.issues) == sorted(wanted["problems"], key=str)
    assert _placed(table.findings) == sorted(wanted.get("findings", []), key=str)
    assert table.rows["row"].tolist() == wanted["good"]
    for name, values in wanted.get("column", {}).items():
        found = table.rows[name].tolist()
        assert len(found) == len(values)
        assert all(map(_same, found, values)), (name, found)
    if "encoding" in wanted:
        assert table.encodings == {path.name: wanted["encoding"]}


@pytest.mark.parametrize("folder", READ, ids=lambda folder: folder.name)
def test_every_bad_row_is_in_the_quarantine_with_its_code_and_a_sentence(folder):
    path, wanted, policy = _case(folder)
    table = read_activity(path, policy=policy, today=TODAY)
    rows = {row for row, _, _ in wanted["problems"]}
    assert set(table.quarantined["row"]) == rows
    assert not rows & set(table.rows["row"])
    for record in table.quarantined.to_dict("records"):
        codes = {code for row, _, code in wanted["problems"] if row == record["row"]}
        assert set(record["code"].split("; ")) == codes
        assert "{" not in record["message"]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_issue_speaks_both_languages_without_holes(folder, lang):
    path, _, policy = _case(folder)
    try:
        table = read_activity(path, policy=policy, today=TODAY)
        said, issues = "", [*table.issues, *table.findings]
    except ActivityDataError as error:
        said, issues = error.text(lang), error.issues
    assert "{" not in said
    for issue in issues:
        assert issue.code in catalogue()
        assert "{" not in issue.text(lang)
        assert issue.message("zh") != issue.message("en")


@pytest.mark.parametrize("folder", READ, ids=lambda folder: folder.name)
def test_strict_reading_raises_exactly_when_there_are_problems(folder):
    path, wanted, policy = _case(folder)
    if not wanted["problems"]:
        assert read_activity(path, policy=policy, today=TODAY, strict=True).issues == ()
        return
    with pytest.raises(ActivityDataError) as caught:
        read_activity(path, policy=policy, today=TODAY, strict=True)
    assert caught.value.code == "A-001"
    assert len(caught.value.issues) == caught.value.params["count"] == len(wanted["problems"])
