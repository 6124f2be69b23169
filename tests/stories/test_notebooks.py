"""Every notebook of ``examples/`` runs from top to bottom and shows something."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.py"))

# In a process of its own: what the notebook machinery warns of is not ours to answer for.
EXECUTE = """
import sys, jupytext, nbclient, nbformat
source, target, place = sys.argv[1:]
notebook = jupytext.read(source)
client = nbclient.NotebookClient(
    notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": place}}
)
client.execute()
nbformat.write(notebook, target)
"""


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    import nbformat

    place = tmp_path_factory.mktemp(request.param.stem)
    target = place / "notebook.ipynb"
    command = [sys.executable, "-c", EXECUTE, request.param, target, place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return nbformat.read(target, as_version=4)


def test_a_notebook_runs_without_an_error(executed: Any) -> None:
    outputs = [out for cell in executed.cells for out in cell.get("outputs", [])]
    assert outputs
    assert [out for out in outputs if out.output_type == "error"] == []


def test_a_notebook_is_short_enough_to_be_read(executed: Any) -> None:
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert len(code) < 20


def test_a_notebook_draws_and_shows_tables(executed: Any) -> None:
    kinds = {
        kind
        for cell in executed.cells
        for out in cell.get("outputs", [])
        for kind in out.get("data", {})
    }
    assert "text/html" in kinds
