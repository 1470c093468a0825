"""Where claims are put to the test: small runs of the real program, in a folder that is thrown away."""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound, write_sound
from phenotune.genome.anatomy import duration_s
from phenotune.measures.measure import MeasuredTarget, Measures
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.api import evolving_project
from phenotune.run.events import (
    ClipPlaced,
    CycleFinished,
    CycleStarted,
    Event,
    GenerationScored,
)
from phenotune.run.folder import RunFolder
from phenotune.run.project import Project
from phenotune.run.settings import read_settings
from phenotune.study.figures import covered_share, evenness, silent_share
from phenotune.units import samples_to_s

MINUTE_S = 60.0


class StudyStopped(Exception):
    """Somebody has asked the study to end; what was found before stands."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is rebuilt, and out of what.

    Parameters
    ----------
    target
        The song.
    library
        A file or folder of other sounds.
    """

    target: Path
    library: Path


@dataclass(frozen=True)
class Outcome:
    """What one run came to.

    Parameters
    ----------
    target_s
        Length of the song.
    generations, cycles, placed
        Its events, in order.
    cpu_s
        Processor time that each generation took to be bred and scored, in the order of ``generations``.
    onsets_s, durations_s
        Of the clips that the mosaic has in the end.
    n_sources
        How many sources it uses.
    sound, rate_hz
        What it sounds like, (n_channels, n_samples).
    """

    target_s: float
    generations: tuple[GenerationScored, ...]
    cycles: tuple[CycleFinished, ...]
    placed: tuple[ClipPlaced, ...]
    cpu_s: tuple[float, ...]
    onsets_s: tuple[float, ...]
    durations_s: tuple[float, ...]
    n_sources: int
    sound: Samples
    rate_hz: int

    @property
    def n_candidates(self) -> int:
        """Chromosomes that were scored."""
        return sum(generation.n_candidates for generation in self.generations)

    @property
    def n_placements(self) -> int:
        """Clips in the mosaic."""
        return len(self.onsets_s)

    @property
    def evenness(self) -> float:
        """How evenly its onsets are spread, 0 to 1."""
        return evenness(self.onsets_s, self.target_s)

    @property
    def covered(self) -> float:
        """Share of the song during which a clip sounds."""
        return covered_share(self.onsets_s, self.durations_s, self.target_s)

    @property
    def silent(self) -> float:
        """Share of the mosaic that is silent beside its loudest moment."""
        return silent_share(self.sound, self.rate_hz)

    @property
    def largest_lineage_share(self) -> float:
        """Share of the last population that descends from one founder."""
        return self.generations[-1].largest_lineage_share if self.generations else 0.0


