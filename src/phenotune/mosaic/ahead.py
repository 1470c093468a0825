"""Rendering on several threads, a little before the sounds are wanted, and in their order."""

from __future__ import annotations

import os
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from phenotune.arrays import Samples
from phenotune.genome.chromosome import Chromosome

N_AHEAD = 8
"""How many sounds are under way or wait to be taken, for each thread."""
KEPT_BYTES = 64 << 20
"""How much may be kept of sounds that are wanted again."""


def n_threads_here() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def rendered_ahead(
    render: Callable[[Chromosome], Samples], wanted: Sequence[Chromosome], n_threads: int
) -> Generator[Samples]:
    """Render chromosomes in the order given; one that is wanted again is rendered once, if it can be kept.

    Parameters
    ----------
    render
        A pure function, called on several threads.
    wanted
        What to render.
    n_threads
        How many threads. :data:`N_AHEAD` sounds for each of them are in memory at most, beside those that are kept,
        which take :data:`KEPT_BYTES` at most.

    Yields
    ------
    Samples
        What ``render`` gave; not to be changed.
    """
    n_ahead = N_AHEAD * n_threads
    kept = _Kept(wanted)
    under_way: deque[Future[Samples]] = deque()
    pool = ThreadPoolExecutor(n_threads)
    try:
        for position, chromosome in enumerate(wanted):
            future = kept.find(chromosome) or pool.submit(render, chromosome)
            kept.keep(chromosome, future)
            under_way.append(future)
            if position >= n_ahead - 1:
                yield kept.taken(wanted[position - n_ahead + 1], under_way.popleft())
        for chromosome in wanted[len(wanted) - len(under_way) :]:
            yield kept.taken(chromosome, under_way.popleft())
    finally:
        # What has not begun never does: Ctrl-C, or somebody who wants no more, need not wait for it.
        pool.shutdown(cancel_futures=True)


class _Kept:
    """Sounds that are wanted again, those that have been taken once bounded in size."""

    def __init__(self, wanted: Sequence[Chromosome]) -> None:
        self._left = Counter(wanted)
        self._futures: OrderedDict[Chromosome, Future[Samples]] = OrderedDict()
        self._n_bytes: dict[Chromosome, int] = {}
        self._n_bytes_in_all = 0

    def find(self, chromosome: Chromosome) -> Future[Samples] | None:
        """Give the sound, if it is kept."""
        return self._futures.get(chromosome)

    def keep(self, chromosome: Chromosome, future: Future[Samples]) -> None:
        """Keep a sound that has been asked for once more, unless that was the last time."""
        self._left[chromosome] -= 1
        if self._left[chromosome]:
            self._futures[chromosome] = future
            self._futures.move_to_end(chromosome)
        else:
            self._drop(chromosome)

    def taken(self, chromosome: Chromosome, future: Future[Samples]) -> Samples:
        """Give the sound that has been waited for, and let go of what was wanted least recently."""
        samples = future.result()
        if chromosome in self._futures and chromosome not in self._n_bytes:
            self._n_bytes[chromosome] = samples.nbytes
            self._n_bytes_in_all += samples.nbytes
            while self._n_bytes_in_all > KEPT_BYTES:
                self._drop(next(each for each in self._futures if each in self._n_bytes))
        return samples

    def _drop(self, chromosome: Chromosome) -> None:
        self._futures.pop(chromosome, None)
        self._n_bytes_in_all -= self._n_bytes.pop(chromosome, 0)
