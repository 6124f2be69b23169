"""Runs every benchmark of this folder, one after the other, each in its own process.

``python -m benchmarks`` or ``python -m benchmarks j6`` for those whose name starts so.
"""

import subprocess
import sys
from pathlib import Path


def main() -> None:
    folder = Path(__file__).parent
    wanted = tuple(sys.argv[1:]) or ("j",)
    for path in sorted(folder.glob("j*.py")):
        if path.stem.startswith(wanted):
            print(f"\n<!-- {path.name} -->", flush=True)
            subprocess.run([sys.executable, str(path)], check=True)


if __name__ == "__main__":
    main()
