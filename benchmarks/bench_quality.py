"""How near a run comes after so many seconds, by the neutral measures, over three seeds.

The demo's music is rebuilt, or what is in ``$PHENOTUNE_AUDIO``: every sound of ``targets/`` out of all of ``library/``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from timing import report

from phenotune.audio.files import read_sound
from phenotune.demo.make import make_demo
from phenotune.measures.measure import MeasuredTarget
from phenotune.run.api import evolve

TIMES_S = (10, 30)
SEEDS = (0, 1, 2)


def main() -> None:
    """Print a line for each target, time and measure."""
    with tempfile.TemporaryDirectory() as folder:
        for target, library in pairs(Path(folder)):
            song = read_sound(target)
            measured = MeasuredTarget(song.samples, song.rate_hz)
            for time_s in TIMES_S:
                rows: list[dict[str, float]] = []
                for seed in SEEDS:
                    run = evolve(
                        target,
                        library,
                        run=Path(folder) / f"{target.stem}-{time_s}-{seed}",
                        seed=seed,
                        time_s=time_s,
                    )
                    sound = read_sound(run.folder / "out" / "mosaic.wav")
                    measures = asdict(measured.measure(sound.samples, sound.rate_hz))
                    rows.append({"explained": run.mosaic.explained, **measures})
                for name in rows[0]:
                    report(f"{target.stem}, {time_s} s, {name}", [row[name] for row in rows], "")


def pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Targets, each with the library that it is rebuilt from."""
    named = os.environ.get("PHENOTUNE_AUDIO")
    if named is None:
        sounds = make_demo(folder / "demo")
        yield sounds.target, sounds.library
        return
    for target in sorted((Path(named) / "targets").iterdir()):
        yield target, Path(named) / "library"


if __name__ == "__main__":
    main()
