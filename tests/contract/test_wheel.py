"""The wheel holds every file that the package needs, and nothing of the checkout besides."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "carboncalc"
DATABASE = ROOT / "emission_factors"


@pytest.fixture(scope="module")
def wheel_content(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    place = tmp_path_factory.mktemp("wheel")
    build = (
        "from hatchling.builders.wheel import WheelBuilder\n"
        f"list(WheelBuilder({str(ROOT)!r}).build(directory={str(place)!r}, versions=['standard']))"
    )
    subprocess.run([sys.executable, "-c", build], check=True, capture_output=True, cwd=ROOT)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def files_of(folder: Path) -> list[str]:
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


def test_the_wheel_holds_every_file_of_the_package(wheel_content: set[str]) -> None:
    missing = [name for name in files_of(PACKAGE) if f"carboncalc/{name}" not in wheel_content]
    assert missing == []


def test_the_wheel_holds_every_file_of_the_factor_database(wheel_content: set[str]) -> None:
    inside = "carboncalc/_emission_factors/"
    missing = [name for name in files_of(DATABASE) if inside + name not in wheel_content]
    assert missing == []


def test_the_wheel_brings_both_licence_files(wheel_content: set[str]) -> None:
    names = {Path(name).name for name in wheel_content if ".dist-info/" in name}
    assert {"LICENSE", "DATA_LICENSES.md"} <= names


def test_nothing_outside_the_package_is_in_the_wheel(wheel_content: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_content}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"carboncalc"}
