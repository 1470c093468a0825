"""Explained, and the neutral measures, over the time of a run."""

from __future__ import annotations

import argparse
import bisect
import tempfile
from pathlib import Path

from music import Pair, pairs
from outcome import COLUMNS, measures, shown
from tables import machine, put, table

from phenotune.run.api import evolving
from phenotune.run.events import CheckpointWritten
from phenotune.run.log import explained_over_time, read_log

TIMES_S = (10.0, 30.0, 60.0, 150.0)


def main() -> None:
    """Print a table for each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=float, nargs="+", default=TIMES_S, help="in seconds")
    parser.add_argument("--write", action="store_true", help="put the tables into results.md")
    arguments = parser.parse_args()
    times_s = sorted(arguments.times)
    parts = ["### Over time (`bench_time.py`, seed 0)"]
    with tempfile.TemporaryDirectory() as folder:
        for pair in pairs(Path(folder)):
            rows = over_time(pair, Path(folder) / f"run-{pair.target.stem}", times_s)
            parts.append(f"{pair.name}:\n\n{table(['s', 'clips', 'explained %', *COLUMNS], rows)}")
            print(parts[-1], flush=True)
    parts.append(f"Of the first checkpoint after each time, one every two seconds. {machine()}.")
    if arguments.write:
        put("time", "\n\n".join(parts))


def over_time(pair: Pair, run: Path, times_s: list[float]) -> list[list[str]]:
    """A row for the first checkpoint after each time."""
    settings = {"run.checkpoint_s": 2.0, "run.picture": False}
    # Checkpoints come once a cycle at most, so the last one may be late.
    events = evolving(
        pair.target, pair.library, run=run, settings=settings, time_s=times_s[-1] + 10.0
    )
    kept: list[tuple[float, Path]] = []
    for event in events:
        if isinstance(event, CheckpointWritten) and event.elapsed_s >= times_s[len(kept)]:
            copy = run.with_name(f"{run.name}-{len(kept)}.wav")
            copy.write_bytes((run / "out" / "mosaic.wav").read_bytes())
            kept.append((event.elapsed_s, copy))
            if len(kept) == len(times_s):
                break
    events.close()
    log = list(read_log(run / "log.jsonl"))
    curve = explained_over_time(log)
    cycles = [event for event in log if event["event"] == "cycle_finished"]
    ended_s = [event["elapsed_s"] for event in cycles]
    rows = []
    for elapsed_s, copy in kept:
        last = bisect.bisect_right(ended_s, elapsed_s) - 1
        found = measures(pair.target, copy)
        rows.append(
            [
                f"{elapsed_s:.1f}",
                str(cycles[last]["n_placements"]),
                f"{100 * curve[last][1]:.1f}",
                *(shown(name, found[name]) for name in COLUMNS),
            ]
        )
    return rows


if __name__ == "__main__":
    main()
