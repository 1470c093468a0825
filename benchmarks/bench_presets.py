"""How many candidates each preset scores a second of processor time, against the Rust program, and in how much memory.

Each preset runs in a process of its own, on one worker, for some cycles of thirty seconds of music; what is counted is
the loop with all that belongs to it, breeding, landing and re-fits, and not the reading of the sounds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from music import demo_pair, pairs
from tables import machine, put, table

from phenotune.run.api import evolving
from phenotune.run.events import CycleStarted, GenerationScored
from phenotune.run.presets import preset_paths

RUST_PER_S = 55.0
"""Candidates that the Rust program scores in a second and core, for thirty seconds of target."""
TIME_S = 15.0
TITLE = f"""## Presets (`bench_presets.py`)

The Rust program scores about {RUST_PER_S:.0f} candidates a second and core for such a target."""
HEADER = ["preset", "candidates", "a second of CPU", "times Rust", "explained", "memory, MiB"]


def main() -> None:
    """Print a row for each preset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", nargs="*", default=list(preset_paths()))
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(*options.one)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pair = next(iter(pairs(folder)), None) or demo_pair(folder)
        rows = []
        for preset in options.presets:
            run = folder / preset
            found = _in_a_process(preset, str(pair.target), str(pair.library), str(run))
            rows.append(_row(preset, found))
            print(" | ".join(rows[-1]), flush=True)
    text = f"{TITLE}\n\n{table(HEADER, rows)}\n\n{pair.name}, the first 30 s. {machine()}"
    print(text)
    if options.write:
        put("presets", text)


def measured(preset: str, target: str, library: str, run: str) -> dict[str, Any]:
    """Run a preset here until its loop has taken so much processor time."""
    settings = {"run.picture": False, "run.checkpoint_s": 3600.0}
    events = evolving(
        target, library, run=run, preset=preset, settings=settings, workers=1, time_s=600.0
    )
    n_candidates, began_s, explained = 0, 0.0, 0.0
    with closing(events):
        for event in events:
            if isinstance(event, CycleStarted):
                began_s = began_s or time.process_time()
                if time.process_time() - began_s > TIME_S:
                    break
            if isinstance(event, GenerationScored):
                n_candidates += event.n_candidates
                explained = event.explained
    taken_s = time.process_time() - began_s
    return {
        "n_candidates": n_candidates,
        "per_s": n_candidates / taken_s,
        "explained": explained,
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _in_a_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", *arguments]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(output)
    return found


def _row(preset: str, found: dict[str, Any]) -> list[str]:
    return [
        preset,
        f"{found['n_candidates']}",
        f"{found['per_s']:.0f}",
        f"{found['per_s'] / RUST_PER_S:.1f}",
        f"{100 * found['explained']:.1f} %",
        f"{found['memory_mib']:.0f}",
    ]


if __name__ == "__main__":
    main()
