"""Published rows are locked: an edit is named, a correction is a new version."""

import csv
import shutil
from pathlib import Path

import pytest

from carboncalc.errors import FactorDigestError, FactorError
from carboncalc.factors.files import AT, COLUMNS
from carboncalc.factors.library import FactorLibrary
from carboncalc.factors.lock import lock
from carboncalc.factors.match import match
from carboncalc.factors.request import FactorRequest
from carboncalc.factors.validate import validate
from carboncalc.provenance import Policy
from carboncalc.resources import emission_factors

FILE = "fuels/mee_power_2021.csv"
DIESEL = FactorRequest("mee_power_2021", "diesel", "net_calorific_value")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A copy of a part of the database that may be edited, locked as it stands."""
    root = tmp_path / "emission_factors"
    for name in (FILE, FILE.replace(".csv", ".yaml"), "sources.yaml", "index.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(emission_factors() / name, root / name)
    lock(root)
    return root


def edit(root: Path, item: str, parameter: str, **changes: str) -> int:
    """Change cells of one row; the line number of the row as a person sees it."""
    with (root / FILE).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    found = [
        n
        for n, row in enumerate(rows)
        if row[AT["item"]] == item and row[AT["parameter"]] == parameter
    ]
    for column, text in changes.items():
        rows[found[0]][AT[column]] = text
    write(root, rows)
    return found[0] + 1


def write(root: Path, rows: list[list[str]]) -> None:
    with (root / FILE).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def append(root: Path, **cells: str) -> None:
    with (root / FILE).open("a", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, restval="", lineterminator="\n")
        writer.writerow({"set": "mee_power_2021", "version": "1", **cells})


NEW = {
    "item": "peat",
    "parameter": "net_calorific_value",
    "value": "9.76",
    "unit": "GJ/t",
    "basis": "net",
    "grade": "A",
    "source": "mee-2021-9-power",
    "where": "made for the test",
}


def test_an_untouched_copy_opens(database: Path) -> None:
    library = FactorLibrary.open(database)
    assert match(library, DIESEL, [None], [2021], Policy()).value[0, 0] == 42.652


def test_an_edited_cell_fails_with_file_row_and_value(database: Path) -> None:
    line = edit(database, "diesel", "net_calorific_value", value="43.33")
    with pytest.raises(FactorDigestError) as caught:
        FactorLibrary.open(database).rows_for("mee_power_2021", "diesel", "carbon_content")
    assert caught.value.code == "F-003"
    assert caught.value.params["file"] == FILE
    assert caught.value.params["row"] == line
    assert caught.value.params["value"] == "43.33"
    text = caught.value.text("en")
    assert FILE in text
    assert f"row {line}" in text
    assert "43.33" in text


@pytest.mark.parametrize(
    "change", [{"grade": "B"}, {"unit": "GJ/kg"}, {"where": "表 B.2"}, {"source": "gb-253-2008"}]
)
def test_every_column_is_under_lock(database: Path, change: dict[str, str]) -> None:
    edit(database, "diesel", "net_calorific_value", **change)
    with pytest.raises(FactorDigestError):
        FactorLibrary.open(database).open_set("mee_power_2021")


def test_lock_refuses_a_changed_published_row_and_writes_nothing(database: Path) -> None:
    before = (database / "lock.csv").read_text(encoding="utf-8")
    edit(database, "diesel", "net_calorific_value", value="43.33")
    with pytest.raises(FactorDigestError) as caught:
        lock(database)
    assert caught.value.code == "F-003"
    assert (database / "lock.csv").read_text(encoding="utf-8") == before


def test_lock_refuses_a_removed_row(database: Path) -> None:
    with (database / FILE).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    write(database, rows[:-1])
    with pytest.raises(FactorDigestError) as caught:
        lock(database)
    assert caught.value.code == "F-004"
    with pytest.raises(FactorDigestError):
        FactorLibrary.open(database).open_set("mee_power_2021")


def test_an_id_that_stands_twice_is_refused(database: Path) -> None:
    append(database, **NEW)
    append(database, **NEW)
    with pytest.raises(FactorDigestError) as caught:
        lock(database)
    assert caught.value.code == "F-013"


def test_a_row_that_is_not_locked_is_refused_with_the_command_to_lock_it(database: Path) -> None:
    append(database, **NEW)
    with pytest.raises(FactorDigestError) as caught:
        FactorLibrary.open(database).open_set("mee_power_2021")
    assert caught.value.code == "F-005"
    assert "factors lock" in caught.value.hint("en")


def test_a_newcomer_adds_a_row_validates_locks_and_uses_it_without_python(database: Path) -> None:
    append(database, **NEW)
    assert validate(database) == ()
    report = lock(database)
    assert report.new == ("mee_power_2021/peat/net_calorific_value@1",)
    asked = FactorRequest("mee_power_2021", "peat", "net_calorific_value")
    found = match(FactorLibrary.open(database), asked, [None], [2021], Policy())
    assert found.value[0, 0] == 9.76


def test_a_correction_is_a_new_version_that_answers_and_the_old_one_stays(database: Path) -> None:
    old = "mee_power_2021/diesel/net_calorific_value@1"
    row = NEW | {"item": "diesel", "value": "42.66", "version": "2", "supersedes": old}
    append(database, **row)
    assert validate(database) == ()
    lock(database)
    library = FactorLibrary.open(database)
    assert match(library, DIESEL, [None], [2021], Policy()).value[0, 0] == 42.66
    assert library.by_id(old).value == 42.652


def test_a_correction_that_does_not_name_what_it_supersedes_is_a_problem(database: Path) -> None:
    append(database, **(NEW | {"item": "diesel", "value": "42.66", "version": "2"}))
    assert [issue.code for issue in validate(database)] == ["F-051"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": "furlong"}, "U-001"),
        ({"unit": "t"}, "F-043"),
        ({"value": "9760"}, "F-044"),
        ({"source": "nobody"}, "F-047"),
        ({"source": ""}, "F-035"),
        ({"where": ""}, "F-035"),
        ({"grade": "E"}, "F-041"),
        ({"item": "柴油"}, "F-050"),
    ],
)
def test_validation_names_what_is_wrong_with_a_new_row(
    database: Path, change: dict[str, str], code: str
) -> None:
    append(database, **(NEW | change))
    assert code in {issue.code for issue in validate(database)}


def test_a_set_without_a_sheet_or_with_two_sets_in_one_file_is_a_problem(database: Path) -> None:
    (database / FILE.replace(".csv", ".yaml")).unlink()
    assert "F-048" in {issue.code for issue in validate(database)}
    append(database, **(NEW | {"set": "another"}))
    assert "F-023" in {issue.code for issue in validate(database)}
    with pytest.raises(FactorError):
        lock(database)


def test_a_release_can_be_pinned_and_later_rows_are_not_seen(database: Path) -> None:
    (database / "index.yaml").write_text("version: 2026.10\n", encoding="utf-8")
    append(database, **NEW)
    lock(database)
    library = FactorLibrary.open(database)
    asked = FactorRequest("mee_power_2021", "peat", "net_calorific_value")
    assert library.version == "2026.10"
    assert match(library, asked, [None], [2021], Policy()).value[0, 0] == 9.76
    pinned = library.pinned("2026.1")
    assert pinned.version == "2026.1"
    assert match(pinned, asked, [None], [2021], Policy()).row[0, 0] == -1
    assert match(pinned, DIESEL, [None], [2021], Policy()).value[0, 0] == 42.652


def test_the_shipped_database_is_sound_and_locked() -> None:
    assert validate(emission_factors()) == ()
    report = lock(emission_factors(), check=True)
    assert report.rows > 10_000
    assert report.new == ()
