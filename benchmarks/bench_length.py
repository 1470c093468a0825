"""Whether scoring a candidate costs more when the song is longer: half a minute against half an hour.

The long target is the short one over and over, so that candidates and their onsets are of the same kind. The canvas of
half an hour takes some gigabytes.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from music import pairs
from timing import report, seconds

from phenotune.audio.files import read_sound, write_sound
from phenotune.run.opening import open_session
from phenotune.run.project import prepare

LENGTHS_S = (30, 300, 1800)
N_RUNS = 5


def main() -> None:
    """Print the time for each candidate at each length, and its ratio to the shortest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = next(pairs(folder))
        song = read_sound(pair.target)
        base = None
        for length_s in LENGTHS_S:
            n_samples = length_s * song.rate_hz
            n_times = -(-n_samples // song.samples.shape[1])
            target = folder / f"target-{length_s}.wav"
            write_sound(target, np.tile(song.samples, n_times)[:, :n_samples], song.rate_hz)
            taken = per_candidate(target, pair.library, folder / f"run-{length_s}")
            report(f"{length_s} s of target, one thread", [1000 * t for t in taken], "ms/candidate")
            base = base or min(taken)
            report(f"{length_s} s of target, against the shortest", [min(taken) / base], "x")


def per_candidate(target: Path, library: Path, run: Path) -> list[float]:
    """Seconds for each candidate of a first generation, on one thread."""
    project = prepare(target, [library], run=run, flags={"run.workers": 1})
    with open_session(project, time.monotonic()) as session:
        session.engine.begin_cycle(1, session.canvas.distance)
        candidates = session.engine.ask()
        taken = seconds(session.evaluator.evaluate, [candidates] * (N_RUNS + 1))
        return [taken_s / len(candidates) for taken_s in taken]


if __name__ == "__main__":
    main()