class Laboratory:
    """Makes runs and remembers what they came to: the same run is made once, however many claims ask for it.

    Nothing of the user's own settings has a say here. Use it in a ``with`` block; its folder goes with it.

    Parameters
    ----------
    sounds
        What to work on.
    seed
        Of all runs.
    excerpt_s
        Length to which the song is cut; infinity for all of it.
    scale
        How many times as long as usual the runs are.
    tell
        Called with a few words about what is being done.
    is_stopped
        Asked after each event of a run whether to go on.
    """

    def __init__(
        self,
        sounds: Sounds,
        *,
        seed: int,
        excerpt_s: float,
        scale: int = 1,
        tell: Callable[[str], None] = lambda words: None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.seed = seed
        self.sounds = sounds
        self._excerpt_s = excerpt_s
        self._scale = scale
        self._tell = tell
        self._is_stopped = is_stopped
        self._outcomes: dict[str, Outcome] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="phenotune-study-")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    @cached_property
    def target(self) -> Path:
        """The song, or its excerpt."""
        sound = read_sound(self.sounds.target)
        n_samples = sound.samples.shape[1]
        if n_samples <= self._excerpt_s * sound.rate_hz:
            return self.sounds.target.absolute()
        path = Path(self._folder.name) / "excerpt.wav"
        excerpt = sound.samples[:, : round(self._excerpt_s * sound.rate_hz)]
        write_sound(path, excerpt, sound.rate_hz)
        return path

    @cached_property
    def target_s(self) -> float:
        """How long the song is that runs work on."""
        sound = read_sound(self.target)
        return samples_to_s(sound.samples.shape[1], sound.rate_hz)

    @cached_property
    def _minute(self) -> Path:
        """The song, repeated until it lasts a minute."""
        sound = read_sound(self.sounds.target)
        n_samples = sound.samples.shape[1]
        n_minute = round(MINUTE_S * sound.rate_hz)
        if n_samples >= n_minute:
            return self.sounds.target.absolute()
        repeated = np.tile(sound.samples, (1, math.ceil(n_minute / n_samples)))[:, :n_minute]
        path = Path(self._folder.name) / "minute.wav"
        write_sound(path, repeated, sound.rate_hz)
        return path

    @cached_property
    def _measured(self) -> MeasuredTarget:
        sound = read_sound(self.target)
        return MeasuredTarget(sound.samples, sound.rate_hz)

    def measure(self, outcome: Outcome) -> Measures:
        """The neutral measures of what a run made."""
        return self._measured.measure(outcome.sound, outcome.rate_hz)

    def check(self) -> None:
        """Leave when somebody has asked to.

        Raises
        ------
        StudyStopped
            Then.
        """
        if self._is_stopped():
            raise StudyStopped("the study was asked to stop")

    def scaled(self, n: int) -> int:
        """How many cycles or generations stand for ``n`` of the short study."""
        return n * self._scale

    def run(
        self,
        settings: Mapping[str, Any],
        *,
        cycles: int,
        preset: str = "classic",
        seed: int = 0,
        of_a_minute: bool = False,
    ) -> Outcome:
        """Make a run, or remember what it came to.

        Parameters
        ----------
        settings
            Over those of the preset, by dotted name.
        cycles
            When it ends.
        preset
            What it starts from.
        seed
            Added to the study's own, where the same run is wanted with another chance.
        of_a_minute
            Whether to work on a minute at least, for which a shorter song is repeated.

        Raises
        ------
        StudyStopped
            If somebody has asked to stop meanwhile.
        WorldError
            What the sounds or the disk do.
        """
        flags = {
            **settings,
            "run.cycles": cycles,
            "run.seed": self.seed + seed,
            "run.picture": False,
            "run.checkpoint_s": 1e6,
        }
        target = self._minute if of_a_minute else self.target
        key = json.dumps([preset, flags, str(target)], sort_keys=True)
        if key not in self._outcomes:
            self._outcomes[key] = self._made(target, preset, flags)
        return self._outcomes[key]

    def _made(self, target: Path, preset: str, flags: Mapping[str, Any]) -> Outcome:
        path = Path(self._folder.name) / f"run-{len(self._outcomes) + 1}"
        nobodys = Path(self._folder.name) / "no-settings"
        project = Project(
            RunFolder.planned(path),
            read_settings(preset, flags=flags, environment={}, folder=nobodys),
            target,
            (self.sounds.library,),
        )
        told, cpu_s = self._follow(project, int(flags["run.cycles"]))
        mosaic = Mosaic.load(project.folder.mosaic_json)
        rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
        sound = read_sound(project.folder.mosaic_wav)
        return Outcome(
            target_s=mosaic.target.duration_s,
            generations=tuple(e for e in told if isinstance(e, GenerationScored)),
            cycles=tuple(e for e in told if isinstance(e, CycleFinished)),
            placed=tuple(e for e in told if isinstance(e, ClipPlaced)),
            cpu_s=tuple(cpu_s),
            onsets_s=tuple(p.onset_samples / mosaic.rate_hz for p in mosaic.placements),
            durations_s=tuple(duration_s(p.chromosome, rates_hz) for p in mosaic.placements),
            n_sources=len(mosaic.sources),
            sound=sound.samples,
            rate_hz=sound.rate_hz,
        )

    def _follow(self, project: Project, n_cycles: int) -> tuple[list[Event], list[float]]:
        """All events of a run, and the processor time of each generation."""
        told: list[Event] = []
        cpu_s: list[float] = []
        since_s = time.process_time()
        with closing(evolving_project(project)) as events:
            for event in events:
                self.check()
                if isinstance(event, CycleStarted):
                    since_s = time.process_time()
                    self._tell(f"cycle {event.cycle} of {n_cycles}")
                if isinstance(event, GenerationScored):
                    now_s = time.process_time()
                    cpu_s.append(now_s - since_s)
                    since_s = now_s
                told.append(event)
        return told, cpu_s
