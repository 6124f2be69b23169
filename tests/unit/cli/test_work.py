"""The commands that do the work, on the shipped examples and on sheets with mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from carboncalc import examples
from carboncalc.cli import schema_files
from carboncalc.cli.entry import main
from carboncalc.errors import CarbonCalcWarning

MINIMAL = str(examples.path("minimal.csv"))
ENTERPRISE = str(examples.path("enterprise.csv"))
ENTITIES = str(examples.path("enterprise.yaml"))
TEA = str(examples.path("cases", "tea_plant_fujian_2025.csv"))
COMPUTE = Draft202012Validator(schema_files.schema("compute"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(capsys, *arguments, "--json")
    found: dict[str, Any] = json.loads(out)
    assert found["contract"] == 1
    return code, found


def sheet(folder: Path, *rows: str) -> str:
    path = folder / "readings.csv"
    header = "entity,region,period,method,source,item,amount,unit"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


POWER = "plant,CN-35,2023,other-industry,purchased_electricity,electricity,100,MWh"


@pytest.mark.parametrize("files", [(MINIMAL,), (ENTERPRISE, "--entities", ENTITIES)])
def test_compute_prints_json_as_the_contract_says(
    files: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = document(capsys, "compute", *files)
    assert code == 0
    assert [error.message for error in COMPUTE.iter_errors(found)] == []
    assert sum(found["evidence_share"].values()) == pytest.approx(1, abs=1e-12)
    assert found["issues"] == []


def test_compute_gives_the_figure_that_the_grid_factor_makes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # 100 MWh × 0.5306 t CO2/MWh, the national average announced for 2023
    code, found = document(capsys, "compute", sheet(tmp_path, POWER))
    assert code == 0
    assert found["co2e_t"] == pytest.approx(53.06, abs=1e-9)


def test_a_run_is_kept_traced_and_verified(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = str(tmp_path / "run")
    code, found = document(capsys, "compute", MINIMAL, "-o", folder)
    assert code == 0
    assert {path.name for path in Path(folder).iterdir()} >= {"run.json", "input.csv", "lines.csv"}
    assert run(capsys, "verify", folder)[0] == 0
    code, checked = document(capsys, "verify", folder)
    assert (code, checked["reproduced"]) == (0, True)
    assert checked["run_digest"] == found["run_digest"]
    code, text, _ = run(capsys, "trace", folder, "L000001", "--lang", "zh")
    assert code == 0
    assert "公式" in text
    code, traced = document(capsys, "trace", folder, "L000001")
    assert traced["line"]["line_id"] == "L000001"


@pytest.mark.parametrize(
    ("file", "column"), [("input.csv", "amount"), ("resolutions.csv", "value")]
)
def test_a_changed_cell_is_named_by_verify(
    file: str, column: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    assert run(capsys, "compute", sheet(tmp_path, POWER), "-o", str(folder))[0] == 0
    rows = [line.split(",") for line in (folder / file).read_text("utf-8").splitlines()]
    at = rows[0].index(column)
    rows[1][at] = "77.0"
    (folder / file).write_text("\n".join(",".join(row) for row in rows) + "\n", "utf-8")
    code, found = document(capsys, "verify", str(folder))
    assert (code, found["reproduced"]) == (1, False)
    assert found["differences"][0]["code"].startswith("V-00")
    assert "77.0" in found["differences"][0]["message"]


def test_a_line_that_is_not_in_the_run_is_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = str(tmp_path / "run")
    run(capsys, "compute", MINIMAL, "-o", folder)
    code, _, err = run(capsys, "trace", folder, "L999999")
    assert code == 1
    assert "L999999" in err


def test_a_folder_without_a_run_is_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = run(capsys, "verify", str(tmp_path))
    assert code == 1
    assert err.startswith("[V-002]")


def test_check_names_every_bad_cell_at_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = sheet(
        tmp_path,
        POWER,
        "plant,CN-35,2023-13,other-industry,fossil_combustion,煤,5,ton",
        "plant,CN-35,2023,other-industry,purchased_electricity,electricity,-3,MWh",
    )
    code, found = document(capsys, "check", bad)
    assert code == 1
    assert (found["rows"], found["usable"]) == (3, 1)
    named = {(issue["row"], issue["column"]) for issue in found["issues"]}
    assert {(3, "period"), (3, "item"), (3, "unit"), (4, "amount")} <= named
    assert all(issue["message"] and issue["hint"] for issue in found["issues"])


def test_check_finds_a_missing_factor_without_computing_a_figure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    xizang = sheet(
        tmp_path, POWER.replace("CN-35", "西藏").replace("other-industry", "ghg-protocol")
    )
    code, found = document(capsys, "check", xizang)
    assert code == 1
    assert found["issues"][0]["code"].startswith("F-")
    assert "co2e_t" not in found


def test_check_passes_a_good_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "check", ENTERPRISE, "--entities", ENTITIES)
    assert (code, found["issues"]) == (0, [])
    assert found["usable"] == found["rows"] == 169


def test_compute_refuses_a_sheet_with_problems_and_lists_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = sheet(tmp_path, POWER, POWER.replace("MWh", "ton"))
    code, found = document(capsys, "compute", bad)
    assert code == 1
    assert found["issues"][0]["row"] == 3
    code, _, err = run(capsys, "compute", bad)
    assert code == 1
    assert "Traceback" not in err


def test_rows_set_aside_are_listed_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = sheet(tmp_path, POWER, POWER.replace("MWh", "ton"))
    code, found = document(capsys, "compute", bad, "--missing", "quarantine")
    assert (code, found["quarantined"], found["lines"]) == (1, 1, 1)
    assert len(found["issues"]) == 1


def test_a_fallback_happens_only_when_it_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "compute", TEA)
    assert code == 1
    assert "year_fallback=latest" in found["issues"][0]["hint"]
    code, found = document(capsys, "compute", TEA, "--year-fallback", "latest")
    assert code == 0
    assert found["warnings"]


def test_a_file_of_garbage_is_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "readings.xlsx"
    path.write_bytes(bytes(range(256)) * 40)
    code, _, err = run(capsys, "compute", str(path))
    assert code == 1
    assert err.startswith("[A-")


def test_an_overlay_of_factors_is_used_and_graded_as_supplied(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    factors = tmp_path / "mine.csv"
    factors.write_text(
        "set,item,parameter,region,gas,data_year,value,unit,source\n"
        "grid,electricity,average,CN-35,CO2,2024,0.4,t CO2/MWh,letter of the supplier\n",
        encoding="utf-8",
    )
    assert run(capsys, "factors", "validate", str(factors))[0] == 0
    power = POWER.replace("2023", "2024").replace("other-industry", "ghg-protocol")
    file = sheet(tmp_path, power)
    assert run(capsys, "compute", file)[0] == 1
    code, found = document(
        capsys, "compute", file, "--factors", str(factors), "--market-residual", "location_factor"
    )
    assert (code, found["co2e_t"]) == (0, pytest.approx(40, abs=1e-9))
    assert found["evidence_share"]["S"] == 1


def test_the_demonstration_reproduces_the_published_figures(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, found = document(capsys, "demo", "-o", str(tmp_path / "demo"))
    assert code == 0
    assert all(case["agrees"] for case in found["cases"])
    assert [error.message for error in COMPUTE.iter_errors(found["enterprise"])] == []
    for place in found["files"].values():
        assert Path(place).exists()


def test_a_warning_of_the_library_is_a_line_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import warnings

    def warned() -> tuple[str, ...]:
        warnings.warn(CarbonCalcWarning("made for this test"), stacklevel=1)
        return ()

    monkeypatch.setattr("carboncalc.cli.schema_files.names", warned)
    assert run(capsys, "schema")[2] == "made for this test\n"


PARK = [
    str(examples.path("park", "activity.csv")),
    *("--entities", str(examples.path("park", "park.yaml"))),
    *("--outputs", str(examples.path("park", "outputs.csv"))),
]


def test_a_park_is_consolidated_and_judged(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "park", *PARK, "--profile", "ndrc910")
    assert code == 0
    assert found["co2e_t"] == pytest.approx(examples.park_footprint().co2e_t, abs=0)
    assert found["profile"]["name"] == "ndrc910"
    code, text, _ = run(capsys, "park", *PARK, "--profile", "ndrc910", "--lang", "zh")
    assert code == 0
    assert "未达标" in text


def test_the_language_of_a_run_does_not_stay_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.delenv("CARBONCALC_LANG", raising=False)
    assert run(capsys, "schema", "--lang", "zh")[0] == 0
    assert "CARBONCALC_LANG" not in os.environ


def test_an_entry_is_judged_and_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # a plain 4.5 MW onshore turbine fails the 5 MW that the catalogue asks of complete machines
    path = tmp_path / "entries.csv"
    path.write_text(
        "entry_id,kind,claimed_code,industry_code,role,product,rated_power [MW]\n"
        "W1,project,4.1.1,3811,manufacturer,onshore_turbine,4.5\n"
        "W2,project,4.1.1,3811,manufacturer,onshore_turbine,\n",
        encoding="utf-8",
    )
    code, found = document(capsys, "classify", str(path))
    assert code == 0
    verdicts = {one["entry_id"]: one["verdict"] for one in found["verdicts"]}
    assert verdicts == {"W1": "ineligible", "W2": "undetermined"}
    VERDICTS.validate([{k: v for k, v in one.items() if k != "row"} for one in found["verdicts"]])
    code, text, _ = run(capsys, "classify", str(path), "--explain", "W1", "--lang", "zh")
    assert "5 MW" in text
    code, found = document(capsys, "classify", "--template", "4.1.1")
    assert "rated_power [MW]" in found["columns"]
    assert run(capsys, "classify")[0] == 2


VERDICTS = Draft202012Validator(schema_files.schema("verdict"))


def test_a_description_points_to_catalogue_items(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "suggest", "海上风电", "叶片")
    assert code == 0
    assert found["candidates"][0]["code"] == "4.1.1"
    assert run(capsys, "suggest", "qqqq")[0] == 0


def test_the_database_is_listed_searched_compared_and_audited(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, found = document(capsys, "factors", "list")
    assert code == 0
    rows = sum(one["rows"] for one in found["sets"])
    assert rows == sum(found["grades"].values()) > 1000
    assert "grid" in run(capsys, "factors", "list", "--lang", "zh")[1]
    code, found = document(capsys, "factors", "list", "mee_power_2021")
    assert "mee_power_2021/diesel/net_calorific_value@1" in {one["id"] for one in found["factors"]}
    assert run(capsys, "factors", "list", "nope")[0] == 2
    code, found = document(capsys, "factors", "show", "grid/average/CN-35/2023@1")
    assert found["factor"]["value_text"] == "0.4211"
    code, found = document(capsys, "factors", "search", "天然气", "低位发热量")
    assert found["factors"]
    code, found = document(capsys, "factors", "diff", "mee_power_2021", "ndrc_sector_2013_2015")
    (diesel,) = [
        one
        for one in found["differences"]
        if one["item"] == "diesel" and one["parameter"] == "net_calorific_value"
    ]
    assert (diesel["value_a"], diesel["value_b"]) == (42.652, 43.33)
    code, found = document(capsys, "factors", "diff", "2024-06-30", "2026-06-30")
    assert {one["change"] for one in found["differences"]} >= {"added"}
    code, found = document(capsys, "factors", "audit")
    assert found["kinds"]["all"]["all"] == rows
    folder = str(tmp_path / "run")
    run(capsys, "compute", MINIMAL, "-o", folder)
    code, found = document(capsys, "factors", "audit", folder)
    assert sum(one["share"] for one in found["grades"]) == pytest.approx(1, abs=1e-12)
    assert run(capsys, "factors", "audit", folder)[0] == 0
    assert run(capsys, "factors", "audit", str(tmp_path))[0] == 1
    assert run(capsys, "factors", "lock", "--check")[0] == 0
    assert run(capsys, "factors", "validate")[0] == 0


def test_methods_are_listed_and_shown_with_their_equations(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, found = document(capsys, "methods", "list")
    assert code == 0
    assert "other-industry" in {one["id"] for one in found["methods"]}
    code, text, _ = run(capsys, "methods", "show", "other-industry", "--lang", "zh")
    assert "carbon_per_unit" in text
    assert "工业其他行业" in text


@pytest.fixture(scope="module")
def made_tape(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    from carboncalc.examples.loans import made_loans

    folder, made = tmp_path_factory.mktemp("tape"), made_loans(300)
    for name in ("loans", "labels", "rates"):
        getattr(made, name).to_csv(folder / f"{name}.csv", index=False)
    options = [f"--labels={folder / 'labels.csv'}", f"--rates={folder / 'rates.csv'}"]
    return [str(folder / "loans.csv"), *options]


def test_a_loan_book_prints_json_as_the_contract_says(
    made_tape: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = document(capsys, "exposure", *made_tape, "--statistic", "NFRA")
    assert code == 0
    schema = Draft202012Validator(schema_files.schema("exposure"))
    assert [error.message for error in schema.iter_errors(found)] == []
    code, out, _ = run(capsys, "exposure", *made_tape, "--statistic", "PBOC", "--lang", "zh")
    assert code == 0
    # A person reads the target beside the book, as the JSON has it.
    assert "T2025-03 绿色信贷余额" in out
    assert out.count("[L-") == len({line for line in out.splitlines() if "[L-" in line})


def test_the_two_statistics_are_never_taken_for_each_other(
    made_tape: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "exposure", *made_tape)[0] == 2


def test_verdicts_of_a_classification_confirm_or_refute_loans(
    made_tape: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, plain_book = document(capsys, "exposure", *made_tape, "--statistic", "NFRA")
    labels = Path(made_tape[1].partition("=")[2]).read_text("utf-8").splitlines()
    loans = [row.split(",")[0] for row in labels[1:] if ",NFRA," in row]
    file = tmp_path / "verdicts.csv"
    rows = [f"{loan},ineligible" for loan in loans]
    file.write_text("\n".join(["entry_id,verdict", *rows]) + "\n", encoding="utf-8")
    _, found = document(
        capsys, "exposure", *made_tape, "--statistic", "NFRA", "--verdicts", str(file)
    )
    assert found["refuted_cny"] == plain_book["declared_cny"] != "0.00"
    assert found["green_cny"] == "0.00"


def test_targets_are_listed_and_shown_with_comparator_and_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, found = document(capsys, "targets")
    assert (code, len(found["targets"])) == (0, 53)
    code, found = document(capsys, "targets", "T2025-03")
    # 绿色信贷余额达到2000亿元: at least, in CNY
    assert (found["target"]["comparator"], found["target"]["base_value"]) == (">=", "200000000000")
    code, out, _ = run(capsys, "targets", "T2025-03", "--lang", "zh")
    assert "绿色信贷余额" in out
    assert "{" not in out
    assert run(capsys, "targets", "T2025-3")[0] == 1
    assert run(capsys, "targets", "--lang", "zh")[0] == 0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("park", tuple(PARK)),
        ("park", (*PARK, "--profile", "ndrc910")),
        ("classify", (str(examples.path("entries.csv")),)),
        ("targets", ()),
        ("targets", ("T2025-03",)),
    ],
)
def test_what_json_prints_is_what_its_schema_says(
    name: str, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = document(capsys, name, *arguments)
    assert code == 0
    schema = Draft202012Validator(schema_files.schema(name))
    assert [error.message for error in schema.iter_errors(found)] == []
    del found["contract"]
    assert list(schema.iter_errors(found))


def test_page_workbook_and_verifiers_file_are_written_where_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page, workbook, verifier = (tmp_path / name for name in ("p.html", "w.xlsx", "v.xlsx"))
    options = ["--page", str(page), "--workbook", str(workbook), "--verifier", str(verifier)]
    code, found = document(capsys, "compute", MINIMAL, *options)
    assert code == 0
    assert (found["page"], found["workbook"], found["verifier"]) == tuple(options[1::2])
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert workbook.read_bytes()[:2] == verifier.read_bytes()[:2] == b"PK"
