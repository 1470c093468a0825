"""What the benchmarks share: a clock that warms up first, and one line a figure."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


def seconds(work: Callable[[T], object], inputs: Iterable[T]) -> list[float]:
    """Wall time of the work on each input, but for the first, which only warms things up."""
    taken = []
    for each in inputs:
        began = time.perf_counter()
        work(each)
        taken.append(time.perf_counter() - began)
    return taken[1:]


def timed(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """What work gives, and the processor time that it takes, which others on the machine do not lengthen much."""
    began = time.process_time()
    result = work(*args, **kwargs)
    return result, time.process_time() - began


def report(what: str, values: list[float], unit: str) -> None:
    """One line: the median, the least and the greatest of the values, and how many processors there are."""
    middle, least, greatest = statistics.median(values), min(values), max(values)
    print(
        f"{what:44} {middle:10.2f} {unit:14} ({least:.2f} to {greatest:.2f}, {len(values)} runs, "
        f"{os.cpu_count()} processors)",
        flush=True,
    )
