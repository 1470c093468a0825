"""How many candidates a second can be rendered, and scored, on an empty canvas and on one that has clips on it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from timing import report, seconds

from phenotune.demo.make import make_demo
from phenotune.genome.candidate import Candidate
from phenotune.run.evolution import evolving
from phenotune.run.project import prepare
from phenotune.run.session import Session, open_session

N_CYCLES = 10


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
                session.engine.begin_cycle(session.cycle + 1, session.canvas.distance)
                measure(session, session.engine.ask(), what)
            for _ in evolving(project):
                pass


def measure(session: Session, candidates: Sequence[Candidate], what: str) -> None:
    """Print how fast these candidates are rendered and scored."""
    n, evaluator = len(candidates), session.evaluator
    rendering = seconds(
        lambda: [evaluator.phenotype(candidate.chromosome) for candidate in candidates]
    )
    one_thread = seconds(lambda: evaluator.evaluate(candidates))
    all_threads = seconds(lambda: evaluator.evaluate(candidates, session.pool))
    for name, taken in (
        ("rendered", rendering),
        ("scored, 1 thread", one_thread),
        ("scored", all_threads),
    ):
        report(f"{name}, {what}", [n / taken_s for taken_s in taken], "candidates/s")


if __name__ == "__main__":
    main()
