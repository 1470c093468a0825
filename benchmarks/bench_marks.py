"""The marks: every column of a row at once, of the mosaic as the command line delivers it, for three seeds.

    python3 dev.py bench marks                                    # a good hour
    python3 dev.py bench marks --rows A-10 --seeds 0
    python3 dev.py bench marks --reference measure.py --reference-python venv/bin/python

Each run is a process of its own with nothing but the defaults, and the clock starts with the command. A figure that
falls short of its mark stands in **bold**. ``--reference`` takes the measures from another program instead of
``phenotune.measures``: it is called with a target, ``mosaic=FILE`` and ``--json``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from music import ONE_SHOTS, SONGS, find_pair
from outcome import COLUMNS, LOWER_IS_BETTER, Outcome, Reference, outcome_of, shown
from tables import machine, put, table

from phenotune.run.warmth import compile_kernels

HEADER = ("", "seed", *COLUMNS, "median clip s", "clips a s", "clicks", "holes", "wall s", "MiB")
HOLES_COUNT_FROM_S = 60
"""Before this a mosaic may have holes."""


@dataclass(frozen=True)
class Row:
    """A row of marks.

    Parameters
    ----------
    name, target, kind
        What it is called, and what is rebuilt out of what; see ``music.py``.
    time_s
        When the run is told to stop.
    bounds
        Mark of each measure: the greatest of those that are better when lower, the least of the others.
    min_median_clip_s, max_clips_per_s
        Marks of what the mosaic is made of; None is none.
    style
        Given to the command line as ``--style``; None is the default.
    """

    name: str
    target: str
    kind: str
    time_s: int
    bounds: Mapping[str, float]
    min_median_clip_s: float | None = None
    max_clips_per_s: float | None = None
    style: str | None = None


def bounds(*values: float) -> Mapping[str, float]:
    """A mark for each column."""
    return dict(zip(COLUMNS, values, strict=True))


ROWS = (
    Row("A-10", "vibe_ace", ONE_SHOTS, 10, bounds(8.6, 0.57, 0.52, 0.25, 0.40, 76.0)),
    Row("A-60", "vibe_ace", ONE_SHOTS, 60, bounds(6.9, 0.40, 0.45, 0.50, 0.62, 89.0)),
    Row("A-150", "vibe_ace", ONE_SHOTS, 150, bounds(6.2, 0.32, 0.41, 0.62, 0.72, 94.0), 0.3, 50.0),
    Row(
        "B-150", "hungarian_dance", SONGS, 150, bounds(8.2, 0.52, 0.69, 0.62, 0.68, 83.0), 0.25, 60.0
    ),
    Row(
        "A-collage-150", "vibe_ace", ONE_SHOTS, 150, bounds(8.0, 0.42, 0.49, 0.60, 0.52, 86.0),
        0.8, 10.0, "collage",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """What came of one run of the command, and what it took."""

    outcome: Outcome
    wall_s: float
    memory_mib: float


def main() -> None:
    """Run the rows, and print the table as it grows."""
    arguments = parse()
    compile_kernels()
    rows = [row for row in ROWS if row.name in arguments.rows]
    reference = arguments.reference and Reference(arguments.reference_python, arguments.reference)
    cells: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        for row in rows:
            cells.append(marks_of(row))
            for seed in arguments.seeds:
                cells.append(run_row(row, seed, Path(name), arguments.time, reference))
                print(" | ".join(cells[-1]), flush=True)
    text = page(cells, arguments.time, reference)
    print(text)
    if arguments.write:
        put("marks", text)


def parse() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [row.name for row in ROWS]
    parser.add_argument("--rows", nargs="+", choices=names, default=names, metavar="ROW")
    parser.add_argument("--seeds", type=int, nargs="+", default=(0, 1, 2))
    parser.add_argument("--time", type=int, help="seconds of each run, instead of the row's own")
    parser.add_argument("--reference", type=Path, help="a script that gives the measures")
    parser.add_argument("--reference-python", default=sys.executable, help="what runs it")
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    return parser.parse_args()


def run_row(
    row: Row, seed: int, folder: Path, time_s: int | None, reference: Reference | None
) -> list[str]:
    """The cells of one run; where it cannot be run, they say why."""
    pair = find_pair(row.target, row.kind, folder)
    if pair is None:
        return not_run(row, seed, f"no recording {row.target!r}: set PHENOTUNE_AUDIO")
    run = folder / f"{row.name}-{seed}"
    command = [sys.executable, "-m", "phenotune", "evolve", str(pair.target), str(pair.library)]
    command += [
        "-o",
        str(run),
        "--time",
        f"{time_s or row.time_s}s",
        "--seed",
        str(seed),
        "--quiet",
    ]
    if row.style:
        command += ["--style", row.style]
    with open(folder / "errors.txt", "w", encoding="utf-8") as errors:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        return not_run(row, seed, last_line(folder / "errors.txt"))
    outcome = outcome_of(run, pair.target, reference)
    return figures(row, seed, Ran(outcome, wall_s, usage.ru_maxrss / 1024))


def last_line(path: Path) -> str:
    """The last line of a file that says something, without the frame that may be around it."""
    lines = [line.strip(" │╭╮╰╯─") for line in path.read_text(encoding="utf-8").splitlines()]
    return next((line for line in reversed(lines) if line), "it said nothing")


def figures(row: Row, seed: int, ran: Ran) -> list[str]:
    """The cells of a run, those in bold that fall short."""
    outcome = ran.outcome
    measured = [
        bold(shown(name, outcome.measures[name]), not reaches(name, outcome.measures[name], row))
        for name in COLUMNS
    ]
    is_short = outcome.median_clip_s < (row.min_median_clip_s or 0.0)
    is_dense = outcome.clips_per_s > (row.max_clips_per_s or float("inf"))
    has_holes = holes_count(row) and outcome.n_holes > 0
    return [
        row.name,
        str(seed),
        *measured,
        bold(f"{outcome.median_clip_s:.2f}", is_short),
        bold(f"{outcome.clips_per_s:.1f}", is_dense),
        bold(str(outcome.n_clicks), outcome.n_clicks > 0),
        bold(str(outcome.n_holes), has_holes),
        bold(f"{ran.wall_s:.1f}", ran.wall_s > row.time_s),
        f"{ran.memory_mib:.0f}",
    ]


def holes_count(row: Row) -> bool:
    """Whether there should be no holes any more: in the default style, after a minute."""
    return row.time_s >= HOLES_COUNT_FROM_S and row.style is None


def reaches(name: str, value: float, row: Row) -> bool:
    """Whether a measure, as it is printed, comes up to its mark."""
    bound = row.bounds[name]
    value = float(shown(name, value))
    return value <= bound if name in LOWER_IS_BETTER else value >= bound


def bold(text: str, is_bold: bool) -> str:
    """Text in bold, or as it is."""
    return f"**{text}**" if is_bold else text


def marks_of(row: Row) -> list[str]:
    """The row of the marks themselves."""
    least = [
        f"{'≤' if name in LOWER_IS_BETTER else '≥'} {shown(name, row.bounds[name])}"
        for name in COLUMNS
    ]
    median = "" if row.min_median_clip_s is None else f"≥ {row.min_median_clip_s}"
    density = "" if row.max_clips_per_s is None else f"≤ {row.max_clips_per_s:g}"
    holes = "0" if holes_count(row) else ""
    return [f"*{row.name}*", "*mark*", *least, median, density, "0", holes, str(row.time_s), ""]


def not_run(row: Row, seed: int, why: str) -> list[str]:
    """Cells that say why there are no figures."""
    return [row.name, str(seed), f"not run: {why}", *[""] * (len(HEADER) - 3)]


def page(cells: list[list[str]], time_s: int | None, reference: Reference | None) -> str:
    """The table with its heading, and what it was measured by."""
    by = f"`{reference.script.name}`" if reference else "`phenotune.measures`"
    caption = (
        "Of `out/mosaic.wav` as delivered, the first 30 s of each target; the clock starts with the "
        f"command, kernels are warm. What falls short is in bold. Measured by {by}. {machine()}."
    )
    if time_s is not None:
        caption += f" A trial: every run took {time_s} s."
    return f"## Marks (`bench_marks.py`)\n\n{table(HEADER, cells)}\n\n{caption}"


if __name__ == "__main__":
    main()
