"""Two threads against one: the same founders and children scored on a pool of each, and whole cycles of a run."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from inside import generations, opened
from music import Pair, pairs
from timing import report

from phenotune.genome.candidate import Candidate
from phenotune.run.api import evolve, evolving
from phenotune.run.events import CycleFinished
from phenotune.run.session import Session

N_CYCLES = 8
N_BATCHES = 4
N_RUNS = 7


def main() -> None:
    """Print both ratios: of the fastest runs, one and two threads in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair, run = next(pairs(folder)), folder / "run"
        evolve(pair.target, pair.library, run=run, cycles=N_CYCLES, settings={"run.picture": False})
        with opened(pair.target, pair.library, run) as session:
            scoring(session)
        cycles(pair, folder)


def scoring(session: Session) -> None:
    """Score generations as the engine does: founders, and when all of them are scored their children."""
    batches = [group for c in range(N_BATCHES) for group in generations(session, 1000 + c)]
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        taken = [
            (scored_s(session, batches, one), scored_s(session, batches, two))
            for _ in range(N_RUNS + 1)
        ][1:]
    n_candidates = sum(map(len, batches))
    for k, name in enumerate(("one thread", "two threads")):
        report(f"scored on {name}", [n_candidates / pair[k] for pair in taken], "candidates/s")
    report_ratio("scoring, two threads against one", taken)


def scored_s(
    session: Session, batches: list[tuple[Candidate, ...]], pool: ThreadPoolExecutor
) -> float:
    """Wall time of scoring generations one after the other."""
    began = time.perf_counter()
    for batch in batches:
        session.evaluator.evaluate(batch, pool)
    return time.perf_counter() - began


def cycles(pair: Pair, folder: Path) -> None:
    """Whole cycles: breeding, landing and refitting are in it."""
    taken = []
    for k in range(3):
        found = [cycles_s(pair, folder / f"cycles-{k}-{workers}", workers) for workers in (1, 2)]
        taken.append((found[0], found[1]))
    report_ratio(f"{N_CYCLES} cycles, two threads against one", taken)


def cycles_s(pair: Pair, run: Path, workers: int) -> float:
    """Wall time from the end of the first cycle to that of the last."""
    settings = {"run.picture": False, "run.checkpoint_s": 1e6}
    ended_s = [
        event.elapsed_s
        for event in evolving(
            pair.target,
            pair.library,
            run=run,
            cycles=N_CYCLES + 1,
            workers=workers,
            settings=settings,
        )
        if isinstance(event, CycleFinished)
    ]
    return ended_s[-1] - ended_s[0]


def report_ratio(what: str, taken: list[tuple[float, float]]) -> None:
    """The ratio of the fastest of each."""
    one_s, two_s = (min(pair[k] for pair in taken) for k in range(2))
    report(what, [one_s / two_s], "x")


if __name__ == "__main__":
    main()
