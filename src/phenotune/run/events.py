"""What a run tells: frozen events, the only thing that display, log, checkpoint and script consume."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The sounds are read and the first cycle is about to begin.

    ``n_edits`` counts the edits, undoing and redoing included, that what is gone on from has been through.
    """

    run: str
    seed: int
    preset: str
    target: str
    target_s: float
    n_sources: int
    n_skipped: int
    library_s: float
    workers: int
    resumed_at_cycle: int
    n_placements: int
    explained: float
    n_edits: int = 0


@dataclass(frozen=True, slots=True)
class SourceSkipped:
    """A file of the library that cannot be used, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class KernelsCompiling:
    """This machine has no compiled kernels yet; compiling them happens once."""


@dataclass(frozen=True, slots=True)
class ReadingSounds:
    """The target and the library are about to be read; hours of sound that nobody has read yet take a while."""

    n_files: int


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that people should know of, and that does not stop the run."""

    message: str


@dataclass(frozen=True, slots=True)
class TempoFound:
    """The beat that the run goes by, where the target was asked for any of it.

    ``confidence`` is that of the estimate, 0 to 1; None where people have set the tempo and the first beat alone was
    looked for.
    """

    bpm: float
    first_beat_s: float
    confidence: float | None


@dataclass(frozen=True, slots=True)
class KeyFound:
    """The key whose scale clips are held to, and the correlation, -1 to 1, of the target's notes with it."""

    key: str
    is_given: bool
    correlation: float


@dataclass(frozen=True, slots=True)
class CanvasOpened:
    """The canvas that the changes after this event are made on; the first that a sitting tells after its start.

    ``target`` is the target as it stands in ``mosaic.json``, its path relative to the run folder. Onsets count at
    ``rate_hz``, and each placement has ``n_channels`` gains. It holds from the end of ``cycle`` on.
    """

    cycle: int
    target: dict[str, Any]
    rate_hz: int
    n_channels: int
    fade_ms: float


@dataclass(frozen=True, slots=True)
class PlacementsChanged:
    """What a cycle has changed on the canvas, whoever changed it: the journal, from which each cycle can be told.

    ``placed`` holds the placements that are new, or have another chromosome or onset, as they stand in
    ``mosaic.json``; ``gains`` the gains of placements of which nothing else has changed, by id; ``removed`` the ids of
    those that are gone. ``sources`` are the facts of sources that have not been told of yet in this sitting, their
    paths relative to the run folder. Where ``is_whole`` is set, ``placed`` is all that lies on the canvas: what was
    taken up when a sitting began.
    """

    cycle: int
    sources: tuple[dict[str, Any], ...]
    placed: tuple[dict[str, Any], ...]
    gains: dict[int, tuple[float, ...]]
    removed: tuple[int, ...]
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class CycleStarted:
    """A fresh population is about to be bred."""

    cycle: int


@dataclass(frozen=True, slots=True)
class GenerationScored:
    """One generation has been scored and ranked.

    ``lineages`` are the eight that have most individuals in the population, each with their number, the biggest first.
    ``operators`` have made its children: of each, how many, and how many of these are
    fitter than their parent. Children whose parent was not scored on the same canvas are not counted.
    """

    cycle: int
    generation: int
    n_candidates: int
    best_fitness: float
    n_lineages: int
    largest_lineage_share: float
    explained: float
    lineages: tuple[tuple[int, int], ...] = ()
    operators: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ClipPlaced:
    """A chromosome has landed on the canvas.

    ``replaces`` is the placement that has made room for it, if one has; ``also_replaces`` are those that had to go as
    well, where no more than so many clips may sound at once.
    """

    cycle: int
    id: int
    lineage: int
    source: str
    onset_s: float
    duration_s: float
    gains: tuple[float, ...]
    fitness: float
    replaces: int | None
    explained: float
    also_replaces: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchRefused:
    """Clips that landed together made the mosaic worse, and all of them were taken back.

    ``section`` counts the target's sections from 0. ``distance`` is the mosaic's without them, ``distance_with`` what
    it was with them; lower is better.
    """

    cycle: int
    section: int
    n_clips: int
    distance: float
    distance_with: float


@dataclass(frozen=True, slots=True)
class GainsRefitted:
    """The gains of all placements have been solved anew; some no longer paid, some gave way to a variation."""

    cycle: int
    n_removed: int
    n_exchanged: int
    n_placements: int
    explained: float


