"""How many candidates a second can be rendered, and scored, on an empty canvas and on one that has clips on it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from inside import generations, opened, render_all
from music import demo_pair
from timing import report, seconds

from phenotune.genome.candidate import Candidate
from phenotune.run.api import evolve
from phenotune.run.session import Session

N_CYCLES = 10
N_RUNS = 5
Litter = tuple[Candidate, ...]


def main() -> None:
    """Measure on the demo's music, which is the same everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        demo, run = demo_pair(Path(folder)), Path(folder) / "run"
        with opened(demo.target, demo.library, run) as session:
            measure(session, "empty canvas")
        evolve(demo.target, demo.library, run=run, cycles=N_CYCLES)
        with opened(demo.target, demo.library, run) as session:
            measure(session, f"after {N_CYCLES} cycles")


def litters(session: Session, first: int) -> list[Litter]:
    """Children of the founders of some cycles, none of which has been rendered before."""
    return [generations(session, cycle)[1] for cycle in range(first, first + N_RUNS + 1)]


def measure(session: Session, what: str) -> None:
    """Print how fast candidates are rendered and scored."""
    kinds = {
        "rendered": lambda candidates: render_all(session, candidates),
        "scored, 1 thread": session.evaluator.evaluate,
        "scored": lambda candidates: session.evaluator.evaluate(candidates, session.pool),
    }
    for k, (name, work) in enumerate(kinds.items()):
        # Cycles far from those that have been run, so that nothing is remembered.
        inputs = litters(session, 1000 * (k + 1))
        taken = seconds(work, inputs)
        speeds = [len(each) / taken_s for each, taken_s in zip(inputs[1:], taken, strict=True)]
        report(f"{name}, {what}", speeds, "candidates/s")


if __name__ == "__main__":
    main()
