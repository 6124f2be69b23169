"""Write ``emission_factors/index.csv`` and ``lock.csv``: what ``carboncalc factors lock`` does.

With ``--before-release`` the lock is written anew from scratch: only for rows that were never
published.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from carboncalc.factors.lock import lock

ROOT = Path(__file__).parents[1] / "emission_factors"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before-release", action="store_true")
    if parser.parse_args().before_release:
        (ROOT / "lock.csv").unlink(missing_ok=True)
    report = lock(ROOT)
    print(f"{report.rows} rows in {report.files} files, {len(report.new)} new: {report.release}")
