"""The pages of the demonstration open in a browser, say what the JSON says, and fetch nothing."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from carboncalc.cli.entry import main

pytestmark = pytest.mark.system
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"one of {', '.join(BROWSERS)} is needed (make test-system installs chromium)"
    return found


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "-o", str(folder), "--json"]) == 0
    return folder


def shown(browser: str, page: Path, place: Path) -> str:
    """The page as the browser holds it after loading, with every host out of reach."""
    command = [browser, "--headless", "--disable-gpu", f"--user-data-dir={place}"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", page.as_uri()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # the browser refuses its sandbox to the superuser
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_the_total_of_the_json(
    lang: str, browser: str, demonstration: Path, tmp_path: Path
) -> None:
    total = json.loads((demonstration / "enterprise.json").read_text("utf-8"))["co2e_t"]
    page = shown(browser, demonstration / f"enterprise.{lang}.html", tmp_path)
    assert f"{total:,.2f}" in page
    assert ("编造" if lang == "zh" else "invented") in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_asks_no_other_host_for_anything(
    lang: str, browser: str, demonstration: Path, tmp_path: Path
) -> None:
    page = shown(browser, demonstration / f"enterprise.{lang}.html", tmp_path)
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=.(?:https?:)?//", page) == []
    assert "@import" not in page
