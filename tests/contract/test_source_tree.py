"""Guards on the shape of the source: size, names, and what must not be written."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "carboncalc"
MODULES = sorted(SOURCE.rglob("*.py"))


def tracked_files() -> list[Path]:
    """Files of the repository as git sees them; all files where there is no git."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        found = [ROOT / name for name in done.stdout.decode().split("\0") if name]
        return [path for path in found if path.is_file()]
    skipped = {".venv", ".git", "build", "dist", "_build", "node_modules"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not skipped & set(p.parts)]


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    # splitlines also counts a last line without a line feed
    long = {
        str(path.relative_to(SOURCE)): count
        for path in MODULES
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_module_is_named_without_a_subject() -> None:
    subjectless = re.compile(r"^(utils?|helpers?|common|misc|manager)$")
    assert [str(p.relative_to(SOURCE)) for p in MODULES if subjectless.match(p.stem)] == []


STAGES = (
    "activity", "classification", "cli", "factors", "finance", "footprint", "inventory",
    "messages", "methods", "model", "registry", "report", "scale", "service", "vocabulary",
)  # fmt: skip


def test_stage_packages_have_empty_init_files() -> None:
    filled = [
        stage
        for stage in STAGES
        if (path := SOURCE / stage / "__init__.py").exists() and path.read_text(encoding="utf-8")
    ]
    assert filled == []


# Written in two halves so that this file does not find itself.
FORBIDDEN_IN_SOURCE = {
    "work per row": r"\.app" + r"ly\(|iterr" + r"ows|itert" + r"uples",
    "code from data": r"\bev" + r"al\(|pickle\.lo" + r"ad|yaml\.lo" + r"ad\(",
    "unfinished": r"TO" + r"DO|FIX" + r"ME|NotImpl" + r"ementedError|place" + r"holder|dum" + "my",
}


@pytest.mark.parametrize("what", FORBIDDEN_IN_SOURCE)
def test_the_source_is_free_of(what: str) -> None:
    pattern = re.compile(FORBIDDEN_IN_SOURCE[what])
    hits = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert hits == []


FORBIDDEN_ANYWHERE = {
    "a path of one machine": r"/wo" + r"rk/(main|shared|steering|\.)|/ro" + r"ot/|/fa" + r"rm/",
    "the host of a package registry": (
        r"py" + r"pi\.org|pythonhos" + r"ted|registry\.npm" + r"js|deb\.deb" + r"ian"
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN_ANYWHERE)
def test_nothing_in_the_repository_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN_ANYWHERE[what].encode())
    hits = [
        str(path.relative_to(ROOT)) for path in tracked_files() if pattern.search(path.read_bytes())
    ]
    assert hits == []


def test_no_lock_file_records_download_addresses() -> None:
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "package-lock.json", "Pipfile.lock"}
    assert [path.name for path in tracked_files() if path.name in locks] == []
