"""Where the time of a run goes: how much of its processor time each step takes, on one thread."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from inside import StepSampler
from music import Pair, pairs
from tables import machine, put, table

from phenotune.run.api import evolve


def main() -> None:
    """Print a table for each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time", type=float, default=30.0, help="seconds of each run")
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    arguments = parser.parse_args()
    shares: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for pair in pairs(Path(folder)):
            shares[pair.name] = taken(pair, Path(folder), arguments.time)
    text = shown(shares, arguments.time)
    print(text)
    if arguments.write:
        put("where", text)


def taken(pair: Pair, folder: Path, time_s: float) -> dict[str, float]:
    """Share of each step, and how many clips there are in the end."""
    # Once beforehand, for what is loaded and decoded once.
    warm = {"run.workers": 1, "run.cycles": 1}
    evolve(pair.target, pair.library, run=folder / f"warm-{pair.target.stem}", settings=warm)
    with StepSampler() as sampler:
        evolve(
            pair.target,
            pair.library,
            run=folder / f"where-{pair.target.stem}",
            time_s=time_s,
            workers=1,
        )
    total_s = sum(sampler.taken_s.values())
    return {step: 100 * taken_s / total_s for step, taken_s in sampler.taken_s.items()}


def shown(shares: dict[str, dict[str, float]], time_s: float) -> str:
    """The table, the greatest first."""
    steps = {step for found in shares.values() for step in found}
    order = sorted(steps, key=lambda step: -sum(found.get(step, 0.0) for found in shares.values()))
    rows = [[step, *(f"{found.get(step, 0.0):.1f}" for found in shares.values())] for step in order]
    caption = f"Share of the processor time in %, {time_s:g} s on one thread. {machine()}."
    return (
        f"### Where the time goes (`bench_where.py`)\n\n{table(['', *shares], rows)}\n\n{caption}"
    )


if __name__ == "__main__":
    main()
