"""What each part of the engine is worth: each off in turn, at the same processor time, against everything on.

    python3 dev.py bench ablation --time 20 --to ablation.jsonl --jobs 2
    python3 dev.py bench ablation --parts polarity pan --targets demo --seeds 0 --time 5

A part is some settings. To try another, add a line to ``PARTS``. Every run has one worker and ends with the cycle in
which its process has used up the time since the sounds were read, so runs may go side by side. With ``--to`` each run
adds a line to a file; what is in there is not run again, so a long table can be made in several sittings.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from music import ONE_SHOTS, SONGS, Pair, find_pair
from outcome import COLUMNS, LOWER_IS_BETTER, outcome_of, shown
from tables import machine, put, table

from phenotune.errors import PhenotuneError
from phenotune.genome.genes.catalogue import GENES, GenesSettings
from phenotune.run.api import evolving_project, prepare
from phenotune.run.events import CycleFinished, RunStarted
from phenotune.spectra.settings import SpectraSettings

EVERYTHING = "everything on"
_SPECTRA = SpectraSettings()
_LAYERS = [layer.model_dump() for layer in _SPECTRA.layers]
_LAWS = [law.model_dump() for law in _SPECTRA.laws]

PARTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (EVERYTHING, {}),
    ("solved gains", {"mix.solve_gain": False}),
    ("polarity", {"mix.polarity": False}),
    ("pan", {"mix.pan": False}),
    ("equaliser", {"mix.equaliser": False}),
    ("envelope", {"mix.envelope": False}),
    ("onsets in the distance", {"spectra.onset_weight": 0.0}),
    ("proposed pitches", {"search.pitched_founders": 0.0}),
    ("proposed onsets", {"search.proposed_onsets": 0, "search.random_onsets": 4}),
    ("breeding", {"search.min_generations": 1, "search.max_generations": 1}),
    ("crossover", {"search.crossover": 0.0}),
    ("genes", {"variation.max_genes": 0}),
    ("niches", {"search.niche_ms": 0.0}),
    ("refits", {"search.refit_after": 0.0}),
    ("landing share", {"search.landing_share": 0.0}),
    ("proximity and overlap", {"search.proximity_ms": 0.0, "search.overlap": 1.0}),
    ("limit on clips", {"search.max_clips_per_s": 0.0}),
    ("gate", {"library.rms_gate": 0.0}),
    ("(8 clips a second)", {"search.max_clips_per_s": 8.0}),
    ("rivals, at 8 clips a second", {"search.max_clips_per_s": 8.0, "search.rivals": False}),
    *(
        (f"layer {i + 1} of {len(_LAYERS)}", {"spectra.layers": _LAYERS[:i] + _LAYERS[i + 1 :]})
        for i in range(len(_LAYERS) if len(_LAYERS) > 1 else 0)
    ),
    *(
        (f"law: {law['law']}", {"spectra.laws": _LAWS[:i] + _LAWS[i + 1 :]})
        for i, law in enumerate(_LAWS if len(_LAWS) > 1 else [])
    ),
)  # fmt: skip
# Each gene by itself, for who asks for it by name.
GENE_PARTS = tuple(
    (f"gene: {tag}", {f"genes.{tag}.weight": 0.0})
    for tag in GENES
    if getattr(GenesSettings(), tag).weight > 0.0
)
TARGETS = {"vibe_ace": ONE_SHOTS, "hungarian_dance": SONGS, "trumpet_loop": ONE_SHOTS, "demo": ""}
USUAL_TARGETS = ("vibe_ace", "hungarian_dance", "trumpet_loop")


@dataclass(frozen=True)
class Task:
    """One run: a part that is off, a target, a seed, and the processor time that it may take."""

    part: str
    target: str
    seed: int
    time_s: float

    @property
    def flags(self) -> Mapping[str, Any]:
        """The settings that switch the part off."""
        return dict((*PARTS, *GENE_PARTS))[self.part]


OTHERS = ("n_clips", "median_clip_s", "n_candidates")
Results = dict[Task, dict[str, Any]]


def main() -> None:
    """Run what is missing, and print the tables."""
    arguments = parse()
    tasks = [
        Task(part, target, seed, arguments.time)
        for target in arguments.targets
        for seed in arguments.seeds
        for part in [EVERYTHING, *(part for part in arguments.parts if part != EVERYTHING)]
    ]
    results = read_results(arguments.to)
    with tempfile.TemporaryDirectory() as name:
        missing = [task for task in tasks if task not in results]
        found = find_pairs(missing, Path(name))
        absent = sorted({task.target for task in missing} - set(found))
        for target in absent:
            print(f"no recording {target!r}: set PHENOTUNE_AUDIO, or take --targets demo")
        todo = [task for task in missing if task.target in found]
        for task, result in run_all(todo, found, Path(name), arguments.jobs):
            results[task] = result
            add_result(arguments.to, task, result)
            print(json.dumps({**asdict(task), **result}), flush=True)
    text = page({task: results[task] for task in tasks if task in results}, arguments.time)
    print(text)
    if arguments.write:
        put("ablation", text)


def parse() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual, known = [name for name, _ in PARTS], [name for name, _ in (*PARTS, *GENE_PARTS)]
    parser.add_argument("--time", type=float, default=20.0, help="processor seconds of each run")
    parser.add_argument("--targets", nargs="+", choices=list(TARGETS), default=USUAL_TARGETS)
    parser.add_argument("--seeds", type=int, nargs="+", default=(0, 1, 2))
    parser.add_argument(
        "--parts", nargs="+", choices=known, default=usual, metavar="PART", help=", ".join(known)
    )
    parser.add_argument("--to", type=Path, help="file of results, a JSON object a line")
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    parser.add_argument("--write", action="store_true", help="put the tables into results.md")
    return parser.parse_args()


def find_pairs(tasks: Iterable[Task], folder: Path) -> dict[str, Pair]:
    """What is rebuilt out of what, for the targets that are there."""
    names = dict.fromkeys(task.target for task in tasks)
    found = ((name, find_pair(name, TARGETS[name], folder)) for name in names)
    return {name: pair for name, pair in found if pair is not None}


def run_all(
    tasks: list[Task], found: Mapping[str, Pair], folder: Path, n_jobs: int
) -> Iterator[tuple[Task, dict[str, Any]]]:
    """Run the tasks, each in a process of its own, so many side by side; results come as they are there."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n_jobs, mp_context=context, max_tasks_per_child=1)
    try:
        running = {
            pool.submit(run_task, task, found[task.target], folder / f"run-{i}"): task
            for i, task in enumerate(tasks)
        }
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def run_task(task: Task, pair: Pair, run: Path) -> dict[str, Any]:
    """Evolve until this process has used up its time, and measure what came of it."""
    flags = {
        **task.flags,
        "run.seed": task.seed,
        "run.workers": 1,
        "run.picture": False,
        "run.checkpoint_s": 1e6,
        "run.time_s": 1e6,
    }
    project = prepare(pair.target, [pair.library], run=run, flags=flags)
    began_s = n_candidates = n_cycles = 0
    try:
        for event in evolving_project(project):
            if isinstance(event, RunStarted):
                began_s = time.process_time()
            if isinstance(event, CycleFinished):
                n_candidates, n_cycles = n_candidates + event.n_candidates, event.cycle
                if time.process_time() - began_s >= task.time_s:
                    project.request_stop()
    except PhenotuneError as error:
        return {"failed": str(error)}
    outcome = outcome_of(run, pair.target)
    return {**asdict(outcome), "n_candidates": n_candidates, "n_cycles": n_cycles}


