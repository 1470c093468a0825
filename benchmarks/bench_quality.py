"""How near a run comes after so many seconds, by the neutral measures, over three seeds.

Real recordings are rebuilt where there are some, else the demo's music; see ``music.py``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from music import pairs
from outcome import measures
from timing import report

from phenotune.run.api import evolve

TIMES_S = (10, 30)
SEEDS = (0, 1, 2)


def main() -> None:
    """Print a line for each target, time and measure."""
    with tempfile.TemporaryDirectory() as folder:
        for pair in pairs(Path(folder)):
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
                    found = measures(pair.target, run.folder / "out" / "mosaic.wav")
                    rows.append({"explained": run.mosaic.explained, **found})
                for name in rows[0]:
                    report(f"{pair.name}, {time_s} s, {name}", [row[name] for row in rows], "")


if __name__ == "__main__":
    main()
