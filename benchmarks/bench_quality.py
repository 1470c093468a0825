"""How near a run comes after so many seconds, by the neutral measures, over three seeds.

Real recordings are rebuilt where there are some, else the demo's music; see ``music.py``.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

from music import pairs
from timing import report

from phenotune.audio.files import read_sound
from phenotune.measures.measure import MeasuredTarget
from phenotune.run.api import evolve

TIMES_S = (10, 30)
SEEDS = (0, 1, 2)


def main() -> None:
    """Print a line for each target, time and measure."""
    with tempfile.TemporaryDirectory() as folder:
        for pair in pairs(Path(folder)):
            song = read_sound(pair.target)
            measured = MeasuredTarget(song.samples, song.rate_hz)
            for time_s in TIMES_S:
                rows: list[dict[str, float]] = []
                for seed in SEEDS:
                    run = evolve(
                        pair.target,
                        pair.library,
                        run=Path(folder) / f"{pair.target.stem}-{time_s}-{seed}",
                        seed=seed,
                        time_s=time_s,
                    )
                    sound = read_sound(run.folder / "out" / "mosaic.wav")
                    measures = asdict(measured.measure(sound.samples, sound.rate_hz))
                    rows.append({"explained": run.mosaic.explained, **measures})
                for name in rows[0]:
                    report(f"{pair.name}, {time_s} s, {name}", [row[name] for row in rows], "")


if __name__ == "__main__":
    main()
