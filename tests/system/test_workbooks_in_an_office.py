"""A filled template that an office program saved again, and the verifier's file in print."""

import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import carboncalc as cc
from carboncalc.errors import CarbonCalcWarning

sys.path.insert(0, str(Path(__file__).parents[1] / "unit/report"))
from template_case import METHODS, RULES, filled_with_golden_rows

pytestmark = pytest.mark.system
OFFICES = ("soffice", "libreoffice")


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory):
    office = next((path for name in OFFICES if (path := shutil.which(name))), None)
    assert office, "LibreOffice is needed (make test-system installs it)"
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def run(path: Path, kind: str, folder: Path) -> Path:
        command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind]
        command += ["--outdir", str(folder), str(path)]
        subprocess.run(command, capture_output=True, timeout=300, check=True)
        return folder / f"{path.stem}.{kind}"

    return run


def compute(path: Path) -> cc.Inventory:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CarbonCalcWarning)
        return cc.compute(path, **RULES)


@pytest.mark.parametrize("method_id", METHODS)
def test_a_template_saved_by_an_office_program_gives_the_same_lines(
    method_id: str, tmp_path: Path, convert
) -> None:
    path = filled_with_golden_rows(method_id, tmp_path / "filled.xlsx")
    saved = convert(path, "xlsx", tmp_path / "saved")
    mine, theirs = compute(path), compute(saved)
    assert theirs.lines["co2e_t"].tolist() == mine.lines["co2e_t"].tolist()
    assert len(theirs.memo) == len(mine.memo)


def test_the_verifiers_file_prints(tmp_path: Path, convert) -> None:
    inv = compute(filled_with_golden_rows("power-generation-cets", tmp_path / "filled.xlsx"))
    book = cc.write_verifier_file(inv, tmp_path / "verifier.xlsx", lang="zh")
    printed = convert(book, "pdf", tmp_path)
    assert printed.read_bytes().startswith(b"%PDF")
    assert printed.stat().st_size > 20_000
