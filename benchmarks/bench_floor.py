"""What scoring a frame costs, against the least that anyone must do for it (``floor.py``), on one thread.

Candidates are founders and children of ordinary cycles, of 0.3 to 2 s, on a canvas that has clips on it; they have been
rendered beforehand. The evaluator proposes several onsets for each of them and tries each at several gains, while the
floor has one onset and one gain. So there are three shares: a frame of a candidate counted once, however often it is
looked at; counted for each onset, where the floor too sums and compares for each, and transforms once; and that of
candidates that come with one onset, and none proposed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from floor import Floor, Least
from inside import generations, nothing_to_render, opened, render_all, render_scored
from music import pairs
from timing import report, timed

from phenotune.arrays import Samples
from phenotune.genome.candidate import Candidate
from phenotune.genome.chromosome import Chromosome
from phenotune.run.api import evolve
from phenotune.run.session import Session

N_CYCLES = 8
N_RUNS = 7
SHORTEST_S, LONGEST_S = 0.3, 2.0
Scored = list[tuple[Candidate, Samples]]


def main() -> None:
    """Print the figures for one pair."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair, run = next(pairs(folder)), folder / "run"
        evolve(pair.target, pair.library, run=run, cycles=N_CYCLES, settings={"run.picture": False})
        with opened(pair.target, pair.library, run) as session:
            measure(session)


def measure(session: Session) -> None:
    """Take floor and evaluator in turn, several times over; the fastest of each count."""
    scored = ordinary(session)
    candidates = tuple(candidate for candidate, _ in scored)
    alone = tuple(
        replace(each, onsets=(each.around_samples,), n_proposals=0, semitones=range(0))
        for each in candidates
    )
    ready = render_scored(session, candidates)
    layout = session.canvas.target.layout
    n_frames = [layout.n_touched(samples.shape[1]) for _, samples in scored]
    floor = Floor(layout, 1, max(n_frames))
    found = [
        (
            least(floor, scored),
            evaluated_s(session, candidates, ready),
            evaluated_s(session, alone, ready),
            timed(render_all, session, candidates)[1],
        )
        for _ in range(N_RUNS + 1)
    ][1:]
    floors, as_they_come_s, alone_s, rendering_s = zip(*found, strict=True)
    n_once = sum(n_frames)
    n_often = sum(n * n_onsets(each) for n, (each, _) in zip(n_frames, scored, strict=True))
    for part in ("transform_s", "bands_s", "score_s", "total_s"):
        name = part.removesuffix("_s")
        report(f"floor: {name}", [1e9 * getattr(low, part) / n_once for low in floors], "ns/frame")
    for name, taken_s in (
        ("evaluator", as_they_come_s),
        ("evaluator, one onset given", alone_s),
        ("rendering, apart", rendering_s),
    ):
        report(name, [1e9 * s / n_once for s in taken_s], "ns/frame")
    report("onsets for each candidate", [n_often / n_once], "")
    lowest_s = min(low.total_s for low in floors)
    again_s = min(low.bands_s + low.score_s for low in floors) * (n_often / n_once - 1.0)
    for name, floor_s, taken_s in (
        ("a frame counted once", lowest_s, as_they_come_s),
        ("a frame counted for each onset", lowest_s + again_s, as_they_come_s),
        ("one onset given", lowest_s, alone_s),
    ):
        report(f"floor's share, {name}", [100 * floor_s / min(taken_s)], "%")


def ordinary(session: Session) -> Scored:
    """Candidates as they come, those of the lengths wanted, with their sound."""
    rate_hz = session.canvas.target.layout.rate_hz
    candidates = tuple(each for group in generations(session, 1000) for each in group)
    sounds = render_all(session, candidates)
    scored = [(each, sounds[each.chromosome]) for each in candidates]
    return [
        (each, sound)
        for each, sound in scored
        if SHORTEST_S <= sound.shape[1] / rate_hz <= LONGEST_S
    ]


def n_onsets(candidate: Candidate) -> int:
    """Onsets that a candidate is tried at."""
    return len(candidate.onsets) + candidate.n_proposals


def evaluated_s(
    session: Session, candidates: tuple[Candidate, ...], ready: Mapping[Chromosome, Samples]
) -> float:
    """Processor time of scoring them all."""
    with nothing_to_render(session, ready):
        _, taken_s = timed(session.evaluator.evaluate, candidates)
    return taken_s


def least(floor: Floor, scored: Scored) -> Least:
    """Processor time of the floor for them all, part by part."""
    transform_s = bands_s = score_s = 0.0
    for _, samples in scored:
        spectra, taken_s = timed(floor.transform, floor.sounds(samples))
        transform_s += taken_s
        powers, taken_s = timed(floor.bands, spectra)
        bands_s += taken_s
        _, taken_s = timed(floor.score, powers)
        score_s += taken_s
    return Least(transform_s, bands_s, score_s)


if __name__ == "__main__":
    main()
