"""Importing the package is cheap, and the program's help is there at once."""

import statistics
import subprocess
import sys
import time

import pytest

HEAVY = ("numpy", "pandas", "pint", "pydantic", "xarray", "pyarrow", "click", "yaml")


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sorted(sys.modules), file=sys.__stderr__)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import carboncalc") & set(HEAVY) == set()


def test_printing_the_help_loads_nothing_heavy() -> None:
    code = "from carboncalc.cli.entry import main\nmain(['--help'])"
    assert loaded_by(code) & set(HEAVY) == set()


def test_the_records_load_neither_pandas_nor_xarray_nor_pint() -> None:
    code = (
        "import pkgutil, importlib, carboncalc.model as m\n"
        "[importlib.import_module('carboncalc.model.' + i.name)"
        " for i in pkgutil.iter_modules(m.__path__)]"
    )
    assert loaded_by(code) & {"pandas", "xarray", "pint"} == set()


def median_of(*arguments: str, repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


@pytest.mark.parametrize(
    ("code", "reference", "bar"),
    [
        # The bars are 0.4 and 3; a busy machine may double a ratio of two short processes,
        # so the test allows twice the bar and `benchmarks/j6_import.py` measures it.
        ("import carboncalc", "import numpy", 0.8),
        ("from carboncalc.cli.entry import main; main(['--help'])", "pass", 6.0),
    ],
)
def test_start_up_stays_far_from_what_a_heavy_import_would_cost(
    code: str, reference: str, bar: float
) -> None:
    assert median_of("-c", code) < bar * median_of("-c", reference)
