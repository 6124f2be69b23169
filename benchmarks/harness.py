"""Times rival implementations of one job in one run, and prints ratios.

Each implementation runs in a forked child, once per round, rounds interleaved, so that a
noisy neighbour hits all alike. Reported are median wall and CPU time and the peak of extra
memory. Only ratios within one run mean anything.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import statistics
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """One implementation: what is prepared untimed, and what is timed.

    The timed call returns a number that all implementations must agree on.
    """

    prepare: Callable[[], Any]
    run: Callable[[Any], float]


@dataclass(frozen=True)
class Measured:
    """Medians over the rounds: seconds, seconds, bytes; and the number it came to."""

    wall: float
    cpu: float
    peak: float
    check: float
    spread: float


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    return 0


def _child(job: Job, warm: bool) -> dict[str, float]:
    state = job.prepare()
    if warm:
        job.run(state)
    gc.collect()
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    base = _status("VmRSS")
    cpu, wall = time.process_time(), time.perf_counter()
    check = job.run(state)
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": max(0, _status("VmHWM") - base),
        "check": float(check),
    }


def _once(job: Job, warm: bool) -> dict[str, float]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            text = json.dumps(_child(job, warm))
        except BaseException:  # the child must end here whatever happens
            text = json.dumps({"error": traceback.format_exc()[-800:]})
        with os.fdopen(write, "w") as pipe:
            pipe.write(text)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    found = json.loads(text or '{"error": "no result"}')
    if "error" in found:
        raise RuntimeError(found["error"])
    return found


def measure(jobs: dict[str, Job], *, rounds: int = 5, warm: bool = True) -> dict[str, Measured]:
    """Run every job once a round, rounds interleaved; medians over the rounds."""
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            seen[name].append(_once(job, warm))
    out = {}
    for name, runs in seen.items():
        walls = [run["wall"] for run in runs]
        out[name] = Measured(
            wall=statistics.median(walls),
            cpu=statistics.median(run["cpu"] for run in runs),
            peak=statistics.median(run["peak"] for run in runs),
            check=runs[-1]["check"],
            spread=max(walls) / min(walls),
        )
    return out


def show(
    title: str, measured: dict[str, Measured], reference: str, *, input_bytes: int | None = None
) -> None:
    """Print the ratios to a reference implementation as a table."""
    base = measured[reference]
    print(f"\n### {title}\n")
    print("| implementation | wall × reference | CPU × reference | extra memory | check | spread |")
    print("|---|---|---|---|---|---|")
    for name, found in measured.items():
        memory = (
            f"{found.peak / input_bytes:.2f} × input ({found.peak / 2**20:.0f} MiB)"
            if input_bytes
            else f"{found.peak / 2**20:.0f} MiB"
        )
        print(
            f"| {name} | {found.wall / base.wall:.2f} | {found.cpu / base.cpu:.2f} | {memory} "
            f"| {found.check:.9g} | {found.spread:.2f} |"
        )


def bar(name: str, value: float, limit: float) -> None:
    """Print whether a ratio meets its bar."""
    print(f"{'meets' if value <= limit else 'MISSES'} {name}: {value:.2f} (bar {limit:.2f})")
