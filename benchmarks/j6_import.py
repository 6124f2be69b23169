"""J6: what it costs to start. Fresh interpreters, interleaved, median; only ratios mean anything.

Bars: ``import carboncalc`` at most 0.4 × ``import numpy`` (bare interpreter taken off both), and
the whole process of ``carboncalc --help`` at most 3 × a bare interpreter.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

REPEATS = 15
PROGRAM = str(Path(sys.executable).with_name("carboncalc"))

CASES: dict[str, list[str]] = {
    "bare interpreter": [sys.executable, "-c", "pass"],
    "import numpy": [sys.executable, "-c", "import numpy"],
    "import pandas": [sys.executable, "-c", "import pandas"],
    "import carboncalc": [sys.executable, "-c", "import carboncalc"],
    "import click": [sys.executable, "-c", "import click"],
    "carboncalc --help": [PROGRAM, "--help"],
    "carboncalc --help --lang zh": [PROGRAM, "--help", "--lang", "zh"],
    "carboncalc factors --help": [PROGRAM, "factors", "--help"],
}


def sample(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    for command in CASES.values():
        sample(command)  # byte code and page cache
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(REPEATS):
        for name, command in CASES.items():
            times[name].append(sample(command))
    median = {name: statistics.median(found) for name, found in times.items()}
    bare = median["bare interpreter"]
    numpy = median["import numpy"] - bare
    print("### J6 start-up\n")
    print("| what | × import numpy (net) | whole process × bare interpreter | max/min |")
    print("|---|---|---|---|")
    for name, value in median.items():
        spread = max(times[name]) / min(times[name])
        print(f"| {name} | {(value - bare) / numpy:.2f} | {value / bare:.2f} | {spread:.2f} |")
    ours, shown = (median["import carboncalc"] - bare) / numpy, median["carboncalc --help"] / bare
    print(f"\nimport carboncalc ÷ import numpy: {ours:.2f} (bar 0.4)")
    print(f"carboncalc --help ÷ bare interpreter: {shown:.2f} (bar 3)")


if __name__ == "__main__":
    main()
