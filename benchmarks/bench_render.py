"""How many times faster than it plays a mosaic is rendered; with ``--hour`` also the memory that an hour takes."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from music import Pair, pairs
from tables import machine, put, table

from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.mosaic.ahead import n_threads_here
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.rendering import render_blocks
from phenotune.run.api import evolve

CLIPS_A_SECOND = 50
RATES_HZ = (44_100, 48_000)
N_RUNS = 5
HOUR_S = 3600.0

WRITE_AND_TELL = """
import sys, time
from pathlib import Path
from phenotune.mosaic.mosaic import Mosaic
began = time.perf_counter()
mosaic = Mosaic.load(sys.argv[1])
loaded = time.perf_counter()
mosaic.write(sys.argv[2], bits=16, normalise="loudness")
# Not getrusage: what it tells of a child begins with what its parent took.
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(loaded - began, time.perf_counter() - loaded, time.process_time(), peak)
"""


def main() -> None:
    """Print the figures as Markdown, and put them into ``results.md`` if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hour", action="store_true", help="also a mosaic of an hour (Linux)")
    parser.add_argument("--write", action="store_true", help="put the figures into results.md")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = next(pairs(folder))
        run = evolve(pair.target, pair.library, run=folder / "run", time_s=15.0)
        text = "\n\n".join(
            [
                "## Rendering (`bench_render.py`)",
                speeds(crowded(run.mosaic, 30.0)),
                *([hour(crowded(run.mosaic, HOUR_S), folder)] if wanted.hour else []),
                about(pair),
            ]
        )
    print(text)
    if wanted.write:
        put("render", text)


def crowded(mosaic: Mosaic, duration_s: float) -> Mosaic:
    """A mosaic of clips such as the search makes, so many a second, none the same as another.

    What was placed comes again and again; each time its clip is a sample shorter, so that nothing is rendered for two.
    """
    placements = []
    for number in range(round(duration_s * CLIPS_A_SECOND)):
        again, which = divmod(number, len(mosaic.placements))
        placed = mosaic.placements[which]
        clip = placed.chromosome.clip
        shorter = dataclasses.replace(clip, length_samples=max(1, clip.length_samples - again))
        onset = round(number * mosaic.rate_hz / CLIPS_A_SECOND)
        chromosome = Chromosome(shorter, placed.chromosome.genes)
        placements.append(Placement(number + 1, chromosome, onset, placed.gains, 1, 1))
    target = dataclasses.replace(mosaic.target, duration_s=duration_s)
    return dataclasses.replace(mosaic, target=target, placements=tuple(placements))


def speeds(mosaic: Mosaic) -> str:
    """Seconds of sound in a second, by rate and threads: of all runs the fastest, the settings in turn."""
    sounds = mosaic.open_sources()
    settings = [(rate_hz, n) for rate_hz in RATES_HZ for n in sorted({1, n_threads_here()})]
    taken: dict[tuple[int, int], list[tuple[float, float]]] = {each: [] for each in settings}
    for _ in range(N_RUNS + 1):
        for rate_hz, n_threads in settings:
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            blocks = render_blocks(
                mosaic.placements,
                sounds,
                n_channels=mosaic.n_channels,
                n_samples=mosaic.target.n_samples(rate_hz),
                own_rate_hz=mosaic.rate_hz,
                rate_hz=rate_hz,
                fade_ms=mosaic.fade_ms,
                n_threads=n_threads,
            )
            for _ in blocks:
                pass
            found = (time.perf_counter() - began_s, time.process_time() - began_cpu_s)
            taken[rate_hz, n_threads].append(found)
    duration_s = mosaic.target.duration_s
    rows = []
    for (rate_hz, n_threads), found in taken.items():
        wall_s, cpu_s = (min(times[k] for times in found[1:]) for k in range(2))
        times = [f"{duration_s / seconds:.0f}" for seconds in (wall_s, cpu_s)]
        rows.append([f"{rate_hz} Hz", str(n_threads), *times])
    return table(["rate", "threads", "times real time", "for a second of processor time"], rows)


def hour(mosaic: Mosaic, folder: Path) -> str:
    """What it takes to load an hour, render it, bring it to a loudness and write it with 16 bits."""
    document = folder / "hour.json"
    mosaic.save(document)
    command = [sys.executable, "-c", WRITE_AND_TELL, str(document), str(folder / "hour.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    load_s, write_s, cpu_s, peak = map(float, done.stdout.split())
    size = f"{document.stat().st_size / 2**20:.0f} MB of mosaic.json"
    return (
        f"An hour ({len(mosaic.placements)} placements, {size}): read in {load_s:.0f} s; rendered, measured and "
        f"written in {write_s:.0f} s, **{HOUR_S / write_s:.0f}** times real time; {cpu_s:.0f} s of processor time "
        f"in all; the process takes **{peak / 1024:.0f}** MiB at most."
    )


def about(pair: Pair) -> str:
    """What was rendered, where, and when."""
    return f"{pair.name}, {CLIPS_A_SECOND} clips a second, stereo, none the same as another. {machine()}"


if __name__ == "__main__":
    main()
