"""Builds the wheel, installs it into an empty environment and uses it there.

Run by ``make wheel``. What works in a checkout can be missing from a wheel: data files, stubs,
a dependency that only the tests install. The check runs outside the checkout.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]

USE = """
import carboncalc as cc
inventory = cc.compute(cc.examples.path("minimal.csv"))
total = cc.exact_sum(inventory.lines["co2e_t"])
assert total > 0, total
print("computed", len(inventory.lines), "lines from the installed wheel:", total, "t CO2e")
"""


def run(*arguments: str | Path, where: Path) -> str:
    """Run a command away from the checkout, without its environment; show it when it fails."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    command = [str(argument) for argument in arguments]
    done = subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise SystemExit(f"failed: {' '.join(command)}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        run(
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps",
            "--wheel-dir", place, ROOT, where=place,
        )  # fmt: skip
        (wheel,) = place.glob("*.whl")
        venv.create(place / "empty", with_pip=True)
        python = place / "empty" / ("Scripts" if os.name == "nt" else "bin") / "python"
        run(python, "-m", "pip", "install", "--quiet", wheel, where=place)
        program = python.with_name("carboncalc")
        assert "compute" in run(program, "--help", where=place)
        print(run(program, "--version", where=place).strip())
        print(run(python, "-W", "error", "-c", USE, where=place).strip())
        sheet = place / "readings.csv"
        sheet.write_text(
            "entity,region,period,method,source,item,amount,unit\n"
            "plant,CN-35,2023,other-industry,purchased_electricity,electricity,100,MWh\n"
        )
        print(run(program, "compute", sheet, "-o", place / "run", where=place).strip())
        run(program, "verify", place / "run", where=place)
        print("the wheel works in an empty environment:", wheel.name)


if __name__ == "__main__":
    main()
