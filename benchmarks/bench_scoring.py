"""How many candidates a second can be rendered, and scored, on an empty canvas and on one that has clips on it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from timing import report, seconds

from phenotune.demo.make import make_demo
from phenotune.genome.candidate import Candidate
from phenotune.genome.rendering import render
from phenotune.run.evolution import evolving
from phenotune.run.opening import open_session
from phenotune.run.project import prepare
from phenotune.run.session import Session

N_CYCLES = 10
N_RUNS = 5


def main() -> None:
    """Measure on the demo's music, which is the same everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        sounds = make_demo(Path(folder) / "demo")
        project = prepare(
            sounds.target,
            [sounds.library],
            run=Path(folder) / "run",
            flags={"run.cycles": N_CYCLES},
        )
        for what in ("empty canvas", f"after {N_CYCLES} cycles"):
            with open_session(project, time.monotonic()) as session:
                measure(session, what)
            for _ in evolving(project):
                pass


def litters(session: Session, first: int) -> list[list[Candidate]]:
    """Founders of some cycles, each with one generation of children, none of which has been rendered before."""
    found = []
    for cycle in range(first, first + N_RUNS + 1):
        session.engine.begin_cycle(cycle, session.canvas.distance)
        founders = session.engine.ask()
        session.engine.tell(session.evaluator.evaluate(founders, session.pool))
        found.append(list(session.engine.ask()))
    return found


def measure(session: Session, what: str) -> None:
    """Print how fast candidates are rendered and scored."""

    def render_all(candidates: list[Candidate]) -> None:
        rate_hz = session.canvas.target.layout.rate_hz
        for candidate in candidates:
            render(candidate.chromosome, session.library, rate_hz)

    kinds = {
        "rendered": render_all,
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
