"""What the benchmarks share: a clock that warms up first, and one line a figure."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

N_RUNS = 5


def seconds(work: Callable[[], object], n_runs: int = N_RUNS) -> list[float]:
    """Wall time of each of some runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(n_runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def report(what: str, values: list[float], unit: str) -> None:
    """One line: the median, the least and the greatest of the values, and how many processors there are."""
    middle, least, greatest = statistics.median(values), min(values), max(values)
    print(
        f"{what:44} {middle:10.2f} {unit:14} ({least:.2f} to {greatest:.2f}, {len(values)} runs, "
        f"{os.cpu_count()} processors)",
        flush=True,
    )
