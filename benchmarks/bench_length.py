"""Whether a candidate costs more when the song is longer, or the library larger: half a minute against an hour.

Candidates are founders of one second, on one thread. The long target is the short one over and over, in mono: the
spectra of an hour in stereo would take five gigabytes. Large libraries are made of what is in the small ones. The
shortest is measured in turn with each of the others, so that a machine which slows down slows both.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from inside import founders, opened
from music import all_of, pairs, write_long
from timing import report, timed

from phenotune.audio.files import read_sound, write_sound
from phenotune.run.session import Session

LENGTHS_S = (30, 300, 1800, 3600)
SIZES_MIN = (1, 10, 60)
N_RUNS = 6
ONE_SECOND = {"run.workers": 1, "library.min_clip_s": 1.0, "library.max_clip_s": 1.0}


@dataclass(frozen=True)
class Case:
    """What is measured.

    Parameters
    ----------
    name
        As it is printed.
    target, library
        What is opened.
    """

    name: str
    target: Path
    library: Path


def main() -> None:
    """Print candidates a second for each case, and its time against that of the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="*", default=LENGTHS_S, help="targets, in s")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES_MIN, help="libraries, in min")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The user's cache of decoded sounds is left alone: an hour of target would push everything else out of it.
        os.environ["PHENOTUNE_CACHE"] = str(folder / "cache")
        pair = next(pairs(folder))
        song = read_sound(pair.target)
        mono = song.samples.mean(axis=0, keepdims=True)
        pool = all_of(pair.library)
        targets = {s: write_target(folder, mono, song.rate_hz, s) for s in {*arguments.lengths, 30}}
        sizes = {*arguments.sizes, 10}
        libraries = {n: write_long(folder / f"library-{n}", pool, n) for n in sizes}
        compare(
            [Case(f"{s} s of target", targets[s], libraries[10]) for s in arguments.lengths],
            folder / "lengths",
        )
        compare(
            [Case(f"{n} min of library", targets[30], libraries[n]) for n in arguments.sizes],
            folder / "sizes",
        )


def write_target(folder: Path, mono: np.ndarray, rate_hz: int, length_s: int) -> Path:
    """The song over and over, of so many seconds."""
    path = folder / f"target-{length_s}.wav"
    n_samples = length_s * rate_hz
    n_times = -(-n_samples // mono.shape[1])
    write_sound(path, np.tile(mono, n_times)[:, :n_samples], rate_hz, bits=16)
    return path


def compare(cases: list[Case], run: Path) -> None:
    """Measure each case in turn with the first."""
    with ExitStack() as stack:
        base: Session | None = None
        for k, case in enumerate(cases):
            with ExitStack() as inner:
                keep = stack if base is None else inner
                session = keep.enter_context(
                    opened(case.target, case.library, run.with_name(f"{run.name}-{k}"), ONE_SECOND)
                )
                base = base or session
                both = [
                    (scored_s(base, cycle), scored_s(session, cycle))
                    for cycle in range(1, N_RUNS + 2)
                ][1:]
                report(case.name, [1.0 / own_s for _, own_s in both], "candidates/s")
                ratio = sum(own_s for _, own_s in both) / sum(base_s for base_s, _ in both)
                report(f"{case.name}, against {cases[0].name}", [ratio], "x")
                peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                report(f"{case.name}, memory at most so far", [peak_kib / 1024], "MiB")


def scored_s(session: Session, cycle: int) -> float:
    """Processor time for each founder of a cycle, rendering included."""
    candidates = founders(session, cycle)
    _, taken_s = timed(session.evaluator.evaluate, candidates)
    return taken_s / len(candidates)


if __name__ == "__main__":
    main()
