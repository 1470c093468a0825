"""What the benchmarks ask of the engine's inside, all in one place: whoever changes the engine mends them here."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from phenotune.arrays import Samples
from phenotune.fitness.correlator import Correlator
from phenotune.genome.candidate import UNFIT, Candidate, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.run.opening import open_session
from phenotune.run.project import prepare
from phenotune.run.session import Session


@contextmanager
def opened(
    target: Path, library: Path, run: Path, flags: Mapping[str, Any] | None = None
) -> Iterator[Session]:
    """A sitting, ready to score: in a new run folder, or one that goes on from a folder's newest checkpoint."""
    is_there = (run / "phenotune.toml").exists()
    project = (
        prepare(run, flags=flags) if is_there else prepare(target, [library], run=run, flags=flags)
    )
    with open_session(project, time.monotonic()) as session:
        yield session


def founders(session: Session, cycle: int) -> tuple[Candidate, ...]:
    """The founders of a cycle that is not one of the run's, at their own pitch, so that each is rendered once."""
    session.engine.begin_cycle(cycle, session.canvas.distance)
    return tuple(replace(each, semitones=range(0)) for each in session.engine.ask())


def generations(session: Session, cycle: int) -> tuple[tuple[Candidate, ...], ...]:
    """Founders of such a cycle, and their children."""
    first = founders(session, cycle)
    session.engine.tell(session.evaluator.evaluate(first, session.pool))
    return first, session.engine.ask()


def correlate_all(
    session: Session,
    correlator: Correlator,
    candidates: tuple[Candidate, ...],
    within_samples: int = 0,
) -> list[Trial]:
    """Render candidates and take their highest correlation, near ``around_samples`` or anywhere, as a run would."""
    n_peaks = session.project.settings.search.proposed_onsets

    def score(candidate: Candidate) -> Trial:
        samples = session.evaluator.phenotypes.render_middle(candidate.chromosome)
        around = candidate.around_samples
        peaks = correlator.peaks(samples, n_peaks, around=around, within=within_samples)
        if not peaks:
            return UNFIT
        onset, value = peaks[0]
        return Trial(value, onset, (1.0,), samples.shape[1])

    return list(session.pool.map(score, candidates))


def render_all(session: Session, candidates: tuple[Candidate, ...]) -> dict[Chromosome, Samples]:
    """The phenotypes of candidates, as they come."""
    phenotypes = session.evaluator.phenotypes
    return {each.chromosome: phenotypes.render_middle(each.chromosome) for each in candidates}


def render_scored(session: Session, candidates: tuple[Candidate, ...]) -> dict[Chromosome, Samples]:
    """All phenotypes that are asked for when candidates are scored: those at the pitches proposed for them too."""
    ready: dict[Chromosome, Samples] = {}
    render = session.evaluator.phenotypes.render_middle
    with _phenotypes(session, _Recorder(render, ready)):
        session.evaluator.evaluate(candidates)
    return ready


@contextmanager
def nothing_to_render(session: Session, ready: Mapping[Chromosome, Samples]) -> Iterator[None]:
    """Hand the evaluator phenotypes that have been rendered already, and nothing else."""
    with _phenotypes(session, _Ready(ready)):
        yield


@contextmanager
def _phenotypes(session: Session, others: Any) -> Iterator[None]:
    evaluator = session.evaluator
    phenotypes, evaluator.phenotypes = evaluator.phenotypes, others
    try:
        yield
    finally:
        evaluator.phenotypes = phenotypes


class _Ready:
    def __init__(self, ready: Mapping[Chromosome, Samples]) -> None:
        self._ready = ready

    def render_middle(self, chromosome: Chromosome) -> Samples:
        return self._ready[chromosome]


class _Recorder:
    def __init__(
        self, render: Callable[[Chromosome], Samples], heard: dict[Chromosome, Samples]
    ) -> None:
        self._render = render
        self._heard = heard

    def render_middle(self, chromosome: Chromosome) -> Samples:
        samples = self._heard[chromosome] = self._render(chromosome)
        return samples


WHOLE_STEPS = (
    # (step, ending of a file, functions): everything below these belongs to the step
    ("checkpoint", "run/session.py", {"write_checkpoint"}),
    ("picture", "run/session.py", {"draw_picture"}),
    ("land", "run/revision.py", {"landings", "_scored", "place", "_with_room"}),
    ("refit", "run/revision.py", {"refit_all", "_refit", "_n_samples"}),
    ("opening the sounds", "run/opening.py", {"open_session"}),
)
STEPS = (
    # (step, part of a path, functions; none named is all): the innermost that fits has it
    ("proposals", "fitness/proposals.py", set()),
    ("shape", "fitness/gains.py", {"shape"}),
    ("refine", "fitness/gains.py", {"refine"}),
    ("fit", "fitness/gains.py", set()),
    ("bands", "spectra/analysis.py", {"bands_of"}),
    ("frames and transforms", "spectra/", set()),
    ("render", "genome/rendering.py", set()),
    ("render", "genome/genes/", {"apply"}),
    ("render", "fitness/phenotypes.py", set()),
    ("breeding", "search/", set()),
)
BETWEEN = "Python between"
_WAITING = ("threading.py", "concurrent/futures/thread.py", "concurrent/futures/_base.py")


class StepSampler:
    """Looks every two milliseconds at what the engine is about, and counts the processor time since the last look.

    A look costs next to nothing, and what is looked at need not know of it. The engine must run on one worker, so that
    a moment has one step.

    Attributes
    ----------
    taken_s
        Processor time of each step.
    """

    def __init__(self, every_s: float = 0.002) -> None:
        self.taken_s: Counter[str] = Counter()
        self._every_s = every_s
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> StepSampler:
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(0.0005)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        sys.setswitchinterval(self._switch_s)

    def _look_on(self) -> None:
        own, last = threading.get_ident(), time.process_time()
        while not self._is_over.wait(self._every_s):
            stacks = [_stack(frame) for i, frame in sys._current_frames().items() if i != own]
            busy = [stack for stack in stacks if not stack[0][0].endswith(_WAITING)]
            now = time.process_time()
            self.taken_s[_step_of(busy[0]) if busy else BETWEEN] += now - last
            last = now


def _stack(frame: FrameType | None) -> list[tuple[str, str]]:
    """File and function of each call, the innermost first."""
    found = []
    while frame is not None:
        found.append((frame.f_code.co_filename.replace("\\", "/"), frame.f_code.co_name))
        frame = frame.f_back
    return found


def _step_of(stack: list[tuple[str, str]]) -> str:
    for step, ending, functions in WHOLE_STEPS:
        if any(file.endswith(ending) and name in functions for file, name in stack):
            return step
    for file, name in stack:
        for step, part, functions in STEPS:
            if f"/phenotune/{part}" in file and (not functions or name in functions):
                return step
    return BETWEEN