def read_results(path: Path | None) -> Results:
    """Results of earlier sittings; those of settings that have changed since do not count."""
    if path is None or not path.exists():
        return {}
    known = {name for name, _ in (*PARTS, *GENE_PARTS)}
    results = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        task = Task(row["part"], row["target"], row["seed"], row["time_s"])
        if task.part in known and row["flags"] == dict(task.flags):
            results[task] = row["result"]
    return results


def add_result(path: Path | None, task: Task, result: dict[str, Any]) -> None:
    """Add a line to the file of results."""
    if path is not None:
        row = {**asdict(task), "flags": dict(task.flags), "result": result}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def page(results: Results, time_s: float) -> str:
    """A table for each target, and one that sums them up."""
    targets = list(dict.fromkeys(task.target for task in results))
    parts = [f"## What each part is worth (`bench_ablation.py`, {time_s:g} s of processor time)"]
    parts.append(summary(results, targets))
    parts += [f"{target}:\n\n{target_table(results, target)}" for target in targets]
    seeds = sorted({task.seed for task in results})
    parts.append(
        "Means over the seeds " + ", ".join(map(str, seeds)) + "; in brackets the difference to "
        f"everything on, which is bold where the part makes the figure better. {machine()}."
    )
    return "\n\n".join(parts)


def means(results: Results, part: str, target: str) -> dict[str, float] | None:
    """Means over the seeds; None where there is nothing, or a run failed."""
    found = [r for task, r in results.items() if (task.part, task.target) == (part, target)]
    if not found or any("failed" in result for result in found):
        return None
    rows = [{**r["measures"], **{name: r[name] for name in OTHERS}} for r in found]
    return {name: fmean(row[name] for row in rows) for name in rows[0]}


def target_table(results: Results, target: str) -> str:
    """A row for each part that was off."""
    base = means(results, EVERYTHING, target)
    rows = []
    for part in dict.fromkeys(task.part for task in results):
        found = means(results, part, target)
        if found is None:
            rows.append([part, *["n/a"] * (len(COLUMNS) + len(OTHERS))])
            continue
        cells = [
            shown(name, found[name])
            + ("" if base is None or part == EVERYTHING else f" ({change(name, found, base)})")
            for name in COLUMNS
        ]
        others = [
            f"{found[name]:.2f}" if name.endswith("_s") else f"{found[name]:.0f}" for name in OTHERS
        ]
        rows.append([part, *cells, *others])
    return table(["off", *COLUMNS, "clips", "median s", "candidates"], rows)


def change(name: str, found: Mapping[str, float], base: Mapping[str, float]) -> str:
    """The difference to everything on, in bold where being without the part is worse."""
    difference = found[name] - base[name]
    text = shown(name, difference)
    text = text if text.startswith("-") else f"+{text}"
    return f"**{text}**" if is_worse(name, float(text)) else text


def is_worse(name: str, difference: float) -> bool:
    """Whether a measure that has changed so is worse."""
    return difference > 0.0 if name in LOWER_IS_BETTER else difference < 0.0


def summary(results: Results, targets: list[str]) -> str:
    """For each part: in how many columns the mosaic is worse without it, and the mean change of each."""
    rows = []
    for part in dict.fromkeys(task.part for task in results):
        both = [(means(results, part, t), means(results, EVERYTHING, t)) for t in targets]
        pairs = [(found, base) for found, base in both if found and base]
        if part == EVERYTHING or not pairs:
            continue
        differences = {name: [f[name] - b[name] for f, b in pairs] for name in COLUMNS}
        n_worse = sum(is_worse(name, d) for name in COLUMNS for d in differences[name])
        changes = [change(name, {name: fmean(differences[name])}, {name: 0.0}) for name in COLUMNS]
        rows.append([part, f"{n_worse} of {len(COLUMNS) * len(pairs)}", *changes])
    return table(["off", "worse in", *COLUMNS], rows)


if __name__ == "__main__":
    main()
