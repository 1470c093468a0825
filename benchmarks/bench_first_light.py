"""What a newcomer sees in the first minute: when the first sound is there, what a minute gives, and what it takes.

The command line is run as it is, in a process of its own, with warm kernels; the clock starts with the command.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from music import Pair, pairs
from outcome import COLUMNS, measures
from timing import report, seconds

from phenotune.audio.files import read_sound
from phenotune.mosaic.mosaic import Mosaic

TIME_S = 60


def main() -> None:
    """Print the figures of ``--help`` and of each pair."""
    help_command = [sys.executable, "-m", "phenotune", "--help"]
    runs = [help_command] * 6
    report("phenotune --help", seconds(lambda c: subprocess.run(c, capture_output=True), runs), "s")
    with tempfile.TemporaryDirectory() as folder:
        for pair in pairs(Path(folder)):
            first_minute(pair, Path(folder) / f"run-{pair.target.stem}")


def first_minute(pair: Pair, run: Path) -> None:
    """Run one pair and print when it first sounded, what it used, and the neutral measures."""
    command = [sys.executable, "-m", "phenotune", "evolve", str(pair.target), str(pair.library)]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "-o", str(run), "--time", f"{TIME_S}s", "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first_s, last = float("nan"), {}
    for line in process.stdout:
        last = json.loads(line)
        if last["event"] == "checkpoint_written" and first_s != first_s:
            sounds = read_sound(run / "out" / "mosaic.wav").samples.any()
            first_s = time.monotonic() - began if sounds else first_s
    _, _, usage = os.wait4(process.pid, 0)
    report(f"{pair.name}: first sound in the folder", [first_s], "s")
    report(f"{pair.name}: whole command", [time.monotonic() - began], "s")
    report(f"{pair.name}: memory at most", [usage.ru_maxrss / 1024], "MiB")
    report(f"{pair.name}: processor time", [usage.ru_utime + usage.ru_stime], "s")
    report(f"{pair.name}: explained", [100 * last["explained"]], "%")
    found = measures(pair.target, run / "out" / "mosaic.wav")
    for name in COLUMNS:
        report(f"{pair.name}: {name}", [found[name]], "")
    report(f"{pair.name}: clips", [len(Mosaic.load(run / "out" / "mosaic.json").placements)], "")


if __name__ == "__main__":
    main()