@dataclass(frozen=True, slots=True)
class CycleFinished:
    """The winners of a cycle have landed."""

    cycle: int
    n_generations: int
    n_candidates: int
    n_placed: int
    n_placements: int
    explained: float
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class CheckpointWritten:
    """Everything needed to go on from here is on the disk."""

    cycle: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class InputsRead:
    """What a sitting begins with, so that it can be begun again: sounds, in their order, and the settings in force.

    ``target`` holds the facts of a target as in ``mosaic.json``, with an absolute path, ``sources`` those of sources;
    ``settings`` is the whole tree. All that is changed later is told by the events below; ``cycle`` is always the last
    one that was finished before.
    """

    cycle: int
    target: dict[str, Any]
    sources: tuple[dict[str, Any], ...]
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Settings are others from the next cycle on; ``changed`` holds their new values by dotted name."""

    cycle: int
    changed: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage, counted from 1, begins with the next cycle; ``changed`` as in :class:`SettingsChanged`."""

    cycle: int
    stage: int
    name: str
    changed: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Sounds have come to the library, or gone from it.

    ``added`` and ``removed`` hold facts of sources. Of those removed, ``kept`` are ids of the ones that clips are still
    made of, copies of which are kept with the run if their files are gone; ``n_kept_clips`` counts these clips.
    ``order`` is the whole library.
    """

    cycle: int
    added: tuple[dict[str, Any], ...]
    removed: tuple[dict[str, Any], ...]
    kept: tuple[str, ...]
    n_kept_clips: int
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetChanged:
    """Another target is rebuilt from the next cycle on.

    ``n_silent`` clips lie beyond its end and are not heard, ``n_sounding_again`` were not heard before. ``explained``
    is the share of the new target.
    """

    cycle: int
    target: dict[str, Any]
    n_silent: int
    n_sounding_again: int
    explained: float


@dataclass(frozen=True, slots=True)
class MixInjected:
    """The canvas starts from this sound, which lies on it as a locked placement."""

    cycle: int
    id: int
    source: dict[str, Any]
    explained: float


@dataclass(frozen=True, slots=True)
class Edited:
    """A person has changed placements, between two cycles.

    ``action`` is what was done, ``undo`` and ``redo`` included; these name the edit that they are about in ``about``.
    ``words`` is how it was asked for. Each of ``changes`` has the ``id`` of a placement, and under ``was`` and ``now``
    its fields that differ, as they stand in ``mosaic.json``; all of them where it came or went, and None where it was
    not there. ``kept`` are ids that could not be brought back as they were, each with the reason.
    """

    cycle: int
    number: int
    action: str
    words: str
    about: int | None
    changes: tuple[dict[str, Any], ...]
    kept: tuple[tuple[int, str], ...]
    explained: float


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run has stopped and its results are written.

    ``explained`` is a share, 0 to 1, of the mosaic as loud as it is; its sound is softer by
    ``turned_down_db`` so as not to clip.
    """

    run: str
    seed: int
    cycles: int
    n_placements: int
    explained: float
    elapsed_s: float
    stopped_by: str
    turned_down_db: float = 0.0


Event: TypeAlias = (
    RunStarted
    | SourceSkipped
    | KernelsCompiling
    | ReadingSounds
    | Warned
    | TempoFound
    | KeyFound
    | CanvasOpened
    | PlacementsChanged
    | CycleStarted
    | GenerationScored
    | ClipPlaced
    | BatchRefused
    | GainsRefitted
    | CycleFinished
    | CheckpointWritten
    | InputsRead
    | SettingsChanged
    | StageStarted
    | LibraryChanged
    | TargetChanged
    | MixInjected
    | Edited
    | RunFinished
)


def event_name(event: Event) -> str:
    """Name of an event as it stands in JSON.

    >>> event_name(CycleStarted(cycle=1))
    'cycle_started'
    """
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    return "finished" if name == "run_finished" else name


def event_as_dict(event: Event) -> dict[str, Any]:
    """An event as a plain dict with its name under ``"event"``, ready for one line of JSON.

    JSON has no NaN and no infinity: they become None.

    >>> event_as_dict(CheckpointWritten(cycle=1, elapsed_s=math.inf))
    {'event': 'checkpoint_written', 'cycle': 1, 'elapsed_s': None}
    """
    return {"event": event_name(event), **{k: _finite(v) for k, v in asdict(event).items()}}


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return value
