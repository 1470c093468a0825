"""What a generation costs whose fitness is cross-correlation: 2,000 clips of 5 s, and a target of a minute.

The article's first way, with its claims: not one generation in an hour on six cores when the whole target is looked at,
and generations eight to ten times quicker near the parents' onsets. Founders are pieces of the library of 5 s each;
their children are those of an ordinary generation. The same children are correlated with the whole target and near
their parents' onsets, in turn, so that a machine that slows down slows both. Rendering is in all figures but its own.

Then how often the highest onset is another one than transforms in float64 of the whole target find.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from inside import correlate_all, opened, render_all
from music import SONGS, Pair, demo_pair, find_pair
from scipy import fft
from tables import machine, put, table
from timing import timed

from phenotune.fitness.correlator import Correlator
from phenotune.fitness.settings import FitnessSettings
from phenotune.genome.candidate import Candidate
from phenotune.run.session import Session

N_CLIPS = 2000
CLIP_S, TARGET_S, SEED_WIDTH_S = 5.0, 60.0, 0.25
N_TURNS = 10
FLAGS = {
    "library.clip_s": CLIP_S,
    "search.population": N_CLIPS,
    "search.capacity": N_CLIPS,
    "search.offspring": 3,
}


@dataclass
class Taken:
    """Wall time and processor time of a generation."""

    wall_s: float = 0.0
    processor_s: float = 0.0

    @property
    def cells(self) -> list[str]:
        """As cells of the table, with the processor time of each clip."""
        own_ms = 1000 * self.processor_s / N_CLIPS
        return [f"{self.wall_s:.1f}", f"{self.processor_s:.1f}", f"{own_ms:.2f}"]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2, help="threads that score")
    parser.add_argument("--checked", type=int, default=100, help="clips compared with float64")
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        pair = find_pair("vibe_ace", SONGS, Path(name), TARGET_S) or demo_pair(Path(name))
        flags = {**FLAGS, "run.workers": arguments.threads}
        with opened(pair.target, pair.library, Path(name) / "run", flags) as session:
            text = measured(session, pair, arguments.threads, arguments.checked)
    print(text)
    if arguments.write:
        put("correlation", text)


def measured(session: Session, pair: Pair, n_threads: int, n_checked: int) -> str:
    """Both generations, the second of them in both ways, and the peaks that differ."""
    rate_hz = session.canvas.target.layout.rate_hz
    correlator = Correlator(session.target.samples, session.canvas, FitnessSettings())
    warm_up(session, correlator)
    session.engine.begin_cycle(1000, session.canvas.distance)
    founders = session.engine.ask()
    parents, first = Taken(), []
    for turn in turns(founders):
        first += note(parents, lambda turn=turn: correlate_all(session, correlator, turn))
    session.engine.tell(first)
    whole, near, rendered = Taken(), Taken(), Taken()
    children = session.engine.ask()
    n_within = round(SEED_WIDTH_S * rate_hz)
    for turn in turns(children):
        note(whole, lambda turn=turn: correlate_all(session, correlator, turn))
        note(near, lambda turn=turn: correlate_all(session, correlator, turn, n_within))
        note(rendered, lambda turn=turn: render_all(session, turn))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    n_other = others(session, correlator, founders[:n_checked])
    rows = [
        ["founders of 5 s, the whole target", *parents.cells],
        ["their children, the whole target", *whole.cells],
        [f"the same, {SEED_WIDTH_S:g} s around the parent's onset", *near.cells],
        ["rendering the children alone, one thread", *rendered.cells],
    ]
    header = [f"{len(children)} clips", "wall s", "processor s", "ms a clip"]
    return (
        f"## Cross-correlation (`bench_correlation.py`, {n_threads} threads)\n\n{table(header, rows)}\n\n"
        f"{pair.name}, {session.target.duration_s:.0f} s. Near the parent's onset a generation takes "
        f"**{whole.wall_s / near.wall_s:.1f}** times less wall time and "
        f"{whole.processor_s / near.processor_s:.1f} times less processor time. The process takes "
        f"{peak_mib:.0f} MiB at most. Of {n_checked} founders, {n_other} peak elsewhere than in float64. {machine()}."
    )


def warm_up(session: Session, correlator: Correlator) -> None:
    """Decode the sources, and transform the pages of the target."""
    session.engine.begin_cycle(999, session.canvas.distance)
    founders = session.engine.ask()[:20]
    correlate_all(session, correlator, founders)
    for around in range(0, session.canvas.target.n_samples, 20_000):
        correlate_all(session, correlator, founders[:1], around)


def turns(candidates: tuple[Candidate, ...]) -> list[tuple[Candidate, ...]]:
    """Candidates in as many batches as there are turns."""
    n = -(-len(candidates) // N_TURNS)
    return [candidates[k : k + n] for k in range(0, len(candidates), n)]


def note(taken: Taken, work) -> list:
    """Do the work, and add its time."""
    began_s = time.perf_counter()
    result, processor_s = timed(work)
    taken.wall_s += time.perf_counter() - began_s
    taken.processor_s += processor_s
    return result


def others(session: Session, correlator: Correlator, founders: tuple[Candidate, ...]) -> int:
    """How many of the founders have their highest onset elsewhere than transforms in float64 have it."""
    target = session.target.samples.mean(axis=0, dtype=np.float32).astype(np.float64)
    n_fft = fft.next_fast_len(target.size + round(1.1 * CLIP_S * 44_100), real=True)
    spectrum = fft.rfft(target, n_fft)

    def differs(founder: Candidate) -> bool:
        samples = session.evaluator.phenotypes.render_middle(founder.chromosome)
        product = spectrum * np.conj(fft.rfft(samples[0].astype(np.float64), n_fft))
        highest = int(fft.irfft(product, n_fft)[: target.size].argmax())
        ((onset, _),) = correlator.peaks(samples, 1)
        return onset != highest

    return sum(session.pool.map(differs, founders))


if __name__ == "__main__":
    main()
